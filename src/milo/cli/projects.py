"""`milo project ...`: list, create, show, save as a file, delete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyclopts import App
from rich.prompt import Confirm

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text
from milo.domain.errors import Invalid

app = App(name="project", help="Projects: list, create, show, save as a file, delete.")


@app.command(name="list")
def list_projects(*, where: Where | None = None) -> None:
    """List the projects with how far they are."""
    where = where or Where()
    with connect(where) as client:
        found = [one.info for one in client.projects()]
    if where.json:
        print_json(found)
        return
    rows = [
        (one.id, one.spec.name, one.counts.items, one.counts.done, one.counts.flagged, "yes" if one.archived else "")
        for one in found
    ]
    print_table(("id", "name", "items", "done", "flagged", "archived"), rows)


@app.command
def create(name: str | None = None, *, recipe: str | None = None, file: Path | None = None, where: Where | None = None) -> None:
    """Create a project from a recipe or a file.

    Args:
        name: Name of the project; default: the recipe's or file's own.
        recipe: A ready-made set-up (milo project recipes lists them).
        file: A project file in YAML or JSON.
    """
    where = where or Where()
    if (recipe is None) == (file is None):
        raise Invalid("Say where the project comes from: --recipe NAME or --file PATH.")
    changes: dict[str, Any] = {"name": name} if name else {}
    with connect(where, create=True) as client:
        made = client.create_project(recipe=recipe, file=file, **changes)
    if where.json:
        print_json(made.info)
    else:
        print_text(f'Created project {made.id}, "{made.name}".')


@app.command
def show(project: str, *, where: Where | None = None) -> None:
    """Show one project: its counts, questions and models.

    Args:
        project: Name or id.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project)
        models = [one.info for one in found.models()]
    if where.json:
        print_json({"project": found.info, "models": models})
        return
    counts = found.info.counts
    print_text(f"{found.name} (project {found.id})")
    print_text(
        f"{counts.items:,} items: {counts.done:,} done, {counts.open:,} open, {counts.new:,} new, {counts.skipped:,} skipped"
        + (f", {counts.aside:,} set aside" if counts.aside else "")
    )
    print_table(("question", "type"), [(q.name, q.type) for q in found.spec.questions])
    print_table(("model", "question", "state", "labels"), [(m.name, m.question, m.state, m.n_labels) for m in models])


@app.command
def file(project: str, target: Path | None = None, *, format: str = "yaml", where: Where | None = None) -> None:
    """Print a project as code, or write it to a file.

    Args:
        project: Name or id.
        target: File to write; default: standard output.
        format: yaml or json.
    """
    where = where or Where()
    with connect(where) as client:
        text = client.project(project).to_file(format)
    if target is None:
        print_text(text.rstrip("\n"))
    else:
        target.write_text(text, encoding="utf-8")
        print_text(f"Wrote {target}.")


@app.command
def delete(project: str, *, yes: bool = False, where: Where | None = None) -> None:
    """Delete a project with all its items and answers, for good.

    Args:
        project: Name or id.
        yes: Do not ask.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project)
        items = found.info.counts.items
        if not yes and not Confirm.ask(f'Delete "{found.name}" with {items:,} items and all answers?', default=False):
            raise Invalid("Nothing was deleted.")
        found.delete()
    print_text(f'Deleted "{found.name}".')


@app.command
def recipes(*, where: Where | None = None) -> None:
    """List the ready-made set-ups."""
    where = where or Where()
    from milo.bootstrap import find_plugins

    if where.is_local():
        found = find_plugins(where.settings()).recipes.all()
    else:
        with connect(where) as client:
            found = client.recipes()
    if where.json:
        print_json([{"name": r.name, "title": r.title, "summary": r.summary} for r in found])
    else:
        print_table(("name", "title", "summary"), [(r.name, r.title, r.summary) for r in found])

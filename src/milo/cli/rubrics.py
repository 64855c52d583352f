"""`milo rubric ...`: rubrics of a project, in and out as files, and shared with every project of the workspace."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text
from milo.domain.errors import NotFound

app = App(name="rubric", help="Rubrics: list, add from a file, share with all projects, save as a file.")


@app.command(name="list")
def list_rubrics(project: str, *, where: Where | None = None) -> None:
    """List the rubrics that a project may use, each in its newest version.

    Args:
        project: Name or id of the project.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project).rubrics()
    if where.json:
        print_json(found)
        return
    rows = [
        (r["rubric"]["name"], r["version"], "all projects" if r["shared"] else "this project", len(r["rubric"]["criteria"]))
        for r in found
    ]
    print_table(("name", "version", "of", "criteria"), rows)


@app.command
def add(project: str, file: Path, *, where: Where | None = None) -> None:
    """Store a rubric from a YAML or JSON file. A name that exists gets a new version.

    Args:
        project: Name or id of the project.
        file: The rubric's file.
    """
    where = where or Where()
    with connect(where) as client:
        made = client.project(project).add_rubric(_text(file))
    print_json(made) if where.json else print_text(f"{made['rubric']['name']}, version {made['version']}")


@app.command
def share(file: Path, *, where: Where | None = None) -> None:
    """Store a rubric that every project of the workspace may use.

    Args:
        file: The rubric's file, YAML or JSON.
    """
    where = where or Where()
    with connect(where) as client:
        made = client.share_rubric(_text(file))
    said = f"{made['rubric']['name']}, version {made['version']}, for all projects"
    print_json(made) if where.json else print_text(said)


@app.command
def save(project: str, rubric: str, file: Path, *, where: Where | None = None) -> None:
    """Save a rubric's newest version as a YAML or JSON file, by the file's name.

    Args:
        project: Name or id of the project.
        rubric: Name of the rubric.
        file: Where to write.
    """
    where = where or Where()
    with connect(where) as client:
        text = client.project(project).rubric_file(rubric, "json" if file.suffix.lower() == ".json" else "yaml")
    file.write_text(text, encoding="utf-8")
    print_json({"file": str(file)}) if where.json else print_text(f"Saved to {file}.")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"{file} cannot be read: {error}", place=str(file)) from None

"""`milo model ...`, `milo train`, `milo suggest`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from cyclopts import App

from milo.cli.connection import Where, connect
from milo.cli.output import job_bar, print_json, print_table, print_text
from milo.domain.errors import Invalid, NotFound
from milo.sdk import Model, Project

app = App(name="model", help="Models: list, add, switch on and off, delete.")


@app.command(name="list")
def list_models(project: str, *, where: Where | None = None) -> None:
    """List the models of a project with their state.

    Args:
        project: Name or id of the project.
    """
    where = where or Where()
    with connect(where) as client:
        found = [one.info for one in client.project(project).models()]
    if where.json:
        print_json(found)
        return
    rows = [(m.name, m.plugin, m.question, m.state, m.version, m.n_labels, _quality(m.quality)) for m in found]
    print_table(("name", "plugin", "question", "state", "version", "labels", "right on blind answers"), rows)


@app.command
def add(
    project: str,
    plugin: str,
    question: str,
    *,
    name: str | None = None,
    config: Path | None = None,
    python: str | None = None,
    where: Where | None = None,
) -> None:
    """Set up a model.

    Args:
        project: Name or id of the project.
        plugin: Which predictor: llm, text_classifier, image_classifier, nearest, rules, ...
        question: The question that it answers.
        name: What to call it.
        config: A JSON file with its settings.
        python: With the plug-in "rules": a function "module:name" of yours. It runs on this machine; no server may hold the
            workspace.
    """
    where = where or Where()
    settings = _config(config, python)
    with connect(where) as client:
        made = client.project(project).add_model(plugin, question, name=name, config=settings)
    if where.json:
        print_json(made.info)
    else:
        print_text(f'Added model "{made.name}" ({plugin}) for "{question}": {made.info.state}.')


@app.command
def switch(project: str, model: str, *, on: bool = True, where: Where | None = None) -> None:
    """Switch a model's suggestions on, or off with --no-on.

    Args:
        project: Name or id of the project.
        model: Name of the model.
        on: Whether it suggests.
    """
    where = where or Where()
    with connect(where) as client:
        info = _model(client.project(project), model).change(enabled=on)
    print_text(f'"{info.name}" is {"on" if info.enabled else "off"}.')


@app.command
def delete(project: str, model: str, *, where: Where | None = None) -> None:
    """Remove a model and its suggestions.

    Args:
        project: Name or id of the project.
        model: Name of the model.
    """
    where = where or Where()
    with connect(where) as client:
        _model(client.project(project), model).delete()
    print_text(f'Removed "{model}".')


def train(project: str, *, model: str | None = None, where: Where | None = None) -> None:
    """Train the models of a project on the answers that there are.

    Args:
        project: Name or id of the project.
        model: Only this one.
    """
    where = where or Where()
    done: list[dict[str, Any]] = []
    with connect(where) as client:
        for one in _chosen(client.project(project), model, learning=True):
            with job_bar(f"Training {one.name}", quiet=where.json) as tell:
                one.train(on_progress=tell)
            done.append({"model": one.name, "version": one.info.version, "labels": one.info.n_labels, "state": one.info.state})
    _tell(where, done, ("model", "version", "labels", "state"))


def suggest(project: str, *, model: str | None = None, all: bool = False, where: Where | None = None) -> None:
    """Let the models of a project suggest answers.

    Args:
        project: Name or id of the project.
        model: Only this one.
        all: For every item that is not done, not only the next ones of the queue.
    """
    where = where or Where()
    done: list[dict[str, Any]] = []
    with connect(where) as client:
        for one in _chosen(client.project(project), model, learning=False):
            with job_bar(f"{one.name} suggests", quiet=where.json) as tell:
                job = one.suggest(everything=all, on_progress=tell)
            done.append({"model": one.name, "items": job.info.done})
    _tell(where, done, ("model", "items"))


def _chosen(project: Project, name: str | None, *, learning: bool) -> list[Model]:
    if name is not None:
        return [_model(project, name)]
    found = [one for one in project.models() if one.info.enabled and (one.info.learns or not learning)]
    if not learning:
        found = [one for one in found if (one.info.version > 0 or not one.info.learns) and not one.info.asks]
    if not found:
        lack = "learns" if learning else "can suggest yet"
        raise Invalid(f'No model of "{project.name}" {lack}. Add one with: milo model add')
    return found


def _model(project: Project, name: str) -> Model:
    try:
        return project.model(name)
    except KeyError as error:
        raise NotFound(str(error.args[0])) from None


def _config(file: Path | None, python: str | None) -> dict[str, Any]:
    given = msgspec.json.decode(file.read_bytes(), type=dict[str, Any]) if file is not None else {}
    if python is not None:
        rules = [*given.get("rules", []), {"kind": "python", "function": python}]
        given = {**given, "rules": rules, "trusted": True}
    return given


def _quality(found: dict[str, Any] | None) -> str:
    if not found:
        return "not measured yet"
    return f"{found['accuracy']:.0%} ({found['low']:.0%} to {found['high']:.0%}, n = {found['n']})"


def _tell(where: Where, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    if where.json:
        print_json(rows)
    else:
        print_table(columns, [[row[name] for name in columns] for row in rows])

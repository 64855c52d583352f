"""Versions of a connected model's prompt: every change is kept, an old one can be used again, and what one wrote taken back."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.models import check_model, model_row
from milo.domain.errors import Conflict, NotFound
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.prompts import PromptRow, PromptsSql
from milo.kinds.asking import asks

_NOTE = 500


class PromptView(msgspec.Struct):
    """A version of a model's prompt and settings. `author` is a login, null for the project file. `runs` counts its runs of
    suggestions, `on` those that were not taken back, `items` how many suggestions the latter wrote."""

    version: int
    config: dict[str, Any]
    note: str
    author: str | None
    at: float
    in_use: bool
    runs: int = 0
    on: int = 0
    items: int = 0


class NewPrompt(msgspec.Struct):
    """A changed prompt: the whole config, and in a line why."""

    config: dict[str, Any]
    note: str = ""


class Switched(msgspec.Struct):
    """How many runs were switched, and the job that works out what shows."""

    runs: int
    job: int | None


@endpoint("GET", "/projects/{p}/models/{m}/prompts", "model.view", reply=list[PromptView])
def list_prompts(call: Call) -> list[PromptView]:
    """Every version, newest first."""
    row = asking_model(call)
    return call.workspace.db.read(lambda c: _views(PromptsSql(c), ModelsSql(c), row))


@endpoint("POST", "/projects/{p}/models/{m}/prompts", "model.edit", body=NewPrompt, reply=PromptView, status=201)
def add_prompt(call: Call) -> PromptView:
    """Store a changed prompt as a new version and use it. An unchanged one makes no version."""
    return store_prompt(call, asking_model(call), call.body.config, call.body.note)


def store_prompt(call: Call, row: PredictorRow, given: dict[str, Any], note: str) -> PromptView:
    """Check a config and make it the version in use. Raises InvalidConfig."""
    project = call.workspace.projects.get(call.project_id)
    config = check_model(call, project, row.plugin, row.question, given)
    changed = msgspec.structs.replace(row, config=config)
    user, now = call.actor.user_id, call.workspace.clock()
    version = call.workspace.db.write(lambda c: PromptsSql(c).sync(changed, note.strip()[:_NOTE], user, now))
    return _tell(call, row, version)


@endpoint("POST", "/projects/{p}/models/{m}/prompts/{v}/use", "model.edit", reply=PromptView)
def use_prompt(call: Call) -> PromptView:
    """Use an old version again. What was suggested stays until the model runs anew."""
    row = asking_model(call)
    version = prompt_version(call, row, call.params["v"])
    project = call.workspace.projects.get(call.project_id)
    check_model(call, project, row.plugin, row.question, version.config)
    call.workspace.db.write(lambda c: PromptsSql(c).use(version))
    return _tell(call, row, version.version)


@endpoint("POST", "/projects/{p}/models/{m}/prompts/{v}/undo", "model.run", reply=Switched)
def undo_prompt(call: Call) -> Switched:
    """Switch off everything that a version suggested; what people decided stays."""
    return _switch(call, False)


@endpoint("POST", "/projects/{p}/models/{m}/prompts/{v}/redo", "model.run", reply=Switched)
def redo_prompt(call: Call) -> Switched:
    """Switch everything that a version suggested on again."""
    return _switch(call, True)


def asking_model(call: Call) -> PredictorRow:
    """The model in the address, with its version settled. Raises Conflict for one that asks no connected model."""
    row = model_row(call, call.params["m"])
    known = row.plugin in call.workspace.registry.predictors
    if not known or not asks(call.workspace.registry.predictors.get(row.plugin)):
        raise Conflict(f'"{row.name}" asks no connected model, so it has no prompt.', place="m")
    held = call.workspace.db.read(lambda c: PromptsSql(c).get(row.id, row.version))
    if held is None or held.config != row.config:
        now = call.workspace.clock()
        version = call.workspace.db.write(lambda c: PromptsSql(c).sync(row, "", None, now))
        row = msgspec.structs.replace(row, version=version)
    return row


def prompt_version(call: Call, row: PredictorRow, version: int) -> PromptRow:
    """One version of a model. Raises NotFound."""
    found = call.workspace.db.read(lambda c: PromptsSql(c).get(row.id, version))
    if found is None:
        raise NotFound(f'"{row.name}" has no version {version}.', place="v")
    return found


def _switch(call: Call, active: bool) -> Switched:
    row = asking_model(call)
    version = call.params["v"]

    def switch(c: Any) -> int:
        models = ModelsSql(c)
        runs = [r for r in models.runs_of_version(row.id, version) if r.active != active]
        for run in runs:
            models.switch_run(run.id, active)
        return len(runs)

    count = call.workspace.db.write(switch)
    job = call.workspace.loop_models.reproject(call.project_id, row.id) if count else None
    return Switched(count, job)


def _tell(call: Call, row: PredictorRow, version: int) -> PromptView:
    call.workspace.bus.publish(call.project_id, "model", id=row.id)
    fresh = model_row(call, row.id)
    views = call.workspace.db.read(lambda c: _views(PromptsSql(c), ModelsSql(c), fresh))
    return next(v for v in views if v.version == version)


def _views(prompts: PromptsSql, models: ModelsSql, row: PredictorRow) -> list[PromptView]:
    return [_view(v, row, models) for v in prompts.versions(row.id)]


def _view(v: PromptRow, row: PredictorRow, models: ModelsSql) -> PromptView:
    runs = models.runs_of_version(row.id, v.version)
    on = [r for r in runs if r.active]
    return PromptView(
        v.version, v.config, v.note, v.author, v.at, v.version == row.version, len(runs), len(on), sum(r.items for r in on)
    )

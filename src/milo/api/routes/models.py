"""Models in the loop: what runs, on how many labels, how good it is on blind answers; train, suggest, undo."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.domain.errors import Conflict, InvalidConfig, NotFound
from milo.domain.policy import Policy
from milo.domain.project import Project
from milo.domain.question import NAME_PATTERN
from milo.flow.learn import Quality, next_training_at
from milo.flow.learn import quality as quality_of
from milo.infra.sql.jobs import JobsSql
from milo.infra.sql.models import ModelsSql, PredictorRow, RunRow
from milo.infra.sql.prompts import PromptsSql
from milo.kinds.asking import asks


class RunView(msgspec.Struct):
    """One execution of a model component; `active` false means it was undone."""

    id: int
    kind: str
    predictor_id: int | None
    model: str
    version: int
    args: dict[str, Any]
    state: str
    active: bool
    items: int
    created_at: float
    finished_at: float | None
    info: dict[str, Any]


class CurvePoint(msgspec.Struct):
    """A model version's accuracy on the blind answers there were when it was trained."""

    version: int
    n_labels: int
    n: int
    accuracy: float | None
    low: float | None
    high: float | None
    at: float


class ModelView(msgspec.Struct):
    """A predictor set up in a project, its state, and its quality on blind answers (null: none yet). `next_at`: labels
    until the next training. `asks`: it asks connected models, and runs only when told to, with a budget."""

    id: int
    name: str
    plugin: str
    plugin_title: str
    question: str
    config: dict[str, Any]
    enabled: bool
    learns: bool
    state: str
    message: str
    version: int
    n_labels: int
    next_at: int | None
    last_run: RunView | None
    quality: Quality | None
    curve: list[CurvePoint]
    asks: bool = False


class NewModel(msgspec.Struct):
    """Set up a predictor for a question."""

    plugin: str
    name: str
    question: str
    config: dict[str, Any] = {}


class ModelChange(msgspec.Struct):
    """What to change; absent parts stay."""

    name: str | None = None
    config: dict[str, Any] | None = None
    enabled: bool | None = None


class SuggestWhat(msgspec.Struct):
    """`all`: every item that is not done, not only the next ones of the queue."""

    all: bool = False


@endpoint("GET", "/projects/{p}/models", "model.view", reply=list[ModelView])
def list_models(call: Call) -> list[ModelView]:
    """Every model of the project."""
    return call.workspace.db.read(
        lambda c: [_view(call, ModelsSql(c), row) for row in ModelsSql(c).predictors(call.project_id)]
    )


@endpoint("POST", "/projects/{p}/models", "model.edit", body=NewModel, reply=ModelView, status=201)
def add_model(call: Call) -> ModelView:
    """Set up a predictor. One that needs no training suggests at once."""
    given: NewModel = call.body
    project = call.workspace.projects.get(call.project_id)
    config = check_model(call, project, given.plugin, given.question, given.config)
    _check_name(call, given.name)
    row_id = call.workspace.db.write(
        lambda c: ModelsSql(c).add_predictor(
            call.project_id, given.name, given.plugin, given.question, config, call.workspace.clock()
        )
    )
    row = model_row(call, row_id)
    plugin = call.workspace.registry.predictors.get(given.plugin)
    if asks(plugin):
        _keep_prompt(call, row, "First version")
        row = model_row(call, row_id)
    elif not plugin.learns:
        call.workspace.loop_models.suggest_now(row, False, call.actor.user_id)
    else:
        call.workspace.loop_models.answered(call.project_id, 0)
    return call.workspace.db.read(lambda c: _view(call, ModelsSql(c), row))


@endpoint("PATCH", "/projects/{p}/models/{m}", "model.edit", body=ModelChange, reply=ModelView)
def change_model(call: Call) -> ModelView:
    """Rename, set up anew, or switch on and off. Switched off, its suggestions are not shown."""
    given: ModelChange = call.body
    row = model_row(call, call.params["m"])
    changes: dict[str, Any] = {}
    if given.name is not None and given.name != row.name:
        _check_name(call, given.name)
        changes["name"] = given.name
    if given.config is not None:
        project = call.workspace.projects.get(call.project_id)
        changes["config"] = check_model(call, project, row.plugin, row.question, given.config)
    if given.enabled is not None:
        changes["enabled"] = int(given.enabled)
    if changes:
        call.workspace.db.write(lambda c: _change(call, ModelsSql(c), row, changes))
    if given.enabled is not None and given.enabled != row.enabled:
        call.workspace.loop_models.reproject(call.project_id, row.id)
    if given.config is not None:
        plugin = call.workspace.registry.predictors.get(row.plugin)
        if asks(plugin):
            _keep_prompt(call, model_row(call, row.id), "")
        elif not plugin.learns:
            call.workspace.loop_models.suggest_now(model_row(call, row.id), False, call.actor.user_id)
    return call.workspace.db.read(lambda c: _view(call, ModelsSql(c), model_row(call, row.id)))


def _change(call: Call, models: ModelsSql, row: PredictorRow, changes: dict[str, Any]) -> None:
    """A changed config of what needs no training (rules) makes another version: what was promised is about the former."""
    known = call.workspace.registry.predictors
    plugin = known.get(row.plugin) if row.plugin in known else None
    if plugin is not None and not plugin.learns and not asks(plugin) and changes.get("config", row.config) != row.config:
        models.set_up_anew(row.id, changes["config"])
    models.change_predictor(row.id, **changes)


@endpoint("DELETE", "/projects/{p}/models/{m}", "model.edit", reply=JobView)
def delete_model(call: Call) -> JobView:
    """Remove a predictor with its suggestions; what people decided stays."""
    row = model_row(call, call.params["m"])
    call.workspace.db.write(lambda c: ModelsSql(c).change_predictor(row.id, enabled=0))
    return _job(call, call.workspace.loop_models.reproject(call.project_id, row.id, remove=True))


@endpoint("POST", "/projects/{p}/models/{m}/train", "model.run", reply=JobView)
def train_model(call: Call) -> JobView:
    """Train now on all answers that it may learn from."""
    return _job(call, call.workspace.loop_models.train_now(model_row(call, call.params["m"]), call.actor.user_id))


@endpoint("POST", "/projects/{p}/models/{m}/suggest", "model.run", body=SuggestWhat, reply=JobView)
def run_model(call: Call) -> JobView:
    """Write suggestions for the next items of the queue, or for all items that are not done."""
    row = model_row(call, call.params["m"])
    return _job(call, call.workspace.loop_models.suggest_now(row, call.body.all, call.actor.user_id))


@endpoint("GET", "/projects/{p}/runs", "model.view", reply=list[RunView])
def list_runs(call: Call) -> list[RunView]:
    """The latest runs, newest first."""
    names = {r.id: r.name for r in call.workspace.db.read(lambda c: ModelsSql(c).predictors(call.project_id))}
    rows = call.workspace.db.read(lambda c: ModelsSql(c).runs(call.project_id))
    return [_run_view(row, names.get(row.predictor_id or 0, "")) for row in rows]


@endpoint("POST", "/projects/{p}/runs/{r}/undo", "model.run", reply=JobView)
def undo_run(call: Call) -> JobView:
    """Switch off everything a run suggested; what people decided stays."""
    return _switch(call, False)


@endpoint("POST", "/projects/{p}/runs/{r}/redo", "model.run", reply=JobView)
def redo_run(call: Call) -> JobView:
    """Switch a run's suggestions on again."""
    return _switch(call, True)


def _switch(call: Call, active: bool) -> JobView:
    run = call.workspace.db.read(lambda c: ModelsSql(c).run(call.params["r"]))
    if run is None or run.project_id != call.project_id:
        raise NotFound(f"There is no run {call.params['r']} in this project.", place="r")
    call.workspace.db.write(lambda c: ModelsSql(c).switch_run(run.id, active))
    return _job(call, call.workspace.loop_models.reproject(call.project_id, run.predictor_id or 0, run.id))


def check_model(call: Call, project: Project, plugin: str, question: str, config: dict[str, Any]) -> dict[str, Any]:
    """A predictor's config completed by its defaults. Raises InvalidConfig, also for a question that it cannot answer."""
    predictor = call.workspace.registry.predictors.get(plugin)
    asked = project.schema.get(question)
    if config.get("trusted") and not call.workspace.settings.trust_code:
        raise InvalidConfig(
            "Rules in Python run only in your own process or from the command line, never from the browser.",
            place="config.trusted",
        )
    if not predictor.accepts(asked, project.spec.fields):
        raise InvalidConfig(f'"{plugin}" cannot answer the question "{question}" over these fields.', place="question")
    call.workspace.own.check(project, predictor, config)
    return predictor.check_config(config, asked)


def _keep_prompt(call: Call, row: PredictorRow, note: str) -> None:
    user, now = call.actor.user_id, call.workspace.clock()
    call.workspace.db.write(lambda c: PromptsSql(c).sync(row, note, user, now))


def _compared(call: Call, models: ModelsSql, row: PredictorRow) -> Quality | None:
    """How predictions made elsewhere compare with answers given blind."""
    question = next((q for q in call.workspace.projects.get(row.project_id).spec.questions if q.name == row.question), None)
    if question is None:
        return None
    pairs = models.said_blind(row.id, row.version, row.question, 2_000)
    return quality_of(call.workspace.task_types[question.type], question, pairs)


def _check_name(call: Call, name: str) -> None:
    if not re.match(NAME_PATTERN, name):
        raise InvalidConfig(
            f'"{name}" is no valid name: start with a letter, then letters, digits, "_" or "-", 64 at most.', place="name"
        )
    rows = call.workspace.db.read(lambda c: ModelsSql(c).predictors(call.project_id))
    if any(row.name == name for row in rows):
        raise Conflict(f'There is a model named "{name}" already.', place="name")


def model_row(call: Call, predictor_id: int) -> PredictorRow:
    """A model of the project in the address. Raises NotFound."""
    row = call.workspace.db.read(lambda c: ModelsSql(c).predictor(predictor_id))
    if row is None or row.project_id != call.project_id:
        raise NotFound(f"There is no model {predictor_id} in this project.", place="m")
    return row


def _view(call: Call, models: ModelsSql, row: PredictorRow) -> ModelView:
    known = row.plugin in call.workspace.registry.predictors
    plugin = call.workspace.registry.predictors.get(row.plugin) if known else None
    asking = plugin is not None and asks(plugin)
    runs = [] if asking else models.measured_runs(row.id, bool(plugin and plugin.learns))
    policy = call.workspace.projects.get(row.project_id).spec.policy
    latest = call.workspace.annotating.latest(row) if asking else runs[-1] if runs else None
    check = latest.info.get("check") if latest else None
    measured = call.workspace.annotating.confidence.known(row.id) if asking else None
    quality = msgspec.convert(check, Quality) if check else None
    if plugin is None:
        quality = _compared(call, models, row)
    if measured is not None and measured.version == row.version:
        quality = measured.quality
    return ModelView(
        row.id, row.name, row.plugin, plugin.title if plugin else "Predictions made elsewhere", row.question, row.config,
        row.enabled, bool(plugin and plugin.learns), row.state, row.message, row.version, row.n_labels,
        _until_training(models, row, policy) if plugin and plugin.learns else None,
        _run_view(latest, row.name) if latest else None,
        quality,
        [_point(run) for run in runs],
        asking,
    )  # fmt: skip


def _until_training(models: ModelsSql, row: PredictorRow, policy: Policy) -> int:
    """How many more labels until it is trained again."""
    have = models.count_learnable(row.project_id, row.question)
    return max(0, next_training_at(policy, row.n_labels, row.version) - have)


def _point(run: RunRow) -> CurvePoint:
    check = run.info.get("check") or {}
    return CurvePoint(
        run.version, int(run.info.get("n_labels", 0)), int(check.get("n", 0)), check.get("accuracy"), check.get("low"),
        check.get("high"), run.finished_at or run.created_at,
    )  # fmt: skip


def _run_view(run: RunRow, name: str) -> RunView:
    args = {key: value for key, value in run.args.items() if key != "listed"}
    return RunView(
        run.id, run.kind, run.predictor_id, name, run.version, args, run.state, run.active, run.items, run.created_at,
        run.finished_at, run.info,
    )  # fmt: skip


def _job(call: Call, job_id: int) -> JobView:
    row = call.workspace.db.read(lambda c: JobsSql(c).get(job_id))
    if row is None:
        raise NotFound(f"There is no job {job_id}.")
    return view(row, call.workspace.clock())

"""Models in the loop: what runs, on how many labels, how good it is on blind answers; train, suggest, undo."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.domain.annotation import Prediction
from milo.domain.errors import Conflict, Invalid, InvalidConfig, InvalidValue, NotFound
from milo.domain.ids import project_of
from milo.domain.item import Item
from milo.domain.policy import Policy
from milo.domain.project import Project
from milo.domain.question import NAME_PATTERN
from milo.flow.labels import label_text
from milo.flow.learn import Quality, next_training_at
from milo.infra.sql.jobs import JobsSql
from milo.infra.sql.models import ModelsSql, PredictorRow, RunRow
from milo.infra.sql.prompts import PromptsSql

_MAX_SUGGESTIONS = 10_000


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
    until the next training."""

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


class GivenSuggestion(msgspec.Struct):
    """A prediction made elsewhere."""

    item_id: int
    question: str
    value: Any
    score: float | None = None
    reason: str | None = None


class ImportQuery(msgspec.Struct):
    """The model's name and version that the predictions come from."""

    name: str = "imported"
    version: int = 1


class BadLine(msgspec.Struct):
    """An entry that was refused: its place in the list (from 1), and why."""

    line: int
    reason: str


class Added(msgspec.Struct):
    """How many were stored, which were refused, and how many belonged to the blind slice (kept apart, never shown)."""

    added: int
    withheld: int
    bad: list[BadLine]


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
        call.workspace.db.write(lambda c: ModelsSql(c).change_predictor(row.id, **changes))
    if given.enabled is not None and given.enabled != row.enabled:
        call.workspace.loop_models.reproject(call.project_id, row.id)
    if given.config is not None:
        plugin = call.workspace.registry.predictors.get(row.plugin)
        if asks(plugin):
            _keep_prompt(call, model_row(call, row.id), "")
        elif not plugin.learns:
            call.workspace.loop_models.suggest_now(model_row(call, row.id), False, call.actor.user_id)
    return call.workspace.db.read(lambda c: _view(call, ModelsSql(c), model_row(call, row.id)))


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


@endpoint("POST", "/projects/{p}/suggestions", "model.run", query=ImportQuery, body=list[GivenSuggestion], reply=Added)
def add_suggestions(call: Call) -> Added:
    """Store predictions made elsewhere, under a model's name. Those for blind items are kept apart and never shown."""
    if len(call.body) > _MAX_SUGGESTIONS:
        raise Invalid(f"At most {_MAX_SUGGESTIONS} suggestions at once.", place="body")
    project = call.workspace.projects.get(call.project_id)
    good: list[tuple[Prediction, str | None]] = []
    bad: list[BadLine] = []
    for line, given in enumerate(call.body, 1):
        try:
            good.append(_checked(call, project, given))
        except (InvalidValue, InvalidConfig) as error:
            bad.append(BadLine(line, error.message))
    added = _store_given(call, project, good) if good else 0
    call.workspace.bus.publish(call.project_id, "counts")
    return Added(added, len(good) - added, bad)


def _store_given(call: Call, project: Project, good: list[tuple[Prediction, str | None]]) -> int:
    by_question: dict[str, list[tuple[Prediction, str | None]]] = {}
    for one in good:
        by_question.setdefault(one[0].question, []).append(one)
    many = len(by_question) > 1
    return sum(
        _store_question(call, project, f"{call.query.name}-{question}"[:64] if many else call.query.name, question, group)
        for question, group in by_question.items()
    )


def _store_question(call: Call, project: Project, name: str, question: str, group: list[tuple[Prediction, str | None]]) -> int:
    db, now, version = call.workspace.db, call.workspace.clock(), call.query.version

    def begin(c: Any) -> tuple[int, int]:
        models = ModelsSql(c)
        found = next((p for p in models.predictors(project.id) if p.name == name), None)
        ident = found.id if found else models.add_predictor(project.id, name, "import", question, {}, now)
        models.change_predictor(ident, version=version, state="ready")
        return ident, models.add_run(project.id, "import", ident, version, {}, call.actor.user_id, now)

    predictor, run = db.write(begin)

    def store(c: Any, part: list[tuple[Prediction, str | None]]) -> int:
        models = ModelsSql(c)
        n = models.put_suggestions(run, predictor, project.schema_version, part, now)
        open_ids = set(models.not_blind(p.item_id for p, _ in part))
        models.put_checks(run, predictor, [p for p, _ in part if p.item_id not in open_ids])
        models.project_confidence(project.id, open_ids)
        return n

    parts = [group[start : start + 200] for start in range(0, len(group), 200)]
    stored = sum(db.write(lambda c, part=part: store(c, part)) for part in parts)
    db.write(lambda c: ModelsSql(c).finish_run(run, "done", len(group), {}, now))
    return stored


def _checked(call: Call, project: Project, given: GivenSuggestion) -> tuple[Prediction, str | None]:
    if project_of(given.item_id) != project.id:
        raise InvalidValue(f"Item {given.item_id} does not belong to this project.", place="item_id")
    if given.score is not None and not 0 <= given.score <= 1:
        raise InvalidValue(f"The score {given.score} is not between 0 and 1.", place="score")
    question = project.schema.get(given.question)
    task = call.workspace.task_types[question.type]
    found = list(call.workspace.db.read(lambda c: list(ModelsSql(c).contents([given.item_id]))))
    if not found:
        raise InvalidValue(f"There is no item {given.item_id}.", place="item_id")
    value = task.check(question, given.value, Item(given.item_id, project.id, 0, msgspec.json.decode(found[0][1])))
    one = Prediction(given.item_id, given.question, value, given.score, given.reason)
    return one, label_text(task.summary(question, value))


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
    return predictor.check_config(config, asked)


def asks(plugin: Any) -> bool:
    """Whether a predictor asks connected models: its config is a prompt with versions, and it runs only when told to."""
    return bool(getattr(plugin, "asks", False))


def _keep_prompt(call: Call, row: PredictorRow, note: str) -> None:
    user, now = call.actor.user_id, call.workspace.clock()
    call.workspace.db.write(lambda c: PromptsSql(c).sync(row, note, user, now))


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
    runs = models.measured_runs(row.id, bool(plugin and plugin.learns))
    policy = call.workspace.projects.get(row.project_id).spec.policy
    latest = runs[-1] if runs else None
    check = latest.info.get("check") if latest else None
    return ModelView(
        row.id, row.name, row.plugin, plugin.title if plugin else "Predictions made elsewhere", row.question, row.config,
        row.enabled, bool(plugin and plugin.learns), row.state, row.message, row.version, row.n_labels,
        _until_training(models, row, policy) if plugin and plugin.learns else None,
        _run_view(latest, row.name) if latest else None,
        msgspec.convert(check, Quality) if check else None,
        [_point(run) for run in runs],
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
    return RunView(
        run.id, run.kind, run.predictor_id, name, run.version, run.args, run.state, run.active, run.items, run.created_at,
        run.finished_at, run.info,
    )  # fmt: skip


def _job(call: Call, job_id: int) -> JobView:
    row = call.workspace.db.read(lambda c: JobsSql(c).get(job_id))
    if row is None:
        raise NotFound(f"There is no job {job_id}.")
    return view(row, call.workspace.clock())

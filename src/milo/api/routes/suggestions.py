"""Predictions made elsewhere, brought in under a model's name."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.annotation import Prediction
from milo.domain.errors import Invalid, InvalidConfig, InvalidValue
from milo.domain.ids import project_of
from milo.domain.item import Item
from milo.domain.project import Project
from milo.flow.labels import label_text
from milo.infra.sql.models import ModelsSql

_MAX_SUGGESTIONS = 10_000


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
        models.put_checks(run, predictor, [p for p, _ in part if p.item_id not in open_ids], now)
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

"""Models that run in their owner's own process: what they are given to answer, and what becomes of their answers.

Stands alone because no model is run here: a program asks for items, answers in its own time, and comes back. Each version
of a model is one run that goes on whenever the program does; what it said, passed over or failed at is not given to it again.
Items of the blind slice are never given, and nothing of theirs is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import Conflict, InvalidConfig, InvalidValue, NotFound
from milo.domain.ids import id_range, project_of
from milo.domain.item import Item
from milo.domain.project import Project
from milo.flow.labels import label_text
from milo.flow.veil import Veil
from milo.infra.sql.database import Connection
from milo.infra.sql.elsewhere import KIND, ElsewhereSql
from milo.infra.sql.models import ModelsSql, PredictorRow, RunRow
from milo.infra.sql.runs import ErrorRow, RunsSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_LONGEST_REASON = 2_000


class Given(msgspec.Struct, frozen=True):
    """An item as a model elsewhere gets it: what those who answer may see of it."""

    id: int
    key: str | None
    data: dict[str, Any]
    meta: dict[str, Any]


class Said(msgspec.Struct, frozen=True):
    """What a model says of an item: a `value`, or null for nothing; or an `error` that it ran into."""

    item_id: int
    value: Any = None
    score: float | None = None
    reason: str | None = None
    error: str | None = None


class Refused(msgspec.Struct, frozen=True):
    """An answer that does not fit its question, and why."""

    item_id: int
    reason: str


class Taken(msgspec.Struct, frozen=True):
    """What was stored of a batch, what was refused, and the counts of the run so far."""

    stored: int
    refused: list[Refused]
    suggested: int
    passed: int
    failed: int


class Elsewhere:
    """Runs of models elsewhere, over an open workspace."""

    def __init__(self, workspace: Workspace, project: Project) -> None:
        self.ws, self.project = workspace, project

    def begin(self, name: str, question: str, version: int, about: str, user: int | None, *, retry: bool) -> tuple[int, int]:
        """The run of this version of the model, and how many items wait for it. Raises Conflict where the name is taken."""
        self.project.schema.get(question)
        if version < 1:
            raise InvalidConfig(f"The version is {version}; versions count from 1.", place="version")
        now = self.ws.clock()

        def write(c: Connection) -> int:
            models, port = ModelsSql(c), ElsewhereSql(c)
            row = self._row(models, name, question, now)
            models.change_predictor(row, version=version, state="ready", message="")
            run = port.open_run(self.project.id, row, version, {"function": about[:200]}, user, now)
            if retry:
                port.note(run, "running", {"failed": -port.forget_errors(run)}, None)
            return run

        run = self.ws.db.write(write)
        self._tell(run)
        return run, self.ws.db.read(lambda c: ElsewhereSql(c).left(self.project.id, run))

    def _row(self, models: ModelsSql, name: str, question: str, now: float) -> int:
        found = next((p for p in models.predictors(self.project.id) if p.name == name), None)
        if found is None:
            return models.add_predictor(self.project.id, name, "import", question, {}, now)
        if found.plugin != "import" or found.question != question:
            raise Conflict(
                f'There is a model named "{name}" already ({found.plugin}, for the question "{found.question}"). '
                "Choose another name.",
                place="name",
            )
        return found.id

    def run(self, run_id: int) -> RunRow:
        """A run of this project that a model elsewhere may go on with. Raises NotFound, Conflict if it was undone."""
        run = self.ws.db.read(lambda c: ModelsSql(c).run(run_id))
        if run is None or run.project_id != self.project.id or run.kind != KIND or run.args.get("by") != "function":
            raise NotFound(f"There is no run {run_id} of a model elsewhere in this project.", place="r")
        if not run.active:
            raise Conflict(f"Run {run_id} was undone meanwhile. Begin again, or redo it on the models page.", place="r")
        return run

    def items(self, run: RunRow, after: int, size: int, *, everything: bool) -> tuple[list[Given], int]:
        """The next items for the run, and what comes next time as `after`: those that people are asked next come first, then
        all behind `after`, by id."""
        policy, veil = self.project.spec.policy, Veil(self.project.spec)

        def read(c: Connection) -> tuple[list[Given], int]:
            port = ElsewhereSql(c)
            ahead = ModelsSql(c).window(self.project.id, policy.order, policy.window)
            known = port.heard(run.id, ahead) if ahead else set[int]()
            ids = [i for i in ahead if i not in known][:size]
            place = after
            if not ids:
                ids = port.unheard(
                    self.project.id, run.id, max(after, id_range(self.project.id)[0]), size, everything=everything
                )
                place = ids[-1] if ids else after
            decode = msgspec.json.decode
            found = [
                Given(i, key, decode(veil.data(data.encode())), decode(veil.meta(meta.encode())))
                for i, key, data, meta in port.given(ids)
            ]
            return found, place

        return self.ws.db.read(read)

    def take(self, run: RunRow, said: Sequence[Said]) -> Taken:
        """Store answers, each in place of the model's earlier one; what does not fit is refused and kept as a failure."""
        row = self._model(run)
        contents = self._contents([one.item_id for one in said])
        good: list[tuple[Prediction, str | None]] = []
        passed: list[int] = []
        failed: list[Refused] = []
        refused: list[Refused] = []
        for one in {one.item_id: one for one in said}.values():
            if one.item_id not in contents:
                refused.append(Refused(one.item_id, f"Item {one.item_id} is none that this run was given."))
            elif one.error is not None:
                failed.append(Refused(one.item_id, one.error[:_LONGEST_REASON]))
            elif one.value is None:
                passed.append(one.item_id)
            else:
                try:
                    good.append(self._checked(row, one, contents[one.item_id]))
                except (InvalidValue, InvalidConfig) as error:
                    failed.append(Refused(one.item_id, f"The answer does not fit: {error.message}"))
                    refused.append(failed[-1])
        stored, counts = self.ws.db.write(lambda c: self._store(c, run, row, good, passed, failed))
        self._tell(run.id)
        return Taken(stored, refused, **counts)

    def finish(self, run: RunRow, message: str) -> None:
        """Say that the program ended, for now."""
        left = self.ws.db.read(lambda c: ElsewhereSql(c).left(self.project.id, run.id))
        state, now = "stopped" if left else "done", self.ws.clock()
        self.ws.db.write(lambda c: ElsewhereSql(c).note(run.id, state, {}, now))
        row = self._model(run)
        self.ws.db.write(lambda c: ModelsSql(c).change_predictor(row.id, message=message[:500]))
        self._tell(run.id)

    def _store(
        self, c: Connection, run: RunRow, row: PredictorRow, good: list[tuple[Prediction, str | None]], passed: list[int],
        failed: list[Refused],
    ) -> tuple[int, dict[str, int]]:  # fmt: skip
        models, runs, port, now = ModelsSql(c), RunsSql(c), ElsewhereSql(c), self.ws.clock()
        ids = [one.item_id for one, _ in good]
        known = port.heard(run.id, [*ids, *passed, *(one.item_id for one in failed)])
        stored = models.put_suggestions(run.id, row.id, self.project.schema_version, good, now)
        models.remove_suggestions(row.id, [*passed, *(one.item_id for one in failed)])
        models.project_confidence(self.project.id, [*ids, *passed, *(one.item_id for one in failed)])
        heard: list[tuple[int, dict[str, float]]] = [*((i, {}) for i in ids), *((i, {"passed": 1.0}) for i in passed)]
        runs.put_signals(run.id, row.id, row.question, heard)
        runs.drop_errors(run.id, [*ids, *passed])
        runs.put_errors(run.id, [ErrorRow(one.item_id, one.reason, "", 1, now) for one in failed])
        new = {"suggested": ids, "passed": passed, "failed": [one.item_id for one in failed]}
        by = {name: sum(i not in known for i in items) for name, items in new.items()}
        return stored, port.note(run.id, "running", by, None)

    def _contents(self, items: list[int]) -> dict[int, dict[str, Any]]:
        mine = [i for i in items if project_of(i) == self.project.id]
        found = self.ws.db.read(lambda c: ElsewhereSql(c).given(mine))
        return {i: msgspec.json.decode(data) for i, _, data, _ in found}

    def _checked(self, row: PredictorRow, one: Said, data: dict[str, Any]) -> tuple[Prediction, str | None]:
        if one.score is not None and not (math.isfinite(one.score) and 0 <= one.score <= 1):
            raise InvalidValue(f"the score {one.score} is not between 0 and 1; leave it out if it is no probability")
        question = self.project.schema.get(row.question)
        task = self.ws.task_types[question.type]
        value = task.check(question, one.value, Item(one.item_id, self.project.id, 0, data))
        reason = None if one.reason is None else one.reason[:_LONGEST_REASON]
        prediction = Prediction(one.item_id, question.name, value, one.score, reason)
        return prediction, label_text(task.summary(question, value))

    def _model(self, run: RunRow) -> PredictorRow:
        row = self.ws.db.read(lambda c: ModelsSql(c).predictor(run.predictor_id or 0))
        if row is None:
            raise NotFound("This model was deleted meanwhile.", place="r")
        return row

    def _tell(self, run: int) -> None:
        self.ws.bus.publish(self.project.id, "model", id=run)
        self.ws.bus.publish(self.project.id, "counts")

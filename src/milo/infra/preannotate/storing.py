"""What a run writes, in short transactions: suggestions, answers about blind items (kept apart), signals, failures, progress.

The results of a batch and the run's progress are one transaction: what is counted is stored, and what is stored is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.project import Project
from milo.flow.annotating import Progress
from milo.flow.labels import label_text
from milo.infra.sql.database import Connection
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.runs import ErrorRow, RunsSql
from milo.infra.sql.signals import SignalsSql
from milo.kinds.task_type import TaskType

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


class Result(msgspec.Struct, frozen=True):
    """What came of one item: a prediction with its signals, or an error."""

    item_id: int
    blind: bool
    prediction: Prediction | None
    signals: dict[str, float]
    error: str = ""
    raw: str = ""
    attempts: int = 1


class Scores(Protocol):
    """Turns signals into one calibrated probability of being right."""

    def of(self, signals: Sequence[dict[str, float]]) -> list[float | None]:
        """For each row; None where there is none."""
        ...


class Store:
    """Writes the results of one run."""

    def __init__(
        self, workspace: Workspace, project: Project, row: PredictorRow, run_id: int, task_type: TaskType, scores: Scores | None
    ) -> None:
        self.ws, self.project, self.row, self.run_id, self.scores = workspace, project, row, run_id, scores
        self.question = project.schema.get(row.question)
        self.task_type = task_type
        learners = workspace.db.read(lambda c: ModelsSql(c).predictors(project.id))
        known = workspace.registry.predictors
        self.in_loop = [
            p.id for p in learners
            if p.question == row.question and p.enabled and p.version and p.plugin in known and known.get(p.plugin).learns
        ]  # fmt: skip

    def put(self, c: Connection, results: list[Result], progress: Progress, state: str, *, retrying: bool) -> None:
        """Write a batch with the run's progress as it is with them."""
        good = [r for r in results if r.prediction is not None]
        bad = [r for r in results if r.prediction is None]
        runs, now = RunsSql(c), self.ws.clock()
        if good:
            self._put_good(c, good, now)
        if bad:
            runs.put_errors(self.run_id, [ErrorRow(r.item_id, r.error, r.raw, r.attempts, now) for r in bad])
        if retrying and good:
            runs.drop_errors(self.run_id, [r.item_id for r in good])
        runs.put_progress(self.run_id, state, progress, None)

    def _put_good(self, c: Connection, good: list[Result], now: float) -> None:
        models = ModelsSql(c)
        signals = [r.signals for r in good]
        if self.in_loop:
            signals = self._with_in_loop(c, good)
        scores = self.scores.of(signals) if self.scores is not None else [None] * len(good)
        shown: list[tuple[Prediction, str | None]] = []
        kept: list[Prediction] = []
        for result, score in zip(good, scores, strict=True):
            one = result.prediction
            if one is None:
                continue
            if score is not None:
                one = msgspec.structs.replace(one, score=score)
            if result.blind:
                kept.append(one)
            else:
                shown.append((one, label_text(self.task_type.summary(self.question, one.value))))
        if shown:
            models.put_suggestions(self.run_id, self.row.id, self.project.schema_version, shown, now)
            models.project_confidence(self.project.id, [one.item_id for one, _ in shown])
        if kept:
            models.put_checks(self.run_id, self.row.id, kept, now)
        rows = [(r.item_id, s) for r, s in zip(good, signals, strict=True)]
        RunsSql(c).put_signals(self.run_id, self.row.id, self.row.question, rows)

    def _with_in_loop(self, c: Connection, good: list[Result]) -> list[dict[str, float]]:
        """The signals with what a model trained in the loop thinks of the same value, where it has spoken of the item."""
        said = SignalsSql(c).said(self.in_loop, self.row.question, [r.item_id for r in good])
        out: list[dict[str, float]] = []
        for result in good:
            value, score = said.get(result.item_id, (None, None))
            if score is None or result.prediction is None:
                out.append(result.signals)
                continue
            agrees = self.task_type.agreement(self.question, value, result.prediction.value)
            out.append(result.signals | {"in_loop": round(score if agrees >= 1 else (1 - score) * agrees, 6)})
        return out

"""What is known of a model's present version: its suggestions, the errors that blind answers found in them, and what was fixed
before the first look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from milo.domain.errors import Conflict, NotFound
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow import guarantee as promise
from milo.flow.guarantee import Audited, Prior, Suggested, Wish
from milo.flow.labels import label_text, shown
from milo.infra.sql.database import Connection
from milo.infra.sql.guarantees import GuaranteesSql, Heard, PlanRow
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.rewritten import RewrittenSql
from milo.infra.sql.signals import SignalsSql
from milo.kinds.asking import asks
from milo.stats.confidence import NotEnough

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_MOST_VALUES = 12
_META_LOOK = 2_000
_MOST_MEASURED = 20_000


class Evidence(msgspec.Struct):
    """All that a look rests on."""

    row: PredictorRow
    plan: PlanRow
    suggested: Suggested
    audited: Audited
    alpha: float
    of: int
    prior: Prior
    look: int


class Gathering:
    """Gathers the evidence of a workspace's models."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace

    def model(self, project: Project, question: str, source: str | None) -> PredictorRow:
        """The one model that a promise is about. Raises NotFound or Conflict."""
        project.schema.get(question)
        rows = self.ws.db.read(lambda c: ModelsSql(c).predictors(project.id))
        rows = [r for r in rows if r.question == question and (source is None or r.name == source)]
        if source is None:
            rows = [r for r in rows if r.enabled]
        if len(rows) > 1:
            spoken = self.ws.db.read(lambda c: [r for r in rows if GuaranteesSql(c).has_spoken(r.id)])
            rows = spoken or rows
        if not rows:
            raise NotFound(f'No model{f" {source}" if source else ""} suggests answers to "{question}".', place="source")
        if len(rows) > 1:
            names = ", ".join(r.name for r in rows)
            raise Conflict(
                f"Several models suggest answers to this question, and figures are about one. Choose one as source: {names}.",
                place="source",
            )
        return rows[0]

    def evidence(self, project: Project, row: PredictorRow, wish: Wish) -> Evidence | None:
        """What the blind answers say of a version; None where its confidence is not known yet."""
        shape = self.task(project, row.question).shape
        now = self.ws.clock()

        def read(c: Connection) -> tuple[Suggested, PlanRow | None, float | None, bool]:
            sql = GuaranteesSql(c)
            plan = sql.plan(row.id, row.version)
            epoch = 0 if plan is None else plan.epoch
            lapsed = sql.lapsed_at(row.id, row.version, epoch)
            anew = plan is not None and (lapsed is not None or RewrittenSql(c).since(row.id, row.version, plan.at) is not None)
            return sql.suggested(project.id, row.question, row.id, row.version, epoch + anew, now), plan, lapsed, anew

        suggested, plan, lapsed, anew = self.ws.db.read(read)
        since = lapsed if lapsed is not None else 0.0 if plan is None else plan.since
        heard = self._heard(project, row, since)
        if heard is None:
            return None
        audited = self._audited(project, row, heard, wish.right_at)
        if plan is None or anew:
            epoch = 0 if plan is None else plan.epoch + 1
            plan = self._fix(project, row, suggested, audited, epoch, since)

        def count(c: Connection) -> tuple[int, Prior, int]:
            sql = GuaranteesSql(c)
            number = sql.look_number(plan.id, wish.promise, wish.target, wish.right_at, len(audited.items))
            return sql.size(project.id), _prior(sql, project.id, row, plan.epoch), number

        of, prior, number = self.ws.db.read(count)
        alpha = promise.alpha_of(plan.place, plan.epoch, shape, wish.right_at)
        return Evidence(row, plan, suggested, audited, alpha, of, prior, number)

    def _heard(self, project: Project, row: PredictorRow, since: float) -> list[Heard] | None:
        """What a version said of blind items that people answered; None while its scores are not known.

        A connected model's scores are learned from blind answers: the map is held still, and what taught it does not test it.
        """
        heard = self.ws.db.read(lambda c: GuaranteesSql(c).heard(row.question, row.id, row.version, since))
        if not self._asks(row):
            return heard
        still = self.ws.annotating.confidence.hold_still(row)
        if isinstance(still, NotEnough) or not self._scored(row):
            return None
        rows = self.ws.db.read(lambda c: SignalsSql(c).measured(row.id, row.version, row.question, _MOST_MEASURED))
        tests = still.tests(rows)
        scores = {item: p for (item, *_), p in zip(tests, still.scores(tests).round(6).tolist(), strict=True)}
        taught = frozenset(still.taught_by)
        return [msgspec.structs.replace(h, score=_or_none(scores.get(h.item))) for h in heard if h.item not in taught]

    def _asks(self, row: PredictorRow) -> bool:
        known = self.ws.registry.predictors
        return row.plugin in known and asks(known.get(row.plugin))

    def _scored(self, row: PredictorRow) -> bool:
        """Whether the scores of a connected model are those of the map that is held still."""
        fit = self.ws.annotating.confidence.known(row.id)
        return fit is not None and fit.version == row.version and fit.frozen and fit.scored == fit.fitted_on

    def unready(self, row: PredictorRow) -> str:
        """Why nothing can be told of a model's present version yet."""
        still = self.ws.annotating.confidence.hold_still(row) if self._asks(row) else None
        if isinstance(still, NotEnough):
            return (
                f'The confidence of "{row.name}" is not known yet: {still.n:,} of about {still.needed:,} blind answers so far. '
                "Some of them will teach it; the others, and all later ones, test it."
            )
        return f'The scores of "{row.name}" are being written anew by what its blind answers say; look again in a moment.'

    def _audited(self, project: Project, row: PredictorRow, heard: list[Heard], right_at: float) -> Audited:
        question, task = project.schema.get(row.question), self.task(project, row.question)

        def loss(said: Any, given: Any) -> float:
            agreement = task.agreement(question, said, given)
            return 0.0 if agreement >= right_at - 1e-9 else 1.0

        return Audited(
            np.array([h.item for h in heard], np.int64),
            np.array([h.score or 0.0 for h in heard], np.float64),
            np.array([shown(label_text(task.summary(question, h.said)) or "") for h in heard], dtype=object),
            np.array([np.mean([loss(h.said, g) for g in h.given]) for h in heard], np.float64),
        )

    def _fix(
        self, project: Project, row: PredictorRow, suggested: Suggested, audited: Audited, epoch: int, since: float
    ) -> PlanRow:
        """Fix a version's thresholds, before its errors are looked at; anew (`epoch`) after a lapse."""

        def read(c: Connection) -> dict[str, tuple[list[str], list[str]]]:
            sql = GuaranteesSql(c)
            keys = _slice_keys(sql, suggested.items)
            a, b = sql.meta(suggested.items.tolist(), keys), sql.meta(audited.items.tolist(), keys)
            return {key: (a[key], b[key]) for key in keys}

        plan = promise.make_plan(suggested, audited, self.ws.db.read(read))
        now = self.ws.clock()

        def keep(c: Connection) -> PlanRow:
            sql = GuaranteesSql(c)
            place = sql.place(project.id, row.question, row.id, row.version)
            return sql.add_plan(project.id, row.question, row.id, row.version, epoch, place, plan, since, now)

        return self.ws.db.write(keep)

    def pending(self, project: Project, row: PredictorRow) -> int:
        """Blind answers that this version was not compared with yet; it is told to, if it can be."""
        missing = self.ws.db.read(lambda c: len(GuaranteesSql(c).unheard(project.id, row.question, row.id, row.version, 5_000)))
        if missing and self.can_check(row):
            self.ws.jobs.submit("check", project.id, {"predictor": row.id}, key=f"check:{row.id}")
        return missing

    def can_check(self, row: PredictorRow) -> bool:
        """Whether a version can be told to answer blind items at no cost."""
        known = self.ws.registry.predictors
        if row.plugin not in known or self._asks(row):
            return False
        return bool(row.version) or not known.get(row.plugin).learns

    def task(self, project: Project, question: str) -> Any:
        """The task type of a question."""
        asked: Question = project.schema.get(question)
        return self.ws.task_types[asked.type]


def _prior(sql: GuaranteesSql, project: int, row: PredictorRow, epoch: int) -> Prior:
    """The most errors accepted under other promises, each with the least confidence from which the present one covers it."""
    found: list[tuple[float, float]] = []
    for one in sql.permissions(project):
        if one.question != row.question or one.undone:
            continue
        errors = one.promise.get("errors")
        known = float(one.n) if errors is None else min(float(errors), float(one.promise.get("accepted", one.n)))
        least = min([one.promise["threshold"], *one.promise.get("per_label", {}).values()])
        same = (one.predictor_id, one.version, one.epoch) == (row.id, row.version, epoch)
        found.append((least if same else -1.0, known))
    return tuple(found)


def _or_none(score: float | None) -> float | None:
    return None if score is None or np.isnan(score) else score


def _slice_keys(sql: GuaranteesSql, items: Any) -> list[str]:
    """Metadata with few values, by a look at some items."""
    some = items[:: max(1, len(items) // _META_LOOK)].tolist()
    return sql.few_valued(some, _MOST_VALUES, promise.MOST_SLICES)

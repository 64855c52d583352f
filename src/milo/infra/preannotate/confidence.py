"""One calibrated probability for what a connected model suggests, learned from answers that people gave blind.

While there are too few such answers, suggestions have no score: a number that means nothing is worse than none. As more come
in, the map from signals to probability is fitted anew, and the scores of the version's suggestions are written anew - until
somebody looks at what may be accepted under a promise: from then on the map stays as it is (`freezing`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from milo.domain.errors import NotFound
from milo.flow.freeze import Frozen, freeze, table
from milo.flow.learn import Quality, quality
from milo.infra.jobs import JobRun
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.runs import RunsSql
from milo.infra.sql.signals import SignalsSql
from milo.stats.confidence import NEEDED, RARE, Confidence, NotEnough, fit_confidence
from milo.stats.intervals import Estimate
from milo.stats.reliability import report

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_MOST = 5_000
_PAGE = 200
_GROWTH = 1.1
_REST = 0.5


class Bin(msgspec.Struct, frozen=True):
    """A bar of the reliability diagram: probabilities from `low` to `high`, how many, their mean, and the share that was right
    with its interval."""

    low: float
    high: float
    n: int
    mean: float
    share: float
    share_low: float
    share_high: float


class Measure(msgspec.Struct, frozen=True):
    """A figure with its interval; null where it cannot be told."""

    value: float | None
    low: float
    high: float


class Fit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a version's confidence. `n`: blind answers that it was compared with; `fitted_on`: those of the fit in
    use (0: none), `scored` those of the fit that the stored scores are of. The measures are of probabilities that did not see
    the answer they are compared with. `frozen`: the map stays as it is, since promises rest on it."""

    version: int
    n: int
    needed: int
    why: str
    names: list[str] = []
    fit: dict[str, Any] | None = None
    fitted_on: int = 0
    bins: list[Bin] = []
    ece: Measure | None = None
    auroc: Measure | None = None
    brier: Measure | None = None
    quality: Quality | None = None
    scored: int = 0
    frozen: bool = False


class Scorer:
    """A fitted map, ready for use."""

    def __init__(self, fit: Fit) -> None:
        self.version = fit.version
        self._names = fit.names
        self._map = Confidence.from_dict(fit.fit or {})

    def of(self, signals: Sequence[dict[str, float]]) -> list[float | None]:
        """The probability of being right, None where no signal is known."""
        found = self._map.predict(table(signals, self._names))
        return [None if np.isnan(p) else round(float(p), 6) for p in found]


class ConfidenceFits:
    """The job "confidence", and what it found."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self._rested: dict[int, float] = {}
        workspace.jobs.handler("confidence", self._run)

    def known(self, predictor_id: int) -> Fit | None:
        """The last fit of a model."""
        data = self.ws.db.read(lambda c: SignalsSql(c).model(predictor_id))
        return None if data is None else msgspec.convert(data, Fit)

    def scorer(self, row: PredictorRow, version: int) -> Scorer | None:
        """The map for a version's signals, None before there is one."""
        fit = self.known(row.id)
        return Scorer(fit) if fit is not None and fit.version == version and fit.fit is not None else None

    def update(self, row: PredictorRow) -> int:
        """Compare with the blind answers there are now and write the version's scores anew, soon; the job's id."""
        args = {"predictor": row.id}
        return self.ws.jobs.submit("confidence", row.project_id, args, key=f"confidence:{row.id}")

    def refresh_if_rested(self, row: PredictorRow) -> bool:
        """`refresh`, unless the last time was a moment ago; then False. It rests in proportion to what it takes."""
        if time.monotonic() < self._rested.get(row.id, 0.0):
            return False
        began = time.monotonic()
        self.refresh(row)
        self._rested[row.id] = time.monotonic() + max(_REST, 20 * (time.monotonic() - began))
        return True

    def refresh(self, row: PredictorRow) -> Fit:
        """Compare with the blind answers there are now. A new fit is put to use by a job, once the scores are its own."""
        before = self.known(row.id)
        fit = self.fit(row, before)
        if before is not None and _same(before, fit):
            return before
        if fit.fit is not None and fit.scored != fit.fitted_on:
            held = before if before is not None and before.version == fit.version else Fit(fit.version, 0, 0, "")
            fit = msgspec.structs.replace(
                fit, names=held.names, fit=held.fit, fitted_on=held.fitted_on, scored=held.scored, frozen=held.frozen
            )
            self.update(row)
        self._keep(row, fit)
        self.ws.bus.publish(row.project_id, "model", id=row.id)
        return fit

    def frozen(self, row: PredictorRow) -> Frozen | None:
        """The map of the present version that stays, if there is one."""
        return self.ws.db.read(lambda c: SignalsSql(c).frozen(row.id, row.version))

    def hold_still(self, row: PredictorRow) -> Frozen | NotEnough:
        """Keep the map of the present version as it is from now on; the one that promises are made on. The first call learns it
        and has the version's scores written anew by it. NotEnough where there are too few blind answers for that."""
        held = self.frozen(row)
        if held is None:
            project = self.ws.projects.get(row.project_id)
            question = project.schema.get(row.question)
            rows = self.ws.db.read(lambda c: SignalsSql(c).measured(row.id, row.version, row.question, _MOST))
            made = freeze(self.ws.task_types[question.type], question, rows, row.version, row.id, self.ws.clock())
            if isinstance(made, NotEnough):
                return made
            held = self._write(lambda c: SignalsSql(c).freeze(row.id, made))
        fit = self.known(row.id)
        if fit is None or not fit.frozen or fit.version != row.version:
            self.update(row)
        return held

    def _run(self, job: JobRun) -> dict[str, Any]:
        row = self.ws.db.read(lambda c: ModelsSql(c).predictor(job.args["predictor"]))
        if row is None:
            raise NotFound("This model was deleted meanwhile.")
        fit = self.fit(row, self.known(row.id))
        changed = 0
        if fit.fit is not None:
            changed = self._rescore(job, row, Scorer(fit))
            fit = msgspec.structs.replace(fit, scored=fit.fitted_on)
        self._keep(row, fit)
        self.ws.bus.publish(row.project_id, "model", id=row.id)
        return {"n": fit.n, "rescored": changed}

    def _keep(self, row: PredictorRow, fit: Fit) -> None:
        self._write(lambda c: SignalsSql(c).put_model(row.id, msgspec.to_builtins(fit), fit.n, self.ws.clock()))

    def fit(self, row: PredictorRow, before: Fit | None) -> Fit:
        """Compare a version's answers about blind items with people's, and fit the map if there are enough."""
        project = self.ws.projects.get(row.project_id)
        question = project.schema.get(row.question)
        task = self.ws.task_types[question.type]
        rows = self.ws.db.read(lambda c: SignalsSql(c).measured(row.id, row.version, row.question, _MOST))
        good = quality(task, question, [(said, given) for _, said, given, _ in rows])
        still = self.frozen(row)
        if still is not None:
            tests = still.tests(rows)
            right = np.array([task.agreement(question, said, given) >= 1.0 for _, said, given, _ in tests], np.float64)
            scored = before.scored if before is not None and before.frozen and before.version == row.version else 0
            return Fit(
                row.version, len(rows), NEEDED, "", still.names, still.fit, len(still.taught_by), quality=good, scored=scored,
                frozen=True, **_tested(still.scores(tests), right),
            )  # fmt: skip
        signals = [s for _, _, _, s in rows]
        names = sorted({name for one in signals for name in one})
        blank = Fit(row.version, len(rows), NEEDED, "", names, quality=good)
        if before is not None and _keeps(before, row.version, names, len(rows)):
            return msgspec.structs.replace(before, n=len(rows), quality=good)
        if not names:
            short = len(rows) < NEEDED
            return msgspec.structs.replace(blank, why=str(NotEnough(len(rows))) if short else "The answers carry no signals.")
        correct = np.array([task.agreement(question, said, given) >= 1.0 for _, said, given, _ in rows], np.float64)
        items = [item for item, _, _, _ in rows]
        groups = np.array(items) if 1 < len(set(items)) < len(items) else None
        found = fit_confidence(table(signals, names), correct, groups=groups)
        if isinstance(found, NotEnough):
            return msgspec.structs.replace(blank, why=str(found), needed=found.needed)
        return msgspec.structs.replace(
            blank, fit=found.confidence.as_dict(), fitted_on=len(rows), **_measures(found.out_of_fold, correct)
        )

    def _rescore(self, job: JobRun, row: PredictorRow, scorer: Scorer) -> int:
        """Write the scores of the version's suggestions anew."""
        changed = 0
        for run in self.ws.db.read(lambda c: RunsSql(c).of_version(row.id, scorer.version)):
            after = 0
            while page := self.ws.db.read(lambda c, r=run.id, a=after: SignalsSql(c).signalled(r, a, _PAGE)):
                job.check()
                after = page[-1][0]
                scores = list(zip((item for item, _ in page), scorer.of([s for _, s in page]), strict=True))
                changed += self._write(lambda c, r=run.id, s=scores: self._put(c, r, row, s))
        if changed:
            self.ws.bus.publish(row.project_id, "counts")
        return changed

    def _put(self, c: Connection, run: int, row: PredictorRow, scores: list[tuple[int, float | None]]) -> int:
        changed = SignalsSql(c).put_scores(run, row.id, row.question, scores)
        ModelsSql(c).project_confidence(row.project_id, changed)
        return len(changed)

    def _write(self, change: Callable[[Connection], Any]) -> Any:
        return self.ws.db.write(change, BACKGROUND)


def _keeps(before: Fit, version: int, names: list[str], n: int) -> bool:
    """Whether the fit in use is good enough still: it is made anew with a tenth more answers, so that a million scores are
    not rewritten for each."""
    if before.fit is None or before.version != version or before.names != names:
        return False
    return before.fitted_on <= n < before.fitted_on * _GROWTH


def _same(before: Fit, fit: Fit) -> bool:
    parts = (before.n, before.version, before.quality, before.frozen)
    return parts == (fit.n, fit.version, fit.quality, fit.frozen)


def _tested(probabilities: Any, correct: Any) -> dict[str, Any]:
    """The figures of a map that stays, by answers that it did not see."""
    known = ~np.isnan(probabilities)
    return _measures(probabilities[known], correct[known]) if int(known.sum()) >= NEEDED else {}


def _measures(probabilities: Any, correct: Any) -> dict[str, Any]:
    """The figures; no AUROC with a handful of right or of wrong answers, which says nothing."""
    found = report(probabilities, correct)
    return {
        "bins": [Bin(b.low, b.high, b.n, b.confidence, b.accuracy, b.accuracy_low, b.accuracy_high) for b in found.bars],
        "ece": _measure(found.ece),
        "auroc": _measure(found.auroc) if min(correct.sum(), len(correct) - correct.sum()) >= RARE else None,
        "brier": _measure(found.brier),
    }


def _measure(one: Estimate) -> Measure:
    return Measure(None if np.isnan(one.value) else float(one.value), float(one.low), float(one.high))

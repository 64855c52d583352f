"""REPORT ON A JUDGE: how far its verdicts agree with auditors', what its alarms are worth, and what the pass rate is once its
errors are known.

Pure: verdicts in, figures out, each with its interval, or with the reason why it cannot be told. Auditors rate a random
sample without seeing the verdict, so that the sample speaks for all answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from milo.domain.rubric import nearest_level, raises_alarm
from milo.domain.verdict import Criterion, Rubric, Verdict
from milo.stats.intervals import Estimate, share
from milo.stats.judging import alarms, corrected_rate, corrected_rate_by_verdict, order_bias, partial_correlation
from milo.stats.kappa import cohen_kappa, percent_agreement
from milo.stats.measure import Measure

NEEDED = 50
"""Audits from which a judge counts as tested: kappa is then known to about 0.2, a rate to about 0.13."""

_FEW = 0.1
"""The share of verdicts of one kind that may go unaudited before the corrected pass rate cannot be told."""


class JudgeFigure(msgspec.Struct, frozen=True):
    """A number with its interval and how many observations it rests on. `value` None: it cannot be told, and `why` says so."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    why: str = ""


class AlarmWorth(msgspec.Struct, frozen=True):
    """`precision`: how many alarms were right; `recall`: how many defects were flagged; `defects`: share of defects."""

    precision: JudgeFigure
    recall: JudgeFigure
    defects: JudgeFigure


class CriterionReport(msgspec.Struct, frozen=True):
    """One criterion. `confusion[a][j]`: how often auditors gave level a where the judge gave level j, in the order of
    `levels`. `bias`: by how much of a level the judge is above the auditors."""

    criterion: str
    title: str
    levels: list[int]
    agreement: JudgeFigure
    kappa: JudgeFigure
    confusion: list[list[int]]
    alarms: AlarmWorth | None
    bias: JudgeFigure
    length: JudgeFigure


class AdviceCounts(msgspec.Struct, frozen=True):
    """What annotators did with live advice. `given`: verdicts that raised an alarm; `dismissed`: waved away, possible false
    alarms; `taken` as proposed; `changed`: the answer was changed otherwise. Against gold: `checked` changed answers, of
    which `right_to_wrong` were right before and are not now, `wrong_to_right` the other way."""

    shown: int = 0
    given: int = 0
    dismissed: int = 0
    taken: int = 0
    changed: int = 0
    checked: int = 0
    right_to_wrong: int = 0
    wrong_to_right: int = 0


class JudgeReport(msgspec.Struct, frozen=True):
    """What is known about a judge in its project. `tested` only from `needed` audits on; `matched` are those whose answer the
    judge has judged too. `raw` is the share that it passed, `corrected` the share that auditors would pass."""

    tested: bool
    audits: int
    matched: int
    needed: int
    judged: int
    passed: int
    raw: JudgeFigure
    corrected: JudgeFigure
    kappa: JudgeFigure
    agreement: JudgeFigure
    confusion: list[list[int]]
    alarms: AlarmWorth | None
    length: JudgeFigure
    position: JudgeFigure | None
    first_place: JudgeFigure | None
    criteria: list[CriterionReport]
    advice: AdviceCounts


class Seen(msgspec.Struct, frozen=True):
    """One audited answer: both verdicts, the odds of its pick, and the answer's length in characters."""

    judge: Verdict
    auditor: Verdict
    odds: float
    length: int


class Response(msgspec.Struct, frozen=True):
    """One piece of live advice: whether it raised an alarm, what was done, and the answer before and after."""

    alarm: bool
    response: str
    before: Any = None
    after: Any = None
    gold: Any = None


def report(
    rubric: Rubric,
    seen: Sequence[Seen],
    judged: tuple[int, int],
    audits: int,
    orders: Sequence[tuple[int, int]],
    advice: AdviceCounts,
) -> JudgeReport:
    """All figures. `judged`: how many present answers have a verdict, and how many passed; `orders`: the preferences of
    comparisons, as asked and with the order swapped; `audits`: all ratings, also of answers that the judge has not judged
    yet."""
    ours = np.array([s.judge.passed for s in seen], dtype=bool)
    theirs = np.array([s.auditor.passed for s in seen], dtype=bool)
    odds = [s.odds for s in seen]
    bias = order_bias([a for a, _ in orders], [b for _, b in orders]) if orders else None
    n, passed = judged
    return JudgeReport(
        len(seen) >= NEEDED, audits, len(seen), NEEDED, n, passed,
        _share(passed, n), corrected_pass_rate(ours, theirs, judged),
        _kappa(theirs.astype(int), ours.astype(int), 2),
        _measure(percent_agreement(theirs.astype(int), ours.astype(int))),
        _confusion(theirs.astype(int), ours.astype(int), 2),
        _worth(~ours, ~theirs, odds),
        _length([s.judge.total for s in seen], [s.auditor.total for s in seen], seen),
        _figure(bias.consistent) if bias else None,
        _figure(bias.first) if bias else None,
        [_criterion(c, seen) for c in rubric.criteria],
        advice,
    )  # fmt: skip


def count_advice(responses: Sequence[Response], agreement: Callable[[Any, Any], float]) -> AdviceCounts:
    """What was done with advice. Right is what agrees fully with gold."""
    alarmed = [r for r in responses if r.alarm]
    moved = [r for r in alarmed if r.response in ("taken", "changed")]
    checked = [r for r in moved if r.gold is not None and r.before is not None and r.after is not None]
    was = [agreement(r.gold, r.before) >= 1 for r in checked]
    now = [agreement(r.gold, r.after) >= 1 for r in checked]
    count = [r.response for r in alarmed].count
    return AdviceCounts(
        len(responses), len(alarmed), count("dismissed"), count("taken"), count("changed"), len(checked),
        sum(a and not b for a, b in zip(was, now, strict=True)), sum(b and not a for a, b in zip(was, now, strict=True)),
    )  # fmt: skip


def _criterion(criterion: Criterion, seen: Sequence[Seen]) -> CriterionReport:
    levels = [level.score for level in criterion.levels]
    scores = [(_score(s.judge, criterion), _score(s.auditor, criterion)) for s in seen]
    ours = [levels.index(nearest_level(criterion, a)) for a, _ in scores]
    theirs = [levels.index(nearest_level(criterion, b)) for _, b in scores]
    flagged = [raises_alarm(criterion, a) for a, _ in scores]
    defects = [raises_alarm(criterion, b) for _, b in scores]
    return CriterionReport(
        criterion.name, criterion.title, levels,
        _measure(percent_agreement(theirs, ours)),
        _kappa(theirs, ours, len(levels)),
        _confusion(theirs, ours, len(levels)),
        None if criterion.pass_mark is None else _worth(flagged, defects, [s.odds for s in seen]),
        _mean([a - b for a, b in scores]),
        _length([a for a, _ in scores], [b for _, b in scores], seen),
    )  # fmt: skip


def _kappa(theirs: Any, ours: Any, levels: int) -> JudgeFigure:
    """Agreement beyond chance, near misses counted in part on scales of more than two levels. Where one of the two always gave
    the same level it is 0 whatever the other gave, so that it says nothing."""
    if len(ours) and (len(set(map(int, ours))) == 1 or len(set(map(int, theirs))) == 1):
        who = "The judge" if len(set(map(int, ours))) == 1 else "The auditors"
        return JudgeFigure(None, None, None, len(ours), f"{who} always gave the same level.")
    return _measure(cohen_kappa(theirs, ours, "identity" if levels == 2 else "linear", levels))


def _score(verdict: Verdict, criterion: Criterion) -> float:
    return next((s.score for s in verdict.scores if s.criterion == criterion.name), float(criterion.levels[0].score))


def _confusion(rows: Any, columns: Any, size: int) -> list[list[int]]:
    table = np.zeros((size, size), dtype=np.int64)
    np.add.at(table, (np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)), 1)
    return table.tolist()


def _worth(flagged: Any, defect: Any, odds: Sequence[float]) -> AlarmWorth | None:
    if not len(odds):
        return None
    found = alarms(flagged, defect, odds)
    return AlarmWorth(_figure(found.precision), _figure(found.recall), _figure(found.prevalence))


def corrected_pass_rate(ours: Any, theirs: Any, judged: tuple[int, int]) -> JudgeFigure:
    """The share of all judged answers that auditors would pass. `ours`, `theirs`: bool, whether the judge and the auditor
    passed each audited answer; `judged`: how many answers were judged, and how many passed.

    By verdict, since the audited answers are a random sample of the judged ones; where one kind of verdict was not
    audited, by the judge's rates of error."""
    n, passed = judged
    if not len(ours) or not n:
        return JudgeFigure(None, None, None, len(ours), "nothing was audited yet" if n else "nothing was judged yet")
    found = corrected_rate_by_verdict(
        passed, n, int((ours & theirs).sum()), int(ours.sum()), int((~ours & theirs).sum()), int((~ours).sum())
    )
    if math.isnan(found.value):
        found = _one_kind(ours, theirs, judged) or corrected_rate(
            passed, n, int((ours & theirs).sum()), int(theirs.sum()), int((~ours & ~theirs).sum()), int((~theirs).sum())
        )
    return _figure(found)


def _one_kind(ours: Any, theirs: Any, judged: tuple[int, int]) -> Estimate | None:
    """Where the few verdicts of the other kind were never audited: they may all be right or all be wrong, and both ends
    count."""
    n, passed = judged
    kind = bool(ours[0])
    rest = 1 - passed / n if kind else passed / n
    if rest > _FEW:
        return None
    known = share(int(theirs.sum()), len(theirs))
    value = (1 - rest) * known.value + rest / 2
    return Estimate(
        value, (1 - rest) * known.low, (1 - rest) * known.high + rest, len(ours), known.level, "one kind of verdict"
    )


def _length(ours: Sequence[float], theirs: Sequence[float], seen: Sequence[Seen]) -> JudgeFigure:
    """Spearman's correlation of the judge's scores with the answer's length, the auditors' scores held fixed."""
    return _figure(partial_correlation(ours, [float(s.length) for s in seen], theirs))


def _share(k: int, n: int) -> JudgeFigure:
    return _figure(share(k, n)) if n else JudgeFigure(None, None, None, 0, "nothing was judged yet")


def _mean(gaps: Sequence[float]) -> JudgeFigure:
    n = len(gaps)
    if n < 2:
        return JudgeFigure(None, None, None, n, "too few audits")
    half = 1.96 * float(np.std(gaps, ddof=1)) / math.sqrt(n)
    value = float(np.mean(gaps))
    return JudgeFigure(value, value - half, value + half, n)


def _figure(found: Estimate) -> JudgeFigure:
    if math.isnan(found.value):
        return JudgeFigure(None, None, None, found.n, found.method)
    return JudgeFigure(found.value, *(x if math.isfinite(x) else None for x in (found.low, found.high)), n=found.n)


def _measure(found: Measure) -> JudgeFigure:
    return JudgeFigure(found.value, found.low, found.high, found.n_items, found.why)

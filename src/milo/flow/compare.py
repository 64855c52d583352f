"""COMPARE: prompts and models side by side on the same items, and whether a difference between them is real.

Stands alone because the figures must mean the same wherever they are shown. Pure: outcomes in, a report out. An item counts for
a comparison once every arm had its turn with it; an answer that failed counts as wrong, since the people at work would be
left without one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import combinations
from typing import Any, Literal

import msgspec
import numpy as np

from milo.domain.question import Question
from milo.kinds.task_type import TaskType
from milo.stats.intervals import share
from milo.stats.paired import compare, holm
from milo.stats.reliability import mean_interval

LEVEL = 0.95
Side = Literal["a", "b", "cannot tell"]


class ArmAnswer(msgspec.Struct, frozen=True):
    """What one arm made of one item. `agreement` with the reference is 0..1, None where there is no reference; `error` says
    why there is no value."""

    item_id: int
    arm: int
    value: Any = None
    reason: str | None = None
    agreement: float | None = None
    error: str | None = None
    raw: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    calls: int = 0
    cached: int = 0


class Figure(msgspec.Struct, frozen=True):
    """A figure with its interval, and the number of items that it rests on. All null: nothing to measure it by."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class ArmReport(msgspec.Struct, frozen=True):
    """How one arm did. `right`: the share exactly as the reference (exact interval); `agreement`: the mean agreement with
    it; failed answers count as 0 in both. `cost` is null where a price is not known; `seconds` are per item, over answers
    that were not kept from before."""

    items: int
    failed: int
    scored: int
    right: Figure
    agreement: Figure
    calls: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float | None
    slow_seconds: float | None


class PairReport(msgspec.Struct, frozen=True):
    """Arms `a` and `b` on the same items. `only_a`: items on which a was strictly closer to the reference. `difference` is
    a minus b; `p` is two-sided; `p_adjusted` is after Holm's correction for all pairs. `between`: how far their answers agree
    with each other, reference or not."""

    a: int
    b: int
    only_a: int
    only_b: int
    difference: Figure
    p: float | None
    p_adjusted: float | None
    verdict: Side
    method: str
    between: float | None
    between_n: int


class CompareReport(msgspec.Struct, frozen=True):
    """Everything about a comparison that is a number. `level` is that of every interval, and 1 minus what a difference must
    stay under to be called real."""

    items: int
    scored: int
    level: float
    arms: list[ArmReport]
    pairs: list[PairReport]


def level_of_look(look: int) -> float:
    """The level for the k-th look at the same blind answers (0: no such look): the chances of error, 1 - level, add up to
    5 % over however many looks there will be."""
    return LEVEL if look == 0 else 1 - (1 - LEVEL) / (look * (look + 1))


def report(task: TaskType, question: Question, outcomes: list[ArmAnswer], arms: int, look: int = 0) -> CompareReport:
    """The figures over the items that every arm had its turn with."""
    level = level_of_look(look)
    turns = Counter(o.item_id for o in outcomes)
    by_arm: list[dict[int, ArmAnswer]] = [{} for _ in range(arms)]
    for one in outcomes:
        if turns[one.item_id] == arms:
            by_arm[one.arm][one.item_id] = one
    items = sorted(by_arm[0]) if by_arm else []
    scored = [i for i in items if by_arm[0][i].agreement is not None]
    pairs = [_pair(task, question, by_arm, a, b, items, scored, level) for a, b in combinations(range(arms), 2)]
    return CompareReport(len(items), len(scored), level, [_arm(one, level) for one in by_arm], _adjusted(pairs, level))


def _arm(found: dict[int, ArmAnswer], level: float) -> ArmReport:
    outcomes = list(found.values())
    scores = [o.agreement for o in outcomes if o.agreement is not None]
    right = share(sum(s >= 1 for s in scores), len(scores), level)
    mean = mean_interval(np.array(scores), level) if scores else None
    fresh = sorted(o.seconds for o in outcomes if o.calls > o.cached)
    costs = [o.cost for o in outcomes]
    return ArmReport(
        len(outcomes), sum(o.error is not None for o in outcomes), len(scores), _figure(right), _figure(mean),
        sum(o.calls for o in outcomes), sum(o.cached for o in outcomes), sum(o.input_tokens for o in outcomes),
        sum(o.output_tokens for o in outcomes), None if None in costs else math.fsum(c or 0.0 for c in costs),
        sum(fresh) / len(fresh) if fresh else None, fresh[math.ceil(0.95 * len(fresh)) - 1] if fresh else None,
    )  # fmt: skip


def _pair(
    task: TaskType, question: Question, by_arm: list[dict[int, ArmAnswer]], a: int, b: int, items: list[int], scored: list[int],
    level: float,
) -> PairReport:  # fmt: skip
    one, other = by_arm[a], by_arm[b]
    both = [i for i in items if one[i].error is None and other[i].error is None]
    between = [task.agreement(question, one[i].value, other[i].value) for i in both]
    mean = math.fsum(between) / len(between) if between else None
    if not scored:
        return PairReport(a, b, 0, 0, _figure(None), None, None, "cannot tell", "", mean, len(both))
    found = compare([one[i].agreement for i in scored], [other[i].agreement for i in scored], level=level)
    return PairReport(
        a, b, found.only_a, found.only_b, _figure(found.difference), found.p, None, "cannot tell", found.method, mean, len(both)
    )


def _adjusted(pairs: list[PairReport], level: float) -> list[PairReport]:
    """The pairs with Holm's correction for all that could be tested, and the verdicts that follow."""
    tested = [n for n, pair in enumerate(pairs) if pair.p is not None]
    adjusted = dict(zip(tested, holm([pairs[n].p for n in tested]).tolist(), strict=True))
    return [
        msgspec.structs.replace(pair, p_adjusted=adjusted.get(n), verdict=_verdict(pair, adjusted.get(n, 1.0), level))
        for n, pair in enumerate(pairs)
    ]


def _verdict(pair: PairReport, p: float, level: float) -> Side:
    value = pair.difference.value
    if value is None or value == 0 or p > 1 - level:
        return "cannot tell"
    return "a" if value > 0 else "b"


def _figure(estimate: Any) -> Figure:
    if estimate is None or math.isnan(estimate.value):
        return Figure(None, None, None, 0)
    value, low, high = (None if not math.isfinite(x) else float(x) for x in estimate[:3])
    return Figure(value, low, high, int(estimate.n))


class ErrorGroup(msgspec.Struct, frozen=True):
    """Errors of one arm that are alike. `kind`: "labels" (another label than people gave), "extent" (the same labels, but not
    the same answer), "failed" (no answer that fits). `wanted` and `got` are labels; `title` names the group in words."""

    key: str
    kind: Literal["labels", "extent", "failed"]
    title: str
    n: int
    wanted: list[str] = []
    got: list[str] = []


def error_group(task: TaskType, question: Question, outcome: ArmAnswer, reference: Any) -> ErrorGroup | None:
    """The group of one outcome; None if it is right, or if there is nothing to measure it by."""
    if outcome.error is not None:
        return ErrorGroup(f"failed:{_reason(outcome.error)}", "failed", _reason(outcome.error), 1)
    if outcome.agreement is None or outcome.agreement >= 1:
        return None
    wanted, got = task.summary(question, reference), task.summary(question, outcome.value)
    missing, extra = [w for w in wanted if w not in got], [g for g in got if g not in wanted]
    if not missing and not extra:
        return ErrorGroup("extent:", "extent", "The same labels, another answer", 1, wanted, got)
    key = f"labels:{'|'.join(missing)}>{'|'.join(extra)}"
    return ErrorGroup(key, "labels", _difference(missing, extra), 1, missing, extra)


def _difference(missing: list[str], extra: list[str]) -> str:
    if not extra:
        return f"{_some(missing)} missed"
    if not missing:
        return f"{_some(extra)} too many"
    return f"{_some(missing)} taken for {_some(extra)}"


def _some(labels: list[str]) -> str:
    shown = ", ".join(labels[:3])
    return shown if len(labels) <= 3 else f"{shown} and {len(labels) - 3} more"


def _reason(error: str) -> str:
    """The beginning of an error's message, numbers and quotes aside, so that like errors meet."""
    first = re.split(r"[.;]\s", error.strip(), maxsplit=1)[0]
    return re.sub(r"\d+", "#", re.sub(r'"[^"]*"', '"..."', first))[:120] or "failed"


def error_groups(
    task: TaskType, question: Question, outcomes: list[ArmAnswer], references: dict[int, Any]
) -> list[tuple[ErrorGroup, list[int]]]:
    """The errors of one arm by group with their items, the largest first."""
    found: dict[str, tuple[ErrorGroup, list[int]]] = {}
    for one in outcomes:
        group = error_group(task, question, one, references.get(one.item_id))
        if group is not None:
            found.setdefault(group.key, (group, []))[1].append(one.item_id)
    groups = [(msgspec.structs.replace(group, n=len(items)), items) for group, items in found.values()]
    return sorted(groups, key=lambda pair: (-pair[0].n, pair[0].key))

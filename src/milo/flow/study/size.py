"""How large a study must be: the chance to find the saving that one cares about, by people and items, before anybody is asked.

Stands alone because the form asks at every keystroke. The test that will be made is what counts: five people or fewer cannot
reach 5 % by sign flips, whatever the formula says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from milo.domain.study import Layout
from milo.stats.study import EXACT_PEOPLE
from milo.stats.study_plan import Spread, power

WANTED = 0.8
_PEOPLE = (4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 200)
_ITEMS = (10, 15, 20, 30, 40, 60, 80, 120, 160, 240)
LEAST = 30
"""Fewer answers than this say too little about how times vary; typical variances are taken instead."""


class Spreads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Standard deviations of log handling time: of single answers, between items, of how much help changes people's pace, and
    between people."""

    residual: float = 0.6
    item: float = 0.4
    help: float = 0.15
    annotator: float = 0.35


class Sizing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is planned: the saving that one cares about, items per arm and person, people, arms, layout, the share of withheld
    suggestions, the level; `spread`: None for typical variances."""

    saving: float = 0.2
    per_arm: int = 40
    people: int = 8
    arms: int = 2
    layout: Layout = "crossover"
    withhold: float = 0.1
    level: float = 0.95
    spread: Spreads | None = None


class SizePoint(msgspec.Struct, frozen=True):
    """The power with so many people, or so many items per arm."""

    n: int
    power: float


class StudySize(msgspec.Struct, frozen=True):
    """`power`: the chance to find the saving; people and items per arm needed for `wanted` (None: more than can be tried);
    curves over both; `why`: what to know about it."""

    power: float
    wanted: float
    people_needed: int | None
    per_arm_needed: int | None
    by_people: tuple[SizePoint, ...]
    by_items: tuple[SizePoint, ...]
    why: str


class Pilot(msgspec.Struct, frozen=True):
    """What the project's own answers say: how many, median active seconds, how times vary (None: too few to tell), how many
    items have both suggestion and gold, and how often the suggestion was right on them."""

    answers: int
    people: int
    seconds: float | None
    spread: Spreads | None
    checked: int
    model_right: float | None


def size(asked: Sizing) -> StudySize:
    """The sizes."""
    by_people = tuple(SizePoint(n, _power(asked, n, asked.per_arm)) for n in _PEOPLE)
    by_items = tuple(SizePoint(n, _power(asked, asked.people, n)) for n in _ITEMS)
    return StudySize(
        _power(asked, asked.people, asked.per_arm), WANTED, _people_needed(asked), _items_needed(asked), by_people, by_items,
        _why(asked),
    )  # fmt: skip


def pilot(times: Sequence[tuple[int, float]], hits: Sequence[bool]) -> Pilot:
    """From (person, active seconds) of answers, and whether suggestions were right. Items and answers cannot be told apart
    where each item has one answer; only their sum counts, so it is all given to answers."""
    kept = [(who, math.log(seconds)) for who, seconds in times if seconds > 0]
    right = sum(hits) / len(hits) if len(hits) >= LEAST else None
    people = sorted({who for who, _ in kept})
    median = float(np.median([math.exp(log) for _, log in kept])) if kept else None
    spread = None
    if len(kept) >= LEAST:
        groups = [np.array([log for who, log in kept if who == one]) for one in people]
        within = math.sqrt(sum(float(((g - g.mean()) ** 2).sum()) for g in groups) / max(1, len(kept) - len(groups)))
        means = [float(g.mean()) for g in groups if len(g) >= 5]
        between = Spread().annotator
        if len(means) >= 3:
            noise = within**2 * float(np.mean([1 / len(g) for g in groups if len(g) >= 5]))
            between = math.sqrt(max(0.0, float(np.var(means, ddof=1)) - noise))
        spread = Spreads(within, 0.0, Spread().help, between)
    return Pilot(len(kept), len(people), median, spread, len(hits), right)


def _power(asked: Sizing, people: int, per_arm: int) -> float:
    alpha = (1 - asked.level) / max(1, asked.arms - 1)
    s = asked.spread or Spreads()
    spread = Spread(s.residual, s.item, s.help, s.annotator)
    counted = max(1, round(2 / (1 / per_arm + 1 / max(1.0, per_arm * (1 - asked.withhold)))))
    if asked.layout == "interleaved":
        return _of_answers(asked.saving, counted, people, spread, alpha)
    if asked.layout == "between":
        return power(asked.saving, counted, 2 * people // asked.arms, spread, crossed=False, alpha=alpha)
    if people <= EXACT_PEOPLE and 2.0 ** (1 - people) > alpha:
        return 0.0
    return power(asked.saving, counted, people, spread, alpha=alpha)


def _of_answers(saving: float, per_arm: int, people: int, s: Spread, alpha: float) -> float:
    """Answers as units, within people; what the result says holds for these people only, so that their own gain is no noise."""
    from scipy.special import stdtrit
    from scipy.stats import nct

    if per_arm < 2 or people < 1:
        return 0.0
    error = math.sqrt(2 * (s.residual**2 + s.item**2) / per_arm / people)
    freedom = 2 * people * (per_arm - 1)
    centre, limit = -math.log1p(-saving) / error, float(stdtrit(freedom, 1 - alpha / 2))
    return float(nct.sf(limit, freedom, centre) + nct.cdf(-limit, freedom, centre))


def _people_needed(asked: Sizing) -> int | None:
    return next((n for n in range(1, 257) if _power(asked, n, asked.per_arm) >= WANTED), None)


def _items_needed(asked: Sizing) -> int | None:
    low, high = 0, 1
    while _power(asked, asked.people, high) < WANTED:
        low, high = high, high * 2
        if high > 4096:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _power(asked, asked.people, middle) >= WANTED else (middle, high)
    return high


def _why(asked: Sizing) -> str:
    alpha = (1 - asked.level) / max(1, asked.arms - 1)
    if asked.layout == "crossover" and 2.0 ** (1 - asked.people) > alpha:
        least = math.ceil(1 - math.log2(alpha))
        return (
            f"{asked.people} people cannot show anything: with fewer than {least}, chance alone would too often look the same. "
            "Take more people, or interleave the arms and let the result speak of these people alone."
        )
    if asked.layout == "interleaved":
        return "The result will speak of these people only, not of people such as these."
    if asked.spread is None:
        return "By typical variances; those of this project may differ."
    return "By how the times of this project vary; how differently help works for people is a typical value."

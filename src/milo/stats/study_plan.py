"""Plan a study of assistance: who works in which arm on which items, and how large it must be. Stands alone: numbers in,
arrays out. All randomness comes from a seed, so that a plan can be written down and made again.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Plan(NamedTuple):
    """Who does what. One row per answer, in the order of work for each person; int, shape (rows,) each.

    `period` counts the blocks from 0, `place` the items within a block; `arm` and `item` are codes; warm-up rows have
    period -1 and arm -1 and are not analysed. `sequence`: the arm of each person's blocks, shape (annotators, periods).
    """

    annotator: Ints
    period: Ints
    place: Ints
    arm: Ints
    item: Ints
    sequence: Ints


class Spread(NamedTuple):
    """Standard deviations of log handling time: of a single answer, between items, between how much help changes people's
    pace, and between people. The defaults are typical; a pilot's are better (`study_mixed.fit`)."""

    residual: float = 0.6
    item: float = 0.4
    help: float = 0.15
    annotator: float = 0.35


def williams(arms: int) -> Ints:
    """Orders in which each arm stands at each place equally often and follows each other arm equally often.

    Shape (arms, arms) for an even number of arms, (2 arms, arms) for an odd one, whose mirror images are needed too.
    Raises ValueError for fewer than two. Source: Williams, Australian J. Sci. Res. A 2 (1949).
    """
    if arms < 2:
        raise ValueError(f"{arms} arms cannot be ordered: give at least two.")
    zigzag = [0]
    for step in range(1, arms):
        zigzag.append((step + 1) // 2 if step % 2 else arms - step // 2)
    square = (np.array(zigzag)[None, :] + np.arange(arms)[:, None]) % arms
    return square if arms % 2 == 0 else np.concatenate([square, square[:, ::-1]])


def crossover(annotators: int, arms: int, per_arm: int, strata: Any, *, warm_up: int = 0, seed: int = 0) -> Plan:
    """Every person works in every arm, in blocks, on items that nobody sees twice.

    `strata`: int, shape (n_items,), how hard each item probably is. As many items as needed are drawn so that each
    stratum keeps its share, and dealt into one set per arm with the same strata; which set meets which arm rotates over the
    people, so that every item meets every arm. Raises ValueError if there are too few items.
    """
    level = np.asarray(strata, dtype=np.int64)
    need = arms * per_arm
    if per_arm < 1 or annotators < 1 or len(level) < need + warm_up:
        raise ValueError(
            f"{arms} arms of {per_arm} items and {warm_up} to warm up need {need + warm_up}; there are {len(level)}."
        )
    rng = np.random.default_rng(seed)
    sets, left = _dealt(level, arms, per_arm, rng)
    warm, order = rng.permutation(left)[:warm_up], williams(arms)
    turn = rng.permutation(annotators)
    sequence = order[(turn + turn // arms) % len(order)]
    parts: list[Ints] = []
    for who in range(annotators):
        rows = [(who, -1, place, -1, item) for place, item in enumerate(rng.permutation(warm).tolist())]
        for period, arm in enumerate(sequence[who].tolist()):
            items = rng.permutation(sets[(arm + int(turn[who])) % arms]).tolist()
            rows += [(who, period, place, arm, item) for place, item in enumerate(items)]
        parts.append(np.array(rows, dtype=np.int64))
    table = np.concatenate(parts)
    return Plan(table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4], sequence)


def between(annotators: int, arms: int, items: int, *, seed: int = 0) -> Plan:
    """Every person works in one arm, on all items; arms are as equal in people as they can be."""
    rng = np.random.default_rng(seed)
    arm = rng.permutation(np.arange(annotators) % arms)
    who = np.repeat(np.arange(annotators), items)
    item = np.concatenate([rng.permutation(items) for _ in range(annotators)]) if annotators else np.zeros(0, dtype=np.int64)
    place = np.tile(np.arange(items), annotators)
    return Plan(who, np.zeros_like(who), place, arm[who], item, arm[:, None])


def _dealt(level: Ints, arms: int, per_arm: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Sets of items, shape (arms, per_arm), with the same strata, and the items left over."""
    order = np.lexsort((rng.random(len(level)), level))
    take = np.floor((np.arange(arms * per_arm) + rng.random()) * len(level) / (arms * per_arm)).astype(np.int64)
    chosen = order[take].reshape(per_arm, arms)
    return rng.permuted(chosen, axis=1).T, np.setdiff1d(order, chosen)


def power(
    saving: float, per_arm: int, annotators: int, spread: Spread | None = None, *, crossed: bool = True, alpha: float = 0.05
) -> float:  # fmt: skip
    """The chance that the annotator-level test finds a true saving of time (0.2: a fifth less), two-sided.

    Paired t test of two arms for a crossover; for one arm per person (`crossed` False) t test with `annotators` in all. By the
    non-central t distribution. Raises ValueError for a saving outside 0..1. NaN-free: fewer than two people have no power.
    """
    if not 0 <= saving < 1:
        raise ValueError(f"The saving is {saving}; give the share of time saved, for example 0.2.")
    s = spread or Spread()
    noise = (s.residual**2 + s.item**2) / per_arm
    if crossed:
        variance, freedom, size = 2 * noise + s.help**2, annotators - 1, float(annotators)
    else:
        variance = s.annotator**2 + noise + s.help**2 / 2
        freedom, size = annotators - 2, annotators / 4
    if freedom < 1:
        return 0.0
    from scipy.special import stdtrit
    from scipy.stats import nct, norm

    centre, limit = -math.log1p(-saving) * math.sqrt(size / variance), float(stdtrit(freedom, 1 - alpha / 2))
    above, below = float(nct.sf(limit, freedom, centre)), float(nct.cdf(-limit, freedom, centre))
    above = float(norm.sf(limit - centre)) if math.isnan(above) else above
    below = float(norm.cdf(-limit - centre)) if math.isnan(below) else below
    return min(1.0, above + below)


def annotators_needed(
    saving: float, per_arm: int, wanted: float = 0.8, spread: Spread | None = None, **more: Any
) -> int | None:
    """The fewest people with at least the `wanted` power; None if a thousand do not suffice."""
    low, high = 1, 2
    while power(saving, per_arm, high, spread, **more) < wanted:
        low, high = high, high * 2
        if high > 1024:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(saving, per_arm, middle, spread, **more) >= wanted else (middle, high)
    return high

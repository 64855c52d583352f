"""Krippendorff's alpha over any distance, with intervals. Stands alone: integer-coded answers in, a `Measure` out.

alpha = 1 - (observed disagreement within items) / (disagreement expected between any two answers): 1 is perfect, 0 is
chance, below 0 is systematic disagreement. It takes any number of raters, missing answers, and any distance:

    nominal     0 for equal labels, 1 for others
    ordinal     squared number of answers that lie between two ranks (codes are ranks)
    interval    (a - b) ** 2
    ratio       ((a - b) / (a + b)) ** 2, values must not be negative
    a matrix    shape (labels, labels), symmetric, zero on the diagonal: taken as it is, not squared
    a function  distance(value_a, value_b), called once for each pair of distinct values

Intervals are percentiles of a bootstrap over items. Items with equal counts are drawn together, which is the same
bootstrap, only faster. Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011); the ordinal distance is
written as an interval distance between mean ranks, to which it is equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np

from milo.stats.measure import NOTHING_SHARED, ONE_ITEM, ONE_LABEL, Measure, undefined
from milo.stats.ratings import Counts, Floats, Ints, answered_twice, pairs_within, table_counts, tally

Distance = str | Callable[[Any, Any], float] | Any
NAMES = ("nominal", "ordinal", "interval", "ratio")
MOST_VALUES = 3_000
"""The most distinct values for which a whole matrix of distances is made."""


def krippendorff_alpha(
    ratings: Any,
    distance: Distance = "nominal",
    values: Sequence[Any] | None = None,
    *,
    replicates: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Measure:
    """Alpha of a table of items by raters (see `ratings`). `values`: what each code stands for; the code itself by default.

    `replicates=0` leaves the interval out. Undefined if no item has two answers or all answers are equal.
    Raises ValueError for an unknown distance, or values that do not suit it.
    """
    counts = table_counts(ratings, None if values is None else len(values))
    return alpha(counts, distance, values, replicates=replicates, level=level, seed=seed)


def alpha(
    counts: Counts,
    distance: Distance = "nominal",
    values: Sequence[Any] | None = None,
    *,
    replicates: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Measure:
    """Alpha from counts, which columns give as well as tables; as `krippendorff_alpha` otherwise."""
    pairable = answered_twice(counts)
    n_items, n_pairs = pairable.n_items, pairable.n_pairs
    if not n_items:
        return undefined(NOTHING_SHARED)
    metric = _metric(pairable, distance, values)
    units = _pool(pairable)
    found = _value(units, units.times[None, :], metric)[0]
    if np.isnan(found):
        return undefined(ONE_LABEL, n_items, n_pairs)
    if n_items < 2 or replicates < 1:
        return Measure(float(found), None, None, n_items, n_pairs, ONE_ITEM if n_items < 2 else "")
    drawn = _value(units, _draws(units, replicates, seed), metric)
    low, high, why = interval(drawn, level)
    return Measure(float(found), low, high, n_items, n_pairs, why)


def interval(drawn: Floats, level: float) -> tuple[float | None, float | None, str]:
    """Percentiles of bootstrap replicates, with the reason where too many of them were undefined (NaN)."""
    defined = drawn[~np.isnan(drawn)]
    if len(defined) < 0.9 * len(drawn):
        return None, None, "Too few items differ: in many resamples all answers were one label, so that no interval holds."
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high), ""


class _Units(NamedTuple):
    """Kinds of item: those with equal counts are one unit that occurs `times` times."""

    counts: Counts
    times: Floats


class _Metric(NamedTuple):
    """A distance in one of three forms: nominal (both None), scores on a line, or a matrix."""

    scores: Floats | None = None
    matrix: Floats | None = None
    ranked: bool = False


def _metric(counts: Counts, distance: Distance, values: Sequence[Any] | None) -> _Metric:
    if isinstance(distance, str) and distance not in NAMES:
        raise ValueError(f'There is no distance "{distance}". Give one of {", ".join(NAMES)}, a matrix or a function.')
    if isinstance(distance, str) and distance == "nominal":
        return _Metric()
    if isinstance(distance, str) and distance == "ordinal":
        return _Metric(ranked=True)
    if isinstance(distance, str):
        return _numeric(distance, _numbers(counts, values))
    if callable(distance):
        return _Metric(
            matrix=_by_function(cast("Any", distance), list(range(counts.n_codes)) if values is None else list(values))
        )
    return _Metric(matrix=_checked_matrix(distance, counts.n_codes))


def _numbers(counts: Counts, values: Sequence[Any] | None) -> Floats:
    numbers = np.arange(counts.n_codes) if values is None else values
    out = np.asarray(numbers, dtype=np.float64)
    if out.shape != (counts.n_codes,) or not np.isfinite(out).all():
        raise ValueError(f"One finite number is needed for each of the {counts.n_codes} codes; their shape is {out.shape}.")
    return out


def _numeric(distance: str, numbers: Floats) -> _Metric:
    if distance == "interval":
        return _Metric(scores=numbers)
    if (numbers < 0).any():
        raise ValueError(f"A ratio distance needs values from 0; the least is {numbers.min()}. Use interval instead.")
    _few(len(numbers))
    total = numbers[:, None] + numbers
    gap = np.divide(numbers[:, None] - numbers, total, out=np.zeros_like(total), where=total > 0)
    return _Metric(matrix=gap**2)


def _few(n: int) -> None:
    if n > MOST_VALUES:
        raise ValueError(f"{n} distinct values need too large a matrix: round them to at most {MOST_VALUES}.")


def _by_function(distance: Callable[[Any, Any], float], values: list[Any]) -> Floats:
    _few(len(values))
    out = np.zeros((len(values), len(values)))
    for i, a in enumerate(values):
        for j in range(i):
            out[i, j] = out[j, i] = distance(a, values[j])
    return _checked_matrix(out, len(values))


def _checked_matrix(matrix: Any, n_codes: int) -> Floats:
    out = np.asarray(matrix, dtype=np.float64)
    if out.shape != (n_codes, n_codes):
        raise ValueError(f"A distance for each pair of the {n_codes} codes is needed; the matrix has shape {out.shape}.")
    if not np.isfinite(out).all() or (out < 0).any() or np.diag(out).any() or not np.allclose(out, out.T):
        raise ValueError("Distances must be finite, symmetric, not negative, and 0 from a value to itself.")
    return out


def _pool(counts: Counts) -> _Units:
    """Items with equal counts made one, where a count per label fits into one integer."""
    base = int(counts.times.max()) + 1
    if counts.n_codes * np.log2(base) >= 62:
        return _Units(counts, np.ones(counts.n_items))
    digit = np.array([base**c for c in range(counts.n_codes)], dtype=np.int64)
    key = np.zeros(counts.n_items, dtype=np.int64)
    np.add.at(key, counts.item, digit[counts.code] * counts.times.astype(np.int64))
    _, first, times = np.unique(key, return_index=True, return_counts=True)
    place = np.full(counts.n_items, -1)
    place[first] = np.arange(len(first))
    rows = place[counts.item] >= 0
    unit = place[counts.item[rows]]
    order = np.argsort(unit, kind="stable")
    kept = Counts(unit[order], counts.code[rows][order], counts.times[rows][order], counts.size[first], counts.n_codes)
    return _Units(kept, times.astype(np.float64))


def _draws(units: _Units, replicates: int, seed: int) -> Floats:
    """How often each unit occurs in each resample of the items: shape (replicates, units)."""
    rng = np.random.default_rng(seed)
    n = int(units.times.sum())
    if len(units.times) < n / 4:
        return rng.multinomial(n, units.times / n, size=replicates).astype(np.float64)
    owner = np.repeat(np.arange(len(units.times)), units.times.astype(np.int64))
    out: Any = np.empty((replicates, len(units.times)), dtype=np.float32)
    for row in out:
        row[:] = np.bincount(owner[rng.integers(0, n, n)], minlength=len(row))
    return out


def _value(units: _Units, times: Floats, metric: _Metric) -> Floats:
    """Alpha for each row of `times`; NaN where only one label occurs. Shapes (rows, units) -> (rows,)."""
    counts = units.counts
    fixed = None if metric.ranked else _within(counts, metric)
    step = max(1, 4_000_000 // max(counts.n_codes, len(counts.item)))
    out: list[Floats] = []
    for low in range(0, len(times), step):
        part = times[low : low + step].astype(np.float64)
        shares = np.stack([tally(counts.code, row[counts.item] * counts.times, counts.n_codes) for row in part])
        if fixed is None:
            out.append(np.array([_ranked(counts, row, share) for row, share in zip(part, shares, strict=True)]))
        else:
            out.append(_ratio(part @ fixed, _between(shares, metric), shares.sum(axis=1)))
    return np.concatenate(out)


def _ratio(within: Floats, between: Floats, total: Floats) -> Floats:
    defined = between > 1e-12 * total**2
    return np.where(defined, 1.0 - within * (total - 1) / np.where(defined, between, 1.0), np.nan)


def _ranked(counts: Counts, times: Floats, shares: Floats) -> float:
    """Alpha over mean ranks, which depend on the answers drawn."""
    metric = _Metric(scores=np.cumsum(shares) - shares / 2)
    between = _between(shares[None, :], metric)
    return float(_ratio(np.atleast_1d(times @ _within(counts, metric)), between, shares.sum(keepdims=True))[0])


def _within(counts: Counts, metric: _Metric) -> Floats:
    """The summed distance over ordered pairs of answers of an item, over its size - 1. Shape (n_items,)."""
    n = counts.n_items
    if metric.matrix is not None:
        total = np.zeros(n)
        for a, b in pairs_within(counts.item, n):
            far = metric.matrix[counts.code[a], counts.code[b]] * counts.times[a] * counts.times[b]
            total += 2 * tally(counts.item[a], far, n)
        return total / (counts.size - 1)
    if metric.scores is None:
        return (counts.size**2 - tally(counts.item, counts.times**2, n)) / (counts.size - 1)
    score = metric.scores[counts.code]
    mean = tally(counts.item, counts.times * score, n) / counts.size
    return 2 * counts.size * tally(counts.item, counts.times * (score - mean[counts.item]) ** 2, n) / (counts.size - 1)


def _between(shares: Floats, metric: _Metric) -> Floats:
    """The summed distance over all ordered pairs of answers. Shapes (rows, codes) -> (rows,)."""
    total = shares.sum(axis=1)
    if metric.matrix is not None:
        return ((shares @ metric.matrix) * shares).sum(axis=1)
    if metric.scores is None:
        return total**2 - (shares**2).sum(axis=1)
    mean = (shares @ metric.scores) / np.maximum(total, 1)
    return 2 * total * (shares * (metric.scores - mean[:, None]) ** 2).sum(axis=1)


def label_counts(ratings: Any) -> Floats:
    """How often each label was given to each item: float64, shape (items, labels). Raises ValueError for no table."""
    from milo.stats.ratings import dense

    return dense(table_counts(ratings))


def alpha_of_values(
    item: Any,
    distance: Callable[[int, int], float],
    *,
    max_pairs: int = 20_000,
    replicates: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Measure:
    """Alpha of answers of any form (spans, boxes, texts): `distance(i, j)` says how far answers i and j differ, 0..1.

    `item`: int, shape (answers,). Distances within items are all taken, up to `max_pairs` pairs of randomly chosen items;
    the expected distance is estimated from `max_pairs` random pairs of answers, so that its error is about
    0.5 / sqrt(max_pairs) at most. The interval is a bootstrap over items.
    """
    items = np.asarray(item, dtype=np.int64)
    rng = np.random.default_rng(seed)
    order = np.argsort(items, kind="stable")
    _, place, sizes = np.unique(items[order], return_inverse=True, return_counts=True)
    chosen = _some_items(sizes, max_pairs, rng)
    rows = np.flatnonzero(chosen[place])
    if not len(rows):
        return undefined(NOTHING_SHARED)
    within, n_pairs = _mean_within(order, place, rows, sizes, distance)
    units = np.flatnonzero(chosen)
    a, b = _random_pairs(len(rows), max_pairs, rng)
    far = np.array([distance(int(order[i]), int(order[j])) for i, j in zip(rows[a], rows[b], strict=True)])
    ends = (np.searchsorted(units, place[rows[a]]), np.searchsorted(units, place[rows[b]]))
    shares = within[units] * sizes[units]
    found = _sampled(np.ones(len(units)), shares, sizes[units], far, ends)
    if np.isnan(found):
        return undefined("All answers are equal; agreement beyond chance needs answers that differ.", len(units), n_pairs)
    if len(units) < 2 or replicates < 1:
        return Measure(float(found), None, None, len(units), n_pairs, ONE_ITEM if len(units) < 2 else "")
    drawn = np.empty(replicates)
    for r in range(replicates):
        times = np.bincount(rng.integers(0, len(units), len(units)), minlength=len(units)).astype(np.float64)
        drawn[r] = _sampled(times, shares, sizes[units], far, ends)
    low, high, why = interval(drawn, level)
    return Measure(float(found), low, high, len(units), n_pairs, why)


def _some_items(sizes: Ints, max_pairs: int, rng: np.random.Generator) -> Any:
    """Which items are compared: all with two answers, or a random part of them with about `max_pairs` pairs."""
    chosen = sizes >= 2
    pairs = sizes * (sizes - 1) // 2
    if pairs.sum() <= max_pairs:
        return chosen
    order = rng.permutation(np.flatnonzero(chosen))
    enough = int(np.searchsorted(np.cumsum(pairs[order]), max_pairs)) + 1
    out = np.zeros(len(sizes), dtype=bool)
    out[order[:enough]] = True
    return out


def _mean_within(
    order: Ints, place: Ints, rows: Ints, sizes: Ints, distance: Callable[[int, int], float]
) -> tuple[Floats, int]:
    """The mean distance between answers of each item, and how many pairs were compared."""
    total, n_pairs = np.zeros(len(sizes)), 0
    for a, b in pairs_within(place[rows], len(sizes)):
        far = [distance(int(order[i]), int(order[j])) for i, j in zip(rows[a], rows[b], strict=True)]
        total += tally(place[rows[a]], far, len(sizes))
        n_pairs += len(far)
    return total / np.maximum(sizes * (sizes - 1) / 2, 1), n_pairs


def _random_pairs(n: int, most: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """All pairs of n answers, or `most` random ones (an answer never with itself)."""
    if n * (n - 1) // 2 <= most:
        first, second = np.triu_indices(n, 1)
        return first.astype(np.int64), second.astype(np.int64)
    a = rng.integers(0, n, most)
    return a, (a + rng.integers(1, n, most)) % n


def _sampled(times: Floats, shares: Floats, sizes: Ints, far: Floats, ends: tuple[Ints, Ints]) -> float:
    weight = times[ends[0]] * times[ends[1]]
    expected = float(weight @ far)
    observed = float(times @ shares) / max(float(times @ sizes), 1.0)
    return 1.0 - observed * float(weight.sum()) / expected if expected > 0 else float("nan")

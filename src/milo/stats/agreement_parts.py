"""Where people agree and where not: by label, by pair of annotators, by item. Stands alone: columns in, measures out.

Columns are int, shape (answers,): item, rater, label code; one row for each answer, at most one of a rater on an item.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from milo.stats.agreement import alpha
from milo.stats.intervals import wilson
from milo.stats.kappa import Weights, cohen_kappa
from milo.stats.measure import Measure, undefined
from milo.stats.ratings import Counts, Floats, Ints, answered_twice, column_counts, columns, pairs_within, tally


class LabelAgreement(NamedTuple):
    """One label: `specific` is how likely a second answer is this label too where the first one is; `alpha` treats the
    question as "this label or another"; `n` answers with this label on items with two answers or more."""

    label: int
    n: int
    specific: Measure
    alpha: Measure


class PairAgreement(NamedTuple):
    """Two annotators: the share of shared items on which they agree, and Cohen's kappa."""

    a: int
    b: int
    observed: Measure
    kappa: Measure


def by_label(counts: Counts, *, replicates: int = 1000, level: float = 0.95, seed: int = 0) -> list[LabelAgreement]:
    """Agreement on each label, in order of code.

    Specific agreement is (agreeing pairs with the label) / (pairs with the label), each item weighing as many answers as it
    has; for two raters it is the positive agreement of Cicchetti and Feinstein, Journal of Clinical Epidemiology 43 (1990).
    Its interval is a bootstrap over items.
    """
    pairable = answered_twice(counts)
    out: list[LabelAgreement] = []
    for label in range(counts.n_codes):
        own = tally(pairable.item, pairable.times * (pairable.code == label), pairable.n_items)
        both = np.column_stack([own, pairable.size - own])
        measured = alpha(_binary(both), replicates=replicates, level=level, seed=seed)
        out.append(LabelAgreement(label, int(own.sum()), _specific(own, pairable, replicates, level, seed), measured))
    return out


def _binary(both: Floats) -> Counts:
    item, code = np.nonzero(both)
    return Counts(item.astype(np.int64), code.astype(np.int64), both[item, code], both.sum(axis=1), 2)


def _specific(own: Floats, counts: Counts, replicates: int, level: float, seed: int) -> Measure:
    rows = own > 0
    own, size = own[rows], counts.size[rows]
    n_pairs = int((own * (size - 1)).sum() - (own * (own - 1)).sum() / 2)
    if not len(own):
        return undefined("Nobody gave this label to an item that has a second answer.")
    agreeing = own * (own - 1) / (size - 1)
    value = float(agreeing.sum() / own.sum())
    if len(own) < 2 or replicates < 1:
        return Measure(value, None, None, len(own), n_pairs, "An interval needs two items with this label.")
    pattern, times = np.unique(np.column_stack([own, size]), axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(own), times / len(own), size=replicates)
    top, bottom = pattern[:, 0] * (pattern[:, 0] - 1) / (pattern[:, 1] - 1), pattern[:, 0]
    low, high = np.quantile((drawn @ top) / (drawn @ bottom), [(1 - level) / 2, (1 + level) / 2])
    return Measure(value, float(low), float(high), len(own), n_pairs)


def by_pair(
    item: Any, rater: Any, code: Any, weights: Weights = "identity", *, least: int = 1, level: float = 0.95
) -> list[PairAgreement]:
    """Every two raters who share at least `least` items, ordered by rater; `a` < `b`."""
    a, b, x, y = shared(item, rater, code)
    if not len(a):
        return []
    n_codes = int(max(x.max(), y.max())) + 1
    key = a * (int(b.max()) + 1) + b
    order = np.argsort(key, kind="stable")
    _, starts, sizes = np.unique(key[order], return_index=True, return_counts=True)
    out: list[PairAgreement] = []
    for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        if size < least:
            continue
        rows = order[start : start + size]
        same = int((x[rows] == y[rows]).sum())
        kappa = cohen_kappa(x[rows], y[rows], weights, n_codes, level)
        seen = Measure(same / size, *wilson(same, size, level), size, size)
        out.append(PairAgreement(int(a[rows[0]]), int(b[rows[0]]), seen, kappa))
    return out


def shared(item: Any, rater: Any, code: Any) -> tuple[Ints, Ints, Ints, Ints]:
    """Every pair of answers about one item by two raters: (rater a, rater b, code a, code b) with a < b, four columns."""
    items, raters, codes = columns(item, rater, code)
    order = np.lexsort((raters, items))
    items, raters, codes = items[order], raters[order], codes[order]
    _, place = np.unique(items, return_inverse=True)
    parts: list[tuple[Ints, Ints]] = list(pairs_within(place, int(place.max(initial=-1)) + 1))
    if not parts:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty, empty
    first, second = (np.concatenate([p[i] for p in parts]) for i in (0, 1))
    keep = (raters[first] != raters[second]) & (codes[first] >= 0) & (codes[second] >= 0)
    first, second = first[keep], second[keep]
    return raters[first], raters[second], codes[first], codes[second]


def by_item(item: Any, code: Any, n_items: int | None = None) -> tuple[Floats, Ints]:
    """The share of pairs of answers that agree on each item, and the number of pairs: two arrays of shape (n_items,).

    The share is NaN exactly where the number of pairs is 0.
    """
    counts = column_counts(item, code, n_items)
    pairs = counts.size * (counts.size - 1) / 2
    same = tally(counts.item, counts.times * (counts.times - 1) / 2, counts.n_items)
    return np.divide(same, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0), pairs.astype(np.int64)

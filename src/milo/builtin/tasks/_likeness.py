"""Which of many marks mean the same thing, whatever their geometry: candidates, the best pairing, groups over several answers.

Stands alone because it sees marks only as numbers: extents (x, y, w, h), and how alike two of them are (0..1; the same thing
from `SAME` on).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from milo.builtin.tasks._matching import largest_matching

SAME = 0.5
ALL_BUT_ROUNDING = 1 - 1e-9
_FINE = 1_000_000
"""Weights are added as whole millionths, so that no sum depends on the order."""
_ENTANGLED = 3_000

Extent = tuple[float, float, float, float]
Pair = tuple[int, int, float]


def touching(a: Sequence[Extent], b: Sequence[Extent], reach: float = 0.0) -> Iterator[tuple[int, int]]:
    """Pairs (index in a, index in b) of extents that touch, or lie at most `reach` apart on both axes."""
    if not a or not b:
        return
    theirs = np.asarray(b, np.float64)
    for i, (x, y, w, h) in enumerate(a):
        near = (theirs[:, 0] <= x + w + reach) & (theirs[:, 0] + theirs[:, 2] >= x - reach)
        near &= (theirs[:, 1] <= y + h + reach) & (theirs[:, 1] + theirs[:, 3] >= y - reach)
        for j in np.flatnonzero(near):
            yield i, int(j)


def best_total(pairs: Sequence[Pair]) -> float:
    """The largest total weight of a one-to-one choice of pairs (i, j, weight)."""
    return sum(weight for _, _, weight in _best(pairs)) / _FINE


def best_pairs(pairs: Sequence[Pair]) -> list[tuple[int, int]]:
    """The pairs (i, j) of such a choice."""
    return sorted((i, j) for i, j, _ in _best(pairs))


def most_pairs(pairs: Sequence[Pair]) -> list[tuple[int, int]]:
    """A one-to-one choice of as many pairs (i, j, how alike) as can be, and of these the most alike."""
    return best_pairs([(i, j, 1 + near / _ENTANGLED) for i, j, near in pairs])


def _best(pairs: Sequence[Pair]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for part in _entangled(pairs):
        found += [(i, j, round(weight * _FINE)) for i, j, weight in part] if len(part) == 1 else _best_of(part)
    return found


def _entangled(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The pairs in parts that share no mark."""
    parent: dict[int, int] = {}

    def root(n: int) -> int:
        while (up := parent.setdefault(n, n)) != n:
            parent[n] = parent.setdefault(up, up)
            n = parent[n]
        return n

    for i, j, _ in pairs:
        parent[root(2 * i)] = root(2 * j + 1)
    parts: dict[int, list[Pair]] = {}
    for pair in pairs:
        parts.setdefault(root(2 * pair[0]), []).append(pair)
    return list(parts.values())


def _best_of(pairs: list[Pair]) -> list[tuple[int, int, int]]:
    rows_of, columns_of = sorted({i for i, _, _ in pairs}), sorted({j for _, j, _ in pairs})
    first = {i: n for n, i in enumerate(rows_of)}
    second = {j: n for n, j in enumerate(columns_of)}
    if max(len(first), len(second)) > _ENTANGLED:
        partners: list[list[int]] = [[] for _ in first]
        for i, j, _ in pairs:
            partners[first[i]].append(second[j])
        least = round(min(weight for _, _, weight in pairs) * _FINE)
        return [(rows_of[i], columns_of[j], least) for i, j in largest_matching(partners)]
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((len(first), len(second)), np.int64)
    for i, j, weight in pairs:
        table[first[i], second[j]] = round(weight * _FINE)
    rows, columns = linear_sum_assignment(table, maximize=True)
    chosen = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(rows_of[i], columns_of[j], int(table[i, j])) for i, j in chosen if table[i, j]]


def groups(marks: Sequence[Any], source: Sequence[int], key: Callable[[Any], str], pairs: Sequence[Pair]) -> list[list[int]]:
    """Marks that mean one thing, at most one of each source: joined greedily from the most alike pair on.

    Ties go by the marks' keys, so that the order of the sources does not matter.
    """
    keys = [key(mark) for mark in marks]
    group_of = [[i] for i in range(len(marks))]
    for i, j, _ in sorted(pairs, key=lambda p: (keys[p[0]] != keys[p[1]], -p[2], *sorted((keys[p[0]], keys[p[1]])))):
        first, second = group_of[i], group_of[j]
        if first is not second and not {source[k] for k in first} & {source[k] for k in second}:
            first.extend(second)
            for k in second:
                group_of[k] = first
    return list({id(group): group for group in group_of}.values())

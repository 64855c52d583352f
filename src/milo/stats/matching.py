"""One set of boxes or intervals out of several people's: match what means the same, vote on existence, take the middle.

Stands alone: arrays of boxes (x, y, w, h) or intervals (start, end) in, groups and their medians out. Between two people a
best one-to-one matching (Hungarian) by overlap is taken; several people are joined one after the other, the most central first,
each to the medians of the groups so far. A group exists if more than the given share of the people (by weight) have a member
in it. Overlap is intersection over union. Source: the assignment problem, Kuhn, Naval Research Logistics 2 (1955).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from milo.stats.ratings import Floats, Ints


class Merged(NamedTuple):
    """`shapes`: the median of each group that exists, shape (groups, 4) or (groups, 2). `label`: the label most of its members
    have, by weight. `support`: the share of weight that has it. `members`: for each group, (person, index) of its members."""

    shapes: Floats
    label: Ints
    support: Floats
    members: list[list[tuple[int, int]]]


def overlap(a: Any, b: Any) -> Floats:
    """Intersection over union of all pairs: shapes (n, d) and (m, d) -> (n, m). d is 4 (x, y, w, h) or 2 (start, end).

    Two empty shapes at one place overlap fully. Raises ValueError for other shapes.
    """
    first, second = _shapes(a), _shapes(b)
    if len(first) and len(second) and first.shape[1] != second.shape[1]:
        raise ValueError(f"Boxes go with boxes and intervals with intervals: {first.shape[1]} and {second.shape[1]} numbers.")
    if not len(first) or not len(second):
        return np.zeros((len(first), len(second)))
    shared, own, other = (np.ones((len(first), len(second))) for _ in range(3))
    for low, high in _extents(first, second):
        shared *= np.maximum(np.minimum(high[0], high[1]) - np.maximum(low[0], low[1]), 0.0)
        own *= high[0] - low[0]
        other *= high[1] - low[1]
    union = own + other - shared
    same = (first[:, None, :] == second[None, :, :]).all(axis=2)
    return np.where(same, 1.0, np.minimum(np.divide(shared, union, out=np.zeros_like(union), where=union > 0), 1.0))


def _extents(first: Floats, second: Floats) -> list[tuple[tuple[Floats, Floats], tuple[Floats, Floats]]]:
    """For each dimension, the (low, low) and (high, high) of both, ready to be held against each other."""
    if first.shape[1] == 2:
        return [((first[:, :1], second[None, :, 0]), (first[:, 1:], second[None, :, 1]))]
    out: list[tuple[tuple[Floats, Floats], tuple[Floats, Floats]]] = []
    for d in (0, 1):
        a, b = first[:, d : d + 1], second[None, :, d]
        out.append(((a, b), (a + first[:, d + 2 : d + 3], b + second[None, :, d + 2])))
    return out


def _shapes(values: Any) -> Floats:
    out = np.asarray(values, dtype=np.float64)
    if out.size == 0:
        return out.reshape(0, out.shape[1] if out.ndim == 2 else 4)
    if out.ndim != 2 or out.shape[1] not in (2, 4) or not np.isfinite(out).all():
        raise ValueError(f"Boxes (x, y, w, h) or intervals (start, end) are needed; the array has shape {out.shape}.")
    if (out[:, 2:] < 0).any() if out.shape[1] == 4 else (out[:, 1] < out[:, 0]).any():
        raise ValueError("A box has a negative width or height, or an interval ends before it starts.")
    return out


def match(a: Any, b: Any, least: float = 0.5, label_a: Any = None, label_b: Any = None) -> tuple[Ints, Ints, Floats]:
    """The one-to-one pairs with the largest total overlap, each at least `least`: (index in a, index in b, overlap).

    With labels, only shapes of one label are matched. Of pairings with equal total any may be returned.
    """
    from scipy.optimize import linear_sum_assignment

    score = overlap(a, b)
    allowed = score >= least
    if label_a is not None:
        allowed &= np.asarray(label_a)[:, None] == np.asarray(label_b)[None, :]
    gain = np.where(allowed, score + 1e-9, 0.0)
    rows, cols = linear_sum_assignment(-gain)
    kept = allowed[rows, cols]
    i, j = rows[kept].astype(np.int64), cols[kept].astype(np.int64)
    return i, j, score[i, j]


def merge_shapes(
    people: Sequence[Any],
    labels: Sequence[Any] | None = None,
    *,
    least: float = 0.5,
    needed: float = 0.5,
    weight: Any = None,
    across_labels: bool = False,
) -> Merged:
    """The shapes that more than `needed` of the people have (exactly half is enough), each as the median of what they drew.

    `people`: for each person an array of boxes or intervals, shape (n_i, d), possibly empty; `labels`: their codes, by default
    one label. `least`: the overlap at which two shapes mean the same. `weight`: at least 0, one for each person.
    `across_labels`: match shapes of different labels too and vote on the label. The order of the people does not matter
    unless two of them are equally central. Sorted by place.
    """
    shapes = [_shapes(p) for p in people]
    codes = _codes(shapes, labels)
    weights = np.ones(len(shapes)) if weight is None else np.asarray(weight, dtype=np.float64)
    if weights.shape != (len(shapes),) or (weights < 0).any():
        raise ValueError(f"Each of the {len(shapes)} people needs one weight of at least 0.")
    groups: list[list[tuple[int, int]]] = []
    for person in _central_first(shapes, weights):
        _join(groups, person, shapes, codes, weights, least, across_labels)
    return _voted(groups, shapes, codes, weights, needed)


def _codes(shapes: list[Floats], labels: Sequence[Any] | None) -> list[Ints]:
    if labels is None:
        return [np.zeros(len(s), dtype=np.int64) for s in shapes]
    out = [np.asarray(codes, dtype=np.int64) for codes in labels]
    if [len(c) for c in out] != [len(s) for s in shapes]:
        raise ValueError("Each shape needs one label.")
    return out


def _central_first(shapes: list[Floats], weights: Floats) -> list[int]:
    """The people by how much what they drew overlaps with what the others drew, the most first; ties by their shapes."""
    n = len(shapes)
    near = np.zeros(n)
    for i in range(n):
        for j in range(i):
            if len(shapes[i]) and len(shapes[j]):
                score = overlap(shapes[i], shapes[j])
                near[i] += score.max(axis=1).mean() * weights[j]
                near[j] += score.max(axis=0).mean() * weights[i]
    ranks: list[tuple[float, int, list[list[float]], int]] = [
        (-round(float(near[i]), 12), -len(shapes[i]), sorted(shapes[i].tolist()), i) for i in range(n)
    ]
    return [rank[-1] for rank in sorted(ranks)]


def _join(
    groups: list[list[tuple[int, int]]],
    person: int,
    shapes: list[Floats],
    codes: list[Ints],
    weights: Floats,
    least: float,
    across: bool,
) -> None:
    """Put each shape of a person into the group it matches best, or into a new one."""
    own = shapes[person]
    if not len(own):
        return
    taken: set[int] = set()
    if groups:
        centres = np.stack([_middle(g, shapes) for g in groups])
        kinds = None if across else np.array([_label(g, codes, weights) for g in groups])
        at, index, _ = match(centres, own, least, kinds, None if across else codes[person])
        for group, i in zip(at.tolist(), index.tolist(), strict=True):
            groups[group].append((person, i))
            taken.add(i)
    groups.extend([(person, i)] for i in range(len(own)) if i not in taken)


def _middle(group: list[tuple[int, int]], shapes: list[Floats]) -> Floats:
    """The median of a group's edges: corner by corner, so that it lies where most edges lie."""
    edges = np.stack([shapes[p][i] for p, i in group])
    if edges.shape[1] == 4:
        edges = np.column_stack([edges[:, :2], edges[:, :2] + edges[:, 2:]])
    middle = np.median(edges, axis=0)
    return np.concatenate([middle[:2], middle[2:] - middle[:2]]) if len(middle) == 4 else middle


def _label(group: list[tuple[int, int]], codes: list[Ints], weights: Floats) -> int:
    votes: dict[int, float] = {}
    for p, i in group:
        votes[int(codes[p][i])] = votes.get(int(codes[p][i]), 0.0) + float(weights[p])
    return min(votes, key=lambda code: (-votes[code], code))


def _voted(
    groups: list[list[tuple[int, int]]], shapes: list[Floats], codes: list[Ints], weights: Floats, needed: float
) -> Merged:
    total = float(weights.sum())
    kept: list[tuple[tuple[float, ...], int, float, list[tuple[int, int]]]] = []
    for group in groups:
        support = sum(float(weights[p]) for p, _ in group) / total if total else 0.0
        if support >= needed - 1e-12 and support > 0:
            kept.append((tuple(_middle(group, shapes).tolist()), _label(group, codes, weights), support, sorted(group)))
    kept.sort(key=lambda row: (row[0], row[1]))
    width = next((s.shape[1] for s in shapes if len(s)), 4)
    middles = np.array([row[0] for row in kept]).reshape(len(kept), width)
    return Merged(middles, np.array([r[1] for r in kept], dtype=np.int64), np.array([r[2] for r in kept]), [r[3] for r in kept])

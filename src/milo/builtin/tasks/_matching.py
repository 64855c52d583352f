"""Matching boxes: which boxes of two answers mean the same object, and which of many do.

Stands alone because it is geometry and graphs, with nothing of questions in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from math import fsum

from milo.domain.shapes import Box, iou

SAME_OBJECT = 0.5
"""Two boxes of one label mean the same object when their intersection over union is at least this."""


def _place(box: Box) -> tuple[float, float, float, float, str]:
    return (box.x, box.y, box.w, box.h, box.label)


def close_pairs(a: Sequence[Box], b: Sequence[Box]) -> Iterator[tuple[int, int, float]]:
    """Every pair (index in a, index in b, IoU) with the same label and IoU >= 0.5.

    Such boxes overlap by half of the wider one, so that the left edge of the second lies within [x - w, x + w / 2] of
    the first: a sorted list and two bisections leave few candidates.
    """
    order = sorted(range(len(b)), key=lambda j: b[j].x)
    edges = [b[j].x for j in order]
    for i, box in enumerate(a):
        low = bisect_left(edges, box.x - box.w * 1.0001 - 1e-9)
        high = bisect_right(edges, box.x + box.w * 0.5001 + 1e-9)
        for j in order[low:high]:
            if b[j].label == box.label and (overlap := iou(box, b[j])) >= SAME_OBJECT:
                yield i, j, overlap


def count_matches(a: Sequence[Box], b: Sequence[Box]) -> int:
    """The size of the largest one-to-one matching of boxes that mean the same object.

    Optimal, not greedy, so that the count is symmetric: augmenting paths (Kuhn), searched without recursion.
    """
    edges: list[list[int]] = [[] for _ in a]
    for i, j, _ in close_pairs(a, b):
        edges[i].append(j)
    return len(largest_matching(edges))


def largest_matching(edges: list[list[int]]) -> list[tuple[int, int]]:
    """The pairs of a largest one-to-one matching, given the possible partners of each."""
    owner: dict[int, int] = {}
    held: dict[int, int] = {}
    for i in range(len(edges)):
        _augment(i, edges, owner, held)
    return [(i, j) for j, i in owner.items()]


def _augment(start: int, edges: list[list[int]], owner: dict[int, int], held: dict[int, int]) -> None:
    """Find a path from `start` to a free partner and flip it, if there is one."""
    came_from: dict[int, int] = {}
    waiting = [start]
    while waiting:
        i = waiting.pop()
        for j in edges[i]:
            if j in came_from:
                continue
            came_from[j] = i
            if j not in owner:
                _flip(j, start, came_from, owner, held)
                return
            waiting.append(owner[j])


def _flip(j: int, start: int, came_from: dict[int, int], owner: dict[int, int], held: dict[int, int]) -> None:
    while True:
        i = came_from[j]
        before = held.get(i, -1)
        owner[j], held[i] = i, j
        if i == start:
            return
        j = before


def consensus(answers: Sequence[Sequence[Box]]) -> list[Box]:
    """The mean of every group of boxes that at least half of the answers contain.

    Groups are joined greedily from the closest pair on; a group holds at most one box of each answer. Ties go by the
    boxes' numbers and sums are exact, so that the order of the answers does not matter.
    """
    boxes = [box for answer in answers for box in answer]
    source = [n for n, answer in enumerate(answers) for _ in answer]
    groups = _groups(boxes, source)
    return [_mean([boxes[i] for i in group]) for group in groups if 2 * len(group) >= len(answers)]


def _groups(boxes: list[Box], source: list[int]) -> list[list[int]]:
    group_of = [[i] for i in range(len(boxes))]
    pairs = [(i, j, overlap) for i, j, overlap in close_pairs(boxes, boxes) if source[i] < source[j]]
    pairs.sort(key=lambda p: _closest_first(boxes[p[0]], boxes[p[1]], p[2]))
    for i, j, _ in pairs:
        first, second = group_of[i], group_of[j]
        if first is not second and not {source[k] for k in first} & {source[k] for k in second}:
            first.extend(second)
            for k in second:
                group_of[k] = first
    unique = {id(group): group for group in group_of}
    return list(unique.values())


def _closest_first(a: Box, b: Box, overlap: float) -> tuple[bool, float, list[tuple[float, float, float, float, str]]]:
    places = sorted((_place(a), _place(b)))
    return (places[0] != places[1], -overlap, places)


def _mean(boxes: list[Box]) -> Box:
    n = len(boxes)
    x, y = fsum(b.x for b in boxes) / n, fsum(b.y for b in boxes) / n
    w, h = fsum(b.w for b in boxes) / n, fsum(b.h for b in boxes) / n
    return Box(x=x, y=y, w=w, h=h, label=boxes[0].label)

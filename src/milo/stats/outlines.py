"""Outlines, lines and figures of points: how far two of them cover, follow or resemble each other.

Stands alone: arrays of points in pixels in, numbers out. Areas are measured along lines (see `LINES`), exactly in x, so that
outlines may cross themselves and have holes: what is inside is decided by the even-odd rule.
Source of `likeness`: object keypoint similarity, as the COCO data set defines it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from milo.stats.ratings import Floats, Ints

LINES = 512
"""Lines on which two outlines are compared; the error of an area falls with the square of their number."""
_SAMPLES = 64
SMALLEST = 256.0
"""The least area, in square pixels, that a figure of points is given: below it, a click's own doubt is larger."""


def crossings(rings: Sequence[Any], first: float, step: float, count: int) -> tuple[Ints, Floats, Floats]:
    """Where horizontal lines y = first + (k + 0.5) * step, k in 0..count - 1, run inside of the outlines: (k, from x, to x).

    Sorted by line and x; the stretches of one line do not overlap.
    """
    pieces = [np.asarray(ring, np.float64).reshape(-1, 2) for ring in rings]
    start = np.concatenate(pieces)
    end = np.concatenate([np.roll(piece, -1, axis=0) for piece in pieces])
    rank_start, rank_end = ((y - first) / step - 0.5 for y in (start[:, 1], end[:, 1]))
    low = np.clip(np.ceil(np.minimum(rank_start, rank_end)), 0, count).astype(np.int64)
    high = np.clip(np.ceil(np.maximum(rank_start, rank_end)), 0, count).astype(np.int64)
    many = high - low
    edge = np.repeat(np.arange(len(many)), many)
    line = np.arange(len(edge)) - np.repeat(np.cumsum(many) - many, many) + low[edge]
    y = first + (line + 0.5) * step
    (x0, y0), (x1, y1) = start[edge].T, end[edge].T
    x = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    order = np.lexsort((x, line))
    line, x = line[order], x[order]
    return line[0::2], x[0::2], x[1::2]


def overlap(a: Sequence[Any], b: Sequence[Any], lines: int = LINES) -> float:
    """Intersection over union of the areas of two things, each a list of outlines; 0 where both are empty."""
    heights = np.concatenate([np.asarray(ring, np.float64).reshape(-1, 2)[:, 1] for ring in (*a, *b)])
    low, high = float(heights.min()), float(heights.max())
    if high <= low:
        return 0.0
    step = (high - low) / lines
    both, either = _shared(crossings(a, low, step, lines), crossings(b, low, step, lines))
    return min(1.0, both / either) if either > 0 else 0.0


def area(rings: Sequence[Any]) -> float:
    """The area inside of outlines, in square pixels."""
    heights = np.concatenate([np.asarray(ring, np.float64).reshape(-1, 2)[:, 1] for ring in rings])
    low, high = float(heights.min()), float(heights.max())
    if high <= low:
        return 0.0
    step = (high - low) / LINES
    _, left, right = crossings(rings, low, step, LINES)
    return float((right - left).sum() * step)


def _shared(a: tuple[Ints, Floats, Floats], b: tuple[Ints, Floats, Floats]) -> tuple[float, float]:
    """Lengths that both have, and that at least one has."""
    line = np.concatenate([a[0], a[0], b[0], b[0]])
    x = np.concatenate([a[1], a[2], b[1], b[2]])
    change = np.concatenate([np.ones(len(a[0])), -np.ones(len(a[0])), np.ones(len(b[0])), -np.ones(len(b[0]))])
    order = np.lexsort((x, line))
    line, x, level = line[order], x[order], np.cumsum(change[order])
    length = np.where(line[1:] == line[:-1], x[1:] - x[:-1], 0.0)
    real = length > 0
    return float(length[real & (level[:-1] > 1.5)].sum()), float(length[real & (level[:-1] > 0.5)].sum())


def distance(a: Any, b: Any) -> float:
    """How far two lines lie apart, in pixels: the mean distance of points along each to the nearest place of the other."""
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    there, back = float(_to_line(_along(first), second).mean()), float(_to_line(_along(second), first).mean())
    return (there + back) / 2


def _along(line: Floats) -> Floats:
    """Points at equal distances along a line, both ends included."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    gone = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, gone[-1], _SAMPLES)
    return np.stack([np.interp(wanted, gone, line[:, d]) for d in (0, 1)], axis=1)


def _to_line(points: Floats, line: Floats) -> Floats:
    """The distance of each point to the nearest place on a line."""
    start, way = line[:-1], np.diff(line, axis=0)
    length = (way**2).sum(axis=1)
    offset = points[:, None, :] - start[None, :, :]
    share = np.clip((offset * way).sum(axis=2) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    nearest = start[None, :, :] + share[:, :, None] * way[None, :, :]
    return np.sqrt(((points[:, None, :] - nearest) ** 2).sum(axis=2).min(axis=1))


def likeness(a: Any, b: Any, sigmas: Any) -> float:
    """How much two figures resemble each other, 0..1: shape (points, 3) each, of x, y and visibility (0: not there).

    The mean over points that either has of exp(-d^2 / (2 * s^2 * (2 * sigma)^2)), where s^2 is the mean area of the boxes
    around both, at least `SMALLEST`; a point that only one has counts as 0. 1 where neither has any.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    seen = first[:, 2] > 0, second[:, 2] > 0
    either, both = seen[0] | seen[1], seen[0] & seen[1]
    if not either.any():
        return 1.0
    size = max(SMALLEST, (_spread(first[seen[0]]) + _spread(second[seen[1]])) / 2)
    square = ((first[:, :2] - second[:, :2]) ** 2).sum(axis=1)
    near = np.exp(-square / (2 * size * (2 * np.asarray(sigmas, np.float64)) ** 2))
    return float(np.where(both, near, 0.0)[either].mean())


def _spread(points: Floats) -> float:
    return float(np.prod(np.ptp(points[:, :2], axis=0))) if len(points) else 0.0

"""Masks as runs: COCO's compressed text, runs, bitmaps and outlines turned into each other.

Stands alone: arrays and texts only. Pixels are counted down each column, column after column; `counts` are the lengths of
runs, off and on in turn, off first (so the first may be 0). A mask of twenty thousand pixels a side is never spread out: all
but `to_bitmap` work on the runs, or on the part that a thing covers.
Source of the text form: the mask interface of the COCO data set (Lin et al. 2014): each number in groups of five bits, low
first, with a bit that says "more" and a sign, written from the character "0" on; from the fourth number on the difference to
the one two places before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from milo.stats.outlines import crossings
from milo.stats.ratings import Floats, Ints

_FIRST, _MORE, _SIGN, _BITS = 48, 32, 16, 5
_LONGEST = 7
"""Groups of five bits in one number: 35 bits, more than any image has pixels."""
_SHORT = 600
"""Up to this many numbers or characters a plain loop takes less time than arrays; an image may have thousands of such masks."""


def read_text(text: str) -> Ints:
    """The counts that a compressed text holds. Raises ValueError for what is none."""
    if len(text) <= _SHORT:
        return np.array(_read_short(text), np.int64)
    try:
        raw = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64) - _FIRST
    except UnicodeEncodeError:
        raise ValueError("it holds characters that no compressed mask has") from None
    if not len(raw):
        return np.zeros(0, np.int64)
    if (raw < 0).any() or (raw > 63).any() or raw[-1] & _MORE:
        raise ValueError("it is cut short or holds characters that no compressed mask has")
    last = (raw & _MORE) == 0
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    sizes = ends - starts + 1
    if sizes.max() > _LONGEST:
        raise ValueError("a number in it is beyond all images")
    place = np.arange(len(raw)) - np.repeat(starts, sizes)
    values = np.add.reduceat((raw & 31) << (_BITS * place), starts)
    values = np.where(raw[ends] & _SIGN, values - (np.int64(1) << (_BITS * sizes)), values)
    if len(values) > 3:
        values[1::2] = np.cumsum(values[1::2])
        values[2::2] = np.cumsum(values[2::2])
    return values


def _read_short(text: str) -> list[int]:
    values: list[int] = []
    value = bits = 0
    more = False
    for char in text.encode():
        group = char - _FIRST
        if not 0 <= group <= 63:
            raise ValueError("it is cut short or holds characters that no compressed mask has")
        value |= (group & 31) << bits
        bits += _BITS
        more = group >= _MORE
        if more:
            continue
        if bits > _BITS * _LONGEST:
            raise ValueError("a number in it is beyond all images")
        if group & _SIGN:
            value -= 1 << bits
        values.append(value + values[-2] if len(values) > 2 else value)
        value = bits = 0
    if more:
        raise ValueError("it is cut short or holds characters that no compressed mask has")
    return values


def write_text(counts: Any) -> str:
    """The counts as COCO's compressed text."""
    if len(counts) <= _SHORT:
        return _write_short(np.asarray(counts, dtype=np.int64).tolist())
    values = np.asarray(counts, dtype=np.int64).copy()
    if len(values) > 3:
        values[3:] -= np.asarray(counts, dtype=np.int64)[1:-2]
    groups: list[Ints] = []
    more: list[Any] = []
    rest, open_ = values, np.ones(len(values), bool)
    while open_.any():
        low = rest & 31
        rest = rest >> _BITS
        going = open_ & np.where(low & _SIGN, rest != -1, rest != 0)
        groups.append(np.where(open_, low | np.where(going, _MORE, 0), -1))
        more.append(going)
        open_ = going
    table = np.stack(groups, axis=1) if groups else np.zeros((0, 1), np.int64)
    flat = table[table >= 0]
    return (flat + _FIRST).astype(np.uint8).tobytes().decode("ascii")


def _write_short(counts: list[int]) -> str:
    found = bytearray()
    for n, count in enumerate(counts):
        rest = count - counts[n - 2] if n > 2 else count
        while True:
            low = rest & 31
            rest >>= _BITS
            if rest == (-1 if low & _SIGN else 0):
                break
            found.append(_FIRST + _MORE + low)
        found.append(_FIRST + low)
    return found.decode("ascii")


def runs(counts: Any) -> tuple[Ints, Ints]:
    """Where pixels are on: (starts, ends) along the columns, ends exclusive; empty runs are left out."""
    edges = np.cumsum(np.asarray(counts, dtype=np.int64))
    starts, ends = edges[0::2], edges[1::2]
    starts = starts[: len(ends)]
    kept = ends > starts
    return starts[kept], ends[kept]


def from_runs(starts: Any, ends: Any, total: int) -> Ints:
    """Counts of ascending runs that do not overlap, in a mask of `total` pixels; runs that touch become one."""
    first, last = np.asarray(starts, np.int64), np.asarray(ends, np.int64)
    if len(first) > 1:
        apart = first[1:] > last[:-1]
        first = first[np.concatenate([[True], apart])]
        last = last[np.concatenate([apart, [True]])]
    edges = np.empty(2 * len(first) + 1, np.int64)
    edges[0:-1:2], edges[1:-1:2], edges[-1] = first, last, total
    counts = np.diff(edges, prepend=0)
    return counts[:-1] if len(counts) > 1 and counts[-1] == 0 else counts


def canonical(counts: Any) -> Ints:
    """The same mask with no empty run but the first."""
    given = np.asarray(counts, np.int64)
    if (given[1:] > 0).all():
        return given
    return from_runs(*runs(given), int(given.sum()))


def extent(counts: Any, height: int) -> tuple[int, int, int, int]:
    """The smallest box around what is on, as x, y, w, h; all 0 for an empty mask."""
    starts, ends = runs(counts)
    if not len(starts):
        return 0, 0, 0, 0
    left, right = int(starts[0] // height), int((ends[-1] - 1) // height)
    if (starts // height != (ends - 1) // height).any():
        top, bottom = 0, height - 1  # a run that goes on in the next column holds the last pixel and the first
    else:
        top, bottom = int((starts % height).min()), int(((ends - 1) % height).max())
    return left, top, right - left + 1, bottom - top + 1


def area(counts: Any) -> int:
    """How many pixels are on."""
    return int(np.asarray(counts, np.int64)[1::2].sum())


def common(a: Any, b: Any) -> tuple[int, int]:
    """(pixels on in both masks, pixels on in at least one)."""
    shares = votes([a, b])
    length = np.diff(shares[0])
    level = shares[1][:-1]
    return int(length[level == 2].sum()), int(length[level >= 1].sum())


def votes(masks: Sequence[Any]) -> tuple[Ints, Ints]:
    """Places along the columns where it changes how many of the masks are on, and how many are from there on."""
    found = [runs(mask) for mask in masks]
    places = np.concatenate([part for pair in found for part in pair])
    change = np.concatenate([np.full(len(part), sign) for pair in found for part, sign in zip(pair, (1, -1), strict=True)])
    order = np.argsort(places, kind="stable")
    at, first = np.unique(places[order], return_index=True)
    level = np.cumsum(np.add.reduceat(change[order], first)) if len(at) else np.zeros(0, np.int64)
    return at.astype(np.int64), level.astype(np.int64)


def majority(masks: Sequence[Any], total: int) -> Ints:
    """The pixels that at least half of the masks have on."""
    at, level = votes(masks)
    on = 2 * level[:-1] >= len(masks)
    on &= level[:-1] > 0
    return from_runs(at[:-1][on], at[1:][on], total)


def from_bitmap(bitmap: Any, left: int, top: int, size: tuple[int, int]) -> Ints:
    """Counts of a part (h, w) of truth values that lies at (left, top) in a mask of `size` (height, width)."""
    part = np.asarray(bitmap, bool)
    height, width = size
    long = part.shape[0] + 2
    line = np.zeros((part.shape[1], long), bool)
    line[:, 1:-1] = part.T
    flat = line.ravel()
    change = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    place = (change // long + left) * height + change % long - 1 + top
    starts, ends = place[::2], place[1::2]
    return from_runs(starts, ends, height * width)


def to_bitmap(counts: Any, size: tuple[int, int]) -> Any:
    """The part that a mask covers as truth values (h, w), with its place: (left, top, bitmap)."""
    height = size[0]
    left, top, w, h = extent(counts, height)
    line = np.zeros(w * height + 1, np.int8)
    starts, ends = runs(counts)
    np.add.at(line, starts - left * height, 1)
    np.add.at(line, np.minimum(ends - left * height, w * height), -1)
    on = np.cumsum(line[:-1]).astype(bool).reshape(w, height).T
    return left, top, on[top : top + h]


def from_outlines(rings: Sequence[Any], size: tuple[int, int]) -> Ints:
    """The pixels whose middles lie inside of outlines (even-odd rule), in a mask of `size` (height, width)."""
    height, width = size
    turned: list[Floats] = [np.asarray(ring, np.float64)[:, ::-1] for ring in rings]
    column, low, high = crossings(turned, 0.0, 1.0, width)
    first = np.clip(np.ceil(low - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(high - 0.5), 0, height).astype(np.int64)
    kept = last > first
    return from_runs((column * height + first)[kept], (column * height + last)[kept], height * width)

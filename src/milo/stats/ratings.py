"""Ratings as counts: how often each label was given to each item, from a table or from columns.

Stands alone because all measures of agreement start from it. A table is int, shape (items, raters), one code per label and
a negative number where a rater did not answer. Columns are int, shape (answers,), one row for each answer. Codes count
from 0; an item may have any number of answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_DENSE = 20_000_000


class Counts(NamedTuple):
    """Item `item[i]` was given label `code[i]` by `times[i]` > 0 raters; sorted by item, then by code.

    `size`: answers of each item, shape (n_items,), 0 for an item without any. `n_codes`: labels there are, used or not.
    """

    item: Ints
    code: Ints
    times: Floats
    size: Floats
    n_codes: int

    @property
    def n_items(self) -> int:
        """Items there are, answered or not."""
        return len(self.size)

    @property
    def n_pairs(self) -> int:
        """Pairs of answers about one item."""
        return int((self.size * (self.size - 1)).sum() / 2)


def table_counts(ratings: Any, n_codes: int | None = None) -> Counts:
    """The counts of a table of items by raters. Raises ValueError if it has no such shape."""
    table = np.asarray(ratings, dtype=np.int64)
    if table.ndim != 2:
        raise ValueError(f"A table of items by raters is needed; its shape is {table.shape}.")
    item, rater = np.nonzero(table >= 0)
    return column_counts(item, table[item, rater], len(table), n_codes)


def column_counts(item: Any, code: Any, n_items: int | None = None, n_codes: int | None = None) -> Counts:
    """The counts of one row per answer: its item and its label. Rows with a negative code are no answers.

    Raises ValueError for arrays of different length and for codes beyond `n_items` or `n_codes`.
    """
    items, codes = columns(item, code)
    keep = codes >= 0
    if not keep.all():
        items, codes = items[keep], codes[keep]
    n, k = _size("item", items, n_items), _size("label", codes, n_codes)
    flat = items * k + codes
    if n * k <= max(_DENSE // 10, min(_DENSE, 8 * len(flat))):
        dense = np.bincount(flat, minlength=n * k)
        key = np.flatnonzero(dense)
        count: Any = dense[key]
    else:
        key, count = np.unique(flat, return_counts=True)
    size = np.bincount(items, minlength=n).astype(np.float64)
    return Counts(key // max(k, 1), key % max(k, 1), count.astype(np.float64), size, k)


def columns(*arrays: Any) -> tuple[Ints, ...]:
    """The arrays as int64 of one shape (n,). Raises ValueError otherwise."""
    out = tuple(np.asarray(a, dtype=np.int64) for a in arrays)
    if any(a.ndim != 1 or a.shape != out[0].shape for a in out):
        raise ValueError(f"Arrays of one length are needed; their shapes are {', '.join(str(a.shape) for a in out)}.")
    return out


def tally(index: Any, weights: Any, length: int) -> Floats:
    """The sum of `weights` by index: float64, shape (length,)."""
    out: Any = np.bincount(index, weights=weights, minlength=length)
    return out


def _size(what: str, codes: Ints, given: int | None) -> int:
    low, needed = int(codes.min(initial=0)), int(codes.max(initial=-1)) + 1
    if low < 0:
        raise ValueError(f"The {what} {low} is negative; codes count from 0.")
    if given is not None and needed > given:
        raise ValueError(f"There is {what} {needed - 1}, but only {given} were announced, counted from 0.")
    return needed if given is None else given


def answered_twice(counts: Counts) -> Counts:
    """Only the items with at least two answers, numbered anew: those on which agreement can be seen."""
    keep = counts.size >= 2
    if keep.all():
        return counts
    place = np.cumsum(keep) - 1
    rows = keep[counts.item]
    return Counts(place[counts.item[rows]], counts.code[rows], counts.times[rows], counts.size[keep], counts.n_codes)


def pairs_within(group: Ints, n_groups: int) -> Iterator[tuple[Ints, Ints]]:
    """All unordered pairs of rows that share a group, as two arrays of row numbers, in a few large portions.

    `group`: int, shape (rows,), sorted. Groups of one size are handled together, so that there is no loop over groups.
    """
    lengths = np.bincount(group, minlength=n_groups)
    starts = np.cumsum(lengths) - lengths
    for length in np.unique(lengths[lengths >= 2]).tolist():
        first, second = np.triu_indices(length, 1)
        at = starts[lengths == length]
        step = max(1, 2_000_000 // len(first))
        for low in range(0, len(at), step):
            base = at[low : low + step, None]
            yield (base + first).ravel(), (base + second).ravel()


def dense(counts: Counts) -> Floats:
    """The counts as a matrix: float64, shape (n_items, n_codes)."""
    out = np.zeros((counts.n_items, counts.n_codes))
    out[counts.item, counts.code] = counts.times
    return out

"""Agreement between raters on labels. Stands alone: integer-coded arrays in, one number out.

A table of ratings is int, shape (items, raters), one code per label, -1 (or any negative number) where a rater did not
answer.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def percent_agreement(a: Any, b: Any) -> float:
    """The share of items on which two raters agree, over items that both answered; NaN if there are none."""
    x, y = _both(a, b)
    return float(np.mean(x == y)) if len(x) else math.nan


def cohen_kappa(a: Any, b: Any) -> float:
    """Agreement of two raters beyond what their own label shares would give by chance: (po - pe) / (1 - pe).

    1 is perfect, 0 is chance; NaN if no item has both, or if both always gave one and the same label (pe = 1).
    Source: Cohen, Educational and Psychological Measurement 20 (1960).
    """
    x, y = _both(a, b)
    if not len(x):
        return math.nan
    size = int(max(x.max(), y.max())) + 1
    expected = float(np.bincount(x, minlength=size) @ np.bincount(y, minlength=size)) / len(x) ** 2
    return math.nan if expected >= 1 else (float(np.mean(x == y)) - expected) / (1 - expected)


def krippendorff_alpha(ratings: Any) -> float:
    """Krippendorff's alpha for nominal labels, any number of raters, with missing answers.

    1 - observed / expected disagreement over pairable values (items with at least two answers). NaN if there are no
    pairs or only one label occurs. Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).
    """
    counts = label_counts(ratings)
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return math.nan
    per_item = counts.sum(axis=1)
    total = float(per_item.sum())
    observed = float(((per_item**2 - (counts**2).sum(axis=1)) / (per_item - 1)).sum()) / total
    shares = counts.sum(axis=0)
    expected = float(total**2 - (shares**2).sum()) / (total * (total - 1))
    return math.nan if expected == 0 else 1.0 - observed / expected


def label_counts(ratings: Any) -> NDArray[np.float64]:
    """How often each label was given to each item: float64, shape (items, labels). Raises ValueError for no table."""
    table = np.asarray(ratings, dtype=np.int64)
    if table.ndim != 2:
        raise ValueError(f"A table of items by raters is needed; its shape is {table.shape}.")
    codes = int(table.max(initial=-1)) + 1
    item, rater = np.nonzero(table >= 0)
    flat = item * codes + table[item, rater]
    return np.bincount(flat, minlength=len(table) * codes).reshape(len(table), codes).astype(np.float64)


def _both(a: Any, b: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    x, y = np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"Two arrays of one length are needed; their shapes are {x.shape} and {y.shape}.")
    keep = (x >= 0) & (y >= 0)
    return x[keep], y[keep]

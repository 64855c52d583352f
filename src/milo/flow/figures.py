"""A figure as pages, clients and files get it: value, interval, what it rests on, and in words why it is missing.

Stands alone because all reports on people and models are made of such figures.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from milo.stats.intervals import clopper_pearson, effective_share
from milo.stats.measure import Measure
from milo.stats.ratings import Floats


class QualityFigure(msgspec.Struct, frozen=True):
    """`value` with its 95 % interval from `low` to `high`, on `n_items` items and `n_pairs` compared pairs of answers.

    `value` is null where the figure is undefined, the ends where no interval can be given; `why` then says the reason.
    """

    value: float | None
    low: float | None
    high: float | None
    n_items: int
    n_pairs: int = 0
    why: str = ""


class NamedFigure(msgspec.Struct, frozen=True):
    """A figure with its name, and a sentence on what it measures."""

    name: str
    about: str
    figure: QualityFigure


def of_measure(measure: Measure) -> QualityFigure:
    """The figure that a measure of `milo.stats` is."""
    return QualityFigure(measure.value, measure.low, measure.high, measure.n_items, measure.n_pairs, measure.why)


def missing(why: str, n_items: int = 0) -> QualityFigure:
    """A figure that cannot be told, for this reason."""
    return QualityFigure(None, None, None, n_items, 0, why)


def of_share(k: int, n: int, why: str, level: float = 0.95) -> QualityFigure:
    """The share k of n items with its exact interval; `why` says what is missing where n is 0."""
    return QualityFigure(k / n, *clopper_pearson(k, n, level), n) if n else missing(why)


def of_median(values: Floats, why: str) -> QualityFigure:
    """The median with the exact interval of ranks, which needs six values."""
    from scipy.special import bdtr

    n = len(values)
    if not n:
        return missing(why)
    ordered = np.sort(values)
    low = int(np.searchsorted(bdtr(np.arange(n + 1), n, 0.5), 0.025)) - 1
    if low < 0:
        return QualityFigure(float(np.median(ordered)), None, None, n, 0, "An interval needs six values.")
    return QualityFigure(float(np.median(ordered)), float(ordered[low]), float(ordered[n - 1 - low]), n)


def of_mean(values: Floats, why: str, n_pairs: int = 0, level: float = 0.95) -> QualityFigure:
    """The mean of values in 0..1, one for each item, with an interval that stays wide where there are few and all are equal."""
    n = len(values)
    if not n:
        return missing(why)
    mean = min(1.0, max(0.0, math.fsum(values.tolist()) / n))
    low, high = _around(mean, values, level)
    return QualityFigure(mean, min(low, mean), max(high, mean), n, n_pairs)


def _around(mean: float, values: Floats, level: float) -> tuple[float, float]:
    """The exact interval of a share of as many items as would vary as these values do.

    The variance is estimated with one more value as far out as values can be, so that a few equal ones prove little; the
    quantiles are widened as Student's are. For values of 0 and 1 this is nearly the exact interval of a share.
    """
    from scipy.special import stdtrit

    n = len(values)
    most = mean * (1 - mean)
    if n < 2 or most <= 0:
        return effective_share(mean, 0.0, n, level)
    spread = ((n - 1) * float(np.var(values, ddof=1)) + most) / n
    size = max(1.0, most / spread * n * (1.96 / float(stdtrit(n - 1, 0.975))) ** 2)
    return effective_share(mean, most / size, max(n, math.ceil(size)), level)

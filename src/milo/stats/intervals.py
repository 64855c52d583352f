"""Confidence intervals for a share: k successes out of n. Stands alone: numbers in, numbers out."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple


class Estimate(NamedTuple):
    """A figure with its interval at `level`, and the number of observations that it rests on. NaN: cannot be told."""

    value: float
    low: float
    high: float
    n: int
    level: float = 0.95
    method: str = ""


def unknown(low: float, high: float, n: int, level: float, why: str) -> Estimate:
    """An estimate that says only that nothing is known, and why: the value is NaN, the interval all that is possible."""
    return Estimate(math.nan, low, high, n, level, why)


def share(k: int, n: int, level: float = 0.95) -> Estimate:
    """The share k of n with its exact (Clopper-Pearson) interval; NaN with (0, 1) for n = 0."""
    if n == 0:
        return unknown(0.0, 1.0, 0, level, "none seen")
    return Estimate(k / n, *clopper_pearson(k, n, level), n, level, "Clopper-Pearson")


def normal_quantile(level: float) -> float:
    """z such that a standard normal lies within -z..z with probability `level`."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def effective_share(value: float, variance: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Bounds for a weighted share: the exact binomial interval at the sample size that would have had this variance.

    `variance` is that of the estimate; the effective size is at most `n`, and `n` where the variance is 0. The beta
    quantiles take fractional counts. Source: Korn and Graubard, Survey Methodology 24 (1998), without the t factor.
    """
    from scipy.special import betaincinv

    _check(0, n, level)
    if n == 0:
        return 0.0, 1.0
    size = min(float(n), value * (1 - value) / variance) if variance > 0 else float(n)
    k, tail = value * size, (1 - level) / 2
    low = 0.0 if k <= 1e-9 else float(betaincinv(k, size - k + 1, tail))
    high = 1.0 if size - k <= 1e-9 else float(betaincinv(k + 1, size - k, 1 - tail))
    return low, high


def wilson(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval for k of n: about right on average, good to show on a dashboard.

    Returns (low, high) in 0..1, and (0, 1) for n = 0. Raises ValueError for counts that make no sense.
    Source: E. B. Wilson, JASA 22 (1927), without continuity correction.
    """
    _check(k, n, level)
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, shrink = k / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z / shrink * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return (0.0 if k == 0 else max(0.0, centre - half)), (1.0 if k == n else min(1.0, centre + half))


def clopper_pearson(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The exact binomial interval for k of n: covers at least `level` for every true share, so it is wider.

    Returns (low, high) in 0..1, and (0, 1) for n = 0. Raises ValueError for counts that make no sense.
    Source: Clopper and Pearson, Biometrika 26 (1934), by quantiles of the beta distribution.
    """
    _check(k, n, level)
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return low, high


def _check(k: int, n: int, level: float) -> None:
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share: give 0 <= k <= n.")
    if not 0 < level < 1:
        raise ValueError(f"The level is {level}; it must lie between 0 and 1, for example 0.95.")

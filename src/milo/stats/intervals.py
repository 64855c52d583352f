"""Confidence intervals for a share: k successes out of n. Stands alone: numbers in, numbers out."""

from __future__ import annotations

from statistics import NormalDist


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

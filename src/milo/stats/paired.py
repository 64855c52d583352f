"""Is one of two better on the same items? Paired tests with intervals. Stands alone: arrays in, comparisons out.

Two prompts, two models, two people judged on the same items: each item gives a pair of outcomes, and only the difference
within pairs counts. `a` and `b` are float, shape (n,), in the same order; a pair with a NaN is left out. All resampling is
seeded; differences are a - b.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.intervals import Estimate, normal_quantile, unknown

Floats = NDArray[np.float64]
EXACT_UP_TO = 16
"""Up to so many differences all patterns of signs are tried (65,536); beyond, `DRAWS` random ones."""
DRAWS = 20_000


class Comparison(NamedTuple):
    """`difference`: mean of a - b with its interval; `p`: two-sided; `verdict`: "a", "b" or "cannot tell" at 1 - level.

    `a` and `b`: the two means; `only_a`, `only_b`: on how many items each was strictly better than the other.
    """

    a: float
    b: float
    only_a: int
    only_b: int
    difference: Estimate
    p: float
    verdict: str
    method: str


def compare(a: Any, b: Any, *, groups: Any = None, level: float = 0.95, seed: int = 0) -> Comparison:
    """The paired test that fits: exact McNemar with Tango's interval for 0/1 outcomes, sign flips for scores.

    `groups`: int, shape (n,): items of one group (one document) are no independent evidence; signs are then flipped by
    group for 0/1 outcomes too. No pairs give p = 1 and "cannot tell". Raises ValueError for arrays of unequal shape.
    """
    x, y, code = _pairs(a, b, groups)
    binary = code is None and bool(np.isin(x, (0, 1)).all() and np.isin(y, (0, 1)).all())
    more, less = int((x > y).sum()), int((x < y).sum())
    if binary:
        difference, p, method = tango(more, less, len(x), level), mcnemar(more, less), "exact McNemar, Tango interval"
    else:
        by_group = _sums(x - y, code)
        difference, p = mean_difference(x, y, groups=code, level=level), sign_flip(by_group, seed)
        method = "sign-flip permutation, t interval" + ("" if code is None else ", by group")
    means = (float(x.mean()), float(y.mean())) if len(x) else (math.nan, math.nan)
    sure = p <= 1 - level and difference.value != 0
    verdict = ("a" if difference.value > 0 else "b") if sure else "cannot tell"
    return Comparison(*means, more, less, difference, p, verdict, method)


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p that, of the pairs that differ, either side is favoured equally; 1 if none differ.

    `only_a`: pairs where a alone was right; `only_b`: where b alone was. Source: McNemar 1947, binomial form.
    """
    n = only_a + only_b
    if n == 0:
        return 1.0
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(only_a, only_b), n, 0.5)))


def tango(only_a: int, only_b: int, n: int, level: float = 0.95) -> Estimate:
    """The difference of two paired shares, (only_a - only_b) / n, with the score interval.

    Good for small samples and rare differences. NaN with (-1, 1) for n = 0. Source: Tango, Statistics in Medicine 17 (1998).
    """
    if only_a < 0 or only_b < 0 or only_a + only_b > n:
        raise ValueError(f"{only_a} + {only_b} differing pairs out of {n}: give counts that fit.")
    if n == 0:
        return unknown(-1.0, 1.0, 0, level, "no pairs")
    z, value = normal_quantile(level), (only_a - only_b) / n

    def above(d: float) -> float:
        return _score(only_a, only_b, n, d) - z

    def below(d: float) -> float:
        return _score(only_a, only_b, n, d) + z

    low, high = _crossing(above, -1.0, value), _crossing(below, value, 1.0)
    return Estimate(value, low, high, n, level, "Tango")


def _score(only_a: int, only_b: int, n: int, d: float) -> float:
    """The score statistic for a true difference of `d`: falls as `d` rises."""
    top = only_a - only_b - n * d
    b = -only_a - only_b + (2 * n - only_a + only_b) * d
    c = -only_b * d * (1 - d)
    q = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)  # the likeliest share of pairs where b alone is right
    spread = n * (2 * q + d * (1 - d))
    if spread <= 1e-15:
        return 0.0 if abs(top) < 1e-12 else math.copysign(math.inf, top)
    return top / math.sqrt(spread)


def _crossing(f: Any, low: float, high: float) -> float:
    """Where a falling function passes 0 between two places, by bisection; the nearer end if it does not."""
    if f(low) <= 0:
        return low
    if f(high) >= 0:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) > 0 else (low, middle)
    return (low + high) / 2


def mean_difference(a: Any, b: Any, *, groups: Any = None, level: float = 0.95) -> Estimate:
    """The mean of a - b with Student's t interval, over the groups' sums if there are groups. (-inf, inf) if unknown."""
    x, y, code = _pairs(a, b, groups)
    d = x - y
    if len(d) == 0:
        return unknown(-math.inf, math.inf, 0, level, "no pairs")
    value = float(d.mean())
    clusters = _sums(d - value, code)
    m = len(clusters)
    if m < 2:
        return Estimate(value, -math.inf, math.inf, len(d), level, "too few")
    from scipy.special import stdtrit

    error = math.sqrt(float((clusters**2).sum()) * m / (m - 1)) / len(d)
    half = float(stdtrit(m - 1, 0.5 + level / 2)) * error
    return Estimate(value, value - half, value + half, len(d), level, "Student's t")


def sign_flip(differences: Any, seed: int = 0) -> float:
    """Two-sided p of the mean of paired differences under random signs; exact for up to `EXACT_UP_TO` of them.

    Beyond, (1 + as extreme) / (1 + draws), which never claims too much. Zeros change nothing. Source: Fisher, 1935.
    """
    d = np.asarray(differences, dtype=np.float64)
    d = d[d != 0]
    if not len(d):
        return 1.0
    seen = abs(float(d.sum())) * (1 - 1e-12)
    if len(d) <= EXACT_UP_TO:
        return float((np.abs(_all_sums(d)) >= seen).mean())
    rng = np.random.default_rng(seed)
    step = max(1, 4_000_000 // len(d))
    extreme = 0
    for first in range(0, DRAWS, step):
        signs = rng.integers(0, 2, (min(step, DRAWS - first), len(d)), dtype=np.int8)
        extreme += int((np.abs((2.0 * signs - 1.0) @ d) >= seen).sum())
    return (1 + extreme) / (1 + DRAWS)


def _all_sums(d: Floats) -> Floats:
    """The sums under every pattern of signs, shape (2^n,)."""
    sums = np.zeros(1)
    for value in d.tolist():
        sums = np.concatenate([sums + value, sums - value])
    return sums


def holm(p: Any) -> Floats:
    """p-values adjusted for testing all of them, shape (n,): each may be compared with the level as it stands.

    Keeps the chance of any false claim at the level, whatever depends on what. Source: Holm, Scand. J. Statist. 6 (1979).
    """
    values = np.asarray(p, dtype=np.float64)
    if np.isnan(values).any() or (len(values) and (values.min() < 0 or values.max() > 1)):
        raise ValueError("p-values must lie in 0..1: leave out tests that could not be made.")
    order = np.argsort(values, kind="stable")
    raised = np.minimum(1.0, np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)))
    out = np.empty_like(values)
    out[order] = raised
    return out


def _sums(values: Floats, code: Any) -> Floats:
    """The sum of each group, or the values themselves."""
    if code is None:
        return values
    sums: Any = np.bincount(np.unique(code, return_inverse=True)[1], weights=values)
    return sums


def _pairs(a: Any, b: Any, groups: Any) -> tuple[Floats, Floats, Any]:
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"Two arrays of one length are needed; their shapes are {x.shape} and {y.shape}.")
    code = None if groups is None else np.asarray(groups)
    if code is not None and code.shape != x.shape:
        raise ValueError(f"One group per pair is needed; the shapes are {code.shape} and {x.shape}.")
    there = ~(np.isnan(x) | np.isnan(y))
    return x[there], y[there], None if code is None else code[there]

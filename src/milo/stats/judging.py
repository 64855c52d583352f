"""How far a judge can be believed, and what its verdicts say once its errors are known. Stands alone: arrays in, estimates
out.

A judge, mostly a language model, calls answers good or bad. Auditors rate some of them without seeing its verdict; from the
comparison follow its rates of error, the corrected pass rate, the worth of its alarms, and its leanings towards a position
or a length. `odds` is float, shape (n,), the probability with which each row was drawn for the audit; None if all had the
same.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.calibration import mean_ranks, sigmoid
from milo.stats.intervals import Estimate, effective_share, normal_quantile, share, unknown, wilson

Floats = NDArray[np.float64]


def corrected_rate(
    passed: int, judged: int, true_pass: int, good: int, true_fail: int, bad: int, level: float = 0.95
) -> Estimate:
    """The share of good answers, from a judge's pass rate and its errors as found on audited answers.

    `passed` of `judged` answers were passed; of `good` answers that auditors found good the judge passed `true_pass`, of
    `bad` ones it failed `true_fail`. The audited answers must have been drawn without regard to the verdict (use
    `corrected_rate_by_verdict` otherwise) and apart from the judged ones. The interval carries the noise of all three. NaN
    with (0, 1) where the judge is no better than chance, or nothing was audited.
    Source: Rogan and Gladen, Am. J. Epidemiology 107 (1978). The interval holds every share x for which
    pass rate - x * sensitivity - (1 - x) * (1 - specificity) is compatible with 0, the three Wilson intervals combined as
    by Zou and Donner (Statistics in Medicine 27, 2008); it stays sound for few audited answers of a kind.
    """
    _counts((passed, judged), (true_pass, good), (true_fail, bad))
    if not (judged and good and bad):
        return unknown(0.0, 1.0, judged, level, "needs judged answers, and audited good and bad ones")
    rate, catches, clears = passed / judged, true_pass / good, true_fail / bad
    x = np.linspace(0.0, 1.0, 2001)
    gap = rate - x * catches - (1 - x) * (1 - clears)
    (r_low, r_high), (c_low, c_high) = wilson(passed, judged, level), wilson(true_pass, good, level)
    f_low, f_high = wilson(true_fail, bad, level)
    below = np.sqrt((rate - r_low) ** 2 + (x * (c_high - catches)) ** 2 + ((1 - x) * (clears - f_low)) ** 2)
    above = np.sqrt((r_high - rate) ** 2 + (x * (catches - c_low)) ** 2 + ((1 - x) * (f_high - clears)) ** 2)
    if catches + clears <= 1:
        return unknown(0.0, 1.0, judged, level, "the judge is no better than chance")
    value = _unit((rate + clears - 1) / (catches + clears - 1))
    fit = x[(gap - below <= 0) & (gap + above >= 0)]
    low, high = (float(fit[0]), float(fit[-1])) if len(fit) else (value, value)
    return Estimate(value, min(low, value), max(high, value), judged, level, "Rogan-Gladen, MOVER")


def _counts(*pairs: tuple[int, int]) -> None:
    for k, n in pairs:
        if not 0 <= k <= n:
            raise ValueError(f"{k} of {n} is no share: give 0 <= k <= n.")


def _unit(x: float) -> float:
    return min(1.0, max(0.0, x))


def corrected_rate_by_verdict(
    passed: int, judged: int, good_of_passed: int, audited_passed: int, good_of_failed: int, audited_failed: int,
    level: float = 0.95,
) -> Estimate:  # fmt: skip
    """The share of good answers, where auditors rated so many of the passed and so many of the failed ones.

    The audits are random within each verdict, in whatever proportion (more of the failed ones, say). `passed` of `judged`
    is known for all. Needs no skill of the judge. Interval by combining exact intervals (MOVER, Donner and Zou 2002),
    with the judged answers as the whole population of interest. NaN with (0, 1) where a verdict that occurs was not audited.
    """
    _counts((passed, judged), (good_of_passed, audited_passed), (good_of_failed, audited_failed))
    if not judged or (passed and not audited_passed) or (passed < judged and not audited_failed):
        return unknown(0.0, 1.0, judged, level, "a verdict that occurs was not audited")
    w = passed / judged
    ok, bad = share(good_of_passed, audited_passed, level), share(good_of_failed, audited_failed, level)
    ok = ok if passed else ok._replace(value=0.0, low=0.0, high=0.0)
    bad = bad if passed < judged else bad._replace(value=0.0, low=0.0, high=0.0)
    value = w * ok.value + (1 - w) * bad.value
    low = value - math.hypot(w * (ok.value - ok.low), (1 - w) * (bad.value - bad.low))
    high = value + math.hypot(w * (ok.high - ok.value), (1 - w) * (bad.high - bad.value))
    return Estimate(value, _unit(low), _unit(high), audited_passed + audited_failed, level, "by verdict, MOVER")


class Alarms(NamedTuple):
    """Worth of alarms. `precision`: share of alarms that were right; `recall`: share of defects that were flagged;
    `specificity`: share of sound answers left alone; `prevalence`: share of defects."""

    precision: Estimate
    recall: Estimate
    specificity: Estimate
    prevalence: Estimate


def alarms(alarm: Any, defect: Any, odds: Any = None, level: float = 0.95) -> Alarms:
    """Precision and recall of a judge's alarms against audits. `alarm`, `defect`: 0/1, shape (n,).

    Without `odds` the intervals are exact (Clopper-Pearson). With them each row counts 1 / odds (a ratio of
    Horvitz-Thompson sums) and the interval is exact at the effective sample size (Korn and Graubard, 1998).
    """
    flagged, wrong = np.asarray(alarm, dtype=bool), np.asarray(defect, dtype=bool)
    if flagged.ndim != 1 or flagged.shape != wrong.shape:
        raise ValueError(f"Two arrays of one length are needed; their shapes are {flagged.shape} and {wrong.shape}.")
    every = np.ones(len(flagged), dtype=bool)
    w = None if odds is None else 1.0 / _odds(odds, len(flagged))
    return Alarms(
        weighted_share(wrong, flagged, w, level), weighted_share(flagged, wrong, w, level),
        weighted_share(~flagged, ~wrong, w, level), weighted_share(wrong, every, w, level),
    )  # fmt: skip


def weighted_share(hit: Any, of: Any, weight: Any = None, level: float = 0.95) -> Estimate:
    """The share of `hit` among `of`, each row counting `weight`; all of shape (n,), `hit` and `of` bool."""
    inside = np.asarray(of, dtype=bool)
    y = np.asarray(hit, dtype=np.float64)[inside]
    n = len(y)
    if n == 0:
        return unknown(0.0, 1.0, 0, level, "none seen")
    w = None if weight is None else np.asarray(weight, dtype=np.float64)[inside]
    if w is None or np.ptp(w) <= 1e-12 * w.max():
        return share(int(y.sum()), n, level)
    value = float((w @ y) / w.sum())
    size = float(w.sum() ** 2 / (w @ w))  # where nothing varies, what the weights alone leave of the sample
    variance = float(((w * (y - value)) ** 2).sum() / w.sum() ** 2) if 0 < value < 1 else 0.0
    bounds = effective_share(value, variance, min(n, max(1, math.floor(size))), level)
    return Estimate(value, min(bounds[0], value), max(bounds[1], value), n, level, "effective sample size")


class OrderBias(NamedTuple):
    """`consistent`: share of pairs judged alike in both orders; `first`: of the inconsistent ones, the share that
    preferred whatever came first; `p`: exact two-sided test that this is one half."""

    consistent: Estimate
    first: Estimate
    p: float


def order_bias(forward: Any, swapped: Any, level: float = 0.95) -> OrderBias:
    """Does the place decide? `forward`, `swapped`: int, shape (n,): 1 if candidate A was preferred, -1 if B, 0 for a tie.

    In `forward` A came first, in `swapped` B did. A pair that flips counts for the place by what both verdicts say
    together: A when first and B when first is a lean to the first place; a tie on one side counts by the other verdict.
    """
    x, y = np.asarray(forward, dtype=np.int64), np.asarray(swapped, dtype=np.int64)
    if x.ndim != 1 or x.shape != y.shape or not (np.isin(x, (-1, 0, 1)).all() and np.isin(y, (-1, 0, 1)).all()):
        raise ValueError("Two arrays of one length with 1 (A), -1 (B) or 0 (tie) are needed.")
    lean = np.sign(x - y)
    first, last = int((lean > 0).sum()), int((lean < 0).sum())
    from milo.stats.paired import mcnemar

    return OrderBias(share(int((x == y).sum()), len(x), level), share(first, first + last, level), mcnemar(first, last))


def length_bias(preferred: Any, lengths: Any, other_lengths: Any, people: Any = None, level: float = 0.95) -> Estimate:
    """How much the judge's preference leans to the longer answer: log odds of preferring A per doubling of its length
    relative to B's; 0 is none.

    `preferred`: 1 if the judge preferred A, 0 if B (leave ties out); `lengths`, `other_lengths`: of A and B, above 0;
    `people`: -1..1, how far people preferred A, which then is held fixed, so that what remains is the judge's own lean.
    All of shape (n,). Logistic regression with Firth's correction (Biometrika 80, 1993), finite for separable data, Wald
    interval. (-inf, inf) for fewer than 10 pairs.
    """
    y = np.asarray(preferred, dtype=np.float64)
    ratio = np.log2(np.asarray(lengths, dtype=np.float64) / np.asarray(other_lengths, dtype=np.float64))
    if y.ndim != 1 or ratio.shape != y.shape or not np.isfinite(ratio).all():
        raise ValueError("Arrays of one length with lengths above 0 are needed.")
    columns = [np.ones(len(y)), ratio, *([] if people is None else [np.asarray(people, dtype=np.float64)])]
    design = np.column_stack(columns)
    if len(y) < 10 or np.linalg.matrix_rank(design) < design.shape[1]:
        return unknown(-math.inf, math.inf, len(y), level, "too few pairs, or all alike")
    theta, covariance = firth_logistic(design, y)
    half = normal_quantile(level) * math.sqrt(float(covariance[1, 1]))
    return Estimate(float(theta[1]), float(theta[1]) - half, float(theta[1]) + half, len(y), level, "Firth logistic, Wald")


def firth_logistic(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Weights (p,) and covariance (p, p) of a logistic regression with Jeffreys' prior."""
    theta: Any = np.zeros(design.shape[1])
    covariance: Any = np.eye(len(theta))
    for _ in range(100):
        p = sigmoid(design @ theta)
        w = p * (1 - p)
        covariance = np.linalg.inv((design * w[:, None]).T @ design)
        lever = w * np.einsum("ij,jk,ik->i", design, covariance, design)
        step = covariance @ (design.T @ (y - p + lever * (0.5 - p)))
        theta = theta + step / max(1.0, float(np.abs(step).max()))
        if float(np.abs(step).max()) < 1e-8:
            break
    return theta, covariance


def partial_correlation(score: Any, length: Any, given: Any = None, level: float = 0.95) -> Estimate:
    """Spearman's correlation of a judge's scores with length, with people's scores `given` held fixed; shape (n,) each.

    Interval by Fisher's z with the variance 1.06 / (n - 3 - k) of rank correlations (Fieller et al., Biometrika 44, 1957).
    NaN with (-1, 1) for fewer than 10 rows, or where one never varies.
    """
    columns = [np.asarray(c, dtype=np.float64) for c in (score, length, *([] if given is None else [given]))]
    n = len(columns[0])
    if any(c.shape != (n,) for c in columns):
        raise ValueError("Arrays of one length are needed.")
    ranks = np.column_stack([mean_ranks(c) for c in columns])
    if n < 10 or (ranks.std(axis=0) < 1e-9).any():
        return unknown(-1.0, 1.0, n, level, "too few, or all alike")
    r: Any = np.corrcoef(ranks, rowvar=False)
    value = float(r[0, 1])
    if given is not None:
        rest = (1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2)
        if rest < 1e-12:
            return unknown(-1.0, 1.0, n, level, "people's scores explain all")
        value = float((r[0, 1] - r[0, 2] * r[1, 2]) / math.sqrt(rest))
    at = math.atanh(min(max(value, -1 + 1e-12), 1 - 1e-12))
    half = normal_quantile(level) * math.sqrt(1.06 / (n - 3 - (given is not None)))
    return Estimate(value, math.tanh(at - half), math.tanh(at + half), n, level, "Spearman, Fisher z")


def _odds(odds: Any, n: int) -> Floats:
    pi = np.asarray(odds, dtype=np.float64)
    if pi.shape != (n,) or not ((pi > 0) & (pi <= 1)).all():
        raise ValueError(f"One probability in (0, 1] for each of {n} rows is needed: the odds of being drawn.")
    return pi

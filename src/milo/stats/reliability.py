"""How good a stated confidence is, each figure with an interval. Stands alone: arrays in, estimates out.

Everywhere: `confidence` is float, shape (n,), in 0..1; `correct` is bool or 0/1, shape (n,). Give held-out confidences: a
fit judged by the answers that it was fitted on looks better than it is. All resampling is seeded.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.calibration import auroc, mean_ranks
from milo.stats.intervals import Estimate, clopper_pearson, unknown

Floats = NDArray[np.float64]
_DRAWS = 1000
_CELLS = 20_000_000
"""At most so many random numbers for one interval: large samples get fewer draws, which they can do with."""


class Bar(NamedTuple):
    """One bar of a reliability diagram: confidences from `low` to `high`, how many, their mean, the share correct, and
    the exact interval of that share."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float


class Report(NamedTuple):
    """All measures of one confidence. `ece`: debiased; `aurc_best`: the area if every wrong one came last."""

    bars: list[Bar]
    accuracy: Estimate
    ece: Estimate
    brier: Estimate
    auroc: Estimate
    aurc: Estimate
    aurc_best: float


def report(confidence: Any, correct: Any, level: float = 0.95, seed: int = 0) -> Report:
    """Everything at once. Rows without a confidence (NaN) are left out."""
    p, y = np.asarray(confidence, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    _check(p, y)
    p, y = p[~np.isnan(p)], y[~np.isnan(p)]
    n, k = len(y), int(y.sum())
    accuracy = Estimate(k / n if n else math.nan, *clopper_pearson(k, n, level), n, level, "Clopper-Pearson")
    wrong = 1 - k / n if n else math.nan
    best = wrong + (1 - wrong) * math.log1p(-wrong) if n and wrong < 1 else wrong
    return Report(
        bars(p, y, level=level), accuracy, ece(p, y, level=level, seed=seed), brier(p, y, level),
        discrimination(p, y, level), aurc(p, y, level, seed), best,
    )  # fmt: skip


def bars(confidence: Any, correct: Any, count: int = 10, level: float = 0.95) -> list[Bar]:
    """Bins of about equal numbers; equal confidences stay together, so that there may be fewer than `count`.

    The interval of each bar is Clopper-Pearson's, for this bar alone.
    """
    p, y = _pair(confidence, correct)
    out: list[Bar] = []
    for part in _bins(p, count):
        n, k = len(part), int(y[part].sum())
        low, high = clopper_pearson(k, n, level)
        out.append(Bar(float(p[part].min()), float(p[part].max()), n, float(p[part].mean()), k / n, low, high))
    return out


def ece(confidence: Any, correct: Any, count: int = 10, level: float = 0.95, seed: int = 0) -> Estimate:
    """Expected calibration error over bins of equal numbers, without the upward bias of small samples.

    The plain sum of |confidence - accuracy| is positive even for a perfect confidence, because each accuracy is noisy; the
    expected size of that is subtracted (Kumar, Liang, Ma, NeurIPS 2019, for the absolute error). The interval is by
    parametric bootstrap of the bars' counts, shifted by what the bootstrap adds on average; it starts at 0 wherever a
    chi-square test finds nothing against a perfect calibration. NaN for no data; small samples get fewer bins.
    """
    p, y = _pair(confidence, correct)
    if not len(p):
        return unknown(0.0, 1.0, 0, level, "no data")
    parts = _bins(p, max(1, min(count, len(p) // 10)))
    size = np.array([len(part) for part in parts], dtype=np.float64)
    stated = np.array([p[part].mean() for part in parts])
    right = np.array([y[part].mean() for part in parts])
    value = float(_unbiased(stated, right, size))
    smooth = (right * size + 0.5) / (size + 1)
    draws = np.random.default_rng(seed).binomial(size.astype(np.int64), smooth, (_DRAWS, len(size))) / size
    noise = _unbiased(stated, draws, size)
    low, high = np.quantile(noise, [0.5 - level / 2, 0.5 + level / 2]) - (noise.mean() - value)
    bottom = 0.0 if _fits(stated, right, size) >= 1 - level else min(max(0.0, float(low)), value)
    top = min(1.0, max(float(high), value))
    return Estimate(value, bottom, top, len(p), level, "debiased, equal-mass bins, bootstrap")


def _fits(stated: Floats, right: Floats, size: Floats) -> float:
    """p that all bins are as accurate as they state: chi-square of the gaps (Hosmer and Lemeshow, on held-out data)."""
    from scipy.special import chdtrc

    spread = np.maximum(stated * (1 - stated), 1e-6) / size
    return float(chdtrc(len(size), float(((stated - right) ** 2 / spread).sum())))


def _unbiased(stated: Floats, right: Floats, size: Floats) -> Any:
    """The debiased error for accuracies of shape (..., bins); never below 0."""
    gap = np.abs(stated - right)
    spread = np.sqrt(np.maximum(right * (1 - right), 1e-12) / size)
    ratio = gap / spread
    # the mean of |N(gap, spread)|
    expected = spread * math.sqrt(2 / math.pi) * np.exp(-(ratio**2) / 2) + gap * (1 - 2 * _tail(ratio))
    share = size / size.sum()
    return np.maximum(0.0, ((2 * gap - expected) * share).sum(axis=-1))


def _tail(z: Floats) -> Floats:
    """P(N(0, 1) > z)."""
    from scipy.special import ndtr

    return ndtr(-z)


def brier(confidence: Any, correct: Any, level: float = 0.95) -> Estimate:
    """Mean squared gap between confidence and outcome (Brier, 1950), with a t interval; NaN for no data."""
    p, y = _pair(confidence, correct)
    return mean_interval((p - y) ** 2, level)


def mean_interval(values: Floats, level: float = 0.95) -> Estimate:
    """The mean of values in 0..1 with Student's t interval; (0, 1) for fewer than two of them."""
    n = len(values)
    if n < 2:
        return Estimate(float(values.mean()) if n else math.nan, 0.0, 1.0, n, level, "too few")
    mean, half = float(values.mean()), _t_quantile(n - 1, level) * float(values.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), n, level, "Student's t")


def _t_quantile(freedom: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(max(1.0, freedom), 0.5 + level / 2))


def discrimination(score: Any, positive: Any, level: float = 0.95) -> Estimate:
    """AUROC, the probability that a random right one scores above a random wrong one, with DeLong's interval.

    The interval is taken on the log odds, so that it stays within 0..1 and covers near 1; where all right ones score
    above all wrong ones, half a swapped pair is assumed. Few of one kind widen it (Welch's degrees of freedom).
    NaN unless both outcomes occur. Source: DeLong et al., Biometrics 44 (1988), by mid-ranks (Sun and Xu, IEEE SPL 21, 2014).
    """
    s, y = _pair(score, positive)
    area = auroc(s, y)
    if math.isnan(area):
        return unknown(0.0, 1.0, len(y), level, "needs right and wrong ones")
    pos, neg = s[y == 1], s[y == 0]
    m, n = len(pos), len(neg)
    ranks = mean_ranks(np.concatenate([pos, neg]))
    above = (ranks[:m] - mean_ranks(pos)) / n
    below = 1 - (ranks[m:] - mean_ranks(neg)) / m
    parts = _spread(above) / m, _spread(below) / n
    at = min(max(area, 0.5 / (m * n)), 1 - 0.5 / (m * n))
    floor = at * (1 - at) / ((min(m, n) + 1) * max(m, n) ** 0.5)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / max(m - 1, 1) + parts[1] ** 2 / max(n - 1, 1)) if sum(parts) else min(m, n)
    z = _t_quantile(freedom, level) * math.sqrt(max(sum(parts), floor)) / (at * (1 - at))
    middle = math.log(at / (1 - at))
    low, high = (1 / (1 + math.exp(-max(-700.0, min(700.0, middle + d)))) for d in (-z, z))
    return Estimate(area, min(low, area), max(high, area), len(y), level, "DeLong, log odds")


def aurc(confidence: Any, correct: Any, level: float = 0.95, seed: int = 0) -> Estimate:
    """Area under the risk-coverage curve: the mean, over all shares kept, of the error among the most confident.

    Smaller is better; a useless confidence gives the error rate. Equal confidences count as in random order. Interval by
    bootstrap of the items. NaN for no data. Source: Geifman, Uziel, El-Yaniv, ICLR 2019.
    """
    p, y = _pair(confidence, correct)
    n = len(p)
    if not n:
        return unknown(0.0, 1.0, 0, level, "no data")
    order = np.argsort(-p, kind="stable")
    wrong, tie = 1 - y[order], np.unique(-p[order], return_inverse=True)[1]
    value = float(_area(np.ones((1, n)), wrong, tie)[0])
    draws = int(min(_DRAWS, max(100, _CELLS // n)))
    rng = np.random.default_rng(seed)
    areas = [_area(rng.multinomial(n, np.full(n, 1 / n), rows), wrong, tie) for rows in _batches(draws, n)]
    low, high = np.quantile(np.concatenate(areas), [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(value, min(float(low), value), max(float(high), value), n, level, "bootstrap")


def _area(counts: Any, wrong: Floats, tie: Any) -> Floats:
    """The area for samples that hold each sorted row `counts` times, shape (draws, n)."""
    starts = np.flatnonzero(np.diff(tie, prepend=-1))
    size = np.add.reduceat(counts, starts, axis=1).astype(np.float64)
    errors = np.add.reduceat(counts * wrong, starts, axis=1)
    kept, total = size.cumsum(axis=1), errors.cumsum(axis=1)
    before, lost = kept - size, total - errors
    rate = np.divide(errors, size, out=np.zeros_like(size), where=size > 0)
    # within a group of ties the error after k of them is (lost + rate * k) / (before + k), summed over k = 1..size
    harmonic = _harmonic(kept) - _harmonic(before)
    return (rate * size + (lost - rate * before) * harmonic).sum(axis=1) / kept[:, -1]


def _harmonic(k: Floats) -> Floats:
    """1 + 1/2 + ... + 1/k for whole numbers k, 0 for 0."""
    table = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, int(k.max()) + 1))])
    return table[k.astype(np.int64)]


def _batches(draws: int, n: int) -> list[int]:
    step = max(1, 2_000_000 // n)
    return [min(step, draws - first) for first in range(0, draws, step)]


def _bins(p: Floats, count: int) -> list[NDArray[np.int64]]:
    """The places of the rows of each bin, ascending; ties are not torn apart."""
    if not len(p):
        return []
    order = np.argsort(p, kind="stable")
    start = np.searchsorted(p[order], p[order])  # the rank of the first of equals decides for all of them
    bin_ = np.minimum(start * count // len(p), count - 1)
    return np.split(order, np.flatnonzero(np.diff(bin_)) + 1)


def _spread(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _check(p: Floats, y: Floats) -> None:
    if p.ndim != 1 or p.shape != y.shape:
        raise ValueError(f"Two arrays of one length are needed; their shapes are {p.shape} and {y.shape}.")


def _pair(confidence: Any, correct: Any) -> tuple[Floats, Floats]:
    p, y = np.asarray(confidence, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    _check(p, y)
    if np.isnan(p).any() or np.isnan(y).any():
        raise ValueError("NaN among the values: leave out what has no confidence or no outcome.")
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("Outcomes must be 0 or 1: was the prediction right.")
    return p, y

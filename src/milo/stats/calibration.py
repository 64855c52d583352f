"""How far a stated confidence can be believed, and how to mend it. Stands alone: arrays in, numbers out.

Everywhere: `confidence` is float, shape (n,), in 0..1; `correct` is bool or 0/1, shape (n,): was the suggestion right.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Bin(NamedTuple):
    """One bar of a reliability diagram: confidences in [low, high), how many, their mean, and the share correct."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability(confidence: Any, correct: Any, bins: int = 10) -> list[Bin]:
    """Equal-width bins over 0..1, empty ones left out; a confidence of 1 falls in the last bin."""
    p, hit = _pair(confidence, correct)
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    out: list[Bin] = []
    for b in range(bins):
        inside = place == b
        n = int(inside.sum())
        if n:
            out.append(Bin(b / bins, (b + 1) / bins, n, float(p[inside].mean()), float(hit[inside].mean())))
    return out


def ece(confidence: Any, correct: Any, bins: int = 10) -> float:
    """Expected calibration error: the mean gap between confidence and accuracy over bins, weighted by their size.

    0 is perfect; biased upwards in small samples. NaN for no data. Source: Naeini et al., AAAI 2015.
    """
    rows = reliability(confidence, correct, bins)
    total = sum(r.n for r in rows)
    return sum(r.n * abs(r.confidence - r.accuracy) for r in rows) / total if total else math.nan


def brier(confidence: Any, correct: Any) -> float:
    """Mean squared gap between confidence and outcome; NaN for no data. Source: Brier, 1950."""
    p, hit = _pair(confidence, correct)
    return float(np.mean((p - hit) ** 2)) if len(p) else math.nan


def auroc(score: Any, positive: Any) -> float:
    """The probability that a random positive scores above a random negative, ties counting half.

    NaN unless both kinds are present. Source: the Mann-Whitney U statistic.
    """
    s, y = _pair(score, positive, unit=False)
    n1 = int(y.sum())
    n0 = len(y) - n1
    if not n1 or not n0:
        return math.nan
    return float((mean_ranks(s)[y == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def mean_ranks(values: Floats) -> Floats:
    """Ranks from 1, ascending; equal values share the mean of their ranks. Shape (n,)."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((last - counts + 1 + last) / 2.0)[inverse]


def top_confidence(logits: Floats, temperature: float) -> Floats:
    """The softmax probability of the best class after division by `temperature`. `logits`: shape (n, classes)."""
    z = logits / temperature
    z = z - z.max(axis=1, keepdims=True)
    return 1.0 / np.exp(z).sum(axis=1)


def fit_temperature(logits: Any, correct: Any, prior: float = 1.0) -> float:
    """The temperature at which the best class's probability fits how often it was right (log loss).

    `logits`: shape (n, classes), from models that did not see the rows; `correct`: whether the best class was right.
    `prior` pulls log T towards 0 as `prior` observations would, which matters only for few rows. Result in 0.05..20.
    Source: Guo et al., ICML 2017, fitted to the top class only; golden-section search.
    """
    z = np.asarray(logits, dtype=np.float64)
    hit = np.asarray(correct, dtype=np.float64)

    def loss(log_t: float) -> float:
        return log_loss(top_confidence(z, math.exp(log_t)), hit) * len(hit) + prior * log_t * log_t / 2

    return math.exp(_minimum(loss, math.log(0.05), math.log(20.0)))


def log_loss(confidence: Any, correct: Any) -> float:
    """Mean negative log likelihood of the outcomes; confidences are kept 1e-6 away from 0 and 1."""
    p, hit = _pair(confidence, correct)
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.mean(hit * np.log(p) + (1 - hit) * np.log(1 - p))) if len(p) else math.nan


class Isotonic(NamedTuple):
    """A non-decreasing step-free map: linear between the knots `x` (ascending), constant beyond them."""

    x: Floats
    y: Floats

    def __call__(self, score: Any) -> Floats:
        """The calibrated probability of each score."""
        return np.interp(np.asarray(score, dtype=np.float64), self.x, self.y)


def fit_isotonic(score: Any, correct: Any, weight: Any = None) -> Isotonic:
    """The non-decreasing map from score to share correct with the least squared error.

    Equal scores get one value. Raises ValueError for no data. Source: pool adjacent violators (Ayer et al., 1955).
    """
    s, hit = _pair(score, correct, unit=False)
    if not len(s):
        raise ValueError("No observations to calibrate on: give at least one score.")
    w = np.ones(len(s)) if weight is None else np.asarray(weight, dtype=np.float64)
    x, inverse = np.unique(s, return_inverse=True)
    mass: Any = np.bincount(inverse, weights=w)
    mean: Any = np.bincount(inverse, weights=w * hit) / mass
    return Isotonic(x, _pool(mean, mass))


def fit_logistic(score: Any, correct: Any, prior: float = 1.0) -> tuple[float, float]:
    """Slope a >= 0 and offset b so that sigmoid(a * score + b) fits the share correct; Newton's method.

    Targets are smoothed as if one more right and one more wrong answer had been seen, so that it is finite for
    separable data. Source: Platt, 1999; `prior` is the weight of a Gaussian prior around slope 1, offset 0.
    """
    s, hit = _pair(score, correct, unit=False)
    hits = hit.sum()
    target = np.where(hit > 0, (hits + 1) / (hits + 2), 1 / (len(hit) - hits + 2))
    slope, offset = _newton(np.column_stack([s, np.ones(len(s))]), target, prior)
    if slope >= 0:
        return slope, offset
    return 0.0, _newton(np.ones((len(s), 1)), target, prior)[-1]


def _newton(design: Floats, target: Floats, prior: float) -> list[float]:
    """Logistic regression of `target` on `design` under a Gaussian prior at (1, 0), or at 0 for the offset alone."""
    centre = np.array([1.0, 0.0][-design.shape[1] :])

    def loss(theta: Floats) -> float:
        z = design @ theta
        return float(np.sum(np.logaddexp(0, z) - target * z) + prior * np.sum((theta - centre) ** 2) / 2)

    theta: Any = centre
    for _ in range(50):
        p = sigmoid(design @ theta)
        gradient = design.T @ (p - target) + prior * (theta - centre)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + prior * np.eye(len(centre))
        step: Any = np.linalg.solve(hessian, gradient)
        while loss(theta - step) > loss(theta) and float(np.abs(step).max()) > 1e-9:
            step = step / 2
        theta = theta - step
        if float(np.abs(step).max()) < 1e-9:
            break
    return theta.tolist()


def sigmoid(x: Any) -> Floats:
    """1 / (1 + exp(-x)) without overflow."""
    return 0.5 * (1.0 + np.tanh(np.asarray(x, dtype=np.float64) / 2.0))


def _pool(mean: Floats, mass: Floats) -> Floats:
    values: list[float] = []
    weights: list[float] = []
    sizes: list[int] = []
    for m, w in zip(mean.tolist(), mass.tolist(), strict=True):
        values.append(m)
        weights.append(w)
        sizes.append(1)
        while len(values) > 1 and values[-2] >= values[-1]:
            v, w2, n = values.pop(), weights.pop(), sizes.pop()
            values[-1] = (values[-1] * weights[-1] + v * w2) / (weights[-1] + w2)
            weights[-1] += w2
            sizes[-1] += n
    return np.repeat(np.array(values), sizes)


def _minimum(f: Any, low: float, high: float, steps: int = 60) -> float:
    """The minimum of a unimodal function by golden-section search."""
    ratio = (math.sqrt(5) - 1) / 2
    a, b = low, high
    c, d = b - ratio * (b - a), a + ratio * (b - a)
    fc, fd = f(c), f(d)
    for _ in range(steps):
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - ratio * (b - a)
            fc = f(c)
        else:
            a, c, fc = c, d, fd
            d = a + ratio * (b - a)
            fd = f(d)
    return (a + b) / 2


def _pair(score: Any, outcome: Any, unit: bool = True) -> tuple[Floats, Floats]:
    s = np.asarray(score, dtype=np.float64)
    y = np.asarray(outcome, dtype=np.float64)
    if s.ndim != 1 or s.shape != y.shape:
        raise ValueError(f"Two arrays of one length are needed; their shapes are {s.shape} and {y.shape}.")
    if np.isnan(s).any() or np.isnan(y).any():
        raise ValueError("NaN among the values: leave out what has no score or no outcome.")
    if unit and len(s) and (s.min() < 0 or s.max() > 1):
        raise ValueError(f"Confidences must lie in 0..1; they reach from {s.min()} to {s.max()}.")
    return s, y

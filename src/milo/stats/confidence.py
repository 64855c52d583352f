"""One probability of being right out of many signals, learned from answers that people gave blind. Stands alone.

A model's prediction comes with several signals of how sure it is: a log probability, how many of a committee agree,
whether swapping the options changes the answer, a number the model states. None of them is a probability of being right
until it was compared with answers of people who did not see the prediction. `fit_confidence` makes that comparison and
returns probabilities which are cross-fitted: each of the answers is judged by a fit that did not see it.

Everywhere: `signals` is float, shape (n, k), one row per prediction and one column per signal, NaN where a signal is
missing; `correct` is 0/1 or bool, shape (n,). Signals may be on any scale, as long as a column keeps to one. Columns that
lie in 0..1 are read as shares or probabilities and enter as log odds; others are cut at their extremes and standardised.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.calibration import Isotonic, auroc, fit_isotonic, sigmoid

Floats = NDArray[np.float64]

NEEDED = 30
"""Answers needed before any probability is given. With 30 the share correct itself is known to about 18 points."""
COMBINE_FROM = 50
"""From here on several signals are combined; below, the single most telling one is used."""
RARE = 5
"""... and from this many of the rarer outcome (right or wrong): with fewer there is nothing to learn weights from."""
BEND_FROM = 500
"""From here on an isotonic map mends what a logistic curve cannot follow."""
_EDGE = 0.005
_WEAKEST, _STRONGEST = 0.25, 1e4


class NotEnough(NamedTuple):
    """There are too few blind answers to say anything: `n` of about `needed`."""

    n: int
    needed: int = NEEDED

    def __str__(self) -> str:
        return f"not enough yet: {self.n} of about {self.needed} blind answers"


@dataclass(frozen=True)
class Column:
    """How one signal enters: as log odds if `unit`, cut to low..high, then (x - centre) / scale.

    `gaps`: whether the signal was missing often enough in the fit for its absence to have a weight of its own.
    """

    unit: bool
    low: float
    high: float
    centre: float
    scale: float
    gaps: bool


@dataclass(frozen=True)
class Confidence:
    """A fitted map from signals to the probability of being right; `as_dict` and `from_dict` carry it through JSON.

    `used`: the places of the columns that it reads; `weights`: offset first, then one per used column, then one per gap.
    `n`: the answers it was fitted on. `bend`: the isotonic map that follows, if there were enough.
    """

    columns: tuple[Column, ...]
    used: tuple[int, ...]
    weights: tuple[float, ...]
    n: int
    bend: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    def predict(self, signals: Any) -> Floats:
        """The probability of being right for each row, shape (m,); NaN for a row that has none of the used signals.

        Raises ValueError if the table has another number of columns than the one it was fitted on.
        """
        table = _table(signals)
        if table.shape[1] != len(self.columns):
            raise ValueError(
                f"The fit knows {len(self.columns)} signals, the table has {table.shape[1]}: give the same columns."
            )
        p = sigmoid(_design(table, self.columns, self.used) @ np.array(self.weights))
        if self.bend is not None:
            p = Isotonic(np.array(self.bend[0]), np.array(self.bend[1]))(p)
        p[np.isnan(table[:, list(self.used)]).all(axis=1)] = np.nan
        return p

    def as_dict(self) -> dict[str, Any]:
        """The fit as plain lists and numbers."""
        columns = [[c.unit, c.low, c.high, c.centre, c.scale, c.gaps] for c in self.columns]
        bend = [list(part) for part in self.bend] if self.bend else None
        return {"columns": columns, "used": list(self.used), "weights": list(self.weights), "n": self.n, "bend": bend}

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Confidence:
        """The fit that `as_dict` wrote."""
        bend = (tuple(given["bend"][0]), tuple(given["bend"][1])) if given["bend"] else None
        columns = tuple(Column(*row) for row in given["columns"])
        return cls(columns, tuple(given["used"]), tuple(given["weights"]), given["n"], bend)


class Fitted(NamedTuple):
    """What `fit_confidence` returns. `confidence`: fitted on all answers, for new rows. `out_of_fold`: float, shape
    (n,), the probability of each given row from a fit that did not see it or its group (NaN without signals)."""

    confidence: Confidence
    out_of_fold: Floats


def fit_confidence(
    signals: Any, correct: Any, *, weight: Any = None, groups: Any = None, folds: int = 10, seed: int = 0
) -> Fitted | NotEnough:
    """Learn the probability of being right from answers given blind.

    `weight`: float, shape (n,), for instance 1 / the odds with which an answer was asked for; `groups`: int, shape (n,),
    rows of one group (one document, one person) are held out together. Rows without any signal are left out of the fit.
    Returns NotEnough for fewer than `NEEDED` rows with signals. Raises ValueError for shapes that do not fit.

    Method: a logistic regression on standardised signals and indicators of missing ones, with a ridge penalty whose
    strength is found by maximising the evidence (MacKay, Neural Computation 4, 1992), so that useless signals shrink to
    the plain share correct; one signal alone while there are fewer than `COMBINE_FROM` answers or `RARE` of the rarer
    outcome (Platt, 1999); from `BEND_FROM` on an isotonic map on held-out scores, shrunk towards the curve. All of it,
    the choice of the signal included, is repeated within each fold.
    """
    table, hit = _table(signals), np.asarray(correct, dtype=np.float64)
    _same_length(table, hit)
    w = np.ones(len(hit)) if weight is None else np.asarray(weight, dtype=np.float64)
    known = ~np.isnan(table).all(axis=1)
    n = int(known.sum())
    if n < NEEDED:
        return NotEnough(n)
    rows, y, mass = table[known], hit[known], w[known] / w[known].mean()
    fold = _folds(y, None if groups is None else np.asarray(groups)[known], folds, seed)
    held = np.full(len(hit), np.nan)
    held[known] = _held_out(rows, y, mass, fold, _fit)
    return Fitted(_fit(rows, y, mass, seed), held)


def _held_out(rows: Floats, y: Floats, mass: Floats, fold: NDArray[np.int64], fit: Any) -> Floats:
    out = np.full(len(y), np.nan)
    for f in np.unique(fold).tolist():
        inside = fold == f
        out[inside] = fit(rows[~inside], y[~inside], mass[~inside], f).predict(rows[inside])
    return out


def _fit(rows: Floats, y: Floats, mass: Floats, seed: int) -> Confidence:
    straight = _fit_straight(rows, y, mass, seed)
    if len(y) < BEND_FROM:
        return straight
    scores = _held_out(rows, y, mass, _folds(y, None, 5, seed), _fit_straight)
    return _bent(straight, scores, y, mass)


def _fit_straight(rows: Floats, y: Floats, mass: Floats, seed: int) -> Confidence:
    """The logistic part alone."""
    columns = tuple(_column(rows[:, j]) for j in range(rows.shape[1]))
    used = tuple(j for j, c in enumerate(columns) if c.scale > 0) or tuple(range(len(columns)))
    if len(y) < COMBINE_FROM or min(y.sum(), len(y) - y.sum()) < RARE:
        used = (_most_telling(rows, y, used),)
    weights = ridge_logistic(_design(rows, columns, used), y, mass)
    return Confidence(columns, used, tuple(weights.tolist()), len(y))


def _most_telling(rows: Floats, y: Floats, used: Sequence[int]) -> int:
    """The signal that is there most often and tells right from wrong best; the first of equals."""
    best, worth = 0, -1.0
    for j in used:
        there = ~np.isnan(rows[:, j])
        area = auroc(rows[there, j], y[there])
        value = float(there.mean()) * abs((0.5 if math.isnan(area) else area) - 0.5)
        if value > worth:
            best, worth = j, value
    return best


def _bent(fit: Confidence, held: Floats, y: Floats, mass: Floats) -> Confidence:
    """Add the isotonic map, each step of it pulled towards the logistic curve as by two answers."""
    known = ~np.isnan(held)
    curve = fit_isotonic(held[known], y[known], mass[known])
    _, step = np.unique(curve.y, return_inverse=True)
    _, place = np.unique(held[known], return_inverse=True)
    answers: Any = np.bincount(step[place], weights=mass[known])
    n = answers[step]
    level = (curve.y * n + 2 * curve.x) / (n + 2)
    x, y_ = _thinned(curve.x, np.maximum.accumulate(level))
    return Confidence(fit.columns, fit.used, fit.weights, fit.n, (x, y_))


def _thinned(x: Floats, y: Floats, most: int = 200) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """At most `most` knots, the first and the last among them."""
    keep = np.unique(np.linspace(0, len(x) - 1, min(most, len(x))).round().astype(np.int64))
    return tuple(x[keep].tolist()), tuple(y[keep].tolist())


def ridge_logistic(design: Floats, target: Floats, mass: Floats, rounds: int = 30) -> Floats:
    """Weights of a logistic regression, shape (p,), whose first column is the unpenalised offset.

    The penalty on the rest is found by the fixed point gamma / |w|^2 of the evidence, with gamma the number of weights
    that the data determine; it is kept within sensible bounds. Half an answer of each kind keeps the offset finite.
    """
    start = (float((mass * target).sum()) + 0.5) / (float(mass.sum()) + 1.0)
    theta = np.zeros(design.shape[1])
    theta[0] = math.log(start / (1 - start))
    strength = 1.0
    for _ in range(rounds):
        theta, curvature = _newton(design, target, mass, strength, theta)
        values: Any = np.linalg.eigvalsh(curvature[1:, 1:]) if len(theta) > 1 else np.zeros(0)
        size = float((theta[1:] ** 2).sum())
        determined = float((values / (values + strength)).sum())
        new = min(max(determined / size if size > 0 else _STRONGEST, _WEAKEST), _STRONGEST)
        if abs(math.log(new / strength)) < 0.01:
            break
        strength = new
    return theta


def _newton(design: Floats, target: Floats, mass: Floats, strength: float, theta: Floats) -> tuple[Floats, Floats]:
    """The penalised optimum from `theta` on, and the curvature of the likelihood with the offset projected out."""
    penalty = np.full(design.shape[1], strength)
    penalty[0] = 1e-3
    curvature = np.zeros((len(theta), len(theta)))

    def loss(at: Floats) -> float:
        z = design @ at
        return float(np.sum(mass * (np.logaddexp(0, z) - target * z)) + (penalty * at * at).sum() / 2)

    for _ in range(50):
        p = sigmoid(design @ theta)
        slope = design.T @ (mass * (p - target)) + penalty * theta
        curvature = (design * (mass * p * (1 - p))[:, None]).T @ design
        step: Any = np.linalg.solve(curvature + np.diag(penalty), slope)
        before = loss(theta)
        while float(np.abs(step).max()) > 1e-7 and loss(theta - step) > before:
            step = step / 2
        theta = theta - step
        if float(np.abs(step).max()) < 1e-7:
            break
    lean = curvature[:, :1] @ curvature[:1, :] / max(float(curvature[0, 0]), 1e-12)
    return theta, curvature - lean


def _column(values: Floats) -> Column:
    """How a signal enters, from the values of the fit; a scale of 0 says that it never varies and is not used."""
    there = values[~np.isnan(values)]
    if not len(there):
        return Column(False, 0.0, 0.0, 0.0, 0.0, False)
    unit = bool(there.min() >= 0 and there.max() <= 1)
    if unit:
        low, high = _EDGE, 1 - _EDGE
    else:
        low, high = (float(q) for q in np.quantile(there, [0.01, 0.99]))
    plain = _scaled(there, unit, low, high)
    missing = len(values) - len(there)
    gaps = min(missing, len(there)) >= RARE
    scale = float(plain.std())
    return Column(unit, low, high, float(plain.mean()), scale if scale > 1e-9 else 0.0, gaps)


def _scaled(values: Floats, unit: bool, low: float, high: float) -> Floats:
    cut = np.clip(values, low, high)
    return np.log(cut / (1 - cut)) if unit else cut


def _design(table: Floats, columns: tuple[Column, ...], used: tuple[int, ...]) -> Floats:
    """Offset, standardised signals (0 where missing), then indicators of missing ones; shape (n, 1 + used + gaps)."""
    parts = [np.ones(len(table))]
    gaps: list[Floats] = []
    for j in used:
        c, values = columns[j], table[:, j]
        missing = np.isnan(values)
        plain = _scaled(np.where(missing, c.low, values), c.unit, c.low, c.high)
        parts.append(np.where(missing | (c.scale == 0), 0.0, (plain - c.centre) / (c.scale or 1.0)))
        if c.gaps:
            gaps.append(missing.astype(np.float64))
    return np.column_stack([*parts, *gaps])


def _folds(y: Floats, groups: Any, folds: int, seed: int) -> NDArray[np.int64]:
    """Folds with about equal shares of right and wrong, or of whole groups; int, shape (n,)."""
    rng = np.random.default_rng(seed)
    if groups is not None:
        names, code = np.unique(groups, return_inverse=True)
        if len(names) < 2:
            raise ValueError("All answers are of one group, so that none can be held out: leave the groups away.")
        return (rng.permutation(len(names)) % min(folds, len(names)))[code]
    order = np.lexsort((rng.random(len(y)), y))
    fold = np.empty(len(y), dtype=np.int64)
    fold[order] = np.arange(len(y)) % min(folds, len(y))
    return fold


def _table(signals: Any) -> Floats:
    table = np.asarray(signals, dtype=np.float64)
    if table.ndim != 2 or not table.shape[1]:
        raise ValueError(f"A table of predictions by signals is needed; its shape is {table.shape}.")
    if np.isinf(table).any():
        raise ValueError("An infinite value among the signals: leave out (NaN) what could not be measured.")
    return table


def _same_length(table: Floats, hit: Floats) -> None:
    if hit.shape != (len(table),):
        raise ValueError(f"{len(table)} rows of signals need as many outcomes; their shape is {hit.shape}.")
    if not np.isin(hit, (0.0, 1.0)).all():
        raise ValueError("Outcomes must be 0 or 1: was the prediction right.")

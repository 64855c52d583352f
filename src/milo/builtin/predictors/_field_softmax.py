"""Choosing one of many: a linear model whose scores become chances over the candidates of a document and "none of them".

Stands alone because candidates compete: a document has one total. The loss is the negative logarithm of the chance of all
candidates that would be right together (several may say the same), plus half `_RIDGE` times the squared distance from the
weights before learning (conditional logit, McFadden 1974, with a ridge). Minimised by L-BFGS; deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

_RIDGE = 0.15
_STEPS = 60
NONE_AT_FIRST = 3.5
"""What "none of them" scores before anything is learned."""
Floats = NDArray[np.float64]


class Table(NamedTuple):
    """The features of `size` candidates: numbers and weights, and which candidate each belongs to."""

    numbers: NDArray[np.int64]
    weights: Floats
    rows: NDArray[np.int64]
    size: int

    def and_more(self, other: Table) -> Table:
        """The same candidates with further features."""
        numbers = np.concatenate((self.numbers, other.numbers))
        weights = np.concatenate((self.weights, other.weights))
        return Table(numbers, weights, np.concatenate((self.rows, other.rows)), self.size)

    def only(self, numbers: NDArray[np.int64]) -> Table:
        """The same candidates with no other features than these."""
        kept = np.isin(self.numbers, numbers)
        return Table(self.numbers[kept], self.weights[kept], self.rows[kept], self.size)


class Weights(NamedTuple):
    """What was learned: feature numbers in order, their weights, and the score of none."""

    numbers: NDArray[np.int64]
    values: Floats
    none: float

    def scores(self, table: Table) -> Floats:
        """The score of each candidate."""
        if not len(self.numbers) or not len(table.numbers):
            return np.zeros(table.size)
        at = np.minimum(np.searchsorted(self.numbers, table.numbers), len(self.numbers) - 1)
        each = np.where(self.numbers[at] == table.numbers, self.values[at], 0.0) * table.weights
        return np.bincount(table.rows, each, table.size).astype(np.float64)

    def chances(self, table: Table) -> tuple[Floats, float]:
        """The chance of each candidate, and of none."""
        return softmax(self.scores(table), self.none)


def softmax(scores: Floats, none: float) -> tuple[Floats, float]:
    """Chances that add up to 1."""
    top = max(float(scores.max(initial=-np.inf)), none)
    grown, rest = np.exp(scores - top), float(np.exp(none - top))
    total = float(grown.sum()) + rest
    return grown / total, rest / total


def table_of(rows: Sequence[Sequence[tuple[int, float]]]) -> Table:
    """Rows of (feature number, weight) as one table."""
    flat = [(n, w, at) for at, row in enumerate(rows) for n, w in row]
    numbers, weights, places = zip(*flat, strict=True) if flat else ((), (), ())
    return Table(np.array(numbers, np.int64), np.array(weights, np.float64), np.array(places, np.int64), len(rows))


def fit(tables: Sequence[Table], right: Sequence[NDArray[np.bool_]], before: dict[int, float]) -> Weights:
    """Weights for documents with these candidates; `right` says of each whether it would be right, no one at all meaning
    "none". `before` are the weights to stay near."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    known = np.array(sorted(before), np.int64)
    numbers = np.unique(np.concatenate([known, *(t.numbers for t in tables)]))
    start = np.array([*(before.get(int(n), 0.0) for n in numbers), NONE_AT_FIRST])
    ends = np.cumsum([t.size for t in tables])
    columns = np.concatenate([np.searchsorted(numbers, t.numbers) for t in tables])
    rows = np.concatenate([t.rows + end - t.size for t, end in zip(tables, ends, strict=True)])
    values = np.concatenate([t.weights for t in tables])
    matrix: Any = csr_matrix((values, (rows, columns)), shape=(int(ends[-1]), len(numbers)))
    turned: Any = matrix.T.tocsr()
    spans = list(zip([0, *ends[:-1]], ends, strict=True))

    def loss(w: Floats) -> tuple[float, Floats]:
        scores = cast("Floats", matrix @ w[:-1])
        slope, none_slope, total = np.zeros(len(scores)), 0.0, 0.0
        for (a, b), good in zip(spans, right, strict=True):
            chance, none = softmax(scores[a:b], float(w[-1]))
            hit = float(chance[good].sum()) if good.any() else none
            total -= float(np.log(max(hit, 1e-300)))
            slope[a:b] = chance
            none_slope += none
            if good.any():
                slope[a:b][good] -= chance[good] / max(hit, 1e-300)
            else:
                none_slope -= 1.0
        away = w - start
        grown = np.append(cast("Floats", turned @ slope), none_slope) + _RIDGE * away
        return total + 0.5 * _RIDGE * float(away @ away), grown

    found: Any = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    w = cast("Floats", found.x)
    kept = w[:-1] != 0.0
    return Weights(numbers[kept], w[:-1][kept], float(w[-1]))


def first_weights(before: dict[int, float]) -> Weights:
    """The weights before anything is learned."""
    numbers = np.array(sorted(before), np.int64)
    return Weights(numbers, np.array([before[int(n)] for n in numbers]), NONE_AT_FIRST)


def calibrated(chances: Floats, hits: Floats) -> tuple[float, float]:
    """Slope and offset by which the log odds of chances become those of having been right; near (1, 0) where there is little
    to learn from (Platt 1999, with a ridge)."""
    from scipy.optimize import minimize

    odds = log_odds(chances)

    def loss(p: Floats) -> float:
        z = p[0] * odds + p[1]
        return float(np.logaddexp(0, z).sum() - (hits * z).sum() + 2.0 * (p[0] - 1) ** 2 + 0.5 * p[1] ** 2)

    found: Any = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.1, 3.0), (-6.0, 6.0)])
    return float(found.x[0]), float(found.x[1])


def log_odds(chances: Floats) -> Floats:
    """Of chances kept a little off 0 and 1."""
    kept = np.clip(chances, 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept))


def sure(chance: float, by: tuple[float, float]) -> float:
    """A chance after calibration."""
    z = by[0] * float(log_odds(np.array([chance]))[0]) + by[1]
    return float(1.0 / (1.0 + np.exp(-z)))

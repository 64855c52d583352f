"""Chance-corrected agreement by other conventions than alpha: Cohen's and Fleiss' kappa, Gwet's AC1 and AC2.

Stands alone: integer-coded answers in, a `Measure` with an analytic interval out. They differ in what they hold for chance:
the two raters' own label shares (Cohen), the shares of all answers together (Fleiss), or the chance that a rater who is
not sure hits by guessing (Gwet), which stays sensible where nearly all items have one label.

`weights` gives partial credit for near misses: "identity" (none), "linear", "quadratic", "ordinal", or a matrix of shape
(labels, labels), symmetric, in 0..1 with ones on the diagonal. Codes are then ranks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from milo.stats.intervals import wilson
from milo.stats.measure import NOTHING_SHARED, ONE_ITEM, ONE_LABEL, Measure, undefined
from milo.stats.ratings import Counts, Floats, columns, dense, table_counts

Weights = str | Any


def weight_matrix(weights: Weights, n_codes: int) -> Floats:
    """The credit for each pair of labels: float64, shape (n_codes, n_codes). Raises ValueError for unknown weights.

    Linear is 1 - |a - b| / (n - 1), quadratic its square in the distance; ordinal counts the pairs of ranks in between.
    """
    if not isinstance(weights, str):
        return _checked(np.asarray(weights, dtype=np.float64), n_codes)
    gap = np.abs(np.subtract.outer(np.arange(n_codes), np.arange(n_codes))).astype(np.float64)
    most = max(n_codes - 1, 1)
    kinds = {
        "identity": (gap == 0).astype(np.float64),
        "linear": 1 - gap / most,
        "quadratic": 1 - (gap / most) ** 2,
        "ordinal": 1 - gap * (gap + 1) / (most * (most + 1)),
    }
    if weights not in kinds:
        raise ValueError(f'There are no weights "{weights}". Give one of {", ".join(kinds)}, or a matrix.')
    return kinds[weights]


def _checked(matrix: Floats, n_codes: int) -> Floats:
    if matrix.shape != (n_codes, n_codes):
        raise ValueError(f"A weight for each pair of the {n_codes} labels is needed; the matrix has shape {matrix.shape}.")
    sound = np.isfinite(matrix).all() and (matrix >= 0).all() and (matrix <= 1).all()
    if not sound or (np.diag(matrix) != 1).any() or not np.allclose(matrix, matrix.T):
        raise ValueError("Weights must be symmetric, in 0..1, and 1 on the diagonal.")
    return matrix


def percent_agreement(a: Any, b: Any, level: float = 0.95) -> Measure:
    """The share of items on which two raters agree, over items that both answered, with a Wilson interval.

    `a`, `b`: codes, shape (items,), negative for no answer. Raises ValueError for different shapes.
    """
    x, y = _both(a, b)
    if not len(x):
        return undefined("No item was answered by both.")
    same = int((x == y).sum())
    return Measure(same / len(x), *wilson(same, len(x), level), len(x), len(x))


def cohen_kappa(a: Any, b: Any, weights: Weights = "identity", n_codes: int | None = None, level: float = 0.95) -> Measure:
    """Agreement of two raters beyond what their own label shares would give by chance: (po - pe) / (1 - pe).

    `a`, `b` as for `percent_agreement`. `n_codes` matters for linear and quadratic weights only if the highest label does
    not occur. Undefined if nothing is shared or both always gave one and the same label. The interval uses the large-sample
    variance of Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969), so that a handful of items gives a rough one.
    Source: Cohen, Educational and Psychological Measurement 20 (1960); Psychological Bulletin 70 (1968).
    """
    x, y = _both(a, b)
    n = len(x)
    if not n:
        return undefined("No item was answered by both.")
    size = max(int(max(x.max(), y.max())) + 1, n_codes or 0)
    credit = weight_matrix(weights, size)
    joint = np.bincount(x * size + y, minlength=size * size).reshape(size, size) / n
    rows, cols = joint.sum(axis=1), joint.sum(axis=0)
    observed, expected = float((joint * credit).sum()), float(rows @ credit @ cols)
    if expected >= 1 - 1e-12:
        return undefined(ONE_LABEL, n, n)
    kappa = (observed - expected) / (1 - expected)
    if n < 2:
        return Measure(kappa, None, None, n, n, ONE_ITEM)
    margin = (credit @ cols)[:, None] + (rows @ credit)[None, :]
    spread = (joint * (credit - margin * (1 - kappa)) ** 2).sum() - (kappa - expected * (1 - kappa)) ** 2
    return _around(kappa, math.sqrt(max(0.0, float(spread)) / n) / (1 - expected), n, n, level, None)


def observed_agreement(ratings: Any, weights: Weights = "identity", level: float = 0.95) -> Measure:
    """The share of pairs of answers that agree, averaged over items with two answers or more; any number of raters.

    `ratings`: a table of items by raters, or `Counts`. The interval is Student's, over items.
    """
    return _chance_corrected(ratings, weights, level, "none")


def fleiss_kappa(ratings: Any, weights: Weights = "identity", level: float = 0.95) -> Measure:
    """Agreement beyond what the shares of all answers together would give; any number of raters, missing answers allowed.

    `ratings`: a table of items by raters, or `Counts`. With as many answers on each item it is the kappa of Fleiss,
    Psychological Bulletin 76 (1971). Interval over items: Gwet, "Handbook of Inter-Rater Reliability" (2014), chapter 5.
    """
    return _chance_corrected(ratings, weights, level, "fleiss")


def gwet_ac(ratings: Any, weights: Weights = "identity", level: float = 0.95) -> Measure:
    """Gwet's AC1 (identity weights) or AC2 (others); any number of raters, missing answers allowed.

    `ratings`: a table of items by raters, or `Counts`; labels that exist but never occur count if `Counts` knows them.
    Undefined with fewer than two labels. Source: Gwet, British Journal of Mathematical and Statistical Psychology 61 (2008);
    "Handbook of Inter-Rater Reliability" (2014), chapters 4 and 5.
    """
    return _chance_corrected(ratings, weights, level, "gwet")


def _chance_corrected(ratings: Any, weights: Weights, level: float, chance: str) -> Measure:
    counts = ratings if isinstance(ratings, Counts) else table_counts(ratings)
    paired = counts.size >= 2
    n_paired = int(paired.sum())
    if not n_paired:
        return undefined(NOTHING_SHARED)
    if chance != "none" and counts.n_codes < 2:
        return undefined(ONE_LABEL, n_paired, counts.n_pairs)
    table = dense(counts)[counts.size > 0]
    credit = weight_matrix(weights, counts.n_codes)
    value, influence = _linearised(table, credit, chance)
    if value is None:
        return undefined(ONE_LABEL, n_paired, counts.n_pairs)
    n = len(influence)
    if n < 2:
        return Measure(value, None, None, n_paired, counts.n_pairs, ONE_ITEM)
    error = float(influence.std(ddof=1)) / math.sqrt(n)
    return _around(value, error, n_paired, counts.n_pairs, level, n - 1, low=0.0 if chance == "none" else -math.inf)


def _linearised(table: Floats, credit: Floats, chance: str) -> tuple[float | None, Floats]:
    """The coefficient, and each item's pull on it (influence), from counts of shape (items, labels), no empty row."""
    n, size = len(table), table.sum(axis=1)
    paired = size >= 2
    pairs = size * (size - 1)
    agreeing = ((table @ credit) * table).sum(axis=1) - size
    scale = n / paired.sum()
    per_item = np.divide(agreeing, pairs, out=np.zeros(n), where=paired)
    observed = float(per_item[paired].mean())
    if chance == "none":
        return observed, scale * (per_item - observed * paired)
    shares = table / size[:, None]
    expected, gradient = _expected(shares.mean(axis=0), credit, chance)
    if expected >= 1 - 1e-12:
        return None, np.zeros(n)
    value = (observed - expected) / (1 - expected)
    own = scale * (per_item - expected * paired) / (1 - expected)
    return value, own - (1 - value) * (shares @ gradient - float(shares.mean(axis=0) @ gradient)) / (1 - expected)


def _expected(share: Floats, credit: Floats, chance: str) -> tuple[float, Floats]:
    """Agreement by chance from the label shares, and its gradient in them."""
    if chance == "fleiss":
        return float(share @ credit @ share), 2 * credit @ share
    factor = float(credit.sum()) / (len(share) * (len(share) - 1))
    return factor * float((share * (1 - share)).sum()), factor * (1 - 2 * share)


def _around(
    value: float, error: float, n_items: int, n_pairs: int, level: float, freedom: int | None, low: float = -math.inf
) -> Measure:
    from scipy.special import ndtri, stdtrit

    reach = error * float(ndtri(0.5 + level / 2) if freedom is None else stdtrit(freedom, 0.5 + level / 2))
    return Measure(value, max(low, value - reach), min(1.0, value + reach), n_items, n_pairs)


def _both(a: Any, b: Any) -> tuple[Any, Any]:
    x, y = columns(a, b)
    keep = (x >= 0) & (y >= 0)
    return x[keep], y[keep]

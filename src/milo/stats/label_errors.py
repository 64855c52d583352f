"""Likely label errors by confident learning: which labels a classifier contradicts with confidence.

Stands alone: labels and probabilities in, suspects and their order out. The probabilities must be **out of sample**: from
models that did not see the item's label (cross-validation), and that did not suggest it, or the errors hide themselves.

The threshold t_j of label j is the mean probability of j over the items labelled j. An item counts for label j if
p_j >= t_j, for the likeliest such j. The table of given against counted labels (the confident joint), scaled so that its rows
are as long as each label is frequent, estimates how many items labelled i are really j. Source: Northcutt, Jiang and
Chuang, "Confident Learning", JAIR 70 (2021).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.ratings import Floats, Ints

Bools = NDArray[np.bool_]
METHODS = ("noise_rate", "class", "both", "confident", "argmax")


class LabelErrors(NamedTuple):
    """What looks wrong, for n items and K labels.

    `suspect`: bool, shape (n,). `suggested`: the label the classifier would give, shape (n,). `self_confidence`: the
    probability of the given label; `margin`: that minus the largest other one, brought to 0..1; the lower, the worse; shape
    (n,). `wrong`: the chance that the label is wrong, shape (n,), whose sum is the estimated number of errors. `joint[i, j]`:
    the estimated number of items labelled i that are j, shape (K, K). `thresholds`: shape (K,), 1 for a label without items.
    """

    suspect: Bools
    suggested: Ints
    self_confidence: Floats
    margin: Floats
    wrong: Floats
    joint: Floats
    thresholds: Floats

    @property
    def expected(self) -> float:
        """The estimated number of wrong labels."""
        return float(self.joint.sum() - np.trace(self.joint))


def label_errors(label: Any, probabilities: Any, method: str = "noise_rate") -> LabelErrors:
    """Find the suspects. `label`: codes, shape (n,); `probabilities`: out of sample, shape (n, K), rows summing to 1.

    `method`: "noise_rate" takes, for each given and true label, as many items as the joint says, by the margin between
    them; "class" takes, for each given label, the least self-confident; "both" those that both take; "confident" all that
    count for another label; "argmax" all that the classifier contradicts. An item whose given label the classifier likes best
    is never suspect, and one item of each label is always kept by the first three. Raises ValueError for what does not fit.
    """
    if method not in METHODS:
        raise ValueError(f'There is no method "{method}". Give one of {", ".join(METHODS)}.')
    given, p = _checked(label, probabilities)
    limits = _thresholds(given, p)
    counted = _counted(p, limits)
    joint = _joint(given, counted, p.shape[1])
    own = p[np.arange(len(p)), given]
    best = p.argmax(axis=1)
    top = p[np.arange(len(p)), best]
    others = p.copy()
    others[np.arange(len(p)), given] = -1.0
    margin = (own - others.max(axis=1) + 1) / 2 if len(p) else own
    found = _SUSPECTS[method](given, p, own, counted, joint) & (own < top - 1e-9)
    errors = float(joint.sum() - np.trace(joint))
    return LabelErrors(found, best, own, margin, _chances(own, errors), joint, limits)


def thresholds(label: Any, probabilities: Any) -> Floats:
    """The mean probability of each label over the items that have it: shape (K,); 1 for a label without items."""
    return _thresholds(*_checked(label, probabilities))


def _thresholds(given: Ints, p: Floats) -> Floats:
    k = p.shape[1]
    own = p[np.arange(len(p)), given]
    n = np.bincount(given, minlength=k)
    total: Any = np.bincount(given, weights=own, minlength=k)
    return np.where(n > 0, np.maximum(total / np.maximum(n, 1), 1e-6), 1.0)


def review_order(errors: LabelErrors, stake: Any = None, effort: Any = None, most: int | None = None) -> Ints:
    """The items by worth of looking at them again, most worth first: chance of being wrong, times stake, by effort.

    `stake`: what an error of this item costs, `effort`: what looking costs (seconds, say); shape (n,), positive, by default
    the same for all. All items are listed, suspects or not, or the first `most`. Ties by margin, then by place.
    """
    n = len(errors.wrong)
    stakes, efforts = (np.ones(n) if a is None else np.asarray(a, dtype=np.float64) for a in (stake, effort))
    if stakes.shape != (n,) or efforts.shape != (n,) or (efforts <= 0).any() or (stakes < 0).any():
        raise ValueError(f"Stake and effort need one positive number for each of the {n} items.")
    order = np.lexsort((np.arange(n), errors.margin, -errors.wrong * stakes / efforts))
    return order[:most]


def _checked(label: Any, probabilities: Any) -> tuple[Ints, Floats]:
    given, p = np.asarray(label, dtype=np.int64), np.asarray(probabilities, dtype=np.float64)
    if p.ndim != 2 or given.shape != p.shape[:1]:
        raise ValueError(f"One row of probabilities for each label is needed; the shapes are {given.shape} and {p.shape}.")
    if len(given) and (given.min() < 0 or given.max() >= p.shape[1]):
        raise ValueError(f"Labels must lie in 0..{p.shape[1] - 1}; they go from {given.min()} to {given.max()}.")
    if not np.isfinite(p).all() or (p < 0).any() or (np.abs(p.sum(axis=1) - 1) > 1e-3).any():
        raise ValueError("Each row of probabilities must be at least 0 and sum to 1.")
    return given, p


def _counted(p: Floats, limits: Floats) -> Ints:
    """The label that each item counts for, or -1."""
    sure = np.where(p >= limits - 1e-6, p, -1.0)
    best = sure.argmax(axis=1)
    return np.where(sure[np.arange(len(p)), best] >= 0, best, -1)


def _joint(given: Ints, counted: Ints, k: int) -> Floats:
    seen = counted >= 0
    table = np.bincount(given[seen] * k + counted[seen], minlength=k * k).reshape(k, k).astype(np.float64)
    np.fill_diagonal(table, np.maximum(np.diag(table), 1))
    have = np.bincount(given, minlength=k)
    return table / table.sum(axis=1, keepdims=True) * have[:, None]


def _whole(joint: Floats) -> Ints:
    """The joint in whole items: rows keep their sums (largest remainders), each label keeps an item."""
    low = np.floor(joint + 1e-9).astype(np.int64)
    missing = np.rint(joint.sum(axis=1)).astype(np.int64) - low.sum(axis=1)
    rank = np.argsort(np.argsort(low - joint, axis=1, kind="stable"), axis=1)
    out = low + (rank < missing[:, None])
    short = (np.diag(out) == 0) & (out.sum(axis=1) > 0)
    for i in np.flatnonzero(short).tolist():
        out[i, out[i].argmax()] -= 1
        out[i, i] = 1
    return out


def _by_noise_rate(given: Ints, p: Floats, own: Floats, counted: Ints, joint: Floats) -> Bools:
    found = np.zeros(len(given), dtype=bool)
    whole = _whole(joint)
    for i, rows in _by_label(given, len(joint)):
        for j in np.flatnonzero(whole[i]).tolist():
            if j != i:
                found[rows[_largest(p[rows, j] - own[rows], int(whole[i, j]))]] = True
    return found


def _by_class(given: Ints, p: Floats, own: Floats, counted: Ints, joint: Floats) -> Bools:
    found = np.zeros(len(given), dtype=bool)
    whole = _whole(joint)
    for i, rows in _by_label(given, len(joint)):
        found[rows[_largest(-own[rows], len(rows) - int(whole[i, i]))]] = True
    return found


def _by_label(given: Ints, k: int) -> list[tuple[int, Ints]]:
    order = np.argsort(given, kind="stable")
    ends = np.searchsorted(given[order], np.arange(k + 1))
    return [(i, order[ends[i] : ends[i + 1]]) for i in range(k)]


def _largest(values: Floats, n: int) -> Ints:
    """The places of the n largest values."""
    if n >= len(values):
        return np.arange(len(values))
    return np.argpartition(-values, n)[:n] if n > 0 else np.empty(0, dtype=np.int64)


def _both(given: Ints, p: Floats, own: Floats, counted: Ints, joint: Floats) -> Bools:
    return _by_noise_rate(given, p, own, counted, joint) & _by_class(given, p, own, counted, joint)


def _confident(given: Ints, p: Floats, own: Floats, counted: Ints, joint: Floats) -> Bools:
    return (counted >= 0) & (counted != given)


def _argmax(given: Ints, p: Floats, own: Floats, counted: Ints, joint: Floats) -> Bools:
    return p.argmax(axis=1) != given


_SUSPECTS = {"noise_rate": _by_noise_rate, "class": _by_class, "both": _both, "confident": _confident, "argmax": _argmax}


def _chances(own: Floats, errors: float) -> Floats:
    """1 - self-confidence, with its log odds moved so that the chances sum to the estimated number of errors."""
    if not len(own):
        return own
    p = np.clip(1 - own, 1e-9, 1 - 1e-9)
    odds = np.log(p / (1 - p))
    low, high, shift = -40.0, 40.0, 0.0
    for _ in range(60):
        chance = _sigmoid(odds + shift)
        excess = float(chance.sum()) - errors
        if abs(excess) <= 1e-6 * errors + 1e-9:
            break
        low, high = (low, shift) if excess > 0 else (shift, high)
        slope = float((chance * (1 - chance)).sum())
        shift = shift - excess / slope if slope > 0 and low < shift - excess / slope < high else (low + high) / 2
    return _sigmoid(odds + shift)


def _sigmoid(z: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(z / 2))

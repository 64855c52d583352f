"""Rules that choose which suggestions to accept for a target fixed beforehand. Stands alone: arrays in, choices out.

For one target, and unless they say otherwise for one look at a number of audits fixed beforehand, they accept more than the
bounds of `guarantees`, which hold for every target, threshold and look. `scores`, `losses`: float, shape (n,), of audited
items, which are a random sample; `population`: float, shape (N,), the scores of the items to choose from. The choices are
bool, shape (N,): which are accepted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from milo.stats.guarantees import exact_upper, grid, promises, upper_bound

Floats = NDArray[np.float64]
Choice = NDArray[np.bool_]


def conformal_p(scores: Any, wrong: Any, population: Any) -> Floats:
    """How surprising each score would be for a wrong suggestion: (1 + wrong audited with at least this score) / (n + 1).

    `wrong`: bool, shape (n,). Shape (N,). Source: Jin and Candes, JMLR 24 (2023), with the clipped score.
    """
    s, bad = np.asarray(scores, dtype=np.float64), np.asarray(wrong, dtype=bool)
    if s.ndim != 1 or s.shape != bad.shape:
        raise ValueError(f"Two arrays of one length are needed; their shapes are {s.shape} and {bad.shape}.")
    errors = np.sort(s[bad])
    above = len(errors) - np.searchsorted(errors, np.asarray(population, dtype=np.float64), side="left")
    p: Any = (1.0 + above) / (len(s) + 1.0)
    return p


def benjamini_hochberg(p: Any, rate: float) -> Choice:
    """Which hypotheses to reject so that the expected share of false rejections is at most `rate`; shape (n,).

    Source: Benjamini and Hochberg, JRSS B 57 (1995).
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.sort(values)
    passing = np.flatnonzero(order <= rate * np.arange(1, len(order) + 1) / max(1, len(order)))
    return values <= (order[passing[-1]] if len(passing) else -1.0)


def select(scores: Any, losses: Any, population: Any, rate: float, tolerance: float = 0.0) -> Choice:
    """Accept so that the expected share of wrong ones among the accepted is at most `rate` (false discovery rate).

    Wrong is a loss above `tolerance`. `population` must not hold the audited items. The promise is an average over
    projects, not for each; a single project can be above it. Source: Huang et al., "Conformal Labeling" (2025).
    """
    wrong = np.asarray(losses, dtype=np.float64) > tolerance
    return benjamini_hochberg(conformal_p(scores, wrong, population), rate)


def select_any_look(scores: Any, losses: Any, population: Any, rate: float, thresholds: Any = None) -> Choice:
    """The same promise at every look: accept where the mean loss is at most 0.8 of `rate` with probability 1 - 0.2 `rate`.

    Then the expected share of wrong ones is at most 0.8 rate + 0.2 rate, whenever one looks and stops. Losses in 0..1.
    """
    every = np.asarray(population, dtype=np.float64)
    rungs = grid(every) if thresholds is None else thresholds
    rows = promises(rungs, scores, losses, every, alpha=0.2 * rate)
    fitting = [r.threshold for r in rows if r.among <= 0.8 * rate]
    return every >= min(fitting) if fitting else np.zeros(len(every), dtype=bool)


def pac(
    scores: Any, losses: Any, population: Any, target: float, alpha: float = 0.05, any_look: bool = False
) -> Choice:  # fmt: skip
    """Accept as many as possible while the loss of the accepted, over all items, is at most `target` (PAC labels).

    Holds with probability at least 1 - alpha for this one target. The total loss grows as the threshold falls, hence the
    last threshold before the bound first exceeds the target needs no correction for having looked at all of them.
    Clopper-Pearson for losses of 0 or 1, betting otherwise and for `any_look`, where it holds at every look.
    Source: Candes, Ilyas, Zrnic (2025).
    """
    s, x = np.asarray(scores, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    every, n = np.asarray(population, dtype=np.float64), len(s)
    binary = not any_look and bool(np.isin(x, (0, 1)).all())

    def bound(threshold: float) -> float:
        kept = x * (s >= threshold)
        return exact_upper(int(kept.sum()), n, alpha) if binary else upper_bound(kept, alpha)

    # the bound is a step function that rises at the scores of audited items with a loss
    steps = np.unique(s[x > 0])[::-1]
    if not n or bound(np.inf) > target:
        return np.zeros(len(every), dtype=bool)
    low, high = 0, len(steps)  # how many steps may be taken
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if bound(float(steps[middle - 1])) <= target else (low, middle - 1)
    return every > steps[low] if low < len(steps) else np.ones(len(every), dtype=bool)


def learn_then_test(scores: Any, losses: Any, population: Any, target: float, alpha: float = 0.05) -> Choice:
    """Accept as many as possible while the mean loss among the accepted is at most `target`, with probability 1 - alpha.

    Ten thresholds share alpha. Clopper-Pearson for losses of 0 or 1, betting otherwise.
    Source: Angelopoulos et al., "Learn then test" (2021), with Bonferroni's correction.
    """
    every, x = np.asarray(population, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    binary = bool(np.isin(x, (0, 1)).all())
    rows = promises(grid(every), scores, losses, every, alpha=alpha, one_look=binary)
    fitting = [r.threshold for r in rows if r.among <= target]
    return every >= min(fitting) if fitting else np.zeros(len(every), dtype=bool)

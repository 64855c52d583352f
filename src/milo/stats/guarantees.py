"""How many suggestions may be accepted unseen, and what is promised then. Stands alone: arrays in, bounds out.

A model's suggestions carry a score; those at or above a threshold are accepted. People answered some items blind; the loss of
each suggestion against the blind answer is in 0..1 (0 right, 1 wrong, between for partly right). Two promises are read from
one family of bounds, each holding with probability at least 1 - `alpha`:

- *total*: the loss summed over all accepted items, divided by all items, is at most `total`, the rest having been labelled
  by people (the promise of PAC labels: Candes, Ilyas, Zrnic 2025);
- *among*: the mean loss among the accepted items is at most `among` (that of learn-then-test: Angelopoulos et al. 2021).

Both hold for all thresholds at once, so that one may look at the errors before choosing, and at every look, so that one may
look after each answer. For every threshold of a grid fixed beforehand an e-process tests each possible error rate: a product
of bets against it, mixed over the sizes of the bets, which under that rate reaches 1 / alpha with probability at most alpha
at any time (Ville 1939; Waudby-Smith and Ramdas, JRSS B 86, 2024). Thresholds share alpha equally. Between two thresholds of
the grid, the wrong ones accepted at the looser one bound those at the stricter one. No score is taken at face value: scores
of models that err together change how many are accepted, never what is promised. What is assumed is that the audited items
are a random sample, with known odds, of those the promise is about; `drift` watches that.

Everywhere: `scores` float, shape (n,), of the audited items, `losses` float in 0..1, shape (n,); `population` float, shape
(N,), the scores of all items of the promise, audited ones included; `unseen` float, shape (M,), the scores of those of them
that would be accepted, which may be chosen in any way (None: all of the population); `odds` the probability with which each
audited item was drawn (None: all the same).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ALPHA = 0.05
LEVELS = 10
_BETS: Floats = 1 / (1 + np.exp(-np.linspace(-3.5, 4.5, 10)))
"""Sizes of the bets, as shares of the largest possible one."""
_FAR = 10_000_000


class Promise(NamedTuple):
    """What holds when everything at or above `threshold` is accepted.

    `accepted` of `of` items are; of the `above` items of the population at or above the threshold `audits` were audited,
    with mean loss `observed` (weighted by odds; NaN for none). With probability at least 1 - `alpha`, for all thresholds
    and looks together: the losses of the accepted sum up to at most `errors`, their mean is at most `among`, and their sum
    divided by all items at most `total`. `part`: the share of alpha that each threshold of the grid has.
    """

    threshold: float
    accepted: int
    of: int
    above: int
    audits: int
    observed: float
    errors: float
    among: float
    total: float
    alpha: float
    part: float


class Permission(NamedTuple):
    """Whether anything may be accepted. `promise` is None where everything goes to people; `more`: about how many
    further blind answers would allow the threshold asked for, None if no number would; `why`: in words."""

    promise: Promise | None
    more: int | None
    why: str


def grid(population: Any, levels: int = LEVELS) -> Floats:
    """Thresholds that accept about 1/levels, 2/levels, ... of the items, strictest first; shape (<= levels,).

    Fix them once for each version of a model, before its audits are looked at, and keep them.
    Raises ValueError for no items.
    """
    scores = np.sort(_numbers(population, "population"))
    if not len(scores):
        raise ValueError("No items to set thresholds on: give the scores of all items.")
    places = len(scores) - np.ceil(np.arange(1, levels + 1) * len(scores) / levels).astype(np.int64)
    return np.unique(scores[np.maximum(places, 0)])[::-1]


def promises(
    thresholds: Any, scores: Any, losses: Any, population: Any, *, unseen: Any = None, at: Any = None, alpha: float = ALPHA,
    odds: Any = None, least_odds: float | None = None, one_look: bool = False,
) -> list[Promise]:  # fmt: skip
    """What may be promised at the grid `thresholds`, or at any thresholds `at`; strictest first for the grid.

    With `unseen` the losses found in audits are taken off, since audited items keep people's answers. `least_odds`: the
    smallest odds that the sampling could have had (the smallest seen, if not given). `one_look`: the exact Clopper-Pearson
    bound instead, for losses of 0 or 1 and equal odds: sharper, still for all thresholds at once, but only for a single
    look at a number of audits fixed beforehand. Raises ValueError for input that does not fit.
    """
    s, x, v = _audits(scores, losses, odds, least_odds)
    every = np.sort(_numbers(population, "population"))
    open_ = every if unseen is None else np.sort(_numbers(unseen, "unseen"))
    rungs = np.sort(_numbers(thresholds, "thresholds"))[::-1]
    if one_look and not (np.isin(x, (0, 1)).all() and (v == 1).all()):
        raise ValueError("The exact bound needs losses of 0 or 1 and equal odds: use the bound for every look.")
    part = alpha / max(1, len(rungs))
    errors: Any = np.array([_rung(s, x, v, t, part, one_look) for t in rungs.tolist()]) * _counts(every, rungs)
    if unseen is not None:
        errors = np.maximum(0.0, errors - np.array([x[s >= t].sum() for t in rungs.tolist()]))
    places = rungs if at is None else _numbers(at, "at")
    return _promises(_Table(rungs, errors, s, x, v, every, open_, alpha, part), places)


class _Table(NamedTuple):
    rungs: Floats
    errors: Floats
    s: Floats
    x: Floats
    v: Floats
    every: Floats
    open: Floats
    alpha: float
    part: float


def _rung(s: Floats, x: Floats, v: Floats, threshold: float, alpha: float, one_look: bool) -> float:
    inside = s >= threshold
    if one_look:
        return exact_upper(int(x[inside].sum()), int(inside.sum()), alpha)
    return upper_bound(x[inside], alpha, v[inside])


def _promises(table: _Table, at: Floats) -> list[Promise]:
    """The errors above a threshold are at most those above any looser threshold of the grid."""
    accepted, above = _counts(table.open, at), _counts(table.every, at)
    least = np.append(np.minimum.accumulate(table.errors[::-1]), np.inf)  # of the grid, the loosest first
    looser = np.searchsorted(table.rungs[::-1], at, side="right")
    errors = np.minimum(accepted, np.where(looser > 0, least[looser - 1], np.inf))
    inside = table.s[None, :] >= at[:, None]
    n, weight = inside.sum(axis=1), inside @ table.v
    observed = np.divide(inside @ (table.v * table.x), weight, out=np.full(len(at), math.nan), where=n > 0)
    of = max(1, len(table.every))
    rows = (at, accepted, above, n, observed, errors)
    return [
        Promise(t, k, of, over, audits, seen, most, most / k if k else 0.0, most / of, table.alpha, table.part)
        for t, k, over, audits, seen, most in zip(*(row.tolist() for row in rows), strict=True)
    ]


def upper_bound(losses: Any, alpha: float, weights: Any = None) -> float:
    """An upper bound for the mean of losses in 0..1 that holds at every look with probability at least 1 - alpha.

    `weights` in (0, 1]: least odds / odds of each, shape (n,); the bound is then for the mean over all items. 1 for none.
    The order of the losses does not matter.
    """
    x = np.asarray(losses, dtype=np.float64)
    v = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(x):
        return 1.0
    pairs, counts = np.unique(x + 1j * v, return_counts=True)  # equal ones once, which makes it fast
    return _bound(pairs.tobytes(), counts.astype(np.float64).tobytes(), alpha)


@lru_cache(4_096)  # one look asks for the same bound several times
def _bound(pairs: bytes, counts: bytes, alpha: float) -> float:
    """The largest mean that the bets have not refuted; the evidence against a mean grows with it. `pairs`: loss and weight
    as real and imaginary part."""
    from scipy.optimize import brentq

    both, n = np.frombuffer(pairs, np.complex128), np.frombuffer(counts, np.float64)
    x, v, enough = both.real, both.imag, -math.log(alpha)
    low, high = float((n * v) @ x / (n @ v)), 1 - 1e-9
    if low >= high or _evidence(x, v, n, high) < enough:
        return 1.0

    def missing(mean: float) -> float:
        return _evidence(x, v, n, mean) - enough

    found: Any = brentq(missing, low, high, xtol=1e-14)
    return min(1.0, float(found) + 1e-13)


def _evidence(x: Floats, v: Floats, counts: Floats, mean: float) -> float:
    """Log of what the mixed bets against `mean` have won."""
    return _mixed(counts @ np.log1p(-np.outer(v * (x - mean) / (1 - mean), _BETS)))


def _mixed(won: Floats) -> float:
    top = float(won.max())
    return top + math.log(float(np.exp(won - top).sum()) / len(won))


def exact_upper(errors: int, n: int, alpha: float) -> float:
    """The one-sided Clopper-Pearson bound: the error rate at which so few errors have probability alpha. 1 for n = 0."""
    if not 0 <= errors <= n:
        raise ValueError(f"{errors} of {n} is no share: give 0 <= errors <= n.")
    from scipy.special import betaincinv

    return 1.0 if errors == n else float(betaincinv(errors + 1, n - errors, 1 - alpha))


def permit(rows: Sequence[Promise], target: float, kind: str = "total") -> Permission:
    """The threshold that accepts most while its promise of this `kind` ("total" or "among") stays within `target`.

    `rows`: of `promises`, at any thresholds. Where none does, `more` is the least number of further blind answers (of all
    items, not only of those above a threshold) that would allow one of them, by `answers_needed`.
    """
    _kind(kind, target)
    fitting = [r for r in rows if r.accepted and getattr(r, kind) <= target]
    if fitting:
        best = max(fitting, key=lambda r: r.accepted)
        return Permission(best, 0, f"{best.accepted} of {best.of} may be accepted")
    known = [n for r in rows if r.accepted and (n := answers_needed(r, target, kind)) is not None]
    if not known:
        return Permission(None, None, "send everything to people: errors are too frequent for this promise")
    return Permission(None, min(known), f"send everything to people: about {min(known)} more blind answers could change that")


def answers_needed(row: Promise, target: float, kind: str = "total") -> int | None:
    """About how many further blind answers would bring the promise of this row down to `target`; 0 if it is there.

    Assumes that errors stay as frequent as observed so far and that audits keep falling above the threshold in proportion.
    None where errors are too frequent, or where it would take more answers than there are items.
    """
    _kind(kind, target)
    if not row.accepted or getattr(row, kind) <= target:
        return 0
    wanted = target * (row.accepted if kind == "among" else row.of) / row.above
    seen = row.observed if row.audits else 0.0
    if wanted >= 1 or seen >= wanted:
        return None if seen >= wanted else 1
    total = _audits_for(seen, wanted, row.part)
    more = None if total is None else max(1, math.ceil((total - row.audits) * row.of / row.above))
    return more if more is not None and more <= row.of else None


def _audits_for(rate: float, wanted: float, alpha: float) -> int | None:
    """How many audits with this error rate bring the bound to `wanted`."""
    shares = np.array([1 - rate, rate])
    each = shares @ np.log1p(-np.outer((np.array([0.0, 1.0]) - wanted) / (1 - wanted), _BETS))

    def enough(n: int) -> bool:
        return _mixed(n * each) >= -math.log(alpha)

    high = 1
    while not enough(high):
        high *= 2
        if high > _FAR:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def split(alpha: float, shares: Any) -> Floats:
    """Alpha shared out, in proportion to `shares`: among labels or slices that each get promises of their own.

    Promises made with these alphas hold all together with probability at least 1 - alpha.
    """
    w = np.asarray(shares, dtype=np.float64)
    if w.ndim != 1 or not len(w) or (w < 0).any() or w.sum() <= 0:
        raise ValueError("Shares must be numbers of 0 or more, not all of them 0.")
    return alpha * w / w.sum()


def spend(alpha: float, version: int) -> float:
    """The part of alpha for the `version`-th model or prompt (from 1): alpha / (v (v + 1)), which sums to alpha.

    Promises made for all versions, each with its part, hold all together, however many there will be.
    """
    if version < 1:
        raise ValueError(f"Versions are counted from 1; this one is {version}.")
    return alpha / (version * (version + 1))


def together(chosen: Sequence[Promise]) -> tuple[int, int, float, float]:
    """Promises for labels or slices taken together: (accepted, of, among, total). The bounds on errors add up."""
    accepted, of = sum(p.accepted for p in chosen), sum(p.of for p in chosen)
    errors = sum(p.errors for p in chosen)
    return accepted, of, errors / accepted if accepted else 0.0, errors / of if of else 0.0


def _counts(ascending: Floats, thresholds: Floats) -> NDArray[np.int64]:
    return len(ascending) - np.searchsorted(ascending, thresholds, side="left")


def _kind(kind: str, target: float) -> None:
    if kind not in ("total", "among"):
        raise ValueError(f'The promise is "{kind}"; it must be "total" or "among".')
    if not 0 < target < 1:
        raise ValueError(f"The bound asked for is {target}; it must lie between 0 and 1, for example 0.05.")


def _numbers(values: Any, name: str) -> Floats:
    out = np.asarray(values, dtype=np.float64)
    if out.ndim != 1 or np.isnan(out).any():
        raise ValueError(f"{name} must be one row of numbers without NaN; its shape is {out.shape}.")
    return out


def _audits(scores: Any, losses: Any, odds: Any, least: float | None) -> tuple[Floats, Floats, Floats]:
    s, x = _numbers(scores, "scores"), _numbers(losses, "losses")
    if s.shape != x.shape:
        raise ValueError(f"{len(s)} scores need as many losses; there are {len(x)}.")
    if len(x) and (x.min() < 0 or x.max() > 1):
        raise ValueError(f"Losses must lie in 0..1; they reach from {x.min()} to {x.max()}.")
    if odds is None:
        return s, x, np.ones(len(s))
    pi = _numbers(odds, "odds")
    if pi.shape != s.shape or not ((pi > 0) & (pi <= 1)).all():
        raise ValueError(f"One probability in (0, 1] for each of {len(s)} audits is needed: the odds of being drawn.")
    bottom = float(pi.min(initial=1.0)) if least is None else least
    if not 0 < bottom <= pi.min(initial=1.0):
        raise ValueError(f"The least odds are given as {bottom}, but an item was drawn with {pi.min(initial=1.0)}.")
    return s, x, bottom / pi

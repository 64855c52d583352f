"""Has something changed since a promise was made? Stands alone: streams of numbers in, evidence and a verdict out.

Two watches. `error_drift` follows the losses of audited items among the accepted and lapses when they exceed what was
promised. `input_drift` follows any number per new item (its score, its length, the code of its predicted label) and lapses
when new items no longer look like those that were audited. Both are change-point detectors that need not know when the
change came: at each step a new bettor starts who bets that it came just now, and the summed winnings are the evidence
(Shiryaev-Roberts e-detector: Shin, Ramdas, Rinaldo, NEJSDS 2, 2024). While nothing has changed, the mean number of steps before
a false alarm is at least `patience`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PATIENCE = 1000.0
_SIZES: Floats = 1 / (1 + np.exp(-np.linspace(-4, 1, 6)))
"""Bets on worse errors, as shares of the largest possible one."""
_KAPPA = (0.3, 0.7)
_DEPTH = 3


class Watch(NamedTuple):
    """`evidence`: log, shape (n,), after each step; `lapsed`: the place of the step at which it passed the limit, or
    None. After that the promise no longer holds for what is new."""

    evidence: Floats
    lapsed: int | None


def error_drift(losses: Any, promised: float, patience: float = PATIENCE) -> Watch:
    """Watch the losses (0..1, shape (n,), in order) of audited accepted items against a `promised` mean in (0, 1)."""
    x = np.asarray(losses, dtype=np.float64)
    _check(x, promised)
    return _watched(_error_factors(x, promised), patience)


def _error_factors(x: Floats, promised: float) -> Floats:
    """Log of what each bettor wins at each step; shape (..., n, bettors)."""
    return np.log1p(_SIZES * ((x - promised) / promised)[..., None])


def _watched(factors: Floats, patience: float) -> Watch:
    evidence = _detector(factors)
    over = np.flatnonzero(evidence >= math.log(patience))
    return Watch(evidence, int(over[0]) if len(over) else None)


def _detector(factors: Floats) -> Floats:
    """The evidence after each step: M becomes (1 + M) * factor for every bettor; their mean, in logs. Shape (..., n).

    M after n steps is F(n) (1 + 1 / F(1) + .. + 1 / F(n - 1)), F being the product of the factors so far.
    """
    if not factors.shape[-2]:
        return np.empty(factors.shape[:-1])
    product = np.cumsum(factors, axis=-2)
    inverse = np.concatenate([np.zeros_like(product[..., :1, :]), -product[..., :-1, :]], axis=-2)
    state = product + np.logaddexp.accumulate(inverse, axis=-2)
    top = state.max(axis=-1)
    return top + np.log(np.exp(state - top[..., None]).mean(axis=-1))


@lru_cache(maxsize=256)
def audits_to_lapse(promised: float, actual: float, share: float = 0.95, patience: float = PATIENCE) -> int | None:
    """Within how many audits of accepted items a permission lapses, in `share` of cases, once errors rise to `actual`.

    For losses of 0 or 1, found by 4,000 seeded simulations that start without evidence, which is the worst case. None if
    `actual` is not above `promised`, or if 20,000 audits do not suffice.
    """
    _check(np.array([actual]), promised)
    if actual <= promised:
        return None
    rng, runs = np.random.default_rng(20_26), 4000
    win, lose = (_error_factors(np.array([x]), promised)[0] for x in (1.0, 0.0))
    state, open_ = np.full((runs, len(_SIZES)), -np.inf), np.ones(runs, dtype=bool)
    for step in range(1, 20_001):
        hit = rng.random(len(state)) < actual
        state = np.logaddexp(0.0, state) + np.where(hit[:, None], win, lose)
        still = np.exp(np.minimum(state, 500.0)).mean(axis=1) < patience
        state, open_ = state[still], open_[: int(still.sum())]
        if len(open_) <= (1 - share) * runs:
            return step
    return None


def input_drift(reference: Any, new: Any, patience: float = PATIENCE, seed: int = 0) -> Watch:
    """Watch numbers of new items (float, shape (m,), in order) against those of the items that were audited (n,).

    Each new number is ranked among all before it, equal ones at random; if nothing changed these ranks are uniform and
    independent, whatever the numbers mean (Vovk, Gammerman, Shafer 2005). The bets are on more or fewer ranks in each half of
    each half of the range, so that shifts, spreads and changed shares of labels are all found. Codes of labels work too.
    """
    base, stream = (np.asarray(v, dtype=np.float64) for v in (reference, new))
    if base.ndim != 1 or stream.ndim != 1 or np.isnan(base).any() or np.isnan(stream).any():
        raise ValueError("Numbers without NaN are needed, one for each item.")
    return _watched(_rank_factors(_ranks(base, stream, seed)), patience)


def _ranks(base: Floats, stream: Floats, seed: int) -> Floats:
    """Conformal p-values, shape (m,)."""
    rng, seen = np.random.default_rng(seed), sorted(base.tolist())
    out = np.empty(len(stream))
    for i, (value, u) in enumerate(zip(stream.tolist(), rng.random(len(stream)).tolist(), strict=True)):
        low, high = bisect_left(seen, value), bisect_right(seen, value)
        out[i] = (low + u * (high - low + 1)) / (len(seen) + 1)
        insort(seen, value)
    return out


def _rank_factors(p: Floats) -> Floats:
    """Log winnings of bets on Haar functions of the ranks, shape (m, bettors)."""
    parts: list[Floats] = []
    for depth in range(_DEPTH):
        cells = 2**depth
        inside, place = np.minimum((p * cells).astype(np.int64), cells - 1), (p * cells) % 1.0
        for cell in range(cells):
            wave = np.where(inside == cell, np.where(place < 0.5, 1.0, -1.0), 0.0)
            parts.extend(np.log1p(sign * kappa * wave) for kappa in _KAPPA for sign in (1.0, -1.0))
    return np.column_stack(parts) if len(p) else np.zeros((0, 1))


def _check(x: Floats, promised: float) -> None:
    if not 0 < promised < 1:
        raise ValueError(f"The promised mean loss is {promised}; it must lie between 0 and 1.")
    if x.ndim != 1 or np.isnan(x).any() or (len(x) and (x.min() < 0 or x.max() > 1)):
        raise ValueError("Losses must be one row of numbers in 0..1.")

"""Items that the model is least sure of come first, yet every pick has known odds.

A deterministic "least confident first" leaves picks that no estimate can use. Here one sample of fixed size is drawn in
which item i is included with probability

    odds_i = explore * k / n  +  (1 - explore) * k * w_i / sum(w),        w_i = 2 ** (-rank_i / half),

where rank 0 is the least confident item and `half` is the number of picks meant for learning: each step of `half` places
down the list halves the chance. Where that exceeds 1 it is cut to 1 and the rest is spread over the others in proportion.
Items with equal confidence share the mean weight of their ranks; items without a suggestion rank behind all that have one,
so that the explore share reaches them (and while nothing has a suggestion yet, the draw is uniform).

The sample is drawn by systematic sampling over a random order (Madow 1949; Goodman and Kish 1950): its size is fixed and
the inclusion probabilities are exactly the odds. A picked item counts as picked for estimation with probability
(explore * k / n) / odds_i, so that the items marked "estimate" are each included with the same probability,
explore * k / n.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from milo.kinds.sampler import Candidates, Picks

Floats = NDArray[np.float64]
_REACH = 45
"""Beyond this many halvings (3e-14) a learning weight counts as nothing, so that only the head needs sorting."""


class Uncertainty:
    """Least confident first, by chance, mixed with a uniform share."""

    name = "uncertainty"
    title = "Least certain first"

    def draw(self, candidates: Candidates, k: int, explore: float, rng: np.random.Generator) -> Picks:
        """`k` picks (all, if there are fewer): those for learning from the least confident up, the others in between.

        `explore` is cut to 0..1. Odds lie in (0, 1].
        """
        n = len(candidates.ids)
        k = max(0, min(k, n))
        if k == 0:
            return Picks(ids=candidates.ids[:0], odds=np.empty(0), purposes=[])
        share = min(1.0, max(0.0, explore))
        floor = share * k / n
        odds = inclusion(floor, (1 - share) * k, learning_weights(candidates.scores, (1 - share) * k), k)
        places = systematic(odds, rng)
        explored = rng.random(len(places)) * odds[places] < floor
        order = _mixed_order(candidates.scores[places], explored, rng)
        places, explored = places[order], explored[order]
        purposes = ["estimate" if e else "learn" for e in explored.tolist()]
        return Picks(ids=candidates.ids[places], odds=odds[places], purposes=purposes)


def learning_weights(scores: Floats, half: float) -> Floats:
    """2 ** (-rank / half) by rising score, equal scores sharing their mean; shape (n,). NaN scores rank last."""
    n = len(scores)
    keys = np.where(np.isnan(scores), np.inf, scores)
    half = max(half, 1.0)
    reach = int(half * _REACH)
    head = np.arange(n)
    if reach < n - 1:
        head = np.flatnonzero(keys <= np.partition(keys, reach)[reach])
    head = head[np.argsort(keys[head], kind="stable")]
    sorted_keys = keys[head]
    starts = np.flatnonzero(np.concatenate([[True], sorted_keys[1:] != sorted_keys[:-1]]))
    sizes = np.diff(np.append(starts, len(head)))
    raw = np.exp2(-np.arange(len(head)) / half)
    weights = np.zeros(n)
    weights[head] = np.repeat(np.add.reduceat(raw, starts) / sizes, sizes)
    return weights


def inclusion(floor: float, learn: float, weights: Floats, k: int) -> Floats:
    """Inclusion probabilities floor + learn * weights / sum, cut at 1, the excess spread in proportion; their sum is k."""
    odds = floor + learn * weights / weights.sum()
    while True:
        full = odds >= 1.0
        odds[full] = 1.0
        missing = k - float(odds.sum())
        rest = float(odds[~full].sum())
        if missing <= 1e-9 or rest <= 0:
            break
        odds[~full] *= (rest + missing) / rest
    if missing > 1e-9:  # only items of no weight are left: they share what is missing
        odds[~full] = missing / max(1, int((~full).sum()))
    return odds


def systematic(odds: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of a sample of size round(sum(odds)), each place included with its own probability (at most 1)."""
    order = rng.permutation(len(odds))
    ends = np.cumsum(odds[order])
    size = round(float(ends[-1]))
    points = (rng.random() + np.arange(size)) * (ends[-1] / size)
    hits = np.minimum(np.searchsorted(ends, points, side="right"), len(odds) - 1)
    return order[np.unique(hits)]


def _mixed_order(scores: Floats, explored: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.int64]:
    """Learning picks by rising score, exploring ones at random places among them."""
    learn = np.flatnonzero(~explored)
    learn = learn[np.argsort(scores[learn], kind="stable")]
    slots = np.sort(rng.permutation(len(scores))[: len(learn)])
    order = np.full(len(scores), -1, dtype=np.int64)
    order[slots] = learn
    order[order < 0] = rng.permutation(np.flatnonzero(explored))
    return order


PLUGIN = Uncertainty()

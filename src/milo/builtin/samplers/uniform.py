"""Items drawn at random, each with the same chance: what estimates and audits may be built on."""

from __future__ import annotations

import numpy as np

from milo.kinds.sampler import Candidates, Picks


class Uniform:
    """A simple random sample without replacement."""

    name = "random"
    title = "At random"

    def draw(self, candidates: Candidates, k: int, explore: float, rng: np.random.Generator) -> Picks:
        """`k` of n candidates in random order; each has the odds k/n. `explore` is not used: all of it is random."""
        n = len(candidates.ids)
        k = max(0, min(k, n))
        places = rng.choice(n, size=k, replace=False)
        odds = np.full(k, k / n if n else np.nan)
        return Picks(ids=candidates.ids[places], odds=odds, purposes=["estimate"] * k)


PLUGIN = Uniform()

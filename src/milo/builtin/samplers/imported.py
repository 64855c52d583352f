"""Items in the order they came in. Chance plays no part, so the odds are not a number."""

from __future__ import annotations

import numpy as np

from milo.kinds.sampler import Candidates, Picks


class Imported:
    """The first `k` candidates."""

    name = "imported"
    title = "As imported"

    def draw(self, candidates: Candidates, k: int, explore: float, rng: np.random.Generator) -> Picks:
        """The first `k`, in import order; `explore` and `rng` are not used."""
        ids = candidates.ids[: max(0, k)]
        return Picks(ids=ids, odds=np.full(len(ids), np.nan), purposes=["order"] * len(ids))


PLUGIN = Imported()

"""The kind `Sampler`: which items are asked next, and with what probability each was picked."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray


class Candidates(msgspec.Struct, frozen=True):
    """The items that may be picked. `ids`: int64, shape (n,), in import order. `scores`: float64, shape (n,), the model's
    confidence in its own suggestion, NaN where there is none."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float64]


class Picks(msgspec.Struct, frozen=True):
    """The items picked, best first. `odds`: float64, shape (k,), each item's inclusion probability in this draw, NaN where
    the pick was deterministic. `purposes`: what each was picked for: learn, estimate or order."""

    ids: NDArray[np.int64]
    odds: NDArray[np.float64]
    purposes: list[str]


class Sampler(Protocol):
    """One way of ordering the queue."""

    name: str
    title: str

    def draw(self, candidates: Candidates, k: int, explore: float, rng: np.random.Generator) -> Picks:
        """At most `k` distinct picks. `explore` is the share drawn uniformly at random (0..1)."""
        ...

"""The limits of a connection as its owner sets them, and what each wrapper takes from them."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from milo.domain.errors import InvalidConfig
from milo.infra.providers.bounding import Bounds
from milo.infra.providers.pacing import Pace
from milo.infra.providers.retrying import Patience


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """concurrency: most calls at once. requests_per_minute, tokens_per_minute: the server's rates, if it has any. seconds: the
    longest time for one answer; silence: the longest pause within one. tries: attempts at a server that does not answer;
    patience: seconds from the first attempt to the last. characters: longest answer. cache_days: how long answers are
    kept for the same request (0: not). record: calls are written to recordings/NAME.jsonl in the workspace."""

    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    seconds: float = 120.0
    silence: float = 60.0
    tries: int = 4
    patience: float = 120.0
    characters: int = 1_000_000
    cache_days: float = 30.0
    record: bool = False

    def pace(self) -> Pace:
        """For the rate limit."""
        return Pace(self.concurrency, self.requests_per_minute, self.tokens_per_minute)

    def bounds(self) -> Bounds:
        """For one attempt."""
        return Bounds(self.seconds, self.silence, self.characters)

    def waiting(self, purpose: str) -> Patience:
        """For trying again: a person who waits is told sooner."""
        if purpose == "probe":
            return Patience(1, 5.0)
        if purpose in ("assist", "candidates"):
            return Patience(min(2, self.tries), min(8.0, self.patience), 0.3, 4.0)
        return Patience(self.tries, self.patience)


_RANGES: dict[str, tuple[float, float]] = {
    "concurrency": (1, 1_024), "requests_per_minute": (0.1, 1e7), "tokens_per_minute": (1, 1e10), "seconds": (0.1, 7_200),
    "silence": (0.1, 7_200), "tries": (1, 20), "patience": (0, 86_400),
    "characters": (100, 100_000_000), "cache_days": (0, 3_650),
}  # fmt: skip


def read_limits(given: dict[str, Any]) -> Limits:
    """Limits as stored. Raises InvalidConfig."""
    try:
        found = msgspec.convert(given, Limits)
    except msgspec.ValidationError as error:
        raise InvalidConfig(f"The limits do not fit: {error}.", place="limits") from error
    for name, (low, high) in _RANGES.items():
        value = getattr(found, name)
        if value is not None and not (math.isfinite(value) and low <= value <= high):
            raise InvalidConfig(f"{name} is {value}; it must lie between {low:,g} and {high:,g}.", place=f"limits.{name}")
    return found

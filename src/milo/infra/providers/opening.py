"""Opens a connection: its plug-in's client with the wrappers that all its calls share, and those of a single call.

From the outside in, a call passes: cache, tries, budget | circuit breaker, pace, recording, counting, bounds, client.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from milo.infra.providers.bounding import Bounded
from milo.infra.providers.breaking import Breaking
from milo.infra.providers.budget import Budgeted, Purse
from milo.infra.providers.counting import Counted, Prices, likely_tokens, read_prices
from milo.infra.providers.limits import Limits, read_limits
from milo.infra.providers.pacing import Paced
from milo.infra.providers.recording import Recording
from milo.infra.providers.retrying import Retrying
from milo.infra.sql.connections import ConnectionRow
from milo.kinds.provider import Client, Provider, Request


class Opened:
    """One connection, open."""

    def __init__(self, row: ConnectionRow, provider: Provider, key: str | None, workspace: Path) -> None:
        self.row, self.key = row, key
        self.cached: bool = getattr(provider, "cached", True)
        self.limits: Limits = read_limits(row.limits)
        self.prices: Prices = read_prices(row.prices, row.local)
        self.bare = provider.connect(full_config(row, provider), key, workspace / "cache" / "models" / str(row.id))
        self.counted = Counted(Bounded(self.bare, self.limits.bounds()), self.prices, row.model)
        inner: Client = self.counted
        if self.limits.record:
            inner = Recording(inner, _appender(workspace / "recordings" / f"{row.name}.jsonl"))
        self.paced = Paced(inner, self.limits.pace(), self._weigh)
        self.shared: Client = Breaking(self.paced)
        self._patience = {
            p: self.limits.waiting(p) for p in ("preannotate", "assist", "candidates", "judge", "compare", "probe")
        }
        self.users = 0
        self.dropped = False

    def client(self, purpose: str, budget: Purse | None) -> Client:
        """The client for one call, without the cache."""
        inner = self.shared if budget is None else Budgeted(self.shared, budget, self.prices)
        return Retrying(inner, self._patience[purpose])

    def _weigh(self, request: Request) -> int:
        return likely_tokens(request, self.prices.image_tokens) + request.max_tokens // 4


def full_config(row: ConnectionRow, provider: Provider) -> dict[str, Any]:
    """A connection's settings as its plug-in takes them, with the name of the model if it takes one."""
    return {**row.config, "model": row.model} if "model" in provider.fields else row.config


def _appender(path: Path) -> Callable[[bytes], None]:
    def append(line: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as out:
            out.write(line)

    return append

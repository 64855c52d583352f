"""Connected models, steered from a program."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.sdk.http import Http


class ProbeCheck(msgspec.Struct, frozen=True):
    """One thing that a test tried: `state` is yes, partly, no or unknown."""

    name: str
    state: str
    message: str
    seconds: float = 0.0


class Probe(msgspec.Struct, frozen=True):
    """What a test of a connection found. `models`: names that the server offers, where the one asked for did not answer."""

    at: float
    ok: bool
    seconds: float
    checks: list[ProbeCheck]
    abilities: dict[str, bool | None] = {}
    model: str = ""
    cost: float | None = None
    models: list[str] = []


class ConnectionInfo(msgspec.Struct, frozen=True):
    """A connected model as it was when asked for. `config`, `limits` and `probe` are for owners; the key for nobody."""

    id: int
    name: str
    plugin: str
    title: str = ""
    model: str = ""
    local: bool = False
    enabled: bool = True
    abilities: dict[str, bool | None] = {}
    prices: dict[str, Any] = {}
    tested: bool = False
    ok: bool | None = None
    has_key: bool = False
    config: dict[str, Any] | None = None
    limits: dict[str, Any] | None = None
    probe: Probe | None = None


class LedgerLine(msgspec.Struct, frozen=True):
    """One call of a model."""

    id: int
    at: float
    connection: str | None
    model: str
    purpose: str
    state: str
    project_id: int | None = None
    item_id: int | None = None
    run_id: int | None = None
    user: str | None = None
    fields: list[str] = []
    error: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    cached: bool = False
    masked: int = 0
    seconds: float = 0.0
    currency: str = ""


class LedgerTotal(msgspec.Struct, frozen=True):
    """Calls of one group, added up."""

    key: str
    calls: int
    failed: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float
    unpriced: int = 0
    currency: str = ""


class _Page(msgspec.Struct):
    lines: list[LedgerLine]
    next: int | None = None


class Connection:
    """One connected model. `info` is its state when last asked."""

    def __init__(self, http: Http, info: ConnectionInfo) -> None:
        self._http, self.info = http, info
        self._at = f"/connections/{info.id}"

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    def test(self) -> Probe:
        """Try out with a few tiny calls what the server can and cannot do."""
        return self._http.call("POST", f"{self._at}/test", Probe)

    def change(self, **changes: Any) -> ConnectionInfo:
        """Change `name`, `model`, `config`, `key`, `limits`, `prices`, `local` or `enabled`."""
        self.info = self._http.call("PATCH", self._at, ConnectionInfo, changes)
        return self.info

    def forget_answers(self) -> None:
        """Forget the kept answers, so that every question is asked anew."""
        self._http.send("POST", f"{self._at}/forget-answers")

    def delete(self) -> None:
        """Remove it with its key; its lines in the ledger stay."""
        self._http.send("DELETE", self._at)


def ledger_lines(http: Http, path: str, limit: int, wanted: dict[str, Any]) -> list[LedgerLine]:
    """The newest lines of a ledger, page by page up to `limit`."""
    out: list[LedgerLine] = []
    before: int | None = None
    while len(out) < limit:
        page = http.get(path, _Page, {**wanted, "limit": min(500, limit - len(out)), "before": before})
        out += page.lines
        before = page.next
        if before is None:
            break
    return out

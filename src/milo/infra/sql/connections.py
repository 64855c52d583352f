"""Connected models and the ledger of their calls, in SQL."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.infra.sql.database import Connection

_COLUMNS = "id, name, plugin, model, config, secret, limits, prices, local, enabled, probe, created_at"


class ConnectionRow(msgspec.Struct, frozen=True):
    """A connected model. `secret` is the encrypted key; it never leaves the server."""

    id: int
    name: str
    plugin: str
    model: str
    config: dict[str, Any]
    secret: bytes | None
    limits: dict[str, Any]
    prices: dict[str, Any]
    local: bool
    enabled: bool
    probe: dict[str, Any] | None
    created_at: float


class CallRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the ledger."""

    at: float
    connection_id: int
    model: str
    purpose: str
    state: str
    project_id: int | None = None
    item_id: int | None = None
    run_id: int | None = None
    user_id: int | None = None
    fields: tuple[str, ...] = ()
    request_hash: bytes | None = None
    error: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    cached: bool = False
    masked: int = 0
    seconds: float = 0.0
    content: str | None = None


class ConnectionsSql:
    """Queries on a connection of the database."""

    def __init__(self, c: Connection) -> None:
        self._c = c

    def all(self) -> list[ConnectionRow]:
        """Every connected model, by name."""
        return [_row(r) for r in self._c.execute(f"SELECT {_COLUMNS} FROM connection ORDER BY name")]

    def by_name(self, name: str) -> ConnectionRow | None:
        """The connection of that name."""
        row = self._c.execute(f"SELECT {_COLUMNS} FROM connection WHERE name = ?", (name,)).fetchone()
        return None if row is None else _row(row)

    def get(self, ident: int) -> ConnectionRow | None:
        """The connection of that id."""
        row = self._c.execute(f"SELECT {_COLUMNS} FROM connection WHERE id = ?", (ident,)).fetchone()
        return None if row is None else _row(row)

    def add(
        self, name: str, plugin: str, model: str, config: dict[str, Any], secret: bytes | None, limits: dict[str, Any],
        prices: dict[str, Any], local: bool, user_id: int | None, now: float,
    ) -> int:  # fmt: skip
        """Store a connection; its id."""
        done = self._c.execute(
            "INSERT INTO connection (name, plugin, model, config, secret, limits, prices, local, user_id, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (name, plugin, model, _json(config), secret, _json(limits), _json(prices), int(local), user_id, now),
        )
        return done.lastrowid or 0

    def note_calls(self, calls: list[CallRow]) -> None:
        """Write lines of the ledger."""
        self._c.executemany(
            "INSERT INTO model_call (at, project_id, item_id, run_id, user_id, connection_id, model, purpose, fields, "
            "request_hash, state, error, input_tokens, output_tokens, cost, cached, masked, seconds, content) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    c.at, c.project_id, c.item_id, c.run_id, c.user_id, c.connection_id, c.model, c.purpose, _json(c.fields),
                    c.request_hash, c.state, c.error, c.input_tokens, c.output_tokens, c.cost, int(c.cached), c.masked,
                    c.seconds, c.content,
                )
                for c in calls
            ],
        )  # fmt: skip


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _row(row: tuple[Any, ...]) -> ConnectionRow:
    ident, name, plugin, model, config, secret, limits, prices, local, enabled, probe, at = row
    decode = msgspec.json.decode
    return ConnectionRow(
        ident, name, plugin, model, decode(config), secret, decode(limits), decode(prices), bool(local), bool(enabled),
        decode(probe) if probe else None, at,
    )  # fmt: skip

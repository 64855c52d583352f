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
    """One line of the ledger. `id` 0: not known yet."""

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
    id: int = 0


class KeptReply(msgspec.Struct, frozen=True):
    """An answer in the cache."""

    key: bytes
    connection_id: int
    project_id: int | None
    reply: bytes
    at: float


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

    def change(self, ident: int, changes: dict[str, Any]) -> None:
        """Set some of a connection's columns."""
        names = [n for n in changes if n in _CHANGEABLE]
        values = [_json(changes[n]) if n in _IN_JSON and changes[n] is not None else changes[n] for n in names]
        if names:
            self._c.execute(f"UPDATE connection SET {', '.join(f'{n} = ?' for n in names)} WHERE id = ?", (*values, ident))

    def delete(self, ident: int) -> None:
        """Remove a connection and its kept answers; its lines in the ledger stay."""
        self._c.execute("DELETE FROM reply_cache WHERE connection_id = ?", (ident,))
        self._c.execute("DELETE FROM connection WHERE id = ?", (ident,))

    def last_call(self) -> int:
        """The highest id in the ledger."""
        return self._c.execute("SELECT coalesce(max(id), 0) FROM model_call").fetchone()[0]

    def close_open(self) -> int:
        """Say of calls that were on their way when the last process died that they are lost; how many there were."""
        done = self._c.execute(
            "UPDATE model_call SET state = 'lost', error = ? WHERE state = 'open'",
            ("The server ended while this call was on its way; what it may have taken at most is counted.",),
        )
        return done.rowcount

    def note_calls(self, calls: list[CallRow]) -> None:
        """Write lines of the ledger, in the place of those that were written before the call."""
        self._c.executemany(
            "INSERT OR REPLACE INTO model_call (id, at, project_id, item_id, run_id, user_id, connection_id, model, purpose, fields, "
            "request_hash, state, error, input_tokens, output_tokens, cost, cached, masked, seconds, content) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    c.id or None, c.at, c.project_id, c.item_id, c.run_id, c.user_id, c.connection_id, c.model, c.purpose,
                    _json(c.fields) if c.fields else "[]", c.request_hash, c.state, c.error, c.input_tokens, c.output_tokens,
                    c.cost, c.cached, c.masked, c.seconds, c.content,
                )
                for c in calls
            ],
        )  # fmt: skip

    def kept_reply(self, key: bytes, since: float) -> bytes | None:
        """An answer in the cache that is not older than `since`."""
        row = self._c.execute("SELECT reply FROM reply_cache WHERE key = ? AND at >= ?", (key, since)).fetchone()
        return None if row is None else row[0]

    def keep_replies(self, kept: list[KeptReply]) -> None:
        """Put answers into the cache."""
        self._c.executemany(
            "INSERT OR REPLACE INTO reply_cache (key, connection_id, project_id, reply, at) VALUES (?, ?, ?, ?, ?)",
            [(k.key, k.connection_id, k.project_id, k.reply, k.at) for k in kept],
        )

    def forget_replies(self, before: float, limit: int = 5_000) -> int:
        """Drop some answers of the cache that are older than `before`; how many."""
        found = self._c.execute(
            "DELETE FROM reply_cache WHERE key IN (SELECT key FROM reply_cache WHERE at < ? LIMIT ?)", (before, limit)
        )
        return found.rowcount

    def empty_cache(self, ident: int) -> int:
        """Drop all kept answers of a connection; how many there were."""
        return self._c.execute("DELETE FROM reply_cache WHERE connection_id = ?", (ident,)).rowcount


_CHANGEABLE = ("name", "plugin", "model", "config", "secret", "limits", "prices", "local", "enabled", "probe")
_IN_JSON = frozenset({"config", "limits", "prices", "probe"})


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _row(row: tuple[Any, ...]) -> ConnectionRow:
    ident, name, plugin, model, config, secret, limits, prices, local, enabled, probe, at = row
    decode = msgspec.json.decode
    return ConnectionRow(
        ident, name, plugin, model, decode(config), secret, decode(limits), decode(prices), bool(local), bool(enabled),
        decode(probe) if probe else None, at,
    )  # fmt: skip

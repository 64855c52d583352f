"""The SQL of what the owner registered: model files and services."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

_COLUMNS = "id, name, kind, place, settings, about, user_id, created_at"


class OwnRow(msgspec.Struct, frozen=True):
    """A model of the owner's. `place`: a path on the server's disk, or an address; `about`: what the last test found."""

    id: int
    name: str
    kind: str
    place: str
    settings: dict[str, Any]
    about: dict[str, Any] | None
    user_id: int | None
    created_at: float


class OwnSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def all(self) -> list[OwnRow]:
        """All of them, by name."""
        return [_row(row) for row in self._c.execute(f"SELECT {_COLUMNS} FROM own_model ORDER BY name")]

    def get(self, ident: int) -> OwnRow | None:
        """One of them."""
        row = self._c.execute(f"SELECT {_COLUMNS} FROM own_model WHERE id = ?", (ident,)).fetchone()
        return None if row is None else _row(row)

    def by_name(self, name: str) -> OwnRow | None:
        """The one of that name."""
        row = self._c.execute(f"SELECT {_COLUMNS} FROM own_model WHERE name = ?", (name,)).fetchone()
        return None if row is None else _row(row)

    def add(self, name: str, kind: str, place: str, settings: dict[str, Any], user: int | None, now: float) -> int:
        """Register one; its id."""
        done = self._c.execute(
            "INSERT INTO own_model (name, kind, place, settings, user_id, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (name, kind, place, msgspec.json.encode(settings).decode(), user, now),
        )
        return done.lastrowid or 0

    def tell(self, ident: int, about: dict[str, Any]) -> None:
        """Keep what a test found."""
        self._c.execute("UPDATE own_model SET about = ? WHERE id = ?", (msgspec.json.encode(about).decode(), ident))

    def remove(self, ident: int) -> None:
        """Forget one."""
        self._c.execute("DELETE FROM own_model WHERE id = ?", (ident,))


def _row(row: tuple[Any, ...]) -> OwnRow:
    ident, name, kind, place, settings, about, user, at = row
    decode = msgspec.json.decode
    return OwnRow(ident, name, kind, place, decode(settings), None if about is None else decode(about), user, at)

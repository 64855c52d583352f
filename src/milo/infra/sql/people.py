"""The SQL of users, sessions, tokens and memberships."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.domain.people import Role
from milo.flow.ports.people import Person

_PERSON = "id, login, name, role, password_hash, active, settings, created_at"


class SessionRow(msgspec.Struct, frozen=True):
    """A sign-in of a browser: whose, the token against forged requests, and until when (Unix seconds)."""

    user_id: int
    csrf: str
    expires_at: float


class TokenRow(msgspec.Struct, frozen=True):
    """A program's key, without its secret."""

    id: int
    name: str
    created_at: float
    last_used_at: float | None


class PeopleSql:
    """Implements `PeoplePort`, and what authentication needs besides."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def person(self, user_id: int) -> Person | None:
        return _person(self._c.execute(f"SELECT {_PERSON} FROM user WHERE id = ?", (user_id,)).fetchone())

    def by_login(self, login: str) -> Person | None:
        row = self._c.execute(f"SELECT {_PERSON} FROM user WHERE lower(login) = lower(?)", (login.strip(),)).fetchone()
        return _person(row)

    def everybody(self) -> list[Person]:
        rows = self._c.execute(f"SELECT {_PERSON} FROM user ORDER BY id")
        return [p for p in map(_person, rows) if p is not None]

    def count(self, *, active_owners: bool = False) -> int:
        where = " WHERE role = 'owner' AND active = 1" if active_owners else ""
        return self._c.execute(f"SELECT count(*) FROM user{where}").fetchone()[0]

    def first_owner(self) -> int | None:
        row = self._c.execute("SELECT min(id) FROM user WHERE role = 'owner' AND active = 1").fetchone()
        return row[0]

    def add(self, login: str, name: str, role: Role, password_hash: str, now: float) -> int:
        done = self._c.execute(
            "INSERT INTO user (login, name, role, password_hash, created_at) VALUES (?, ?, ?, ?, ?)",
            (login, name, role, password_hash, now),
        )
        return done.lastrowid or 0

    def change(self, user_id: int, changes: dict[str, Any]) -> None:
        columns = ", ".join(f"{name} = ?" for name in changes)
        if columns:
            self._c.execute(f"UPDATE user SET {columns} WHERE id = ?", (*changes.values(), user_id))

    def end_sessions(self, user_id: int, keep: bytes | None = None) -> None:
        self._c.execute("DELETE FROM session WHERE user_id = ? AND hash <> ?", (user_id, keep or b""))

    def drop_tokens(self, user_id: int) -> None:
        self._c.execute("DELETE FROM token WHERE user_id = ?", (user_id,))

    def set_member(self, project_id: int, user_id: int, role: Role) -> None:
        self._c.execute(
            "INSERT INTO member (project_id, user_id, role) VALUES (?, ?, ?) "
            "ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role",
            (project_id, user_id, role),
        )

    def drop_member(self, project_id: int, user_id: int) -> bool:
        done = self._c.execute("DELETE FROM member WHERE project_id = ? AND user_id = ?", (project_id, user_id))
        return bool(done.rowcount)

    def members(self, project_id: int) -> list[tuple[Person, Role]]:
        rows = self._c.execute(
            f"SELECT m.role, {', '.join('u.' + n for n in _PERSON.split(', '))} FROM member m "
            "JOIN user u ON u.id = m.user_id WHERE m.project_id = ? ORDER BY u.login",
            (project_id,),
        )
        return [(person, row[0]) for row in rows if (person := _person(row[1:])) is not None]

    def memberships(self) -> dict[int, dict[int, Role]]:
        """All memberships: project by user."""
        out: dict[int, dict[int, Role]] = {}
        for user_id, project_id, role in self._c.execute("SELECT user_id, project_id, role FROM member"):
            out.setdefault(user_id, {})[project_id] = role
        return out

    def add_session(self, digest: bytes, user_id: int, csrf: str, now: float, expires_at: float) -> None:
        self._c.execute("DELETE FROM session WHERE expires_at < ?", (now,))
        self._c.execute(
            "INSERT INTO session (hash, user_id, csrf, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            (digest, user_id, csrf, now, expires_at),
        )

    def session(self, digest: bytes) -> SessionRow | None:
        row = self._c.execute("SELECT user_id, csrf, expires_at FROM session WHERE hash = ?", (digest,)).fetchone()
        return None if row is None else SessionRow(*row)

    def extend_session(self, digest: bytes, expires_at: float) -> None:
        self._c.execute("UPDATE session SET expires_at = ? WHERE hash = ?", (expires_at, digest))

    def end_session(self, digest: bytes) -> None:
        self._c.execute("DELETE FROM session WHERE hash = ?", (digest,))

    def add_token(self, digest: bytes, user_id: int, name: str, now: float) -> int:
        done = self._c.execute(
            "INSERT INTO token (hash, user_id, name, created_at) VALUES (?, ?, ?, ?)", (digest, user_id, name, now)
        )
        return done.lastrowid or 0

    def token_user(self, digest: bytes) -> int | None:
        row = self._c.execute("SELECT user_id FROM token WHERE hash = ?", (digest,)).fetchone()
        return None if row is None else row[0]

    def touch_token(self, digest: bytes, now: float) -> None:
        self._c.execute("UPDATE token SET last_used_at = ? WHERE hash = ?", (now, digest))

    def tokens(self, user_id: int) -> list[TokenRow]:
        rows = self._c.execute("SELECT id, name, created_at, last_used_at FROM token WHERE user_id = ? ORDER BY id", (user_id,))
        return [TokenRow(*row) for row in rows]

    def drop_token(self, user_id: int, token_id: int) -> bool:
        done = self._c.execute("DELETE FROM token WHERE id = ? AND user_id = ?", (token_id, user_id))
        return bool(done.rowcount)


def _person(row: tuple[Any, ...] | None) -> Person | None:
    if row is None:
        return None
    return Person(row[0], row[1], row[2], row[3], row[4], bool(row[5]), msgspec.json.decode(row[6]), row[7])

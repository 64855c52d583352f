"""Proposed notes for the guidelines, in SQL: made from an error, taken or dropped by who runs the project."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.infra.sql.database import Connection

_COLUMNS = "n.id, n.project_id, n.question, n.section, n.text, n.item_id, n.comparison_id, n.state, u.login, n.at"
_FROM = "FROM guideline_note n LEFT JOIN user u ON u.id = n.user_id"


class NoteRow(msgspec.Struct, frozen=True):
    """A note. `state`: open, taken or dropped."""

    id: int
    project_id: int
    question: str
    section: str | None
    text: str
    item_id: int | None
    comparison_id: int | None
    state: str
    author: str | None
    at: float


class NotesSql:
    """Queries on a connection of the database."""

    def __init__(self, c: Connection) -> None:
        self._c = c

    def open(self, project_id: int) -> list[NoteRow]:
        """The notes that wait, oldest first."""
        rows = self._c.execute(
            f"SELECT {_COLUMNS} {_FROM} WHERE n.project_id = ? AND n.state = 'open' ORDER BY n.id", (project_id,)
        )
        return [NoteRow(*r) for r in rows]

    def get(self, ident: int) -> NoteRow | None:
        """One note."""
        row = self._c.execute(f"SELECT {_COLUMNS} {_FROM} WHERE n.id = ?", (ident,)).fetchone()
        return None if row is None else NoteRow(*row)

    def add(
        self, project_id: int, question: str, section: str | None, text: str, item_id: int | None, comparison_id: int | None,
        user_id: int | None, now: float,
    ) -> int:  # fmt: skip
        """Store a proposal; its id."""
        done = self._c.execute(
            "INSERT INTO guideline_note (project_id, question, section, text, item_id, comparison_id, user_id, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (project_id, question, section, text, item_id, comparison_id, user_id, now),
        )
        return done.lastrowid or 0

    def decide(self, ident: int, state: str, user_id: int | None, now: float, **changes: Any) -> bool:
        """Take or drop an open note, with a last change of section or text; whether it was still open."""
        columns = "".join(f", {name} = ?" for name in changes)
        done = self._c.execute(
            f"UPDATE guideline_note SET state = ?, decided_by = ?, decided_at = ?{columns} WHERE id = ? AND state = 'open'",
            (state, user_id, now, *changes.values(), ident),
        )
        return done.rowcount == 1

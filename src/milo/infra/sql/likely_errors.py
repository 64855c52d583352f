"""The SQL of likely errors: the answers to check, and the list of those that a model contradicts."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.flow.likely_errors import ErrorSearch, Given, Suspect
from milo.infra.sql.ids import id_range
from milo.infra.sql.models import LEARNABLE

_decode = msgspec.json.decode
_encode = msgspec.json.encode
_STANDS = (
    "EXISTS (SELECT 1 FROM annotation a WHERE a.item_id = e.item_id AND a.question = e.question AND a.role = 'answer' "
    "AND a.live = 1 AND a.value = e.given) AND NOT EXISTS (SELECT 1 FROM annotation a WHERE a.item_id = e.item_id "
    "AND a.question = e.question AND a.role IN ('gold', 'resolution') AND a.run_id IS NULL AND a.live = 1)"
)
"""The answer still stands, and nobody has settled the item meanwhile."""


class LikelyErrorsSql:
    """Reads and writes on a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def given(self, project_id: int, question: str, limit: int) -> tuple[list[Given], set[int]]:
        """The latest answers that stand, one an item, none of the blind slice; and the items among them that are to be checked: not
        settled by gold or a resolution, and nobody answered otherwise (that is a conflict, which needs no model to be seen)."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            f"SELECT item_id, role, value FROM annotation WHERE {LEARNABLE} AND question = ? AND item_id >= ? AND item_id < ? "
            "AND item_id IN (SELECT id FROM item WHERE blind = 0) "
            "ORDER BY role IN ('gold', 'resolution') DESC, id DESC LIMIT ?",
            (question, low, high, limit),
        )
        values: dict[int, str] = {}
        settled: set[int] = set()
        conflict: set[int] = set()
        for item, role, value in rows:
            if role != "answer":
                settled.add(item)
            elif values.get(item, value) != value:
                conflict.add(item)
            values.setdefault(item, value)
        return [Given(item, _decode(value)) for item, value in sorted(values.items())], values.keys() - settled - conflict

    def replace(self, project_id: int, sweep: ErrorSearch, found: list[Suspect]) -> None:
        """Store what a search found instead of what the last one did."""
        self._c.execute("DELETE FROM likely_error WHERE project_id = ? AND question = ?", (project_id, sweep.question))
        self._c.executemany(
            "INSERT INTO likely_error (project_id, question, item_id, chance, given, suggested, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    project_id,
                    s.question,
                    s.item_id,
                    s.chance,
                    _encode(s.given).decode(),
                    _encode(s.suggested).decode(),
                    s.reason,
                )
                for s in found
            ],
        )
        self._c.execute(
            "INSERT INTO error_sweep (project_id, question, body, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (project_id, question) DO UPDATE SET body = excluded.body, at = excluded.at",
            (project_id, sweep.question, _encode(sweep).decode(), sweep.at),
        )

    def sweep(self, project_id: int, question: str) -> ErrorSearch | None:
        """The last search."""
        row = self._c.execute(
            "SELECT body FROM error_sweep WHERE project_id = ? AND question = ?", (project_id, question)
        ).fetchone()
        return None if row is None else _decode(row[0], type=ErrorSearch)

    def open(self, project_id: int, question: str | None = None, limit: int = 200, offset: int = 0) -> list[Suspect]:
        """Answers that are still worth a look, most suspicious first; of one question or of all."""
        rows = self._c.execute(
            "SELECT e.item_id, e.question, e.chance, e.given, e.suggested, e.reason FROM likely_error e "
            f"WHERE e.project_id = ? AND (? IS NULL OR e.question = ?) AND {_STANDS} "
            "ORDER BY e.chance DESC, e.item_id LIMIT ? OFFSET ?",
            (project_id, question, question, limit, offset),
        )
        return [_suspect(row) for row in rows]

    def count(self, project_id: int, question: str | None = None) -> int:
        """How many there are."""
        return self._c.execute(
            f"SELECT count(*) FROM likely_error e WHERE e.project_id = ? AND (? IS NULL OR e.question = ?) AND {_STANDS}",
            (project_id, question, question),
        ).fetchone()[0]


def _suspect(row: tuple[Any, ...]) -> Suspect:
    return Suspect(row[0], row[1], row[2], _decode(row[3]), _decode(row[4]), row[5])

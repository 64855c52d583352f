"""The SQL of likely errors: the answers to check, and the list of those that a model contradicts."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.flow.likely_errors import Checked, ErrorSearch, Given, Suspect
from milo.infra.sql.ids import id_range
from milo.infra.sql.models import LEARNABLE

_decode = msgspec.json.decode
_encode = msgspec.json.encode
_PERSONAL = (
    "a.author_kind = 'person' AND a.basis <> 'planted' AND NOT (a.basis = 'bulk' AND a.bulk_id IN "
    "(SELECT id FROM bulk WHERE kind = 'accept'))"
)
"""Of an answer: a person gave it, and it is no suggestion that was accepted in bulk."""
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

    def checks(self, project_id: int, question: str) -> tuple[list[Checked], int]:
        """Answers that were drawn by chance for review, as they stood then; and of how many answers they could have been drawn."""
        low, high = id_range(project_id)
        own = f"a.item_id = i.id AND a.question = ? AND a.role = 'answer' AND {_PERSONAL}"
        rows = self._c.execute(
            f"SELECT c.odds, (SELECT a.value FROM annotation a WHERE {own} AND a.created_at <= c.created_at ORDER BY a.id DESC "
            "LIMIT 1), (SELECT g.value FROM annotation g WHERE g.item_id = i.id AND g.question = c.question AND g.role = 'gold' "
            "AND g.live = 1 LIMIT 1), c.state = 'returned' FROM review_case c JOIN item i ON i.id = c.item_id AND i.blind = 0 "
            "WHERE c.kind = 'sample' AND c.question = ? AND c.item_id >= ? AND c.item_id < ? AND c.odds IS NOT NULL",
            (question, question, low, high),
        ).fetchall()
        found = [Checked(o, _decode(v), None if g is None else _decode(g), bool(r)) for o, v, g, r in rows if v is not None]
        if not found:
            return [], 0
        others = self._c.execute(
            "SELECT count(*) FROM item i WHERE i.status = 2 AND i.blind = 0 AND i.id >= ? AND i.id < ? "
            f"AND EXISTS (SELECT 1 FROM annotation a WHERE {own} AND a.live = 1) AND NOT EXISTS (SELECT 1 FROM annotation g "
            "WHERE g.item_id = i.id AND g.question = ? AND g.role = 'gold' AND g.live = 1) AND NOT EXISTS (SELECT 1 FROM "
            "review_case c WHERE c.item_id = i.id AND c.question = ? AND c.kind = 'sample')",
            (low, high, question, question, question),
        ).fetchone()[0]
        return found, others + len(found)

    def count(self, project_id: int, question: str | None = None) -> int:
        """How many there are."""
        return self._c.execute(
            f"SELECT count(*) FROM likely_error e WHERE e.project_id = ? AND (? IS NULL OR e.question = ?) AND {_STANDS}",
            (project_id, question, question),
        ).fetchone()[0]


def _suspect(row: tuple[Any, ...]) -> Suspect:
    return Suspect(row[0], row[1], row[2], _decode(row[3]), _decode(row[4]), row[5])

"""The SQL of knowledge bases: filling one, searching its names and aliases, replacing it as a whole."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

import msgspec

from milo.flow.knowledge import Entry

_WORD = re.compile(r"\w+")
_TAKEN = 200
_MOST_WORDS = 12


class KnowledgeSql:
    """Knowledge bases on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def begin(self, project_id: int, name: str, user_id: int | None, now: float) -> int:
        """A base that is not in use yet; its id."""
        done = self._c.execute(
            "INSERT INTO knowledge (project_id, name, user_id, created_at) VALUES (?, ?, ?, ?)",
            (project_id, name, user_id, now),
        )
        return done.lastrowid or 0

    def add(self, base: int, entries: Sequence[Entry]) -> None:
        """More entries of a base."""
        for one in entries:
            row = self._c.execute(
                "INSERT INTO knowledge_entry (knowledge_id, key, name, aliases, description) VALUES (?, ?, ?, ?, ?)",
                (base, one.id, one.name, msgspec.json.encode(one.aliases).decode(), one.description),
            )
            self._c.execute(
                "INSERT INTO knowledge_text (rowid, names) VALUES (?, ?)", (row.lastrowid, "\n".join([one.name, *one.aliases]))
            )

    def use(self, project_id: int, base: int, n: int) -> list[int]:
        """Put a base in use, in the place of one of its name; the ids of those that are not used any more."""
        self._c.execute("UPDATE knowledge SET ready = 1, n = ? WHERE id = ?", (n, base))
        rows = self._c.execute(
            "SELECT id FROM knowledge WHERE project_id = ? AND id < ? AND name = (SELECT name FROM knowledge WHERE id = ?)",
            (project_id, base, base),
        )
        return [self.retire(row[0]) for row in rows.fetchall()]

    def retire(self, base: int) -> int:
        """Take a base out of use; its entries go by `drop`."""
        self._c.execute("UPDATE knowledge SET ready = 0 WHERE id = ?", (base,))
        return base

    def drop(self, base: int, limit: int) -> int:
        """Remove some entries of a base, and itself when none are left; how many there were."""
        rows = self._c.execute("SELECT id FROM knowledge_entry WHERE knowledge_id = ? LIMIT ?", (base, limit)).fetchall()
        self._c.executemany("DELETE FROM knowledge_text WHERE rowid = ?", rows)
        self._c.executemany("DELETE FROM knowledge_entry WHERE id = ?", rows)
        if not rows:
            self._c.execute("DELETE FROM knowledge WHERE id = ?", (base,))
        return len(rows)

    def listing(self, project_id: int) -> list[tuple[int, str, int, float]]:
        """(id, name, entries, since when) of the bases in use."""
        return self._c.execute(
            "SELECT id, name, n, created_at FROM knowledge WHERE project_id = ? AND ready = 1 ORDER BY name", (project_id,)
        ).fetchall()

    def of_name(self, project_id: int, name: str) -> int | None:
        """The base in use under a name."""
        row = self._c.execute(
            "SELECT id FROM knowledge WHERE project_id = ? AND name = ? AND ready = 1 ORDER BY id DESC", (project_id, name)
        ).fetchone()
        return None if row is None else row[0]

    def search(self, base: int, words: str) -> list[tuple[Entry, float]]:
        """Entries with all of the words, or, if there are none, with any of them; the last word may be a beginning."""
        found = _WORD.findall(words)[:_MOST_WORDS]
        if not found:
            return []
        terms = [f'"{word}"' for word in found[:-1]] + [f'"{found[-1]}"*']
        return self._matching(base, " ".join(terms)) or self._matching(base, " OR ".join(terms))

    def _matching(self, base: int, query: str) -> list[tuple[Entry, float]]:
        rows = self._c.execute(
            "SELECT e.key, e.name, e.aliases, e.description, -bm25(knowledge_text) FROM knowledge_text "
            "JOIN knowledge_entry e ON e.id = knowledge_text.rowid WHERE knowledge_text MATCH ? AND e.knowledge_id = ? "
            "ORDER BY bm25(knowledge_text), length(e.name) LIMIT ?",
            (query, base, _TAKEN),
        )
        return [(_entry(row), row[4]) for row in rows]

    def entries(self, base: int, keys: Sequence[str]) -> list[Entry]:
        """The entries with these ids."""
        marks = ",".join("?" * len(keys))
        rows = self._c.execute(
            f"SELECT key, name, aliases, description FROM knowledge_entry WHERE knowledge_id = ? AND key IN ({marks})",
            (base, *keys),
        )
        return [_entry(row) for row in rows]


def _entry(row: tuple[str, str, str, str]) -> Entry:
    return Entry(row[0], row[1], msgspec.json.decode(row[2], type=list[str]), row[3])

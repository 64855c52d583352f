"""The SQL of stored descriptions: small vectors by item and model, and how far a project has been worked through."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from milo.infra.sql.ids import id_range, item_id, ord_of


class VectorsSql:
    """Vectors on one connection. The place reached is a setting, `vectors:<model>:<project>`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def reached(self, project_id: int, model: str) -> tuple[int, int]:
        """(the last item's place, the place up to which items were worked through)."""
        last = self._c.execute("SELECT next_ord - 1 FROM project WHERE id = ?", (project_id,)).fetchone()
        row = self._c.execute("SELECT value FROM setting WHERE key = ?", (_key(project_id, model),)).fetchone()
        return (0 if last is None else last[0]), (0 if row is None else int(row[0]))

    def next(self, project_id: int, model: str, limit: int) -> tuple[list[int], int]:
        """The next items to work through, and the place that is reached with them."""
        _, place = self.reached(project_id, model)
        rows = self._c.execute(
            "SELECT id FROM item WHERE id > ? AND id < ? ORDER BY id LIMIT ?",
            (item_id(project_id, place), id_range(project_id)[1], limit),
        )
        items = [row[0] for row in rows]
        return items, ord_of(items[-1]) if items else place

    def contents(self, items: list[int]) -> list[tuple[int, str]]:
        """The contents (JSON) of items."""
        marks = ",".join("?" * len(items))
        return self._c.execute(f"SELECT item_id, data FROM content WHERE item_id IN ({marks})", items).fetchall()

    def put(self, project_id: int, model: str, vectors: list[tuple[int, bytes]], place: int) -> None:
        """Store vectors and the place reached."""
        self._c.executemany(
            "INSERT OR REPLACE INTO vector (item_id, model, value) VALUES (?, ?, ?)", [(i, model, v) for i, v in vectors]
        )
        self._c.execute(
            "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (_key(project_id, model), str(place)),
        )

    def get(self, item: int, model: str) -> bytes | None:
        """One item's vector."""
        row = self._c.execute("SELECT value FROM vector WHERE item_id = ? AND model = ?", (item, model)).fetchone()
        return None if row is None else row[0]

    def pages(self, project_id: int, model: str, size: int) -> Iterator[list[tuple[int, bytes]]]:
        """All vectors of a project, page by page."""
        after, high = id_range(project_id)
        while True:
            rows = self._c.execute(
                "SELECT item_id, value FROM vector WHERE item_id > ? AND item_id < ? AND model = ? ORDER BY item_id LIMIT ?",
                (after, high, model, size),
            ).fetchall()
            if not rows:
                return
            yield rows
            after = rows[-1][0]


def _key(project_id: int, model: str) -> str:
    return f"vectors:{model}:{project_id}"

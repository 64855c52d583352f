"""The SQL of adaptive overlap: which items may be asked about once more, and how often they were."""

from __future__ import annotations

import sqlite3

from milo.infra.sql.ids import id_range


class AdaptiveSql:
    """Queries on a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def askable(self, project_id: int) -> tuple[set[int], int]:
        """Items that have all the answers that were asked for, and how many further answers were granted so far."""
        low, high = id_range(project_id)
        rows = self._c.execute("SELECT id FROM item WHERE status = 2 AND id >= ? AND id < ?", (low, high))
        spent = self._c.execute(
            "SELECT coalesce(sum(extra), 0) FROM more_answers WHERE item_id >= ? AND item_id < ?", (low, high)
        ).fetchone()[0]
        return {row[0] for row in rows}, spent

    def grant(self, items: list[int]) -> None:
        """One more answer to each of these items."""
        self._c.executemany(
            "INSERT INTO more_answers (item_id, extra) VALUES (?, 1) ON CONFLICT (item_id) DO UPDATE SET extra = extra + 1",
            [(item,) for item in items],
        )

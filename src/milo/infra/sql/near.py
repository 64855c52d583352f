"""The SQL of near-duplicates: what is to be compared, and the groups that were found."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from milo.flow.near import NearGroup, NearItem, NearSearch
from milo.infra.sql.ids import id_range

_encode = msgspec.json.encode
_GROUP = "g.id, g.field, (SELECT count(*) FROM near_item n WHERE n.group_id = g.id), g.likeness FROM near_group g"


class NearSql:
    """Reads and writes of one project on a connection."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c, self._project = connection, project_id

    def place(self) -> int:
        """The place of the last item."""
        row = self._c.execute("SELECT next_ord - 1 FROM project WHERE id = ?", (self._project,)).fetchone()
        return 0 if row is None else row[0]

    def contents(self, after: int, limit: int) -> list[tuple[int, str]]:
        """The next items that are not set aside, by id, with their content (JSON)."""
        low, high = id_range(self._project)
        rows = self._c.execute(
            "SELECT i.id, c.data FROM item i JOIN content c ON c.item_id = i.id WHERE i.id > ? AND i.id < ? AND i.status <> 4 "
            "ORDER BY i.id LIMIT ?",
            (max(after, low), high, limit),
        )
        return rows.fetchall()

    def clear(self, field: str) -> None:
        """Forget the last search over a field."""
        own = (self._project, field)
        self._c.execute(
            "DELETE FROM near_item WHERE group_id IN (SELECT id FROM near_group WHERE project_id = ? AND field = ?)", own
        )
        self._c.execute("DELETE FROM near_group WHERE project_id = ? AND field = ?", own)
        self._c.execute("DELETE FROM near_search WHERE project_id = ? AND field = ?", own)

    def store(self, search: NearSearch, groups: Sequence[Sequence[tuple[int, float]]]) -> None:
        """Keep what a search found instead of what the last one did."""
        self.clear(search.field)
        for place, group in enumerate(groups):
            done = self._c.execute(
                "INSERT INTO near_group (project_id, field, place, likeness) VALUES (?, ?, ?, ?)",
                (self._project, search.field, place, min(likeness for _, likeness in group)),
            )
            self._c.executemany(
                "INSERT INTO near_item (group_id, item_id, likeness) VALUES (?, ?, ?)",
                [(done.lastrowid, item, likeness) for item, likeness in group],
            )
        self._c.execute(
            "INSERT INTO near_search (project_id, field, body, at) VALUES (?, ?, ?, ?)",
            (self._project, search.field, _encode(search).decode(), search.at),
        )

    def search(self, field: str) -> NearSearch | None:
        """The last search over a field."""
        row = self._c.execute(
            "SELECT body FROM near_search WHERE project_id = ? AND field = ?", (self._project, field)
        ).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=NearSearch)

    def groups(self, field: str, offset: int, limit: int) -> list[NearGroup]:
        """A page of the groups of the last search, the largest first."""
        rows = self._c.execute(
            f"SELECT {_GROUP} WHERE g.project_id = ? AND g.field = ? ORDER BY g.place LIMIT ? OFFSET ?",
            (self._project, field, limit, offset),
        )
        return [NearGroup(*row) for row in rows]

    def group(self, ident: int) -> NearGroup | None:
        """A group of the project."""
        row = self._c.execute(f"SELECT {_GROUP} WHERE g.project_id = ? AND g.id = ?", (self._project, ident)).fetchone()
        return None if row is None else NearGroup(*row)

    def members(self, group: int, offset: int, limit: int) -> list[NearItem]:
        """A page of the items of a group, the earliest first."""
        rows = self._c.execute(
            "SELECT n.item_id, n.likeness, i.key, i.status, i.n_answers, i.flagged, c.data FROM near_item n "
            "JOIN item i ON i.id = n.item_id JOIN content c ON c.item_id = n.item_id WHERE n.group_id = ? "
            "ORDER BY n.item_id LIMIT ? OFFSET ?",
            (group, limit, offset),
        )
        return [NearItem(*row) for row in rows]

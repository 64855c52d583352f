"""The SQL of items that are set aside for everybody: kept with all that was said of them, and handed to nobody.

One statement for all items at once, within the transaction of the caller, so that either all are set aside or none: what is set
aside stands in `set_aside`; status, free places and counts follow from it (see `WorkSql.settle`).
"""

from __future__ import annotations

import sqlite3

import msgspec
import numpy as np

from milo.flow.ports.items import Ids
from milo.flow.ports.work import STATUS_NAMES
from milo.infra.sql.ids import id_range

NOT_ASIDE = "NOT EXISTS (SELECT 1 FROM set_aside sa WHERE sa.item_id = {} AND sa.live = 1)"
"""Of an item, named in the braces: it is not set aside."""
_THESE = "(SELECT item_id FROM set_aside WHERE bulk_id = ? AND live = 1)"


class AsideSql:
    """Reads and writes of one project on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c, self._project = connection, project_id

    def existing(self, items: Ids) -> int:
        """How many of the items there are in the project."""
        row = self._c.execute(
            "SELECT count(*) FROM json_each(?) e CROSS JOIN item i ON i.id = e.value AND i.id >= ? AND i.id < ?",
            (_json(items), *id_range(self._project)),
        )
        return row.fetchone()[0]

    def studied(self, items: Ids) -> int:
        """How many of the items a running study needs."""
        row = self._c.execute(
            "SELECT count(DISTINCT e.value) FROM study s CROSS JOIN json_each(?) e JOIN study_item t ON t.study_id = s.id "
            "AND t.item_id = e.value WHERE s.project_id = ? AND s.state = 'running'",
            (_json(items), self._project),
        )
        return row.fetchone()[0]

    def standing(self, items: Ids) -> tuple[int, int, int]:
        """Of the items: how many are set aside, how many of the others have answers, how many of the others somebody holds."""
        row = self._c.execute(
            "SELECT sum(i.status = 4), sum(i.status <> 4 AND i.n_answers > 0), sum(i.status <> 4 AND EXISTS (SELECT 1 FROM "
            "assignment a WHERE a.item_id = i.id AND a.state = 0)) FROM json_each(?) e CROSS JOIN item i ON i.id = e.value",
            (_json(items),),
        ).fetchone()
        return row[0] or 0, row[1] or 0, row[2] or 0

    def put(self, bulk_id: int, items: Ids) -> None:
        """Note items under a decision; those that are set aside stay under the earlier one."""
        self._c.execute(
            "INSERT INTO set_aside (bulk_id, item_id) SELECT ?, i.id FROM json_each(?) e CROSS JOIN item i ON i.id = e.value "
            f"WHERE {NOT_ASIDE.format('i.id')}",
            (bulk_id, _json(items)),
        )

    def again(self, bulk_id: int) -> None:
        """Let a decision that was undone hold again, but for items that another one has set aside since."""
        self._c.execute(
            f"UPDATE set_aside SET live = 1 WHERE bulk_id = ? AND live = 0 AND {NOT_ASIDE.format('set_aside.item_id')}",
            (bulk_id,),
        )

    def close(self, bulk_id: int, now: float) -> int:
        """Let nobody have the items of a decision: what is lent is taken back, what was drawn is dropped; how many items."""
        rows = self._c.execute(
            f"SELECT status, count(*), sum(free > 0) FROM item WHERE id IN {_THESE} AND status <> 4 GROUP BY status", (bulk_id,)
        ).fetchall()
        parts = [f"{STATUS_NAMES[status]} = {STATUS_NAMES[status]} - {n}" for status, n, _ in rows]
        changed, free = sum(n for _, n, _ in rows), sum(n for _, _, n in rows)
        columns = ", ".join([*parts, f"aside = aside + {changed}", f"free = free - {free}"])
        self._c.execute(f"UPDATE project_count SET {columns} WHERE project_id = ?", (self._project,))
        self._c.execute(f"UPDATE assignment SET state = 3 WHERE state = 0 AND item_id IN {_THESE}", (bulk_id,))
        self._c.execute(f"DELETE FROM pick WHERE item_id IN {_THESE}", (bulk_id,))
        self._c.execute(f"UPDATE item SET status = 4, free = 0, updated_at = ? WHERE id IN {_THESE}", (now, bulk_id))
        return changed

    def of(self, bulk_id: int) -> list[int]:
        """The items that are set aside by a decision."""
        return [row[0] for row in self._c.execute(f"SELECT item_id FROM {_THESE}", (bulk_id,))]

    def among(self, items: Ids) -> list[int]:
        """Those of the items that are set aside."""
        rows = self._c.execute(
            "SELECT s.item_id FROM json_each(?) e CROSS JOIN set_aside s ON s.item_id = e.value AND s.live = 1", (_json(items),)
        )
        return [row[0] for row in rows]

    def lift(self, bulk_id: int) -> None:
        """A decision holds no more; it can be let hold again."""
        self._c.execute("UPDATE set_aside SET live = 0 WHERE bulk_id = ?", (bulk_id,))

    def drop(self, items: list[int]) -> None:
        """Take items out of the decisions that set them aside, for good."""
        self._c.executemany("DELETE FROM set_aside WHERE item_id = ? AND live = 1", [(item,) for item in items])

    def others(self, field: str) -> Ids:
        """Of each group of near-duplicates all items but one: the first that somebody has answered, else the earliest. Items that
        are set aside do not count."""
        rows = self._c.execute(
            "SELECT item_id FROM (SELECT n.item_id, row_number() OVER (PARTITION BY n.group_id ORDER BY i.n_answers > 0 DESC, "
            "n.item_id) AS at FROM near_group g JOIN near_item n ON n.group_id = g.id JOIN item i ON i.id = n.item_id "
            "AND i.status <> 4 WHERE g.project_id = ? AND g.field = ?) WHERE at > 1 ORDER BY item_id",
            (self._project, field),
        )
        return np.array([row[0] for row in rows], np.int64)

    def note(self, items: list[int], user_id: int, kind: str, facts: bytes, now: float) -> None:
        """Write it to the history of each item."""
        self._c.executemany(
            "INSERT INTO event (at, project_id, item_id, user_id, kind, data) VALUES (?, ?, ?, ?, ?, ?)",
            [(now, self._project, item, user_id, kind, facts.decode()) for item in items],
        )


def _json(items: Ids) -> str:
    return msgspec.json.encode(items.tolist()).decode()

"""The SQL of looking at many items: one list of ids for each criterion of a filter, and the rows of a page.

Nothing here reads model output of a blind item: suggestions are joined to items that are not blind, everywhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from milo.flow.browse import STATUSES, Filter, Sort
from milo.flow.labels import escaped
from milo.flow.ports.items import Ids
from milo.infra.sql.fts import FtsSql
from milo.infra.sql.ids import id_range, item_id
from milo.infra.sql.rows import plain_text

_ACTIVE = "a.run_id IN (SELECT id FROM run WHERE project_id = ? AND active = 1)"
_ENABLED = "SELECT id FROM predictor WHERE project_id = ? AND enabled = 1"


class GridSql:
    """Reads over the items of one project."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c = connection
        self._project = project_id
        self._low, self._high = id_range(project_id)

    def total(self) -> int:
        """How many items there are."""
        row = self._c.execute("SELECT items FROM project_count WHERE project_id = ?", (self._project,)).fetchone()
        return 0 if row is None else row[0]

    def page_by_place(self, offset: int, limit: int, *, backwards: bool) -> list[int]:
        """Ids by import order, straight from the primary key: places have no gaps."""
        total = self.total()
        if offset >= total:
            return []
        if backwards:
            return self._between(max(1, total - offset - limit + 1), total - offset)[::-1]
        return self._between(offset + 1, min(offset + limit, total))

    def _between(self, first: int, last: int) -> list[int]:
        rows = self._c.execute(
            "SELECT id FROM item WHERE id BETWEEN ? AND ? ORDER BY id",
            (item_id(self._project, first), item_id(self._project, last)),
        )
        return [row[0] for row in rows]

    def matching(self, wanted: Filter) -> Ids:
        """All items that fit, in import order."""
        lists = [look() for look in self._criteria(wanted)]
        if not lists:
            return self._ids("SELECT id FROM item WHERE id >= ? AND id < ? ORDER BY id", self._low, self._high)
        lists.sort(key=len)
        out = lists[0]
        for other in lists[1:]:
            out = np.intersect1d(out, other, assume_unique=True)
        return out

    def _criteria(self, f: Filter) -> list[Callable[[], Ids]]:
        looks: list[Callable[[], Ids]] = []
        if f.q:
            looks.append(lambda: FtsSql(self._c).search(self._project, f.q))
        if f.status:
            looks.append(lambda: self._status(f.status))
        if f.flagged is not None:
            looks.append(lambda: self._flagged(bool(f.flagged)))
        looks += [lambda q=q, v=v: self._label(q, v) for q, v in f.labels]
        looks += [lambda q=q, v=v: self._suggested(q, v) for q, v in f.suggested]
        if f.author is not None:
            looks.append(lambda: self._author(f.author or ""))
        if f.min_score is not None or f.max_score is not None:
            looks.append(lambda: self._scored(f.min_score, f.max_score))
        looks += [lambda n=n, v=v: self._meta(n, v) for n, v in f.meta]
        looks += [lambda h=h: self._has(h) for h in f.has]
        return looks

    def _ids(self, sql: str, *args: Any) -> Ids:
        """The first column, sorted and without repeats."""
        found = np.fromiter(chain.from_iterable(self._c.execute(sql, args)), np.int64)
        return found if found.size < 2 or bool(np.all(found[1:] > found[:-1])) else np.unique(found)

    def _status(self, status: tuple[str, ...]) -> Ids:
        parts = [
            self._ids(
                "SELECT id FROM item WHERE status = ? AND id >= ? AND id < ? ORDER BY id",
                STATUSES.index(s),
                self._low,
                self._high,
            )
            for s in status
        ]
        return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))

    def _flagged(self, flagged: bool) -> Ids:
        test = "flagged > 0" if flagged else "flagged = 0"
        return self._ids(f"SELECT id FROM item WHERE {test} AND id >= ? AND id < ? ORDER BY id", self._low, self._high)

    def _label(self, question: str, label: str) -> Ids:
        """Items with the label in a live answer, alone (`label`) or among others (`|a|label|`)."""
        name = escaped(label)
        return self._ids(
            "SELECT item_id FROM annotation INDEXED BY ix_annotation_label WHERE role <> 'suggestion' AND live = 1 "
            "AND question = ? AND label = ? AND item_id >= ? AND item_id < ? UNION "
            "SELECT item_id FROM annotation INDEXED BY ix_annotation_label WHERE role <> 'suggestion' AND live = 1 "
            "AND question = ? AND label >= '|' AND label < '}' AND instr(label, ?) > 0 AND item_id >= ? AND item_id < ?",
            question, name, self._low, self._high, question, f"|{name}|", self._low, self._high,
        )  # fmt: skip

    def _suggested(self, question: str, label: str) -> Ids:
        name = escaped(label)
        return self._ids(
            "SELECT a.item_id FROM annotation a JOIN item i ON i.id = a.item_id AND i.blind = 0 "
            f"WHERE a.role = 'suggestion' AND a.predictor_id IN ({_ENABLED}) AND {_ACTIVE} AND a.live = 1 AND a.question = ? "
            "AND (a.label = ? OR (a.label >= '|' AND a.label < '}' AND instr(a.label, ?) > 0))",
            self._project, self._project, question, name, f"|{name}|",
        )  # fmt: skip

    def _author(self, name: str) -> Ids:
        user = self._c.execute("SELECT id FROM user WHERE login = ?", (name,)).fetchone()
        if user is not None:
            return self._ids(
                "SELECT item_id FROM annotation WHERE user_id = ? AND role <> 'suggestion' AND live = 1 "
                "AND item_id >= ? AND item_id < ?",
                user[0], self._low, self._high,
            )  # fmt: skip
        suggested = self._ids(
            "SELECT a.item_id FROM annotation a JOIN item i ON i.id = a.item_id AND i.blind = 0 "
            "WHERE a.role = 'suggestion' AND a.live = 1 AND a.predictor_id IN "
            f"(SELECT id FROM predictor WHERE project_id = ? AND enabled = 1 AND name = ?) AND {_ACTIVE}",
            self._project, name, self._project,
        )  # fmt: skip
        imported = self._ids(
            "SELECT item_id FROM annotation WHERE role <> 'suggestion' AND live = 1 AND origin IS NOT NULL "
            "AND item_id >= ? AND item_id < ? AND json_extract(origin, '$.author') = ?",
            self._low, self._high, name,
        )  # fmt: skip
        return np.union1d(suggested, imported)

    def _scored(self, low: float | None, high: float | None) -> Ids:
        return self._ids(
            "SELECT id FROM item INDEXED BY ix_item_conf WHERE conf IS NOT NULL AND conf >= ? AND conf <= ? "
            "AND id >= ? AND id < ? AND blind = 0",
            0.0 if low is None else low, 1.0 if high is None else high, self._low, self._high,
        )  # fmt: skip

    def _meta(self, name: str, value: str) -> Ids:
        """Metadata is stored without blanks, so that a name with its value stands in it literally; what looks right (it may
        be nested deeper) is decoded to be sure."""
        start = msgspec.json.encode(name).decode() + ":"
        rows = self._c.execute(
            "SELECT item_id, meta FROM content WHERE item_id >= ? AND item_id < ? AND meta IS NOT NULL "
            "AND (instr(meta, ?) > 0 OR instr(meta, ?) > 0) ORDER BY item_id",
            (self._low, self._high, start + msgspec.json.encode(value).decode(), start + value),
        )
        return np.fromiter((i for i, meta in rows if plain_text(msgspec.json.decode(meta).get(name)) == value), np.int64)

    def _has(self, what: str) -> Ids:
        if what == "answer":
            return self._ids(
                "SELECT DISTINCT item_id FROM annotation INDEXED BY ix_annotation_answer WHERE role <> 'suggestion' "
                "AND live = 1 AND item_id >= ? AND item_id < ? ORDER BY item_id",
                self._low, self._high,
            )  # fmt: skip
        if what == "comment":
            return self._ids(
                "SELECT DISTINCT item_id FROM comment WHERE item_id >= ? AND item_id < ? ORDER BY item_id",
                self._low,
                self._high,
            )
        return self._scored(None, None)

    def ordered(self, ids: Ids, sort: Sort) -> Ids:
        """The same items in another order. Those without a value of the sort come last, by import order."""
        if sort in ("ord", "-ord") or ids.size == 0:
            return ids if sort == "ord" else ids[::-1]
        if sort == "random":
            return ids[np.argsort(_scatter(ids), kind="stable")]
        column = "conf" if sort.endswith("confidence") else "updated_at"
        visible = " AND blind = 0" if column == "conf" else ""
        rows = self._c.execute(
            f"SELECT id, {column} FROM item WHERE {column} IS NOT NULL AND id >= ? AND id < ?{visible} ORDER BY id",
            (self._low, self._high),
        )
        known = np.fromiter(rows, np.dtype([("id", np.int64), ("value", np.float64)]))
        values = np.full(ids.size, np.nan)
        _, here, there = np.intersect1d(ids, known["id"], assume_unique=True, return_indices=True)
        values[here] = known["value"][there]
        descending = sort in ("-confidence", "updated")
        return ids[np.argsort(-values if descending else values, kind="stable")]


def _scatter(ids: Ids) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """A fixed shuffle: a mixing function of the id, the same on every page."""
    x = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x ^= x >> np.uint64(29)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    return x ^ (x >> np.uint64(32))

"""The SQL of bulk decisions."""

from __future__ import annotations

import math
import sqlite3
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from milo.flow.bulk import BulkOrder, Candidates, Closed, Decision
from milo.flow.labels import shown
from milo.flow.ports.items import Ids
from milo.infra.sql.ids import id_range
from milo.infra.sql.work import WorkSql

_BULK = "id, project_id, op_id, kind, question, args, n, user_id, at, undone"
_AT_ONCE = 500


class BulkSql:
    """Implements `BulkPort` on a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def known(self, op_id: str) -> BulkOrder | None:
        return self._one("op_id", op_id)

    def get(self, bulk_id: int) -> BulkOrder | None:
        return self._one("id", bulk_id)

    def _one(self, column: str, value: Any) -> BulkOrder | None:
        row = self._c.execute(f"SELECT {_BULK} FROM bulk WHERE {column} = ?", (value,)).fetchone()
        return None if row is None else _order(row)

    def listing(self, project_id: int, limit: int) -> list[tuple[BulkOrder, str]]:
        """The latest decisions with the login of who made them."""
        rows = self._c.execute(
            "SELECT b.id, b.project_id, b.op_id, b.kind, b.question, b.args, b.n, b.user_id, b.at, b.undone, u.login "
            "FROM bulk b LEFT JOIN user u ON u.id = b.user_id WHERE b.project_id = ? ORDER BY b.id DESC LIMIT ?",
            (project_id, limit),
        )
        return [(_order(row[:10]), row[10] or "") for row in rows]

    def begin(
        self, project_id: int, op_id: str, kind: str, question: str, args: dict[str, Any], user_id: int, now: float
    ) -> int:
        done = self._c.execute(
            "INSERT INTO bulk (project_id, op_id, kind, question, args, n, user_id, at) VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
            (project_id, op_id, kind, question, msgspec.json.encode(args).decode(), user_id, now),
        )
        return done.lastrowid or 0

    def closed(self, project_id: int, question: str, now: float, bulk_id: int | None) -> Closed:
        low, high = id_range(project_id)
        blind = self._ids("SELECT id FROM item WHERE blind = 1 AND id >= ? AND id < ?", low, high)
        lent = self._ids(
            "SELECT item_id FROM assignment WHERE state = 0 AND until >= ? AND item_id >= ? AND item_id < ?", now, low, high
        )
        answered = self._ids(
            "SELECT item_id FROM annotation INDEXED BY ix_annotation_answer WHERE role <> 'suggestion' AND live = 1 "
            "AND item_id >= ? AND item_id < ? AND question = ? AND bulk_id IS NOT ?",
            low, high, question, -1 if bulk_id is None else bulk_id,
        )  # fmt: skip
        aside = self._ids("SELECT id FROM item WHERE status = 4 AND id >= ? AND id < ?", low, high)
        return Closed(blind, lent, answered, aside)

    def _ids(self, sql: str, *args: Any) -> Ids:
        return np.unique(np.fromiter(chain.from_iterable(self._c.execute(sql, args)), np.int64))

    def candidates(self, project_id: int, question: str, source: str | None, version: int | None = None) -> Candidates:
        """The suggestions of active runs and enabled predictors: of one predictor (and version), or the surest of each item."""
        rows = self._c.execute(
            "SELECT a.item_id, a.id, a.score, a.label FROM predictor p JOIN annotation a INDEXED BY ix_annotation_ranked "
            "ON a.predictor_id = p.id AND a.role = 'suggestion' AND a.question = ? "
            "WHERE p.project_id = ? AND p.enabled = 1 AND (? IS NULL OR p.name = ?) "
            "AND a.run_id IN (SELECT id FROM run WHERE project_id = ? AND active = 1 AND (? IS NULL OR version = ?))",
            (question, project_id, source, source, project_id, version, version),
        )
        best: dict[int, tuple[float, int, str]] = {}
        for item, ident, score, label in rows:
            known = best.get(item)
            sure = -1.0 if score is None else score
            if known is None or sure > known[0]:
                best[item] = (sure, ident, shown(label or ""))
        scores = np.fromiter((math.nan if v[0] < 0 else v[0] for v in best.values()), np.float64)
        return Candidates(
            np.fromiter(best, np.int64),
            np.fromiter((v[1] for v in best.values()), np.int64),
            scores,
            [v[2] for v in best.values()],
        )

    def is_open(self, item_id: int, question: str, now: float) -> bool:
        row = self._c.execute(
            "SELECT 1 FROM item WHERE id = ? AND blind = 0 AND status <> 4 "
            "AND NOT EXISTS (SELECT 1 FROM assignment WHERE item_id = item.id AND state = 0 AND until >= ?) "
            "AND NOT EXISTS (SELECT 1 FROM annotation WHERE item_id = item.id AND question = ? AND role <> 'suggestion' "
            "AND live = 1)",
            (item_id, now, question),
        ).fetchone()
        return row is not None

    def suggested(self, suggestions: list[int]) -> dict[int, tuple[int, str, str | None, bytes]]:
        out: dict[int, tuple[int, str, str | None, bytes]] = {}
        for start in range(0, len(suggestions), _AT_ONCE):
            part = suggestions[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._c.execute(
                "SELECT a.id, a.item_id, a.value, a.label, a.score, p.name, r.version, a.question FROM annotation a "
                "JOIN predictor p ON p.id = a.predictor_id JOIN run r ON r.id = a.run_id AND r.active = 1 "
                f"WHERE a.id IN ({marks}) AND a.role = 'suggestion' AND a.live = 1",
                part,
            )
            for ident, item, value, label, score, source, version, _ in rows:
                seen = [
                    {"id": ident, "value": msgspec.Raw(value.encode()), "score": score, "source": source, "version": version}
                ]
                out[ident] = (item, value, label, msgspec.json.encode(seen))
        return out

    def add(
        self, bulk_id: int, question: str, user_id: int, schema_version: int, decisions: list[Decision], now: float
    ) -> None:
        self._c.executemany(
            "INSERT INTO annotation (item_id, question, role, author_kind, user_id, value, label, basis, shown, "
            "schema_version, bulk_id, created_at) VALUES (?, ?, 'answer', 'person', ?, ?, ?, 'bulk', ?, ?, ?, ?)",
            [(d.item_id, question, user_id, d.value, d.label, d.shown, schema_version, bulk_id, now) for d in decisions],
        )

    def settle(self, project_id: int, item_id: int, overlap: int, answers: int, now: float) -> None:
        WorkSql(self._c).settle(project_id, item_id, overlap, answers, now)

    def finish(self, bulk_id: int, n: int, args: dict[str, Any]) -> None:
        self._c.execute("UPDATE bulk SET n = ?, args = ? WHERE id = ?", (n, msgspec.json.encode(args).decode(), bulk_id))

    def decided(self, bulk_id: int) -> int:
        """How many answers a decision has made so far."""
        return self._c.execute("SELECT count(*) FROM annotation WHERE bulk_id = ?", (bulk_id,)).fetchone()[0]

    def part(self, bulk_id: int, live: bool, after: int, limit: int) -> list[tuple[int, int]]:
        rows = self._c.execute(
            "SELECT id, item_id FROM annotation WHERE bulk_id = ? AND id > ? AND live = ? ORDER BY id LIMIT ?",
            (bulk_id, after, int(live), limit),
        )
        return rows.fetchall()

    def switch(self, annotations: list[int], live: bool) -> None:
        self._c.executemany("UPDATE annotation SET live = ? WHERE id = ?", [(int(live), a) for a in annotations])

    def mark(self, bulk_id: int, undone: bool) -> None:
        self._c.execute("UPDATE bulk SET undone = ? WHERE id = ?", (int(undone), bulk_id))


def _order(row: tuple[Any, ...]) -> BulkOrder:
    values = list(row)
    values[5], values[9] = msgspec.json.decode(row[5]), bool(row[9])
    return BulkOrder(*values)

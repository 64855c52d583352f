"""The SQL of gold: made, listed with what people answered beside it, and taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from milo.flow.gold import GoldRow, NewGold, Source
from milo.infra.sql.called import author, called
from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode


class GoldSql:
    """Implements `GoldPort` on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def source(self, annotation_id: int) -> Source | None:
        row = self._c.execute(
            "SELECT id, item_id, question, value, basis, role FROM annotation WHERE id = ? AND role <> 'suggestion' AND live = 1 "
            "AND author_kind = 'person'",
            (annotation_id,),
        ).fetchone()
        return None if row is None else Source(row[0], row[1], row[2], _decode(row[3]), row[4], row[5])

    def suggested(self, item_id: int, question: str) -> bool:
        row = self._c.execute(
            "SELECT 1 FROM annotation a JOIN item i ON i.id = a.item_id AND i.blind = 0 "
            "JOIN run r ON r.id = a.run_id AND r.active = 1 JOIN predictor p ON p.id = a.predictor_id AND p.enabled = 1 "
            "WHERE a.item_id = ? AND a.question = ? AND a.role = 'suggestion' AND a.live = 1 LIMIT 1",
            (item_id, question),
        ).fetchone()
        return row is not None

    def content(self, item_id: int) -> dict[str, Any] | None:
        row = self._c.execute("SELECT data FROM content WHERE item_id = ?", (item_id,)).fetchone()
        return None if row is None else _decode(row[0])

    def put(self, item_id: int, user_id: int, gold: NewGold, schema_version: int, now: float) -> int:
        before = self._c.execute(
            "SELECT id FROM annotation WHERE item_id = ? AND question = ? AND role <> 'suggestion' AND role = 'gold' AND live = 1",
            (item_id, gold.question),
        ).fetchone()
        self.drop(item_id, gold.question)
        origin = None if gold.made_from is None else msgspec.json.encode({"from": gold.made_from}).decode()
        done = self._c.execute(
            "INSERT INTO annotation (item_id, question, role, author_kind, user_id, value, label, basis, schema_version, replaces, "
            "origin, created_at) VALUES (?, ?, 'gold', 'person', ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item_id, gold.question, user_id, gold.value.decode(), gold.label, gold.basis, schema_version,
                None if before is None else before[0], origin, now,
            ),
        )  # fmt: skip
        self._c.execute("UPDATE item SET updated_at = ? WHERE id = ?", (now, item_id))
        return done.lastrowid or 0

    def drop(self, item_id: int, question: str | None) -> int:
        """Take gold back (it stays on record); how many."""
        return self._c.execute(
            "UPDATE annotation SET live = 0 WHERE item_id = ? AND role <> 'suggestion' AND role = 'gold' AND live = 1 "
            "AND (? IS NULL OR question = ?)",
            (item_id, question, question),
        ).rowcount

    def count(self, project_id: int, question: str) -> tuple[int, int]:
        """Items with gold, and those among them whose gold was made without a suggestion in sight."""
        low, high = id_range(project_id)
        return self._c.execute(
            "SELECT count(DISTINCT item_id), count(DISTINCT CASE WHEN basis <> 'shown' THEN item_id END) FROM annotation "
            "INDEXED BY ix_annotation_truth WHERE role IN ('gold', 'resolution') AND role = 'gold' AND live = 1 AND question = ? "
            "AND item_id >= ? AND item_id < ?",
            (question, low, high),
        ).fetchone()

    def listing(
        self, project_id: int, question: str, agree: Callable[[Any, Any], float], limit: int, offset: int
    ) -> list[GoldRow]:
        """Gold with the mean agreement of people's answers beside it, by item."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT g.item_id, g.question, g.value, g.user_id, g.basis, g.created_at FROM annotation g INDEXED BY ix_annotation_truth "
            "WHERE g.role IN ('gold', 'resolution') AND g.role = 'gold' AND g.live = 1 "
            "AND g.question = ? AND g.item_id >= ? AND g.item_id < ? ORDER BY g.item_id LIMIT ? OFFSET ?",
            (question, low, high, limit, offset),
        ).fetchall()
        out: list[GoldRow] = []
        users = called(self._c)
        for item, name, value, user, basis, at in rows:
            gold = _decode(value)
            beside = [agree(gold, _decode(v)) for (v,) in self._answers(item, question)]
            by = author(users, user).name if user is not None else None
            out.append(GoldRow(item, name, gold, by, basis, at, len(beside), sum(beside) / len(beside) if beside else None))
        return out

    def _answers(self, item: int, question: str) -> list[tuple[str]]:
        return self._c.execute(
            "SELECT value FROM annotation WHERE item_id = ? AND question = ? AND role <> 'suggestion' AND role = 'answer' "
            "AND live = 1 AND author_kind = 'person' AND basis NOT IN ('bulk', 'planted')",
            (item, question),
        ).fetchall()

"""The SQL of confidence: signals beside answers given blind, fitted maps, and scores written anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from milo.flow.freeze import Frozen

_decode = msgspec.json.decode


class SignalsSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def said(self, predictors: Sequence[int], question: str, items: Sequence[int]) -> dict[int, tuple[Any, float]]:
        """What other models say of items, blind ones included: (value, score); of several the first predictor's."""
        found: dict[int, tuple[Any, float]] = {}
        for predictor in reversed(predictors):
            for item in items:
                row = self._c.execute(
                    "SELECT value, score FROM annotation WHERE role = 'suggestion' AND item_id = ? AND question = ? "
                    "AND predictor_id = ? AND live = 1 AND score IS NOT NULL "
                    "UNION ALL SELECT * FROM (SELECT value, score FROM blind_check WHERE item_id = ? AND question = ? "
                    "AND predictor_id = ? AND score IS NOT NULL ORDER BY run_id DESC LIMIT 1)",
                    (item, question, predictor, item, question, predictor),
                ).fetchone()
                if row is not None:
                    found[item] = (_decode(row[0]), row[1])
        return found

    def measured(self, predictor: int, version: int, question: str, limit: int) -> list[tuple[int, Any, Any, dict[str, float]]]:
        """Blind items that a version and a person have answered: (item id, the model's value, the person's, signals), the
        latest answers first. Of several runs the last one counts; runs that were taken back count as well."""
        rows = self._c.execute(
            "SELECT b.item_id, b.value, a.value, s.signals, max(b.run_id) "
            "FROM (SELECT id FROM run WHERE predictor_id = ? AND version = ? AND kind = 'annotate') r "
            "JOIN blind_check b ON b.run_id = r.id "
            "JOIN annotation a ON a.item_id = b.item_id AND a.question = b.question AND a.role <> 'suggestion' AND a.live = 1 "
            "AND a.basis = 'blind' AND a.author_kind = 'person' "
            "LEFT JOIN signal s ON s.run_id = b.run_id AND s.item_id = b.item_id AND s.question = b.question "
            "WHERE b.question = ? GROUP BY a.id ORDER BY a.id DESC LIMIT ?",
            (predictor, version, question, limit),
        )
        return [(row[0], _decode(row[1]), _decode(row[2]), _decode(row[3]) if row[3] else {}) for row in rows]

    def put_model(self, predictor: int, data: dict[str, Any], n: int, now: float) -> None:
        """Store a fitted map."""
        self._c.execute(
            "INSERT OR REPLACE INTO confidence_model (predictor_id, data, n, at) VALUES (?, ?, ?, ?)",
            (predictor, msgspec.json.encode(data).decode(), n, now),
        )

    def model(self, predictor: int) -> dict[str, Any] | None:
        """The fitted map of a predictor."""
        row = self._c.execute("SELECT data FROM confidence_model WHERE predictor_id = ?", (predictor,)).fetchone()
        return None if row is None else _decode(row[0])

    def frozen(self, predictor: int, version: int) -> Frozen | None:
        """The map of a version that stays as it is."""
        row = self._c.execute(
            "SELECT data FROM confidence_frozen WHERE predictor_id = ? AND version = ?", (predictor, version)
        ).fetchone()
        return None if row is None else _decode(row[0], type=Frozen)

    def freeze(self, predictor: int, made: Frozen) -> Frozen:
        """Keep a map as it is, or give the one that somebody else has kept meanwhile."""
        self._c.execute(
            "INSERT OR IGNORE INTO confidence_frozen (predictor_id, version, data, at) VALUES (?, ?, ?, ?)",
            (predictor, made.version, msgspec.json.encode(made).decode(), made.at),
        )
        found = self.frozen(predictor, made.version)
        assert found is not None
        return found

    def signalled(self, run: int, after: int, size: int) -> list[tuple[int, dict[str, float]]]:
        """(item id, signals) of a run, by item id."""
        rows = self._c.execute(
            "SELECT item_id, signals FROM signal WHERE run_id = ? AND item_id > ? ORDER BY item_id LIMIT ?", (run, after, size)
        )
        return [(row[0], _decode(row[1])) for row in rows]

    def put_scores(self, run: int, predictor: int, question: str, scores: Sequence[tuple[int, float | None]]) -> list[int]:
        """Write the scores of a run's suggestions anew, where they are still its own; the items that changed."""
        changed: list[int] = []
        for item, score in scores:
            done = self._c.execute(
                "UPDATE annotation SET score = ? WHERE item_id = ? AND question = ? AND predictor_id = ? AND role = 'suggestion' "
                "AND run_id = ? AND score IS NOT ?",
                (score, item, question, predictor, run, score),
            )
            if done.rowcount:
                changed.append(item)
        return changed

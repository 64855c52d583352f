"""The SQL of totals: what people said of drawn items, and what a model said of those and of all others."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.infra.sql.aside import NOT_ASIDE
from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode


class DrawnRow(msgspec.Struct, frozen=True):
    """A drawn item: what people said of it, and the model (None: nothing); `audit`: the odds of its audit, if it is one."""

    item: int
    given: list[Any]
    said: Any
    score: float | None
    audit: float | None


class Acceptance(msgspec.Struct, frozen=True):
    """A standing bulk acceptance of a model's suggestions: from which confidence on, and the odds of its audits."""

    version: int
    threshold: float
    per_label: dict[str, float]
    odds: float


class TotalsSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def drawn(self, project: int, question: str, predictor: int, free: bool) -> list[DrawnRow]:
        """Items that people answered blind or in an audit; `free`: also answers without any suggestion. Of what a model said, the
        latest."""
        low, high = id_range(project)
        bases = "'blind', 'audit', 'unassisted'" if free else "'blind', 'audit'"
        rows = self._c.execute(
            "SELECT a.item_id, a.value, (SELECT d.odds FROM blind_draw d WHERE d.annotation_id = a.id AND d.purpose = 'audit'), "
            "s.id, s.value, s.score, b.value, b.score FROM annotation a INDEXED BY ix_annotation_answer "
            "LEFT JOIN annotation s ON s.role = 'suggestion' AND s.item_id = a.item_id AND s.question = a.question "
            "AND s.predictor_id = ? LEFT JOIN blind_check b ON b.item_id = a.item_id AND b.question = a.question AND b.run_id = "
            "(SELECT max(x.run_id) FROM blind_check x WHERE x.item_id = a.item_id AND x.question = a.question "
            "AND x.predictor_id = ?) WHERE a.role <> 'suggestion' "
            f"AND a.role = 'answer' AND a.live = 1 AND a.author_kind = 'person' AND a.basis IN ({bases}) "
            f"AND a.question = ? AND a.item_id >= ? AND a.item_id < ? AND {NOT_ASIDE.format('a.item_id')} ORDER BY a.item_id, a.id",
            (predictor, predictor, question, low, high),
        )
        found: dict[int, DrawnRow] = {}
        for item, value, odds, suggested, said, score, kept, kept_score in rows:
            if item in found:
                found[item].given.append(_decode(value))
                continue
            text, sure = (said, score) if suggested is not None else (kept, kept_score)
            found[item] = DrawnRow(item, [_decode(value)], None if text is None else _decode(text), sure, odds)
        return list(found.values())

    def others(self, project: int, question: str, predictor: int, learned: bool) -> list[tuple[int, Any, float | None]]:
        """All items not set aside that people did not answer blind, in an audit or (`learned`) in another way: item, the model's value
        and score."""
        low, high = id_range(project)
        done = {
            row[0]
            for row in self._c.execute(
                "SELECT item_id FROM annotation INDEXED BY ix_annotation_answer WHERE role <> 'suggestion' AND live = 1 "
                "AND author_kind = 'person' AND question = ? AND item_id >= ? AND item_id < ? "
                "AND (basis IN ('blind', 'audit') OR (? AND basis <> 'bulk'))",
                (question, low, high, learned),
            )
        }
        said = {
            row[0]: (row[1], row[2])
            for row in self._c.execute(
                "SELECT item_id, value, score FROM annotation WHERE role = 'suggestion' AND predictor_id = ? AND question = ?",
                (predictor, question),
            )
        }
        said |= {
            row[0]: (row[1], row[2])
            for row in self._c.execute(
                "SELECT item_id, value, score, max(run_id) FROM blind_check WHERE predictor_id = ? AND question = ? "
                "AND item_id >= ? AND item_id < ? GROUP BY item_id",
                (predictor, question, low, high),
            )
        }
        every = self._c.execute("SELECT id FROM item WHERE id >= ? AND id < ? AND status <> 4 ORDER BY id", (low, high))
        out: list[tuple[int, Any, float | None]] = []
        for (item,) in every:
            if item not in done:
                value, score = said.get(item, (None, None))
                out.append((item, None if value is None else _decode(value), score))
        return out

    def acceptances(self, project: int, question: str, predictor: int) -> list[Acceptance]:
        """Standing acceptances of a model's suggestions under a promise that were audited."""
        rows = self._c.execute(
            "SELECT p.version, p.promise, (SELECT max(d.odds) FROM blind_draw d WHERE d.bulk_id = p.bulk_id) FROM permission p "
            "JOIN bulk b ON b.id = p.bulk_id AND b.undone = 0 WHERE p.project_id = ? AND p.question = ? AND p.predictor_id = ?",
            (project, question, predictor),
        )
        out: list[Acceptance] = []
        for version, promise, odds in rows:
            if odds is not None:
                known = _decode(promise)
                out.append(Acceptance(version, known["threshold"], known.get("per_label", {}), odds))
        return out

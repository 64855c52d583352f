"""The SQL of items drawn by chance to be answered blind: open ones that join the blind slice, accepted ones for an audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from milo.flow.ports.work import Lease, Pick
from milo.infra.sql.aside import NOT_ASIDE
from milo.infra.sql.ids import id_range

WAITING, ANSWERED, WITHDRAWN = range(3)


class AuditRow(msgspec.Struct, frozen=True):
    """An audit of an accepted item: what was accepted (JSON), and the person's value (JSON; None: not answered yet)."""

    item_id: int
    accepted: str
    given: str | None
    answered_at: float | None
    odds: float


class DrawsSql:
    """Queries on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def eligible(self, project: int, question: str, predictor: int, version: int) -> list[int]:
        """Open items with a suggestion of a version that nobody was ever lent or has answered."""
        low, high = id_range(project)
        rows = self._c.execute(
            "SELECT a.item_id FROM annotation a INDEXED BY ix_annotation_ranked JOIN item i ON i.id = a.item_id AND i.blind = 0 "
            "AND i.n_answers = 0 AND i.free > 0 WHERE a.role = 'suggestion' AND a.predictor_id = ? AND a.question = ? "
            "AND a.run_id IN (SELECT id FROM run WHERE predictor_id = ? AND version = ? AND active = 1) "
            "AND NOT EXISTS (SELECT 1 FROM assignment s WHERE s.item_id = a.item_id) "
            "AND NOT EXISTS (SELECT 1 FROM annotation n WHERE n.item_id = a.item_id AND n.role <> 'suggestion') "
            "AND a.item_id >= ? AND a.item_id < ? ORDER BY a.item_id",
            (predictor, question, predictor, version, low, high),
        )
        return [row[0] for row in rows]

    def blinden(
        self, project: int, question: str, predictor: int, version: int, items: Sequence[int], odds: float, now: float
    ) -> None:
        """Let items join the blind slice for good: what models said of them is kept apart, as if it had been so from the start."""
        for item in items:
            self._c.execute(
                "INSERT OR REPLACE INTO blind_check (run_id, item_id, question, predictor_id, value, score) "
                "SELECT run_id, item_id, question, predictor_id, value, score FROM annotation "
                "WHERE item_id = ? AND role = 'suggestion' AND run_id IS NOT NULL",
                (item,),
            )
            self._c.execute("DELETE FROM annotation WHERE item_id = ? AND role = 'suggestion'", (item,))
            row = self._c.execute("SELECT conf FROM item WHERE id = ?", (item,)).fetchone()
            self._c.execute("UPDATE item SET blind = 1, conf = NULL WHERE id = ?", (item,))
            self._count(project, blind=1, suggested=-1 if row[0] is not None else 0)
            self._add(project, item, question, predictor, version, "estimate", odds, None, None, None, now)

    def accepted(self, bulk: int) -> list[int]:
        """The items that a decision stands for."""
        rows = self._c.execute("SELECT item_id FROM annotation WHERE bulk_id = ? AND live = 1 ORDER BY id", (bulk,))
        return [row[0] for row in rows]

    def audit(
        self,
        project: int,
        bulk: int,
        question: str,
        predictor: int,
        version: int,
        items: Sequence[int],
        odds: float,
        now: float,
    ) -> None:
        """Let accepted items be answered again by people who see nothing of what was accepted."""
        for item in items:
            row = self._c.execute(
                "SELECT value FROM annotation WHERE item_id = ? AND question = ? AND bulk_id = ? AND live = 1",
                (item, question, bulk),
            ).fetchone()
            if row is None:
                continue
            done = self._c.execute("UPDATE item SET blind = 1 WHERE id = ? AND blind = 0", (item,))
            if done.rowcount:
                self._count(project, blind=1)
                self._add(project, item, question, predictor, version, "audit", odds, bulk, row[0], None, now)

    def _add(
        self, project: int, item: int, question: str, predictor: int, version: int, purpose: str, odds: float,
        bulk: int | None, value: str | None, score: float | None, now: float,
    ) -> None:  # fmt: skip
        self._c.execute(
            "INSERT INTO blind_draw (project_id, item_id, question, predictor_id, version, purpose, odds, bulk_id, value, score, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (project, item, question, predictor, version, purpose, odds, bulk, value, score, now),
        )

    def next_drawn(self, project: int, user: int, purpose: str, limit: int) -> list[Pick]:
        """Drawn items that wait for an answer, that nobody holds and that were never this person's."""
        rows = self._c.execute(
            "SELECT d.item_id, d.purpose, d.odds FROM blind_draw d WHERE d.project_id = ? AND d.purpose = ? AND d.state = 0 "
            "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = d.item_id AND (a.state = 0 OR (a.user_id = ? "
            f"AND a.state <= 2))) AND {NOT_ASIDE.format('d.item_id')} ORDER BY d.id LIMIT ?",
            (project, purpose, user, limit),
        )
        return [Pick(*row) for row in rows]

    def lend(self, user: int, pick: Pick, until: float, now: float) -> Lease:
        """Lend a drawn item, whether or not it still needs an answer."""
        ident = self._c.execute(
            "INSERT INTO assignment (item_id, user_id, state, until, purpose, odds, at) VALUES (?, ?, 0, ?, ?, ?, ?) "
            "ON CONFLICT (item_id, user_id) DO UPDATE SET state = 0, until = excluded.until, purpose = excluded.purpose, "
            "odds = excluded.odds, at = excluded.at RETURNING id",
            (pick.item_id, user, until, pick.purpose, pick.odds, now),
        ).fetchone()[0]
        self._c.execute("DELETE FROM pick WHERE item_id = ?", (pick.item_id,))
        return Lease(ident, pick.item_id, until, pick.purpose, pick.odds)

    def close(self, project: int, item: int, answers: dict[str, int], now: float) -> int:
        """Note that draws of an item are answered; what was accepted in bulk gives way to a person's word. How many answers
        that counted were taken off."""
        rows = self._c.execute(
            "SELECT id, question, purpose, bulk_id FROM blind_draw WHERE item_id = ? AND state = 0", (item,)
        ).fetchall()
        taken, audits = 0, 0
        for ident, question, purpose, bulk in rows:
            if question not in answers:
                continue
            audits += purpose == "audit"
            self._c.execute(
                "UPDATE blind_draw SET state = 1, annotation_id = ?, answered_at = ? WHERE id = ?",
                (answers[question], now, ident),
            )
            done = self._c.execute(
                "UPDATE annotation SET live = 0 WHERE item_id = ? AND question = ? AND bulk_id = ? AND live = 1",
                (item, question, bulk),
            )
            if done.rowcount and self._counts(bulk):
                taken += 1
        if audits:
            self._unblind(project, item)
        return taken

    def _counts(self, bulk: int) -> bool:
        row = self._c.execute("SELECT json_extract(args, '$.counts') FROM bulk WHERE id = ?", (bulk,)).fetchone()
        return bool(row and row[0])

    def withdraw(self, project: int, bulk: int) -> None:
        """Give up the audits of a decision that was taken back."""
        rows = self._c.execute("SELECT id, item_id FROM blind_draw WHERE bulk_id = ? AND state = 0", (bulk,)).fetchall()
        for ident, item in rows:
            self._c.execute("UPDATE blind_draw SET state = 2 WHERE id = ?", (ident,))
            self._unblind(project, item)

    def _unblind(self, project: int, item: int) -> None:
        open_ = self._c.execute("SELECT 1 FROM blind_draw WHERE item_id = ? AND state = 0", (item,)).fetchone()
        if open_ is None:
            done = self._c.execute("UPDATE item SET blind = 0 WHERE id = ? AND blind = 1", (item,))
            self._count(project, blind=-done.rowcount)

    def audits(self, bulk: int) -> list[AuditRow]:
        """The audits of a decision that were not given up: answered ones first, in the order of the answers."""
        rows = self._c.execute(
            "SELECT d.item_id, d.value, a.value, CASE WHEN a.id IS NULL THEN NULL ELSE d.answered_at END, d.odds "
            "FROM blind_draw d LEFT JOIN annotation a ON a.id = d.annotation_id AND a.live = 1 "
            "WHERE d.bulk_id = ? AND d.state < 2 ORDER BY d.answered_at IS NULL, d.answered_at, d.id",
            (bulk,),
        )
        return [AuditRow(*row) for row in rows]

    def waiting(self, project: int, purpose: str) -> int:
        """How many drawn items have no answer yet."""
        return self._c.execute(
            "SELECT count(*) FROM blind_draw d WHERE d.project_id = ? AND d.purpose = ? AND d.state = 0 "
            f"AND {NOT_ASIDE.format('d.item_id')}",
            (project, purpose),
        ).fetchone()[0]

    def _count(self, project: int, **by: Any) -> None:
        columns = ", ".join(f"{name} = {name} + ({n})" for name, n in by.items())
        self._c.execute(f"UPDATE project_count SET {columns} WHERE project_id = ?", (project,))

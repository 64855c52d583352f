"""The SQL of measuring people: answers beside gold, what everybody did, and what was caught."""

from __future__ import annotations

import sqlite3

import msgspec

from milo.flow.effort import active_seconds
from milo.flow.ports.contributors import Activity, Beside, Caught
from milo.flow.ports.quality import Author
from milo.infra.sql.called import author, called
from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode
_OWN = "a.role = 'answer' AND a.role <> 'suggestion' AND a.live = 1 AND a.author_kind = 'person' AND a.basis NOT IN ('bulk', 'planted')"
_LATEST = 200


class ContributorsSql:
    """Implements `ContributorsPort` for one project on a connection."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c, self._project = connection, project_id
        self._low, self._high = id_range(project_id)
        self._users = called(connection)

    def _author(self, user: int | None, origin: str | None) -> Author:
        return author(self._users, user) if user is not None else Author(str(origin or ""))

    def beside_gold(self, question: str) -> list[Beside]:
        rows = self._c.execute(
            "SELECT a.user_id, json_extract(a.origin, '$.author'), a.item_id, a.created_at, a.value, g.value "
            "FROM annotation g INDEXED BY ix_annotation_truth CROSS JOIN annotation a INDEXED BY ix_annotation_answer "
            "ON a.item_id = g.item_id AND a.question = g.question "
            f"WHERE g.role = 'gold' AND g.role IN ('gold', 'resolution') AND g.live = 1 AND g.question = ? AND g.item_id >= ? "
            f"AND g.item_id < ? AND {_OWN} AND (a.user_id IS NULL OR g.user_id IS NULL OR a.user_id <> g.user_id) "
            "AND a.id IS NOT json_extract(g.origin, '$.from') ORDER BY a.created_at, a.id",
            (question, self._low, self._high),
        )
        return [Beside(self._author(user, origin), item, at, _decode(v), _decode(g)) for user, origin, item, at, v, g in rows]

    def activity(self, question: str, idle_seconds: float) -> list[Activity]:
        rows = self._c.execute(
            "SELECT a.user_id, CASE WHEN a.user_id IS NULL THEN json_extract(a.origin, '$.author') END AS who, count(*), "
            "sum(a.basis = 'shown'), min(a.created_at), max(a.created_at) "
            f"FROM annotation a INDEXED BY ix_annotation_answer WHERE {_OWN} AND a.question = ? AND a.item_id >= ? AND a.item_id < ? "
            "GROUP BY a.user_id, who",
            (question, self._low, self._high),
        ).fetchall()
        return [
            Activity(
                self._author(user, who),
                n,
                assisted,
                first,
                last,
                [] if user is None else self._seconds(question, user, idle_seconds),
            )
            for user, who, n, assisted, first, last in rows
        ]

    def _seconds(self, question: str, user_id: int, idle_seconds: float) -> list[float]:
        """Active seconds of the latest answers that time was recorded for."""
        rows = self._c.execute(
            "SELECT t.events FROM (SELECT item_id, op_id FROM annotation INDEXED BY ix_annotation_user WHERE user_id = ? "
            "AND role = 'answer' AND role <> 'suggestion' AND live = 1 AND basis <> 'bulk' AND question = ? AND op_id IS NOT NULL "
            "AND item_id >= ? AND item_id < ? ORDER BY id DESC LIMIT ?) a "
            "JOIN telemetry t ON t.item_id = a.item_id AND t.op_id = a.op_id",
            (user_id, question, self._low, self._high, _LATEST),
        )
        found = [active_seconds(_decode(events), idle_seconds) for (events,) in rows]
        return [seconds for seconds in found if seconds > 0]

    def version(self) -> tuple[int, int]:
        """Changes with every planted check that is answered and every round that is decided."""
        checks = self._c.execute(
            "SELECT count(*) FROM plant WHERE item_id >= ? AND item_id < ? AND outcome IS NOT NULL", (self._low, self._high)
        ).fetchone()[0]
        rounds = self._c.execute(
            "SELECT count(*) + coalesce(sum(state <> 'open'), 0) FROM qualification WHERE project_id = ?", (self._project,)
        ).fetchone()[0]
        return checks, rounds

    def caught(self, question: str) -> list[Caught]:
        rows = self._c.execute(
            "SELECT user_id, answered_at, outcome = 'caught' FROM plant WHERE item_id >= ? AND item_id < ? AND question = ? "
            "AND outcome IN ('caught', 'missed') ORDER BY answered_at",
            (self._low, self._high, question),
        )
        return [Caught(user, at, bool(hit)) for user, at, hit in rows]

    def standing(self) -> dict[int, str]:
        rows = self._c.execute("SELECT user_id, state FROM qualification WHERE project_id = ? ORDER BY round", (self._project,))
        return dict(rows)

    def said(self, question: str, predictor_id: int, *, blind_only: bool) -> dict[int, str]:
        """What a model says by item (JSON): its suggestions, and what it said of blind items; the latest of each."""
        out: dict[int, str] = {}
        if not blind_only:
            out |= dict(
                self._c.execute(
                    "SELECT item_id, value FROM annotation INDEXED BY ix_annotation_ranked WHERE role = 'suggestion' AND live = 1 "
                    "AND predictor_id = ? AND question = ? AND item_id >= ? AND item_id < ?",
                    (predictor_id, question, self._low, self._high),
                )
            )
        rows = self._c.execute(
            "SELECT item_id, value FROM blind_check WHERE predictor_id = ? AND question = ? ORDER BY run_id",
            (predictor_id, question),
        )
        return out | dict(rows)

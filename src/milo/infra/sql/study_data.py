"""The SQL of a study's data: every task with what became of it by the end, and what people said."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from milo.domain.study import Closing, Form
from milo.flow.study.data import Said, Taker
from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode


class Outcome(msgspec.Struct):
    """One task: `state` of the assignment (None: never lent), the last answer by the end, the gold label, the suggestions as
    offered, raw events of each visit, and what models cost for it."""

    user_id: int
    item_id: int
    period: int
    arm: int
    withheld: bool
    state: int | None
    offered: bytes
    has_answer: bool = False
    answer: Any = None
    visits: list[list[dict[str, Any]]] = []
    cost: float = 0.0


class StudyDataSql:
    """Queries on a connection of the database, for one study, up to a time."""

    def __init__(self, connection: sqlite3.Connection, study_id: int, since: float, until: float) -> None:
        self._c, self._study, self._since, self._until = connection, study_id, since, until

    def items(self) -> list[int]:
        """The study's items, in the order of its plan."""
        rows = self._c.execute("SELECT item_id FROM study_item WHERE study_id = ? ORDER BY item_id", (self._study,))
        return [row[0] for row in rows]

    def outcomes(self, question: str, suggests: Sequence[bool]) -> list[Outcome]:
        """Every task; `suggests`: for each arm whether it shows suggestions, whose making then costs."""
        rows = self._c.execute(
            "SELECT t.user_id, t.item_id, t.period, t.arm, t.withheld, a.state, i.offered FROM study_task t "
            "JOIN study_item i ON i.study_id = t.study_id AND i.item_id = t.item_id "
            "LEFT JOIN assignment a ON a.item_id = t.item_id AND a.user_id = t.user_id "
            "WHERE t.study_id = ? ORDER BY t.user_id, t.period, t.place",
            (self._study,),
        )
        found = [Outcome(u, i, p, a, bool(w), s, o.encode()) for u, i, p, a, w, s, o in rows]
        by_key = {(o.user_id, o.item_id): o for o in found}
        self._answers(by_key, question)
        self._visits(by_key)
        self._costs(by_key, suggests)
        return found

    def gold(self, question: str) -> dict[int, Any]:
        """Gold labels of the study's items, made without sight of suggestions."""
        rows = self._c.execute(
            "SELECT g.item_id, g.value FROM study_item i JOIN annotation g ON g.item_id = i.item_id AND g.question = ? "
            "WHERE i.study_id = ? AND g.role = 'gold' AND g.live = 1 AND g.basis NOT IN ('shown', 'bulk') ORDER BY g.id",
            (question, self._study),
        )
        return {item: _decode(value) for item, value in rows}

    def said(self) -> list[tuple[int, Said]]:
        """(user, form) of each closed block; the form's person is filled in by whoever knows the order."""
        rows = self._c.execute(
            "SELECT user_id, period, arm, form FROM study_block WHERE study_id = ? AND form IS NOT NULL AND ended_at <= ? "
            "AND period >= 0 ORDER BY user_id, period",
            (self._study, self._until),
        )
        return [(user, Said(-1, period, arm, _decode(form, type=Form))) for user, period, arm, form in rows]

    def takers(self) -> list[tuple[int, Taker]]:
        """(user, what is known of them)."""
        rows = self._c.execute(
            "SELECT user_id, started_at IS NOT NULL, finished_at IS NOT NULL, attitude, closing FROM study_person "
            "WHERE study_id = ? ORDER BY code",
            (self._study,),
        )
        return [
            (user, Taker(-1, bool(began), bool(done), attitude, None if closing is None else _decode(closing, type=Closing)))
            for user, began, done, attitude, closing in rows
        ]

    def _answers(self, by_key: dict[tuple[int, int], Outcome], question: str) -> None:
        rows = self._c.execute(
            "SELECT a.user_id, a.item_id, a.value FROM study_task t JOIN annotation a ON a.item_id = t.item_id "
            "AND a.role <> 'suggestion' AND a.role = 'answer' AND a.user_id = t.user_id AND a.question = ? AND a.bulk_id IS NULL "
            "WHERE t.study_id = ? AND a.created_at >= ? AND a.created_at <= ? ORDER BY a.id",
            (question, self._study, self._since, self._until),
        )
        for user, item, value in rows:
            one = by_key[(user, item)]
            one.has_answer, one.answer = True, _decode(value)

    def _visits(self, by_key: dict[tuple[int, int], Outcome]) -> None:
        rows = self._c.execute(
            "SELECT m.user_id, m.item_id, m.events FROM study_task t JOIN telemetry m ON m.item_id = t.item_id "
            "AND m.user_id = t.user_id WHERE t.study_id = ? AND m.at >= ? AND m.at <= ? ORDER BY m.id",
            (self._study, self._since, self._until),
        )
        for user, item, events in rows:
            self._visit(by_key[(user, item)], _decode(events))
        loose = self._c.execute(
            "SELECT m.user_id, m.events FROM telemetry m JOIN study_person p ON p.user_id = m.user_id AND p.study_id = ? "
            "WHERE m.item_id IS NULL AND m.at >= ? AND m.at <= ? ORDER BY m.id",
            (self._study, self._since, self._until),
        )
        for user, events in loose:
            self._loose(by_key, user, _decode(events))

    def _loose(self, by_key: dict[tuple[int, int], Outcome], user: int, events: Any) -> None:
        """Events of a page that was closed over an item: a visit of its own."""
        of: dict[int, list[dict[str, Any]]] = {}
        for event in events if isinstance(events, list) else []:
            if isinstance(event, dict) and isinstance(event.get("item_id"), int):  # pyright: ignore[reportUnknownMemberType]
                of.setdefault(event["item_id"], []).append(event)  # pyright: ignore[reportUnknownArgumentType]
        for item, mine in of.items():
            if (user, item) in by_key:
                self._visit(by_key[(user, item)], mine)

    def _visit(self, one: Outcome, events: Any) -> None:
        kept: list[dict[str, Any]] = []
        for event in events if isinstance(events, list) else []:
            at = event.get("at") if isinstance(event, dict) else None  # pyright: ignore[reportUnknownMemberType]
            if isinstance(at, (int, float)) and not isinstance(at, bool):
                kept.append({"at": at, "kind": str(event.get("kind", ""))})  # pyright: ignore[reportUnknownMemberType]
        if kept:
            one.visits = [*one.visits, kept]

    def _costs(self, by_key: dict[tuple[int, int], Outcome], suggests: Sequence[bool]) -> None:
        """What the assistant and judges cost for the person's work on the item, and what its suggestions cost to make."""
        rows = self._c.execute(
            "SELECT t.user_id, t.item_id, sum(m.cost) FROM study_task t JOIN model_call m ON m.item_id = t.item_id "
            "AND m.user_id = t.user_id AND m.run_id IS NULL AND m.at >= ? AND m.at <= ? WHERE t.study_id = ? "
            "GROUP BY t.user_id, t.item_id",
            (self._since, self._until, self._study),
        ).fetchall()
        for user, item, cost in rows:
            by_key[(user, item)].cost += cost or 0.0
        made = self._c.execute(
            "SELECT m.item_id, sum(m.cost) FROM study_item i JOIN model_call m ON m.item_id = i.item_id AND m.run_id IS NOT NULL "
            "AND m.purpose = 'preannotate' WHERE i.study_id = ? AND m.at <= ? GROUP BY m.item_id",
            (self._study, self._since),
        )
        price = {item: cost or 0.0 for item, cost in made}
        for one in by_key.values():
            if one.arm >= 0 and suggests[one.arm] and not one.withheld:
                one.cost += price.get(one.item_id, 0.0)


def pace(connection: sqlite3.Connection, project_id: int, limit: int) -> list[tuple[int, list[dict[str, Any]]]]:
    """(user, raw events) of the latest submissions of a project."""
    low, high = id_range(project_id)
    rows = connection.execute(
        "SELECT user_id, events FROM telemetry WHERE item_id >= ? AND item_id < ? AND op_id IS NOT NULL ORDER BY id DESC LIMIT ?",
        (low, high, limit),
    )
    return [(user, _decode(events)) for user, events in rows]


def recorded(connection: sqlite3.Connection, project_id: int, question: str, limit: int) -> list[tuple[Any, Any]]:
    """(surest suggestion, gold label) of items that have both and are not in the blind slice."""
    low, high = id_range(project_id)
    rows = connection.execute(
        "SELECT (SELECT s.value FROM annotation s JOIN run r ON r.id = s.run_id AND r.active = 1 "
        "JOIN predictor p ON p.id = s.predictor_id AND p.enabled = 1 WHERE s.item_id = g.item_id AND s.question = g.question "
        "AND s.role = 'suggestion' AND s.live = 1 ORDER BY s.score DESC LIMIT 1), g.value FROM annotation g "
        "JOIN item i ON i.id = g.item_id AND i.blind = 0 WHERE g.item_id >= ? AND g.item_id < ? AND g.question = ? "
        "AND g.role <> 'suggestion' AND g.role = 'gold' AND g.live = 1 LIMIT ?",
        (low, high, question, limit),
    )
    return [(_decode(said), _decode(gold)) for said, gold in rows if said is not None]

"""Answers that people gave before a suggestion was on their screen, in SQL. The first one stays, whatever comes later."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.flow.second_thoughts import Thought
from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode


class FirstAnswersSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def keep(self, item_id: int, user_id: int, question: str, value: bytes, now: float) -> bool:
        """Keep a first answer; false if there was one already, which stays."""
        done = self._c.execute(
            "INSERT INTO first_answer (item_id, user_id, question, value, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (item_id, user_id, question, value.decode(), now),
        )
        return done.rowcount > 0

    def thoughts(self, project_id: int) -> list[Thought]:
        """First and final answers of a project, with what was shown and what is right."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT f.question, f.value, a.value, a.shown, (SELECT t.value FROM annotation t WHERE t.item_id = f.item_id "
            "AND t.question = f.question AND t.role IN ('gold', 'resolution') AND t.live = 1 "
            "ORDER BY t.role = 'gold' DESC, t.id DESC LIMIT 1) FROM first_answer f JOIN annotation a ON a.item_id = f.item_id "
            "AND a.user_id = f.user_id AND a.question = f.question AND a.role = 'answer' AND a.live = 1 "
            "WHERE f.item_id >= ? AND f.item_id < ?",
            (low, high),
        )
        return [
            Thought(question, _decode(first), _decode(final), _values(shown), None if truth is None else _decode(truth))
            for question, first, final, shown, truth in rows
        ]


def _values(shown: str | None) -> tuple[Any, ...]:
    return tuple(one.get("value") for one in _decode(shown)) if shown else ()

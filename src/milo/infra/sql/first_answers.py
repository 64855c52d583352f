"""Answers that people gave before a suggestion or a judge's advice was on their screen, in SQL. The first one stays."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.flow.second_thoughts import Thought
from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode
_TRUTH = (
    "(SELECT t.value FROM annotation t WHERE t.item_id = a.item_id AND t.question = a.question AND t.role IN ('gold', 'resolution') "
    "AND t.run_id IS NULL AND t.live = 1 ORDER BY t.role = 'gold' DESC, t.id DESC LIMIT 1)"
)


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
        """First and final answers of a project, with what was shown and what is right, newest items first; none of blind items."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            f"SELECT f.question, f.value, a.value, a.shown, {_TRUTH}, f.item_id FROM first_answer f "
            "JOIN item i ON i.id = f.item_id AND i.blind = 0 JOIN annotation a ON a.item_id = f.item_id AND a.user_id = f.user_id "
            "AND a.question = f.question AND a.role = 'answer' AND a.live = 1 WHERE f.item_id >= ? AND f.item_id < ? "
            "ORDER BY f.item_id DESC",
            (low, high),
        )
        return [
            Thought(question, _decode(first), _decode(final), _values(shown), _known(truth), item_id=item)
            for question, first, final, shown, truth, item in rows
        ]

    def advised(self, project_id: int) -> list[Thought]:
        """The same around live advice that had something to say: the answer that a judge was first asked about, and the final
        one."""
        rows = self._c.execute(
            f"SELECT v.question, v.response_info, a.value, json_extract(v.body, '$.info.proposal'), "
            f"json_type(v.body, '$.info.proposal'), {_TRUTH}, v.item_id FROM verdict v JOIN item i ON i.id = v.item_id "
            "AND i.blind = 0 JOIN annotation a ON a.item_id = v.item_id AND a.user_id = v.for_user AND a.question = v.question "
            "AND a.role = 'answer' AND a.live = 1 WHERE v.project_id = ? AND v.mode = 'live' "
            "AND (v.passed = 0 OR json_extract(v.body, '$.advice') <> '') AND v.id = (SELECT min(w.id) FROM verdict w "
            "WHERE w.item_id = v.item_id AND w.for_user = v.for_user AND w.question = v.question AND w.mode = 'live' "
            "AND (w.passed = 0 OR json_extract(w.body, '$.advice') <> '')) ORDER BY v.item_id DESC",
            (project_id,),
        )
        out: list[Thought] = []
        for question, info, final, proposal, kind, truth, item in rows:
            proposed = _decode(proposal) if kind in ("array", "object") else proposal
            first = _decode(info).get("before")
            out.append(Thought(question, first, _decode(final), (proposed,), _known(truth), "advice", item))
        return out


def _known(truth: str | None) -> Any:
    return None if truth is None else _decode(truth)


def _values(shown: str | None) -> tuple[Any, ...]:
    return tuple(one.get("value") for one in _decode(shown)) if shown else ()

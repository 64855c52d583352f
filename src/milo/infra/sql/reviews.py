"""The SQL of review: cases, who looks at them, gold, and what was sent back to whom."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from milo.flow.review import Case, Given, NewCase
from milo.infra.sql.aside import NOT_ASIDE
from milo.infra.sql.ids import id_range

_CASE = (
    "c.id, c.project_id, c.item_id, c.question, c.kind, c.state, c.worth, c.purpose, c.odds, c.detail, c.decision, "
    "c.decided_by, c.decided_at, c.undo, c.to_user, c.reason"
)
_GIVEN = (
    "a.id, a.value, a.user_id, coalesce(u.login, json_extract(a.origin, '$.author')), a.basis, a.shown, a.created_at, a.live"
)
REVISED = "revised"
"""The kind under which answers are listed that came back."""
_encode, _decode = msgspec.json.encode, msgspec.json.decode
_STAYS = NOT_ASIDE.format("c.item_id")
"""Of a case: its item is not set aside."""


class ReviewSql:
    """Implements `ReviewPort` on a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    # decisions

    def case(self, ident: int) -> Case | None:
        row = self._c.execute(f"SELECT {_CASE} FROM review_case c WHERE c.id = ?", (ident,)).fetchone()
        return None if row is None else _case(row)

    def answers(self, item_id: int, question: str) -> list[Given]:
        rows = self._c.execute(
            f"SELECT {_GIVEN} FROM annotation a LEFT JOIN user u ON u.id = a.user_id WHERE a.item_id = ? AND a.question = ? "
            "AND a.role <> 'suggestion' AND a.role = 'answer' AND a.author_kind = 'person' AND a.live = 1 ORDER BY a.id",
            (item_id, question),
        )
        return [_given(row) for row in rows]

    def answer(self, ident: int) -> tuple[int, str, Given] | None:
        row = self._c.execute(
            f"SELECT a.item_id, a.question, {_GIVEN} FROM annotation a LEFT JOIN user u ON u.id = a.user_id WHERE a.id = ? "
            "AND a.role = 'answer' AND a.author_kind = 'person'",
            (ident,),
        ).fetchone()
        return None if row is None else (row[0], row[1], _given(row[2:]))

    def is_blind(self, item_id: int) -> bool:
        return bool(self._c.execute("SELECT blind FROM item WHERE id = ?", (item_id,)).fetchone()[0])

    def add_gold(
        self, item_id: int, question: str, user_id: int, value: bytes, label: str | None, basis: str, shown: bytes | None,
        origin: dict[str, Any], schema_version: int, now: float,
    ) -> tuple[int, list[int]]:  # fmt: skip
        before = [
            row[0]
            for row in self._c.execute(
                "SELECT id FROM annotation WHERE item_id = ? AND question = ? AND role <> 'suggestion' AND role = 'gold' "
                "AND live = 1",
                (item_id, question),
            )
        ]
        self.switch(before, False)
        done = self._c.execute(
            "INSERT INTO annotation (item_id, question, role, author_kind, user_id, value, label, basis, shown, schema_version, "
            "replaces, origin, created_at) VALUES (?, ?, 'gold', 'person', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item_id, question, user_id, value.decode(), label, basis, None if shown is None else shown.decode(),
                schema_version, before[-1] if before else None, _encode(origin).decode(), now,
            ),
        )  # fmt: skip
        return done.lastrowid or 0, before

    def close(
        self, case: Case, state: str, decision: str, user_id: int, undo: dict[str, Any], now: float, *,
        to_user: int | None = None, reason: str = "",
    ) -> None:  # fmt: skip
        others = [
            row[0]
            for row in self._c.execute(
                "SELECT id FROM review_case WHERE item_id = ? AND question = ? AND state = 'open' AND id <> ?",
                (case.item_id, case.question, case.id),
            )
        ]
        self._c.executemany("UPDATE review_case SET state = 'gone' WHERE id = ?", [(i,) for i in others])
        self._c.execute(
            "UPDATE review_case SET state = ?, decision = ?, decided_by = ?, decided_at = ?, undo = ?, to_user = ?, reason = ?, "
            "lent_to = NULL WHERE id = ?",
            (state, decision, user_id, now, _encode({**undo, "closed": others}).decode(), to_user, reason, case.id),
        )

    def reopen(self, case: Case) -> None:
        closed = [(i,) for i in (case.undo or {}).get("closed", [])]
        self._c.executemany("UPDATE review_case SET state = 'open' WHERE id = ? AND state = 'gone'", closed)
        self._c.execute(
            "UPDATE review_case SET state = 'open', decision = NULL, decided_by = NULL, decided_at = NULL, undo = NULL, "
            "to_user = NULL, reason = '' WHERE id = ?",
            (case.id,),
        )

    def skip(self, case_id: int, user_id: int, now: float) -> None:
        self._c.execute(
            "INSERT INTO review_skip (case_id, user_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (case_id, user_id, now)
        )
        self._c.execute("UPDATE review_case SET lent_to = NULL WHERE id = ? AND lent_to = ?", (case_id, user_id))

    def unskip(self, case_id: int, user_id: int) -> None:
        self._c.execute("DELETE FROM review_skip WHERE case_id = ? AND user_id = ?", (case_id, user_id))

    def switch(self, annotations: list[int], live: bool) -> None:
        self._c.executemany("UPDATE annotation SET live = ? WHERE id = ?", [(int(live), a) for a in annotations])

    # the queue

    def lend(
        self, project_id: int, user_id: int, n: int, without: list[int], kind: str | None, question: str | None, until: float,
        now: float,
    ) -> list[Case]:  # fmt: skip
        """The next cases for this person, most worth first; each is theirs until a time."""
        where, given = _wanted(kind, question)
        holes = f"AND c.id NOT IN ({','.join('?' * len(without))}) " if without else ""
        rows = self._c.execute(
            f"SELECT {_CASE} FROM review_case c WHERE c.project_id = ? AND c.state = 'open' "
            f"AND {_STAYS} AND (c.lent_to IS NULL OR c.lent_to = ? OR c.lent_until < ?) {where}{holes}"
            "AND NOT EXISTS (SELECT 1 FROM review_skip s WHERE s.case_id = c.id AND s.user_id = ?) "
            "ORDER BY c.worth DESC, c.id LIMIT ?",
            (project_id, user_id, now, *given, *without, user_id, n),
        ).fetchall()
        found = [_case(row) for row in rows]
        mine = [(user_id, until, c) for c in [*(c.id for c in found), *without]]
        self._c.executemany(
            "UPDATE review_case SET lent_to = ?1, lent_until = ?2 WHERE id = ?3 AND state = 'open' "
            "AND (lent_to IS NULL OR lent_to = ?1 OR lent_until < ?2)",
            mine,
        )
        return found

    def open_count(self, project_id: int) -> int:
        """How many cases wait."""
        return self._c.execute(
            f"SELECT count(*) FROM review_case c WHERE c.project_id = ? AND c.state = 'open' AND {_STAYS}", (project_id,)
        ).fetchone()[0]

    def waiting(self, project_id: int) -> dict[tuple[str, str], int]:
        """Open cases by kind and question."""
        rows = self._c.execute(
            "SELECT CASE WHEN c.to_user IS NULL THEN c.kind ELSE 'revised' END AS k, c.question, count(*) FROM review_case c "
            f"WHERE c.project_id = ? AND c.state = 'open' AND {_STAYS} GROUP BY k, c.question",
            (project_id,),
        )
        return {(kind, question): n for kind, question, n in rows}

    def decided(self, project_id: int) -> dict[str, int]:
        """Cases by decision."""
        rows = self._c.execute(
            "SELECT decision, count(*) FROM review_case WHERE project_id = ? AND decided_at IS NOT NULL AND state <> 'open' "
            "GROUP BY decision",
            (project_id,),
        )
        return dict(rows.fetchall())

    def page(self, project_id: int, kind: str | None, question: str | None, offset: int, limit: int) -> list[Case]:
        """Open cases, most worth first."""
        where, given = _wanted(kind, question)
        rows = self._c.execute(
            f"SELECT {_CASE} FROM review_case c WHERE c.project_id = ? AND c.state = 'open' AND {_STAYS} {where}"
            "ORDER BY c.worth DESC, c.id LIMIT ? OFFSET ?",
            (project_id, *given, limit, offset),
        )
        return [_case(row) for row in rows]

    # where cases come from

    def open_cases(self, project_id: int, cases: Iterable[NewCase], now: float) -> int:
        """Open cases; one that is there already gets what is new, one that was decided stays decided. How many are new."""
        last = self._c.execute("SELECT coalesce(max(id), 0) FROM review_case").fetchone()[0]
        self._c.executemany(
            "INSERT INTO review_case (project_id, item_id, question, kind, worth, purpose, odds, detail, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (item_id, question, kind) DO UPDATE SET state = 'open', "
            "worth = excluded.worth, detail = excluded.detail WHERE state IN ('open', 'gone')",
            [
                (project_id, c.item_id, c.question, c.kind, c.worth, c.purpose, c.odds, _encode(c.detail).decode(), now)
                for c in cases
            ],
        )
        return self._c.execute("SELECT count(*) FROM review_case WHERE id > ?", (last,)).fetchone()[0]

    def close_conflicts(self, question: str, items: list[int]) -> None:
        """These items' answers agree by now, or somebody decided: nobody needs to look at them as conflicts."""
        self._c.executemany(
            "UPDATE review_case SET state = 'gone' WHERE item_id = ? AND question = ? AND kind = 'conflict' AND state = 'open' "
            "AND to_user IS NULL",
            [(item, question) for item in items],
        )

    def close_errors(self, project_id: int, question: str) -> None:
        """A newer search takes the place of the last one's list."""
        self._c.execute(
            "UPDATE review_case SET state = 'gone' WHERE project_id = ? AND question = ? AND kind = 'error' AND state = 'open' "
            "AND to_user IS NULL",
            (project_id, question),
        )

    def open_conflicts(self, project_id: int, question: str) -> dict[int, float]:
        """Items with an open conflict about the question, and what each is worth."""
        rows = self._c.execute(
            "SELECT item_id, worth FROM review_case WHERE project_id = ? AND state = 'open' AND kind = 'conflict' AND question = ?",
            (project_id, question),
        )
        return dict(rows.fetchall())

    def alarms(self, project_id: int, after: int, limit: int = 500) -> list[tuple[int, int, str, str, float, bytes]]:
        """(verdict, item, question, judge, total, body) of judges' verdicts that found a person's standing answer wanting; none
        on blind items, none of answers that wait for an audit."""
        rows = self._c.execute(
            "SELECT v.id, v.item_id, v.question, j.name, v.total, v.body FROM verdict v JOIN judge j ON j.id = v.judge_id "
            "JOIN annotation a ON a.id = v.annotation_id AND a.live = 1 AND a.role = 'answer' AND a.author_kind = 'person' "
            "JOIN item i ON i.id = v.item_id AND i.blind = 0 WHERE v.project_id = ? AND v.id > ? AND v.passed = 0 "
            "AND v.mode <> 'pairwise' AND NOT EXISTS (SELECT 1 FROM audit_pick p WHERE p.item_id = v.item_id "
            "AND p.project_id = v.project_id AND p.verdict_id IS NULL) AND NOT EXISTS (SELECT 1 FROM annotation g "
            "WHERE g.item_id = v.item_id AND g.question = v.question AND g.role = 'gold' AND g.live = 1) ORDER BY v.id LIMIT ?",
            (project_id, after, limit),
        )
        return [(*row[:5], row[5].encode()) for row in rows]

    def last_verdict(self, project_id: int) -> int:
        """The newest verdict of the project."""
        row = self._c.execute("SELECT max(id) FROM verdict WHERE project_id = ?", (project_id,)).fetchone()
        return row[0] or 0

    def samplable(self, project_id: int, question: str) -> list[int]:
        """Finished items with an answer to the question, but no gold, that were never drawn as a sample."""
        rows = self._c.execute(
            "SELECT i.id FROM item i WHERE i.status = 2 AND i.id >= ? AND i.id < ? AND EXISTS (SELECT 1 FROM annotation a "
            "WHERE a.item_id = i.id AND a.question = ? AND a.role <> 'suggestion' AND a.role = 'answer' AND a.live = 1 "
            "AND a.author_kind = 'person') AND NOT EXISTS (SELECT 1 FROM annotation g WHERE g.item_id = i.id "
            "AND g.question = ? AND g.role <> 'suggestion' AND g.role = 'gold' AND g.live = 1) AND NOT EXISTS "
            "(SELECT 1 FROM review_case c WHERE c.item_id = i.id AND c.question = ? AND c.kind = 'sample')",
            (*id_range(project_id), question, question, question),
        )
        return [row[0] for row in rows]

    def draw(self, project_id: int, question: str, n: int, now: float) -> int:
        """Open up to `n` samples, each finished item with the same odds; how many."""
        pool = self.samplable(project_id, question)
        n = min(n, len(pool))
        chosen = random.SystemRandom().sample(pool, n)
        cases = [NewCase(i, question, "sample", 0.5, purpose="audit", odds=n / len(pool)) for i in chosen]
        return self.open_cases(project_id, cases, now)

    # what was sent back

    def returned(self, item_id: int, user_id: int) -> tuple[str, str, float] | None:
        """(question, reason, when) of this person's answer to the item being sent back, if it waits for them."""
        return self._c.execute(
            "SELECT question, reason, decided_at FROM review_case INDEXED BY ix_review_case_returned WHERE to_user = ? "
            "AND item_id = ? AND state = 'returned' ORDER BY id DESC LIMIT 1",
            (user_id, item_id),
        ).fetchone()


def _wanted(kind: str | None, question: str | None) -> tuple[str, list[str]]:
    where, given = "", list[str]()
    if kind == REVISED:
        where += "AND c.to_user IS NOT NULL "
    elif kind is not None:
        where += "AND c.kind = ? AND c.to_user IS NULL "
        given.append(kind)
    if question is not None:
        where += "AND c.question = ? "
        given.append(question)
    return where, given


def _case(row: tuple[Any, ...]) -> Case:
    ident, project, item, question, kind, state, worth, purpose, odds, detail, decision, by, at, undo, to_user, reason = row
    return Case(
        ident, project, item, question, kind, state, worth, purpose, odds, _decode(detail), decision, by, at,
        _decode(undo) if undo else None, to_user, reason,
    )  # fmt: skip


def _given(row: tuple[Any, ...]) -> Given:
    shown = None if row[5] is None else row[5].encode()
    return Given(row[0], _decode(row[1]), row[2], row[3], row[4], shown, row[6], bool(row[7]))

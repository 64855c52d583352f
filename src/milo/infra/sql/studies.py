"""The SQL of studies: designs and frozen plans, who stands where, what each person may see of an item, and how far all are."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from milo.domain.study import Closing, Design, Form, State
from milo.flow.ports.work import ANSWERED, SKIPPED
from milo.flow.study.part import Block, Part, Step, part_of
from milo.flow.study.plan import Candidate, Drawn, Plan
from milo.flow.visible import Sight
from milo.infra.sql.called import author, called
from milo.infra.sql.ids import id_range, ord_of

_encode, _decode = msgspec.json.encode, msgspec.json.decode
_MOST = 200_000


class StudyRow(msgspec.Struct, frozen=True):
    """A study on record, without its plan."""

    id: int
    project_id: int
    state: State
    design: Design
    plan_hash: str | None
    peeks: int
    user_id: int
    created_at: float
    frozen_at: float | None
    ended_at: float | None


class Standing(msgspec.Struct, frozen=True):
    """How far a person is: blocks closed of all, items done of all."""

    user_id: int
    code: str
    name: str
    blocks: int
    blocks_closed: int
    items: int
    items_done: int
    started_at: float | None
    finished_at: float | None


_ROW = "SELECT id, project_id, state, design, plan_hash, peeks, user_id, created_at, frozen_at, ended_at FROM study"


class StudiesSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def add(self, project_id: int, design: Design, user_id: int, now: float) -> int:
        """Store a draft; its id."""
        done = self._c.execute(
            "INSERT INTO study (project_id, state, design, user_id, created_at) VALUES (?, 'draft', ?, ?, ?)",
            (project_id, _text(design), user_id, now),
        )
        return done.lastrowid or 0

    def change(self, study_id: int, design: Design) -> None:
        """Another design for a draft."""
        self._c.execute("UPDATE study SET design = ? WHERE id = ? AND state = 'draft'", (_text(design), study_id))

    def remove(self, study_id: int) -> None:
        """Forget a draft."""
        self._c.execute("DELETE FROM study WHERE id = ? AND state = 'draft'", (study_id,))

    def get(self, study_id: int) -> StudyRow | None:
        """The study of that id."""
        row = self._c.execute(f"{_ROW} WHERE id = ?", (study_id,)).fetchone()
        return None if row is None else _row(row)

    def of(self, project_id: int) -> list[StudyRow]:
        """All studies of a project, newest first."""
        return [_row(r) for r in self._c.execute(f"{_ROW} WHERE project_id = ? ORDER BY id DESC", (project_id,))]

    def plan(self, study_id: int) -> bytes | None:
        """The frozen plan as a file."""
        row = self._c.execute("SELECT plan FROM study WHERE id = ?", (study_id,)).fetchone()
        return None if row is None or row[0] is None else row[0].encode()

    def running(self) -> list[tuple[int, int, int, bool]]:
        """(project, study, user, still at it) for every person of every running study."""
        rows = self._c.execute(
            "SELECT s.project_id, s.id, p.user_id, p.finished_at IS NULL FROM study s JOIN study_person p ON p.study_id = s.id "
            "WHERE s.state = 'running'"
        )
        return [(project, study, user, bool(busy)) for project, study, user, busy in rows]

    def candidates(self, project_id: int, design: Design, sources: Sequence[str]) -> list[Candidate]:
        """The items that may be drawn: neither blind nor set aside, never with one of the people, and with a suggestion where one is needed (by one
        of `sources`, if any are named)."""
        low, high = id_range(project_id)
        where, args = ["i.id >= ?", "i.id < ?", "i.blind = 0", "i.status <> 4"], [low, high]
        marks = ",".join("?" * len(design.people))
        where.append(
            f"NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = i.id AND a.state <= 2 AND a.user_id IN ({marks}))"
        )
        more: list[Any] = [*args, *design.people]
        if design.pool == "open":
            where.append("i.n_answers = 0")
        if design.pool == "gold":
            where.append(
                "EXISTS (SELECT 1 FROM annotation g WHERE g.item_id = i.id AND g.question = ? AND g.role = 'gold' AND g.live = 1)"
            )
            more.append(design.question)
        if any(arm.suggests for arm in design.arms):
            named = f" AND p.name IN ({','.join('?' * len(sources))})" if sources else ""
            where.append(
                "EXISTS (SELECT 1 FROM annotation s JOIN run r ON r.id = s.run_id AND r.active = 1 "
                "JOIN predictor p ON p.id = s.predictor_id AND p.enabled = 1 "
                f"WHERE s.item_id = i.id AND s.question = ? AND s.role = 'suggestion' AND s.live = 1{named})"
            )
            more += [design.question, *sources]
        rows = self._c.execute(
            "SELECT i.id, i.key, length(c.data), i.conf FROM item i JOIN content c ON c.item_id = i.id "
            f"WHERE {' AND '.join(where)} ORDER BY i.id LIMIT {_MOST}",
            more,
        )
        return [Candidate(ident, key or f"#{ord_of(ident)}", size, conf) for ident, key, size, conf in rows]

    def freeze(
        self, study_id: int, plan: Plan, design: Design, drawn: Drawn, items: Sequence[int], offered: Sequence[bytes]
    ) -> None:
        """Store the frozen plan and give everybody their tasks."""
        self._c.execute(
            "UPDATE study SET state = 'running', design = ?, plan = ?, plan_hash = ?, frozen_at = ? WHERE id = ?",
            (_text(design), _text(plan), plan.hash, plan.frozen_at, study_id),
        )
        self._c.executemany(
            "INSERT INTO study_item (study_id, item_id, stratum, offered) VALUES (?, ?, ?, ?)",
            [(study_id, item, s, o.decode()) for item, s, o in zip(items, drawn.strata, offered, strict=True)],
        )
        people = design.people
        self._c.executemany(
            "INSERT INTO study_task (user_id, item_id, study_id, period, place, arm, withheld) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(people[t.person], items[t.item], study_id, t.period, t.place, t.arm, int(t.withheld)) for t in drawn.tasks],
        )
        self._c.executemany(
            "INSERT INTO study_person (study_id, user_id, code) VALUES (?, ?, ?)",
            [(study_id, user, code) for user, code in zip(people, plan.people, strict=True)],
        )
        mixed = design.layout == "interleaved"
        blocks = {(t.person, t.period): -1 if mixed else t.arm for t in drawn.tasks}
        self._c.executemany(
            "INSERT INTO study_block (study_id, user_id, period, arm) VALUES (?, ?, ?, ?)",
            [(study_id, people[who], period, arm) for (who, period), arm in sorted(blocks.items())],
        )

    def end(self, study_id: int, now: float) -> None:
        """The study is over; what comes in later does not count."""
        self._c.execute("UPDATE study SET state = 'ended', ended_at = ? WHERE id = ? AND state = 'running'", (now, study_id))

    def peek(self, study_id: int) -> None:
        """Somebody looked at results before the end."""
        self._c.execute("UPDATE study SET peeks = peeks + 1 WHERE id = ? AND state = 'running'", (study_id,))

    def part(self, study_id: int, user_id: int) -> Part | None:
        """Where a person stands; None if they do not take part."""
        person = self._c.execute(
            "SELECT started_at, finished_at FROM study_person WHERE study_id = ? AND user_id = ?", (study_id, user_id)
        ).fetchone()
        if person is None:
            return None
        blocks = self._c.execute(
            "SELECT period, arm, started_at IS NOT NULL, ended_at IS NOT NULL FROM study_block WHERE study_id = ? AND user_id = ?",
            (study_id, user_id),
        )
        steps = self._c.execute(
            "SELECT t.item_id, t.period, t.arm, coalesce(a.state, -1) IN (?, ?) FROM study_task t "
            "LEFT JOIN assignment a ON a.item_id = t.item_id AND a.user_id = t.user_id "
            "WHERE t.study_id = ? AND t.user_id = ? ORDER BY t.period, t.place",
            (ANSWERED, SKIPPED, study_id, user_id),
        )
        return part_of(
            study_id, user_id, started=person[0] is not None, closed=person[1] is not None,
            blocks=[Block(p, a, bool(b), bool(e)) for p, a, b, e in blocks],
            steps=[Step(i, p, a, bool(d)) for i, p, a, d in steps],
        )  # fmt: skip

    def sight(self, user_id: int, item_id: int) -> Sight | None:
        """What a running study lets a person see of an item; None if it is no task of theirs."""
        row = self._c.execute(
            "SELECT t.arm, t.withheld, i.offered, s.design FROM study_task t "
            "JOIN study s ON s.id = t.study_id AND s.state = 'running' "
            "JOIN study_item i ON i.study_id = t.study_id AND i.item_id = t.item_id WHERE t.user_id = ? AND t.item_id = ?",
            (user_id, item_id),
        ).fetchone()
        if row is None:
            return None
        return Sight(design_of(row[3]).arms[row[0]] if row[0] >= 0 else None, bool(row[1]), row[2].encode())

    def begin(self, study_id: int, user_id: int, attitude: int | None, now: float) -> None:
        """A person begins."""
        self._c.execute(
            "UPDATE study_person SET started_at = ?, attitude = ? WHERE study_id = ? AND user_id = ? AND started_at IS NULL",
            (now, attitude, study_id, user_id),
        )

    def begin_block(self, study_id: int, user_id: int, period: int, now: float) -> None:
        """A person begins a block."""
        self._c.execute(
            "UPDATE study_block SET started_at = ? WHERE study_id = ? AND user_id = ? AND period = ? AND started_at IS NULL",
            (now, study_id, user_id, period),
        )

    def close_block(self, study_id: int, user_id: int, period: int, form: Form, now: float) -> None:
        """A person is through with a block and said how it was; the one to warm up is closed with it."""
        self._c.execute(
            "UPDATE study_block SET ended_at = ?, form = ? WHERE study_id = ? AND user_id = ? AND period = ? AND ended_at IS NULL",
            (now, _text(form), study_id, user_id, period),
        )

    def finish(self, study_id: int, user_id: int, closing: Closing, now: float) -> bool:
        """A person is through; whether all are."""
        self._c.execute(
            "UPDATE study_person SET finished_at = ?, closing = ? WHERE study_id = ? AND user_id = ? AND finished_at IS NULL",
            (now, _text(closing), study_id, user_id),
        )
        left = self._c.execute(
            "SELECT count(*) FROM study_person WHERE study_id = ? AND finished_at IS NULL", (study_id,)
        ).fetchone()
        return left[0] == 0

    def standings(self, study_id: int) -> list[Standing]:
        """How far everybody is."""
        rows = self._c.execute(
            "SELECT p.user_id, p.code, "
            "(SELECT count(*) FROM study_block b WHERE b.study_id = p.study_id AND b.user_id = p.user_id AND b.period >= 0), "
            "(SELECT count(*) FROM study_block b WHERE b.study_id = p.study_id AND b.user_id = p.user_id AND b.period >= 0 "
            "AND b.ended_at IS NOT NULL), "
            "(SELECT count(*) FROM study_task t WHERE t.study_id = p.study_id AND t.user_id = p.user_id), "
            "(SELECT count(*) FROM study_task t JOIN assignment a ON a.item_id = t.item_id AND a.user_id = t.user_id "
            "AND a.state IN (?, ?) WHERE t.study_id = p.study_id AND t.user_id = p.user_id), p.started_at, p.finished_at "
            "FROM study_person p WHERE p.study_id = ? ORDER BY p.code",
            (ANSWERED, SKIPPED, study_id),
        )
        users = called(self._c)
        return [Standing(row[0], row[1], author(users, row[0]).name, *row[2:]) for row in rows]


@lru_cache(maxsize=64)
def design_of(text: str) -> Design:
    """A stored design."""
    return _decode(text, type=Design)


def _row(row: tuple[Any, ...]) -> StudyRow:
    return StudyRow(row[0], row[1], row[2], design_of(row[3]), *row[4:])


def _text(value: Any) -> str:
    return _encode(value).decode()

"""The SQL of checks: gold in hiding, planted suggestions and rounds of qualification."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.flow.ports.checks import CHECKS, QUALIFY, Compared, Offered, Plant, Round, Truth
from milo.flow.ports.work import ANSWERED, LENT, SKIPPED
from milo.infra.sql.aside import NOT_ASIDE
from milo.infra.sql.ids import id_range
from milo.infra.sql.work import WorkSql

_decode = msgspec.json.decode
_encode = msgspec.json.encode
_SHOWN = (
    "SELECT a.id, a.value, a.score, a.reason, p.name, r.version, a.run_id FROM annotation a "
    "JOIN run r ON r.id = a.run_id AND r.active = 1 JOIN predictor p ON p.id = a.predictor_id AND p.enabled = 1 "
)
_PLANT = "id, item_id, question, shown, truth, outcome, answered_at, told_at"
_TYPICAL = 200


class ChecksSql:
    """Implements `ChecksPort` on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def gold_for(self, project_id: int, user_id: int, *, unassisted: bool, limit: int, seed: int) -> list[int]:
        own = "AND g.basis <> 'shown' " if unassisted else ""
        return self._drawn(
            f"g.role = 'gold' {own}AND g.user_id IS NOT ?", (user_id,), project_id, user_id, limit, seed
        )  # fmt: skip

    def plantable(self, project_id: int, user_id: int, question: str, limit: int, seed: int) -> list[int]:
        return self._drawn(
            "g.user_id IS NOT ? AND g.question = ? AND EXISTS (SELECT 1 FROM item i WHERE i.id = g.item_id AND i.blind = 0)",
            (user_id, question), project_id, user_id, limit, seed,
        )  # fmt: skip

    def _drawn(self, condition: str, args: tuple[Any, ...], project_id: int, user_id: int, limit: int, seed: int) -> list[int]:
        """Random items with a truth that the person has never had; by a shuffle of the ids that the seed decides."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            f"SELECT DISTINCT g.item_id FROM annotation g INDEXED BY ix_annotation_truth WHERE g.role IN ('gold', 'resolution') "
            f"AND g.live = 1 AND g.run_id IS NULL AND g.item_id >= ? AND g.item_id < ? AND {condition} "
            f"AND {NOT_ASIDE.format('g.item_id')} "
            "AND NOT EXISTS (SELECT 1 FROM assignment s WHERE s.item_id = g.item_id AND s.user_id = ?) "
            "AND NOT EXISTS (SELECT 1 FROM annotation a WHERE a.item_id = g.item_id AND a.question = g.question "
            "AND a.role <> 'suggestion' AND a.user_id = ? AND a.live = 1) "
            "ORDER BY (g.item_id % 1000000000 * 2654435761 + ?) % 4294967291 LIMIT ?",
            (low, high, *args, user_id, user_id, seed * 40_503, limit),
        )
        return [row[0] for row in rows]

    def truth(self, item_id: int) -> Truth:
        rows = self._c.execute(
            "SELECT question, value FROM annotation WHERE item_id = ? AND role <> 'suggestion' AND role IN ('gold', 'resolution') "
            "AND live = 1 AND run_id IS NULL ORDER BY role = 'gold', id",
            (item_id,),
        )
        return Truth(item_id, {question: _decode(value) for question, value in rows})

    def offered(self, item_id: int, question: str) -> list[Offered]:
        rows = self._c.execute(
            _SHOWN + "JOIN item i ON i.id = a.item_id AND i.blind = 0 "
            "WHERE a.item_id = ? AND a.question = ? AND a.role = 'suggestion' AND a.live = 1 ORDER BY a.score DESC",
            (item_id, question),
        )
        return [_offered(row) for row in rows]

    def typical(self, project_id: int, question: str, seed: int) -> list[Offered]:
        low, high = id_range(project_id)
        start = low + seed % max(1, self._last(project_id))
        for first, last in ((start, high), (low, high)):
            rows = self._c.execute(
                _SHOWN
                + "WHERE a.role = 'suggestion' AND a.live = 1 AND a.item_id >= ? AND a.item_id < ? AND a.question = ? LIMIT ?",
                (first, last, question, _TYPICAL),
            ).fetchall()
            if rows:
                return [_offered(row) for row in rows]
        return []

    def _last(self, project_id: int) -> int:
        row = self._c.execute("SELECT next_ord FROM project WHERE id = ?", (project_id,)).fetchone()
        return 1 if row is None else row[0]

    def lend(self, project_id: int, user_id: int, item_id: int, purpose: str, overlap: int, until: float, now: float) -> int:
        work = WorkSql(self._c)
        ident = work.set_assignment(item_id, user_id, LENT, until, now, purpose)
        work.settle(project_id, item_id, overlap, 0, None)
        return ident

    def add_plant(self, item_id: int, user_id: int, question: str, shown: Offered, truth: Any, now: float) -> None:
        self._c.execute(
            "INSERT OR IGNORE INTO plant (item_id, user_id, question, shown, value, truth, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                item_id, user_id, question, _encode(shown).decode(), _encode(shown.value).decode(), _encode(truth).decode(), now,
            ),
        )  # fmt: skip

    def plant(self, item_id: int, user_id: int) -> Plant | None:
        row = self._c.execute(f"SELECT {_PLANT} FROM plant WHERE item_id = ? AND user_id = ?", (item_id, user_id)).fetchone()
        return None if row is None else _plant(row)

    def plants(self, project_id: int, user_id: int, *, untold: bool) -> list[Plant]:
        """What a person was checked with and has answered, newest first; only what they were not told of yet."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            f"SELECT {_PLANT} FROM plant INDEXED BY ix_plant_user WHERE user_id = ? AND item_id >= ? AND item_id < ? "
            f"AND outcome IN ('caught', 'missed') {'AND told_at IS NULL ' if untold else ''}ORDER BY answered_at DESC LIMIT 50",
            (user_id, low, high),
        )
        return [_plant(row) for row in rows]

    def told(self, project_id: int, user_id: int, plant_id: int, now: float) -> bool:
        """The person was told; whether there was such a check of theirs that they have answered."""
        low, high = id_range(project_id)
        done = self._c.execute(
            "UPDATE plant SET told_at = coalesce(told_at, ?) WHERE id = ? AND user_id = ? AND item_id >= ? AND item_id < ? "
            "AND outcome IS NOT NULL",
            (now, plant_id, user_id, low, high),
        )
        return done.rowcount > 0

    def settle_plant(self, plant: Plant, user_id: int, outcome: str | None, now: float) -> None:
        self._c.execute(
            "UPDATE annotation SET basis = 'planted' WHERE item_id = ? AND question = ? AND user_id = ? AND role = 'answer' "
            "AND role <> 'suggestion' AND bulk_id IS NULL",
            (plant.item_id, plant.question, user_id),
        )
        if outcome is not None:
            self._c.execute("UPDATE plant SET outcome = ?, answered_at = ? WHERE id = ?", (outcome, now, plant.id))

    def rounds(self, project_id: int, user_id: int) -> Round | None:
        row = self._c.execute(
            "SELECT round, state, n, score FROM qualification WHERE project_id = ? AND user_id = ? ORDER BY round DESC LIMIT 1",
            (project_id, user_id),
        ).fetchone()
        return None if row is None else Round(*row)

    def begin_round(self, project_id: int, user_id: int, round: int, now: float) -> None:
        self._c.execute(
            "INSERT OR IGNORE INTO qualification (project_id, user_id, round, state, n, at) VALUES (?, ?, ?, 'open', 0, ?)",
            (project_id, user_id, round, now),
        )

    def decide_round(self, project_id: int, user_id: int, found: Round, now: float) -> None:
        self._c.execute(
            "UPDATE qualification SET state = ?, n = ?, score = ?, at = ? WHERE project_id = ? AND user_id = ? AND round = ?",
            (found.state, found.n, found.score, now, project_id, user_id, found.round),
        )

    def in_round(self, project_id: int, user_id: int) -> tuple[int, int]:
        low, high = id_range(project_id)
        states = [
            row[0]
            for row in self._c.execute(
                "SELECT state FROM assignment WHERE user_id = ? AND purpose = ? AND item_id >= ? AND item_id < ?",
                (user_id, QUALIFY, low, high),
            )
        ]
        return states.count(LENT), states.count(ANSWERED) + states.count(SKIPPED)

    def compared(self, project_id: int, user_id: int, skip: int) -> list[Compared]:
        low, high = id_range(project_id)
        items = [
            row[0]
            for row in self._c.execute(
                "SELECT item_id FROM assignment WHERE user_id = ? AND purpose = ? AND state IN (?, ?) AND item_id >= ? "
                "AND item_id < ? ORDER BY id LIMIT -1 OFFSET ?",
                (user_id, QUALIFY, ANSWERED, SKIPPED, low, high, skip),
            )
        ]
        out: list[Compared] = []
        for item in items:
            gold = self.truth(item).values
            mine = WorkSql(self._c).my_answers(item, user_id)
            out += [Compared(item, q, mine[q][1], gold[q]) for q in gold if q in mine]
        return out

    def is_check(self, item_id: int, user_id: int) -> str | None:
        """The purpose of the person's assignment of the item, if it is a check."""
        row = self._c.execute("SELECT purpose FROM assignment WHERE item_id = ? AND user_id = ?", (item_id, user_id)).fetchone()
        return row[0] if row is not None and row[0] in CHECKS else None

    def ordinary(self, project_id: int, check: int) -> tuple[str, float | None] | None:
        """Purpose and odds of what was lent last before the assignment `check` and is none: what a check is made to look like,
        the same at every look. None if there was nothing before."""
        low, high = id_range(project_id)
        return self._c.execute(
            f"SELECT purpose, odds FROM assignment WHERE purpose NOT IN ({','.join('?' * len(CHECKS))}, 'late', 'chosen') "
            "AND item_id >= ? AND item_id < ? AND id < ? ORDER BY id DESC LIMIT 1",
            (*CHECKS, low, high, check),
        ).fetchone()


def _offered(row: tuple[Any, ...]) -> Offered:
    return Offered(row[0], _decode(row[1]), row[2], row[3], row[4], row[5], row[6])


def _plant(row: tuple[Any, ...]) -> Plant:
    shown = msgspec.json.decode(row[3], type=Offered)
    return Plant(row[0], row[1], row[2], shown, _decode(row[4]), row[5], row[6], row[7])

"""The SQL of lending and answering: the hottest path, so plain statements on one connection."""

from __future__ import annotations

import random
import sqlite3
from typing import Any

import msgspec

from milo.flow.ports.work import (
    ANSWERED,
    ASIDE,
    DONE,
    EXPIRED,
    LENT,
    NEW,
    OPEN,
    SKIPPED,
    SKIPPED_ITEM,
    STATUS_NAMES,
    Held,
    Lease,
    NewAnswer,
    Operation,
    Pick,
)
from milo.infra.sql.aside import NOT_ASIDE
from milo.infra.sql.draws import DrawsSql
from milo.infra.sql.ids import id_range, item_id, project_of

_EXPIRE_AT_ONCE = 200
_decode = msgspec.json.decode


class Hints:
    """Where each person's last scan in import order ended, so that the next one starts there. Only a shortcut."""

    def __init__(self) -> None:
        self.after: dict[tuple[int, int], int] = {}


def _in_order(item_id: int, blind: bool, share: float) -> Pick:
    """The odds with which an item that its turn came to is asked about in this way: blind or not. Of an item that was drawn into the
    blind slice at other odds than the policy's, none are known here."""
    if blind:
        return Pick(item_id, "estimate", share if 0 < share <= 1 else None)
    return Pick(item_id, "order", 1 - share if share < 1 else None)


class WorkSql:
    """Implements `WorkPort` on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection, hints: Hints | None = None) -> None:
        self._c = connection
        self._hints = hints or Hints()

    def expire(self, now: float, overlap: int, project_id: int) -> None:
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT id, item_id FROM assignment INDEXED BY ix_assignment_lent WHERE state = 0 AND until < ? "
            "AND item_id >= ? AND item_id < ? LIMIT ?",
            (now, low, high, _EXPIRE_AT_ONCE),
        ).fetchall()
        for assignment, item in rows:
            self._c.execute("UPDATE assignment SET state = ? WHERE id = ?", (EXPIRED, assignment))
            self.settle(project_id, item, overlap, 0, None)

    def renew(self, user_id: int, items: list[int], until: float) -> list[int]:
        kept: list[int] = []
        for item in items:
            done = self._c.execute(
                "UPDATE assignment SET until = ? WHERE item_id = ? AND user_id = ? AND state = 0", (until, item, user_id)
            )
            if done.rowcount:
                kept.append(item)
        return kept

    def held(self, project_id: int, user_id: int, without: list[int], limit: int) -> list[Lease]:
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT id, item_id, until, purpose, odds FROM assignment "
            "WHERE user_id = ? AND state = 0 AND item_id >= ? AND item_id < ? ORDER BY id LIMIT ?",
            (user_id, low, high, limit + len(without)),
        )
        return [Lease(*row) for row in rows if row[1] not in without][:limit]

    def next_imported(self, project_id: int, user_id: int, limit: int, blind_share: float) -> list[Pick]:
        low, high = id_range(project_id)
        start = self._hints.after.get((user_id, project_id), low)
        found = self._scan(user_id, start, high, limit)
        if len(found) < limit and start > low:
            found += [i for i in self._scan(user_id, low, start, limit - len(found)) if i not in found]
        if found:
            self._hints.after[(user_id, project_id)] = max(found)
        return [_in_order(i, bool(self._blind(i)), blind_share) for i in found]

    def _blind(self, item_id: int) -> int:
        return self._c.execute("SELECT blind FROM item WHERE id = ?", (item_id,)).fetchone()[0]

    def _scan(self, user_id: int, low: int, high: int, limit: int) -> list[int]:
        rows = self._c.execute(
            "SELECT id FROM item INDEXED BY ix_item_free WHERE free > 0 AND id >= ? AND id < ? AND NOT EXISTS ("
            "SELECT 1 FROM assignment a WHERE a.item_id = item.id AND a.user_id = ? AND a.state <= 2) ORDER BY id LIMIT ?",
            (low, high, user_id, limit),
        )
        return [row[0] for row in rows]

    def next_drawn(self, project_id: int, user_id: int, purpose: str, limit: int) -> list[Pick]:
        return DrawsSql(self._c).next_drawn(project_id, user_id, purpose, limit)

    def lend_drawn(self, project_id: int, user_id: int, pick: Pick, overlap: int, until: float, now: float) -> Lease:
        lease = DrawsSql(self._c).lend(user_id, pick, until, now)
        self.settle(project_id, pick.item_id, overlap, 0, None)
        return lease

    def close_draws(self, project_id: int, item_id: int, answers: dict[str, int], now: float) -> int:
        return DrawsSql(self._c).close(project_id, item_id, answers, now)

    def next_picked(self, project_id: int, user_id: int, limit: int) -> list[Pick]:
        rows = self._c.execute(
            "SELECT p.item_id, p.purpose, p.odds FROM pick p JOIN item i ON i.id = p.item_id "
            "WHERE p.project_id = ? AND i.free > 0 AND NOT EXISTS ("
            "SELECT 1 FROM assignment a WHERE a.item_id = p.item_id AND a.user_id = ? AND a.state <= 2) "
            "ORDER BY p.id LIMIT ?",
            (project_id, user_id, limit),
        )
        return [Pick(*row) for row in rows]

    def lend(self, project_id: int, user_id: int, pick: Pick, until: float, now: float) -> Lease | None:
        row = self._c.execute(
            "UPDATE item SET free = free - 1 WHERE id = ? AND free > 0 RETURNING free", (pick.item_id,)
        ).fetchone()
        if row is None:
            return None
        if self._c.execute("SELECT 1 FROM more_answers WHERE item_id = ? AND extra > 0", (pick.item_id,)).fetchone():
            pick = Pick(pick.item_id, "settle", 1.0)
        assignment = self._c.execute(
            "INSERT INTO assignment (item_id, user_id, state, until, purpose, odds, at) VALUES (?, ?, 0, ?, ?, ?, ?) "
            "ON CONFLICT (item_id, user_id) DO UPDATE SET state = 0, until = excluded.until, purpose = excluded.purpose, "
            "odds = excluded.odds, at = excluded.at RETURNING id",
            (pick.item_id, user_id, until, pick.purpose, pick.odds, now),
        ).fetchone()[0]
        if row[0] == 0:
            self._c.execute("UPDATE project_count SET free = free - 1 WHERE project_id = ?", (project_id,))
            self._c.execute("DELETE FROM pick WHERE item_id = ?", (pick.item_id,))
        return Lease(assignment, pick.item_id, until, pick.purpose, pick.odds)

    def standing(self, item_id: int, user_id: int) -> Held | None:
        row = self._c.execute(
            "SELECT a.id, a.state, i.free, i.n_answers, i.status, i.blind, i.blind = 1 AND EXISTS (SELECT 1 FROM blind_draw d "
            "WHERE d.item_id = i.id AND d.state = 0 AND d.purpose = 'audit') FROM item i "
            "LEFT JOIN assignment a ON a.item_id = i.id AND a.user_id = ? WHERE i.id = ?",
            (user_id, item_id),
        ).fetchone()
        return None if row is None else Held(row[0], row[1], row[2], row[3], row[4], bool(row[5]), bool(row[6]))

    def known(self, op_id: str) -> Operation | None:
        row = self._c.execute("SELECT user_id, item_id, kind, result FROM submission WHERE op_id = ?", (op_id,)).fetchone()
        return None if row is None else Operation(row[0], row[1], row[2], row[3].encode())

    def remember(self, op_id: str, user_id: int, item_id: int, kind: str, result: bytes, now: float) -> None:
        self._c.execute(
            "INSERT INTO submission (op_id, user_id, item_id, kind, result, at) VALUES (?, ?, ?, ?, ?, ?)",
            (op_id, user_id, item_id, kind, result.decode(), now),
        )

    def my_answers(self, item_id: int, user_id: int) -> dict[str, tuple[int, Any]]:
        rows = self._c.execute(
            "SELECT question, id, value FROM annotation WHERE item_id = ? AND role <> 'suggestion' AND role = 'answer' "
            "AND user_id = ? AND live = 1 AND bulk_id IS NULL",
            (item_id, user_id),
        )
        return {question: (annotation, _decode(value)) for question, annotation, value in rows}

    def withdraw(self, item_id: int, user_id: int) -> None:
        self._c.execute(
            "UPDATE annotation SET live = 0 WHERE item_id = ? AND role <> 'suggestion' AND role = 'answer' AND user_id = ? AND live = 1 "
            "AND bulk_id IS NULL",
            (item_id, user_id),
        )

    def add_answers(
        self, item_id: int, user_id: int, answers: list[NewAnswer], op_id: str, schema_version: int, now: float
    ) -> list[int]:
        ids: list[int] = []
        for a in answers:
            done = self._c.execute(
                "INSERT INTO annotation (item_id, question, role, author_kind, user_id, value, label, basis, shown, "
                "schema_version, replaces, op_id, created_at) VALUES (?, ?, 'answer', 'person', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    item_id, a.question, user_id, a.value.decode(), a.label, a.basis,
                    None if a.shown is None else a.shown.decode(), schema_version, a.replaces, op_id, now,
                ),
            )  # fmt: skip
            ids.append(done.lastrowid or 0)
        return ids

    def set_assignment(self, item_id: int, user_id: int, state: int, until: float, now: float, purpose: str = "late") -> int:
        return self._c.execute(
            "INSERT INTO assignment (item_id, user_id, state, until, purpose, at) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (item_id, user_id) DO UPDATE SET state = excluded.state, until = excluded.until RETURNING id",
            (item_id, user_id, state, until, purpose, now),
        ).fetchone()[0]

    def settle(self, project_id: int, item_id: int, overlap: int, answers: int, now: float | None) -> int:
        old_free, n_answers, old_status, extra, aside = self._c.execute(
            "SELECT free, n_answers, status, (SELECT extra FROM more_answers m WHERE m.item_id = item.id), EXISTS (SELECT 1 "
            "FROM set_aside s WHERE s.item_id = item.id AND s.live = 1) FROM item WHERE id = ?",
            (item_id,),
        ).fetchone()
        overlap += extra or 0
        states = [r[0] for r in self._c.execute("SELECT state FROM assignment WHERE item_id = ?", (item_id,))]
        n_answers = max(0, n_answers + answers)
        free = 0 if aside else max(0, overlap - n_answers - states.count(LENT))
        status = ASIDE if aside else status_of(n_answers, overlap, SKIPPED in states)
        self._c.execute(
            "UPDATE item SET free = ?, n_answers = ?, status = ?, updated_at = coalesce(?, updated_at) WHERE id = ?",
            (free, n_answers, status, now, item_id),
        )
        self._count(project_id, old_status, status, answers, (free > 0) - (old_free > 0))
        return status

    def _count(self, project_id: int, old: int, new: int, answers: int, free: int) -> None:
        changes: dict[str, int] = {}
        if answers:
            changes["answers"] = answers
        if free:
            changes["free"] = free
        if old != new:
            changes[STATUS_NAMES[old]] = -1
            changes[STATUS_NAMES[new]] = 1
        if changes:
            columns = ", ".join(f"{name} = {name} + ({by})" for name, by in changes.items())
            self._c.execute(f"UPDATE project_count SET {columns} WHERE project_id = ?", (project_id,))

    def log(self, project_id: int, item_id: int | None, user_id: int, kind: str, data: bytes | None, now: float) -> None:
        self._c.execute(
            "INSERT INTO event (at, project_id, item_id, user_id, kind, data) VALUES (?, ?, ?, ?, ?, ?)",
            (now, project_id, item_id, user_id, kind, None if data is None else data.decode()),
        )

    def log_time(self, item_id: int | None, user_id: int, op_id: str | None, events: bytes, now: float) -> None:
        self._c.execute(
            "INSERT INTO telemetry (item_id, user_id, op_id, at, events) VALUES (?, ?, ?, ?, ?)",
            (item_id, user_id, op_id, now, events.decode()),
        )

    def save_draft(self, item_id: int, user_id: int, values: bytes, now: float) -> None:
        self._c.execute(
            "INSERT INTO draft (item_id, user_id, answers, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (item_id, user_id) DO UPDATE SET answers = excluded.answers, at = excluded.at",
            (item_id, user_id, values.decode(), now),
        )

    def drop_draft(self, item_id: int, user_id: int) -> None:
        self._c.execute("DELETE FROM draft WHERE item_id = ? AND user_id = ?", (item_id, user_id))

    def revised(self, item_id: int, user_id: int) -> None:
        self._c.execute(
            "UPDATE review_case INDEXED BY ix_review_case_returned SET state = 'open', worth = 2, lent_to = NULL "
            "WHERE to_user = ? AND item_id = ? AND state = 'returned'",
            (user_id, item_id),
        )

    def sent_back(self, project_id: int, user_id: int, until: float) -> None:
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT a.id, a.item_id FROM review_case c INDEXED BY ix_review_case_returned JOIN assignment a "
            "ON a.item_id = c.item_id AND a.user_id = c.to_user AND a.state IN (3, 4) WHERE c.to_user = ? AND c.item_id >= ? "
            f"AND c.item_id < ? AND c.state = 'returned' AND {NOT_ASIDE.format('c.item_id')}",
            (user_id, low, high),
        ).fetchall()
        for assignment, item in rows:
            self._c.execute("UPDATE assignment SET state = 0, until = ? WHERE id = ?", (until, assignment))
            free = self._c.execute(
                "UPDATE item SET free = free - 1 WHERE id = ? AND free > 0 RETURNING free", (item,)
            ).fetchone()
            if free is not None and free[0] == 0:
                self._c.execute("UPDATE project_count SET free = free - 1 WHERE project_id = ?", (project_id,))

    def content(self, item_id: int) -> dict[str, Any]:
        row = self._c.execute("SELECT data FROM content WHERE item_id = ?", (item_id,)).fetchone()
        return {} if row is None else _decode(row[0])


def status_of(n_answers: int, overlap: int, skipped: bool) -> int:
    """The status that follows from the counts."""
    if n_answers >= overlap:
        return DONE
    if n_answers:
        return OPEN
    return SKIPPED_ITEM if skipped else NEW


class QueueSql:
    """Implements `QueuePort` on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def free_count(self, project_id: int) -> int:
        row = self._c.execute("SELECT free FROM project_count WHERE project_id = ?", (project_id,)).fetchone()
        return 0 if row is None else row[0]

    def waiting(self, project_id: int) -> int:
        return self._c.execute("SELECT count(*) FROM pick WHERE project_id = ?", (project_id,)).fetchone()[0]

    def random_free(self, project_id: int, k: int, seed: int) -> list[int]:
        """By trying random places while most items are free, else from the list of free ones; uniform either way."""
        last = self._c.execute("SELECT next_ord FROM project WHERE id = ?", (project_id,)).fetchone()[0] - 1
        free = self.free_count(project_id)
        rng = random.Random(seed)
        if last > 20_000 and free > last // 8 and k < free // 4:
            return self._by_trying(project_id, k, last, rng)
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT id FROM item INDEXED BY ix_item_free WHERE free > 0 AND id >= ? AND id < ? "
            "AND NOT EXISTS (SELECT 1 FROM pick WHERE pick.item_id = item.id)",
            (low, high),
        )
        ids = [row[0] for row in rows]
        return rng.sample(ids, min(k, len(ids)))

    def _by_trying(self, project_id: int, k: int, last: int, rng: random.Random) -> list[int]:
        found: dict[int, None] = {}
        while len(found) < k:
            candidate = item_id(project_id, rng.randint(1, last))
            if candidate in found:
                continue
            row = self._c.execute(
                "SELECT 1 FROM item WHERE id = ? AND free > 0 AND NOT EXISTS (SELECT 1 FROM pick WHERE item_id = ?)",
                (candidate, candidate),
            ).fetchone()
            if row is not None:
                found[candidate] = None
        return list(found)

    def still_free(self, items: set[int]) -> list[int]:
        look = "SELECT 1 FROM item WHERE id = ? AND free > 0"
        return [item for item in items if self._c.execute(look, (item,)).fetchone() is not None]

    def known_of(self, items: list[int]) -> list[tuple[float | None, bool]]:
        out: list[tuple[float | None, bool]] = []
        for item in items:
            row = self._c.execute("SELECT conf, blind FROM item WHERE id = ?", (item,)).fetchone()
            out.append((row[0], bool(row[1])) if row else (None, False))
        return out

    def add_picks(self, project_id: int, picks: list[Pick]) -> None:
        self._c.executemany(
            "INSERT INTO pick (project_id, item_id, purpose, odds) VALUES (?, ?, ?, ?)",
            [(project_id, p.item_id, p.purpose, p.odds) for p in picks],
        )

    def clear_picks(self, project_id: int) -> None:
        self._c.execute("DELETE FROM pick WHERE project_id = ?", (project_id,))


__all__ = ["ANSWERED", "Hints", "QueueSql", "WorkSql", "project_of", "status_of"]

"""The SQL of guarantees: a version's suggestions, what blind answers found in them, plans, looks and permissions."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.flow.guarantee import Plan, Suggested
from milo.flow.labels import shown
from milo.infra.sql.bulk import BulkSql
from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode


class PlanRow(msgspec.Struct, frozen=True):
    """A plan on record. `place`: of its version among all of the project; `since`: evidence counts from then on."""

    id: int
    version: int
    epoch: int
    place: int
    plan: Plan
    since: float
    at: float


class Heard(msgspec.Struct, frozen=True):
    """A blind item that a version and people have answered: the model's value, score and label, the people's values."""

    item: int
    said: Any
    score: float | None
    given: list[Any]


class PermissionRow(msgspec.Struct, frozen=True):
    """A promise in force for what was accepted by a bulk decision, or the word why it lapsed."""

    bulk_id: int
    project_id: int
    question: str
    predictor_id: int
    version: int
    epoch: int
    promise: dict[str, Any]
    at: float
    lapsed_at: float | None
    reason: str | None
    why: str
    undone: bool
    n: int


_PERMISSION = (
    "p.bulk_id, p.project_id, p.question, p.predictor_id, p.version, p.epoch, p.promise, p.at, p.lapsed_at, p.reason, p.why, "
    "b.undone, b.n"
)


class GuaranteesSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def suggested(self, project: int, question: str, predictor: int, version: int, epoch: int, now: float) -> Suggested:
        """All suggestions of a version's active runs outside of the blind slice."""
        closed = BulkSql(self._c).closed(project, question, now, None)
        rows = self._c.execute(
            "SELECT item_id, score, label FROM annotation INDEXED BY ix_annotation_ranked "
            "WHERE role = 'suggestion' AND predictor_id = ? AND question = ? "
            "AND run_id IN (SELECT id FROM run WHERE predictor_id = ? AND version = ? AND active = 1) ORDER BY item_id",
            (predictor, question, predictor, version),
        ).fetchall()
        kept = self._ids(
            "SELECT a.item_id FROM permission p JOIN annotation a ON a.bulk_id = p.bulk_id AND a.live = 1 "
            "WHERE p.predictor_id = ? AND p.version = ? AND p.question = ? AND p.epoch = ?",
            predictor, version, question, epoch,
        )  # fmt: skip
        items = np.array([r[0] for r in rows], np.int64)
        found = Suggested(
            items,
            np.array([r[1] or 0.0 for r in rows], np.float64),
            np.array([shown(r[2] or "") for r in rows], dtype=object),
            ~np.isin(items, np.concatenate([closed.lent, closed.answered, closed.aside])),
            np.isin(items, kept),
        )
        return found.only(~np.isin(items, closed.blind) | found.kept)

    def _ids(self, sql: str, *args: Any) -> NDArray[np.int64]:
        return np.fromiter((row[0] for row in self._c.execute(sql, args)), np.int64)

    def has_spoken(self, predictor: int) -> bool:
        """Whether a model has any suggestion."""
        row = self._c.execute(
            "SELECT 1 FROM annotation INDEXED BY ix_annotation_ranked WHERE role = 'suggestion' AND predictor_id = ? LIMIT 1",
            (predictor,),
        ).fetchone()
        return row is not None

    def heard(self, question: str, predictor: int, version: int, since: float, limit: int = 20_000) -> list[Heard]:
        """Blind items that a version and people have answered since a time. Of several runs the last one counts."""
        rows = self._c.execute(
            "SELECT b.item_id, b.value, b.score, a.value, max(b.run_id) "
            "FROM (SELECT id FROM run WHERE predictor_id = ? AND version = ?) r JOIN blind_check b ON b.run_id = r.id "
            "JOIN annotation a ON a.item_id = b.item_id AND a.question = b.question AND a.role <> 'suggestion' "
            "AND a.role = 'answer' AND a.live = 1 AND a.basis = 'blind' AND a.author_kind = 'person' "
            "WHERE b.question = ? AND a.created_at >= ? GROUP BY a.id ORDER BY a.id LIMIT ?",
            (predictor, version, question, since, limit),
        )
        found: dict[int, Heard] = {}
        for item, said, score, given, _ in rows:
            known = found.get(item)
            if known is None:
                found[item] = Heard(item, _decode(said), score, [_decode(given)])
            else:
                known.given.append(_decode(given))
        return list(found.values())

    def unheard(self, project: int, question: str, predictor: int, version: int, limit: int) -> list[int]:
        """Blind items that people have answered and this version has not."""
        low, high = id_range(project)
        rows = self._c.execute(
            "SELECT DISTINCT a.item_id FROM annotation a JOIN item i ON i.id = a.item_id AND i.blind = 1 "
            "WHERE a.role <> 'suggestion' AND a.role = 'answer' AND a.live = 1 AND a.basis = 'blind' AND a.author_kind = 'person' "
            "AND a.question = ? AND a.item_id >= ? AND a.item_id < ? AND NOT EXISTS (SELECT 1 FROM blind_check b "
            "JOIN run r ON r.id = b.run_id AND r.version = ? WHERE b.item_id = a.item_id AND b.question = a.question "
            "AND b.predictor_id = ?) LIMIT ?",
            (question, low, high, version, predictor, limit),
        )
        return [row[0] for row in rows]

    def waiting(self, project: int, question: str) -> int:
        """How many blind items have no answer to a question yet."""
        low, high = id_range(project)
        return self._c.execute(
            "SELECT count(*) FROM item WHERE blind = 1 AND status <> 4 AND id >= ? AND id < ? AND NOT EXISTS (SELECT 1 FROM annotation a "
            "WHERE a.item_id = item.id AND a.question = ? AND a.role <> 'suggestion' AND a.live = 1)",
            (low, high, question),
        ).fetchone()[0]

    def skipped(self, project: int) -> int:
        """How many blind items people passed over."""
        low, high = id_range(project)
        return self._c.execute(
            "SELECT count(*) FROM item WHERE blind = 1 AND status = 3 AND id >= ? AND id < ?", (low, high)
        ).fetchone()[0]

    def size(self, project: int) -> int:
        """How many items the project has that are not set aside."""
        row = self._c.execute("SELECT items - aside FROM project_count WHERE project_id = ?", (project,)).fetchone()
        return row[0] if row else 0

    def place(self, project: int, question: str, predictor: int, version: int) -> int:
        """The how-manieth version of a model for this question it is, by first runs; removed models count for all questions."""
        rows = self._c.execute(
            "SELECT r.predictor_id, r.version FROM run r LEFT JOIN predictor p ON p.id = r.predictor_id "
            "WHERE r.project_id = ? AND r.predictor_id IS NOT NULL AND (p.id IS NULL OR p.question = ?) "
            "GROUP BY r.predictor_id, r.version ORDER BY min(r.id)",
            (project, question),
        ).fetchall()
        known = [(row[0], row[1]) for row in rows]
        return known.index((predictor, version)) + 1 if (predictor, version) in known else len(known) + 1

    def meta(self, items: list[int], keys: list[str]) -> dict[str, list[str]]:
        """The metadata of items by key, as text; "" where an item has none."""
        out: dict[str, list[str]] = {key: [] for key in keys}
        for item in items:
            row = self._c.execute("SELECT meta FROM content WHERE item_id = ?", (item,)).fetchone()
            found = _decode(row[0]) if row and row[0] else {}
            for key in keys:
                value = found.get(key)
                out[key].append(str(value)[:100] if isinstance(value, str | int | float | bool) else "")
        return out

    def lapsed_at(self, predictor: int, version: int, epoch: int) -> float | None:
        """When a promise of this version and fresh start lapsed because of errors or new data; None: none did."""
        return self._c.execute(
            "SELECT min(p.lapsed_at) FROM permission p JOIN bulk b ON b.id = p.bulk_id WHERE p.predictor_id = ? "
            "AND p.version = ? AND p.epoch = ? AND p.reason IN ('errors', 'data')",
            (predictor, version, epoch),
        ).fetchone()[0]

    def few_valued(self, items: list[int], most: int, limit: int) -> list[str]:
        """Keys of metadata with 2 to `most` values among these items; at most `limit` of them, by name."""
        values: dict[str, set[str]] = {}
        for item in items:
            row = self._c.execute("SELECT meta FROM content WHERE item_id = ?", (item,)).fetchone()
            for key, value in (_decode(row[0]) if row and row[0] else {}).items():
                if isinstance(value, str | int | bool) and len(values.setdefault(key, set())) <= most:
                    values[key].add(str(value)[:100])
        return [key for key in sorted(values) if 2 <= len(values[key]) <= most][:limit]

    def plan(self, predictor: int, version: int) -> PlanRow | None:
        """The plan in force for a version."""
        row = self._c.execute(
            "SELECT id, version, epoch, place, data, since, at FROM guarantee_plan WHERE predictor_id = ? AND version = ? "
            "ORDER BY epoch DESC LIMIT 1",
            (predictor, version),
        ).fetchone()
        if row is None:
            return None
        ident, its_version, epoch, place, data, since, at = row
        return PlanRow(ident, its_version, epoch, place, _decode(data, type=Plan), since, at)

    def add_plan(
        self, project: int, question: str, predictor: int, version: int, epoch: int, place: int, plan: Plan, since: float,
        now: float,
    ) -> PlanRow:  # fmt: skip
        """Keep a plan, or give the one that somebody else has kept meanwhile."""
        self._c.execute(
            "INSERT OR IGNORE INTO guarantee_plan (project_id, question, predictor_id, version, epoch, place, data, since, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (project, question, predictor, version, epoch, place, msgspec.json.encode(plan).decode(), since, now),
        )
        found = self.plan(predictor, version)
        assert found is not None
        return found

    def look_number(self, plan: int, promise: str, target: float, right_at: float, audits: int) -> int:
        """The number that a look has or would have: each new number of audits, and each new wish, is another look."""
        row = self._c.execute(
            "SELECT number FROM guarantee_look WHERE plan_id = ? AND promise = ? AND target = ? AND right_at = ? AND audits = ?",
            (plan, promise, target, right_at, audits),
        ).fetchone()
        if row is not None:
            return row[0]
        last = self._c.execute(
            "SELECT max(number) FROM guarantee_look WHERE plan_id = ? AND promise = ?", (plan, promise)
        ).fetchone()
        return (last[0] or 0) + 1

    def add_look(
        self, project: int, plan: int, promise: str, target: float, right_at: float, number: int, audits: int, wrong: float,
        threshold: float | None, accepted: int, user: int | None, now: float,
    ) -> None:  # fmt: skip
        """Put a look on record, once for the same evidence and wish."""
        known = self._c.execute(
            "SELECT 1 FROM guarantee_look WHERE plan_id = ? AND promise = ? AND target = ? AND right_at = ? AND audits = ?",
            (plan, promise, target, right_at, audits),
        ).fetchone()
        if known is None:
            self._c.execute(
                "INSERT INTO guarantee_look (project_id, plan_id, promise, target, right_at, number, audits, wrong, threshold, "
                "accepted, user_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (project, plan, promise, target, right_at, number, audits, wrong, threshold, accepted, user, now),
            )

    def looks(self, project: int, predictor: int) -> int:
        """How many looks at a model's guarantee are on record."""
        return self._c.execute(
            "SELECT count(*) FROM guarantee_look l JOIN guarantee_plan p ON p.id = l.plan_id "
            "WHERE p.project_id = ? AND p.predictor_id = ?",
            (project, predictor),
        ).fetchone()[0]

    def permissions(self, project: int) -> list[PermissionRow]:
        """All promises that bulk decisions were made under, newest first."""
        rows = self._c.execute(
            f"SELECT {_PERMISSION} FROM permission p JOIN bulk b ON b.id = p.bulk_id WHERE p.project_id = ? ORDER BY p.bulk_id DESC",
            (project,),
        )
        return [_permission(row) for row in rows]

    def add_permission(
        self, bulk: int, project: int, question: str, predictor: int, version: int, epoch: int, promise: dict[str, Any],
        now: float,
    ) -> None:  # fmt: skip
        """Put the promise of a bulk decision on record."""
        self._c.execute(
            "INSERT OR IGNORE INTO permission (bulk_id, project_id, question, predictor_id, version, epoch, promise, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (bulk, project, question, predictor, version, epoch, msgspec.json.encode(promise).decode(), now),
        )

    def lapse(self, bulk: int, reason: str, why: str, at: float) -> None:
        """Note that a promise does not cover what is new any more."""
        self._c.execute(
            "UPDATE permission SET lapsed_at = ?, reason = ?, why = ? WHERE bulk_id = ? AND lapsed_at IS NULL",
            (at, reason, why, bulk),
        )

    def features(
        self, project: int, question: str, predictor: int, version: int, after: int, upto: int | None, limit: int = 200_000
    ) -> list[tuple[int, float | None, str | None, int, float]]:
        """(item, score, label, length of the content, when) of a version's suggestions on items of an id range, by id."""
        low, high = id_range(project)
        rows = self._c.execute(
            "SELECT s.item_id, s.score, s.label, length(c.data), s.created_at FROM annotation s INDEXED BY ix_annotation_ranked "
            "JOIN content c ON c.item_id = s.item_id WHERE s.role = 'suggestion' AND s.predictor_id = ? AND s.question = ? "
            "AND s.run_id IN (SELECT id FROM run WHERE predictor_id = ? AND version = ?) AND s.item_id > ? AND s.item_id <= ? "
            "ORDER BY s.item_id LIMIT ?",
            (predictor, question, predictor, version, max(after, low - 1), high if upto is None else upto, limit),
        )
        return rows.fetchall()

    def last_item(self, project: int) -> int:
        """The highest id of an item so far."""
        low, high = id_range(project)
        row = self._c.execute("SELECT max(id) FROM item WHERE id >= ? AND id < ?", (low, high)).fetchone()
        return row[0] or 0

    def unpromised(self, project: int, question: str) -> int:
        """How many suggestions were accepted without a guarantee and stand as the answer."""
        return self._c.execute(
            "SELECT coalesce(sum((SELECT count(*) FROM annotation a WHERE a.bulk_id = b.id AND a.live = 1)), 0) FROM bulk b "
            "WHERE b.project_id = ? AND b.question = ? AND b.kind = 'accept' AND b.undone = 0 "
            "AND NOT EXISTS (SELECT 1 FROM permission p WHERE p.bulk_id = b.id)",
            (project, question),
        ).fetchone()[0]


def _permission(row: tuple[Any, ...]) -> PermissionRow:
    values = list(row)
    values[6], values[11] = _decode(row[6]), bool(row[11])
    return PermissionRow(*values)

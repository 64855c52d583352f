"""Comparisons in SQL: the items with their references, fixed at the start, and what each arm answered. Never suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from milo.flow.compare import ArmAnswer
from milo.infra.sql.database import Connection
from milo.infra.sql.ids import id_range

_COLUMNS = (
    "c.id, c.project_id, c.question, c.what, c.args, c.look, c.left_out, c.job_id, c.message, c.report, u.login, c.created_at"
)
_FROM = "FROM comparison c LEFT JOIN user u ON u.id = c.user_id"
_ANSWER = "item_id, arm, value, reason, agreement, error, raw, input_tokens, output_tokens, cost, seconds, calls, cached"
_PERSON = "live = 1 AND author_kind = 'person' AND question = ? AND item_id >= ? AND item_id < ?"
_FREE = "basis IN ('unassisted', 'imported')"
"""Answers that no suggestion was on the screen for."""
_decode = msgspec.json.decode


class ComparisonRow(msgspec.Struct, frozen=True):
    """A comparison. `what`: sample, answered, gold, blind or items; `look`: the how-manieth at the blind answers, 0 for none;
    `left_out`: items that were asked for and could not be compared, by reason."""

    id: int
    project_id: int
    question: str
    what: str
    args: dict[str, Any]
    look: int
    left_out: dict[str, int]
    job_id: int | None
    message: str
    report: dict[str, Any] | None
    author: str | None
    created_at: float


class ComparisonsSql:
    """Queries on a connection of the database."""

    def __init__(self, c: Connection) -> None:
        self._c = c

    def all(self, project_id: int, limit: int = 100) -> list[ComparisonRow]:
        """The latest comparisons, newest first."""
        rows = self._c.execute(
            f"SELECT {_COLUMNS} {_FROM} WHERE c.project_id = ? ORDER BY c.id DESC LIMIT ?", (project_id, limit)
        )
        return [_row(r) for r in rows]

    def get(self, ident: int) -> ComparisonRow | None:
        """One comparison."""
        row = self._c.execute(f"SELECT {_COLUMNS} {_FROM} WHERE c.id = ?", (ident,)).fetchone()
        return None if row is None else _row(row)

    def add(
        self, project_id: int, question: str, what: str, args: dict[str, Any], items: dict[int, Any], left_out: dict[str, int],
        user_id: int | None, now: float,
    ) -> int:  # fmt: skip
        """Store a comparison with its items and their references (None: without one); its id. A look at blind answers is
        counted here, in the transaction that begins it."""
        look = self.looks(project_id, question) + 1 if what == "blind" else 0
        done = self._c.execute(
            "INSERT INTO comparison (project_id, question, what, args, look, left_out, user_id, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (project_id, question, what, _json(args), look, _json(left_out), user_id, now),
        )
        ident = done.lastrowid or 0
        self._c.executemany(
            "INSERT INTO comparison_item (comparison_id, item_id, reference) VALUES (?, ?, ?)",
            [(ident, item, None if value is None else _json(value)) for item, value in items.items()],
        )
        return ident

    def change(self, ident: int, **changes: Any) -> None:
        """Set columns: job_id, message, report."""
        if "report" in changes:
            changes["report"] = None if changes["report"] is None else _json(changes["report"])
        columns = ", ".join(f"{name} = ?" for name in changes)
        self._c.execute(f"UPDATE comparison SET {columns} WHERE id = ?", (*changes.values(), ident))

    def looks(self, project_id: int, question: str) -> int:
        """How often the blind answers to a question were looked at."""
        row = self._c.execute(
            "SELECT max(look) FROM comparison WHERE project_id = ? AND question = ?", (project_id, question)
        ).fetchone()
        return row[0] or 0

    def look_times(self, project_id: int, question: str) -> list[float]:
        """When they were looked at."""
        rows = self._c.execute(
            "SELECT created_at FROM comparison WHERE project_id = ? AND question = ? AND look > 0 ORDER BY id",
            (project_id, question),
        )
        return [row[0] for row in rows]

    def references(self, ident: int) -> dict[int, Any]:
        """The items in order, each with its reference or None."""
        rows = self._c.execute(
            "SELECT item_id, reference FROM comparison_item WHERE comparison_id = ? ORDER BY item_id", (ident,)
        )
        return {item: None if value is None else _decode(value) for item, value in rows}

    def size(self, ident: int) -> tuple[int, int]:
        """How many items, and how many of them have a reference."""
        row = self._c.execute(
            "SELECT count(*), count(reference) FROM comparison_item WHERE comparison_id = ?", (ident,)
        ).fetchone()
        return row[0], row[1]

    def put(self, ident: int, outcomes: Iterable[ArmAnswer]) -> None:
        """Store what arms answered."""
        self._c.executemany(
            f"INSERT OR REPLACE INTO comparison_answer (comparison_id, {_ANSWER}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    ident, o.item_id, o.arm, None if o.error is not None else _json(o.value), o.reason, o.agreement, o.error,
                    o.raw, o.input_tokens, o.output_tokens, o.cost, o.seconds, o.calls, o.cached,
                )
                for o in outcomes
            ],
        )  # fmt: skip

    def outcomes(self, ident: int, items: list[int] | None = None) -> list[ArmAnswer]:
        """What arms answered; of these items, or of all."""
        if items is None:
            rows = self._c.execute(
                f"SELECT {_ANSWER} FROM comparison_answer WHERE comparison_id = ? ORDER BY item_id, arm", (ident,)
            )
            return [_outcome(row) for row in rows]
        return [
            _outcome(row)
            for item in items
            for row in self._c.execute(
                f"SELECT {_ANSWER} FROM comparison_answer WHERE comparison_id = ? AND item_id = ? ORDER BY arm", (ident, item)
            )
        ]

    def settled(self, ident: int) -> set[tuple[int, int]]:
        """The (item, arm) that have had their turn."""
        rows = self._c.execute("SELECT item_id, arm FROM comparison_answer WHERE comparison_id = ?", (ident,))
        return {(item, arm) for item, arm in rows}

    def spent(self, ident: int) -> tuple[float, int]:
        """Money and tokens that it took so far."""
        row = self._c.execute(
            "SELECT coalesce(sum(cost), 0), coalesce(sum(input_tokens + output_tokens), 0) FROM comparison_answer "
            "WHERE comparison_id = ?",
            (ident,),
        ).fetchone()
        return row[0], row[1]

    def people(
        self, project_id: int, question: str, what: str, assisted: bool, item: int | None = None
    ) -> list[tuple[int, str, Any]]:
        """People's answers that may serve as reference: item, role, value. "blind": those given blind, and only those; else
        gold, resolutions and answers of items outside of the blind slice. Gold that was made with a suggestion on the screen
        is left out unless `assisted`. `item`: only of this one."""
        low, high = id_range(project_id) if item is None else (item, item + 1)
        if what == "blind":
            condition, blind = "role = 'answer' AND basis = 'blind'", 1
        elif what == "gold":
            condition, blind = "role = 'gold' AND basis <> 'shown'", 0
        else:
            free, clean = ("basis <> 'blind'", "1") if assisted else (_FREE, "basis <> 'shown'")
            condition, blind = f"((role IN ('gold', 'resolution') AND {clean}) OR (role = 'answer' AND {free}))", 0
        rows = self._c.execute(
            f"SELECT a.item_id, a.role, a.value FROM annotation a JOIN item i ON i.id = a.item_id AND i.blind = {blind} "
            f"WHERE {condition} AND {_PERSON.replace('item_id', 'a.item_id')} ORDER BY a.item_id",
            (question, low, high),
        )
        return [(item, role, _decode(value)) for item, role, value in rows]

    def open_items(self, project_id: int) -> list[int]:
        """The ids of all items outside of the blind slice that are not set aside."""
        low, high = id_range(project_id)
        rows = self._c.execute("SELECT id FROM item WHERE id >= ? AND id < ? AND blind = 0 AND status <> 4", (low, high))
        return [row[0] for row in rows]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _row(row: tuple[Any, ...]) -> ComparisonRow:
    ident, project, question, what, args, look, left_out, job, message, report, author, at = row
    return ComparisonRow(
        ident, project, question, what, _decode(args), look, _decode(left_out), job, message,
        _decode(report) if report else None, author, at,
    )  # fmt: skip


def _outcome(row: tuple[Any, ...]) -> ArmAnswer:
    item, arm, value, *rest = row
    return ArmAnswer(item, arm, None if value is None else _decode(value), *rest)

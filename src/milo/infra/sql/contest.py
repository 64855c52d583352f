"""Candidates that were made while people worked, in SQL: each answer as it came, and the entries that an item gets of them."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.flow.contest import Made
from milo.flow.ports.work import ANSWERED, LENT
from milo.infra.sql.fts import FtsSql
from milo.infra.sql.ids import id_range, project_of

_decode, _encode = msgspec.json.decode, msgspec.json.encode


class Took(msgspec.Struct, frozen=True):
    """What one answer took."""

    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float


class WriterStanding(msgspec.Struct, frozen=True):
    """One model in a live comparison: for how many items it wrote, what that took, and how long an answer took on average."""

    writer: str
    connection: str
    items: int
    answers: int
    input_tokens: int
    output_tokens: int
    cost: float
    unpriced: int
    seconds: float


class ContestSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def made(self, item_id: int, question: str) -> list[Made]:
        """All answers for an item, by turn and place."""
        rows = self._c.execute(
            "SELECT turn, place, writer, connection, model, asked, text, cut FROM made_candidate "
            "WHERE item_id = ? AND question = ? ORDER BY turn, place",
            (item_id, question),
        )
        return [Made(t, p, w, k, m, _decode(asked), text, bool(cut)) for t, p, w, k, m, asked, text, cut in rows]

    def add(self, item_id: int, question: str, made: Made, took: Took, user_id: int | None, now: float) -> None:
        """Keep an answer; the first one for its place and turn stays."""
        self._c.execute(
            "INSERT OR IGNORE INTO made_candidate (item_id, question, turn, place, writer, connection, model, asked, text, cut, "
            "input_tokens, output_tokens, cost, seconds, user_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item_id, question, made.turn, made.place, made.writer, made.connection, made.model, _encode(made.asked).decode(),
                made.text, int(made.cut), took.input_tokens, took.output_tokens, took.cost, took.seconds, user_id, now,
            ),
        )  # fmt: skip

    def content(self, item_id: int) -> dict[str, Any] | None:
        """An item's content; None where there is no such item."""
        row = self._c.execute("SELECT data FROM content WHERE item_id = ?", (item_id,)).fetchone()
        return None if row is None else _decode(row[0])

    def fill(self, item_id: int, field: str, value: list[dict[str, Any]], now: float) -> None:
        """Put entries into a field of an item; words stay to be found."""
        data = self.content(item_id)
        if data is None:
            return
        fts = FtsSql(self._c)
        fts.remove(project_of(item_id), item_id, item_id)
        self._c.execute("UPDATE content SET data = ? WHERE item_id = ?", (_encode({**data, field: value}).decode(), item_id))
        fts.again(project_of(item_id), item_id)
        self._c.execute("UPDATE item SET updated_at = ? WHERE id = ?", (now, item_id))

    def others(self, item_id: int, user_id: int) -> bool:
        """Whether somebody else has answered the item or has it in hand."""
        return (
            self._c.execute(
                "SELECT 1 FROM assignment WHERE item_id = ? AND user_id <> ? AND state IN (?, ?)",
                (item_id, user_id, LENT, ANSWERED),
            ).fetchone()
            is not None
        )

    def answered(self, item_id: int, question: str) -> bool:
        """Whether an answer to the question stands."""
        return (
            self._c.execute(
                "SELECT 1 FROM annotation WHERE item_id = ? AND question = ? AND role <> 'suggestion' AND live = 1",
                (item_id, question),
            ).fetchone()
            is not None
        )

    def standing(self, project_id: int, question: str) -> list[WriterStanding]:
        """Each model that wrote candidates of a question, the busiest first."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT writer, connection, count(DISTINCT item_id), count(*), sum(input_tokens), sum(output_tokens), total(cost), "
            "sum(cost IS NULL), avg(seconds) FROM made_candidate WHERE item_id >= ? AND item_id < ? AND question = ? "
            "GROUP BY writer, connection ORDER BY 3 DESC, 1",
            (low, high, question),
        )
        return [WriterStanding(*row) for row in rows]

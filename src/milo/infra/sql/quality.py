"""The SQL of measuring agreement: people's answers to a question as integer-coded columns.

Stands alone because it must stay quick with a million answers: rows are coded as they come, and where only a part of the items
has a second answer, only those are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import numpy as np

from milo.flow.ports.quality import BASES, AnswerColumns, Author, Ints, Tally
from milo.infra.sql.ids import id_range

_BASIS = {name: i for i, name in enumerate(BASES)}
_PEOPLES = "a.role = 'answer' AND a.live = 1 AND a.author_kind = 'person' AND a.basis IN ('unassisted', 'shown', 'blind', 'audit', 'imported')"
"""Answers that a person gave to one item: no bulk decision, and no check with a wrong suggestion."""
_COLUMNS = "a.item_id, a.user_id, a.value, a.basis, a.created_at, CASE WHEN a.user_id IS NULL THEN json_extract(a.origin, '$.author') END"
_CHUNK = 50_000
_AT_ONCE = 500
Row = tuple[int, int | None, str, str, float, str | None]


class QualitySql:
    """Implements `QualityPort` for one project on a connection."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c = connection
        self._low, self._high = id_range(project_id)

    def version(self, question: str) -> tuple[int, int]:
        row = self._c.execute(
            "SELECT count(*), coalesce(sum(id), 0) FROM annotation INDEXED BY ix_annotation_label "
            "WHERE role <> 'suggestion' AND live = 1 AND question = ? AND item_id >= ? AND item_id < ?",
            (question, self._low, self._high),
        ).fetchone()
        return row[0], row[1]

    def tally(self, question: str) -> Tally:
        items = self._answered(question)
        _, n = np.unique(items, return_counts=True)
        return Tally(len(items), len(n), int((n >= 2).sum()))

    def repeated(self, question: str, most_items: int | None, seed: int) -> AnswerColumns:
        items = self._answered(question)
        ids, n = np.unique(items, return_counts=True)
        twice = ids[n >= 2]
        chosen = twice
        if most_items is not None and len(twice) > most_items:
            chosen = np.sort(np.random.default_rng(seed).choice(twice, most_items, replace=False))
        everything = len(chosen) > len(ids) // 5 and len(chosen) == len(twice)
        rows = self._scan(question) if everything else self._of(question, chosen)
        return columns(rows, self._logins(), len(twice))

    def of_items(self, question: str, items: Ints) -> AnswerColumns:
        """People's own answers to these items."""
        return columns(self._of(question, items), self._logins(), 0)

    def _answered(self, question: str) -> Ints:
        """Items with an answer, once for each; bulk decisions too, which are told apart later."""
        rows = self._c.execute(
            "SELECT item_id FROM annotation INDEXED BY ix_annotation_label WHERE role <> 'suggestion' AND live = 1 "
            "AND question = ? AND item_id >= ? AND item_id < ?",
            (question, self._low, self._high),
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def _scan(self, question: str) -> Iterator[Row]:
        return self._c.execute(
            f"SELECT {_COLUMNS} FROM annotation a INDEXED BY ix_annotation_answer WHERE {_PEOPLES} AND a.role <> 'suggestion' "
            "AND a.question = ? AND a.item_id >= ? AND a.item_id < ?",
            (question, self._low, self._high),
        )

    def _of(self, question: str, items: Ints) -> Iterator[Row]:
        for start in range(0, len(items), _AT_ONCE):
            part: list[int] = items[start : start + _AT_ONCE].tolist()
            yield from self._c.execute(
                f"SELECT {_COLUMNS} FROM annotation a INDEXED BY ix_annotation_answer WHERE {_PEOPLES} "
                f"AND a.role <> 'suggestion' AND a.question = ? AND a.item_id IN ({','.join('?' * len(part))})",
                (question, *part),
            )

    def _logins(self) -> dict[int, str]:
        return dict(self._c.execute("SELECT id, login FROM user"))


def columns(rows: Iterator[Row], logins: dict[int, str], of_items: int) -> AnswerColumns:
    """Rows as columns."""
    people: dict[tuple[int | None, str], int] = {}
    codes: dict[str, int] = {}
    parts: list[tuple[Any, ...]] = []
    while chunk := _chunk(rows):
        items, users, values, bases, at, authors = zip(*chunk, strict=True)
        who = [
            people.setdefault((user, "" if author is None else str(author)), len(people))
            for user, author in zip(users, authors, strict=True)
        ]
        coded = [codes.setdefault(value, len(codes)) for value in values]
        parts.append((items, who, coded, [_BASIS[b] for b in bases], at))
    item, author, code, basis = (_joined(parts, i) for i in range(4))
    times = np.concatenate([np.array(p[4], dtype=np.float64) for p in parts]) if parts else np.empty(0)
    named = [Author(logins.get(user, f"#{user}") if user is not None else name, user) for user, name in people]
    values = [msgspec.json.decode(v) for v in codes]
    return AnswerColumns(item, author, code, basis, times, named, values, of_items)


def _joined(parts: list[tuple[Any, ...]], at: int) -> Ints:
    return np.concatenate([np.array(p[at], dtype=np.int64) for p in parts]) if parts else np.empty(0, np.int64)


def _chunk(rows: Iterator[Row]) -> list[Row]:
    cursor = cast("Any", rows)
    if hasattr(cursor, "fetchmany"):
        return cursor.fetchmany(_CHUNK)
    out: list[Row] = []
    for row in rows:
        out.append(row)
        if len(out) >= _CHUNK:
            break
    return out

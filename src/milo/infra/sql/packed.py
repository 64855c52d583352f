"""People's answers to a question as columns of numbers, a million of them in a few seconds.

Stands alone because that many rows must never become Python rows, which cost more than all that is done with them and keep
every other thread waiting: SQLite packs some thousand answers into one text for each column while other threads work, each text
is read at once, and what people said is numbered by what is said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from milo.flow.ports.quality import BASES, Floats, Ints
from milo.infra.sql.ids import id_range

_FIRST, _MOST, _BYTES = 500, 20_000, 4_000_000
_PART, _REMEMBERED = 500, 100_000
_BASIS = " ".join(f"WHEN '{name}' THEN {i}" for i, name in enumerate(BASES))
_TIMED = f", CASE a.basis {_BASIS} END AS basis, CAST(a.created_at * 1000000 AS INTEGER) AS at"
"""Times as whole microseconds: SQLite writes a number with a point in fifteen digits only."""
_numbers: Callable[[str], list[int]] = msgspec.json.Decoder(list[int]).decode
_people: Callable[[str], list[int | str]] = msgspec.json.Decoder(list[int | str]).decode
_texts: Callable[[str], list[str]] = msgspec.json.Decoder(list[str]).decode


class Packed(NamedTuple):
    """Answers by rising item id: `authors` are places in `names` (a user's id, or a name that came in with the data; empty:
    nobody knows), `codes` places in `texts` (JSON). Where asked for: `basis`, places in BASES, and `at` in seconds. Shape (n,)."""

    items: Ints
    authors: Ints
    codes: Ints
    names: list[int | str]
    texts: list[str]
    basis: Ints
    at: Floats


class _Numbered(dict[Any, int]):
    """Numbers what it is asked for in the order of first sight."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


class _Authors(dict[Any, int]):
    """Numbers authors by a user's id, or by the name in an origin, of which each text is read once."""

    def __init__(self) -> None:
        super().__init__()
        self.names = _Numbered()

    def __missing__(self, key: Any) -> int:
        name = key if isinstance(key, int) else str(msgspec.json.decode(key or "{}").get("author") or "")
        number = self.names[name]
        if len(self) < _REMEMBERED:
            self[key] = number
        return number


def packed(
    c: sqlite3.Connection, project_id: int, question: str, which: str, only: Sequence[int] | None = None, timed: bool = False
) -> Packed:
    """The answers for which the condition `which` (of `annotation a`) holds; `only`: of these items; `timed`: with basis and
    time."""
    inner = (
        f"SELECT a.item_id AS item, coalesce(a.user_id, a.origin, '') AS who, a.value AS value{_TIMED if timed else ''} "
        f"FROM annotation a INDEXED BY ix_annotation_answer WHERE a.role <> 'suggestion' AND {which} AND a.question = ? AND"
    )
    names = ["item", "who", "value", *(("basis", "at") if timed else ())]
    outer = f"SELECT {', '.join(f'json_group_array({name})' for name in names)} FROM ({inner}"
    chunks = _everything(c, outer, project_id, question) if only is None else _chosen(c, outer, question, only)
    authors, known, empty = _Authors(), _Numbered(), np.empty(0, np.int64)
    parts = [[empty] * len(names)]
    for item, who, value, *more in chunks:
        columns = [_coded(authors, _people(who)), _coded(known, _texts(value)), *(_array(m) for m in more)]
        parts.append([_array(item), *columns])
    items, people, codes, *times = (np.concatenate(column) for column in zip(*parts, strict=True))
    basis, at = times or (empty, empty)
    return Packed(items, people, codes, list(authors.names), list(known), basis, at / 1e6)


def _everything(c: sqlite3.Connection, outer: str, project_id: int, question: str) -> Iterator[tuple[str, ...]]:
    """All of a project, some items at a time: as many as keep the texts small."""
    start, end = id_range(project_id)
    sql, most = f"{outer} a.item_id >= ? AND a.item_id < ? ORDER BY a.item_id)", _FIRST
    while (stop := _after(c, question, start, end, most)) > start:
        found = c.execute(sql, (question, start, stop)).fetchone()
        yield found
        start, most = stop, min(_MOST, max(1, most * _BYTES // (1 + max(map(len, found)))))


def _after(c: sqlite3.Connection, question: str, start: int, end: int, most: int) -> int:
    """The item behind the next so many answers, all of its own counted; `start` where there are none."""
    last = c.execute(
        "SELECT max(item_id) FROM (SELECT item_id FROM annotation INDEXED BY ix_annotation_answer WHERE role <> 'suggestion' "
        "AND question = ? AND item_id >= ? AND item_id < ? ORDER BY item_id LIMIT ?)",
        (question, start, end, most),
    ).fetchone()[0]
    return start if last is None else last + 1


def _chosen(c: sqlite3.Connection, outer: str, question: str, only: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Of some items, by rising id."""
    rising = sorted(only)
    for start in range(0, len(rising), _PART):
        part = rising[start : start + _PART]
        sql = f"{outer} a.item_id IN ({','.join('?' * len(part))}) ORDER BY a.item_id)"
        yield c.execute(sql, (question, *part)).fetchone()


def _coded(known: dict[Any, int], values: list[Any]) -> Ints:
    return np.fromiter(map(known.__getitem__, values), np.int64, len(values))


def _array(text: str) -> Ints:
    return np.array(_numbers(text), np.int64)

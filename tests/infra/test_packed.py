"""Answers that SQLite packs into texts are those that stand in the table."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from milo.bootstrap import Workspace, open_workspace
from milo.flow.ports.quality import BASES
from milo.infra.sql import packed as module
from milo.infra.sql.ids import item_id
from milo.infra.sql.packed import Packed, packed

HUMAN = "a.role = 'answer' AND a.live = 1"
ODD = ["a", 'quote " and \\ backslash', "two\nlines\x1f", "ünï 😀", "", "[1, 2]"]
Row = tuple[int, int | str, str, str, float]


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    found = open_workspace(tmp_path / "ws")
    yield found
    found.close()


def given(ws: Workspace, items: int, seed: int = 0) -> list[Row]:
    """Answers of people with an account, of named ones and of nobody knows whom, beside rows that are no answers."""
    draw, rows = random.Random(seed), list[Row]()
    stored: list[tuple[Any, ...]] = []
    for n in range(items):
        for _ in range(draw.choice((0, 1, 2, 5))):
            who: int | str = draw.choice((7, 8, "Ada", "7", ""))
            origin = None if isinstance(who, int) else json.dumps({"author": who} if who else {"file": "x"})
            item, value, basis = item_id(3, n + 1), json.dumps(draw.choice(ODD)), draw.choice(BASES)
            at = 1_700_000_000 + round(draw.random() * 1e6, 3)
            rows.append((item, who, value, basis, at))
            stored.append((item, "q", "answer", who if isinstance(who, int) else None, value, origin, basis, at))
        stored.append((item_id(3, n + 1), "q", "resolution", None, "1", None, "unassisted", 0.0))
        stored.append((item_id(3, n + 1), "other", "answer", 7, "1", None, "unassisted", 0.0))
    stored.append((item_id(4, 1), "q", "answer", 7, "1", None, "unassisted", 0.0))
    ws.db.write(
        lambda c: c.executemany(
            "INSERT INTO annotation (item_id, question, role, author_kind, user_id, value, origin, basis, schema_version, "
            "created_at) VALUES (?, ?, ?, 'person', ?, ?, ?, ?, 1, ?)",
            stored,
        )
    )
    return rows


def rows_of(found: Packed) -> list[Row]:
    return [
        (item, found.names[who], found.texts[code], BASES[basis], round(at, 3))
        for item, who, code, basis, at in zip(
            *(part.tolist() for part in (found.items, found.authors, found.codes, found.basis, found.at)), strict=True
        )
    ]


def kept(rows: list[Row]) -> list[tuple[str, ...]]:
    return sorted(tuple(map(repr, row)) for row in rows)


def test_what_is_packed_is_what_stands_there(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = given(ws, 120)
    monkeypatch.setattr(module, "_FIRST", 3)  # so that many chunks are read, some of one item that has more than fit
    monkeypatch.setattr(module, "_BYTES", 300)
    found = ws.db.read(lambda c: packed(c, 3, "q", HUMAN, timed=True))
    assert kept(rows_of(found)) == kept(rows)
    assert found.items.tolist() == sorted(row[0] for row in rows)


def test_answers_to_some_items_come_by_rising_item(ws: Workspace) -> None:
    rows = given(ws, 700)
    chosen = {item_id(3, n) for n in range(1, 701, 1)} - {item_id(3, 5)}
    found = ws.db.read(lambda c: packed(c, 3, "q", HUMAN, sorted(chosen, reverse=True), timed=True))
    assert kept(rows_of(found)) == kept([row for row in rows if row[0] in chosen])
    assert found.items.tolist() == sorted(found.items.tolist())


def test_no_answers_are_empty_columns(ws: Workspace) -> None:
    for only in (None, [], [item_id(3, 1)]):
        found = ws.db.read(lambda c, o=only: packed(c, 3, "q", HUMAN, o))
        assert [len(column) for column in found] == [0] * 7

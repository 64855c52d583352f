"""The SQL of resolving: people's answers as columns, and the resolutions made of them.

A machine's resolution is a projection of the answers: there is one row an item and question, written anew in place when it
changes, so that working it out again costs no history.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from milo.flow.resolve import Columns, Standing, Written
from milo.infra.sql.ids import id_range
from milo.infra.sql.packed import packed

ANSWER = "a.role = 'answer' AND a.live = 1 AND a.author_kind = 'person' AND a.bulk_id IS NULL"
"""The answers that are resolved: each of them a person's own. One decision over many items is none."""

_TRUTHS = "FROM annotation INDEXED BY ix_annotation_truth WHERE role IN ('gold', 'resolution') AND live = 1"
"""Gold and resolutions, of people and machines: few beside all answers, so that they have an index of their own."""
_MACHINE = "role = 'resolution' AND author_kind = 'model' AND run_id IS NOT NULL"
_AT_ONCE = 500


class ResolutionsSql:
    """Implements `ResolvePort` on a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def columns(self, project_id: int, question: str, only: list[int] | None = None) -> Columns:
        """The answers to a question as columns; `only`: of these items."""
        found = packed(self._c, project_id, question, ANSWER, only)
        people = self._logins([n for n in found.names if isinstance(n, int)])
        names = [people.get(n, str(n)) for n in found.names]
        values = [msgspec.json.decode(text) for text in found.texts]
        return Columns(found.items, found.authors, found.codes, names, values, found.texts)

    def _logins(self, users: list[int]) -> dict[Any, str]:
        found: dict[Any, str] = {}
        for part in _parts(users):
            found |= dict(self._c.execute(f"SELECT id, login FROM user WHERE id IN ({_marks(part)})", part).fetchall())
        return found

    def touched(self, project_id: int, since: float) -> list[int]:
        """Items whose answers changed at that time or later."""
        rows = self._c.execute(
            "SELECT id FROM item INDEXED BY ix_item_updated WHERE updated_at IS NOT NULL AND updated_at >= ? "
            "AND id >= ? AND id < ? ORDER BY id",
            (since, *id_range(project_id)),
        )
        return [row[0] for row in rows]

    def standing(self, project_id: int, question: str, only: list[int] | None = None) -> dict[int, Standing]:
        """The machine's resolutions as they are, by item."""
        look = f"SELECT item_id, id, value, score, json_extract(origin, '$.answers') {_TRUTHS} AND {_MACHINE} AND question = ? AND "
        found: dict[int, Standing] = {}
        if only is None:
            rows = self._c.execute(look + "item_id >= ? AND item_id < ?", (question, *id_range(project_id)))
            return {row[0]: Standing(*row[1:]) for row in rows}
        for part in _parts(only):
            rows = self._c.execute(f"{look} item_id IN ({_marks(part)})", (question, *part))
            found |= {row[0]: Standing(*row[1:]) for row in rows}
        return found

    def decided(self, project_id: int, question: str) -> set[int]:
        """Items with a gold answer to the question, or a person's resolution."""
        rows = self._c.execute(
            f"SELECT DISTINCT item_id {_TRUTHS} AND (role = 'gold' OR author_kind = 'person') AND question = ? "
            "AND item_id >= ? AND item_id < ?",
            (question, *id_range(project_id)),
        )
        return {row[0] for row in rows}

    def write(self, run_id: int, question: str, schema_version: int, rows: Iterable[Written], now: float) -> None:
        """Store resolutions, in the place of those that they follow."""
        fresh: list[tuple[Any, ...]] = []
        again: list[tuple[Any, ...]] = []
        for r in rows:
            if r.follows is None:
                fresh.append((r.item_id, question, run_id, r.value, r.label, r.score, r.origin, schema_version, now))
            else:
                again.append((run_id, r.value, r.label, r.score, r.origin, schema_version, now, r.follows))
        self._c.executemany(
            "INSERT INTO annotation (item_id, question, role, author_kind, run_id, value, label, score, basis, origin, "
            "schema_version, created_at) VALUES (?, ?, 'resolution', 'model', ?, ?, ?, ?, 'unassisted', ?, ?, ?)",
            fresh,
        )
        self._c.executemany(
            "UPDATE annotation SET run_id = ?, value = ?, label = ?, score = ?, origin = ?, schema_version = ?, created_at = ? "
            "WHERE id = ?",
            again,
        )

    def run_of(self, project_id: int, args: dict[str, Any]) -> int | None:
        """The run under which such resolutions are kept."""
        row = self._c.execute(
            "SELECT id FROM run WHERE project_id = ? AND kind = 'resolve' AND args = ?",
            (project_id, msgspec.json.encode(args).decode()),
        ).fetchone()
        return None if row is None else row[0]

    def drop(self, annotations: list[int]) -> None:
        """Remove resolutions that nothing stands behind any more."""
        self._c.executemany("DELETE FROM annotation WHERE id = ? AND role = 'resolution'", [(a,) for a in annotations])

    def gold(self, project_id: int, question: str) -> dict[int, tuple[Any, bool]]:
        """By item the gold answer, and whether a suggestion was on the screen when it was made."""
        rows = self._c.execute(
            f"SELECT item_id, value, basis {_TRUTHS} AND role = 'gold' AND question = ? AND item_id >= ? AND item_id < ? "
            "ORDER BY id",
            (question, *id_range(project_id)),
        )
        return {item: (msgspec.json.decode(value), basis == "shown") for item, value, basis in rows}

    def decision(self, item_id: int, question: str) -> Any:
        """The gold answer; None if there is none."""
        row = self._c.execute(
            f"SELECT value {_TRUTHS} AND role = 'gold' AND item_id = ? AND question = ? ORDER BY id DESC LIMIT 1",
            (item_id, question),
        ).fetchone()
        return None if row is None else msgspec.json.decode(row[0])

    def machine(self, item_id: int, question: str) -> tuple[Any, float, dict[str, Any]] | None:
        """The machine's resolution: value, certainty, origin."""
        row = self._c.execute(
            f"SELECT value, score, origin {_TRUTHS} AND {_MACHINE} AND item_id = ? AND question = ?",
            (item_id, question),
        ).fetchone()
        return None if row is None else (msgspec.json.decode(row[0]), row[1] or 0.0, msgspec.json.decode(row[2] or "{}"))

    def state(self, project_id: int, question: str) -> dict[str, Any]:
        """What was noted at the last time."""
        row = self._c.execute(
            "SELECT body FROM resolve_state WHERE project_id = ? AND question = ?", (project_id, question)
        ).fetchone()
        return {} if row is None else msgspec.json.decode(row[0])

    def note(self, project_id: int, question: str, body: dict[str, Any]) -> None:
        """Note something for the next time."""
        self._c.execute(
            "INSERT INTO resolve_state (project_id, question, body) VALUES (?, ?, ?) "
            "ON CONFLICT (project_id, question) DO UPDATE SET body = excluded.body",
            (project_id, question, msgspec.json.encode(body).decode()),
        )


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _marks(part: list[int]) -> str:
    return ",".join("?" * len(part))

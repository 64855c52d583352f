"""The SQL of rubrics: each change is a new version, so that verdicts keep the one that they were given by."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.domain.verdict import Rubric

_COLUMNS = "id, project_id, name, version, body, user_id, at"


class RubricRow(msgspec.Struct, frozen=True):
    """One version of a rubric; `project_id` None: it belongs to the whole workspace."""

    id: int
    project_id: int | None
    name: str
    version: int
    rubric: Rubric
    user_id: int | None
    at: float


class RubricsSql:
    """Reads and writes of rubrics on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def latest(self, project_id: int) -> list[RubricRow]:
        """The newest version of each rubric that a project may use: its own, and the workspace's; by name."""
        rows = self._c.execute(
            f"SELECT {_COLUMNS} FROM rubric r WHERE (project_id = ? OR project_id IS NULL) AND version = ("
            "SELECT max(version) FROM rubric o WHERE o.name = r.name AND o.project_id IS r.project_id) ORDER BY name, project_id",
            (project_id,),
        )
        return [_row(row) for row in rows]

    def versions(self, project_id: int | None, name: str) -> list[RubricRow]:
        """All versions of one rubric, newest first."""
        rows = self._c.execute(
            f"SELECT {_COLUMNS} FROM rubric WHERE project_id IS ? AND name = ? ORDER BY version DESC", (project_id, name)
        )
        return [_row(row) for row in rows]

    def get(self, ident: int) -> RubricRow | None:
        row = self._c.execute(f"SELECT {_COLUMNS} FROM rubric WHERE id = ?", (ident,)).fetchone()
        return None if row is None else _row(row)

    def find(self, project_id: int, name: str, version: int | None = None) -> RubricRow | None:
        """That version (None: the newest) of a rubric that the project may use; its own wins over the workspace's."""
        row = self._c.execute(
            f"SELECT {_COLUMNS} FROM rubric WHERE (project_id = ? OR project_id IS NULL) AND name = ? AND (? IS NULL OR version = ?) "
            "ORDER BY project_id IS NULL, version DESC LIMIT 1",
            (project_id, name, version, version),
        ).fetchone()
        return None if row is None else _row(row)

    def add(self, project_id: int | None, rubric: Rubric, user_id: int | None, now: float) -> RubricRow:
        """Store it as the next version; one that changes nothing is no new version."""
        known = self.versions(project_id, rubric.name)
        if known and known[0].rubric == rubric:
            return known[0]
        version = known[0].version + 1 if known else 1
        body = msgspec.json.encode(rubric).decode()
        done = self._c.execute(
            "INSERT INTO rubric (project_id, name, version, body, user_id, at) VALUES (?, ?, ?, ?, ?, ?)",
            (project_id, rubric.name, version, body, user_id, now),
        )
        return RubricRow(done.lastrowid or 0, project_id, rubric.name, version, rubric, user_id, now)


def _row(row: tuple[Any, ...]) -> RubricRow:
    ident, project, name, version, body, user, at = row
    return RubricRow(ident, project, name, version, msgspec.json.decode(body, type=Rubric), user, at)

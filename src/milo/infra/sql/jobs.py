"""The SQL of background jobs: a table, leases, cursors."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

_COLUMNS = (
    "id, project_id, kind, state, done, total, message, error, result, created_at, started_at, finished_at, args, cursor, "
    "user_id, key"
)
FINISHED = ("done", "failed", "cancelled")


class JobRow(msgspec.Struct, frozen=True):
    """A job as it is stored."""

    id: int
    project_id: int | None
    kind: str
    state: str
    done: int
    total: int | None
    message: str
    error: str | None
    result: dict[str, Any] | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    args: dict[str, Any]
    cursor: dict[str, Any] | None
    user_id: int | None
    key: str | None


class JobsSql:
    """Reads and changes jobs on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def add(
        self, kind: str, project_id: int | None, args: dict[str, Any], user_id: int | None, key: str | None, now: float
    ) -> tuple[int, bool]:
        """Queue a job; its id and whether it is new: a job with the same key that has not begun yet serves both."""
        if key is not None:
            row = self._c.execute("SELECT id FROM job WHERE key = ? AND state = 'queued'", (key,)).fetchone()
            if row is not None:
                return row[0], False
        done = self._c.execute(
            "INSERT INTO job (project_id, kind, args, key, state, user_id, created_at) VALUES (?, ?, ?, ?, 'queued', ?, ?)",
            (project_id, kind, msgspec.json.encode(args).decode(), key, user_id, now),
        )
        return done.lastrowid or 0, True

    def get(self, job_id: int) -> JobRow | None:
        row = self._c.execute(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else _row(row)

    def listing(self, project_id: int | None, limit: int) -> list[JobRow]:
        where, args = ("WHERE project_id = ? ", (project_id, limit)) if project_id is not None else ("", (limit,))
        rows = self._c.execute(f"SELECT {_COLUMNS} FROM job {where}ORDER BY id DESC LIMIT ?", args)
        return [_row(row) for row in rows]

    def latest(self, project_id: int, kind: str, field: str) -> JobRow | None:
        """The latest job of a kind in a project that is about a field."""
        row = self._c.execute(
            f"SELECT {_COLUMNS} FROM job WHERE project_id = ? AND kind = ? AND json_extract(args, '$.field') = ? "
            "ORDER BY id DESC LIMIT 1",
            (project_id, kind, field),
        ).fetchone()
        return None if row is None else _row(row)

    def unfinished(self) -> list[int]:
        """Jobs to run, oldest first: queued ones, and running ones whose process died."""
        return [r[0] for r in self._c.execute("SELECT id FROM job WHERE state IN ('queued', 'running') ORDER BY id")]

    def open_args(self, kind: str) -> list[dict[str, Any]]:
        """The arguments of the jobs of a kind that are not done, or could be resumed."""
        rows = self._c.execute("SELECT args FROM job WHERE kind = ? AND state <> 'done'", (kind,))
        return [msgspec.json.decode(row[0]) for row in rows]

    def begin(self, job_id: int, now: float) -> JobRow | None:
        """Mark it running; None if it was cancelled meanwhile."""
        done = self._c.execute(
            "UPDATE job SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, ?) "
            "WHERE id = ? AND state IN ('queued', 'running')",
            (now, job_id),
        )
        return self.get(job_id) if done.rowcount else None

    def advance(self, job_id: int, done: int, total: int | None, cursor: dict[str, Any] | None, message: str | None) -> None:
        self._c.execute(
            "UPDATE job SET done = ?, total = coalesce(?, total), cursor = coalesce(?, cursor), message = coalesce(?, message) "
            "WHERE id = ?",
            (done, total, None if cursor is None else msgspec.json.encode(cursor).decode(), message, job_id),
        )

    def finish(self, job_id: int, state: str, result: dict[str, Any] | None, error: str | None, now: float) -> None:
        self._c.execute(
            "UPDATE job SET state = ?, result = coalesce(?, result), error = ?, finished_at = ? WHERE id = ?",
            (state, None if result is None else msgspec.json.encode(result).decode(), error, now, job_id),
        )

    def cancel(self, job_id: int, now: float) -> None:
        """A queued job ends at once; a running one is asked to stop by its runner."""
        self._c.execute("UPDATE job SET state = 'cancelled', finished_at = ? WHERE id = ? AND state = 'queued'", (now, job_id))

    def requeue(self, job_id: int) -> bool:
        """Let a cancelled or failed job go on from its cursor."""
        done = self._c.execute(
            "UPDATE job SET state = 'queued', error = NULL, finished_at = NULL "
            "WHERE id = ? AND state IN ('cancelled', 'failed')",
            (job_id,),
        )
        return bool(done.rowcount)


def _row(row: tuple[Any, ...]) -> JobRow:
    values = list(row)
    for index in (8, 12, 13):
        values[index] = None if values[index] is None else msgspec.json.decode(values[index])
    return JobRow(*values)

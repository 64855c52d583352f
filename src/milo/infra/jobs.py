"""Background jobs: a table in the workspace, run by threads of this process.

A job commits small, idempotent steps together with its cursor. A process that dies leaves the job "running"; the next start
takes it up again from the cursor. Jobs of different kinds run side by side, two of one kind and project do not.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from milo.domain.errors import Conflict, MiloError, NotFound, StorageTrouble
from milo.infra.bus import Bus
from milo.infra.clock import Clock
from milo.infra.sql.database import BACKGROUND, Connection, Database
from milo.infra.sql.jobs import FINISHED, JobRow, JobsSql

log = logging.getLogger("milo")
Handler = Callable[["JobRun"], dict[str, Any] | None]
_WORKERS = 3
_NEWS_SECONDS = 0.25
_TROUBLE_SECONDS = 5.0


class Stopped(Exception):
    """The job was asked to stop; raised by `JobRun.check` inside a handler."""


class JobRun:
    """What a handler sees of its job."""

    def __init__(self, jobs: Jobs, row: JobRow) -> None:
        self._jobs = jobs
        self.id = row.id
        self.project_id = row.project_id or 0
        self.user_id = row.user_id
        self.args = row.args
        self.cursor = row.cursor
        self.done = row.done
        self.stopped = False
        self._news_at = 0.0

    def advance(
        self,
        done: int,
        total: int | None = None,
        *,
        cursor: dict[str, Any] | None = None,
        message: str | None = None,
        conn: Connection | None = None,
    ) -> None:
        """Store how far it is. Pass the connection of a running write to make it part of that transaction."""
        self.done = done
        if conn is not None:
            JobsSql(conn).advance(self.id, done, total, cursor, message)
        else:
            self._jobs.db.write(lambda c: JobsSql(c).advance(self.id, done, total, cursor, message), BACKGROUND)
        if time.monotonic() - self._news_at > _NEWS_SECONDS:
            self._news_at = time.monotonic()
            self._jobs.bus.publish(self.project_id, "job", id=self.id, done=done, total=total)

    def should_stop(self) -> bool:
        """Whether somebody cancelled it, or the server is closing. Once seen, the job is not counted as done."""
        self.stopped = self.stopped or self._jobs.stopping(self.id)
        return self.stopped

    def check(self) -> None:
        """Raise Stopped if it should stop."""
        if self.should_stop():
            raise Stopped


class Jobs:
    """The runner: takes queued jobs and runs their handlers in a few threads."""

    def __init__(self, db: Database, bus: Bus, clock: Clock) -> None:
        self.db, self.bus, self.clock = db, bus, clock
        self._handlers: dict[str, Handler] = {}
        self._cancelled: set[int] = set()
        self._apart: set[str] = set()
        self._busy: dict[int, tuple[str, int | None]] = {}
        self._wake = threading.Condition()
        self._closing = False
        self._threads: list[threading.Thread] = []

    def handler(self, kind: str, run: Handler, *, apart: bool = False) -> None:
        """Say what runs a kind of job; `apart`: in a thread of its own and beside others of its kind, since it mostly waits."""
        self._handlers[kind] = run
        if apart:
            self._apart.add(kind)

    def start(self) -> None:
        """Begin to work, with what an earlier process left."""
        for number in range(_WORKERS):
            thread = threading.Thread(target=self._work, name=f"milo-job-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Ask running jobs to stop and wait for them; they go on at the next start."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=20)

    def submit(
        self, kind: str, project_id: int | None, args: dict[str, Any], user_id: int | None = None, key: str | None = None
    ) -> int:
        """Queue a job; a queued one with the same `key` is not queued twice. Its id."""
        job_id, _ = self.db.write(lambda c: JobsSql(c).add(kind, project_id, args, user_id, key, self.clock()))
        with self._wake:
            self._wake.notify()
        self.bus.publish(project_id, "job", id=job_id)
        return job_id

    def cancel(self, job_id: int) -> None:
        """Stop a job after its current step."""
        row = self._get(job_id)
        self._cancelled.add(job_id)
        self.db.write(lambda c: JobsSql(c).cancel(job_id, self.clock()))
        self.bus.publish(row.project_id, "job", id=job_id)

    def resume(self, job_id: int) -> None:
        """Let a cancelled or failed job go on. Raises Conflict for others."""
        self._get(job_id)
        self._cancelled.discard(job_id)
        if not self.db.write(lambda c: JobsSql(c).requeue(job_id)):
            raise Conflict("Only a cancelled or failed job can be resumed.")
        with self._wake:
            self._wake.notify()

    def wait(self, job_id: int, timeout: float = 600.0) -> JobRow:
        """Block until it is over (or the time is); the job as it then is. `timeout` in seconds."""
        end = time.monotonic() + timeout
        while True:
            row = self._get(job_id)
            if row.state in FINISHED or time.monotonic() > end:
                return row
            time.sleep(0.02)

    def stopping(self, job_id: int) -> bool:
        """Whether a job should stop."""
        return self._closing or job_id in self._cancelled

    def _get(self, job_id: int) -> JobRow:
        row = self.db.read(lambda c: JobsSql(c).get(job_id))
        if row is None:
            raise NotFound(f"There is no job {job_id}.")
        return row

    def _work(self) -> None:
        while not self._closing:
            try:
                row = self._take()
                if row is not None and row.kind in self._apart:
                    self._start_apart(row)
                elif row is not None:
                    self._run_alone(row)
            except StorageTrouble as error:
                log.warning("Background jobs wait: %s", error.message)
                with self._wake:
                    self._wake.wait_for(lambda: self._closing, timeout=_TROUBLE_SECONDS)

    def _start_apart(self, row: JobRow) -> None:
        thread = threading.Thread(target=self._run_alone, args=(row,), name=f"milo-job-{row.kind}-{row.id}", daemon=True)
        with self._wake:
            self._threads = [t for t in self._threads if t.is_alive()]
            self._threads.append(thread)
        thread.start()

    def _run_alone(self, row: JobRow) -> None:
        """Run a job that `_take` has marked as busy. One that could not even be recorded stays, and is tried again."""
        try:
            self._run(row)
        finally:
            with self._wake:
                self._busy.pop(row.id, None)
                self._wake.notify_all()

    def _take(self) -> JobRow | None:
        with self._wake:
            for job_id in self.db.read(lambda c: JobsSql(c).unfinished()):
                row = self.db.read(lambda c, j=job_id: JobsSql(c).get(j))
                if row is None or job_id in self._busy:
                    continue
                if row.kind not in self._apart and (row.kind, row.project_id) in self._busy.values():
                    continue
                self._busy[job_id] = (row.kind, row.project_id)
                return row
            self._wake.wait(timeout=5)
            return None

    def _run(self, row: JobRow) -> None:
        begun = self.db.write(lambda c: JobsSql(c).begin(row.id, self.clock()))
        if begun is None:
            return
        run = JobRun(self, begun)
        try:
            result = self._handlers[row.kind](run)
        except Stopped:
            if row.id in self._cancelled:
                self._finish(row, "cancelled", None, None)
            return
        except MiloError as error:
            self._finish(row, "failed", None, error.message)
            return
        except Exception as error:  # noqa: BLE001 - the job runner is one of the documented edges
            traceback.print_exc()
            self._finish(row, "failed", None, f"{type(error).__name__}: {error}")
            return
        if run.stopped and row.id not in self._cancelled:
            return
        self._finish(row, "cancelled" if run.stopped else "done", result, None)

    def _finish(self, row: JobRow, state: str, result: dict[str, Any] | None, error: str | None) -> None:
        self.db.write(lambda c: JobsSql(c).finish(row.id, state, result, error, self.clock()))
        self._cancelled.discard(row.id)
        self.bus.publish(row.project_id, "job", id=row.id, state=state, job=row.kind)

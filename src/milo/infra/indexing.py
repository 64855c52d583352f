"""Keeps the text index up with imports: a background job that starts once imports have been quiet for a moment.

Until an item is indexed, a search looks through contents directly, so that results are complete at any time.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from milo.domain.errors import StorageTrouble
from milo.infra.jobs import JobRun
from milo.infra.sql.database import BACKGROUND
from milo.infra.sql.fts import FtsSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_QUIET_SECONDS = 1.0
_STEP_SECONDS = 0.03
_FIRST, _LEAST, _MOST = 500, 20, 4_000


class Indexing:
    """Notes which projects have new items, and queues the job "index" for them."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._due: dict[int, float] = {}
        self._wake = threading.Condition()
        self._closing = False
        workspace.jobs.handler("index", self._run)
        self._thread = threading.Thread(target=self._watch, name="milo-indexing", daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Go on with what an earlier process left undone."""
        for project_id in self._ws.db.read(lambda c: FtsSql(c).behind()):
            self.touch(project_id)

    def touch(self, project_id: int) -> None:
        """The project has new items."""
        with self._wake:
            new = project_id not in self._due
            self._due[project_id] = time.monotonic() + _QUIET_SECONDS
            if new:
                self._wake.notify()

    def close(self) -> None:
        """Stop watching."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        while True:
            with self._wake:
                if self._closing:
                    return
                now = time.monotonic()
                ready = [p for p, at in self._due.items() if at <= now]
                for project_id in ready:
                    del self._due[project_id]
                if not ready:
                    self._wake.wait(min(self._due.values()) - now if self._due else None)
                    continue
            for project_id in ready:
                self._queue(project_id)

    def _queue(self, project_id: int) -> None:
        try:
            self._ws.jobs.submit("index", project_id, {}, key=f"index:{project_id}")
        except StorageTrouble:
            self.touch(project_id)

    def _run(self, job: JobRun) -> dict[str, Any]:
        project_id, size, done = job.project_id, _FIRST, 0
        while not job.should_stop():
            after = self._ws.db.read(lambda c: FtsSql(c).indexed_to(project_id))
            rows = self._ws.db.read(lambda c, a=after, n=size: FtsSql(c).texts(project_id, a, n))
            if not rows:
                break
            took = self._step(job, after, rows)
            done += len(rows)
            size = max(
                _LEAST, min(_MOST, size * 2 if took < _STEP_SECONDS / 2 else size // 2 if took > _STEP_SECONDS else size)
            )
        return {"indexed": done}

    def _step(self, job: JobRun, after: int, rows: list[tuple[int, str]]) -> float:
        def write(c: Any) -> float:
            start = time.perf_counter()
            index = FtsSql(c)
            index.index(job.project_id, after, rows)
            job.advance(index.indexed_to(job.project_id), index.last(job.project_id), conn=c)
            return time.perf_counter() - start

        return self._ws.db.write(write, BACKGROUND)

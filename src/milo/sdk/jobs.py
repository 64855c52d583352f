"""A background job, watched from a program."""

from __future__ import annotations

import time
from collections.abc import Callable

from milo.domain.errors import MiloError
from milo.sdk.http import Http
from milo.sdk.shapes import JobInfo

Progress = Callable[[JobInfo], None]
_OVER = ("done", "failed", "cancelled")
_LONGEST_PAUSE = 1.0


class JobFailed(MiloError):
    """A job failed or was cancelled."""


class Job:
    """One job. `info` is its state when last asked."""

    def __init__(self, http: Http, info: JobInfo) -> None:
        self._http, self.info = http, info

    @property
    def id(self) -> int:
        """Its id."""
        return self.info.id

    def refresh(self) -> JobInfo:
        """Ask how far it is."""
        self.info = self._http.get(f"/jobs/{self.id}", JobInfo)
        return self.info

    def wait(self, on_progress: Progress | None = None, timeout: float | None = None) -> JobInfo:
        """Wait until it is over. Raises JobFailed if it did not end well. `timeout` in seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        pause = 0.05
        while self.info.state not in _OVER:
            if end is not None and time.monotonic() > end:
                raise JobFailed(f"Job {self.id} ({self.info.kind}) still runs after {timeout} seconds.")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            self.refresh()
            if on_progress is not None:
                on_progress(self.info)
        if self.info.state != "done":
            raise JobFailed(self.info.error or f"Job {self.id} ({self.info.kind}) was cancelled.")
        return self.info

    def cancel(self) -> None:
        """Stop it after its current step."""
        self.info = self._http.call("POST", f"/jobs/{self.id}/cancel", JobInfo)

    def resume(self) -> None:
        """Let it go on after it was cancelled or failed."""
        self.info = self._http.call("POST", f"/jobs/{self.id}/resume", JobInfo)

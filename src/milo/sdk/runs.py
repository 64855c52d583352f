"""A run of a connected model, steered from a program."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from milo.sdk.http import Http
from milo.sdk.jobs import JobFailed
from milo.sdk.shapes import RunError, RunInfo

OnRun = Callable[[RunInfo], None]
_LONGEST_PAUSE = 1.0
_PAGE = 200


class Run:
    """One run. `info` is how far it was when last asked."""

    def __init__(self, http: Http, project_id: int, info: RunInfo) -> None:
        self._http, self._project_id, self.info = http, project_id, info
        self._at = f"/projects/{project_id}/runs/{info.id}"

    @property
    def id(self) -> int:
        """Its id."""
        return self.info.id

    def refresh(self) -> RunInfo:
        """Ask how far it is."""
        self.info = self._http.get(f"{self._at}/progress", RunInfo)
        return self.info

    def wait(self, on_progress: OnRun | None = None, timeout: float | None = None) -> RunInfo:
        """Wait until it stands still: done, paused, cancelled or stopped by its budget. Raises JobFailed where it failed or
        still runs after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        pause = 0.05
        while self.refresh().state == "running":
            if on_progress is not None:
                on_progress(self.info)
            if end is not None and time.monotonic() > end:
                raise JobFailed(f"Run {self.id} still runs after {timeout} seconds.")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        if on_progress is not None:
            on_progress(self.info)
        if self.info.state == "failed":
            raise JobFailed(self.info.message or f"Run {self.id} failed.")
        return self.info

    def pause(self) -> RunInfo:
        """Let calls in flight end, then stop."""
        return self._tell("pause")

    def cancel(self) -> RunInfo:
        """Stop at once; what was answered stays."""
        return self._tell("cancel")

    def resume(self, *, money: float | None = None, tokens: int | None = None) -> RunInfo:
        """Go on, with a new budget for the whole run if one is given."""
        return self._tell("resume", _go_on(money, tokens))

    def retry(self, *, money: float | None = None, tokens: int | None = None) -> RunInfo:
        """Ask again about the items that failed."""
        return self._tell("retry", _go_on(money, tokens))

    def undo(self) -> None:
        """Switch off everything that it suggested; what people decided stays."""
        self._http.send("POST", f"{self._at}/undo")

    def errors(self) -> Iterator[RunError]:
        """The items that failed, by id."""
        after = 0
        while page := self._http.get(f"{self._at}/errors", list[RunError], {"after": after, "limit": _PAGE}):
            yield from page
            after = page[-1].item_id

    def _tell(self, what: str, body: dict[str, Any] | None = None) -> RunInfo:
        self.info = self._http.call("POST", f"{self._at}/{what}", RunInfo, body)
        return self.info


def _go_on(money: float | None, tokens: int | None) -> dict[str, Any]:
    return {"budget": None if money is None and tokens is None else {"money": money, "tokens": tokens}}


def selection(
    what: str, n: int | None = None, item_ids: list[int] | None = None, filter: str = "", *, again: bool = False
) -> dict[str, Any]:
    """A selection as the server takes it."""
    return {"what": what, "n": n, "item_ids": item_ids or [], "filter": filter, "again": again}

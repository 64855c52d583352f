"""Items that are nearly the same, from a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from milo.sdk.http import Http
from milo.sdk.jobs import Job, Progress
from milo.sdk.shapes import JobInfo

_PAGE = 100


class Duplicates:
    """Near-duplicates of a project: texts by the runs of words that they share, pictures by their correlation.

    >>> project.duplicates.search(least=0.8)                            # doctest: +SKIP
    >>> [len(g["items"]) for g in project.duplicates.groups()]          # doctest: +SKIP
    """

    def __init__(self, http: Http, project_id: int) -> None:
        self._http, self._at = http, f"/projects/{project_id}/duplicates"

    def search(
        self, field: str | None = None, *, least: float | None = None, wait: bool = True, on_progress: Progress | None = None
    ) -> Job:
        """Search a field (the first of text, else of images) for items at least so alike. With `wait`, returns when it is
        done."""
        job = Job(self._http, self._http.call("POST", self._at, JobInfo, {"field": field, "least": least}))
        if wait:
            job.wait(on_progress)
        return job

    def last(self, field: str | None = None) -> dict[str, Any]:
        """The last search: what it looked at, when, and how many items came since (`newer`)."""
        found = self._http.get(self._at, dict[str, Any], {"field": field, "limit": 0})
        return {"field": found["field"], "search": found["search"], "newer": found["newer"]}

    def groups(self, field: str | None = None) -> Iterator[dict[str, Any]]:
        """The groups that the last search found, the largest first; in each the earliest item first."""
        offset = 0
        while True:
            page = self._http.get(self._at, dict[str, Any], {"field": field, "limit": _PAGE, "offset": offset})["groups"]
            yield from map(self._whole, page)
            offset += len(page)
            if len(page) < _PAGE:
                return

    def _whole(self, group: dict[str, Any]) -> dict[str, Any]:
        """The group with all of its items."""
        items: list[dict[str, Any]] = group["items"]
        while len(items) < group["n"]:
            query = {"offset": len(items), "limit": _PAGE}
            more = self._http.get(f"{self._at}/{group['id']}", list[dict[str, Any]], query)
            if not more:
                break
            items += more
        return group

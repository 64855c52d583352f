"""How far people agree, how good they and the models are, and which answers are worth a second look - from a program."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Literal

from milo.domain.errors import MiloError, NotFound
from milo.sdk.http import Http
from milo.sdk.jobs import Job, Progress
from milo.sdk.shapes import JobInfo

_PAGE = 500
_PAUSE = 0.2


class Quality:
    """Reports on the people and the answers of a project; every figure comes with its interval and what it rests on.

    >>> report = project.quality.agreement("topic")                   # doctest: +SKIP
    >>> report["alpha"]["value"], report["alpha"]["low"]              # doctest: +SKIP
    """

    def __init__(self, http: Http, project_id: int) -> None:
        self._http, self._at = http, f"/projects/{project_id}"

    def agreement(self, question: str, *, help: Literal["any", "none"] = "any", seconds: float = 120.0) -> dict[str, Any]:
        """How far people agree: overall, by label, by pair and by item. `help="none"` leaves out answers given with a
        suggestion on the screen. Waits until the report is of the present answers, `seconds` at most."""
        return self._report("agreement", {"question": question, "help": help}, seconds)

    def people(self, question: str, *, seconds: float = 120.0) -> dict[str, Any]:
        """Everybody who answers a question: agreement with others and with gold, ability, active seconds, catch rate, drift."""
        return self._report("people", {"question": question}, seconds)

    def stand_in(self, question: str, model: str, *, epsilon: float = 0.2) -> dict[str, Any]:
        """May this model stand in for a person? The alternative annotator test. `epsilon`: the advantage that a person's work
        has to bring for its price."""
        models = self._http.get(f"{self._at}/models", list[dict[str, Any]])
        found = next((m["id"] for m in models if m["name"] == model), None)
        if found is None:
            raise NotFound(f'There is no model "{model}" in this project.', place="model")
        query = {"question": question, "model": found, "epsilon": epsilon}
        return self._http.get(f"{self._at}/quality/stand-in", dict[str, Any], query)

    def search_errors(self, question: str, *, wait: bool = True, on_progress: Progress | None = None) -> Job:
        """Search for likely errors with models that did not see the answers. With `wait`, returns when it is done."""
        job = Job(self._http, self._http.call("POST", f"{self._at}/quality/errors", JobInfo, {"question": question}))
        if wait:
            job.wait(on_progress)
        return job

    def errors(self, question: str | None = None) -> Iterator[dict[str, Any]]:
        """Answers that a model contradicts which did not see them, the most suspicious first."""
        yield from self._pages("quality/errors", {"question": question})

    def checked_errors(self, question: str) -> dict[str, Any] | None:
        """How many answers are wrong, by those drawn by chance for review, with an interval; None where none was drawn."""
        found = self._http.get(f"{self._at}/quality/errors", dict[str, Any], {"question": question, "limit": 1})
        return next(iter(found["checks"]), None)

    def gold(self, question: str) -> Iterator[dict[str, Any]]:
        """Gold of a question, with the agreement of people's answers beside it."""
        yield from self._pages("gold", {"question": question})

    def _pages(self, path: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._http.get(f"{self._at}/{path}", dict[str, Any], {**query, "limit": _PAGE, "offset": offset})
            yield from page["rows"]
            offset += len(page["rows"])
            if len(page["rows"]) < _PAGE:
                return

    def _report(self, path: str, query: dict[str, Any], seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while True:
            found = self._http.get(f"{self._at}/quality/{path}", dict[str, Any], query)
            if found["report"] is not None and (found["fresh"] or time.monotonic() > end):
                return found["report"]
            if time.monotonic() > end:
                raise MiloError(f"The report was not ready within {seconds:g} seconds; ask again, or for longer.")
            time.sleep(_PAUSE)

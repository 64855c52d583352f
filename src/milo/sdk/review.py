"""Review and resolving, from a program."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from milo.sdk.http import Http
from milo.sdk.jobs import Job, Progress
from milo.sdk.shapes import JobInfo


class ReviewAnswer(msgspec.Struct, frozen=True):
    """One of the answers to choose from. `author` None: the project hides who answered."""

    id: int
    value: Any
    author: str | None
    mine: bool
    assisted: bool
    returnable: bool
    created_at: float


class ReviewCase(msgspec.Struct, frozen=True):
    """A case for a reviewer: why it is one (`kind`), the item, the answers, and what they come to together."""

    id: int
    kind: str
    question: str
    item: dict[str, Any]
    answers: list[ReviewAnswer]
    together: dict[str, Any] | None
    agreement: float
    detail: dict[str, Any]
    purpose: str
    odds: float | None
    reason: str
    gold: Any


class ReviewInfo(msgspec.Struct, frozen=True):
    """How many cases wait in all, by kind and question, and what was decided so far."""

    open: int
    waiting: list[dict[str, Any]]
    decided: dict[str, int]


class Review:
    """What waits for a reviewer in a project, and the decisions about it.

    >>> for case in project.review.next(10):                          # doctest: +SKIP
    ...     project.review.accept(case, case.answers[0])
    """

    def __init__(self, http: Http, project_id: int) -> None:
        self._http, self._at = http, f"/projects/{project_id}"

    def info(self) -> ReviewInfo:
        """What waits, and what was decided."""
        return self._http.get(f"{self._at}/review", ReviewInfo)

    def next(self, n: int = 1, *, kind: str | None = None, question: str | None = None) -> list[ReviewCase]:
        """The next cases, most worth first; nobody else gets them for a quarter of an hour."""
        query = {"n": n, "kind": kind, "question": question}
        return self._http.get(f"{self._at}/review/queue", list[ReviewCase], query)

    def accept(self, case: ReviewCase, answer: ReviewAnswer) -> int:
        """This answer is right; the id of the gold annotation."""
        return self._decide(case, "accept", annotation=answer.id)["gold"]

    def fix(self, case: ReviewCase, value: Any) -> int:
        """This is right instead; the id of the gold annotation."""
        return self._decide(case, "fix", value=value)["gold"]

    def send_back(self, case: ReviewCase, answer: ReviewAnswer, reason: str) -> None:
        """Its author answers again, for this reason."""
        self._decide(case, "return", annotation=answer.id, reason=reason)

    def skip(self, case: ReviewCase) -> None:
        """Somebody else decides."""
        self._decide(case, "skip")

    def undo(self, case: ReviewCase) -> None:
        """Take the last decision about a case back."""
        self._http.call("POST", f"{self._at}/review/undo", dict[str, Any], {"op_id": uuid.uuid4().hex, "case": case.id})

    def sample(self, question: str, n: int) -> int:
        """Draw finished items at random for review; how many were drawn."""
        body = {"question": question, "n": n}
        return self._http.call("POST", f"{self._at}/review/sample", dict[str, int], body)["drawn"]

    def resolve(self, *, wait: bool = True, on_progress: Progress | None = None) -> Job:
        """Work out what several answers come to, and find what reviewers should see. With `wait`, returns when it is done."""
        return self._job(f"{self._at}/resolve", {}, wait, on_progress)

    def compare(self, question: str, *, on_progress: Progress | None = None) -> dict[str, Any]:
        """All aggregators side by side on the items with gold: `rows` of name, right, low, high, claimed, seconds."""
        return self._job(f"{self._at}/resolve/compare", {"question": question}, True, on_progress).info.result or {}

    def _job(self, path: str, body: dict[str, Any], wait: bool, on_progress: Progress | None) -> Job:
        job = Job(self._http, self._http.call("POST", path, JobInfo, body))
        if wait:
            job.wait(on_progress)
        return job

    def _decide(self, case: ReviewCase, decision: str, **more: Any) -> dict[str, Any]:
        body = {"op_id": uuid.uuid4().hex, "case": case.id, "decision": decision, **more}
        return self._http.call("POST", f"{self._at}/review/decisions", dict[str, Any], body, repeatable=True)

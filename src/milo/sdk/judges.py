"""The judges of a project, steered from a program."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.verdict import Rubric, Verdict
from milo.sdk.http import Http
from milo.sdk.jobs import Job, Progress
from milo.sdk.shapes import JobInfo


class JudgeInfo(msgspec.Struct, frozen=True):
    """A judge as it is set up. `matched` of about `needed` audits are there that test it."""

    id: int
    name: str
    plugin: str
    question: str
    rubric: str
    rubric_version: int
    config: dict[str, Any]
    live: str
    after: bool
    enabled: bool
    audits: int
    matched: int
    needed: int
    judged: int
    passed: int


class Given(msgspec.Struct, frozen=True):
    """A verdict with what it is about."""

    id: int
    item_id: int
    question: str
    mode: str
    verdict: Verdict
    response: str


class Judge:
    """One judge. `info` is its state when last asked."""

    def __init__(self, http: Http, project_id: int, info: JudgeInfo) -> None:
        self._http, self._project, self.info = http, f"/projects/{project_id}", info
        self._at = f"{self._project}/judges/{info.id}"

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    def estimate(self) -> dict[str, Any]:
        """How many answers wait for it, and what judging them takes."""
        return self._http.call("POST", f"{self._at}/estimate", dict[str, Any], {})

    def run(
        self, *, money: float | None = None, tokens: int | None = None, flag: bool = False, wait: bool = True,
        on_progress: Progress | None = None,
    ) -> Job:  # fmt: skip
        """Judge all finished work that it has not judged yet, within a budget. Raises JobFailed."""
        body = {"money": money, "tokens": tokens, "flag": flag}
        job = Job(self._http, self._http.call("POST", f"{self._at}/run", JobInfo, body))
        if wait:
            job.wait(on_progress)
        return job

    def report(self) -> dict[str, Any]:
        """What is known about it here: agreement, alarms, the corrected pass rate, each with its interval."""
        return self._http.get(f"{self._at}/report", dict[str, Any])

    def verdicts(self, *, passed: bool | None = None, limit: int = 200) -> list[Given]:
        """Its latest verdicts."""
        query = {"judge": self.info.id, "limit": limit, "passed": None if passed is None else int(passed)}
        return self._http.get(f"{self._project}/verdicts", list[Given], query)

    def change(self, **changes: Any) -> JudgeInfo:
        """Change `name`, `rubric`, `rubric_version`, `config`, `live`, `after` or `enabled`."""
        self.info = self._http.call("PATCH", self._at, JudgeInfo, changes)
        return self.info


__all__ = ["Given", "Judge", "JudgeInfo", "Rubric"]

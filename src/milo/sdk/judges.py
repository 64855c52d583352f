"""The judges of a project, steered from a program."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Literal

import msgspec

from milo.domain.errors import NotFound
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


class Judged:
    """The part of a project that is about rubrics and judges."""

    _http: Http
    _at: str

    @property
    @abstractmethod
    def id(self) -> int:
        """The project's id."""

    def judges(self) -> list[Judge]:
        """The judges of the project."""
        return [Judge(self._http, self.id, one) for one in self._http.get(f"{self._at}/judges", list[JudgeInfo])]

    def rubrics(self) -> list[dict[str, Any]]:
        """The rubrics that it may use, each in its newest version: `rubric`, `version`, `shared`."""
        return self._http.get(f"{self._at}/rubrics", list[dict[str, Any]])

    def rubric_file(self, name: str, format: Literal["yaml", "json"] = "yaml") -> str:
        """The newest version of a rubric as the text of its file. Raises NotFound for a name that there is not."""
        found = {one["rubric"]["name"]: one["id"] for one in self.rubrics()}
        if name not in found:
            raise NotFound(f'There is no rubric "{name}". Rubrics: {", ".join(found) or "none"}.', place="rubric")
        return self._http.send("GET", f"{self._at}/rubrics/{found[name]}/file", query={"format": format}).text

    def second_thoughts(self) -> list[dict[str, Any]]:
        """By question and cause ("suggestion" or "advice"): how many answers changed after it was seen, and how many of those
        whose right answer is known became right or wrong by it."""
        return self._http.get(f"{self._at}/second-thoughts", list[dict[str, Any]])

    def add_rubric(self, rubric: Rubric | str) -> dict[str, Any]:
        """Store a rubric, given as data or as the text of its file; a known name gets a new version."""
        body = {"text": rubric} if isinstance(rubric, str) else {"rubric": rubric}
        return self._http.call("POST", f"{self._at}/rubrics", dict[str, Any], body)

    def add_judge(self, name: str, question: str, rubric: str, *, plugin: str = "rubric", **config: Any) -> Judge:
        """Set up a judge of finished work; `config` holds the settings of its kind, such as `connection`."""
        body = {"plugin": plugin, "name": name, "question": question, "rubric": rubric, "config": config}
        return Judge(self._http, self.id, self._http.call("POST", f"{self._at}/judges", JudgeInfo, body))

"""Studies of a project, steered from a program: designs, rehearsals, the frozen plan, progress and the report."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.study import Arm, Design
from milo.sdk.http import Http


class Taking(msgspec.Struct, frozen=True):
    """How far a person is in a study."""

    user_id: int
    code: str
    name: str
    blocks: int
    blocks_closed: int
    items: int
    items_done: int
    started_at: float | None
    finished_at: float | None


class StudyInfo(msgspec.Struct, frozen=True):
    """A study when last asked. `state` is draft, running or ended; `needs` items are drawn, `fits` could be (drafts only)."""

    id: int
    state: str
    design: Design
    plan_hash: str | None
    peeks: int
    created_at: float
    frozen_at: float | None
    ended_at: float | None
    people: list[Taking]
    needs: int
    fits: int | None = None


class Study:
    """One study. `info` is its state when last asked."""

    def __init__(self, http: Http, project_id: int, info: StudyInfo) -> None:
        self._http, self.info = http, info
        self._at = f"/projects/{project_id}/studies/{info.id}"

    def refresh(self) -> Study:
        """Ask for its present state."""
        self.info = self._http.get(self._at, StudyInfo)
        return self

    def change(self, design: Design) -> Study:
        """Another design for a draft."""
        self.info = self._http.call("PUT", self._at, StudyInfo, design)
        return self

    def freeze(self) -> Study:
        """Draw the plan, hash it, and open the study to its people. Raises Conflict with what stands in the way."""
        self.info = self._http.call("POST", f"{self._at}/freeze", StudyInfo)
        return self

    def end(self) -> Study:
        """End it; what came in until now counts."""
        self.info = self._http.call("POST", f"{self._at}/end", StudyInfo)
        return self

    def delete(self) -> None:
        """Forget a draft."""
        self._http.send("DELETE", self._at)

    def plan(self) -> bytes:
        """The frozen plan as a file."""
        return self._http.send("GET", f"{self._at}/plan").content

    def data(self, *, peek: bool = False) -> bytes:
        """The data as a file (JSON lines). Before the end only as a `peek`, which is counted."""
        return self._http.send("GET", f"{self._at}/data", query={"peek": int(peek)}).content

    def report(self, *, peek: bool = False) -> dict[str, Any]:
        """What was found: verdicts, figures with their intervals, and the methods in Markdown. Before the end only as a `peek`,
        which is counted."""
        return self._http.get(f"{self._at}/report", dict[str, Any], {"peek": int(peek)})


__all__ = ["Arm", "Design", "Study", "StudyInfo", "Taking"]

"""A model of a project, steered from a program."""

from __future__ import annotations

from typing import Any

from milo.sdk.http import Http
from milo.sdk.jobs import Job, Progress
from milo.sdk.runs import OnRun, Run, selection
from milo.sdk.shapes import Estimate, JobInfo, ModelInfo, RunInfo


class Model:
    """One model. `info` is its state when last asked."""

    def __init__(self, http: Http, project_id: int, info: ModelInfo) -> None:
        self._http, self._project_id, self.info = http, project_id, info
        self._at = f"/projects/{project_id}/models/{info.id}"

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    def refresh(self) -> ModelInfo:
        """Ask for its present state."""
        models = self._http.get(f"/projects/{self._project_id}/models", list[ModelInfo])
        self.info = next((one for one in models if one.id == self.info.id), self.info)
        return self.info

    def train(self, *, wait: bool = True, on_progress: Progress | None = None) -> Job:
        """Train it on the answers that there are. Raises JobFailed."""
        return self._job(f"{self._at}/train", None, wait, on_progress)

    def suggest(self, *, everything: bool = False, wait: bool = True, on_progress: Progress | None = None) -> Job:
        """Let it suggest for the next items of the queue, or for everything that is not done."""
        return self._job(f"{self._at}/suggest", {"all": everything}, wait, on_progress)

    def estimate(self, what: str = "open", *, version: int | None = None, **more: Any) -> Estimate:
        """What a run of a connected model would take; `what` and `more` as in `annotate`."""
        body = {"selection": selection(what, **more), "version": version}
        return self._http.call("POST", f"{self._at}/estimate", Estimate, body)

    def annotate(
        self, what: str = "open", *, money: float | None = None, tokens: int | None = None, version: int | None = None,
        batch: bool = False, wait: bool = True, on_progress: OnRun | None = None, **more: Any,
    ) -> Run:  # fmt: skip
        """Let a connected model answer, within a budget. `what`: next, open, all, sample (with `n`), gold or items (with
        `item_ids`); `filter` as the data page's address writes it; `again`: also what this version has answered already.
        Raises JobFailed where the run fails; one that its budget stopped is returned as it is."""
        budget = {"money": money, "tokens": tokens}
        body = {"selection": selection(what, **more), "budget": budget, "version": version, "batch": batch}
        run = Run(self._http, self._project_id, self._http.call("POST", f"{self._at}/annotate", RunInfo, body))
        if wait:
            run.wait(on_progress)
            self.refresh()
        return run

    def confidence(self) -> dict[str, Any]:
        """How well the scores of a connected model say how often it is right; see the server's description of the route."""
        return self._http.get(f"{self._at}/confidence", dict[str, Any])

    def change(self, **changes: Any) -> ModelInfo:
        """Change `name`, `config` or `enabled`."""
        self.info = self._http.call("PATCH", self._at, ModelInfo, changes)
        return self.info

    def delete(self) -> None:
        """Remove it and its suggestions."""
        self._http.send("DELETE", self._at)

    def _job(self, path: str, body: Any, wait: bool, on_progress: Progress | None) -> Job:
        job = Job(self._http, self._http.call("POST", path, JobInfo, body))
        if wait:
            job.wait(on_progress)
            self.refresh()
        return job

"""A model of a project, steered from a program."""

from __future__ import annotations

from typing import Any

from milo.sdk.http import Http
from milo.sdk.jobs import Job, Progress
from milo.sdk.shapes import JobInfo, ModelInfo


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

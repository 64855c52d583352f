"""A private server with one project whose data local models may see, a scripted model, and what tests ask of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from milo.api.server import PrivateServer
from milo.bootstrap import Workspace
from milo.infra.sql.connections import ConnectionsSql
from milo.sdk import Client
from milo.settings import Settings
from running import PASSWORD, Api

MOODS = ["praise", "complaint"]


class LlmBench:
    """`ws` is the server's workspace itself; `id` the project's id."""

    def __init__(self, folder: Path, spec: dict[str, Any] | None = None, **policy: Any) -> None:
        self.server = PrivateServer(Settings(workspace=folder / "ws"))
        with Client(self.server.url) as visitor:
            visitor.set_up("owner", PASSWORD)
        self.api = Api(int(self.server.url.rsplit(":", 1)[1]), self.server.token)
        self.ws: Workspace = self.server._workspace  # type: ignore[reportPrivateUsage]
        default = {
            "name": "Letters",
            "fields": [{"name": "text"}],
            "questions": [{"name": "mood", "type": "choice", "config": {"labels": MOODS}}],
            "guidelines": "Thanks are praise.",
        }
        policy = {"data": {"models": ["local"]}, "blind_share": 0.0, "order": "imported", **policy}
        self.id: int = self.call("POST", "/projects", {**default, **(spec or {}), "policy": policy})["id"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request that must succeed."""
        return self.api.call(method, f"/api{path}", body)

    def add(self, rows: list[dict[str, Any]]) -> list[int]:
        """Add items; their ids."""
        return self.call("POST", f"/projects/{self.id}/items", [{"data": row} for row in rows])["ids"]

    def script(self, name: str = "script", *, local: bool = True, **config: Any) -> None:
        """Connect a scripted model."""
        settled = self.ws.registry.providers.get("scripted").check_config(config)
        self.ws.db.write(lambda c: ConnectionsSql(c).add(name, "scripted", "scripted", settled, None, {}, {}, local, None, 0.0))

    def quiet(self, seconds: float = 60) -> None:
        """Wait until no job is queued or running."""
        end = time.monotonic() + seconds
        while any(j["state"] in ("queued", "running") for j in self.call("GET", f"/jobs?project={self.id}")):
            assert time.monotonic() < end
            time.sleep(0.05)

    def close(self) -> None:
        """End it."""
        self.api.close()
        self.server.close()

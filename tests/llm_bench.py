"""A private server with one project whose data local models may see, a scripted model, and what tests ask of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

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
        self.model: dict[str, Any] = {}
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

    @property
    def path(self) -> str:
        """The address of the model made last."""
        return f"/projects/{self.id}/models/{self.model['id']}"

    def rescript(self, name: str = "script", **config: Any) -> None:
        """Give the scripted model another script."""
        settled = self.ws.registry.providers.get("scripted").check_config(config)
        self._change(name, "config", settled)

    def price(self, prices: dict[str, Any], limits: dict[str, Any], name: str = "script") -> None:
        """Set prices and limits of the scripted model."""
        self._change(name, "prices", prices)
        self._change(name, "limits", limits)

    def _change(self, name: str, column: str, value: Any) -> None:
        text = msgspec.json.encode(value).decode()
        self.ws.db.write(lambda c: c.execute(f"UPDATE connection SET {column} = ? WHERE name = ?", (text, name)))
        self.ws.gateway.changed(name)

    def watch(self, name: str = "script") -> list[Any]:
        """The requests that reach the scripted model from now on."""
        seen: list[Any] = []
        prepare = self.ws.gateway.prepare

        def watching(request: Any, row: Any, call: Any) -> Any:
            seen.append(request)
            return prepare(request, row, call)

        self.ws.gateway.prepare = watching
        return seen

    def rows(self, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        """What the database says, once the ledger is written."""
        self.ws.gateway.flush()
        return self.ws.db.read(lambda c: c.execute(sql, args).fetchall())

    def calls(self) -> int:
        """How many calls the ledger has that were sent."""
        return self.rows("SELECT count(*) FROM model_call WHERE cached = 0")[0][0]

    def items(self) -> list[int]:
        """The project's items."""
        return [r[0] for r in self.rows("SELECT id FROM item ORDER BY id")]

    def models(self) -> dict[str, Any]:
        """The models by name."""
        return {m["name"]: m for m in self.call("GET", f"/projects/{self.id}/models")}

    def fails(self, method: str, path: str, body: Any = None) -> int:
        """One request that must fail; its status."""
        status, out, _ = self.api.raw(method, f"/api{path}", msgspec.json.encode(body) if body is not None else None)
        assert status >= 400, out[:500]
        return status

    def annotate(self, selection: dict[str, Any], money: float | None = None, tokens: int | None = 10**7) -> dict[str, Any]:
        """A run of the model, to its end."""
        body = {"selection": selection, "budget": {"money": money, "tokens": tokens}}
        return self.wait(self.call("POST", f"{self.path}/annotate", body)["id"])

    def wait(self, run: int, seconds: float = 60) -> dict[str, Any]:
        """A run's progress once it stands still."""
        path = f"/projects/{self.id}/runs/{run}/progress"
        self.until(lambda: self.call("GET", path)["state"] != "running" and self.ws.annotating.live(run) is None, seconds)
        return self.call("GET", path)

    def until(self, true: Callable[[], Any], seconds: float = 60) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end
            time.sleep(0.03)

    def answer(self, item: int, value: Any, question: str = "mood") -> None:
        """The owner answers."""
        body = {"op_id": f"op-{item}-{time.monotonic_ns()}", "item_id": item, "values": {question: value}, "schema_version": 1}
        self.call("POST", f"/projects/{self.id}/answers", body)

    def quiet(self, seconds: float = 60) -> None:
        """Wait until the loop has looked at all answers and no job is queued or running."""
        self.until(lambda: self.ws.loop_models.idle() and not self._busy(), seconds)

    def _busy(self) -> bool:
        return any(j["state"] in ("queued", "running") for j in self.call("GET", f"/jobs?project={self.id}"))

    def close(self) -> None:
        """End it."""
        self.api.close()
        self.server.close()

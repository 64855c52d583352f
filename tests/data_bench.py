"""An open workspace with a signed-in owner and the whole application around it, for tests of data going in and out."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from milo.api.app import create_app
from milo.bootstrap import Workspace, open_workspace
from milo.domain.project import Project
from milo.infra.sql.jobs import JobRow

PASSWORD = "correct horse battery"
SHARED = Path(__file__).parents[2] / "shared" / "data"
MOOD = {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad", "so so"]}}


class Bench:
    """A workspace, a project in it, and the owner's browser."""

    def __init__(self, folder: Path) -> None:
        self.ws: Workspace = open_workspace(folder / "workspace")
        self.folder = folder
        self.client = TestClient(create_app(self.ws), base_url="http://127.0.0.1")
        self.csrf = self._ok(self.client.post("/api/setup", json={"login": "owner", "name": "Owner", "password": PASSWORD}))[
            "csrf"
        ]
        self.p = 0

    def close(self) -> None:
        """Close everything."""
        self.client.close()
        self.ws.close()

    def _ok(self, reply: Any) -> Any:
        assert reply.status_code < 400, (reply.status_code, reply.text[:1000])
        return reply.json() if reply.content else None

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request as the owner; the reply as it is. A path without `/api` is below the project."""
        address = path if path.startswith("/api") else f"/api/projects/{self.p}{path}"
        if body is not None:
            more["content"] = json.dumps(body).encode()
        return self.client.request(method, address, headers={"X-CSRF-Token": self.csrf}, **more)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request that must succeed; its body."""
        return self._ok(self.ask(method, path, body, **more))

    def project(self, *questions: dict[str, Any], fields: Any = ({"name": "text"},), **policy: Any) -> int:
        """A new project, which the calls that follow are about. No blind slice unless asked for."""
        spec = {
            "name": "A project",
            "fields": list(fields),
            "questions": list(questions or (MOOD,)),
            "policy": {"blind_share": 0, "order": "imported", **policy},
        }
        self.p = self.call("POST", "/api/projects", spec)["id"]
        for model in self.call("GET", "/models"):
            self.call("DELETE", f"/models/{model['id']}")
        return self.p

    @property
    def spec(self) -> Project:
        """The present project."""
        return self.ws.projects.get(self.p)

    def add(self, *texts: str, **more: Any) -> list[int]:
        """Items with these texts; their ids."""
        return self.call("POST", "/items", [{"data": {"text": t}, **more} for t in texts])["ids"]

    def bring(self, wait: float = 120, **body: Any) -> dict[str, Any]:
        """Import and wait; the job as it ended, with state and result."""
        job = self.wait(self.call("POST", "/import", body)["id"], wait)
        return {"state": job.state, "error": job.error, **(job.result or {})}

    def wait(self, job: int, seconds: float = 120) -> JobRow:
        """A job when it is over."""
        return self.ws.jobs.wait(job, seconds)

    def until(self, there: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for a condition."""
        end = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    def send(self, name: str, content: bytes, upload: str | None = None) -> str:
        """Upload a file; the upload's token."""
        query = {"name": name} | ({"upload": upload} if upload else {})
        return self._ok(self.ask("POST", "/uploads", params=query, content=content))["upload"]

    def answer(self, item: int, **values: Any) -> Any:
        """The owner's answer to an item."""
        body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": values}
        return self.call("POST", "/answers", body)

    def suggest(self, model: str, rows: list[tuple[int, Any, float | None]], question: str = "mood") -> Any:
        """Suggestions made elsewhere: (item, value, score)."""
        body = [{"item_id": i, "question": question, "value": v, "score": s} for i, v, s in rows]
        return self.call("POST", f"/suggestions?name={model}&version=1", body)

    def one(self, sql: str, *args: Any) -> Any:
        """The first cell of a query."""
        row = self.ws.db.read(lambda c: c.execute(sql, args).fetchone())
        return row[0] if row else None

    def all(self, sql: str, *args: Any) -> list[Any]:
        """All rows of a query."""
        return self.ws.db.read(lambda c: c.execute(sql, args).fetchall())

    def counts(self) -> dict[str, int]:
        """The project's counts on record."""
        names = ("items", "new", "open", "done", "skipped", "flagged", "answers", "suggested", "free", "blind", "aside")
        row = self.all(f"SELECT {', '.join(names)} FROM project_count WHERE project_id = ?", self.p)[0]
        return dict(zip(names, row, strict=True))

    def recount(self) -> dict[str, int]:
        """The same, counted anew."""
        row = self.all(
            "SELECT count(*), sum(status = 0), sum(status = 1), sum(status = 2), sum(status = 3), sum(flagged), sum(n_answers), "
            "sum(conf IS NOT NULL), sum(free > 0), sum(blind), sum(status = 4) FROM item WHERE id / 1000000000 = ?",
            self.p,
        )[0]
        return dict(zip(self.counts(), (n or 0 for n in row), strict=True))

    def export(self, format: str = "jsonl", **query: Any) -> bytes:
        """An export in full."""
        reply = self.ask("GET", "/export", params={"format": format, **query})
        assert reply.status_code == 200, reply.text
        return reply.content

    def rows(self, **query: Any) -> dict[str, Any]:
        """A page of the list."""
        return self.call("GET", "/items", params=query)

    def places(self, **query: Any) -> list[int]:
        """The places of the items that fit, in the order given."""
        return [i % 1_000_000_000 for i in self.call("GET", "/items/ids", params=query)["ids"]]

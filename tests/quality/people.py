"""People of a project who answer through the interface, each with a client of their own."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.testclient import TestClient

from data_bench import PASSWORD, Bench
from milo.api.app import create_app


class Person:
    """A member of the bench's project."""

    def __init__(self, bench: Bench, role: str = "annotator", name: str = "") -> None:
        self.bench, self.login = bench, name or f"p{uuid.uuid4().hex[:8]}"
        self.id = bench.call("POST", "/api/users", {"login": self.login, "password": PASSWORD})["id"]
        bench.call("PUT", f"/members/{self.id}", {"role": role})
        headers = {"Authorization": f"Bearer {bench.ws.auth.add_token(self.id, 'x')[1]}"}
        self._client = TestClient(create_app(bench.ws), base_url="http://127.0.0.1", headers=headers)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request as this person; the reply as it is."""
        return self._client.request(method, f"/api/projects/{self.bench.p}{path}", json=body)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A request that must succeed; its body."""
        reply = self.ask(method, path, body)
        assert reply.status_code < 400, (reply.status_code, reply.text[:500])
        return reply.json()

    def next(self, n: int = 1) -> list[dict[str, Any]]:
        """The next items."""
        return self.call("GET", f"/queue?n={n}")

    def answer(self, item: int, shown: Any = None, seconds: float = 0.0, **values: Any) -> Any:
        """An answer; `shown`: the suggestions that were on the screen, by question."""
        body: dict[str, Any] = {"op_id": uuid.uuid4().hex, "item_id": item, "values": values, "shown": shown or {}}
        if seconds:
            body["events"] = [{"kind": "opened", "at": 0}, {"kind": "submitted", "at": seconds * 1000}]
        return self.call("POST", "/answers", body)

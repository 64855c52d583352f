"""A project in which several people answer, with a reviewer, for tests of resolving and review."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from data_bench import PASSWORD, Bench
from milo.api.app import create_app

LABELS = ["good", "bad", "so so"]
MOOD: dict[str, Any] = {"name": "mood", "type": "choice", "config": {"labels": LABELS}}


class Crew(Bench):
    """The bench, with annotators and a reviewer who are signed in by token."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.people: dict[str, tuple[int, TestClient]] = {}

    def close(self) -> None:
        """Close everything."""
        for _, client in self.people.values():
            client.close()
        super().close()

    def join(self, *names: str, role: str = "annotator") -> None:
        """People who work in the project; made when first named."""
        for name in names:
            if name not in self.people:
                user = self.call("POST", "/api/users", {"login": name, "password": PASSWORD})["id"]
                headers = {"Authorization": f"Bearer {self.ws.auth.add_token(user, 'work')[1]}"}
                self.people[name] = (user, TestClient(create_app(self.ws), headers=headers))
            self.call("PUT", f"/members/{self.people[name][0]}", {"role": role})

    def try_as(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A person's request; the reply as it is."""
        content = None if body is None else json.dumps(body).encode()
        return self.people[who][1].request(method, f"/api/projects/{self.p}{path}", content=content, **more)

    def as_(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A person's request that must succeed; its body."""
        return self._ok(self.try_as(who, method, path, body, **more))

    def say(self, who: str, item: int, **values: Any) -> Any:
        """A person's answer to an item; they open it first, as they would by hand."""
        self.as_(who, "GET", f"/items/{item}/work")
        return self.as_(who, "POST", "/answers", {"op_id": uuid.uuid4().hex, "item_id": item, "values": values})

    def resolve(self) -> dict[str, Any]:
        """Resolve and wait; the job's result."""
        job = self.wait(self.call("POST", "/resolve")["id"])
        assert job.state == "done", job.error
        assert job.result is not None
        return job.result

    def queue(self, who: str = "rita", **query: Any) -> list[Any]:
        """The reviewer's next cases."""
        return self.as_(who, "GET", "/review/queue", params={"n": 20, **query})

    def decide(self, case: int, decision: str, who: str = "rita", **more: Any) -> Any:
        """A reviewer's decision."""
        body = {"op_id": uuid.uuid4().hex, "case": case, "decision": decision, **more}
        return self.as_(who, "POST", "/review/decisions", body)

    def undo(self, case: int, who: str = "rita") -> Any:
        """A reviewer takes it back."""
        return self.as_(who, "POST", "/review/undo", {"op_id": uuid.uuid4().hex, "case": case})

    def labels(self, **query: Any) -> list[dict[str, Any]]:
        """The rows of an export."""
        return [json.loads(line) for line in self.export(**query).splitlines()]

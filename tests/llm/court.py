"""A workspace with a judge, people of every role, and a model that answers as told, over the interface."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from starlette.testclient import TestClient

from api.conftest import PASSWORD
from llm.judge_bench import RUBRIC, review
from milo.api.app import create_app
from milo.bootstrap import Workspace, open_workspace
from milo.infra.sql.connections import ConnectionsSql

CANARY = "CANARY-VERDICT"
SPEC: dict[str, Any] = {
    "name": "Rivers", "fields": [{"name": "text"}], "guidelines": "# Be exact",
    "questions": [{"name": "answer", "type": "text", "title": "Where does it rise?"}, {"name": "sure", "type": "choice", "required": False, "config": {"labels": ["yes", "no"]}}],
    "policy": {"blind_share": 0, "order": "imported", "data": {"models": ["*"]}},
}  # fmt: skip
GOOD, BAD = "It rises in the Giant Mountains.", "It rises in the Alps."


def told(right: str, **other: Any) -> dict[str, Any]:
    return {**review(right=right, quotes=("rises in the",)), "advice": f"{CANARY}: name the right mountains.", **other}


PEOPLE = (("ana", "annotator"), ("ben", "annotator"), ("rea", "reviewer"), ("mia", "manager"))


class Crowd(NamedTuple):
    """A workspace folder with people in it: ids and tokens by name."""

    folder: Path
    ids: dict[str, int]
    tokens: dict[str, str]


def crowd_in(folder: Path) -> Crowd:
    """Makes the workspace that every court is a copy of."""
    ws = open_workspace(folder)
    with TestClient(create_app(ws)) as owner:
        ids = {"owner": owner.post("/api/setup", json={"login": "owner", "password": PASSWORD}).json()["user"]["id"]}
        owner.headers["Authorization"] = f"Bearer {ws.auth.local_token()}"
        for name, _ in PEOPLE:
            ids[name] = owner.post("/api/users", json={"login": name, "password": PASSWORD}).json()["id"]
    tokens = {name: ws.auth.add_token(user_id, "test")[1] for name, user_id in ids.items()}
    ws.close()
    return Crowd(folder, ids, tokens)


class Court:
    """A workspace with a scripted model, a project, and people of every role."""

    def __init__(self, folder: Path, crowd: Crowd, **policy: Any) -> None:
        shutil.copytree(crowd.folder, folder)
        self.ws: Workspace = open_workspace(folder)
        app = create_app(self.ws)
        self.clients = {n: TestClient(app, headers={"Authorization": f"Bearer {t}"}) for n, t in crowd.tokens.items()}
        self.p = self.call("POST", "/api/projects", {**SPEC, "policy": {**SPEC["policy"], **policy}})["id"]
        for name, role in PEOPLE:
            self.call("PUT", f"/api/projects/{self.p}/members/{crowd.ids[name]}", {"role": role})
        self.connect("script", [{"when": "Giant", "answer": told("4", advice="")}, {"when": "", "answer": told("1")}])
        self.call("POST", "/rubrics", {"rubric": msgspec.to_builtins(RUBRIC)})

    def connect(self, name: str, rules: list[dict[str, Any]], model: str = "", limits: Any = None, **config: Any) -> None:
        """A scripted model. The rubric is in the system turn, so that rules see question, item and answer only."""
        settled = self.ws.registry.providers.get("scripted").check_config({"rules": rules, **config})
        self.ws.db.write(
            lambda c: ConnectionsSql(c).add(name, "scripted", model, settled, None, limits or {}, {}, True, None, 0.0)
        )

    def ask(self, method: str, path: str, body: Any = None, who: str = "owner") -> Any:
        address = path if path.startswith("/api") else f"/api/projects/{self.p}{path}"
        return self.clients[who].request(method, address, content=None if body is None else json.dumps(body).encode())

    def call(self, method: str, path: str, body: Any = None, who: str = "owner") -> Any:
        reply = self.ask(method, path, body, who)
        assert reply.status_code < 400, (reply.status_code, reply.text[:500])
        return reply.json() if reply.content else None

    def judge(self, name: str = "first", plugin: str = "rubric", **more: Any) -> int:
        body = {
            "plugin": plugin,
            "name": name,
            "question": "answer",
            "rubric": "facts",
            "config": {"connection": "script"},
            **more,
        }
        return self.call("POST", "/judges", body)["id"]

    def add(self, n: int, text: str = "river") -> list[int]:
        return self.call("POST", "/items", [{"data": {"text": f"{text} {k}"}} for k in range(n)])["ids"]

    def answer(self, item: int, value: str, who: str = "ana") -> dict[str, Any]:
        body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"answer": value}, "schema_version": 1}
        return self.call("POST", "/answers", body, who)

    def until(self, look: Any, seconds: float = 60) -> Any:
        end = time.monotonic() + seconds
        while not (found := look()) and time.monotonic() < end:
            time.sleep(0.02)
        assert found
        return found

    def sweep(self, judge: int, **body: Any) -> dict[str, Any]:
        job = self.ws.jobs.wait(self.call("POST", f"/judges/{judge}/run", body)["id"], 30)
        assert job.state == "done", job.error
        return job.result or {}

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        self.ws.close()


def live(court: Court, judge: int, item: int, value: str, who: str = "ana", **more: Any) -> dict[str, Any]:
    return court.call("POST", f"/judges/{judge}/review", {"item_id": item, "question": "answer", "value": value, **more}, who)

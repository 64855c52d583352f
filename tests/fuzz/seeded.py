"""A live server with a project of all task types in it, for tests that send it everything they can think of."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

from running import Api, Server

LABELS = ["good", "bad", "so so"]
SPEC: dict[str, Any] = {
    "name": "Everything",
    "guidelines": "# Look closely",
    "fields": [
        {"name": "text"},
        {"name": "picture", "kind": "image"},
        {"name": "answers", "kind": "table"},
        {"name": "talk", "kind": "chat"},
        {"name": "sound", "kind": "audio"},
    ],
    "questions": [
        {"name": "mood", "type": "choice", "config": {"labels": LABELS}},
        {"name": "topics", "type": "choices", "required": False, "config": {"labels": LABELS}},
        {"name": "stars", "type": "rating", "required": False},
        {"name": "note", "type": "text", "required": False},
        {"name": "names", "type": "spans", "required": False, "field": "text", "config": {"labels": LABELS}},
        {
            "name": "graph",
            "type": "relations",
            "required": False,
            "field": "text",
            "config": {"labels": LABELS, "relations": ["r"]},
        },
        {"name": "things", "type": "boxes", "required": False, "field": "picture", "config": {"labels": LABELS}},
        {"name": "better", "type": "pairwise", "required": False, "field": "answers", "config": {"strength": 3}},
        {"name": "order", "type": "ranking", "required": False, "field": "answers"},
        {"name": "scores", "type": "rubric_grid", "required": False, "config": {"criteria": ["clarity", "tone"]}},
        {"name": "reply", "type": "response", "required": False, "field": "talk"},
        {"name": "events", "type": "segments", "required": False, "field": "sound", "config": {"labels": LABELS}},
        {"name": "said", "type": "transcript", "required": False, "field": "sound"},
        {"name": "turns", "type": "turn_labels", "required": False, "field": "talk", "config": {"labels": LABELS}},
    ],
    "policy": {"blind_share": 0.2, "order": "random", "overlap": 2, "data": {"models": ["*"]}},
}


class Seeded:
    """The server's address, the owner's token, and ids of things that exist."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder / "ws").start()
        owner = self.server.owner()
        self.token: str = owner.call("POST", "/api/tokens", {"name": "fuzz"})["token"]
        owner.close()
        self.api = Api(self.server.port, self.token)
        self.project = self._project()
        self.spare = self._project()
        self.items: list[int] = self._items()
        self.media = self._media(folder)
        self._work()
        user = {"login": "victim", "password": "correct horse battery"}
        self.victim: int = self.api.call("POST", "/api/users", user)["id"]
        self.connection = self._connection()
        self.group = self._near()
        self.job: int = self.api.call("GET", f"/api/jobs?project={self.project}")[0]["id"]

    def _connection(self) -> int:
        body = {"name": f"script{uuid.uuid4().hex[:8]}", "plugin": "scripted", "config": {"rules": [{"answer": "so"}]}}
        return self.api.call("POST", "/api/connections", body)["id"]

    def _project(self) -> int:
        return self.api.call("POST", "/api/projects", SPEC)["id"]

    def _items(self) -> list[int]:
        pair = [{"text": "one", "source": "a"}, {"text": "two", "source": "b"}]
        talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
        rows = [
            {
                "data": {"text": f"message {k} about café {k % 7}", "answers": pair, "talk": talk},
                "key": str(k),
                "meta": {"part": k % 3},
            }
            for k in range(40)
        ]
        return self.api.call("POST", f"/api/projects/{self.project}/items", rows)["ids"]

    def _media(self, folder: Path) -> int:
        from PIL import Image

        Image.new("RGB", (40, 30), "teal").save(folder / "a.png")
        at = f"/api/projects/{self.project}"
        upload = json.loads(self.api.raw("POST", f"{at}/uploads?name=a.png", (folder / "a.png").read_bytes())[1])["upload"]
        job = self.api.call("POST", f"{at}/import", {"upload": upload})["id"]
        while self.api.call("GET", f"/api/jobs/{job}")["state"] in ("queued", "running"):
            time.sleep(0.05)
        found = self.api.call("GET", f"{at}/items?sort=-ord&limit=1")["rows"][0]
        return found["data"]["picture"]["media"]

    def _work(self) -> None:
        at = f"/api/projects/{self.project}"
        given = [{"item_id": i, "question": "mood", "value": LABELS[i % 3], "score": (i % 10) / 10} for i in self.items]
        self.api.call("POST", f"{at}/suggestions?name=elsewhere", given)
        for item in self.items[:6]:
            body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": "good", "stars": 3}, "schema_version": 1}
            self.api.call("POST", f"{at}/answers", body)
        self.api.call("POST", f"{at}/items/{self.items[0]}/comments", {"text": "hm"})
        levels = [{"score": 1, "description": "no"}, {"score": 2, "description": "yes"}]
        rubric = {"name": "facts", "criteria": [{"name": "right", "title": "Right", "levels": levels, "pass_mark": 2}]}
        self.api.call("POST", f"{at}/rubrics", {"rubric": rubric})
        self.began = self.study(running=True)
        bulk = {"op_id": uuid.uuid4().hex, "question": "mood", "min_score": 0.8}
        self.bulk: int = self.api.call("POST", f"{at}/bulk/accept", bulk)["bulk"]

    def _near(self) -> int:
        """A group of near-duplicates."""
        twins = [{"data": {"text": "the very same words"}, "key": f"twin {k}"} for k in range(2)]
        self.api.call("POST", f"/api/projects/{self.project}/items", twins)
        at = f"/api/projects/{self.project}/duplicates"
        job = self.api.call("POST", at, {})["id"]
        while self.api.call("GET", f"/api/jobs/{job}")["state"] in ("queued", "running"):
            time.sleep(0.05)
        return self.api.call("GET", at)["groups"][0]["id"]

    def study(self, *, running: bool) -> int:
        """A study: a draft, or one that runs with somebody who never begins."""
        at, login = f"/api/projects/{self.project}", f"taker{uuid.uuid4().hex[:8]}"
        user = self.api.call("POST", "/api/users", {"login": login, "password": "correct horse battery"})["id"]
        self.api.call("PUT", f"{at}/members/{user}", {"role": "annotator"})
        body = {"name": "trial", "question": "mood", "people": [user], "per_arm": 1, "warm_up": 0}
        study: int = self.api.call("POST", f"{at}/studies", body)["id"]
        if running:
            self.api.call("POST", f"{at}/studies/{study}/freeze")
        return study

    def fresh(self, operation: str) -> dict[str, int]:
        """Path parameters that lead to something that exists and may be destroyed by this operation."""
        known = {
            "p": self.project, "i": self.items[7], "id": self.job, "m": self.media, "job": self.job, "bulk": self.bulk,
            "s": 1, "r": 1, "user": 1, "j": 1, "v": 1, "n": 1, "c": 1, "t": 1, "k": self.connection,
            "case": 1, "level": 0, "tile": 0, "page": 0, "column": 0, "row": 0, "group": self.group,
        }  # fmt: skip
        if operation in ("get_page", "get_words"):
            known["n"] = 0  # pages count from 0, unlike what is numbered by the database
        if operation == "delete_project":
            known["p"] = self._project()
        if operation == "change_project":
            known["p"] = self.spare
        if operation in ("change_model", "train_model", "run_model", "delete_model"):
            known["m"] = self.api.call("GET", f"/api/projects/{self.project}/models")[-1]["id"]
        if operation == "delete_model":
            body = {"plugin": "rules", "name": f"rules{uuid.uuid4().hex[:8]}", "question": "mood", "config": _rules()}
            known["m"] = self.api.call("POST", f"/api/projects/{self.project}/models", body)["id"]
        if operation in ("get_study", "change_study", "delete_study", "freeze_study", "end_study"):
            known["s"] = self.study(running=operation == "end_study")
        if operation.startswith("get_study_"):
            known["s"] = self.began
        if operation in ("delete_connection", "change_connection", "test_connection"):
            known["k"] = self._connection()
        if operation in ("elsewhere_items", "elsewhere_answers", "end_elsewhere"):
            body = {"name": "function", "question": "mood"}
            known["r"] = self.api.call("POST", f"/api/projects/{self.project}/elsewhere", body)["run"]
        if operation == "drop_token":
            known["id"] = self.api.call("POST", "/api/tokens", {"name": "goes"})["id"]
        if operation == "change_user":
            known["id"] = self.victim
        return known

    def connect(self) -> None:
        """A fresh connection, after one that broke."""
        self.api.close()
        self.api = Api(self.server.port, self.token)

    def close(self) -> None:
        """End the server."""
        self.api.close()
        self.server.kill()


def _rules() -> dict[str, Any]:
    return {"rules": [{"kind": "keyword", "pattern": "café", "label": "good"}]}

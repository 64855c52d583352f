"""A server killed without warning in the middle of eight people's work loses no acknowledged answer."""

from __future__ import annotations

import http.client
import sqlite3
import threading
import uuid
from pathlib import Path

from running import Api, Server

SPEC = {
    "name": "Kill",
    "fields": [{"name": "text"}],
    "questions": [{"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}],
    "policy": {"blind_share": 0.1, "train_every": 25},
}
PEOPLE = 8
ENOUGH = 200


class Worker(threading.Thread):
    """Labels until the server is gone, remembering what it was told is saved."""

    def __init__(self, api: Api, project: int, saved: dict[str, int], enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.api, self.project, self.saved, self.enough = api, project, saved, enough

    def run(self) -> None:
        try:
            while True:
                for work in self.api.call("GET", f"/api/projects/{self.project}/queue?n=2"):
                    self.answer(work["item"]["id"])
        except (OSError, http.client.HTTPException):
            self.api.close()

    def answer(self, item: int) -> None:
        op = str(uuid.uuid4())
        body = {"op_id": op, "item_id": item, "values": {"mood": "good" if item % 2 else "bad"}, "schema_version": 1}
        if self.api.call("POST", f"/api/projects/{self.project}/answers", body)["ok"]:
            self.saved[op] = item
            if len(self.saved) >= ENOUGH:
                self.enough.set()


def test_sigkill_loses_no_acknowledged_answer(tmp_path: Path) -> None:
    with Server(tmp_path / "ws") as server:
        _kill_and_look(server, tmp_path)


def _kill_and_look(server: Server, tmp_path: Path) -> None:
    owner = server.owner()
    project = owner.call("POST", "/api/projects", SPEC)["id"]
    rows = [{"data": {"text": f"message {k}"}, "key": str(k)} for k in range(3_000)]
    assert owner.call("POST", f"/api/projects/{project}/items", rows)["added"] == 3_000
    people = [server.person(owner, f"person{k}", project) for k in range(PEOPLE)]
    saved: dict[str, int] = {}
    enough = threading.Event()
    workers = [Worker(api, project, saved, enough) for api in people]
    for worker in workers:
        worker.start()
    assert enough.wait(60)
    server.kill()
    for worker in workers:
        worker.join(timeout=30)
    owner.close()
    acknowledged = dict(saved)

    check = sqlite3.connect(tmp_path / "ws" / "milo.db")
    assert check.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    stored = dict(check.execute("SELECT op_id, item_id FROM annotation WHERE role = 'answer' AND live = 1"))
    assert {op: stored.get(op) for op in acknowledged} == acknowledged
    counted, real = check.execute(
        "SELECT (SELECT answers FROM project_count), (SELECT count(*) FROM assignment WHERE state = 1)"
    ).fetchone()
    assert counted == real == len(stored)
    assert (
        check.execute(
            "SELECT count(*) FROM (SELECT item_id FROM annotation WHERE role = 'answer' AND live = 1 "
            "GROUP BY item_id HAVING count(*) > 1)"
        ).fetchone()[0]
        == 0
    )
    check.close()

    server.start()
    again = server.owner()
    assert again.call("GET", f"/api/projects/{project}")["counts"]["answers"] == len(stored)
    repeat = Api(server.port)
    repeat.sign_in("/api/login", {"login": "person0", "password": "correct horse battery"})
    mine = next(iter(repeat.call("GET", f"/api/projects/{project}/queue?n=1")))
    assert mine["item"]["id"] not in stored.values()
    again.close()
    repeat.close()

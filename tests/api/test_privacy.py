"""What people may not see of each other's work and projects, whichever id they ask for."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from bodies import minimal_body
from data_bench import PASSWORD, Bench
from milo.api.app import create_app
from milo.api.endpoint import ENDPOINTS

NAMES = ("amy", "ben", "rita", "mona", "otto")
SECRET = "only for the other project"


class Two:
    """Two projects. Amy and Ben annotate the first, Rita reviews it, Mona manages it; Otto manages the second."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.ids: dict[str, int] = {}
        self.clients: dict[str, TestClient] = {}
        self.first = self._project()
        self.mine = self._fill("here")
        self.second = self._project()
        self.foreign = self._fill(SECRET)
        for name in NAMES:
            self._person(name)
        for name, role in zip(NAMES[:4], ("annotator", "annotator", "reviewer", "manager"), strict=True):
            bench.call("PUT", f"/api/projects/{self.first}/members/{self.ids[name]}", {"role": role})
        bench.call("PUT", f"/api/projects/{self.second}/members/{self.ids['otto']}", {"role": "manager"})

    def _project(self) -> int:
        return self.bench.project(fields=[{"name": "text"}, {"name": "picture", "kind": "image"}], overlap=2)

    def _fill(self, text: str) -> dict[str, int]:
        bench, out = self.bench, io.BytesIO()
        Image.new("RGB", (20 + bench.p, 20), "teal").save(out, "PNG")
        job = bench.call("POST", "/import", {"upload": bench.send("a.png", out.getvalue())})["id"]
        bench.wait(job)
        item = bench.add(f"{text} 1", f"{text} 2")[0]
        bench.suggest("helper", [(item, "bad", 0.5)])
        bulk = bench.call(
            "POST", "/bulk/label", {"op_id": uuid.uuid4().hex, "question": "mood", "value": "good", "item_ids": [item]}
        )
        model = bench.call("GET", "/models")[-1]["id"]
        run = bench.call("GET", "/runs")[0]["id"]
        media = bench.one("SELECT max(id) FROM media")
        comment = bench.call("POST", f"/items/{item}/comments", {"text": text})["id"]
        return {
            "job": job, "id": job, "i": item, "m": model, "r": run, "bulk": bulk["bulk"], "media": media, "s": 1, "comment": comment,
        }  # fmt: skip

    def _person(self, name: str) -> None:
        self.ids[name] = self.bench.call("POST", "/api/users", {"login": name, "name": name, "password": PASSWORD})["id"]
        token = self.bench.ws.auth.add_token(self.ids[name], "t")[1]
        headers = {"Authorization": f"Bearer {token}"}
        self.clients[name] = TestClient(create_app(self.bench.ws), headers=headers, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    bench = Bench(tmp_path_factory.mktemp("two"))
    yield Two(bench)
    bench.close()


@pytest.mark.parametrize("name", ["amy", "rita", "mona"])
def test_jobs_and_files_of_another_project_are_closed(two: Two, name: str) -> None:
    client, there = two.clients[name], two.foreign
    for method, path in (
        ("GET", f"/api/jobs/{there['job']}"), ("POST", f"/api/jobs/{there['job']}/cancel"),
        ("POST", f"/api/jobs/{there['job']}/resume"), ("GET", f"/api/media/{there['media']}"),
        ("GET", f"/api/media/{there['media']}/thumb"),
    ):  # fmt: skip
        reply = client.request(method, path)
        assert reply.status_code == 403, (path, reply.status_code)
        assert SECRET not in reply.text
    listed = client.get("/api/jobs?limit=200").json() + client.get(f"/api/jobs?project={two.second}").json()
    assert not [j for j in listed if j["project_id"] != two.first]
    assert client.get(f"/api/kinds?project={two.second}").json()["predictors"][0]["questions"] == []
    assert [p["id"] for p in client.get("/api/projects").json()] == [two.first]


@pytest.mark.parametrize("number", [1, 999_999])
def test_a_file_that_is_not_there_looks_like_one_that_is_not_yours(two: Two, number: int) -> None:
    there = two.foreign["media"] if number == 1 else number
    reply = two.clients["mona"].get(f"/api/media/{there}")
    assert (reply.status_code, reply.json()["error"]["message"]) == (
        403, "You are not a member of the project that this file belongs to.",
    )  # fmt: skip


BODIES: dict[str, Any] = {
    "change_model": {"enabled": False}, "run_model": {"all": False}, "save_draft": {"values": {"mood": "good"}},
    "flag_item": {"flagged": True, "text": "x"}, "add_comment": {"text": "x"}, "set_member": {"role": "annotator"},
    "reject_suggestion": {"op_id": "operation-x"},
    "keep_first_answer": {"op_id": "operation-y", "question": "mood", "value": "good"},
}  # fmt: skip
INNER = [e for e in ENDPOINTS if "{p}/" in e.path and e.path.count("{") > 1 and "{user}" not in e.path]


@pytest.mark.parametrize("end", INNER, ids=lambda e: e.name)
def test_a_thing_of_another_project_is_not_found_through_ones_own(two: Two, end: Any) -> None:
    """Everybody's own project in the path, another one's item, model, run, decision or job behind it."""
    path = end.path.replace("{p}", str(two.first))
    for name, value in two.foreign.items():
        path = path.replace(f"{{{name}}}", str(value))
    before = two.bench.ws.db.read(lambda c: list(c.iterdump()))
    for name in ("amy", "rita", "mona"):
        reply = two.clients[name].request(end.method, path, json=BODIES.get(end.name) or minimal_body(end.body))
        assert reply.status_code in (403, 404, 409) or reply.json() in ([], {"ok": True}), (path, reply.status_code, reply.text)
        assert SECRET not in reply.text
    after = two.bench.ws.db.read(lambda c: list(c.iterdump()))
    kept = tuple(
        f'INSERT INTO "{t}"' for t in ("item", "annotation", "assignment", "draft", "comment", "predictor", "run", "bulk")
    )
    changed = [line for line in after if line not in set(before) and line.startswith(kept)]
    assert not changed, changed


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/answers", {"op_id": "operation-1", "item_id": 0, "values": {"mood": "good"}}),
        ("POST", "/skip", {"op_id": "operation-2", "item_id": 0}),
        ("POST", "/unsubmit", {"op_id": "operation-3", "item_id": 0}),
        ("GET", "/similar?item={item}", None),
        ("GET", "/items/{item}/work", None),
    ],
)
def test_bodies_and_parameters_do_not_reach_over_either(two: Two, method: str, path: str, body: dict[str, Any] | None) -> None:
    item = two.foreign["i"]
    if body:
        body["item_id"] = item
    at = f"/api/projects/{two.first}{path.format(item=item)}"
    assert two.clients["mona"].request(method, at, json=body).status_code == 404
    kept = two.clients["mona"].post(f"/api/projects/{two.first}/heartbeat", json={"item_ids": [item]}).json()["kept"]
    assert kept == []
    bulk = {"op_id": uuid.uuid4().hex, "question": "mood", "value": "bad", "item_ids": [item]}
    assert two.clients["mona"].post(f"/api/projects/{two.first}/bulk/label", json=bulk).json()["changed"] == 0
    given = [{"item_id": item, "question": "mood", "value": "bad"}]
    assert two.clients["mona"].post(f"/api/projects/{two.first}/suggestions", json=given).json()["added"] == 0
    data = [{"data": {"text": "x", "picture": {"media": two.foreign["media"], "mime": "image/png"}}}]
    assert two.clients["mona"].post(f"/api/projects/{two.first}/items", json=data).json()["added"] == 0


def test_an_upload_belongs_to_its_project(two: Two) -> None:
    two.bench.p = two.second
    upload = two.bench.send("secret.txt", SECRET.encode())
    mona = two.clients["mona"]
    for way in ("import/preview", "import"):
        reply = mona.post(f"/api/projects/{two.first}/{way}", json={"upload": upload})
        assert reply.status_code == 404
    assert mona.post(f"/api/projects/{two.first}/uploads?name=b.txt&upload={upload}", content=b"x").status_code == 404
    assert mona.post(f"/api/projects/{two.first}/import", json={"path": "/etc/passwd"}).status_code == 403


def test_annotators_see_their_own_work_only(two: Two) -> None:
    item, at = two.mine["i"], f"/api/projects/{two.first}"
    for name, value in (("amy", "bad"), ("ben", "good")):
        body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": value}}
        assert two.clients[name].post(f"{at}/answers", json=body).status_code == 200
    draft = {"values": {"mood": "so so"}}
    two.clients["ben"].put(f"{at}/items/{item}/draft", json=draft)
    seen = two.clients["amy"].get(f"{at}/items/{item}").json()
    answers = [(a["author"], a["value"]) for a in seen["annotations"] if a["role"] == "answer"]
    assert answers == [("amy", "bad")]
    everything = json.dumps([seen["annotations"], seen["history"]])
    assert "ben" not in everything
    assert "owner" not in everything
    assert {e["user"] for e in seen["history"]} == {"amy"}
    work = two.clients["amy"].get(f"{at}/items/{item}/work").json()
    assert work["draft"] is None
    assert work["previous"] == {"mood": "bad"}
    own = two.clients["amy"].get(f"{at}/effort?mine=0").json()
    assert sum(line["effort"]["n"] for line in own) <= 1
    for closed in ("items", "items/ids", "facets", "export", "models", "runs", "bulk", "members", "similar?text=x"):
        assert two.clients["amy"].get(f"{at}/{closed}").status_code == 403, closed


def test_reviewers_see_all_answers(two: Two) -> None:
    seen = two.clients["rita"].get(f"/api/projects/{two.first}/items/{two.mine['i']}").json()
    assert {"owner"} <= {a["author"] for a in seen["annotations"] if a["role"] == "answer"}
    assert all(a["user_id"] is None for a in seen["annotations"])


def test_somebodys_op_id_tells_nothing_of_their_answer(two: Two) -> None:
    """An op_id is done once, by whoever sent it; another's is no key to its outcome in another project."""
    at = f"/api/projects/{two.first}"
    op = uuid.uuid4().hex
    body = {"op_id": op, "item_id": two.mine["i"] + 1, "values": {"mood": "bad"}}
    first = two.clients["amy"].post(f"{at}/answers", json=body).json()
    again = two.clients["ben"].post(f"{at}/answers", json={**body, "values": {"mood": "good"}})
    assert again.status_code == 409
    assert two.clients["amy"].post(f"{at}/answers", json=body).json() == first

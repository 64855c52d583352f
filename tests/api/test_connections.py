"""Connected models over HTTP: rights, what may be entered, what is told; and a key that never comes out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from starlette.testclient import TestClient

from api.conftest import People
from llm.servers import FixtureServer
from milo.api.endpoint import ENDPOINTS
from milo.bootstrap import Workspace
from milo.domain.errors import ModelRefused
from milo.infra.backup import back_up
from milo.infra.gateway import CallFor
from milo.infra.sql.connections import ConnectionsSql
from milo.kinds.provider import Request, user

KEY = "sk-canary-7f3a9b2c4d5e6f70"
SCRIPT = {"rules": [{"when": "colour", "answer": {"colour": "teal", "number": 1}}, {"answer": "ready"}]}


async def echoing(request: web.Request) -> web.StreamResponse:
    """A server that repeats the key in whatever it says."""
    if request.path.endswith("/models"):
        return web.json_response({"data": [{"id": "one"}, {"id": "two"}]})
    said = request.headers.get("Authorization", "")
    return web.json_response({"error": {"message": f"Bad header {said}"}}, status=401)


@pytest.fixture
def echo() -> Iterator[FixtureServer]:
    server = FixtureServer(echoing)
    yield server
    server.close()


def add(client: TestClient, **given: Any) -> dict[str, Any]:
    body = {"name": "script", "plugin": "scripted", "config": SCRIPT, **given}
    reply = client.post("/api/connections", json=body)
    assert reply.status_code == 201, reply.text
    return reply.json()


def test_from_entered_to_tested_to_removed(people: People) -> None:
    client = people.client("owner")
    made = add(client, prices={"input": 1.0, "output": 2.0})
    assert (made["local"], made["enabled"], made["has_key"], made["tested"]) == (True, True, False, False)
    at = f"/api/connections/{made['id']}"
    report = client.post(f"{at}/test").json()
    states = {c["name"]: c["state"] for c in report["checks"]}
    assert report["ok"]
    assert states["reachable"] == "yes"
    assert states["batch"] == "no"
    assert report["cost"] > 0
    assert client.get(at).json()["probe"]["checks"] == report["checks"]
    changed = client.patch(at, json={"enabled": False, "name": "other"}).json()
    assert (changed["enabled"], changed["name"], changed["tested"]) == (False, "other", True)
    lines = client.get("/api/ledger").json()["lines"]
    assert lines
    assert {line["purpose"] for line in lines} == {"probe"}
    assert {line["user"] for line in lines} == {"owner"}
    assert client.delete(at).status_code == 204
    assert client.get(at).status_code == 404
    assert client.get("/api/ledger").json()["lines"][0]["connection"] is None
    totals = client.get("/api/ledger/totals?by=connection").json()
    assert [t["key"] for t in totals] == ["removed"]
    again = add(client)
    assert again["id"] != made["id"], "the ledger's lines must not pass to another connection"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"name": "local"}, "name"), ({"name": "a/b"}, "name"), ({"name": ""}, "name"), ({"plugin": "nothing"}, "nothing"),
        ({"config": {"unknown": 1}}, "config"), ({"limits": {"concurrency": 0}}, "limits.concurrency"),
        ({"limits": {"surprise": 1}}, "limits"), ({"prices": {"input": -1}}, "prices"), ({"key": "a\nb c"}, "key"),
        ({"plugin": "openai_compatible", "config": {}}, "model"),
        ({"plugin": "openai_compatible", "model": "m", "config": {"base_url": "file:///etc/passwd"}}, "config.base_url"),
        ({"plugin": "openai_compatible", "model": "m", "config": {"base_url": "http://169.254.169.254/v1"}}, "config.base_url"),
        ({"plugin": "openai_compatible", "model": "m", "config": {"base_url": "http://a:b@host/v1"}}, "config.base_url"),
        ({"plugin": "openai_compatible", "model": "m", "config": {"headers": {"Authorization": "x"}}}, "config.headers"),
        ({"plugin": "openai_compatible", "model": "m", "config": {"headers": {"a": "b\r\nc: d"}}}, "config.headers"),
    ],
)  # fmt: skip
def test_what_cannot_be_entered(people: People, given: dict[str, Any], place: str) -> None:
    reply = people.client("owner").post("/api/connections", json={"name": "x", "plugin": "scripted", "config": {}, **given})
    assert reply.status_code == 422, reply.text
    assert reply.json()["error"]["place"] == place


def test_a_name_is_taken_once(people: People) -> None:
    client = people.client("owner")
    add(client)
    body = {"name": "script", "plugin": "scripted"}
    assert client.post("/api/connections", json=body).status_code == 409


def test_managers_see_names_and_abilities_and_nothing_more(people: People) -> None:
    add(people.client("owner"), plugin="openai_compatible", model="m", key=KEY, config={"base_url": "http://127.0.0.1:9/v1"})
    (seen,) = people.client("manager").get("/api/connections").json()
    assert (seen["name"], seen["model"], seen["config"], seen["limits"], seen["probe"]) == ("script", "m", None, None, None)
    for name in ("annotator", "reviewer", "outsider"):
        assert people.client(name).get("/api/connections").status_code == 403


def test_the_key_goes_only_where_it_was_meant_for(people: People, echo: FixtureServer) -> None:
    client = people.client("owner")
    made = add(client, plugin="openai_compatible", model="m", key=KEY, config={"base_url": f"{echo.url}/v1"})
    at = f"/api/connections/{made['id']}"
    moved = client.patch(at, json={"config": {"base_url": "https://elsewhere.example/v1"}})
    assert (moved.status_code, moved.json()["error"]["place"]) == (422, "key")
    assert client.patch(at, json={"model": "other"}).status_code == 200
    assert client.patch(at, json={"config": {"base_url": f"{echo.url}/v2"}, "key": "sk-another"}).json()["has_key"]
    assert not client.patch(at, json={"key": None}).json()["has_key"]


def test_a_planted_key_is_found_nowhere(
    people: People, peopled: Workspace, echo: FixtureServer, tmp_path: Path, caplog: Any
) -> None:
    client = people.client("owner")
    made = add(
        client, plugin="openai_compatible", model="m", key=KEY, config={"base_url": f"{echo.url}/v1"}, limits={"tries": 1}
    )
    report = client.post(f"/api/connections/{made['id']}/test")
    assert echo.seen[0]["headers"]["Authorization"] == f"Bearer {KEY}", "the server itself gets it"
    assert report.json()["models"] == ["one", "two"]
    seen = [report.text, client.post("/api/connections", json={"name": "script", "plugin": "scripted", "key": KEY}).text]
    asked = peopled.gateway.run(peopled.gateway.complete("script", Request((user("?"),)), CallFor("judge")))
    with pytest.raises(ModelRefused, match="key") as caught:
        asked.result(10)
    seen.append(repr(caught.value) + str(caught.value.__context__))
    for path in every_get(people.project, made["id"]):
        seen.append(client.get(path).text)
    peopled.gateway.flush()
    back_up(peopled.path, tmp_path / "copy")
    for folder in (peopled.path, tmp_path / "copy"):
        for file in folder.rglob("*"):
            if file.is_file():
                assert KEY.encode() not in file.read_bytes(), f"the key lies in {file}"
    assert not (tmp_path / "copy" / "milo.key").exists()
    seen.append(caplog.text)
    for text in seen:
        assert KEY not in text
        assert KEY[3:] not in text


def every_get(project: int, connection: int) -> Iterator[str]:
    """The address of every route that can be read, with ids that exist where they are known."""
    for end in ENDPOINTS:
        if end.method == "GET" and "events" not in end.path:
            path = end.path.replace("{p}", str(project)).replace("{k}", str(connection))
            yield re.sub(r"{\w+}", "1", path)
    yield "/api/openapi.json"


def test_keys_are_sealed_under_a_file_that_only_its_owner_reads(people: People, peopled: Workspace) -> None:
    add(people.client("owner"), key=KEY)
    file = peopled.path / "milo.key"
    assert file.stat().st_mode & 0o777 == 0o600
    row = peopled.db.read(lambda c: ConnectionsSql(c).by_name("script"))
    assert row is not None
    assert row.secret is not None
    assert KEY.encode() not in row.secret
    assert peopled.gateway.secrets.open(row.secret) == KEY


def test_a_project_manager_reads_the_projects_ledger_only(people: People, peopled: Workspace) -> None:
    add(people.client("owner"))
    project = peopled.projects.get(people.project)
    rules = {"policy": {"data": {"models": ["local"], "keep_content": True}}}
    assert people.client("manager").patch(f"/api/projects/{people.project}", json=rules).status_code == 200
    project = peopled.projects.get(people.project)
    for item_id, text in ((None, "no colour here"), (123, "of an item that is gone")):
        call = CallFor("compare", project, item_id=item_id, fields=("text",))
        peopled.gateway.run(peopled.gateway.complete("script", Request((user(text),)), call)).result(10)
    manager = people.client("manager")
    page = manager.get(f"/api/projects/{people.project}/ledger?limit=1").json()
    assert [line["fields"] for line in page["lines"]] == [["text"]]
    rest = manager.get(f"/api/projects/{people.project}/ledger?before={page['next']}").json()["lines"]
    assert len(rest) == 1
    at = f"/api/projects/{people.project}/ledger"
    content = manager.get(f"{at}/{rest[0]['id']}").json()
    assert content["request"]["messages"][0]["parts"] == [{"kind": "text", "text": "no colour here"}]
    assert "teal" in content["reply"]
    assert manager.get(f"{at}/{page['lines'][0]['id']}").json() == {"request": None, "reply": None}
    assert manager.get(f"{at}/999").status_code == 404
    assert people.client("reviewer").get(at).status_code == 403
    assert manager.get("/api/ledger").status_code == 403
    (total,) = manager.get(f"{at}/totals?by=purpose").json()
    assert (total["key"], total["calls"], total["cost"]) == ("compare", 2, 0.0)

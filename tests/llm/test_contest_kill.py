"""A server killed while models write and people compare: what a person chose stands, and what a model wrote is asked for once."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llm.test_llm_kill import Counting
from milo.bootstrap import open_workspace
from milo.infra.sql.connections import ConnectionsSql
from running import Api, Server

N, AHEAD = 36, 6
MODELS = ("ada", "bob")
SPEC = {
    "name": "Arena",
    "fields": [{"name": "text"}, {"name": "answers", "kind": "table"}],
    "questions": [
        {
            "name": "better", "type": "pairwise", "field": "answers",
            "config": {"live": {"models": list(MODELS), "prompt": "{{text}}", "follow_ups": 1}},
        }
    ],
    "policy": {"order": "imported", "data": {"models": ["local"]}},
}  # fmt: skip


@pytest.fixture
def model() -> Iterator[Counting]:
    server = Counting(lambda number: f"What I think of message {number}.")
    yield server
    server.shutdown()
    server.server_close()


def connect(workspace: Path, model: Counting) -> None:
    opened = open_workspace(workspace)
    config = {"base_url": f"http://127.0.0.1:{model.server_address[1]}/v1"}
    for name in MODELS:
        opened.db.write(
            lambda c, n=name: ConnectionsSql(c).add(n, "openai_compatible", n, config, None, {}, {}, True, None, 0.0)
        )
    opened.close()


def rows(workspace: Path, query: str) -> list[tuple[Any, ...]]:
    """What is on disk, whether a server runs or not."""
    with sqlite3.connect(f"file:{workspace / 'milo.db'}?mode=ro", uri=True) as c:
        return c.execute(query).fetchall()


class Person:
    """Compares items one after the other, with answers to the next ones asked for ahead; remembers what was acknowledged."""

    def __init__(self, project: int, ids: list[int]) -> None:
        self.at, self.ids = f"/api/projects/{project}", ids
        self.seen: dict[int, Any] = {}
        self.chose: dict[int, str] = {}

    def candidates(self, api: Api, item: int, wait: float) -> dict[str, Any]:
        return api.call("POST", f"{self.at}/items/{item}/candidates", {"question": "better", "wait": wait})

    def ahead(self, api: Api, at: int) -> None:
        """Have answers to the next items written, and do not wait for them."""
        for item in self.ids[at : at + AHEAD]:
            api.call("GET", f"{self.at}/items/{item}/work")
            self.candidates(api, item, 0)

    def compare(self, api: Api, upto: int) -> None:
        """Until so many items are compared. Every third time the person writes on first."""
        for at in range(len(self.chose), upto):
            self.ahead(api, at)
            item = self.ids[at]
            found = self._ready(api, item)
            if len(self.chose) % 3 == 2 and found["follow_ups"]:
                words = {"question": "better", "text": "Shorter, please.", "wait": 25}
                found = api.call("POST", f"{self.at}/items/{item}/candidates/follow-up", words)
            assert found["state"] == "ready", found
            side = str(1 + len(self.chose) % 2)
            given = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"better": side}}
            api.call("POST", f"{self.at}/answers", given)
            self.seen[item], self.chose[item] = found["entries"], side

    def _ready(self, api: Api, item: int) -> dict[str, Any]:
        end = time.monotonic() + 60
        while (found := self.candidates(api, item, 25))["state"] == "making":
            assert time.monotonic() < end, found
        return found


def test_sigkill_while_models_write_and_a_person_compares(tmp_path: Path, model: Counting) -> None:
    workspace = tmp_path / "ws"
    connect(workspace, model)
    kept: list[set[tuple[Any, ...]]] = []
    with Server(workspace) as server:
        owner = server.owner()
        project = owner.call("POST", "/api/projects", SPEC)["id"]
        items = [{"data": {"text": f"message {k}"}} for k in range(N)]
        person = Person(project, owner.call("POST", f"/api/projects/{project}/items", items)["ids"])
        for enough in (N // 3, 2 * N // 3):
            person.compare(owner, enough)
            person.ahead(owner, enough)
            owner.close()
            server.kill()
            check(workspace, person)
            kept.append(written(workspace))
            server.start()
            owner = server.owner()
        person.compare(owner, N)
        owner.close()
    check(workspace, person)
    last = written(workspace)
    ((calls,),) = rows(workspace, "SELECT count(*) FROM model_call")
    for there in kept:
        assert there <= last, "what a model wrote is never written anew"
    repeats = sum(model.asked.values()) - len(last)
    assert 0 <= repeats <= len(kept) * len(MODELS) * (AHEAD + 1), "at most what was on its way is asked for again"
    assert calls >= sum(model.asked.values()), "every call has its line, also those that the kill cut off"


def written(workspace: Path) -> set[tuple[Any, ...]]:
    """Every stored answer of a model."""
    return set(rows(workspace, "SELECT item_id, turn, place, writer, text FROM made_candidate"))


def check(workspace: Path, person: Person) -> None:
    """What was acknowledged is on disk as it was seen, and every stored answer of a model has its line in the ledger."""
    live = "SELECT item_id, value FROM annotation WHERE role = 'answer' AND live = 1"
    stored = {item: json.loads(value)["tiers"][0] for item, value in rows(workspace, live)}
    assert {item: [side] for item, side in person.chose.items()} == {item: stored.get(item) for item in person.chose}
    content = {item: json.loads(data).get("answers") for item, data in rows(workspace, "SELECT item_id, data FROM content")}
    for item, entries in person.seen.items():
        bare = [{key: entry[key] for key in ("text", "messages") if key in entry} for entry in content[item]]
        assert bare == entries, "the answers are those that were compared"
    paid = "SELECT count(*) FROM model_call m WHERE m.item_id = w.item_id AND m.connection_id = n.id AND m.state = 'done'"
    unlisted = rows(
        workspace,
        f"SELECT w.item_id, w.writer FROM made_candidate w JOIN connection n ON n.name = w.connection "
        f"GROUP BY w.item_id, w.connection HAVING count(*) > ({paid})",
    )
    assert unlisted == [], "every stored answer has its line in the ledger"

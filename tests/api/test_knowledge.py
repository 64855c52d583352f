"""Knowledge bases: brought, replaced, searched by name and alias, kept apart, removed with their project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from milo.api.app import create_app
from milo.bootstrap import open_workspace
from milo.flow.knowledge import Entry, Refused, entries_of, folded, ranked
from milo.settings import Settings

CITIES = """id,name,aliases,description
Q90,Paris,Lutetia|City of Light,Capital of France
Q830149,Paris,,A city in Texas
Q167646,Paris Saint-Germain,PSG,A football club
Q72,Zürich,Zurich|Zuerich,A city in Switzerland
Q85,القاهرة,Cairo,Capital of Egypt
"""


class Desk:
    """A project, by its manager's hand."""

    def __init__(self, client: TestClient, project: int) -> None:
        self._client, self._at = client, f"/api/projects/{project}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        reply = self._client.request(method, self._at + path, json=body)
        assert reply.status_code < 300, reply.text
        return reply.json() if reply.content else None

    def refused(self, method: str, path: str, body: Any = None) -> str:
        reply = self._client.request(method, self._at + path, json=body)
        assert 400 <= reply.status_code < 500
        return reply.text


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Desk]:
    workspace = open_workspace(tmp_path, Settings(workspace=tmp_path), lambda: 1_800_000_000.0)
    client = TestClient(create_app(workspace))
    client.post("/api/setup", json={"login": "owner", "password": "correct horse"})
    client.headers["Authorization"] = f"Bearer {workspace.auth.local_token()}"
    spec = {"name": "p", "fields": [{"name": "text"}], "questions": [{"name": "q", "type": "text"}]}
    yield Desk(client, client.post("/api/projects", json=spec).json()["id"])
    workspace.close()


@pytest.fixture
def base(project: Any) -> Any:
    done = project.call("POST", "/knowledge", {"name": "cities", "text": CITIES})
    assert done == {"name": "cities", "n": 5, "bad": []}
    return project


def _ids(project: Any, words: str, name: str = "cities") -> list[str]:
    return [hit["id"] for hit in project.call("GET", f"/knowledge/search?name={name}&q={words}")]


def test_names_come_before_aliases_and_beginnings(base: Any) -> None:
    assert _ids(base, "paris") == ["Q90", "Q830149", "Q167646"]
    assert _ids(base, "lutetia") == ["Q90"]
    assert _ids(base, "ZURICH") == ["Q72"]
    assert _ids(base, "psg") == ["Q167646"]
    assert sorted(_ids(base, "Paris+Texas")) == ["Q167646", "Q830149", "Q90"]
    assert _ids(base, "%D8%A7%D9%84%D9%82%D8%A7%D9%87%D8%B1%D8%A9") == ["Q85"]
    assert _ids(base, "par")[0] == "Q90"
    assert _ids(base, "nowhere") == []
    assert _ids(base, "%22%2A%28") == []


def test_a_base_takes_the_place_of_one_of_its_name(base: Any) -> None:
    lines = "\n".join(json.dumps({"id": f"n{i}", "name": f"Place {i}", "aliases": [f"P{i}"]}) for i in range(700))
    assert base.call("POST", "/knowledge", {"name": "cities", "text": lines})["n"] == 700
    assert [line["n"] for line in base.call("GET", "/knowledge")] == [700]
    assert _ids(base, "paris") == []
    assert _ids(base, "P699")[0] == "n699"
    found = base.call("GET", "/knowledge/entries?name=cities&ids=n1,n2,gone")
    assert [entry["name"] for entry in found] == ["Place 1", "Place 2"]
    base.call("DELETE", "/knowledge?name=cities")
    assert base.call("GET", "/knowledge") == []


def test_what_is_no_entry_is_told(project: Any) -> None:
    done = project.call("POST", "/knowledge", {"name": "x", "text": "id,name\na,One\na,Two\n,Three\nNIL,Four\n"})
    assert (done["n"], [b["line"] for b in done["bad"]]) == (1, [3, 4, 5])
    for body, words in (
        ({"name": "no name!", "text": "id,name\na,b"}, "cannot be the name"),
        ({"name": "x", "text": "key,title\na,b"}, "no entry in it"),
        ({"name": "x", "text": ""}, "no entry in it"),
        ({"name": "x", "text": "a", "format": "folder"}, "is read from csv"),
    ):
        assert words in project.refused("POST", "/knowledge", body)
    assert "has no knowledge base" in project.refused("GET", "/knowledge/search?name=gone&q=x")


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8)), max_size=12), st.text(max_size=8))
def test_ranking_keeps_all_and_puts_the_equal_name_first(rows: list[tuple[str, str]], words: str) -> None:
    found = list(entries_of((i, {"id": k, "name": n}) for i, (k, n) in enumerate(rows)))
    entries = [e for e in found if isinstance(e, Entry)]
    assert len(entries) + sum(isinstance(e, Refused) for e in found) == len(rows)
    hits = ranked(words, [(e, 1.0) for e in entries], 50)
    assert {h.id for h in hits} == {e.id for e in entries}
    equal = [folded(h.name) == folded(words) for h in hits]
    assert equal == sorted(equal, reverse=True)
    assert all(0 <= h.score <= 1 for h in hits)

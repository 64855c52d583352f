"""A label repeated on identical text everywhere: exactly the open items that hold the words, never a blind one, and back."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from milo.api.app import create_app
from milo.bootstrap import Workspace, open_workspace
from milo.builtin.predictors.rules import PLUGIN
from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.infra.sql.fts import FtsSql
from milo.kinds.predictor import Candidate
from milo.settings import Settings

TEXTS = [
    "Acme Corp sued the acme corp of Utah.",
    "Nobody knows Acme Corporation.",
    "👩‍🔬 joined Acme Corp 😀 with José; Acme Corp paid.",
    "Acme  Corp has two blanks here.",
    'She said "Acme Corp" twice: (Acme Corp).',
    "José alone",
]


class Desk:
    """A project that marks spans, and its workspace."""

    def __init__(self, workspace: Workspace, blind: float = 0.0, **config: Any) -> None:
        self.ws, self._client = workspace, TestClient(create_app(workspace))
        self._client.post("/api/setup", json={"login": "owner", "password": "correct horse"})
        self._client.headers["Authorization"] = f"Bearer {workspace.auth.local_token()}"
        question = {"name": "ents", "type": "spans", "config": {"labels": ["org", "person"], **config}}
        spec = {"name": "p", "fields": [{"name": "text"}], "questions": [question], "policy": {"blind_share": blind}}
        self.at = f"/api/projects/{self._client.post('/api/projects', json=spec).json()['id']}"

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        reply = self._client.request(method, self.at + path, json=body)
        assert reply.status_code // 100 == status // 100, reply.text
        return reply.json() if status < 300 else reply.text

    def bring(self, texts: list[str]) -> list[int]:
        return self.call("POST", "/items", [{"data": {"text": t}} for t in texts])["ids"]

    def repeat(self, words: str, label: str = "org", *, undo: bool = False) -> dict[str, Any]:
        body = {"question": "ents", "label": label, "words": words}
        done = self.call("POST", "/repeats/undo" if undo else "/repeats", body)
        row = self.ws.jobs.wait(done["job"]["id"], 60)
        assert row.state == "done", row
        return {**done, "result": row.result}

    def preview(self, words: str, item: int | None = None, label: str = "org") -> Any:
        return self.call("POST", "/repeats/preview", {"question": "ents", "label": label, "words": words, "item_id": item})

    def marked(self) -> dict[int, list[tuple[str, str]]]:
        """Item -> the words and labels suggested on it."""
        sql = "SELECT item_id, value FROM annotation WHERE role = 'suggestion' AND live = 1 ORDER BY item_id"
        texts = {r["id"]: r["data"]["text"] for r in self.call("GET", "/items?limit=500")["rows"]}
        found: dict[int, list[tuple[str, str]]] = {}
        for item, value in self.ws.db.read(lambda c: c.execute(sql).fetchall()):
            assert item not in found
            found[item] = [(texts[item][s["start"] : s["end"]], s["label"]) for s in json.loads(value)]
        return found


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    found = open_workspace(tmp_path, Settings(workspace=tmp_path), lambda: 1_800_000_000.0)
    yield found
    found.close()


def test_exactly_the_items_that_hold_the_words(workspace: Workspace) -> None:
    desk = Desk(workspace)
    ids = desk.bring(TEXTS)
    seen = desk.preview("Acme Corp", ids[0])
    assert (seen["items"], seen["more"], seen["repeated"]) == (2, False, False)
    assert [(s["item_id"], s["words"]) for s in seen["snippets"]] == [(ids[2], "Acme Corp"), (ids[4], "Acme Corp")]
    assert TEXTS[2].startswith(seen["snippets"][0]["before"] + "Acme Corp" + seen["snippets"][0]["after"][:5])
    done = desk.repeat("Acme Corp")
    assert done["name"] == "repeated_ents"
    twice = [("Acme Corp", "org")] * 2
    assert desk.marked() == {ids[0]: twice[:1], ids[2]: twice, ids[4]: twice}
    assert desk.preview("Acme Corp", ids[0])["repeated"]
    (run,) = [r for r in desk.call("GET", "/runs") if r["kind"] == "repeat"]
    assert (run["state"], run["items"], run["model"]) == ("done", 3, "repeated_ents")


def test_several_phrases_are_one_suggestion_and_each_goes_back_alone(workspace: Workspace) -> None:
    desk = Desk(workspace)
    ids = desk.bring(TEXTS)
    desk.repeat("Acme Corp")
    desk.repeat("José", "person")
    assert desk.marked()[ids[2]] == [("Acme Corp", "org"), ("José", "person"), ("Acme Corp", "org")]
    desk.repeat("Acme Corp", undo=True)
    assert desk.marked() == {ids[2]: [("José", "person")], ids[5]: [("José", "person")]}
    desk.repeat("José", "person", undo=True)
    assert desk.marked() == {}
    assert "not being repeated" in desk.call(
        "POST", "/repeats/undo", {"question": "ents", "label": "org", "words": "José"}, 404
    )


def test_where_spans_may_not_overlap_the_longer_one_stays(workspace: Workspace) -> None:
    desk = Desk(workspace, overlap=False)
    (item,) = desk.bring(["Acme Corp of Acme"])
    desk.repeat("Acme", "person")
    desk.repeat("Acme Corp")
    assert desk.marked() == {item: [("Acme Corp", "org"), ("Acme", "person")]}


def test_blind_and_done_items_get_none(workspace: Workspace) -> None:
    desk = Desk(workspace, blind=0.4)
    ids = desk.bring([f"{n} Acme Corp" for n in range(60)])
    blind = {
        i for i in ids if workspace.db.read(lambda c, i=i: c.execute("SELECT blind FROM item WHERE id = ?", (i,)).fetchone()[0])
    }
    assert 5 < len(blind) < 55
    done = next(i for i in ids if i not in blind)
    answer = {"op_id": uuid.uuid4().hex, "item_id": done, "values": {"ents": []}, "schema_version": 1}
    desk.call("POST", "/answers", answer)
    assert desk.preview("Acme Corp")["items"] == 60 - len(blind) - 1
    desk.repeat("Acme Corp")
    assert set(desk.marked()) == set(ids) - blind - {done}
    rows = workspace.db.read(lambda c: c.execute("SELECT item_id FROM annotation WHERE role = 'suggestion'").fetchall())
    assert not blind & {r[0] for r in rows}


def test_refused_in_words(workspace: Workspace) -> None:
    desk = Desk(workspace)
    desk.bring(TEXTS)
    for body, words in [
        ({"question": "ents", "label": "none", "words": "x"}, "does not exist"),
        ({"question": "ents", "label": "org", "words": "  "}, "Give the words"),
        ({"question": "ents", "label": "org", "words": "x" * 501}, "500 characters"),
    ]:
        assert words in desk.call("POST", "/repeats", body, 400)
    done = desk.repeat("Acme Corp")
    desk.call("PATCH", f"/models/{done['model']}", {"enabled": False})
    assert "switched off" in desk.call("POST", "/repeats", {"question": "ents", "label": "org", "words": "José"}, 409)


PHRASES = ["東京", "😀", "two\nlines", 'a "b" c', "%_", "Straße 5", "..."]


def test_found_with_the_index_and_without(workspace: Workspace) -> None:
    desk = Desk(workspace)
    ids = desk.bring([text for words in PHRASES for text in (f"before {words} after", words)] + ["nothing"])
    project = int(desk.at.rsplit("/", 1)[1])
    end = time.monotonic() + 60
    while workspace.db.read(lambda c: FtsSql(c).indexed_to(project)) < len(ids):
        assert time.monotonic() < end
        time.sleep(0.02)
    for indexed in (True, False):
        for n, words in enumerate(PHRASES):
            found = workspace.db.read(lambda c, w=words: FtsSql(c).holding(project, w)).tolist()
            assert found == ids[2 * n : 2 * n + 2], (words, indexed)
            assert desk.preview(words)["items"] == 2
        workspace.db.write(lambda c: c.execute("UPDATE project SET indexed_to = 0"))


Q = Question("q", "spans", config={"labels": ["org"]}, field="text", shape="spans")


def _spans(words: Any, text: str) -> list[str]:
    config = {"rules": [{"kind": "exact", "pattern": words, "label": "org"}]}
    return [
        text[s["start"] : s["end"]]
        for p in PLUGIN.predict(Q, (Field("text"),), config, None, [Candidate(1, {"text": text})])
        for s in p.value
    ]


def test_exact_means_case_spaces_words_and_whole_signs() -> None:
    assert _spans("art", "art party Art art. artful art_1 (art)") == ["art", "art", "art"]
    assert _spans("a  b", "a b a  b") == ["a  b"]
    assert _spans("👩", "👩 👩‍🔬 👩🏽 👨‍👩 👩") == ["👩", "👩"]
    assert _spans("cafe", "cafe cafe\u0301") == ["cafe"]
    assert _spans("東京", "私は東京に住む") == ["東京"]
    assert _spans("C++", "C++ C+++ xC++") == ["C++", "C++"]
    assert _spans(["a b", "a"], "a b a") == ["a b", "a"]
    with pytest.raises(InvalidConfig, match="a word, a phrase"):
        _spans("", "x")


@given(st.text(min_size=1, max_size=6).filter(str.strip), st.text(max_size=20))
def test_every_span_is_the_very_words(words: str, around: str) -> None:
    assert all(one == words for one in _spans(words, f"{around} {words} {around}"))
    assert words in _spans(words, f" {words} ")

"""The loop over a real workspace: when models train, what they write, how they are measured, and how a run is undone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from milo.api.server import PrivateServer
from milo.infra import training
from milo.sdk import Client
from milo.settings import Settings
from running import PASSWORD, Api

WORDS = {"praise": "love wonderful great", "complaint": "broken terrible refund"}


class Bench:
    """A private server with one project of 200 messages, spoken to over HTTP."""

    def __init__(self, folder: Path, **policy: Any) -> None:
        self.server = PrivateServer(Settings(workspace=folder / "ws"))
        with Client(self.server.url) as visitor:
            visitor.set_up("owner", PASSWORD)
        self.api = Api(int(self.server.url.rsplit(":", 1)[1]), self.server.token)
        spec = {
            "name": "Loop",
            "fields": [{"name": "text"}],
            "questions": [{"name": "mood", "type": "choice", "config": {"labels": list(WORDS)}}],
            "policy": {"blind_share": 0.2, "order": "random", **policy},
        }
        self.id = self.call("POST", "/projects", spec)["id"]
        rows = [{"data": {"text": f"{WORDS[mood]} number {k}"}, "key": f"{mood}-{k}"} for k in range(100) for mood in WORDS]
        self.call("POST", f"/projects/{self.id}/items", rows)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request that must succeed."""
        return self.api.call(method, f"/api{path}", body)

    def models(self) -> dict[str, Any]:
        """The models by name."""
        return {m["name"]: m for m in self.call("GET", f"/projects/{self.id}/models")}

    def label(self, n: int, mood: str | None = None) -> None:
        """Answer the next `n` items with what they are, or with `mood`."""
        for _ in range(n):
            work = self.call("GET", f"/projects/{self.id}/queue?n=1")[0]
            values = {"mood": mood or work["item"]["key"].split("-")[0]}
            body = {"op_id": f"op-{work['item']['id']}", "item_id": work["item"]["id"], "values": values}
            self.call("POST", f"/projects/{self.id}/answers", {**body, "schema_version": 1})

    def quiet(self, seconds: float = 120) -> None:
        """Wait until the loop has looked at all answers and no job is left; twice, since a job may lead to another."""
        end, calm = time.monotonic() + seconds, 0
        while calm < 2:
            assert time.monotonic() < end
            looked = self.server._workspace.loop_models.idle()
            busy = [j for j in self.call("GET", f"/jobs?project={self.id}") if j["state"] in ("queued", "running")]
            calm = calm + 1 if looked and not busy else 0
            time.sleep(0.1)

    def close(self) -> None:
        """End it."""
        self.api.close()
        self.server.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_a_model_starts_after_a_handful_and_again_as_labels_grow(bench: Bench) -> None:
    assert bench.models()["text_mood"]["state"] == "waiting"
    bench.label(24)
    bench.quiet()
    first = bench.models()["text_mood"]
    assert first["version"] == 1
    assert first["n_labels"] >= 6
    bench.label(30)
    bench.quiet()
    later = bench.models()["text_mood"]
    assert later["version"] > 1
    assert [p["n_labels"] for p in later["curve"]] == sorted(p["n_labels"] for p in later["curve"])
    assert later["quality"]["n"] > 0
    assert 0 <= later["quality"]["low"] <= later["quality"]["accuracy"] <= later["quality"]["high"] <= 1


def test_labels_that_are_all_the_same_delay_the_first_training_only_a_little(tmp_path: Path) -> None:
    bench = Bench(tmp_path, blind_share=0, train_every=1000)
    try:
        bench.label(8, mood="praise")
        bench.quiet()
        alone = bench.models()["text_mood"]
        assert (alone["state"], alone["version"]) == ("waiting", 0)
        bench.label(2, mood="complaint")
        bench.quiet()
        assert bench.models()["text_mood"]["version"] >= 1
    finally:
        bench.close()


def test_rules_are_measured_on_blind_answers_too(bench: Bench) -> None:
    rules = [{"kind": "keyword", "pattern": "love", "label": "praise"}]
    config = {"rules": rules, "default": "complaint"}
    bench.label(40)
    bench.quiet()
    made = bench.call(
        "POST", f"/projects/{bench.id}/models", {"plugin": "rules", "name": "words", "question": "mood", "config": config}
    )
    bench.quiet()
    found = bench.models()["words"]
    assert found["id"] == made["id"]
    assert found["quality"]["n"] > 0
    assert found["quality"]["accuracy"] == 1.0


def test_undoing_a_run_hides_its_suggestions_and_keeps_what_people_decided(bench: Bench) -> None:
    bench.label(20)
    bench.quiet()
    shown = bench.call("GET", f"/projects/{bench.id}")["counts"]["suggested"]
    assert shown > 0
    for run in bench.call("GET", f"/projects/{bench.id}/runs"):
        bench.call("POST", f"/projects/{bench.id}/runs/{run['id']}/undo")
    bench.quiet()
    counts = bench.call("GET", f"/projects/{bench.id}")["counts"]
    assert (counts["suggested"], counts["answers"]) == (0, 20)
    assert bench.call("GET", f"/projects/{bench.id}/queue?n=1")[0]["suggestions"] == []
    for run in bench.call("GET", f"/projects/{bench.id}/runs"):
        bench.call("POST", f"/projects/{bench.id}/runs/{run['id']}/redo")
    bench.quiet()
    assert bench.call("GET", f"/projects/{bench.id}")["counts"]["suggested"] == shown


def test_deleting_a_model_removes_its_suggestions(bench: Bench) -> None:
    bench.label(20)
    bench.quiet()
    model = bench.models()["text_mood"]["id"]
    bench.call("DELETE", f"/projects/{bench.id}/models/{model}")
    bench.quiet()
    assert bench.models() == {}
    assert bench.call("GET", f"/projects/{bench.id}")["counts"]["suggested"] == 0


def test_the_window_moves_on_between_trainings(tmp_path: Path) -> None:
    bench = Bench(tmp_path, window=20, train_every=1000, blind_share=0)
    try:
        bench.label(8)
        bench.quiet()
        assert bench.models()["text_mood"]["version"] == 1
        without = 0
        for _ in range(8):
            bench.label(5)
            bench.quiet()
            work = bench.call("GET", f"/projects/{bench.id}/queue?n=1")[0]
            without += not work["suggestions"]
        assert bench.models()["text_mood"]["version"] == 1
        assert without <= 2
    finally:
        bench.close()


def test_blind_items_never_carry_a_suggestion(bench: Bench) -> None:
    bench.label(20)
    bench.quiet()
    ident = bench.models()["text_mood"]["id"]
    bench.call("POST", f"/projects/{bench.id}/models/{ident}/suggest", {"all": True})
    bench.quiet()
    db = bench.server._workspace.db
    sql = "SELECT count(*) FROM annotation a JOIN item i ON i.id = a.item_id WHERE a.role = 'suggestion' AND i.blind = 1"
    assert db.read(lambda c: c.execute(sql).fetchone()[0]) == 0
    assert db.read(lambda c: c.execute("SELECT count(*) FROM item WHERE blind = 1").fetchone()[0]) > 10
    assert db.read(lambda c: c.execute("SELECT count(*) FROM item WHERE blind = 1 AND conf IS NOT NULL").fetchone()[0]) == 0


def test_a_server_that_is_closed_while_a_model_trains_leaves_no_process_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers: list[training._Worker] = []

    class Told(training._Worker):
        def __init__(self, idle: float, memory: int) -> None:
            super().__init__(idle, memory)
            workers.append(self)

    monkeypatch.setattr(training, "_Worker", Told)
    bench = Bench(tmp_path)
    bench.label(24)
    end = time.monotonic() + 60
    while not workers:
        assert time.monotonic() < end
        time.sleep(0.01)
    bench.close()
    assert all(not one.alive and one.process.stdin is not None and one.process.stdin.closed for one in workers)

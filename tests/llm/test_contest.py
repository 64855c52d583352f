"""Candidates that connected models write while people work: asked for once, kept, blinded, shuffled, and exported with their writer."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from data_bench import PASSWORD, Bench
from llm.puppet import Puppet
from milo.api.app import create_app
from milo.domain.candidates import Contender, Live
from milo.domain.errors import Unreachable
from milo.flow.contest import drawn
from milo.infra.sql.connections import ConnectionsSql
from milo.kinds.provider import Finish, Reply, Request, Usage, text_of

FIELDS = ({"name": "text"}, {"name": "secret"}, {"name": "answers", "kind": "table"})
OPEN_TO_ALL = {"models": ["local"]}


class Writers(Puppet):
    """Several models behind one provider; which one is asked stands in the configuration of its connection."""

    def __init__(self) -> None:
        super().__init__(["unused"])
        self.log: list[tuple[str, Request]] = []
        self.broken: dict[str, BaseException] = {}
        self.gate: threading.Event | None = None
        self.finish: Finish = "stop"

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Any:
        return Writer(self, config["who"])


class Writer:
    """One of them."""

    def __init__(self, house: Writers, who: str) -> None:
        self.house, self.who = house, who

    async def complete(self, request: Request) -> Reply:
        self.house.log.append((self.who, request))
        if self.house.gate is not None:
            await asyncio.to_thread(self.house.gate.wait, 30)
        if self.who in self.house.broken:
            raise self.house.broken[self.who]
        told = f" ({text_of(request.messages[0])})" if request.messages[0].role == "system" else ""
        said = f"{self.who}{told} on: {text_of(request.messages[-1])}"
        return Reply(said, Usage(20, 5), finish=self.house.finish, model=f"{self.who}-2026")

    async def close(self) -> None:
        return None


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Any]:
    made: Any = Bench(tmp_path)
    made.writers = Writers()
    made.ws.registry.providers.add(made.writers)
    for name in ("ada", "bob", "cyd"):
        made.ws.db.write(
            lambda c, n=name: ConnectionsSql(c).add(n, "puppet", "", {"who": n}, None, {"tries": 1}, {}, True, None, 0.0)
        )
    yield made
    made.ws.close()


def house(bench: Any, live: dict[str, Any] | None = None, type: str = "pairwise", **policy: Any) -> int:
    """A project whose answers are made live, with one item in the owner's hands."""
    settings = {"models": ["ada", "bob"], "prompt": "Say: {{text}}", **(live or {})}
    question = {"name": "better", "type": type, "field": "answers", "config": {"live": settings}}
    bench.project(question, fields=FIELDS, **{"data": OPEN_TO_ALL, **policy})
    bench.item = bench.call("POST", "/items", [{"data": {"text": "a joke", "secret": "s3cret"}}])["ids"][0]
    bench.call("GET", f"/items/{bench.item}/work")
    return bench.item


def make(bench: Any, **more: Any) -> dict[str, Any]:
    return bench.call("POST", f"/items/{bench.item}/candidates", {"question": "better", **more})


def follow(bench: Any, text: str) -> Any:
    return bench.ask("POST", f"/items/{bench.item}/candidates/follow-up", {"question": "better", "text": text})


def stored(bench: Any) -> list[dict[str, Any]]:
    return json.loads(bench.one("SELECT data FROM content WHERE item_id = ?", bench.item)).get("answers")


def person(bench: Any, login: str) -> TestClient:
    ident = bench.call("POST", "/api/users", {"login": login, "password": PASSWORD})["id"]
    bench.call("PUT", f"/members/{ident}", {"role": "annotator"})
    token = bench.ws.auth.add_token(ident, "look")[1]
    return TestClient(create_app(bench.ws), headers={"Authorization": f"Bearer {token}"})


# one round


def test_two_models_write_and_what_they_wrote_is_kept_blinded(bench: Any) -> None:
    house(bench)
    found = make(bench)
    assert (found["state"], found["field"], found["turns"], found["follow_ups"]) == ("ready", "answers", 1, 0)
    assert sorted(e["text"] for e in found["entries"]) == ["ada on: Say: a joke", "bob on: Say: a joke"]
    assert all(set(e) == {"text"} for e in found["entries"]), "nothing tells who wrote it"
    kept = stored(bench)
    assert [e["text"] for e in kept] == [e["text"] for e in found["entries"]]
    assert {(e["source"], e["model"]) for e in kept} == {("ada", "ada-2026"), ("bob", "bob-2026")}
    assert kept[0]["prompt"] == [{"role": "user", "content": "Say: a joke"}]
    again = bench.call("GET", f"/items/{bench.item}/work")["item"]["data"]["answers"]
    assert again == found["entries"]


def test_nothing_is_asked_twice_whoever_asks_and_how_often(bench: Any) -> None:
    house(bench, overlap=2)
    bench.writers.gate = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        at_once = [pool.submit(make, bench) for _ in range(4)]
        while len(bench.writers.log) < 2:
            pass
        bench.writers.gate.set()
        assert {json.dumps(one.result(20)["entries"]) for one in at_once} == {json.dumps(make(bench)["entries"])}
    ann = person(bench, "ann")
    ann.get(f"/api/projects/{bench.p}/items/{bench.item}/work")
    reply = ann.post(f"/api/projects/{bench.p}/items/{bench.item}/candidates", json={"question": "better"})
    assert reply.json()["entries"] == make(bench)["entries"]
    assert len(bench.writers.log) == 2


def test_who_waits_too_long_is_told_and_the_models_go_on(bench: Any) -> None:
    house(bench)
    bench.writers.gate = threading.Event()
    assert make(bench, wait=0.05)["state"] == "making"
    bench.writers.gate.set()
    assert make(bench)["state"] == "ready"
    assert len(bench.writers.log) == 2


def test_an_answer_is_stored_against_ids_and_exported_with_writers(bench: Any) -> None:
    house(bench, {"system": "Be brief."})
    make(bench)
    kept = stored(bench)
    bench.answer(bench.item, better={"tiers": [["2"], ["1"]], "order": ["2", "1"]})
    (pair,) = [json.loads(line) for line in bench.export("preference", option="source:true").splitlines()]
    assert pair["prompt"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say: a joke"}]
    assert pair["chosen"] == [{"role": "assistant", "content": kept[1]["text"]}]
    assert pair["rejected"] == [{"role": "assistant", "content": kept[0]["text"]}]
    assert (pair["chosen_source"], pair["rejected_source"]) == (kept[1]["source"], kept[0]["source"])
    assert (
        bench.ask("POST", "/answers", {"op_id": "x" * 12, "item_id": bench.item, "values": {"better": "3"}}).status_code == 422
    )


def test_one_model_with_two_prompts(bench: Any) -> None:
    models = [
        {"connection": "ada", "name": "plain"},
        {"connection": "ada", "name": "kind", "system": "Be kind.", "temperature": 0.2},
    ]
    house(bench, {"models": models, "system": "Be brief."})
    make(bench)
    assert {e["source"] for e in stored(bench)} == {"plain", "kind"}
    by_system = {text_of(r.messages[0]): r for _, r in bench.writers.log}
    assert set(by_system) == {"Be brief.", "Be kind."}
    assert (by_system["Be kind."].temperature, by_system["Be brief."].temperature) == (0.2, None)
    bench.answer(bench.item, better="1")
    (pair,) = [json.loads(line) for line in bench.export("preference", option="source:true").splitlines()]
    assert pair["prompt"] == [{"role": "user", "content": "Say: a joke"}], (
        "system prompts of their own belong to no shared prompt"
    )
    assert {pair["chosen_source"], pair["rejected_source"]} == {"plain", "kind"}


def test_two_of_several_are_drawn_for_each_item() -> None:
    live = Live(tuple(Contender(name, name) for name in "abcd"), "{{text}}", draw=2)
    picks = [tuple(one.name for one in drawn(live, item, "better")) for item in range(4_000)]
    assert picks == [tuple(one.name for one in drawn(live, item, "better")) for item in range(4_000)]
    first = [pick[0] for pick in picks]
    assert len(set(picks)) == 12, "every ordered pair comes up"
    assert all(850 < first.count(name) < 1_150 for name in "abcd"), "no model keeps a place"


def test_a_ranking_of_three(bench: Any) -> None:
    house(bench, {"models": ["ada", "bob", "cyd"]}, "ranking")
    assert len(make(bench)["entries"]) == 3
    bench.answer(bench.item, better={"tiers": [["3"], ["1", "2"]]})
    assert bench.call("GET", "/candidates")["better"][0]["answers"] == 1


# when it goes wrong


def test_a_model_that_fails_is_asked_again_and_the_other_is_not(bench: Any) -> None:
    house(bench)
    bench.writers.broken = {"bob": Unreachable("No route to bob.")}
    found = make(bench)
    assert (found["state"], found["message"], found["entries"]) == ("failed", "One of the models did not answer.", [])
    assert "bob" in found["detail"]
    assert stored(bench) is None
    bench.writers.broken = {}
    assert make(bench)["state"] == "ready"
    assert sorted(who for who, _ in bench.writers.log) == ["ada", "bob", "bob"]


def test_who_compares_blindly_reads_no_name_in_the_trouble(bench: Any) -> None:
    house(bench, overlap=2)
    bench.writers.broken = {"bob": Unreachable("No route to bob.")}
    ann = person(bench, "ann")
    ann.get(f"/api/projects/{bench.p}/items/{bench.item}/work")
    reply = ann.post(f"/api/projects/{bench.p}/items/{bench.item}/candidates", json={"question": "better"})
    assert reply.json()["state"] == "failed"
    assert "bob" not in reply.text
    assert "ada" not in reply.text


def test_rules_and_budgets_refuse_before_anything_is_sent(bench: Any) -> None:
    house(bench, data={"models": ["ada"]})
    found = make(bench)
    assert (found["state"], found["place"]) == ("refused", "policy.data.models")
    house(bench, {"prompt": "Say: {{secret}}"}, data={"models": ["local"], "fields": {"secret": []}})
    found = make(bench)
    assert (found["state"], found["place"]) == ("refused", "policy.data.fields.secret")
    house(bench, budgets={"candidates": {"tokens": 50}})
    found = make(bench)
    assert found["state"] == "spent"
    assert found["message"].startswith("This project's budget for answers to compare of 50 tokens is spent")
    assert bench.writers.log == []


def test_a_model_sees_what_the_prompt_names_and_the_ledger_says_so(bench: Any) -> None:
    house(bench)
    make(bench)
    bench.ws.gateway.flush()
    assert all("s3cret" not in text_of(m) for _, r in bench.writers.log for m in r.messages)
    rows = bench.all("SELECT purpose, fields, state, item_id, user_id FROM model_call")
    assert rows == [("candidates", '["text"]', "done", bench.item, 1)] * 2


def test_personal_data_is_masked_and_put_back(bench: Any) -> None:
    house(bench, data={"models": ["local"], "mask": ["email"], "mask_local": True})
    bench.item = bench.call("POST", "/items", [{"data": {"text": "write to ann@x.example"}}])["ids"][0]
    bench.call("GET", f"/items/{bench.item}/work")
    found = make(bench)
    assert all("ann@x.example" not in text_of(r.messages[-1]) for _, r in bench.writers.log)
    assert sorted(e["text"] for e in found["entries"])[0] == "ada on: Say: write to ann@x.example"


def test_only_who_holds_the_item_has_answers_made(bench: Any) -> None:
    house(bench)
    ann = person(bench, "ann")
    body = {"question": "better"}
    assert ann.post(f"/api/projects/{bench.p}/items/{bench.item}/candidates", json=body).status_code == 403
    assert bench.ask("POST", f"/items/{bench.item + 500}/candidates", body).status_code == 404
    bench.project({"name": "better", "type": "pairwise", "field": "answers"}, fields=FIELDS)
    bench.item = bench.call("POST", "/items", [{"data": {"answers": [{"text": "x"}, {"text": "y"}]}}])["ids"][0]
    bench.call("GET", f"/items/{bench.item}/work")
    assert bench.ask("POST", f"/items/{bench.item}/candidates", body).status_code == 409


def test_answers_that_came_with_the_data_stay(bench: Any) -> None:
    house(bench)
    mine = [{"text": "x", "source": "me"}, {"text": "y", "source": "you"}]
    bench.item = bench.call("POST", "/items", [{"data": {"text": "t", "answers": mine}}])["ids"][0]
    bench.call("GET", f"/items/{bench.item}/work")
    assert make(bench)["entries"] == [{"text": "x"}, {"text": "y"}]
    assert bench.writers.log == []


def test_the_words_of_answers_can_be_found(bench: Any) -> None:
    house(bench)
    bench.ws.data.indexing.wait(bench.p, 20) if hasattr(bench.ws.data, "indexing") and hasattr(
        bench.ws.data.indexing, "wait"
    ) else None
    make(bench)
    assert bench.places(q="bob on") == [bench.item % 1_000_000_000]
    bench.call("DELETE", "")  # takes the item out of the index again, with the words it has now


# writing on


def test_both_answer_to_what_the_person_writes_on(bench: Any) -> None:
    house(bench, {"follow_ups": 2})
    assert make(bench)["follow_ups"] == 2
    found = follow(bench, "  Shorter!  ").json()
    assert (found["state"], found["turns"], found["follow_ups"]) == ("ready", 2, 1)
    kept = stored(bench)
    for seen, whole in zip(found["entries"], kept, strict=True):
        who = whole["source"]
        assert whole["messages"] == seen["messages"] == [
            {"role": "assistant", "content": f"{who} on: Say: a joke"}, {"role": "user", "content": "Shorter!"},
            {"role": "assistant", "content": f"{who} on: Shorter!"},
        ]  # fmt: skip
        assert set(seen) == {"messages"}
    last = dict(bench.writers.log[2:])
    assert [text_of(m) for m in last["ada"].messages] == ["Say: a joke", "ada on: Say: a joke", "Shorter!"]
    bench.answer(bench.item, better={"tiers": [["1"], ["2"]]})
    (pair,) = [json.loads(line) for line in bench.export("preference", option="source:true").splitlines()]
    assert pair["prompt"] == [{"role": "user", "content": "Say: a joke"}]
    assert pair["chosen"] == kept[0]["messages"]
    late = follow(bench, "And again?")
    assert late.status_code == 409
    assert "compared these answers already" in late.text


def test_a_follow_up_that_one_model_missed_goes_on_with_the_same_words(bench: Any) -> None:
    house(bench, {"follow_ups": 3})
    make(bench)
    bench.writers.broken = {"ada": Unreachable("gone")}
    assert follow(bench, "Why?").json()["state"] == "failed"
    assert follow(bench, "Other words").status_code == 409
    bench.writers.broken = {}
    found = make(bench)
    assert (found["state"], found["turns"]) == ("ready", 2)
    assert all(e["messages"][1]["content"] == "Why?" for e in found["entries"])
    assert sorted(who for who, _ in bench.writers.log[2:]) == ["ada", "ada", "bob"]


def test_follow_ups_have_a_bound_and_stop_where_others_look(bench: Any) -> None:
    house(bench, {"follow_ups": 1}, overlap=2)
    assert follow(bench, "Too early").status_code == 409
    make(bench)
    assert follow(bench, " ").status_code == 422
    ann = person(bench, "ann")
    ann.get(f"/api/projects/{bench.p}/items/{bench.item}/work")
    assert "in hand" in follow(bench, "Why?").text
    house(bench, {"follow_ups": 1})
    make(bench)
    assert follow(bench, "Why?").json()["follow_ups"] == 0
    assert "At most 1 follow-ups" in follow(bench, "More?").text


def test_a_conversation_is_handed_on_as_it_is(bench: Any) -> None:
    talk = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "How are you?"},
    ]
    question = {"name": "better", "type": "pairwise", "config": {"live": {"models": ["ada", "bob"]}}}
    fields = ({"name": "talk", "kind": "chat"}, {"name": "answers", "kind": "table"})
    bench.project(question, fields=fields, data=OPEN_TO_ALL)
    bench.item = bench.call("POST", "/items", [{"data": {"talk": talk}}])["ids"][0]
    bench.call("GET", f"/items/{bench.item}/work")
    assert make(bench)["state"] == "ready"
    assert [(m.role, text_of(m)) for m in bench.writers.log[0][1].messages] == [(t["role"], t["content"]) for t in talk]
    assert stored(bench)[0]["prompt"] == talk


# the settings


@pytest.mark.parametrize(
    ("live", "place"),
    [
        ({"models": ["ada"]}, "models"), ({"models": ["ada", "ada"]}, "models[1]"), ({"prompt": "Say {{nothing}}"}, "prompt"),
        ({"prompt": "no field"}, "prompt"), ({"prompt": "{{answers}}"}, "prompt"), ({"follow_ups": 99}, "follow_ups"),
        ({"models": ["ada", {"connection": "bob", "temperature": 9}]}, "models[1]"), ({"draw": 3}, "draw"), ({"max_tokens": 0}, "max_tokens"),
        ({"models": ["ada", {"connection": "bob", "colour": 1}]}, ""), ({"models": [{"connection": "ada", "name": "x"}, {"connection": "bob", "name": "x"}]}, "models"),
    ],
)  # fmt: skip
def test_settings_that_do_not_do_are_named(bench: Any, live: dict[str, Any], place: str) -> None:
    settings = {"models": ["ada", "bob"], "prompt": "{{text}}", **live}
    question = {"name": "better", "type": "pairwise", "field": "answers", "config": {"live": settings}}
    spec = {"name": "P", "fields": list(FIELDS), "questions": [question]}
    reply = bench.ask("POST", "/api/projects", spec)
    assert reply.status_code == 422
    assert reply.json()["error"]["place"].startswith(f"questions.better.config.live{'.' if place else ''}{place}")


def test_settings_are_completed_and_stay_so(bench: Any) -> None:
    house(bench, {"models": ["ada", {"connection": "ada", "temperature": 1.0}, "bob"], "prompt": ""})
    question = bench.call("GET", "")["spec"]["questions"][0]
    live = question["config"]["live"]
    assert [m["name"] for m in live["models"]] == ["ada", "ada 2", "bob"]
    assert (live["prompt"], live["draw"]) == ("{{text}}", 2)
    bench.call("PATCH", "", {"questions": [question]})
    assert bench.call("GET", "")["spec"]["questions"][0] == question

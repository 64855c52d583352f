"""From an error to a rule: notes that wait for a manager, examples that become a version, previews as they would be sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from data_bench import MOOD, Bench
from llm.parrot import Parrot
from llm.test_comparing import answered, compare, connect, project

GUIDE = "# Mood\n\nWhat is it like?\n\n## bad\n\nSomebody is not happy.\n\n## good\n\nSomebody is.\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("lessons"))
    made.ws.registry.predictors.add(Parrot())  # type: ignore[arg-type]
    connect(made, "script", rules=[{"answer": "good"}])
    yield made
    made.close()


def guidelines(house: Bench) -> str:
    return house.call("GET", "")["spec"]["guidelines"]


def test_an_error_becomes_a_note_and_the_note_a_guideline(house: Bench) -> None:
    model = project(house)
    house.call("PATCH", "", {"guidelines": GUIDE})
    items = answered(house, 4)
    found = compare(house, model)
    draft = house.call("GET", f"/comparisons/{found['id']}/draft", params={"arm": 0, "item": items[0]})
    assert draft == {
        "text": "> poor 0\n\nThis is `bad`, not `good`, because ...",
        "section": "bad",
        "sections": ["Mood", "bad", "good"],
    }
    body = {"question": "mood", "text": draft["text"], "section": "bad", "item_id": items[0], "comparison": found["id"]}
    note = house.call("POST", "/notes", body)
    assert (note["state"], guidelines(house)) == ("open", GUIDE)
    assert [n["id"] for n in house.call("GET", "/notes")] == [note["id"]]
    assert house.call("POST", f"/notes/{note['id']}/take", {"text": "Poor is `bad`.", "section": "bad"})["state"] == "taken"
    assert guidelines(house) == GUIDE.replace("not happy.\n", "not happy.\n\nPoor is `bad`.\n")
    assert house.call("GET", f"/comparisons/{found['id']}")["changed"] is True
    assert house.call("GET", "/notes") == []
    assert house.ask("POST", f"/notes/{note['id']}/take", {"text": "again", "section": None}).status_code == 409


def test_a_dropped_note_changes_nothing(house: Bench) -> None:
    project(house)
    note = house.call("POST", "/notes", {"question": "mood", "text": "no"})
    assert house.call("POST", f"/notes/{note['id']}/drop")["state"] == "dropped"
    assert (guidelines(house), house.call("GET", "/notes")) == ("", [])
    assert house.ask("POST", "/notes", {"question": "mood", "text": "  "}).status_code == 422


def test_an_answered_item_becomes_an_example_and_leaves_the_comparisons(house: Bench) -> None:
    model = project(house)
    items = answered(house, 5)
    made = house.call("POST", f"/models/{model}/examples", {"item_id": items[0], "why": "it says poor"})
    assert (made["version"], made["in_use"], made["config"]["examples"]["mode"]) == (3, True, "fixed")
    assert made["config"]["fixed_examples"] == [{"data": {"text": "poor 0"}, "value": "bad", "why": "it says poor"}]
    twice = house.call("POST", f"/models/{model}/examples", {"item_id": items[0]})
    assert len(twice["config"]["fixed_examples"]) == 1
    arms = [{"model": model, "version": 1}, {"model": model, "version": 3}]
    found = house.call("POST", "/comparisons", {"arms": arms, "what": "answered", "budget": {"tokens": 9000}})
    assert (found["items"], found["left_out"]) == (4, {"used as an example in a prompt": 1})
    fresh = house.add("never answered")[0]
    assert house.ask("POST", f"/models/{model}/examples", {"item_id": fresh}).status_code == 409


def test_nothing_is_learned_from_the_blind_slice(house: Bench) -> None:
    model = project(house, blind_share=1.0)
    item = house.add("poor thing")[0]
    house.answer(item, mood="bad")
    for path, body in (
        (f"/models/{model}/examples", {"item_id": item}),
        ("/notes", {"question": "mood", "text": "x", "item_id": item}),
    ):
        reply = house.ask("POST", path, body)
        assert (reply.status_code, "learn from" in reply.text) == (404, True)
    found = compare(house, model, "blind")
    reply = house.ask("GET", f"/comparisons/{found['id']}/draft", params={"arm": 0, "item": item})
    assert reply.status_code == 404
    assert len(house.call("GET", f"/models/{model}/prompts")) == 2


def test_the_preview_is_what_would_be_sent(house: Bench) -> None:
    house.project(MOOD, data={"models": ["local"], "mask": ["email"], "mask_local": True})
    house.call("PATCH", "", {"guidelines": "Be kind."})
    item = house.add("write to a.person@example.org")[0]
    config: dict[str, Any] = {"connection": "script", "instructions": "Look"}
    model = house.call("POST", "/models", {"plugin": "parrot", "name": "llm", "question": "mood", "config": config})["id"]
    shown = house.call("POST", f"/models/{model}/preview", {"item_id": item})
    (call,) = shown["calls"]
    said = [(m["role"], m["parts"][0]["text"]) for m in call["messages"]]
    assert said[0] == ("system", "Be kind.")
    assert said[1][1].startswith("Look: write to [")
    assert "example.org" not in str(shown)
    assert (call["connection"], call["masked"], shown["fields"]) == ("script", 1, ["text"])
    other = house.call("POST", f"/models/{model}/preview", {"item_id": item, "config": {**config, "instructions": "Try"}})
    assert other["calls"][0]["messages"][1]["parts"][0]["text"].startswith("Try: ")
    assert len(house.call("GET", f"/models/{model}/prompts")) == 1
    house.call("PATCH", "", {"policy": {**house.call("GET", "")["spec"]["policy"], "data": {"models": []}}})
    reply = house.ask("POST", f"/models/{model}/preview", {"item_id": item})
    assert (reply.status_code, reply.json()["error"]["place"]) == (403, "policy.data.models")


def test_the_preview_shows_the_similar_answers_that_go_with_an_item_and_never_its_own(house: Bench) -> None:
    house.project(MOOD, data={"models": ["local"]})
    items = answered(house, 6)
    config = {"connection": "script", "instructions": "Look", "examples": {"mode": "similar", "k": 2}}
    model = house.call("POST", "/models", {"plugin": "parrot", "name": "llm", "question": "mood", "config": config})["id"]
    shown = house.call("POST", f"/models/{model}/preview", {"item_id": items[0]})
    said = [m["parts"][0]["text"] for m in shown["calls"][0]["messages"][1:-1]]
    assert (shown["examples"], len(said)) == (2, 2)
    assert all(text.startswith("poor") and text.endswith("= bad") for text in said)
    assert not any(text.startswith("poor 0") for text in said)

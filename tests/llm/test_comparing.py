"""Comparing prompts: right figures, nothing suggested, budgets, resumption, and blind answers that stay a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from data_bench import MOOD, Bench
from llm.parrot import Parrot
from milo.infra.sql.connections import ConnectionsSql

RULES = [
    {"when": "careful: .*fine", "answer": "good"},
    {"when": "careful: .*poor", "answer": "bad"},
    {"when": "broken", "answer": "no such mood 17"},
    {"answer": "good"},
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("comparing"))
    made.ws.registry.predictors.add(Parrot())  # type: ignore[arg-type]
    connect(made, "script", rules=RULES)
    yield made
    made.close()


def connect(house: Bench, name: str, prices: dict[str, Any] | None = None, **config: Any) -> None:
    settled = house.ws.registry.providers.get("scripted").check_config(config)
    limits, costs = {"tries": 1}, prices or {}
    house.ws.db.write(lambda c: ConnectionsSql(c).add(name, "scripted", "", settled, None, limits, costs, True, None, 0.0))


def project(house: Bench, connection: str = "script", **policy: Any) -> int:
    """A project whose model has two versions: one that looks, one that always says good."""
    house.project(MOOD, data={"models": ["local"]}, **policy)
    body = {"plugin": "parrot", "name": "llm", "question": "mood"}
    config = {"connection": connection, "instructions": "careful"}
    model = house.call("POST", "/models", {**body, "config": config})["id"]
    house.call("POST", f"/models/{model}/prompts", {"config": {**config, "instructions": "quick"}})
    return model


def compare(house: Bench, model: int, what: str = "answered", **more: Any) -> dict[str, Any]:
    arms = [{"model": model, "version": 1}, {"model": model, "version": 2}]
    body = {"arms": arms, "what": what, "budget": {"tokens": 1_000_000}, **more}
    made = house.call("POST", "/comparisons", body)
    house.wait(made["job"]["id"])
    return house.call("GET", f"/comparisons/{made['id']}")


def answered(house: Bench, n: int) -> list[int]:
    """Half of the items are fine, half are poor; all are answered as they are."""
    items = house.add(*[f"{'fine' if k % 2 else 'poor'} {k}" for k in range(n)])
    for k, item in enumerate(items):
        house.answer(item, mood="good" if k % 2 else "bad")
    return items


def test_a_real_difference_is_told_from_none(house: Bench) -> None:
    model = project(house)
    answered(house, 20)
    found = compare(house, model)
    report = found["report"]
    assert (found["items"], found["scored"], report["items"], found["look"], found["changed"]) == (20, 20, 20, 0, False)
    careful, quick = report["arms"]
    assert (careful["right"]["value"], quick["right"]["value"]) == (1.0, 0.5)
    assert quick["right"]["low"] < 0.5 < quick["right"]["high"]
    assert (careful["calls"], careful["failed"], careful["input_tokens"] > 0) == (20, 0, True)
    (pair,) = report["pairs"]
    assert (pair["only_a"], pair["only_b"], pair["verdict"]) == (10, 0, "a")
    assert pair["p"] == pytest.approx(2 / 2**10)
    assert pair["difference"]["low"] > 0
    assert pair["between"] == 0.5
    assert house.counts()["suggested"] == 0
    assert house.one("SELECT count(*) FROM annotation WHERE role = 'suggestion'") == 0


def test_few_items_cannot_tell(house: Bench) -> None:
    model = project(house)
    answered(house, 8)
    (pair,) = compare(house, model)["report"]["pairs"]
    assert (pair["only_a"], pair["only_b"], pair["verdict"]) == (4, 0, "cannot tell")


def test_without_answers_only_their_agreement_with_each_other_is_told(house: Bench) -> None:
    model = project(house)
    house.add(*["fine", "poor"] * 3)
    report = compare(house, model, "sample")["report"]
    assert (report["items"], report["scored"]) == (6, 0)
    assert report["arms"][0]["right"] == {"value": None, "low": None, "high": None, "n": 0}
    assert (report["pairs"][0]["between"], report["pairs"][0]["verdict"]) == (0.5, "cannot tell")


def test_errors_are_grouped_and_failures_count_as_wrong(house: Bench) -> None:
    model = project(house)
    items = answered(house, 6)
    broken = house.add("broken 1", "broken 2")
    for item in broken:
        house.answer(item, mood="bad")
    found = compare(house, model)
    careful = found["report"]["arms"][0]
    assert (careful["failed"], careful["right"]["value"]) == (2, 0.75)
    groups = house.call("GET", f"/comparisons/{found['id']}/errors?arm=1")
    assert [(g["group"]["kind"], g["group"]["title"], g["group"]["n"]) for g in groups] == [
        ("labels", "bad taken for good", 3),
        ("failed", 'Question "...": "..." is not one of its labels', 2),
    ]
    assert groups[0]["items"] == items[0::2]
    page = house.call("GET", f"/comparisons/{found['id']}/items", params={"arm": 1, "group": groups[0]["group"]["key"]})
    assert (page["total"], page["rows"][0]["reference"], page["rows"][0]["data"]) == (3, "bad", {"text": "poor 0"})
    assert [a.get("value") for a in page["rows"][0]["answers"]] == ["bad", "good"]
    assert house.call("GET", f"/comparisons/{found['id']}/items", params={"only": "different"})["total"] == 3
    assert house.call("GET", f"/comparisons/{found['id']}/items", params={"only": "errors"})["total"] == 5


def test_blind_answers_give_figures_and_no_items_and_every_look_is_counted(house: Bench) -> None:
    model = project(house, blind_share=0.5)
    items = house.add(*[f"{'fine' if k % 2 else 'poor'} {k}" for k in range(60)])
    for k, item in enumerate(items):
        house.answer(item, mood="good" if k % 2 else "bad")
    blind = {r[0] for r in house.all("SELECT id FROM item WHERE blind = 1 AND id / 1000000000 = ?", house.p)}
    first = compare(house, model, "blind", n=500)
    assert (first["look"], first["items"]) == (1, len(blind))
    assert first["report"]["level"] == pytest.approx(1 - 0.05 / 2)
    assert house.call("GET", f"/comparisons/{first['id']}/errors?arm=1") == []
    assert house.ask("GET", f"/comparisons/{first['id']}/items").status_code == 409
    house.call("POST", f"/models/{model}/prompts", {"config": {"connection": "script", "instructions": "later"}})
    arms = [{"model": model, "version": 1}, {"model": model, "version": 3}]
    body = {"arms": arms, "what": "blind", "budget": {"tokens": 1_000_000}}
    second = house.call("POST", "/comparisons", body)
    assert [a["looks_before"] for a in second["arms"]] == [0, 1]
    house.wait(second["job"]["id"])
    assert house.call("GET", f"/comparisons/{second['id']}")["report"]["level"] == pytest.approx(1 - 0.05 / 6)
    others = compare(house, model, "sample", n=500)
    assert others["items"] == len(items) - len(blind)
    named = compare(house, model, "items", item_ids=items)
    assert (named["items"], sum(named["left_out"].values())) == (len(items) - len(blind), len(blind))
    assert house.ask("POST", "/comparisons", {**body, "what": "items", "item_ids": sorted(blind)[:1]}).status_code == 409


def test_answers_given_with_a_suggestion_on_the_screen_are_no_reference(house: Bench) -> None:
    model = project(house)
    items = answered(house, 2)
    seen = house.add("fine, seen")[0]
    house.suggest("elsewhere", [(seen, "good", 0.9)])
    shown = [{"id": 1, "value": "good", "score": 0.9, "source": "elsewhere", "version": 1}]
    house.call(
        "POST", "/answers", {"op_id": "seen-0001", "item_id": seen, "values": {"mood": "good"}, "shown": {"mood": shown}}
    )
    assert compare(house, model)["items"] == len(items)
    assert compare(house, model, assisted=True)["items"] == len(items) + 1


def test_items_that_are_examples_in_a_prompt_are_left_out(house: Bench) -> None:
    model = project(house)
    answered(house, 4)
    config = {"connection": "script", "instructions": "careful", "fixed_examples": [{"text": "poor 0", "value": "bad"}]}
    house.call("POST", f"/models/{model}/prompts", {"config": config})
    arms = [{"model": model, "version": 1}, {"model": model, "version": 3}]
    made = house.call("POST", "/comparisons", {"arms": arms, "what": "answered", "budget": {"tokens": 10_000}})
    assert (made["items"], made["left_out"]) == (3, {"used as an example in a prompt": 1})


def test_refusals_say_what_to_do(house: Bench) -> None:
    model = project(house)
    arm = {"model": model, "version": 1}
    body = {"arms": [arm], "what": "blind", "budget": {"tokens": 10}}
    reply = house.ask("POST", "/comparisons", body)
    assert (reply.status_code, "blind" in reply.json()["error"]["message"]) == (409, True)
    assert house.ask("POST", "/comparisons", {**body, "budget": {}}).status_code == 422
    assert house.ask("POST", "/comparisons", {**body, "arms": [arm, arm]}).status_code == 422
    assert house.ask("POST", "/comparisons", {**body, "arms": [{"model": model, "version": 9}]}).status_code == 404


def test_a_budget_ends_a_comparison_and_never_is_overdrawn(house: Bench) -> None:
    connect(house, "dear", {"input": 1000.0, "output": 1000.0}, rules=RULES)
    model = project(house, "dear")
    answered(house, 40)
    found = compare(house, model, budget={"money": 0.6})
    spent = sum(arm["cost"] for arm in found["report"]["arms"])
    assert 0 < found["report"]["items"] < 40
    assert (found["job"]["state"], spent <= 0.6) == ("done", True)
    assert found["message"].startswith("The budget of 0.6 is spent")


def test_trouble_that_is_not_the_prompts_fault_stops_it_and_it_goes_on_where_it_was(house: Bench) -> None:
    connect(house, "shaky", rules=RULES, fail_every=13)
    model = project(house, "shaky")
    answered(house, 10)
    found = compare(house, model)
    assert (found["job"]["state"], found["report"]) == ("failed", None)
    done = house.one("SELECT count(*) FROM comparison_answer WHERE comparison_id = ?", found["id"])
    assert 0 < done < 20
    for _ in range(4):
        house.call("POST", f"/api/jobs/{found['job']['id']}/resume")
        if house.wait(found["job"]["id"]).state == "done":
            break
    report = house.call("GET", f"/comparisons/{found['id']}")["report"]
    assert [a["items"] for a in report["arms"]] == [10, 10]

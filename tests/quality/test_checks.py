"""Gold in hiding, planted wrong suggestions and the first round, through the interface that people use."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from data_bench import MOOD, Bench
from milo.api.endpoint import ENDPOINTS
from milo.infra.sql.checks import ChecksSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.runs import RunsSql
from milo.infra.sql.verified import verified
from quality.people import Person

GOOD, BAD = "good", "bad"


def house(bench: Bench, n: int = 30, gold: int = 10, **policy: Any) -> list[int]:
    """A project with gold "good" on its last items."""
    bench.project(dict(MOOD), **{"overlap": 3, "order": "random", **policy})
    ids = bench.add(*[f"thing {k}" for k in range(n)])
    for item in ids[n - gold :]:
        bench.call("POST", "/gold", {"item_id": item, "values": {"mood": GOOD}})
    return ids


def purposes(bench: Bench, user: int) -> dict[int, str]:
    """Why each item was lent to a person, by item."""
    return dict(
        bench.all("SELECT item_id, purpose FROM assignment WHERE user_id = ? AND item_id / 1000000000 = ?", user, bench.p)
    )


def test_gold_is_made_replaced_listed_and_taken_back(bench: Bench) -> None:
    ids = house(bench, 6, 0)
    ann = Person(bench)
    ann.answer(ids[0], mood=BAD)
    given = bench.one("SELECT id FROM annotation WHERE item_id = ? AND role = 'answer'", ids[0])
    bench.call("POST", "/gold", {"item_id": ids[0], "annotations": [given]})
    bench.call("POST", "/gold", {"item_id": ids[1], "values": {"mood": GOOD}})
    bench.call("POST", "/gold", {"item_id": ids[1], "values": {"mood": BAD}})
    found = bench.call("GET", "/gold?question=mood")
    assert [(r["item_id"], r["value"], r["n_answers"]) for r in found["rows"]] == [(ids[0], BAD, 1), (ids[1], BAD, 0)]
    assert (found["total"], found["clean"]) == (2, 2)
    assert bench.ask("POST", "/gold", {"item_id": ids[2], "values": {"mood": "none"}}).status_code == 422
    assert bench.ask("POST", "/gold", {"item_id": ids[2]}).status_code == 422
    assert bench.ask("POST", "/gold", {"item_id": ids[2], "annotations": [given]}).status_code == 404
    assert ann.ask("POST", "/gold", {"item_id": ids[2], "values": {"mood": GOOD}}).status_code == 403
    bench.call("DELETE", f"/items/{ids[1]}/gold")
    assert bench.ask("DELETE", f"/items/{ids[1]}/gold").status_code == 404
    assert bench.call("GET", "/gold?question=mood")["total"] == 1


def test_gold_made_with_a_suggestion_in_sight_is_marked_and_tests_no_model(bench: Bench) -> None:
    ids = house(bench, 4, 0)
    bench.suggest("elsewhere", [(ids[0], GOOD, 0.9)])
    for item in ids[:2]:
        bench.call("POST", "/gold", {"item_id": item, "values": {"mood": GOOD}})
    found = bench.call("GET", "/gold?question=mood")
    assert [r["basis"] for r in found["rows"]] == ["shown", "unassisted"]
    assert (found["total"], found["clean"]) == (2, 1)
    assert bench.ws.db.read(lambda c: RunsSql(c).count_gold(bench.p, "mood")) == 1


def test_hidden_gold_comes_at_its_share_and_looks_like_any_item(bench: Bench) -> None:
    ids = house(bench, 400, 100, gold_share=0.3, overlap=1)
    gold = set(ids[300:])
    bench.ws.db.write(lambda c: c.execute("UPDATE item SET free = 0 WHERE id >= ?", (ids[300],)))
    ann = Person(bench)
    seen: list[dict[str, Any]] = []
    for _ in range(40):
        work = ann.next(5)
        seen += work
        for one in work:
            ann.answer(one["item"]["id"], mood=GOOD)
    hidden = [one for one in seen if one["item"]["id"] in gold]
    assert 25 < len(hidden) < 100, "0.3 of 200 is 60; outside of this in less than one run in a million"
    looks = {json.dumps({k: v for k, v in one["assignment"].items() if k == "purpose"}) for one in seen}
    assert len(looks) == 1, "the purpose tells nothing"
    assert {one["item"]["status"] for one in seen} == {"new"}
    assert set(purposes(bench, ann.id).values()) == {"gold", "estimate"}
    assert len({one["item"]["id"] for one in seen}) == len(seen), "nobody gets an item twice"


def test_nobody_gets_the_gold_that_they_made(bench: Bench) -> None:
    ids = house(bench, 40, 0, gold_share=0.5)
    lead = Person(bench, "reviewer")
    for item in ids[30:]:
        lead.call("POST", "/gold", {"item_id": item, "values": {"mood": GOOD}})
    for _ in range(10):
        for one in lead.next(3):
            lead.answer(one["item"]["id"], mood=BAD)
    assert "gold" not in purposes(bench, lead.id).values()


Planted = tuple[Person, dict[str, Any]]


@pytest.fixture
def planted(bench: Bench) -> Planted:
    """A project in which all suggestions are right but those that are planted; a person who believes them, and the first item with
    a planted one, answered."""
    ids = house(bench, 160, 80, planted_share=0.2)
    bench.suggest("elsewhere", [(i, GOOD, 0.9) for i in ids])
    ann = Person(bench)
    ann.answer(ids[0], mood=GOOD)  # who has answered nothing but checks is in no report
    for _ in range(80):
        (one,) = ann.next(1)
        value = one["suggestions"][0]["value"]
        ann.answer(one["item"]["id"], {"mood": one["suggestions"]}, mood=value)
        if value != GOOD:
            return ann, one
    raise AssertionError("0.2 of 80: none in less than one run in ten million")


def test_a_planted_suggestion_looks_real_and_is_told_of_afterwards(bench: Bench, planted: Planted) -> None:
    ann, first = planted
    one = first["suggestions"]
    assert len(one) == 1
    assert one[0]["value"] != GOOD
    assert one[0]["source"].startswith("elsewhere")
    assert one[0]["score"] == 0.9
    assert first["assignment"]["purpose"] == "estimate"
    again = ann.call("GET", f"/items/{first['item']['id']}/work")
    assert again["suggestions"][0]["value"] == one[0]["value"], "it stays until it is told"
    told = ann.call("GET", "/checks/mine")
    assert [(t["item_id"], t["truth"], t["caught"]) for t in told][-1] == (first["item"]["id"], GOOD, False)
    ann.call("POST", f"/checks/{told[-1]['id']}/told")
    assert first["item"]["id"] not in [t["item_id"] for t in ann.call("GET", "/checks/mine")]
    other = Person(bench)
    assert other.ask("POST", f"/checks/{told[-1]['id']}/told").status_code == 404


@pytest.mark.parametrize(("order", "purpose"), [("imported", "order"), ("random", "estimate"), ("uncertainty", "learn")])
def test_a_check_that_is_the_first_of_all_looks_like_what_comes_after_it(bench: Bench, order: str, purpose: str) -> None:
    ids = house(bench, 12, 6, gold_share=0.5, order=order)
    ann = Person(bench)
    check = bench.ws.db.write(lambda c: ChecksSql(c).lend(bench.p, ann.id, ids[-1], "gold", 3, time.time() + 600, time.time()))
    ann.next(4)
    again = ann.call("GET", f"/items/{ids[-1]}/work")["assignment"]
    assert (again["id"], again["purpose"]) == (check, purpose)


def test_a_planted_suggestion_cannot_be_told_apart_by_any_other_way(bench: Bench) -> None:
    """Whatever an annotator may read about an item with a planted suggestion shows that one, or none."""
    ids = house(bench, 60, 50, planted_share=0.2)
    bench.suggest("elsewhere", [(i, GOOD, 0.9) for i in ids])
    ann = Person(bench)
    item, planted, answered = 0, dict[str, Any](), set[int]()
    for _ in range(60):
        (one,) = ann.next(1)
        answered.add(one["item"]["id"])
        if one["suggestions"][0]["value"] != GOOD:
            item, planted = one["item"]["id"], one["suggestions"][0]
            break
        ann.answer(one["item"]["id"], {"mood": one["suggestions"]}, mood=GOOD)
    assert item, "0.2 of 60: none in less than one run in a hundred thousand"
    detail = ann.call("GET", f"/items/{item}")
    assert [(a["id"], a["value"], a["score"]) for a in detail["annotations"]] == [(planted["id"], planted["value"], 0.9)]
    other = next(i for i in ids if i not in answered)
    assert [a["author"] for a in detail["annotations"]] == [
        a["author"] for a in ann.call("GET", f"/items/{other}")["annotations"]
    ]
    read = 0
    for point in ENDPOINTS:
        if point.method != "GET" or "/projects/{p}" not in point.path or point.name == "stream_events":
            continue
        path = point.path.removeprefix("/api/projects/{p}").replace("{i}", str(item))
        if "{" in path:
            continue
        reply = ann.ask("GET", path + ("?question=mood" if "/quality/" in path else ""))
        if reply.status_code != 200:
            continue
        read += 1
        assert "plant" not in reply.text.replace("planted_share", "").replace("planted_tell", ""), path
        for found in suggestions_in(reply.json() if "json" in reply.headers["content-type"] else None):
            if found.get("item_id") == item:
                assert found["value"] == planted["value"], path
    assert read > 8
    asked = {"question": "mood", "kind": "explain", "suggestion": planted["id"]}
    assert "There is no such suggestion" not in ann.ask("POST", f"/items/{item}/assist", asked).text


def suggestions_in(found: Any) -> list[dict[str, Any]]:
    """Everything in a reply that looks like a suggestion."""
    if isinstance(found, list):
        return [one for part in found for one in suggestions_in(part)]
    if not isinstance(found, dict):
        return []
    mine = [found] if "value" in found and found.get("role", "suggestion") == "suggestion" else []
    return mine + [one for part in found.values() for one in suggestions_in(part)]


def test_where_models_give_reasons_no_mistake_is_made_up(bench: Bench) -> None:
    ids = house(bench, 40, 40, planted_share=0.2)
    rows = [{"item_id": i, "question": "mood", "value": GOOD, "score": 0.9, "reason": "it says so"} for i in ids]
    bench.call("POST", "/suggestions?name=elsewhere", rows)
    ann = Person(bench)
    for _ in range(40):
        for one in ann.next(1):
            assert one["suggestions"][0]["value"] == GOOD
            ann.answer(one["item"]["id"], {"mood": one["suggestions"]}, mood=GOOD)
    assert bench.one("SELECT count(*) FROM plant WHERE user_id = ?", ann.id) == 0


def test_answers_to_planted_suggestions_train_nothing_and_are_not_exported_as_answers(bench: Bench, planted: Planted) -> None:
    ann, first = planted
    item = first["item"]["id"]
    assert bench.one("SELECT basis FROM annotation WHERE item_id = ? AND role = 'answer'", item) == "planted"
    learned = bench.ws.db.read(lambda c: [(i, v) for i, _, v in ModelsSql(c).learnable(bench.p, "mood", 1000)])
    assert all(value == GOOD for _, value in learned)
    assert all(value == GOOD for _, _, value in bench.ws.db.read(lambda c: verified(c, bench.p, "mood", 1000)))
    bench.call("DELETE", f"/items/{item}/gold")
    rows = [json.loads(line) for line in bench.ask("GET", "/export?format=jsonl&what=resolved").text.splitlines()]
    assert next(r for r in rows if r["id"] == item)["labels"].get("mood") is None
    report = bench.call("GET", "/quality/people?question=mood")["report"]
    mine = next(p for p in report["people"] if p["name"] == ann.login)
    assert mine["caught"]["value"] == 0
    assert mine["caught"]["n_items"] >= 1
    assert mine["caught"]["high"] > 0.5, "one check proves little"


def test_a_planted_suggestion_that_was_not_seen_does_not_count(bench: Bench) -> None:
    ids = house(bench, 60, 30, planted_share=0.2, show="on_demand")
    bench.suggest("elsewhere", [(i, GOOD, 0.9) for i in ids])
    ann = Person(bench)
    for _ in range(60):
        for one in ann.next(1):
            ann.answer(one["item"]["id"], mood=GOOD)
    outcomes = {row[0] for row in bench.all("SELECT outcome FROM plant WHERE user_id = ?", ann.id)}
    assert outcomes == {"unseen"}
    assert ann.call("GET", "/checks/mine") == []


def test_nothing_is_planted_on_blind_items_or_where_it_would_stand_out(bench: Bench) -> None:
    ids = house(bench, 60, 60, planted_share=0.2, blind_share=1.0)
    ann = Person(bench)
    for _ in range(40):
        for one in ann.next(1):
            assert one["suggestions"] == []
            ann.answer(one["item"]["id"], mood=GOOD)
    assert bench.one("SELECT count(*) FROM plant WHERE user_id = ?", ann.id) == 0
    assert bench.counts()["blind"] == len(ids)


ROUND = {"items": 3, "pass_mark": 0.6}


def test_the_first_round_comes_before_anything_else(bench: Bench) -> None:
    ids = house(bench, 20, 6, qualification=ROUND)
    bench.suggest("elsewhere", [(i, GOOD, 0.9) for i in ids])
    ann, lead = Person(bench), Person(bench, "reviewer")
    assert len(lead.next(5)) == 5, "reviewers are not examined"
    for k in range(3):
        work = ann.next(5)
        assert [one["item"]["id"] in ids[14:] for one in work] == [True]
        assert work[0]["suggestions"] == [], "without help"
        view = ann.call("GET", "/qualification")
        assert (view["state"], view["done"], len(view["feedback"])) == ("open", k, k)
        ann.answer(work[0]["item"]["id"], mood=GOOD if k else BAD)
    assert len(ann.next(5)) == 5
    view = ann.call("GET", "/qualification")
    assert (view["state"], view["score"]) == ("passed", pytest.approx(2 / 3))
    assert [f["agreement"] for f in view["feedback"]] == [0, 1, 1]
    assert bench.call("GET", "/quality/people?question=mood")["report"]["people"][0]["qualification"] == "passed"


@pytest.mark.parametrize(("on_fail", "after"), [("stop", 0), ("go_on", 5), ("again", 1)])
def test_what_happens_on_failing(bench: Bench, on_fail: str, after: int) -> None:
    house(bench, 20, 6, qualification={**ROUND, "on_fail": on_fail, "feedback": "none"})
    ann = Person(bench)
    first: set[int] = set()
    for _ in range(3):
        (one,) = ann.next(5)
        first.add(one["item"]["id"])
        ann.answer(one["item"]["id"], mood=BAD)
    if on_fail == "again":
        ann.next(5)
    work = ann.next(5)
    assert len(work) == after
    assert not first & {one["item"]["id"] for one in work}
    view = ann.call("GET", "/qualification")
    assert view["state"] == ("open" if on_fail == "again" else "failed")
    assert view["feedback"] == []
    if on_fail == "stop":
        assert ann.ask("POST", f"/qualification/{ann.id}/again").status_code == 403
        bench.call("POST", f"/qualification/{ann.id}/again")
        assert len(ann.next(5)) == 1


def test_without_gold_there_is_no_round(bench: Bench) -> None:
    house(bench, 10, 0, qualification=ROUND)
    assert len(Person(bench).next(5)) == 5

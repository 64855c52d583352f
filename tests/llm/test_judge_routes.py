"""Judges over the interface: set up, asked live, compared in both orders, removed; and never a word about a blind item."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llm.court import BAD, CANARY, GOOD, Court, Crowd, live, told


def test_live_advice_is_given_dismissed_and_logged(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge(live="asked")
    assert [j["name"] for j in court.call("GET", "/judges/live", who="ana")] == ["first"]
    assert court.call("GET", "/judges/live", who="ana")[0]["tested"] is False
    advice = live(court, judge, item, BAD)
    verdict = advice["verdict"]["verdict"]
    assert (advice["available"], verdict["passed"], verdict.get("own_model", False)) == (True, False, False)
    assert verdict["scores"][0]["evidence"] == ["rises in the"]
    assert verdict["advice"].startswith(CANARY)
    at = f"/verdicts/{advice['verdict']['id']}/respond"
    assert court.ask("POST", at, {"response": "dismissed"}, who="ben").status_code == 404, "it was not his advice"
    assert court.ask("POST", at, {"response": "changed"}, who="ana").status_code == 422
    assert court.call("POST", at, {"response": "dismissed"}, who="ana")["response"] == "dismissed"
    court.answer(item, BAD)
    kinds = court.ws.db.read(
        lambda c: [r[0] for r in c.execute("SELECT kind FROM event WHERE item_id = ? ORDER BY id", (item,))]
    )
    assert kinds == ["advice.dismissed", "answer"]
    assert court.until(lambda: court.call("GET", f"/judges/{judge}/report")["advice"]["dismissed"]) == 1


def test_what_was_changed_after_advice_is_counted_against_gold(court: Court) -> None:
    items = court.add(4)
    judge = court.judge(live="paused")
    rows = [(BAD, GOOD, "taken"), (BAD, GOOD, None), (BAD, BAD, None), ("The Giants", BAD, None)]
    for item, (before, after, response) in zip(items, rows, strict=True):
        got = live(court, judge, item, before)["verdict"]
        if response:
            court.call("POST", f"/verdicts/{got['id']}/respond", {"response": response}, who="ana")
        court.answer(item, after)
    for item, gold in zip(items, (GOOD, GOOD, GOOD, "The Giants"), strict=True):
        court.ws.db.write(
            lambda c, item=item, gold=gold: c.execute(
                "INSERT INTO annotation (item_id, question, role, author_kind, value, basis, schema_version, created_at) "
                "VALUES (?, 'answer', 'gold', 'person', ?, 'imported', 1, 0)",
                (item, json.dumps(gold)),
            )
        )
    done = lambda: court.call("GET", f"/judges/{judge}/report")["advice"]  # noqa: E731
    court.until(lambda: done()["changed"] == 1 and done())
    (line,) = [one for one in court.call("GET", "/second-thoughts") if one["cause"] == "advice"]
    assert (line["n"], line["changed"], line["judged"], line["wrong_to_right"], line["right_to_wrong"]) == (3, 2, 3, 2, 0)
    changed = court.call("GET", "/second-thoughts/answers?cause=advice")
    assert [(one["first"], one["final"], one["outcome"]) for one in changed] == [(BAD, GOOD, "mended")] * 2
    assert done() == {
        "shown": 4, "given": 3, "dismissed": 0, "taken": 1, "changed": 1, "checked": 2, "right_to_wrong": 0, "wrong_to_right": 2,
    }  # fmt: skip


def test_live_advice_does_not_speak_where_it_was_not_asked_to(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge()
    body = {"item_id": item, "question": "answer", "value": BAD}
    assert court.ask("POST", f"/judges/{judge}/review", body, "ana").status_code == 409, "it gives no live advice"
    court.call("PATCH", f"/judges/{judge}", {"live": "asked"})
    assert court.ask("POST", f"/judges/{judge}/review", {**body, "question": "sure", "value": "yes"}, "ana").status_code == 422
    assert court.ask("POST", f"/judges/{judge}/review", {**body, "value": 7}, "ana").status_code == 422
    assert court.ask("POST", f"/judges/{judge}/review", {**body, "item_id": item + 77}, "ana").status_code == 404
    court.call("PATCH", f"/judges/{judge}", {"enabled": False})
    assert court.ask("POST", f"/judges/{judge}/review", body, "ana").status_code == 409


def test_a_rule_on_data_keeps_the_judge_out_by_its_name(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge(live="asked")
    spec = court.call("GET", f"/api/projects/{court.p}")["spec"]
    court.call("PATCH", f"/api/projects/{court.p}", {"policy": {**spec["policy"], "data": {"models": ["another"]}}})
    reply = court.ask("POST", f"/judges/{judge}/review", {"item_id": item, "question": "answer", "value": BAD}, "ana")
    assert (reply.status_code, "policy.data.models" in reply.text) == (403, True)


def test_a_judge_says_where_its_own_model_suggested(court: Court) -> None:
    items = court.add(2)
    court.connect("twin", [{"answer": told("4")}], model="m1")
    court.connect("other", [{"answer": told("4")}], model="m1")
    judge = court.judge(live="asked", config={"connection": "twin"})
    given = [{"item_id": items[0], "question": "answer", "value": GOOD, "score": 0.9}]
    court.call("POST", "/suggestions?name=speaker", given)
    assert not live(court, judge, items[0], BAD)["verdict"]["verdict"].get("own_model", False)

    class Asks:
        asks = True

        def connections(self, config: dict[str, Any]) -> list[str]:
            return ["other"]

    shelf: Any = court.ws.registry.predictors
    shelf._by_name["import"] = Asks()
    assert live(court, judge, items[0], BAD)["verdict"]["verdict"]["own_model"] is True, "the same model by another name"
    assert not live(court, judge, items[1], BAD)["verdict"]["verdict"].get("own_model", False)


def test_two_answers_are_compared_in_both_orders(court: Court) -> None:
    (item,) = court.add(1)
    better = {"criteria": {n: {"reason": "r", "better": "A"} for n in ("right", "score")}, "reason": "r", "better": "A"}
    court.connect("lean", [{"answer": better}])
    judge = court.judge(plugin="pairwise", config={"connection": "lean"})
    for _ in range(3):
        got = court.call("POST", f"/judges/{judge}/compare", {"item_id": item, "value": GOOD, "other": BAD})
        assert got["verdict"]["verdict"]["total"] == 0.5, "always the first is no preference"
    found = court.call("GET", f"/judges/{judge}/report")
    assert (found["position"]["value"], found["first_place"]["value"]) == (0.0, 1.0)
    assert court.ask("POST", f"/judges/{judge}/run", {}).status_code == 409
    body = {
        "plugin": "pairwise",
        "name": "p",
        "question": "answer",
        "rubric": "facts",
        "config": {"connection": "lean"},
        "live": "asked",
    }
    assert court.ask("POST", "/judges", body).status_code == 422


def test_a_review_is_stopped_when_the_request_goes_away(court: Court) -> None:
    """The route sees that the caller left and ends the call of the model; it does not wait for the answer."""
    import asyncio

    from milo.api.endpoint import Call
    from milo.api.routes.verdicts import _waiting
    from milo.domain.errors import Conflict

    class Gone:
        async def is_disconnected(self) -> bool:
            return True

    ended: list[str] = []

    async def slow() -> Any:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("ended")

    call: Any = Call.__new__(Call)
    call.request = Gone()
    future: Any = court.ws.gateway.run(slow())
    with pytest.raises(Conflict):
        asyncio.run(_waiting(call, future))
    court.until(lambda: ended)


def test_a_judge_is_removed_with_all_it_said(court: Court) -> None:
    items = court.add(3)
    judge = court.judge(live="asked")
    for item in items:
        court.answer(item, BAD)
    court.sweep(judge)
    court.call("POST", f"/judges/{judge}/audit", {"pick": court.call("POST", f"/judges/{judge}/audit/next", who="rea")["pick"], "scores": {"right": 1, "score": 1}}, "rea")  # fmt: skip
    court.call("DELETE", f"/judges/{judge}")
    left = court.ws.db.read(
        lambda c: [c.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("verdict", "audit_pick", "judge")]
    )
    assert left == [0, 0, 0]


def test_nothing_of_a_judge_ever_leaves_about_a_blind_item(tmp_path: Path, crowd: Crowd) -> None:
    court = Court(tmp_path / "ws", crowd, blind_share=0.5)
    try:
        items = court.add(20)
        blind = set(court.ws.db.read(lambda c: [r[0] for r in c.execute("SELECT id FROM item WHERE blind = 1")]))
        assert 3 < len(blind) < 17
        judge = court.judge(live="paused", after=True)
        other = court.judge("second")
        pair = court.judge("pair", plugin="pairwise")
        for item in items:
            advice = live(court, judge, item, BAD)
            assert advice["available"] is (item not in blind)
            assert (CANARY in json.dumps(advice)) is (item not in blind)
            court.answer(item, BAD)
        seen = court.call("POST", f"/judges/{pair}/compare", {"item_id": min(blind), "value": BAD, "other": GOOD})
        assert seen == {"available": False, "verdict": None}
        court.sweep(other, flag=True)
        court.until(lambda: len(court.call("GET", f"/verdicts?judge={other}&limit=200")) == 20 - len(blind))
        asked = court.ws.db.read(lambda c: {r[0] for r in c.execute("SELECT DISTINCT item_id FROM verdict")})
        assert not asked & blind
        flagged = court.ws.db.read(lambda c: {r[0] for r in c.execute("SELECT id FROM item WHERE flagged > 0")})
        assert flagged == set(items) - blind, "not even a flag"
        court.ws.db.write(
            lambda c: c.execute("UPDATE verdict SET item_id = ? WHERE id = (SELECT min(id) FROM verdict)", (min(blind),))
        )
        assert all(v["item_id"] not in blind for v in court.call("GET", "/verdicts?limit=200")), "the gate holds even then"
        for address in [f"/items/{i}" for i in blind] + [f"/items/{i}/work" for i in blind] + ["/items?limit=50", "/facets"]:
            assert CANARY not in court.ask("GET", address, who="rea").text, address
        picked = set()
        while (task := court.call("POST", f"/judges/{other}/audit/next", who="rea"))["pick"] is not None:
            picked.add(task["item"]["id"])
            court.call("POST", f"/judges/{other}/audit", {"pick": task["pick"], "scores": {"right": 1, "score": 1}}, "rea")
        assert picked == set(items) - blind
        assert CANARY not in court.ask("GET", "/export?format=jsonl&what=everything").text
    finally:
        court.close()

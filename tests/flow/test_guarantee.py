"""Guaranteed acceptance over the interface: what may be accepted, what is promised, and that promises are kept."""

from __future__ import annotations

import json
import uuid
from typing import Any

import numpy as np
import pytest

from data_bench import Bench


def world(bench: Bench, n: int = 600, share: float = 0.4, error: float = 0.0, seed: int = 1) -> dict[int, bool]:
    """Items with suggestions of a model that errs where it is unsure; by item, whether the suggestion is wrong."""
    rng = np.random.default_rng(seed)
    bench.project(blind_share=share, order="random")
    ids = bench.add(*(f"text {k}" for k in range(n)))
    score = rng.random(n).round(3)
    wrong = rng.random(n) < error * (1 - score)
    bench.suggest("guesser", [(i, "bad" if w else "good", float(s)) for i, w, s in zip(ids, wrong, score, strict=True)])
    return {i: bool(w) for i, w in zip(ids, wrong, strict=True)}


def blind(bench: Bench) -> list[int]:
    return [r[0] for r in bench.all("SELECT id FROM item WHERE blind = 1 AND id / 1000000000 = ? ORDER BY id", bench.p)]


def answer_blind(bench: Bench, n: int) -> int:
    """People answer so many blind items, all of them good; how many there were."""
    some = blind(bench)[:n]
    for item in some:
        bench.answer(item, mood="good")
    return len(some)


def look(bench: Bench, **more: Any) -> dict[str, Any]:
    return bench.call("POST", "/guarantee", {"question": "mood", **more})


def accept(bench: Bench, least: float, wish: dict[str, Any] | None = None, **more: Any) -> Any:
    body = {"op_id": uuid.uuid4().hex, "question": "mood", "min_score": least, **more}
    return bench.ask("POST", "/bulk/accept", body | ({"promise": wish} if wish else {}))


def test_without_blind_answers_everything_goes_to_people(bench: Bench) -> None:
    world(bench)
    offer = look(bench)
    assert (offer["best"], offer["audits"], offer["promise"], offer["target"]) == (None, 0, "total", 0.05)
    assert offer["why"].startswith("Send everything to people for now: about ")
    assert 20 < offer["more"] < 200
    refused = accept(bench, 0.9, {"target": 0.05})
    assert refused.status_code == 409
    assert "accept without a guarantee" in refused.json()["error"]["message"]


def test_with_blind_answers_the_slider_tells_what_may_be_accepted(bench: Bench) -> None:
    wrong = world(bench, error=0.1)
    audited = answer_blind(bench, 1000)
    offer = look(bench)
    assert offer["audits"] == audited > 150
    assert offer["wrong"] == sum(wrong[i] for i in blind(bench))
    (card,) = bench.call("GET", "/models")
    assert (card["quality"]["n"], card["quality"]["correct"]) == (audited, audited - offer["wrong"])
    assert offer["slice_keys"] == []
    best, curve = offer["best"], offer["curve"]
    assert best["bound"] <= 0.05
    assert best["accepted"] > 100
    step = round(best["threshold"] * 100)
    assert (curve["accepted"][step], curve["errors"][step]) == (best["accepted"], best["errors"])
    assert curve["bound"][:95] == sorted(curve["bound"][:95], reverse=True)
    done = accept(bench, best["threshold"], {"target": 0.05}).json()
    assert done["changed"] == best["accepted"]
    assert done["promise"]["bound"] == pytest.approx(best["bound"])
    taken = [r[0] for r in bench.all("SELECT item_id FROM annotation WHERE bulk_id = ?", done["bulk"])]
    assert sum(wrong[i] for i in taken) <= done["promise"]["errors"]
    line = bench.call("GET", "/bulk")[0]
    assert (line["basis"], line["promise"]["promise"]) == ("guaranteed", "total")
    assert line["promise"]["words"].startswith("At most ")


def test_acceptance_without_a_guarantee_is_named_so(bench: Bench) -> None:
    world(bench)
    assert accept(bench, 0.9).json()["promise"] is None
    assert bench.call("GET", "/bulk")[0]["basis"] == "no guarantee"
    assert "accepted without a guarantee" in " ".join(look(bench)["notes"])


def test_where_errors_are_too_frequent_it_says_so(bench: Bench) -> None:
    world(bench, error=1.0)
    answer_blind(bench, 1000)
    offer = look(bench, wish={"promise": "among", "target": 0.01})
    assert offer["best"] is None
    assert offer["why"].startswith("Send everything to people")
    for kind in ("total", "among", "expected"):
        found = look(bench, wish={"promise": kind, "target": 0.3})
        assert found["best"] is None or found["best"]["bound"] <= 0.3


def test_a_second_acceptance_counts_what_the_first_has_accepted(bench: Bench) -> None:
    world(bench)
    answer_blind(bench, 1000)
    first = accept(bench, 0.8, {"target": 0.05}).json()
    again = look(bench)
    assert again["curve"]["errors"][50] >= first["promise"]["errors"] > 0
    second = accept(bench, 0.5, {"target": 0.05}).json()
    assert second["promise"]["errors"] >= first["promise"]["errors"]
    bench.call("POST", "/suggestions?name=guesser&version=2", [
        {"item_id": r[0], "question": "mood", "value": "good", "score": 0.9}
        for r in bench.all("SELECT id FROM item WHERE id / 1000000000 = ?", bench.p)
    ])  # fmt: skip
    later = look(bench, wish={"target": 0.2})
    assert later["version"] == 2
    assert later["prior"] == pytest.approx(first["promise"]["errors"] + second["promise"]["errors"])


def test_looks_are_counted_once_for_the_same_evidence(bench: Bench) -> None:
    world(bench)
    answer_blind(bench, 40)
    wish = {"promise": "expected", "target": 0.1}
    assert [look(bench, wish=wish)["look"] for _ in range(3)] == [1, 1, 1]
    bench.answer(blind(bench)[41], mood="good")
    assert look(bench, wish=wish)["look"] == 2
    assert look(bench, wish=wish | {"target": 0.2})["look"] == 3


def test_more_blind_answers_can_be_asked_for_and_come_first(bench: Bench) -> None:
    world(bench, share=0.0)
    before = bench.counts()
    assert bench.call("POST", "/guarantee/ask", {"question": "mood", "n": 5}) == {"drawn": 5}
    assert bench.counts() == bench.recount()
    assert bench.counts()["blind"] == 5
    assert bench.counts()["suggested"] == before["suggested"] - 5
    work = bench.call("GET", "/queue?n=8")
    assert [w["assignment"]["purpose"] for w in work[:5]] == ["estimate"] * 5
    assert work[0]["assignment"]["odds"] == pytest.approx(5 / 600)
    assert [bool(w["suggestions"]) for w in work] == [False] * 5 + [True] * 3
    bench.answer(work[0]["item"]["id"], mood="good")
    assert bench.one("SELECT basis FROM annotation WHERE item_id = ? AND role = 'answer'", work[0]["item"]["id"]) == "blind"
    assert look(bench)["audits"] == 1
    assert bench.counts() == bench.recount()


def accepted(bench: Bench, error: float = 0.0) -> dict[str, Any]:
    world(bench, n=1200, share=0.2, error=error)
    answer_blind(bench, 1000)
    return accept(bench, look(bench)["best"]["threshold"], {"target": 0.05}).json()


def audit(bench: Bench, mood: str) -> list[int]:
    """People answer all audits that wait; the items."""
    done: list[int] = []
    while work := [w for w in bench.call("GET", "/queue?n=20") if w["assignment"]["purpose"] == "audit"]:
        for one in work:
            assert one["suggestions"] == []
            done.append(one["item"]["id"])
            bench.answer(done[-1], mood=mood)
    return done


def drain(bench: Bench) -> None:
    """Hand back what was lent besides audits, so that only audits are left to lend."""
    ids = [r[0] for r in bench.all("SELECT id FROM item WHERE free > 0 AND id / 1000000000 = ?", bench.p)]
    bench.call("POST", "/bulk/label", {"op_id": uuid.uuid4().hex, "question": "mood", "value": "good", "item_ids": ids})


def test_audits_are_drawn_with_known_odds_and_answered_blind(bench: Bench) -> None:
    done = accepted(bench)
    drawn = bench.all("SELECT odds, value FROM blind_draw WHERE bulk_id = ?", done["bulk"])
    assert 20 <= len(drawn) <= 90
    assert {odds for odds, _ in drawn} == {min(1.0, max(0.05, 50 / done["changed"]))}
    assert bench.counts() == bench.recount()
    drain(bench)
    items = audit(bench, "good")
    assert len(items) == len(drawn)
    assert {bench.one("SELECT basis FROM annotation WHERE item_id = ? AND live = 1 AND role = 'answer'", i) for i in items} == {
        "audit"
    }
    assert bench.counts() == bench.recount()
    state = bench.call("GET", "/permissions")[0]
    assert (state["state"], state["audits"]["answered"], state["audits"]["wrong"]) == ("in force", len(items), 0)
    assert state["audits"]["within"] > 10
    assert bench.call("POST", f"/bulk/{done['bulk']}/undo")["reverted"] == done["changed"] - len(items)
    assert bench.counts() == bench.recount()
    assert bench.call("GET", "/permissions")[0]["state"] == "taken back"


def test_a_permission_lapses_when_audits_disagree(bench: Bench) -> None:
    accepted(bench)
    drain(bench)
    audit(bench, "bad")
    state = bench.call("GET", "/permissions")[0]
    assert (state["state"], state["reason"]) == ("lapsed", "errors")
    assert "audited items were wrong" in state["why"]
    offer = look(bench)
    assert (offer["audits"], offer["best"]) == (0, None)
    assert bench.call("GET", "/permissions")[0]["lapsed_at"] == state["lapsed_at"]


def test_a_permission_lapses_with_a_new_version(bench: Bench) -> None:
    accepted(bench)
    item = bench.one("SELECT max(id) FROM item WHERE id / 1000000000 = ?", bench.p)
    row = {"item_id": item, "question": "mood", "value": "good", "score": 0.9}
    bench.call("POST", "/suggestions?name=guesser&version=2", [row])
    state = bench.call("GET", "/permissions")[0]
    assert (state["state"], state["reason"]) == ("lapsed", "version")
    assert "Version 2" in state["why"]


def test_a_permission_lapses_when_the_same_version_says_otherwise(bench: Bench) -> None:
    accepted(bench)
    rows = bench.all(
        "SELECT item_id, value, score FROM annotation WHERE role = 'suggestion' AND item_id / 1000000000 = ? LIMIT 30", bench.p
    )
    again: list[dict[str, Any]] = [{"item_id": i, "question": "mood", "value": json.loads(v), "score": s} for i, v, s in rows]
    bench.call("POST", "/suggestions?name=guesser&version=1", again)
    assert bench.call("GET", "/permissions")[0]["state"] == "in force"
    for row in again[:7]:
        row["score"] = 1.0 - row["score"] / 2
    bench.call("POST", "/suggestions?name=guesser&version=1", again)
    state = bench.call("GET", "/permissions")[0]
    assert (state["state"], state["reason"]) == ("lapsed", "version")
    assert state["why"].startswith("7 answers of version 1 were written anew")
    before = look(bench)
    assert before["prior"] >= state["promise"]["errors"]
    assert [r[0] for r in bench.all("SELECT epoch FROM guarantee_plan WHERE project_id = ?", bench.p)] == [0, 1]


def test_a_permission_lapses_when_rules_are_edited(bench: Bench) -> None:
    bench.project(blind_share=0.3, order="random")
    ids = bench.add(*(f"text {k} is fine" for k in range(300)))
    config = {"rules": [{"kind": "keyword", "pattern": "fine", "label": "good"}]}
    made = bench.call("POST", "/models", {"plugin": "rules", "name": "rules", "question": "mood", "config": config})
    bench.wait(bench.call("POST", f"/models/{made['id']}/suggest", {"all": True})["id"])
    answer_blind(bench, len(ids))
    bench.until(lambda: look(bench)["audits"] == len(blind(bench)))
    assert accept(bench, 0.0, {"target": 0.2}).status_code == 200
    assert bench.call("GET", "/permissions")[0]["state"] == "in force"
    config["rules"][0]["pattern"] = "text"
    assert bench.call("PATCH", f"/models/{made['id']}", {"config": config})["version"] == made["version"] + 1
    state = bench.call("GET", "/permissions")[0]
    assert (state["state"], state["reason"]) == ("lapsed", "version")


def test_a_permission_lapses_when_new_items_look_different(bench: Bench) -> None:
    accepted(bench)
    more = bench.add(*(f"new text of quite another length {k}" for k in range(150)))
    bench.suggest("guesser", [(i, "good", 0.99) for i in more])
    state = bench.call("GET", "/permissions")[0]
    assert (state["state"], state["reason"]) == ("lapsed", "data")
    assert "New items differ in their" in state["why"]


def test_a_permission_stays_while_new_items_are_alike(bench: Bench) -> None:
    accepted(bench)
    rng = np.random.default_rng(5)
    more = bench.add(*(f"Text {k}" for k in rng.permutation(1200)[:150]))
    bench.suggest("guesser", [(i, "good", float(s)) for i, s in zip(more, rng.random(150).round(3), strict=True)])
    assert bench.call("GET", "/permissions")[0]["state"] == "in force"


def test_an_item_in_audit_shows_nothing_of_what_was_accepted(bench: Bench) -> None:
    done = accepted(bench)
    item = bench.one("SELECT item_id FROM blind_draw WHERE bulk_id = ?", done["bulk"])
    assert bench.call("GET", f"/items/{item}")["annotations"] == []

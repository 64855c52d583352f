"""A study from design to report through the API: people get what their arm allows, in their order, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from milo.flow.study.data import read_data
from milo.flow.study.plan import read_plan
from milo.flow.study.report import report
from study.conftest import Hall, Taker


def truth_or_suggestion(hall: Hall) -> Any:
    """Answers what is suggested, else what is right."""
    return lambda work: work["suggestions"][0]["value"] if work["suggestions"] else hall.truth[work["item"]["id"]]


def pace(work: dict[str, Any]) -> float:
    """Half as long with a suggestion."""
    return (10.0 if work["suggestions"] else 20.0) * (1 + work["item"]["ord"] % 3 / 10)


def run(hall: Hall, taker: Taker, **more: Any) -> Any:
    return taker.work(pace, truth_or_suggestion(hall), **more)


def test_a_study_from_design_to_report(hall: Hall) -> None:
    hall.furnish(people=6)
    study = hall.begin(withhold=0.2, hourly=30.0)
    assert hall.ask("GET", f"/studies/{study}/report").status_code == 409, "no looking before the end"
    for taker in hall.takers:
        assert run(hall, taker)["phase"] == "none", "through with it: the study concerns this person no more"
    view = hall.call("GET", f"/studies/{study}")
    assert view["state"] == "ended", "the last one ends it"
    assert all(p["finished_at"] and p["items_done"] == p["items"] == 14 for p in view["people"])
    found = hall.call("GET", f"/studies/{study}/report")
    [contrast] = found["contrasts"]
    assert contrast["time"]["value"] == pytest.approx(0.5, abs=0.06)
    assert contrast["time"]["p"] == pytest.approx(2 / 2**6)
    assert contrast["verdict"]["time"] == "faster"
    assert contrast["perceived"]["value"] == pytest.approx(0.4)
    assert [line["arm"] for line in found["arms"]] == ["manual", "pre-annotated"]
    assert found["arms"][0]["quality"]["value"] == 1, "by hand they are always right here"
    assert found["arms"][1]["quality"]["value"] < 1, "and with suggestions as right as these"
    assert contrast["over_reliance"]["value"] == 1
    assert found["arms"][0]["load"] == pytest.approx(140 / 6)
    assert found["conduct"]["left_out"] == {
        "warm-up": 12, "not reached": 0, "skipped": 0, "no measured time": 0, "too short": 0
    }  # fmt: skip
    assert found["conduct"]["peeks"] == 0
    assert "frozen" in found["methods"]


def test_the_files_give_the_same_numbers(hall: Hall) -> None:
    hall.furnish(people=6)
    study = hall.begin()
    for taker in hall.takers:
        run(hall, taker)
    found = hall.call("GET", f"/studies/{study}/report")
    plan = read_plan(hall.ask("GET", f"/studies/{study}/plan").content)
    data = hall.ask("GET", f"/studies/{study}/data").content
    again = json.loads(msgspec.json.encode(report(plan, read_data(data))))
    for name in ("contrasts", "arms", "learning", "curve", "conduct", "methods"):
        assert again[name] == found[name], name
    assert plan.hash == found["conduct"]["plan_hash"]
    for taker in hall.takers:
        assert f"p{hall.takers.index(taker)}" not in data.decode(), "people stand as codes"


def test_nobody_gets_more_than_the_arm_allows(hall: Hall) -> None:
    hall.furnish(people=4, items=60)
    arms = [{"name": "manual"}, {"name": "pre-annotated", "show": "shown"}]
    study = hall.begin(arms=arms, withhold=0.25, per_arm=8)
    rows = hall.all("SELECT user_id, item_id, period, place, arm, withheld FROM study_task WHERE study_id = ?", study)
    task = {(user, item): (period, place, arm, withheld) for user, item, period, place, arm, withheld in rows}
    assert sum(withheld for *_, withheld in rows) == 4 * 2, "a quarter of eight, for each person"
    for taker in hall.takers:
        run(hall, taker)
        order = [task[taker.user, one["item"]["id"]] for one in taker.seen]
        assert [o[:2] for o in order] == sorted(o[:2] for o in order), "block by block, in the order of the plan"
        for one in taker.seen:
            _, _, arm, withheld = task[taker.user, one["item"]["id"]]
            assert bool(one["suggestions"]) == (arm == 1 and not withheld)
            assert one["allowed"] == {"suggestions": arm == 1, "assistant": False, "judge": False}
            assert one["show"]["mood"] == ("shown" if one["suggestions"] else "hidden")
    basis = hall.all(
        "SELECT t.arm, t.withheld, a.basis FROM study_task t JOIN annotation a ON a.item_id = t.item_id AND a.user_id = t.user_id "
        "WHERE t.study_id = ? AND a.role = 'answer'", study,
    )  # fmt: skip
    assert {(arm == 1 and not withheld, basis) for arm, withheld, basis in basis} == {(True, "shown"), (False, "unassisted")}


def test_what_is_closed_to_those_at_work(hall: Hall) -> None:
    hall.furnish(people=2)
    hall.takers.append(hall.person("lead", role="manager"))
    study = hall.begin()
    lead = hall.takers[-1]
    lead.step("welcome")
    lead.step("ready")
    for path in ("/items", "/items/ids", "/facets", "/export?format=jsonl", "/models", "/verdicts"):
        assert lead.client.get(f"{lead.at}{path}").status_code == 403, path
    assert lead.client.get(f"{lead.at}/studies/{study}/report?peek=true").status_code == 403
    assert lead.get(f"/studies/{study}")["state"] == "running", "progress is no result"
    later = hall.all(
        "SELECT item_id FROM study_task WHERE study_id = ? AND user_id = ? AND period = 1 ORDER BY place", study, lead.user
    )[0][0]
    for path in (f"/items/{later}/work", f"/items/{later}"):
        assert lead.client.get(f"{lead.at}{path}").status_code == 409, path
    other = next(i for i in hall.ids if not hall.all("SELECT 1 FROM study_task WHERE item_id = ?", i))
    assert lead.client.get(f"{lead.at}/items/{other}/work").status_code == 409
    body = {"op_id": "too-early-1", "item_id": later, "values": {"mood": "good"}}
    assert lead.client.post(f"{lead.at}/answers", json=body).status_code == 409
    assert lead.get("/effort") == []
    run(hall, lead)
    assert lead.client.get(f"{lead.at}/items").status_code == 200, "open again"


def test_suggestions_stay_as_they_were(hall: Hall) -> None:
    hall.furnish(people=1, items=30)
    hall.begin(warm_up=0, layout="interleaved", withhold=0)
    before = dict(hall.all("SELECT item_id, value FROM annotation WHERE role = 'suggestion'"))
    hall.suggest("helper", [(i, "so so", 0.5) for i in hall.ids])
    hall.suggest("newcomer", [(i, "so so", 0.99) for i in hall.ids])
    [taker] = hall.takers
    run(hall, taker)
    shown = [one for one in taker.seen if one["suggestions"]]
    assert len(shown) == 6
    for one in shown:
        assert [s["source"] for s in one["suggestions"]] == ["helper-mood"] or len(one["suggestions"]) == 1
        assert json.dumps(one["suggestions"][0]["value"]) == before[one["item"]["id"]]


def test_a_block_ends_with_its_last_answer_and_the_form(hall: Hall) -> None:
    hall.furnish(people=2)
    hall.begin(warm_up=1)
    taker = hall.takers[0]
    assert taker.get("/study")["phase"] == "welcome"
    assert taker.get("/queue?n=5") == [], "nothing before it has begun"
    assert taker.step("welcome", attitude=4)["phase"] == "ready"
    assert taker.step("welcome")["phase"] == "ready", "a step that was taken changes nothing"
    part = taker.step("ready")
    assert (part["phase"], part["block"], part["total"]) == ("working", 0, 1)
    [warm] = taker.get("/queue?n=5")
    assert warm["suggestions"] == []
    taker.submit(warm, "good", 5)
    part = taker.get("/study")
    assert (part["phase"], part["block"], part["blocks"]) == ("ready", 1, 2), "warming up needs no form"
    taker.step("ready")
    items = taker.get("/queue?n=3")
    have = ",".join(str(w["item"]["id"]) for w in items)
    more = taker.get(f"/queue?n=5&have={have}")
    assert len(more) == 2
    assert not {w["item"]["id"] for w in more} & {w["item"]["id"] for w in items}
    for one in [*items, *more, *taker.get(f"/queue?n=50&have={have}")[2:]]:
        taker.submit(one, "good", 5)
    assert taker.get("/study")["phase"] == "form"
    assert taker.get("/queue?n=5") == []
    first = items[0]["item"]["id"]
    taker.post("/unsubmit", {"op_id": "back-again-1", "item_id": first})
    assert taker.get("/study")["phase"] == "working", "an answer that was taken back is due again"
    taker.submit(taker.get("/queue?n=1")[0], "bad", 5)
    bad = taker.client.post(f"{taker.at}/study", json={"phase": "form", "form": {"tlx": [1, 2, 3]}})
    assert bad.status_code == 422
    assert taker.step("form", form={"tlx": [0, 10, 20, 30, 40, 50], "trust": [1, 2, 3]})["phase"] == "ready"


def test_peeks_are_counted_and_said(hall: Hall) -> None:
    hall.furnish(people=2)
    study = hall.begin()
    run(hall, hall.takers[0], most=8)
    hall.call("GET", f"/studies/{study}/report?peek=true")
    found = hall.call("GET", f"/studies/{study}/report?peek=true")
    assert found["conduct"]["peeks"] == 2
    assert "looked at 2 times before the end" in found["methods"]
    assert found["conduct"]["left_out"]["not reached"] > 0
    hall.call("POST", f"/studies/{study}/end")
    assert hall.call("GET", f"/studies/{study}/report")["conduct"]["peeks"] == 2
    assert hall.takers[1].get("/study")["phase"] == "none"
    assert hall.ask("POST", f"/studies/{study}/end").status_code == 409


def test_what_a_study_needs_is_said(hall: Hall) -> None:
    hall.furnish(people=2, items=10)
    draft = hall.call("POST", "/studies", hall.design())
    assert hall.call("GET", f"/studies/{draft['id']}")["fits"] == 10
    refused = hall.ask("POST", f"/studies/{draft['id']}/freeze")
    assert refused.status_code == 409
    assert "needs 14 items" in refused.text
    hall.call("PUT", f"/studies/{draft['id']}", hall.design(per_arm=3, arms=[{"name": "a"}, {"name": "b", "assistant": True}]))
    assert "assistant" in hall.ask("POST", f"/studies/{draft['id']}/freeze").text
    hall.call("PUT", f"/studies/{draft['id']}", hall.design(per_arm=3))
    hall.call("POST", f"/studies/{draft['id']}/freeze")
    assert hall.ask("PUT", f"/studies/{draft['id']}", hall.design()).status_code == 409, "frozen is frozen"
    assert hall.ask("DELETE", f"/studies/{draft['id']}").status_code == 409
    second = hall.call("POST", "/studies", hall.design(per_arm=1, warm_up=0))["id"]
    assert "another running study" in hall.ask("POST", f"/studies/{second}/freeze").text

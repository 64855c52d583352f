"""Judges against people, over the interface: audits that do not show the verdict, the report, rubrics and their versions."""

from __future__ import annotations

import msgspec
import pytest

from llm.court import BAD, CANARY, GOOD, Court
from llm.judge_bench import RUBRIC


def test_auditors_rate_a_random_sample_without_seeing_the_verdict(court: Court) -> None:
    items = court.add(30)
    judge = court.judge()
    for k, item in enumerate(items):
        court.answer(item, GOOD if k % 3 else BAD, "ana" if k % 2 else "rea")
    court.sweep(judge)
    at = f"/judges/{judge}/audit"
    assert court.ask("POST", f"{at}/next", who="ana").status_code == 403, "annotators do not audit"
    raw = court.ask("POST", f"{at}/next", who="rea")
    assert CANARY not in raw.text
    task = raw.json()
    seen: set[int] = set()
    for _ in range(12):
        assert task["pick"] not in seen
        seen.add(task["pick"])
        item = task["item"]["id"]
        assert items.index(item) % 2 == 1, "nobody audits an own answer"
        assert all(v["item_id"] != item for v in court.call("GET", "/verdicts?limit=200", who="rea")), (
            "not told before it is rated"
        )
        right = 4 if task["value"] == GOOD else 2
        task = court.call("POST", at, {"pick": task["pick"], "scores": {"right": right, "score": 3}}, who="rea")
    odds = court.ws.db.read(lambda c: [r[0] for r in c.execute("SELECT DISTINCT odds FROM audit_pick ORDER BY id")])
    assert odds[:2] == [pytest.approx(10 / 30), pytest.approx(10 / 20)]
    found = court.call("GET", f"/judges/{judge}/report", who="rea")
    assert (found["tested"], found["audits"], found["matched"], found["needed"]) == (False, 12, 12, 50)
    assert (found["judged"], found["passed"]) == (30, 20)
    assert found["agreement"]["value"] == 1.0
    assert found["corrected"]["low"] < 2 / 3 < found["corrected"]["high"]
    right = found["criteria"][0]
    assert right["confusion"][1][0] == found["confusion"][0][0], "auditors said 2 where the judge said 1"
    assert right["alarms"]["precision"]["value"] == 1.0


def test_an_audit_refuses_what_is_not_its_own(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge()
    court.answer(item, GOOD, "rea")
    at = f"/judges/{judge}/audit"
    assert court.call("POST", f"{at}/next", who="rea")["pick"] is None, "nobody rates an own answer"
    pick = court.call("POST", f"{at}/next", who="mia")["pick"]
    scores = {"right": 4, "score": 3}
    assert court.ask("POST", at, {"pick": pick, "scores": scores}, who="rea").status_code == 409
    assert court.ask("POST", at, {"pick": pick, "scores": {"right": 9, "score": 3}}, who="mia").status_code == 422
    assert court.ask("POST", at, {"pick": pick + 1, "scores": scores}, who="mia").status_code == 404
    assert court.call("POST", at, {"pick": pick, "scores": scores}, who="mia")["rated"] == 1
    assert court.ask("POST", at, {"pick": pick, "scores": scores}, who="owner").status_code == 409, "it was rated meanwhile"


def test_a_report_on_nothing_says_that_nothing_is_known(court: Court) -> None:
    judge = court.judge()
    found = court.call("GET", f"/judges/{judge}/report")
    assert not found["tested"]
    assert found["corrected"] == {"value": None, "low": None, "high": None, "n": 0, "why": "nothing was judged yet"}
    assert found["kappa"]["value"] is None
    assert found["alarms"] is None


def test_rubrics_are_kept_in_versions_and_travel_as_files(court: Court) -> None:
    base = court.call("GET", "/rubrics")[0]
    assert court.call("POST", "/rubrics", {"rubric": base["rubric"]})["version"] == 1, "nothing changed"
    text = court.ask("GET", f"/rubrics/{base['id']}/file").text
    assert court.call("POST", "/rubrics", {"text": text})["version"] == 1, "the file says the same"
    judge = court.judge()
    changed = court.call("POST", "/rubrics", {"text": text.replace("pass_mark: 3", "pass_mark: 2")})
    assert changed["version"] == 2
    view = court.call("GET", "/judges")[0]
    assert (view["rubric_version"], view["newest_version"]) == (1, 2), "a judge keeps its version until it is told"
    assert court.call("PATCH", f"/judges/{judge}", {"rubric_version": 2})["rubric_version"] == 2
    assert [r["version"] for r in court.call("GET", f"/rubrics/{changed['id']}")] == [2, 1]
    json_text = court.ask("GET", f"/rubrics/{changed['id']}/file?format=json").text
    assert court.call("POST", "/rubrics", {"text": json_text})["version"] == 2
    bad = court.ask("POST", "/rubrics", {"text": text.replace("weight: 2.0", "wieght: 2.0")})
    assert (bad.status_code, "wieght" in bad.text, "Line" in bad.text) == (422, True, True)


def test_a_shared_rubric_is_open_to_every_project_and_not_shadowed(court: Court) -> None:
    shared = court.call("POST", "/api/rubrics", {"rubric": {**msgspec.to_builtins(RUBRIC), "name": "house"}})
    assert shared["shared"] is True
    assert court.ask("POST", "/api/rubrics", {"rubric": msgspec.to_builtins(RUBRIC)}, "mia").status_code == 403
    assert {r["name"] for r in court.call("GET", "/rubrics", who="ana")} == {"facts", "house"}
    taken = court.ask("POST", "/rubrics", {"rubric": {**msgspec.to_builtins(RUBRIC), "name": "house"}})
    assert taken.status_code == 409
    assert court.judge("second", rubric="house")


def test_ready_rubrics_can_be_used_as_they_are(court: Court) -> None:
    for ready in court.call("GET", "/api/rubrics/ready"):
        assert court.call("POST", "/rubrics", {"rubric": ready})["version"] == 1

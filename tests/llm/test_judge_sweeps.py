"""Judges over finished work, over the interface: once each, with an estimate and a budget, stopped and taken up again."""

from __future__ import annotations

import pytest

from llm.court import BAD, GOOD, Court, told
from milo.infra import judge_jobs


def test_finished_work_is_judged_once_and_flagged(court: Court) -> None:
    items = court.add(6)
    judge = court.judge()
    for k, item in enumerate(items):
        court.answer(item, GOOD if k % 2 else BAD)
    done = court.sweep(judge, flag=True)
    assert (done["judged"], done["passed"], done["failed"]) == (6, 3, 0)
    assert court.call("GET", f"/api/projects/{court.p}")["counts"]["flagged"] == 3
    assert court.sweep(judge)["judged"] == 0, "nothing is paid for twice"
    court.answer(items[0], GOOD)
    assert court.sweep(judge)["judged"] == 1, "a new answer is judged"
    listed = court.call("GET", "/verdicts?passed=0")
    assert len(listed) == 3
    assert {v["mode"] for v in listed} == {"batch"}
    assert all("setup" not in v["verdict"]["info"] for v in listed)
    view = court.call("GET", "/judges")[0]
    assert (view["judged"], view["passed"]) == (6, 4), "only answers as they stand now count"
    court.call("PATCH", f"/judges/{judge}", {"config": {"connection": "script", "retries": 0}})
    view = court.call("GET", "/judges")[0]
    assert (view["judged"], view["matched"]) == (0, 0), "another setup is another judge"


def test_what_cannot_be_judged_is_listed_and_tried_again(court: Court) -> None:
    items = court.add(3)
    court.connect("broken", [{"when": "It rises in the Giant", "answer": told("4")}, {"answer": "?"}])
    judge = court.judge(config={"connection": "broken", "retries": 1})
    for item, value in zip(items, (GOOD, BAD, BAD), strict=True):
        court.answer(item, value)
    done = court.sweep(judge)
    assert (done["judged"], done["failed"]) == (1, 2)
    assert {e["item_id"] for e in done["errors"]} == set(items[1:])
    assert "is no JSON" in done["errors"][0]["reason"] or "cannot be used" in done["errors"][0]["reason"]
    assert court.sweep(judge)["failed"] == 2


def test_an_estimate_sends_nothing_and_a_budget_holds(court: Court) -> None:
    items = court.add(12)
    judge = court.judge(config={"connection": "script", "max_tokens": 200})
    for item in items:
        court.answer(item, BAD)
    told = court.call("POST", f"/judges/{judge}/estimate", {})
    assert (told["answers"], told["calls"], told["cost"]) == (12, 12, 0.0)
    assert told["most_tokens"] > told["input_tokens"] > 12 * 100
    assert court.ws.db.read(lambda c: c.execute("SELECT count(*) FROM model_call").fetchone()[0]) == 0
    bound = told["most_tokens"] // 12 + told["input_tokens"] // 3
    done = court.sweep(judge, tokens=bound)
    assert 0 < done["judged"] < 12
    assert "budget" in done["why"]
    assert done["tokens"] <= bound
    assert court.call("GET", "/runs")[0]["state"] == "stopped: budget"
    rest = court.sweep(judge)
    assert done["judged"] + rest["judged"] == 12, "what was stored is not paid for again"
    assert court.ask("POST", f"/judges/{judge}/run", {"money": -1}).status_code == 422


def test_a_stopped_job_goes_on_where_it_was(court: Court) -> None:
    items = court.add(120)
    court.connect("slow", [{"answer": told("4")}], seconds=0.1)
    judge = court.judge(config={"connection": "slow"})
    for item in items:
        court.answer(item, GOOD)
    job = court.call("POST", f"/judges/{judge}/run", {})["id"]
    court.until(lambda: court.ws.db.read(lambda c: c.execute("SELECT count(*) FROM verdict").fetchone()[0]))
    court.call("POST", f"/api/jobs/{job}/cancel")
    assert court.ws.jobs.wait(job, 20).state == "cancelled"
    before = court.call("GET", "/judges")[0]["judged"]
    assert 0 < before < 120
    court.call("POST", f"/api/jobs/{job}/resume")
    assert court.ws.jobs.wait(job, 20).state == "done"
    court.ws.gateway.flush()
    assert court.call("GET", "/judges")[0]["judged"] == 120
    runs = court.ws.db.read(lambda c: c.execute("SELECT DISTINCT run_id FROM verdict").fetchall())
    assert len(runs) == 1, "it is still the same run"
    calls = court.ws.db.read(
        lambda c: c.execute("SELECT count(*) FROM model_call WHERE state = 'done' AND cached = 0").fetchone()[0]
    )
    assert calls <= 120 + 32, "at most what was in flight is asked twice"


def test_silence_ends_the_job_instead_of_failing_every_answer(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_jobs, "_SILENCE", 2)
    items = court.add(5)
    court.connect("gone", [{"answer": "x"}], limits={"tries": 1}, fail_every=1)
    judge = court.judge(config={"connection": "gone"})
    for item in items:
        court.answer(item, GOOD)
    job = court.ws.jobs.wait(court.call("POST", f"/judges/{judge}/run", {})["id"], 60)
    assert (job.state, job.error) == ("failed", "The script says: no answer this time.")
    assert court.call("GET", "/runs")[0]["state"] == "failed"


def test_a_judge_that_looks_afterwards_starts_with_the_next_answer(court: Court) -> None:
    items = court.add(3)
    court.answer(items[0], BAD)
    judge = court.judge(after=True)
    court.answer(items[1], BAD)
    court.answer(items[2], GOOD)
    court.until(lambda: len(court.call("GET", f"/verdicts?judge={judge}")) == 2)
    assert {v["item_id"] for v in court.call("GET", f"/verdicts?judge={judge}")} == set(items[1:])
    assert court.until(lambda: court.call("GET", f"/api/projects/{court.p}")["counts"]["flagged"]) == 1

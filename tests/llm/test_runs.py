"""Runs of a connected model over a real server: which items, budgets, pauses, failures, blind items, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llm_bench import LlmBench

PRAISE = [{"when": "thanks", "answer": {"mood": "praise", "confidence": 0.9}}]
RULES = [*PRAISE, {"when": "silly|cannot be used", "answer": "no JSON"}, {"answer": {"mood": "complaint", "confidence": 0.6}}]
Make = Callable[..., LlmBench]


def ready(
    bench: Make, n: int = 30, *, config: dict[str, Any] | None = None, spec: dict[str, Any] | None = None, **policy: Any
) -> LlmBench:
    """A bench with n letters and a model that was never run; every fifth letter thanks."""
    made = bench(spec, **policy)
    made.script(rules=RULES, **(config or {}))
    made.add([{"text": f"{'many thanks' if k % 5 == 0 else 'it broke'} number {k}"} for k in range(n)])
    made.model = made.call(
        "POST", f"/projects/{made.id}/models",
        {"plugin": "llm", "name": "gpt", "question": "mood", "config": {"connection": "script"}},
    )  # fmt: skip
    return made


def test_a_run_over_all_items(bench: Make) -> None:
    made = ready(bench)
    assert made.model["asks"]
    assert made.model["version"] == 1
    estimate = made.call("POST", f"{made.path}/estimate", {"selection": {"what": "all"}})
    assert (estimate["items"], estimate["calls"]) == (30, 30)
    assert estimate["cost"] == 0.0
    run = made.annotate({"what": "all"}, tokens=1_000_000)
    assert (run["state"], run["done"], run["failed"], run["total"]) == ("done", 30, 0, 30)
    assert run["repeated"] == 0
    assert run["output_tokens"] > 0
    counts = made.call("GET", f"/projects/{made.id}")["counts"]
    assert counts["suggested"] == 30
    work = made.call("GET", f"/projects/{made.id}/queue?n=2")
    assert [s["value"] for s in work[0]["suggestions"]] == ["praise"]
    assert work[0]["suggestions"][0]["score"] is None
    signals = made.rows("SELECT signals FROM signal ORDER BY item_id LIMIT 1")
    assert signals[0][0] == '{"stated":0.9,"valid":1.0}'
    assert made.fails("POST", f"{made.path}/suggest", {}) == 409
    again = made.call("POST", f"{made.path}/annotate", {"selection": {"what": "all"}, "budget": {"tokens": 10**6}})
    done = made.wait(again["id"])
    assert (done["done"], done["skipped"]) == (0, 30)
    assert made.calls() == 30


def test_an_estimate_looks_at_all_that_is_selected(bench: Make) -> None:
    made = ready(bench, 250)
    made.add([{"text": f"it broke number {k} " + "and again " * 400} for k in range(50)])
    ids = made.items()
    before = made.call("POST", f"{made.path}/estimate", {"selection": {"what": "all"}})
    assert before["items"] == 300
    made.annotate({"what": "items", "item_ids": ids[:250]}, tokens=10**9)
    left = made.call("POST", f"{made.path}/estimate", {"selection": {"what": "all"}})
    assert 45 <= left["items"] <= 55
    assert left["input_tokens"] / left["items"] > 2 * before["input_tokens"] / before["items"], "the long ones are left"
    made.annotate({"what": "items", "item_ids": ids[:-1]}, tokens=10**9)
    assert made.call("POST", f"{made.path}/estimate", {"selection": {"what": "all"}})["items"] == 1
    made.annotate({"what": "items", "item_ids": ids[-1:]}, tokens=10**9)
    assert made.fails("POST", f"{made.path}/estimate", {"selection": {"what": "all"}}) == 409


def test_selections(bench: Make) -> None:
    made = ready(bench, 40)
    ids = made.items()
    assert made.annotate({"what": "sample", "n": 7})["done"] == 7
    assert made.annotate({"what": "items", "item_ids": ids[:3], "again": True})["done"] == 3
    assert made.annotate({"what": "next", "n": 5, "again": True})["done"] == 5
    assert made.annotate({"what": "all", "filter": "q=thanks", "again": True})["done"] == 8
    assert made.annotate({"what": "sample", "n": 4, "filter": "q=thanks", "again": True})["total"] == 4
    assert made.fails("POST", f"{made.path}/annotate", {"selection": {"what": "gold"}, "budget": {"tokens": 9}}) == 409
    for bad in ({"what": "sample"}, {"what": "items"}, {"what": "items", "item_ids": [1]}, {"what": "next", "filter": "q=x"}):
        assert made.fails("POST", f"{made.path}/annotate", {"selection": bad, "budget": {"tokens": 9}}) == 422
    made.answer(ids[0], "praise")
    assert made.annotate({"what": "open", "again": True})["done"] == 39


def test_failures_are_listed_and_asked_again(bench: Make) -> None:
    made = ready(bench, 10)
    made.add([{"text": f"silly {k}"} for k in range(4)])
    run = made.annotate({"what": "all"})
    assert (run["state"], run["done"], run["failed"]) == ("done", 10, 4)
    errors = made.call("GET", f"/projects/{made.id}/runs/{run['id']}/errors")
    assert len(errors) == 4
    assert "JSON" in errors[0]["reason"]
    assert (errors[0]["raw"], errors[0]["attempts"]) == ("no JSON", 3)
    rest = made.call("GET", f"/projects/{made.id}/runs/{run['id']}/errors?after={errors[1]['item_id']}&limit=1")
    assert rest == [errors[2]]
    made.call("POST", f"/projects/{made.id}/runs/{run['id']}/retry", {})
    assert made.wait(run["id"])["failed"] == 4
    made.rescript(rules=[{"answer": {"mood": "praise"}}])
    made.call("POST", f"/projects/{made.id}/runs/{run['id']}/retry", {})
    done = made.wait(run["id"])
    assert (done["state"], done["done"], done["failed"]) == ("done", 14, 0)
    assert made.call("GET", f"/projects/{made.id}/runs/{run['id']}/errors") == []
    assert made.fails("POST", f"/projects/{made.id}/runs/{run['id']}/retry", {}) == 409


def test_pause_resume_and_cancel(bench: Make) -> None:
    made = ready(bench, 300, config={"seconds": 0.02})
    run = made.call("POST", f"{made.path}/annotate", {"selection": {"what": "all"}, "budget": {"tokens": 10**7}})
    path = f"/projects/{made.id}/runs/{run['id']}"
    assert made.fails("POST", f"{made.path}/annotate", {"selection": {"what": "all"}, "budget": {"tokens": 9}}) == 409
    made.until(lambda: made.call("GET", f"{path}/progress")["done"] > 20)
    made.call("POST", f"{path}/pause")
    paused = made.wait(run["id"])
    assert paused["state"] == "paused"
    assert 20 < paused["done"] < 300
    assert made.fails("POST", f"{path}/pause") == 409
    made.call("POST", f"{path}/resume", {})
    made.until(lambda: made.call("GET", f"{path}/progress")["done"] > paused["done"] + 20)
    made.call("POST", f"{path}/cancel")
    cancelled = made.wait(run["id"])
    assert cancelled["state"] == "cancelled"
    made.call("POST", f"{path}/resume", {})
    done = made.wait(run["id"])
    assert (done["state"], done["done"], done["failed"], done["repeated"]) == ("done", 300, 0, 0)
    assert made.rows("SELECT count(*) FROM signal")[0][0] == 300
    assert made.fails("POST", f"{path}/resume", {}) == 409


@pytest.mark.parametrize("concurrency", [1, 32])
def test_a_budget_is_never_exceeded(bench: Make, concurrency: int) -> None:
    made = ready(bench, 200, config={"seconds": 0.002})
    made.price({"input": 1.0, "output": 2.0}, {"concurrency": concurrency, "cache_days": 0})
    estimate = made.call("POST", f"{made.path}/estimate", {"selection": {"what": "all"}})
    assert estimate["cost"] > 0
    limit = 0.012
    run = made.annotate({"what": "all"}, money=limit, tokens=None)
    assert run["state"] == "stopped"
    assert "budget" in run["message"]
    assert 0 < run["done"] < 200
    spent = made.rows("SELECT sum(cost) FROM model_call")[0][0]
    assert spent <= limit
    assert run["cost"] == pytest.approx(spent)
    assert made.fails("POST", f"{made.path}/annotate", {"selection": {"what": "all"}, "budget": {"money": -1}}) == 422
    made.call("POST", f"/projects/{made.id}/runs/{run['id']}/resume", {"budget": {"money": 1.0}})
    done = made.wait(run["id"])
    assert (done["state"], done["done"]) == ("done", 200)
    assert done["cost"] == pytest.approx(made.rows("SELECT sum(cost) FROM model_call")[0][0])


def test_a_model_that_may_cost_needs_a_bound(bench: Make) -> None:
    made = ready(bench, 3)
    assert made.annotate({"what": "all"}, tokens=None)["done"] == 3
    made.price({"input": 1.0, "output": 2.0}, {})
    assert made.fails("POST", f"{made.path}/annotate", {"selection": {"what": "all"}}) == 422


def test_a_dead_connection_pauses_the_run_and_fails_nothing(bench: Make) -> None:
    made = ready(bench, 60, config={"fail_every": 1})
    made.price({}, {"tries": 1, "concurrency": 4})
    run = made.annotate({"what": "all"})
    assert run["state"] == "paused"
    assert (run["done"], run["failed"]) == (0, 0)
    assert "in a row" in run["message"]
    made.rescript(rules=RULES)
    made.call("POST", f"/projects/{made.id}/runs/{run['id']}/resume", {})
    done = made.wait(run["id"])
    assert (done["state"], done["done"], done["failed"]) == ("done", 60, 0)


def test_rules_on_data_and_sight(bench: Make) -> None:
    made = ready(bench, 3, data={"models": []})
    assert made.fails("POST", f"{made.path}/estimate", {"selection": {"what": "all"}}) == 403
    assert made.fails("POST", f"{made.path}/annotate", {"selection": {"what": "all"}, "budget": {"tokens": 9}}) == 403


def test_undo_takes_a_version_back_and_keeps_what_people_decided(bench: Make) -> None:
    made = ready(bench, 10)
    made.annotate({"what": "sample", "n": 4})
    made.annotate({"what": "all"})
    made.answer(made.items()[0], "complaint")
    undone = made.call("POST", f"{made.path}/prompts/1/undo")
    assert undone["runs"] == 2
    made.quiet()
    counts = made.call("GET", f"/projects/{made.id}")["counts"]
    assert (counts["suggested"], counts["answers"]) == (0, 1)
    assert made.annotate({"what": "all"})["done"] == 10
    assert made.call("GET", f"/projects/{made.id}")["counts"]["suggested"] == 10


def test_blind_items_are_asked_about_and_measured_but_never_shown(bench: Make) -> None:
    made = ready(bench, 90, blind_share=0.6)
    blind = {r[0] for r in made.rows("SELECT id FROM item WHERE blind = 1")}
    run = made.annotate({"what": "all"})
    assert run["done"] == 90
    assert made.call("GET", f"/projects/{made.id}")["counts"]["suggested"] == 90 - len(blind)
    assert {r[0] for r in made.rows("SELECT item_id FROM blind_check")} == blind
    assert made.models()["gpt"]["quality"] is None
    view = made.call("GET", f"{made.path}/confidence")
    assert (view["ready"], view["n"]) == (False, 0)
    for n, item in enumerate(sorted(blind)[:5], 1):
        made.answer(item, "complaint")
        made.until(lambda n=n: (made.models()["gpt"]["quality"] or {}).get("n") == n)
    view = made.call("GET", f"{made.path}/confidence")
    assert "5 of about" in view["why"]
    for item in sorted(blind)[5:]:
        made.answer(item, "complaint")
    made.until(lambda: made.call("GET", f"{made.path}/confidence")["ready"])
    made.quiet()
    view = made.call("GET", f"{made.path}/confidence")
    assert view["signals"] == ["stated", "valid"]
    assert view["bins"]
    scores = {r[0] for r in made.rows("SELECT score FROM annotation WHERE role = 'suggestion'")}
    assert None not in scores
    assert all(0 < s < 1 for s in scores)
    made.call("POST", f"{made.path}/prompts", {"config": {"connection": "script", "instructions": "Anew."}})
    assert not made.call("GET", f"{made.path}/confidence")["ready"]


def test_examples_are_verified_answers_of_other_items(bench: Make) -> None:
    made = ready(bench, 40, blind_share=0.3)
    ids = made.items()
    blind = {r[0] for r in made.rows("SELECT id FROM item WHERE blind = 1")}
    for item in ids[:20]:
        made.answer(item, "praise")
    made.call("POST", f"{made.path}/prompts", {"config": {"connection": "script", "examples": {"mode": "similar", "k": 3}}})
    made.rescript(rules=RULES)
    seen = made.watch()
    made.annotate({"what": "all"})
    assert len(seen) == 40
    texts = {i: made.rows("SELECT json_extract(data, '$.text') FROM content WHERE item_id = ?", i)[0][0] for i in ids}
    own = {text: item for item, text in texts.items()}
    for request in seen:
        turns = ["".join(getattr(part, "text", "") for part in m.parts) for m in request.messages[1:]]
        assert len(turns) == 7
        item = own[turns[-1].split("\n")[1]]
        shown = {own[turn.split("\n")[1]] for turn in turns[:-1:2]}
        assert item not in shown
        assert not shown & blind
        assert shown <= set(ids[:20])


def test_progress_is_told_over_the_bus(bench: Make) -> None:
    made = ready(bench, 200, config={"seconds": 0.08})
    told: list[dict[str, Any]] = []
    publish = made.ws.bus.publish
    made.ws.bus.publish = lambda p, kind, **data: (told.append({"kind": kind, **data}), publish(p, kind, **data))[1]  # type: ignore[method-assign]
    made.annotate({"what": "all"})
    runs = [one for one in told if one["kind"] == "run"]
    assert {"running", "done"} <= {one["state"] for one in runs}
    assert any(0 < one.get("done", 0) < 200 for one in runs)


def test_the_queue_is_kept_filled_only_where_the_model_may(bench: Make) -> None:
    made = ready(bench, 40, window=10)
    ids = made.items()
    for item in ids[:6]:
        made.answer(item, "praise")
    made.quiet()
    assert made.calls() == 0
    config = {"connection": "script", "auto": True, "auto_tokens": 100_000}
    made.call("POST", f"{made.path}/prompts", {"config": config})
    for item in ids[6:12]:
        made.answer(item, "praise")
    made.until(lambda: made.rows("SELECT count(*) FROM signal")[0][0] >= 4)
    made.until(lambda: not made.rows("SELECT 1 FROM run WHERE state = 'running'"))
    assert {r[0] for r in made.rows("SELECT item_id FROM signal")} <= set(ids[6:])
    assert made.calls() < 20

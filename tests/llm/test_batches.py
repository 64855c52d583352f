"""Runs by a provider's batch service: one batch at a time, found again after a crash, sent back where an answer does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llm.mailbox import Mailbox, MailboxProvider
from llm_bench import LlmBench
from milo.infra.sql.connections import ConnectionsSql
from milo.kinds.provider import Usage


def connect(made: LlmBench, far: Mailbox) -> None:
    """Connect the mailbox; the run's model asks it."""
    made.ws.registry.providers.add(MailboxProvider(far))
    prices = {"input": 1.0, "output": 2.0, "batch": 0.5}
    made.ws.db.write(lambda c: ConnectionsSql(c).add("post", "mailbox", "", {}, None, {}, prices, True, None, 0.0))
    made.ws.annotating.batch_poll = 0.05
    body = {"plugin": "llm", "name": "gpt", "question": "mood", "config": {"connection": "post"}}
    made.model = made.call("POST", f"/projects/{made.id}/models", body)


@pytest.fixture
def far() -> Mailbox:
    return Mailbox()


def begin(made: LlmBench, **budget: Any) -> int:
    body = {"selection": {"what": "all"}, "budget": budget or {"tokens": 10**8}, "batch": True}
    return made.call("POST", f"{made.path}/annotate", body)["id"]


def test_a_run_by_batches(bench: Callable[..., LlmBench], far: Mailbox) -> None:
    made = bench(blind_share=0.2)
    made.add([{"text": f"letter {k}"} for k in range(50)])
    connect(made, far)
    said: list[str] = []

    def say(text: str) -> Any:
        said.append(text)
        if "letter 7\n" in text:
            return "The server was busy."
        return {"mood": "praise" if "letter 8" not in text else "splendid", "confidence": 0.8}

    far.say = say
    run = made.wait(begin(made))
    assert (run["state"], run["batch"]) == ("done", True)
    assert (run["done"], run["failed"]) == (49, 1)
    assert far.sizes == [50, 1]
    assert run["cost"] == pytest.approx((50 * 100 * 1.0 + 50 * 10 * 2.0) / 1e6 * 0.5)
    made.until(lambda: made.rows("SELECT state, info FROM open_batch") == [("done", "{}")] * 2)
    kept = made.rows("SELECT (SELECT count(*) FROM blind_check), (SELECT count(*) FROM annotation WHERE role = 'suggestion')")
    assert sum(kept[0]) == 49
    assert kept[0][0] > 0


def test_an_open_batch_is_found_again(bench: Callable[..., LlmBench], far: Mailbox, tmp_path: Path) -> None:
    made = bench()
    made.add([{"text": f"letter {k}"} for k in range(30)])
    connect(made, far)
    far.ready = False
    run = begin(made)
    made.until(lambda: far.sizes == [30])
    made.until(lambda: made.rows("SELECT count(*) FROM open_batch")[0][0] == 1)
    made.call("POST", f"/projects/{made.id}/runs/{run}/pause")
    assert made.wait(run)["state"] == "paused"
    made.call("POST", f"/projects/{made.id}/runs/{run}/resume", {})
    far.ready = True
    done = made.wait(run)
    assert (done["state"], done["done"]) == ("done", 30)
    assert far.sizes == [30]


def test_cancelling_gives_the_batch_up(bench: Callable[..., LlmBench], far: Mailbox) -> None:
    made = bench()
    made.add([{"text": f"letter {k}"} for k in range(5)])
    connect(made, far)
    far.ready = False
    run = begin(made)
    made.until(lambda: made.rows("SELECT count(*) FROM open_batch")[0][0] == 1)
    made.call("POST", f"/projects/{made.id}/runs/{run}/cancel")
    assert made.wait(run)["state"] == "cancelled"
    assert far.cancelled == {"batch-1"}
    made.ws.gateway.flush()
    ((state, output, cost, why),) = made.rows("SELECT state, output_tokens, cost, error FROM model_call")
    assert (state, output >= 5, cost > 0) == ("lost", True, True)
    assert "cancelled" in why


def test_no_batch_is_opened_when_the_answers_used_the_budget_up(bench: Callable[..., LlmBench], far: Mailbox) -> None:
    made = bench()
    made.add([{"text": f"letter {k}"} for k in range(40)])
    connect(made, far)
    far.usage = Usage(1_000_000, 10)
    run = made.wait(begin(made, tokens=20_000))
    assert run["state"] == "stopped"
    assert len(far.sizes) == 1
    assert 0 < run["done"] < 40
    assert run["input_tokens"] == run["done"] * 1_000_000


def test_what_is_on_its_way_is_set_aside_after_a_restart(bench: Callable[..., LlmBench], far: Mailbox) -> None:
    made = bench()
    made.add([{"text": f"letter {k}"} for k in range(10)])
    connect(made, far)
    far.ready = False
    run = begin(made, tokens=1_000_000)
    made.until(lambda: made.rows("SELECT count(*) FROM open_batch")[0][0] == 1)
    first = made.ws.annotating.live(run)
    assert first is not None
    held = first.s.budget.reserved_tokens
    made.call("POST", f"/projects/{made.id}/runs/{run}/pause")
    made.wait(run)
    made.call("POST", f"/projects/{made.id}/runs/{run}/resume", {})
    made.until(lambda: (found := made.ws.annotating.live(run)) is not None and found.s.budget.reserved_tokens == held > 0)
    far.ready = True
    assert made.wait(run)["done"] == 10
    assert far.sizes == [10]


def test_a_batch_is_as_large_as_the_budget_holds(bench: Callable[..., LlmBench], far: Mailbox) -> None:
    made = bench()
    made.add([{"text": f"letter {k}"} for k in range(40)])
    connect(made, far)
    run = made.wait(begin(made, money=0.02))
    assert len(far.sizes) > 1
    assert max(far.sizes) < 40
    assert run["cost"] <= 0.02
    assert run["state"] in ("done", "stopped")


def test_a_provider_without_batches_is_refused(bench: Callable[..., LlmBench]) -> None:
    made = bench()
    made.add([{"text": "letter"}])
    made.script(rules=[{"answer": {"mood": "praise"}}])
    body = {"plugin": "llm", "name": "gpt", "question": "mood", "config": {"connection": "script"}}
    made.model = made.call("POST", f"/projects/{made.id}/models", body)
    start = {"selection": {"what": "all"}, "budget": {"tokens": 9999}, "batch": True}
    assert made.fails("POST", f"{made.path}/annotate", start) == 409

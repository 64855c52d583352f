"""A project's budget for judges: it bounds live advice and looks at new answers alike, and the judges' page says what is held up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llm.court import BAD, Court, Crowd, live

ROOM = 6_000
"""Tokens: for one call of a judge, whose worst case is some 3,600, or a few; not for twelve."""


@pytest.fixture
def poor(tmp_path: Path, crowd: Crowd) -> Iterator[Court]:
    found = Court(tmp_path / "ws", crowd, budgets={"judge": {"tokens": ROOM}})
    yield found
    found.close()


def held_up(court: Court) -> str:
    return court.call("GET", "/judges")[0]["held_up"]


def spent(court: Court) -> int:
    return next(one["tokens"] for one in court.call("GET", "/budgets") if one["role"] == "judge")


def allow(court: Court, **bounds: Any) -> None:
    spec = court.call("GET", f"/api/projects/{court.p}")["spec"]
    court.call("PATCH", f"/api/projects/{court.p}", {"policy": {**spec["policy"], "budgets": {"judge": bounds}}})


def test_new_answers_wait_while_the_budget_for_judges_is_spent(poor: Court) -> None:
    items = poor.add(13)
    judge = poor.judge(after=True, live="asked")
    assert held_up(poor) == ""
    for item in items[:12]:
        poor.answer(item, BAD)
    said = poor.until(lambda: held_up(poor), 60)
    assert "budget for judges" in said
    assert "It was not sent." in said
    judged = poor.call("GET", "/judges")[0]["judged"]
    assert 0 < judged < 12
    assert 0 < spent(poor) <= ROOM
    body = {"item_id": items[12], "question": "answer", "value": BAD}
    reply = poor.ask("POST", f"/judges/{judge}/review", body, "ana")
    assert reply.status_code >= 400
    assert "budget for judges" in reply.text
    allow(poor, tokens=10**7)
    poor.answer(items[12], BAD)
    poor.until(lambda: poor.call("GET", "/judges")[0]["judged"] == 13, 60)
    poor.until(lambda: held_up(poor) == "", 60)


def test_each_person_has_a_budget_of_a_day_for_live_advice(poor: Court) -> None:
    items = poor.add(3)
    judge = poor.judge(live="asked")
    allow(poor, day_tokens=ROOM)
    assert live(poor, judge, items[0], BAD)["available"]
    body = {"item_id": items[1], "question": "answer", "value": BAD}
    replies = [poor.ask("POST", f"/judges/{judge}/review", {**body, "value": f"{BAD} {k}"}, "ana") for k in range(14)]
    assert "Your own budget for judges today" in replies[-1].text
    assert live(poor, judge, items[2], BAD, who="ben")["available"], "another person has a budget of their own"


def test_a_sweep_keeps_to_the_budget_for_judges_too(poor: Court) -> None:
    items = poor.add(12)
    judge = poor.judge()
    for item in items:
        poor.answer(item, BAD)
    done = poor.sweep(judge)
    assert 0 < done["judged"] < 12
    assert "budget for judges" in done["why"]

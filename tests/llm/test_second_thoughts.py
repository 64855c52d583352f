"""First answers are kept before suggestions appear, and second thoughts are counted against what is right."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data_bench import Bench
from milo.flow.second_thoughts import Thought, changes
from milo.flow.visible import show_for
from milo.kinds.registry import Registry
from milo.testing.builders import make_question

MOOD = {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}, "subjective": True}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_counting() -> None:
    registry = Registry()
    registry.load_package("milo.builtin", ("tasks",))
    question = make_question()
    thoughts = [
        Thought("q", "yes", "yes", ("no",), "yes"),
        Thought("q", "yes", "no", ("no",), "yes"),
        Thought("q", "no", "yes", ("yes",), "yes"),
        Thought("q", "yes", "no", ("yes",)),
        Thought("q", "yes", "no", (), "yes"),
        Thought("other", "yes", "no", ("no",), "yes"),
    ]
    found = changes(question, registry.task_types.get("choice"), thoughts)
    assert (found.n, found.changed, found.to_suggestion, found.judged) == (4, 3, 2, 3)
    assert (found.wrong_to_right, found.right_to_wrong) == (1, 1)


def test_the_first_answer_stays_and_the_change_is_counted(bench: Bench) -> None:
    bench.project(MOOD)
    assert show_for(bench.spec.spec.policy, bench.spec.spec.questions[0]) == "after_first_answer"
    items = bench.add("one", "two")
    bench.suggest("elsewhere", [(i, "bad", 0.9) for i in items])
    for item in items:
        work = bench.call("GET", f"/items/{item}/work")
        assert work["show"]["mood"] == "after_first_answer"
        at = f"/items/{item}/first-answer"
        assert bench.call("POST", at, {"question": "mood", "value": "good"}) == {"first": True}
        assert bench.call("POST", at, {"question": "mood", "value": "bad"}) == {"first": False}
        shown = {"mood": [{"id": work["suggestions"][0]["id"], "value": "bad", "score": 0.9}]}
        final = "bad" if item == items[0] else "good"
        body: dict[str, Any] = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": final}, "shown": shown}
        bench.call("POST", "/answers", body)
    gold = "INSERT INTO annotation (item_id, question, role, author_kind, value, basis, schema_version, live, created_at) "
    bench.ws.db.write(
        lambda c: c.execute(gold + "VALUES (?, 'mood', 'gold', 'person', '\"good\"', 'imported', 1, 1, 0)", (items[0],))
    )
    (line,) = bench.call("GET", "/second-thoughts")
    assert line == {
        "question": "mood", "n": 2, "changed": 1, "to_suggestion": 1, "judged": 1, "wrong_to_right": 0, "right_to_wrong": 1, "cause": "suggestion",
    }  # fmt: skip
    (changed,) = bench.call("GET", "/second-thoughts/answers")
    assert changed == {
        "item_id": items[0], "question": "mood", "cause": "suggestion", "first": "good", "final": "bad", "shown": ["bad"],
        "truth": "good", "outcome": "spoiled",
    }  # fmt: skip
    assert bench.call("GET", "/second-thoughts/answers?outcome=mended") == []
    assert bench.call("GET", "/second-thoughts/answers?cause=advice") == []


def test_only_of_items_that_were_lent(bench: Bench) -> None:
    bench.project(MOOD)
    (item,) = bench.add("one")
    body = {"question": "mood", "value": "good"}
    assert bench.ask("POST", f"/items/{item}/first-answer", body).status_code == 403
    assert bench.ask("POST", f"/items/{item + 1}/first-answer", body).status_code == 404
    bench.call("GET", f"/items/{item}/work")
    assert bench.ask("POST", f"/items/{item}/first-answer", {"question": "mood", "value": "odd"}).status_code == 422

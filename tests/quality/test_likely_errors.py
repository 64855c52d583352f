"""Likely errors: those that were planted are found, what stands settled is not listed, and blind items take no part."""

from __future__ import annotations

import json
import random
import uuid
from importlib import resources
from typing import Any

import pytest

from data_bench import Bench
from milo.domain.annotation import Prediction
from milo.domain.question import Question
from milo.flow.likely_errors import FOLDS, Checked, Given, checked_errors, folds, suspects

LABELS = ["good", "bad", "so so"]


def messages() -> tuple[list[str], list[str]]:
    """The sample's messages with the topics that their writer had in mind."""
    demo = resources.files("milo.builtin.demo")
    rows = [json.loads(line) for line in (demo / "messages.jsonl").read_text().splitlines()]
    gold: dict[str, str] = json.loads((demo / "gold.json").read_text())
    return [row["text"] for row in rows], [gold[str(row["id"])] for row in rows]


def labelled(bench: Bench, texts: list[str], topics: list[str], wrong: dict[int, str], **policy: Any) -> list[int]:
    """A project with these answers, some of them wrong; the ids of its items."""
    question = {"name": "topic", "type": "choice", "config": {"labels": sorted(set(topics))}}
    bench.project(question, **policy)
    for at in range(0, len(texts), 400):
        bench.add(*texts[at : at + 400])
    ids = [row[0] for row in bench.all("SELECT id FROM item WHERE id / 1000000000 = ? ORDER BY id", bench.p)]
    given = [
        {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"topic": wrong.get(at, topics[at])}}
        for at, item in enumerate(ids)
    ]
    for at in range(0, len(given), 400):
        sent = bench.call("POST", "/answers/batch", {"submissions": given[at : at + 400]})
        assert all(line["ok"] for line in sent["results"])
    return ids


@pytest.fixture(scope="module")
def searched(bench: Bench) -> tuple[list[int], dict[int, str]]:
    texts, topics = (part[:360] for part in messages())
    rng = random.Random(5)
    wrong = {at: rng.choice(sorted(set(topics) - {topics[at]})) for at in rng.sample(range(len(texts)), len(texts) // 12)}
    ids = labelled(bench, texts, topics, wrong)
    job = bench.wait(bench.call("POST", "/quality/errors", {"question": "topic"})["id"])
    assert job.state == "done", job.error
    return ids, {ids[at]: value for at, value in wrong.items()}


def test_wrong_answers_are_found_and_stand_first(bench: Bench, searched: tuple[list[int], dict[int, str]]) -> None:
    ids, wrong = searched
    found = bench.call("GET", "/quality/errors?question=topic&limit=500")
    listed = [row["item_id"] for row in found["rows"]]
    hits = [item for item in listed if item in wrong]
    assert len(hits) >= 0.6 * len(wrong)
    top = listed[: len(wrong) // 2]
    assert sum(item in wrong for item in top) >= 0.7 * len(top), "most of those at the top are errors"
    assert found["total"] == len(listed) < len(ids) / 3
    assert all(a["chance"] >= b["chance"] for a, b in zip(found["rows"], found["rows"][1:], strict=False))
    row = next(row for row in found["rows"] if row["item_id"] in wrong)
    assert row["given"] == wrong[row["item_id"]] != row["suggested"]
    assert "did not see this answer" in row["reason"]
    sweep = found["sweeps"][0]
    assert sweep["n"] == len(ids)
    assert 0.3 * len(wrong) < sweep["expected"] < 4 * len(wrong)
    assert 0.5 < sweep["agrees"] <= 1


def test_what_is_answered_anew_or_settled_is_not_listed_any_more(
    bench: Bench, searched: tuple[list[int], dict[int, str]]
) -> None:
    before = [row["item_id"] for row in bench.call("GET", "/quality/errors?question=topic&limit=500")["rows"]]
    first = bench.call("GET", "/quality/errors?question=topic&limit=1")["rows"][0]
    bench.answer(first["item_id"], topic=first["suggested"])
    after = [row["item_id"] for row in bench.call("GET", "/quality/errors?question=topic&limit=500")["rows"]]
    assert after == before[1:]


def test_the_model_that_suggested_does_not_check_itself(bench: Bench) -> None:
    texts, topics = messages()
    ids = labelled(bench, texts[:90], topics[:90], {})
    model = {"plugin": "text_classifier", "name": "helper", "question": "topic", "config": {}}
    bench.call("POST", "/models", model)
    kinds = bench.ws.likely_errors.kinds(bench.spec, bench.spec.schema.get("topic"))
    assert [k.name for k in kinds][-1] == "text_classifier"
    assert len(ids) == 90


def test_blind_items_take_no_part_and_too_few_answers_say_so(bench: Bench) -> None:
    texts, topics = messages()
    ids = labelled(bench, texts[:60], topics[:60], {}, blind_share=1.0)
    job = bench.wait(bench.call("POST", "/quality/errors", {"question": "topic"})["id"])
    assert job.state == "done"
    assert job.result is not None
    assert job.result["found"] == 0
    assert "at least 30" in job.result["why"]
    assert bench.call("GET", "/quality/errors")["rows"] == []
    assert len(ids) == 60


def test_a_question_that_no_model_can_learn_is_refused(bench: Bench) -> None:
    bench.project({"name": "why", "type": "text"})
    assert bench.ask("POST", "/quality/errors", {"question": "why"}).status_code == 409
    assert bench.ask("POST", "/quality/errors", {"question": "none"}).status_code == 422


def draw(bench: Bench, n: int) -> list[dict[str, Any]]:
    """Draw answers by chance for review; the cases."""
    bench.call("POST", "/review/sample", {"question": "mood", "n": n})
    return bench.call("GET", "/review/queue?kind=sample&n=40")


def decide(bench: Bench, case: dict[str, Any], truth: str) -> None:
    given = case["answers"][0]
    same = given["value"] == truth
    how = {"decision": "accept", "annotation": given["id"]} if same else {"decision": "fix", "value": truth}
    bench.call("POST", "/review/decisions", {"op_id": uuid.uuid4().hex, "case": case["id"], **how})


def test_answers_drawn_by_chance_tell_how_many_are_wrong(bench: Bench) -> None:
    bench.project()
    ids = bench.add(*(f"text {k}" for k in range(60)))
    for k, item in enumerate(ids):
        bench.answer(item, mood="bad" if k % 4 == 0 else "good")
    assert bench.call("GET", "/quality/errors?question=mood")["checks"] == []
    cases = draw(bench, 20)
    for case in cases[:15]:
        decide(bench, case, "good")
    [found] = bench.call("GET", "/quality/errors?question=mood")["checks"]
    wrong = sum(case["answers"][0]["value"] == "bad" for case in cases[:15])
    assert (found["n"], found["wrong"], found["waiting"], found["of"]) == (15, wrong, 5, 60)
    assert found["share"] == pytest.approx(wrong / 15)
    assert found["low"] <= wrong / 20 < (wrong + 5) / 20 <= found["high"], "what waits may be right or wrong"
    for case in cases[15:]:
        decide(bench, case, "good")
    [closer] = bench.call("GET", "/quality/errors?question=mood")["checks"]
    assert (closer["n"], closer["waiting"], closer["of"]) == (20, 0, 60)
    assert closer["high"] - closer["low"] < found["high"] - found["low"]


def test_an_answer_that_was_sent_back_and_mended_counts_as_it_was(bench: Bench) -> None:
    bench.project()
    for item in bench.add("one", "two", "three"):
        bench.answer(item, mood="bad")
    first, *others = draw(bench, 3)
    given = first["answers"][0]["id"]
    back = {
        "op_id": uuid.uuid4().hex,
        "case": first["id"],
        "decision": "return",
        "annotation": given,
        "reason": "Read it again.",
    }
    bench.call("POST", "/review/decisions", back)
    for case in others:
        decide(bench, case, "bad")
    counted = ("n", "wrong", "waiting", "of")
    [found] = bench.call("GET", "/quality/errors?question=mood")["checks"]
    assert tuple(found[name] for name in counted) == (3, 1, 0, 3)
    bench.answer(first["item"]["id"], mood="good")
    [again] = bench.call("GET", "/review/queue?kind=revised")
    assert tuple(bench.call("GET", "/quality/errors?question=mood")["checks"][0][name] for name in counted) == (2, 0, 1, 3)
    decide(bench, again, "good")
    [found] = bench.call("GET", "/quality/errors?question=mood")["checks"]
    assert tuple(found[name] for name in counted) == (3, 1, 0, 3)


def test_the_interval_of_wrong_answers_covers(bench: Bench) -> None:
    task = bench.ws.task_types["choice"]
    question = Question("mood", "choice", config={"labels": LABELS})
    rng = random.Random(3)
    held = 0
    for _ in range(300):
        given = ["bad" if rng.random() < 0.12 else "good" for _ in range(200)]
        drawn = rng.sample(given, 60)
        late = sorted(drawn, reverse=rng.random() < 0.5)[:6]  # whatever is left for later, by what it is
        left = [late.count("bad"), late.count("good")]
        checks = [Checked(0.3, v, "good", returned=False) for v in drawn]
        for k, one in enumerate(checks):
            kind = 0 if one.given == "bad" else 1
            if left[kind] > 0:
                left[kind] -= 1
                checks[k] = Checked(0.3, one.given, None, returned=False)
        found = checked_errors(question, task, checks, 200)
        held += found.low <= given.count("bad") / 200 <= found.high
    assert held >= 0.95 * 300


def test_folds_are_of_one_size_and_fixed() -> None:
    dealt = folds(103)
    sizes = [dealt.count(f) for f in range(FOLDS)]
    assert max(sizes) - min(sizes) <= 1
    assert dealt == folds(103)


def test_values_of_other_shapes_are_ranked_by_how_far_they_differ(bench: Bench) -> None:
    question = Question("topics", "choices", config={"labels": LABELS})
    task = bench.ws.task_types["choices"]
    given = [Given(1, ["good"]), Given(2, ["good", "bad"]), Given(3, ["bad"])]
    said = {
        1: Prediction(1, "topics", ["bad"], 0.9),
        2: Prediction(2, "topics", ["good"], 0.99),
        3: Prediction(3, "topics", ["bad"], 1.0),
    }
    found, expected = suspects(question, task, given, said)
    assert [(s.item_id, round(s.chance, 3)) for s in found] == [(1, 0.9)]
    assert expected is None


def test_equal_answers_everywhere_are_no_errors(bench: Bench) -> None:
    task = bench.ws.task_types["choice"]
    question = Question("mood", "choice", config={"labels": LABELS})
    given = [Given(i, "good") for i in range(40)]
    found, expected = suspects(question, task, given, {i: Prediction(i, "mood", "good", 0.9) for i in range(40)})
    assert (found, expected) == ([], 0.0)

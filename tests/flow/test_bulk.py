"""Bulk decisions: what they cover, what they pass over, and that undo leaves no trace in the counts."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_bench import Bench
from milo.flow import bulk as decide

SECOND = {"name": "why", "type": "text", "required": True}


def op() -> str:
    return uuid.uuid4().hex


def accept(bench: Bench, **more: Any) -> dict[str, Any]:
    body = {"op_id": op(), "question": "mood", "min_score": 0.5, **more}
    return bench.call("POST", "/bulk/accept", body)


@pytest.fixture
def twenty(bench: Bench) -> list[int]:
    """20 items, suggested good or bad with scores 0.00 to 0.95."""
    bench.project()
    ids = bench.add(*(f"text {n}" for n in range(20)))
    bench.suggest("guesser", [(i, "good" if n % 2 else "bad", n / 20) for n, i in enumerate(ids)])
    return ids


def test_labelling_many_counts_as_an_answer_where_it_is_the_only_question(bench: Bench, twenty: list[int]) -> None:
    done = bench.call("POST", "/bulk/label", {"op_id": op(), "question": "mood", "value": "good", "item_ids": twenty[:5]})
    assert done["changed"] == 5
    assert [r["status"] for r in bench.rows()["rows"][:6]] == ["done"] * 5 + ["new"]
    assert bench.counts() == bench.recount()
    assert bench.counts()["answers"] == 5
    assert {r[0] for r in bench.all("SELECT basis FROM annotation WHERE bulk_id = ?", done["bulk"])} == {"bulk"}


def test_by_a_filter(bench: Bench, twenty: list[int]) -> None:
    done = bench.call(
        "POST",
        "/bulk/label",
        {"op_id": op(), "question": "mood", "value": "bad", "filter": {"min_score": 0.8, "status": ["new"]}},
    )
    assert done["changed"] == 4
    assert bench.places(status="done") == [17, 18, 19, 20]


def test_it_passes_over_answered_lent_and_blind_items(bench: Bench) -> None:
    bench.project(blind_share=0.3)
    ids = bench.add(*(f"text {n}" for n in range(40)))
    blind = {r[0] for r in bench.all("SELECT id FROM item WHERE blind = 1 AND id / 1000000000 = ?", bench.p)}
    lent = {w["item"]["id"] for w in bench.call("GET", "/queue?n=5")}
    seen = [i for i in ids if i not in blind | lent]
    bench.answer(seen[0], mood="bad")
    done = bench.call("POST", "/bulk/label", {"op_id": op(), "question": "mood", "value": "good", "item_ids": ids})
    assert (done["skipped_blind"], done["skipped_answered"]) == (len(blind), 1)
    assert done["skipped_lent"] == len(lent - blind)
    assert done["changed"] == 40 - len(blind | lent) - 1
    assert bench.counts() == bench.recount()


def test_accepting_what_is_sure_enough(bench: Bench, twenty: list[int]) -> None:
    foreseen = accept(bench, dry_run=True)
    assert (foreseen["bulk"], foreseen["changed"], foreseen["by_label"]) == (None, 10, {"bad": 5, "good": 5})
    assert foreseen["examples"][0] == twenty[10]
    assert bench.counts()["answers"] == 0
    done = accept(bench, per_label={"bad": 0.9})
    assert (done["changed"], done["by_label"]) == (6, {"bad": 1, "good": 5})
    assert bench.counts() == bench.recount()
    rows = bench.all("SELECT value, shown FROM annotation WHERE bulk_id = ? ORDER BY item_id", done["bulk"])
    assert rows[0][0] == '"good"'
    assert '"source":"guesser"' in rows[0][1]


def test_accepting_only_on_the_chosen_items(bench: Bench, twenty: list[int]) -> None:
    some = twenty[5:15]
    assert accept(bench, item_ids=some, dry_run=True)["changed"] == 5
    assert accept(bench, item_ids=[], dry_run=True)["changed"] == 0
    assert accept(bench, filter={}, dry_run=True)["changed"] == 10
    wrong = {"op_id": op(), "question": "mood", "min_score": 0.5, "item_ids": some, "filter": {}}
    assert bench.ask("POST", "/bulk/accept", wrong).status_code in (400, 422)
    done = accept(bench, item_ids=some)
    assert (done["changed"], done["by_label"]) == (5, {"bad": 3, "good": 2})
    assert bench.places(status="done") == [11, 12, 13, 14, 15]
    rest = accept(bench, filter={"suggested": "mood:good", "status": "new"})
    assert (rest["changed"], rest["by_label"]) == (3, {"good": 3})
    assert bench.places(status="done") == [11, 12, 13, 14, 15, 16, 18, 20]
    assert bench.counts() == bench.recount()


def test_the_same_operation_is_done_once(bench: Bench, twenty: list[int]) -> None:
    same = op()
    first = accept(bench, op_id=same)
    assert accept(bench, op_id=same) == first
    assert bench.counts()["answers"] == 10
    other = {"op_id": same, "question": "mood", "value": "good", "item_ids": twenty}
    assert bench.ask("POST", "/bulk/label", other).status_code == 409


def test_one_that_was_cut_short_goes_on_when_sent_again(
    bench: Bench, twenty: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    same, steps = op(), []
    real = decide.step

    def dies(*args: Any, **more: Any) -> Any:
        if steps:
            raise RuntimeError("the process dies here")
        steps.append(1)
        return real(*args, **{**more, "seconds": 0.0})

    monkeypatch.setattr(decide, "step", dies)
    with pytest.raises(RuntimeError, match="dies here"):
        accept(bench, op_id=same)
    monkeypatch.undo()
    assert bench.counts()["answers"] == 1
    assert accept(bench, op_id=same)["changed"] == 10
    assert bench.counts() == bench.recount()
    assert bench.counts()["answers"] == 10


def test_undo_and_redo_as_one(bench: Bench, twenty: list[int]) -> None:
    before = bench.counts()
    done = accept(bench, min_score=0.0)
    assert done["changed"] == 20
    assert bench.call("POST", f"/bulk/{done['bulk']}/undo") == {"reverted": 20}
    assert bench.counts() == before == bench.recount()
    assert bench.ask("POST", f"/bulk/{done['bulk']}/undo").status_code == 409
    assert bench.call("GET", "/bulk")[0]["undone"]
    bench.answer(twenty[3], mood="bad")
    assert bench.call("POST", f"/bulk/{done['bulk']}/redo") == {"reverted": 19}
    assert bench.counts()["answers"] == 20
    assert bench.counts() == bench.recount()
    assert bench.rows()["rows"][3]["answers"] == {"mood": ["bad"]}


def test_with_a_second_required_question_items_stay_open(bench: Bench) -> None:
    bench.project({"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}, SECOND)
    ids = bench.add("a", "b")
    bench.call("POST", "/bulk/label", {"op_id": op(), "question": "mood", "value": "good", "item_ids": ids})
    assert {r["status"] for r in bench.rows()["rows"]} == {"new"}
    assert bench.rows()["rows"][0]["answers"] == {"mood": ["good"]}
    assert bench.counts()["answers"] == 0


def test_with_an_overlap_it_counts_once(bench: Bench) -> None:
    bench.project(overlap=2)
    ids = bench.add("a", "b", "c")
    done = bench.call("POST", "/bulk/label", {"op_id": op(), "question": "mood", "value": "good", "item_ids": ids[:2]})
    assert bench.places(status="open") == [1, 2]
    assert bench.all("SELECT free FROM item WHERE id / 1000000000 = ? ORDER BY id", bench.p) == [(1,), (1,), (2,)]
    bench.answer(ids[0], mood="bad")
    bench.call("POST", f"/bulk/{done['bulk']}/undo")
    assert bench.places(status="open") == [1]
    assert bench.counts() == bench.recount()


def test_switched_off_runs_and_models_suggest_nothing(bench: Bench, twenty: list[int]) -> None:
    run = bench.one("SELECT max(id) FROM run WHERE project_id = ?", bench.p)
    bench.call("POST", f"/runs/{run}/undo")
    assert accept(bench, dry_run=True)["changed"] == 0
    assert sum(b["n"] for b in bench.call("GET", "/suggestions/histogram?question=mood")["bins"]) == 0


def test_the_histogram_counts_what_could_be_accepted(bench: Bench, twenty: list[int]) -> None:
    bench.answer(twenty[19], mood="good")
    found = bench.call("GET", "/suggestions/histogram?question=mood&source=guesser")
    assert [b["n"] for b in found["bins"]] == [1] * 19 + [0]
    assert found["labels"]["bad"]["n"] == 10
    for low in (0.0, 0.35, 0.9):
        assert accept(bench, min_score=low, dry_run=True)["changed"] == sum(
            b["n"] for b in found["bins"] if b["low"] >= low - 1e-9
        )


@pytest.mark.parametrize(
    "body",
    [
        {"question": "nothing", "value": "good", "item_ids": []},
        {"question": "mood", "value": "great", "item_ids": []},
        {"question": "mood", "value": "good"},
        {"question": "mood", "value": "good", "item_ids": [], "filter": {}},
        {"question": "mood", "value": "good", "filter": {"status": {"a": 1}}},
        {"question": "mood", "value": "good", "item_ids": [], "op_id": "short"},
    ],
)
def test_what_makes_no_sense_is_refused(bench: Bench, twenty: list[int], body: dict[str, Any]) -> None:
    assert bench.ask("POST", "/bulk/label", {"op_id": op(), **body}).status_code == 422


def test_other_projects_items_are_out_of_reach(bench: Bench, twenty: list[int]) -> None:
    bench.project()
    done = bench.call("POST", "/bulk/label", {"op_id": op(), "question": "mood", "value": "good", "item_ids": twenty})
    assert done["changed"] == 0


def test_a_large_decision_goes_in_short_steps(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.project()
    for start in range(0, 6_000, 2_000):
        bench.add(*(f"text {n}" for n in range(start, start + 2_000)))
    took: list[float] = []
    real = decide.step

    def timed(*args: Any, **more: Any) -> Any:
        start = time.thread_time()
        done = real(*args, **more)
        took.append(time.thread_time() - start)
        return done

    monkeypatch.setattr(decide, "step", timed)
    body = {"op_id": op(), "question": "mood", "value": "good", "filter": {}}
    assert bench.call("POST", "/bulk/label", body)["changed"] == 6_000
    assert len(took) > 3
    assert max(took) < 0.05
    assert bench.counts() == bench.recount()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.floats(0, 1), st.sampled_from("ab")), max_size=30, unique_by=lambda t: t[0]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sets(st.integers(1, 30)),
)
def test_selecting_agrees_with_the_plain_rule(
    rows: list[tuple[int, float, str]], low: float, low_a: float, answered: set[int]
) -> None:
    import numpy as np

    found = decide.Candidates(
        np.array([r[0] for r in rows], np.int64), np.array([r[0] + 100 for r in rows], np.int64),
        np.array([r[1] for r in rows], np.float64), [r[2] for r in rows],
    )  # fmt: skip
    none = np.empty(0, np.int64)
    closed = decide.Closed(none, none, np.array(sorted(answered), np.int64), none)
    chosen = decide.select_sure(found, closed, decide.Accept("q", low, {"a": low_a}))
    wanted = [r for r in rows if r[1] >= (low_a if r[2] == "a" else low)]
    assert chosen.items.tolist() == [r[0] for r in wanted if r[0] not in answered]
    assert chosen.labels == [r[2] for r in wanted if r[0] not in answered]
    assert chosen.skipped_answered == sum(r[0] in answered for r in wanted)

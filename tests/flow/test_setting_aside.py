"""Items set aside for everybody: nobody is handed them, nothing is lost, and all of it can be taken back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_bench import Bench

SAME = "My parcel is late and nobody answers the phone"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("aside"))
    yield made
    made.close()


def aside(bench: Bench, **asked: Any) -> Any:
    return bench.call("POST", "/aside", {"op_id": uuid.uuid4().hex, **asked})


def queue(bench: Bench, n: int = 20) -> list[int]:
    return [one["item"]["id"] for one in bench.call("GET", f"/queue?n={n}")]


def statuses(bench: Bench) -> list[str]:
    return [row["status"] for row in bench.rows()["rows"]]


def test_nobody_is_handed_what_is_set_aside(bench: Bench) -> None:
    bench.project()
    ids = bench.add("a", "b", "c")
    assert aside(bench, item_ids=[ids[1]])["changed"] == 1
    assert queue(bench) == [ids[0], ids[2]]
    assert bench.ask("GET", f"/items/{ids[1]}/work").status_code == 409
    assert statuses(bench) == ["new", "aside", "new"]
    assert bench.counts() == bench.recount()


def test_what_somebody_holds_is_taken_back_and_their_answer_kept(bench: Bench) -> None:
    bench.project()
    [item] = bench.add("a")
    assert queue(bench) == [item]
    done = aside(bench, item_ids=[item])
    assert (done["lent"], queue(bench)) == (1, [])
    assert bench.answer(item, mood="good") | {"annotations": 0} == {
        "ok": True, "annotations": 0, "item_status": "aside", "surplus": True,
    }  # fmt: skip
    assert bench.counts()["aside"] == bench.counts()["answers"] == 1
    bench.call("POST", f"/bulk/{done['bulk']}/undo")
    assert statuses(bench) == ["done"]
    assert bench.counts() == bench.recount()


def test_all_or_none(bench: Bench) -> None:
    bench.project()
    other = bench.add("elsewhere")
    bench.project()
    ids = bench.add("a", "b")
    for wrong in ([*ids, ids[-1] + 1], [*ids, *other]):
        reply = bench.ask("POST", "/aside", {"op_id": uuid.uuid4().hex, "item_ids": wrong})
        assert (reply.status_code, "nothing was changed" in reply.text) == (422, True)
    assert statuses(bench) == ["new", "new"]
    assert bench.call("GET", "/bulk") == []


def test_a_running_study_keeps_its_items(bench: Bench) -> None:
    bench.project()
    ids = bench.add(*(f"text {k}" for k in range(12)))
    user = bench.call("POST", "/api/users", {"login": uuid.uuid4().hex, "password": "correct horse battery"})["id"]
    bench.call("PUT", f"/members/{user}", {"role": "annotator"})
    bench.suggest("elsewhere", [(item, "good", 0.5) for item in ids])
    body = {"name": "trial", "question": "mood", "people": [user], "per_arm": 2, "warm_up": 0}
    study = bench.call("POST", "/studies", body)["id"]
    bench.call("POST", f"/studies/{study}/freeze")
    reply = bench.ask("POST", "/aside", {"op_id": uuid.uuid4().hex, "item_ids": ids})
    assert (reply.status_code, "running study" in reply.text) == (409, True)


def test_sending_it_twice_does_it_once(bench: Bench) -> None:
    bench.project()
    ids = bench.add("a", "b")
    op = uuid.uuid4().hex
    first = aside(bench, op_id=op, item_ids=ids)
    assert aside(bench, op_id=op, item_ids=ids) == first
    assert aside(bench, item_ids=ids) | {"bulk": 0} == {"bulk": 0, "changed": 0, "already": 2, "answered": 0, "lent": 0}


def test_what_was_taken_back_alone_stays_back_when_the_rest_is_redone(bench: Bench) -> None:
    bench.project()
    ids = bench.add("a", "b", "c")
    bulk = aside(bench, item_ids=ids)["bulk"]
    assert bench.call("POST", "/aside/back", {"item_ids": [ids[0]]}) == {"back": 1}
    assert bench.call("POST", f"/bulk/{bulk}/undo") == {"reverted": 2}
    assert statuses(bench) == ["new"] * 3
    assert bench.call("POST", f"/bulk/{bulk}/redo") == {"reverted": 2}
    assert statuses(bench) == ["new", "aside", "aside"]
    assert bench.counts() == bench.recount()


def test_exports_of_labels_leave_it_out_unless_asked(bench: Bench) -> None:
    bench.project()
    ids = bench.add("a", "b")
    bench.answer(ids[1], mood="good")
    assert aside(bench, filter={"status": "done"})["answered"] == 1
    rows = [[json.loads(line) for line in bench.export(**query).splitlines()] for query in ({}, {"status": "aside"})]
    assert [[row["id"] for row in some] for some in rows] == [ids[:1], ids[1:]]
    everything = [json.loads(line) for line in bench.export(what="everything").splitlines()]
    assert [(row["status"], len(row["annotations"])) for row in everything] == [("new", 0), ("aside", 1)]


def test_of_each_group_the_answered_item_stays_else_the_earliest(bench: Bench) -> None:
    bench.project()
    ids = bench.add(SAME, f"{SAME}!", "I was charged twice in May", "i was charged twice, in May", "Something else")
    bench.answer(ids[3], mood="bad")
    assert bench.wait(bench.call("POST", "/duplicates", {})["id"]).state == "done"
    assert aside(bench, duplicates_of="text", dry_run=True)["changed"] == 2
    aside(bench, duplicates_of="text", reason="nearly the same")
    assert statuses(bench) == ["new", "aside", "aside", "done", "new"]
    assert aside(bench, duplicates_of="text")["changed"] == 0
    history = bench.call("GET", f"/items/{ids[1]}")["history"]
    assert [(one["kind"], one["data"]["reason"]) for one in history] == [("aside", "nearly the same")]
    again = bench.wait(bench.call("POST", "/duplicates", {})["id"]).result
    assert again is not None
    assert again["groups"] == 0


def test_bulk_decisions_pass_it_over(bench: Bench) -> None:
    bench.project()
    ids = bench.add("a", "b")
    aside(bench, item_ids=ids[:1])
    body = {"op_id": uuid.uuid4().hex, "question": "mood", "value": "good", "item_ids": ids}
    done = bench.call("POST", "/bulk/label", body)
    assert (done["changed"], done["skipped_aside"]) == (1, 1)


@given(
    st.lists(st.tuples(st.sampled_from(["aside", "back", "undo", "redo", "answer", "lease"]), st.integers(0, 5)), max_size=12)
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_are_right_whatever_happens(bench: Bench, steps: list[tuple[str, int]]) -> None:
    bench.project(overlap=2)
    ids = bench.add(*"abcdef")
    bulks: list[int] = []
    for what, n in steps:
        if what == "aside":
            bulks.append(aside(bench, item_ids=ids[n:])["bulk"])
        elif what == "back":
            bench.call("POST", "/aside/back", {"item_ids": ids[: n + 1]})
        elif what == "answer":
            bench.answer(ids[n], mood="good")
        elif what == "lease":
            queue(bench, n)
        elif bulks:
            bench.ask("POST", f"/bulk/{bulks[n % len(bulks)]}/{what}")
    assert bench.counts() == bench.recount()
    held = set(bench.places(status="aside"))
    assert not {i % 1_000_000_000 for i in queue(bench)} & held

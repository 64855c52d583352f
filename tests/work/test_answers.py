"""Answers: checked, done once, taken back without a trace of harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from milo.domain.errors import Conflict, InvalidValue, NotFound
from milo.domain.policy import Policy
from milo.domain.question import Condition, Question
from work.bench_of_work import LABELS, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, 5, Policy(order="imported", blind_share=0))
    yield made
    made.db.close()


def test_the_same_operation_is_done_once(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    first = desk.submit(1, item, op="operation-1")
    again = desk.submit(1, item, {"mood": "negative"}, op="operation-1")
    assert again == first
    assert desk.one("SELECT count(*) FROM annotation") == 1
    assert desk.counts()["answers"] == 1


def test_a_changed_answer_replaces_the_first_and_keeps_it_on_record(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    first = desk.submit(1, item, op="operation-1").annotations[0]
    desk.submit(1, item, {"mood": "negative"}, op="operation-2", reopen=True)
    assert desk.one("SELECT count(*) FROM annotation") == 2
    assert desk.one("SELECT value FROM annotation WHERE live = 1") == '"negative"'
    assert desk.one("SELECT replaces FROM annotation WHERE live = 1") == first
    assert desk.one("SELECT n_answers FROM item WHERE id = ?", item) == 1


def test_taking_back_lends_it_again_with_the_answer_as_draft(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    desk.submit(1, item)
    desk.unsubmit(1, item)
    assert desk.one("SELECT answers FROM draft") == '{"mood":"positive"}'
    assert desk.one("SELECT state FROM assignment") == 0
    assert desk.one("SELECT count(*) FROM annotation WHERE live = 1") == 0
    assert desk.counts() == desk.recount()
    assert desk.submit(1, item, op="operation-9").item_status == "done"
    assert desk.one("SELECT count(*) FROM draft") == 0


def test_there_must_be_something_to_take_back(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    with pytest.raises(Conflict, match="no answer of yours"):
        desk.unsubmit(1, item)


@pytest.mark.parametrize(
    ("values", "place", "words"),
    [
        ({"mood": "gloomy"}, "values.mood", "gloomy"),
        ({"mood": 1}, "values.mood", "mood|label|text"),
        ({"colour": "red"}, "colour", "no question colour"),
        ({"mood": None}, "values.mood", "no answer"),
    ],
)
def test_bad_values_are_refused_by_name(desk: Desk, values: dict[str, object], place: str, words: str) -> None:
    item = desk.lease(1)[0].item_id
    with pytest.raises(InvalidValue, match=words) as caught:
        desk.submit(1, item, values)
    assert caught.value.place == place
    assert desk.one("SELECT count(*) FROM annotation") == 0
    assert desk.one("SELECT state FROM assignment") == 0


def test_an_unknown_item_is_not_found(desk: Desk) -> None:
    for item in (999, 2_000_000_001, 1_000_000_099):
        with pytest.raises(NotFound):
            desk.submit(1, item)


def test_a_blind_item_is_marked_blind_whatever_the_browser_says(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    desk.db.write(lambda c: c.execute("UPDATE item SET blind = 1 WHERE id = ?", (item,)))
    desk.submit(1, item, shown={"mood": [{"value": "positive", "score": 0.9}]})
    assert desk.one("SELECT basis FROM annotation") == "blind"
    assert desk.one("SELECT shown FROM annotation") is None


def test_what_was_shown_is_stored(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    desk.submit(1, item, shown={"mood": [{"id": 4, "value": "positive", "score": 0.9}]})
    assert desk.one("SELECT basis FROM annotation") == "shown"
    assert "0.9" in desk.one("SELECT shown FROM annotation")


def test_time_events_are_kept_raw(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    events = [{"kind": "opened", "item_id": item, "at": 1}, {"kind": "submitted", "item_id": item, "at": 5}]
    desk.submit(1, item, events=events)
    assert desk.one("SELECT count(*) FROM telemetry") == 1
    assert '"kind":"opened"' in desk.one("SELECT events FROM telemetry")


def test_conditional_questions(tmp_path: Path) -> None:
    questions = (
        Question("mood", "choice", config={"labels": LABELS}),
        Question("why", "text", when=Condition("mood", ["negative"])),
    )
    desk = Desk(tmp_path, 5, Policy(order="imported", blind_share=0), questions)
    try:
        a, b, c = (one.item_id for one in desk.lease(1, 3))
        desk.submit(1, a, {"mood": "positive"})
        with pytest.raises(InvalidValue, match="why"):
            desk.submit(1, b, {"mood": "negative"})
        desk.submit(1, b, {"mood": "negative", "why": "It broke."})
        desk.submit(1, c, {"mood": "positive", "why": "left over from before"})
        assert desk.one("SELECT count(*) FROM annotation WHERE question = 'why'") == 1
    finally:
        desk.db.close()

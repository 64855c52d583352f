"""Review, over the interface: conflicts come to a reviewer, who accepts, corrects, sends back, passes over and takes back."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from PIL import Image

from review.crew_bench import MOOD, Crew


def conflict(crew: Crew, text: str = "hm") -> int:
    """An item on which ann and bob differ; its id."""
    item = crew.add(f"{text} {uuid.uuid4().hex}")[0]
    crew.say("ann", item, mood="good")
    crew.say("bob", item, mood="bad")
    return item


def test_a_conflict_comes_side_by_side_and_what_is_accepted_is_gold(crew: Crew) -> None:
    item = conflict(crew)
    same = crew.add("clear")[0]
    crew.say("ann", same, mood="good")
    crew.say("bob", same, mood="good")
    crew.resolve()
    [case] = crew.queue()
    assert (case["kind"], case["item"]["id"], case["purpose"], case["odds"]) == ("conflict", item, "settle", None)
    assert sorted(a["value"] for a in case["answers"]) == ["bad", "good"]
    assert {a["author"] for a in case["answers"]} == {None}
    wanted = next(a for a in case["answers"] if a["value"] == "bad")
    done = crew.decide(case["id"], "accept", annotation=wanted["id"])
    assert (done["ok"], done["state"]) == (True, "done")
    assert crew.queue() == []
    row = next(r for r in crew.labels() if r["id"] == item)
    assert row["labels"] == {"mood": "bad"}
    told = row["provenance"]["mood"]
    assert (told["role"], told["author"], told["basis"], told["answers"]) == ("gold", "rita", "unassisted", 2)
    assert crew.call("GET", "/review")["decided"] == {"accept": 1}
    crew.resolve()
    assert crew.queue() == []


def test_names_are_shown_where_the_policy_says_so(crew: Crew) -> None:
    crew.project(MOOD, overlap=2, review={"blind": False})
    crew.join("ann", "bob")
    crew.join("rita", role="reviewer")
    conflict(crew)
    crew.resolve()
    assert {a["author"] for a in crew.queue()[0]["answers"]} == {"ann", "bob"}


def test_a_corrected_answer_is_checked_and_becomes_gold(crew: Crew) -> None:
    item = conflict(crew)
    crew.resolve()
    [case] = crew.queue()
    body = {"op_id": uuid.uuid4().hex, "case": case["id"], "decision": "fix", "value": "no such label"}
    refused = crew.try_as("rita", "POST", "/review/decisions", body)
    assert refused.status_code == 422
    crew.decide(case["id"], "fix", value="so so")
    assert crew.labels()[0]["labels"] == {"mood": "so so"}
    assert crew.one("SELECT count(*) FROM annotation WHERE item_id = ? AND role = 'gold' AND live = 1", item) == 1


def test_a_decision_sent_twice_is_done_once(crew: Crew) -> None:
    conflict(crew)
    crew.resolve()
    [case] = crew.queue()
    body = {"op_id": uuid.uuid4().hex, "case": case["id"], "decision": "accept", "annotation": case["answers"][0]["id"]}
    first = crew.as_("rita", "POST", "/review/decisions", body)
    assert crew.as_("rita", "POST", "/review/decisions", body) == first
    assert crew.one("SELECT count(*) FROM annotation WHERE role = 'gold' AND item_id / 1000000000 = ?", crew.p) == 1


def test_an_answer_that_is_sent_back_comes_to_its_author_with_the_reason_and_then_to_review_again(crew: Crew) -> None:
    item = conflict(crew)
    crew.resolve()
    [case] = crew.queue()
    wanted = next(a for a in case["answers"] if a["value"] == "bad")
    assert crew.try_as(
        "rita", "POST", "/review/decisions",
        {"op_id": uuid.uuid4().hex, "case": case["id"], "decision": "return", "annotation": wanted["id"], "reason": " "},
    ).status_code == 422  # fmt: skip
    crew.decide(case["id"], "return", annotation=wanted["id"], reason="Read the last line.")
    assert crew.queue() == []
    assert crew.counts() == crew.recount()
    work = crew.as_("bob", "GET", "/queue", params={"n": 1})
    assert work[0]["item"]["id"] == item
    assert work[0]["returned"]["reason"] == "Read the last line."
    assert work[0]["draft"]["values"] == {"mood": "bad"}
    crew.say("bob", item, mood="so so")
    [again] = crew.queue()
    assert (again["id"], again["kind"], again["reason"]) == (case["id"], "revised", "Read the last line.")
    assert sorted(a["value"] for a in again["answers"]) == ["good", "so so"]
    assert crew.as_("bob", "GET", f"/items/{item}/work")["returned"] is None
    assert crew.counts() == crew.recount()


def test_what_was_sent_back_waits_for_its_author_even_when_the_lease_has_run_out(crew: Crew) -> None:
    item = conflict(crew)
    crew.resolve()
    [case] = crew.queue()
    crew.decide(case["id"], "return", annotation=case["answers"][0]["id"], reason="Look again.")
    author = "ann" if case["answers"][0]["value"] == "good" else "bob"
    crew.ws.db.write(lambda c: c.execute("UPDATE assignment SET until = 1 WHERE state = 0"))
    assert [w["item"]["id"] for w in crew.as_(author, "GET", "/queue", params={"n": 1})] == [item]
    assert crew.counts() == crew.recount()


def test_every_decision_can_be_taken_back(crew: Crew) -> None:
    item = conflict(crew)
    crew.resolve()
    before = crew.queue()[0]
    ident, answer = before["id"], before["answers"][0]["id"]
    steps: list[dict[str, Any]] = [
        {"decision": "accept", "annotation": answer}, {"decision": "fix", "value": "so so"},
        {"decision": "return", "annotation": answer, "reason": "Again."}, {"decision": "skip"},
    ]  # fmt: skip
    for step in steps:
        crew.decide(ident, **step)
        assert crew.queue() == []
        crew.undo(ident)
        [after] = crew.queue()
        assert {k: v for k, v in after.items() if k != "answers"} == {k: v for k, v in before.items() if k != "answers"}
        assert after["answers"] == before["answers"]
        assert crew.one("SELECT count(*) FROM annotation WHERE item_id = ? AND role = 'gold' AND live = 1", item) == 0
        assert crew.counts() == crew.recount()


def test_undoing_what_came_back_already_leaves_it_open(crew: Crew) -> None:
    item = conflict(crew)
    crew.resolve()
    [case] = crew.queue()
    wanted = next(a for a in case["answers"] if a["value"] == "bad")
    crew.decide(case["id"], "return", annotation=wanted["id"], reason="Again.")
    crew.say("bob", item, mood="good")
    assert crew.undo(case["id"])["state"] == "open"
    assert [a["value"] for a in crew.queue()[0]["answers"]] == ["good", "good"]


def test_two_reviewers_do_not_get_the_same_case(crew: Crew) -> None:
    crew.join("ruth", role="reviewer")
    for _ in range(4):
        conflict(crew)
    crew.resolve()
    first = {c["id"] for c in crew.queue(n=2)}
    second = {c["id"] for c in crew.queue("ruth")}
    assert len(first) == 2
    assert len(second) == 2
    assert not first & second
    assert {c["id"] for c in crew.queue(n=4, have=",".join(map(str, first)))} == set()


def test_a_case_that_agrees_meanwhile_needs_nobody(crew: Crew) -> None:
    item = conflict(crew)
    crew.resolve()
    assert crew.call("GET", "/review")["open"] == 1
    crew.say("bob", item, mood="good")
    crew.resolve()
    assert crew.call("GET", "/review")["open"] == 0


def test_gold_made_from_assisted_answers_says_so_and_tests_no_model(crew: Crew) -> None:
    item = crew.add("assisted")[0]
    crew.suggest("helper", [(item, "good", 0.9)])
    shown = crew.as_("ann", "GET", f"/items/{item}/work")["suggestions"]
    crew.as_(
        "ann", "POST", "/answers",
        {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": "good"}, "shown": {"mood": shown}},
    )  # fmt: skip
    crew.say("bob", item, mood="bad")
    crew.resolve()
    [case] = crew.queue()
    assert sorted(a["assisted"] for a in case["answers"]) == [False, True]
    crew.decide(case["id"], "accept", annotation=next(a["id"] for a in case["answers"] if not a["assisted"]))
    assert crew.labels()[0]["provenance"]["mood"]["basis"] == "shown"
    from milo.infra.sql.comparisons import ComparisonsSql
    from milo.infra.sql.runs import RunsSql

    assert crew.ws.db.read(lambda c: ComparisonsSql(c).people(crew.p, "mood", "gold", False)) == []
    assert crew.ws.db.read(lambda c: RunsSql(c).count_gold(crew.p, "mood")) == 0


def test_samples_store_their_odds_and_no_item_is_drawn_twice(crew: Crew) -> None:
    for k in range(10):
        item = crew.add(f"item {k}")[0]
        crew.say("ann", item, mood="good")
        crew.say("bob", item, mood="good")
    drawn = crew.as_("rita", "POST", "/review/sample", {"question": "mood", "n": 4})["drawn"]
    cases = crew.queue()
    assert (drawn, len(cases)) == (4, 4)
    assert {(c["kind"], c["purpose"], c["odds"]) for c in cases} == {("sample", "audit", 0.4)}
    assert crew.as_("rita", "POST", "/review/sample", {"question": "mood", "n": 40})["drawn"] == 6


def test_the_share_of_the_policy_is_drawn_as_items_are_finished(crew: Crew) -> None:
    crew.project(MOOD, overlap=1, review={"sample": 1.0})
    crew.join("ann")
    crew.join("rita", role="reviewer")
    item = crew.add("x")[0]
    crew.say("ann", item, mood="good")
    crew.resolve()
    assert [(c["kind"], c["odds"]) for c in crew.queue()] == [("sample", 1.0)]


def test_annotators_may_not_review(crew: Crew) -> None:
    for method, path, body in [
        ("GET", "/review/queue", None), ("GET", "/review", None),
        ("POST", "/review/sample", {"question": "mood", "n": 1}), ("POST", "/resolve", None),
    ]:  # fmt: skip
        assert crew.try_as("ann", method, path, body).status_code == 403


def test_likely_errors_come_to_review_and_gold_made_there_tests_no_model(crew: Crew) -> None:
    from milo.flow.likely_errors import ErrorSearch, Suspect
    from milo.infra.sql.likely_errors import LikelyErrorsSql

    crew.project(MOOD, overlap=1)
    crew.join("ann")
    crew.join("rita", role="reviewer")
    item = crew.add("awful")[0]
    crew.say("ann", item, mood="good")
    sweep = ErrorSearch("mood", 1, 1, None, "text_classifier", 0.9, 5.0)
    found = [Suspect(item, "mood", 0.9, "good", "bad", "It contradicts the model.")]
    crew.ws.db.write(lambda c: LikelyErrorsSql(c).replace(crew.p, sweep, found))
    [case] = crew.queue()
    assert (case["kind"], case["detail"]) == ("error", {"predicted": "bad", "reason": "It contradicts the model."})
    crew.decide(case["id"], "fix", value="bad")
    assert crew.labels()[0]["provenance"]["mood"]["basis"] == "shown"
    assert crew.queue() == []


def test_answers_are_held_against_each_other_by_their_own_geometry(crew: Crew, tmp_path: Path) -> None:
    corner = [[0, 0], [100, 0], [100, 20], [20, 20], [20, 100], [0, 100]]
    turned = [[100 - x, 100 - y] for x, y in corner]
    asked = {"name": "shape", "type": "polygons", "config": {"labels": ["cat"]}}
    crew.project(asked, fields=[{"name": "image", "kind": "image"}], overlap=2)
    crew.join("ann", "bob")
    crew.join("rita", role="reviewer")
    for number in range(2):
        Image.new("RGB", (120, 120), (number, 0, 0)).save(tmp_path / f"{number}.png")
    assert crew.bring(path=str(tmp_path))["added"] == 2
    near, far = (row["id"] for row in crew.rows()["rows"])
    for item, theirs in ((near, [[x + 1, y] for x, y in corner]), (far, turned)):
        crew.say("ann", item, shape=[{"points": corner, "label": "cat", "id": "p1"}])
        crew.say("bob", item, shape=[{"points": theirs, "label": "cat", "id": "p1"}])
    crew.resolve()
    [case] = crew.queue()
    assert case["item"]["id"] == far, "outlines that cover each other are no conflict, and crossed ones in one box are"
    assert [a["different"] for a in case["answers"]] == [[{"path": [0], "n": 1}]] * 2
    assert case["agreement"] == 0.0

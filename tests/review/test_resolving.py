"""Resolving by policy: what is written, what the export carries, what is asked once more, and what a comparison says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from review.crew_bench import LABELS, MOOD, Crew

PEOPLE = ("ann", "bob", "cyd")


def bring(crew: Crew, answers: list[dict[str, str]], gold: list[str] | None = None) -> None:
    """Import items with one answer for each named person, and gold where it is known."""
    rows: list[bytes] = []
    for k, given in enumerate(answers):
        notes: list[dict[str, Any]] = [
            {"question": "mood", "role": "answer", "author_kind": "person", "author": who, "value": value}
            for who, value in given.items()
        ]
        if gold is not None:
            notes.append({"question": "mood", "role": "gold", "author_kind": "person", "author": "expert", "value": gold[k]})
        rows.append(json.dumps({"milo": 1, "key": str(k), "data": {"text": f"t {k}"}, "annotations": notes}).encode())
    result = crew.bring(upload=crew.send("a.jsonl", b"\n".join(rows)), format="jsonl")
    assert result["state"] == "done"


def crowd(n: int, skills: dict[str, float], seed: int) -> tuple[list[dict[str, str]], list[str]]:
    """Answers of people who are right so often, and the truth."""
    rng = np.random.default_rng(seed)
    truth = [LABELS[t] for t in rng.integers(0, 3, n)]

    def one(right: str, skill: float) -> str:
        return right if rng.random() < skill else str(rng.choice([label for label in LABELS if label != right]))

    return [{who: one(t, skill) for who, skill in skills.items()} for t in truth], truth


@pytest.fixture
def skilled(house: Crew) -> Crew:
    """A project resolved by Dawid and Skene."""
    house.project(MOOD, overlap=3, resolve={"aggregator": "dawid_skene"})
    house.join(*PEOPLE)
    house.join("rita", role="reviewer")
    return house


def test_resolutions_are_written_with_certainty_soft_labels_and_the_number_of_answers(skilled: Crew) -> None:
    answers, truth = crowd(120, {"ann": 0.95, "bob": 0.6, "cyd": 0.6}, 1)
    bring(skilled, answers)
    result = skilled.resolve()["mood"]
    assert (result["items"], result["answers"], result["written"]) == (120, 360, 120)
    rows = skilled.labels()
    told = rows[0]["provenance"]["mood"]
    assert (told["role"], told["author"], told["answers"]) == ("resolution", "merge:dawid_skene", 3)
    assert 0 < told["score"] <= 1
    assert sum(told["soft"].values()) == pytest.approx(1, abs=0.01)
    assert sorted(told["authors"]) == sorted(PEOPLE)
    right = np.mean([row["labels"]["mood"] == t for row, t in zip(rows, truth, strict=True)])
    assert right > 0.85
    assert skilled.one("SELECT count(*) FROM annotation WHERE role = 'resolution' AND author_kind = 'model'") >= 120


def test_resolving_again_writes_only_what_changed(skilled: Crew) -> None:
    answers, _ = crowd(60, {"ann": 0.9, "bob": 0.9, "cyd": 0.9}, 2)
    bring(skilled, answers)
    skilled.resolve()
    assert skilled.resolve()["mood"]["written"] == 0
    before = skilled.one("SELECT count(*) FROM annotation")
    item = skilled.rows(limit=1)["rows"][0]["id"]
    skilled.say("ann", item, mood="so so")
    assert skilled.resolve()["mood"]["written"] < 60
    assert skilled.one("SELECT count(*) FROM annotation") == before + 1


def test_a_resolution_older_than_an_answer_is_not_exported(skilled: Crew) -> None:
    bring(skilled, [dict.fromkeys(PEOPLE, "good")])
    skilled.resolve()
    skilled.ws.db.write(lambda c: c.execute("UPDATE annotation SET created_at = 1 WHERE run_id IS NOT NULL"))
    told = skilled.labels()[0]["provenance"]["mood"]
    assert (told["author"], told["answers"], told["soft"]) == ("merge", 3, {"good": 1.0})


def test_going_back_to_merge_takes_the_resolutions_away(skilled: Crew) -> None:
    bring(skilled, [dict.fromkeys(PEOPLE, "good")])
    skilled.resolve()
    policy = skilled.call("GET", "")["spec"]["policy"]
    skilled.call("PATCH", "", {"policy": {**policy, "resolve": {"aggregator": "merge"}}})
    assert skilled.resolve()["mood"]["removed"] == 1
    assert skilled.labels()[0]["provenance"]["mood"]["author"] == "merge"


def test_an_export_with_resolutions_reads_back_as_what_it_was(skilled: Crew) -> None:
    answers, _ = crowd(40, {"ann": 0.9, "bob": 0.8, "cyd": 0.7}, 3)
    bring(skilled, answers)
    skilled.resolve()
    out = skilled.export()
    before = skilled.labels()
    skilled.project(MOOD)
    skilled.bring(upload=skilled.send("b.jsonl", out), format="jsonl")
    after = skilled.labels()
    assert [r["labels"] for r in after] == [r["labels"] for r in before]
    assert after[0]["provenance"]["mood"]["score"] == before[0]["provenance"]["mood"]["score"]
    assert after[0]["provenance"]["mood"]["answers"] == 3
    assert after[0]["provenance"]["mood"]["soft"] == before[0]["provenance"]["mood"]["soft"]


def test_rules_are_held_against_what_there_is(house: Crew) -> None:
    for resolve, place in [
        ({"aggregator": "tarot"}, "policy.resolve.aggregator"), ({"certain": 2}, "policy.resolve.certain"),
        ({"questions": {"nope": {}}}, "policy.resolve.questions"),
    ]:  # fmt: skip
        spec = {"name": "x", "fields": [{"name": "text"}], "questions": [MOOD], "policy": {"resolve": resolve}}
        reply = house.ask("POST", "/api/projects", spec)
        assert reply.status_code == 422
        assert reply.json()["error"]["place"] == place


def test_ways_are_compared_where_gold_is_known_side_by_side(skilled: Crew) -> None:
    answers, truth = crowd(300, {"ann": 0.95, "dan": 0.9, "bob": 0.4, "cyd": 0.4, "eve": 0.4}, 4)
    bring(skilled, answers, truth)
    job = skilled.wait(skilled.call("POST", "/resolve/compare", {"question": "mood"})["id"])
    assert job.result is not None
    rows = {r["name"]: r for r in job.result["rows"]}
    assert set(rows) >= {"merge", "majority", "weighted", "dawid_skene", "one_coin", "mace", "glad"}
    assert rows["dawid_skene"]["right"] > rows["merge"]["right"]
    assert all(r["low"] <= r["right"] <= r["high"] and r["n"] == 300 for r in rows.values())


def test_another_person_is_asked_only_where_it_helps_and_within_the_budget(house: Crew) -> None:
    house.project(MOOD, overlap=2, adaptive={"most": 3, "worth": 20, "budget": 5})
    house.join(*PEOPLE)
    answers, _ = crowd(200, {"ann": 0.8, "bob": 0.8}, 5)
    bring(house, answers)
    asked = house.resolve()["mood"]["asked"]
    assert asked == 5
    assert house.counts()["open"] == 5
    assert house.counts() == house.recount()
    granted = [row[0] for row in house.all("SELECT item_id FROM more_answers WHERE item_id / 1000000000 = ?", house.p)]
    differ = {r["id"] for r, a in zip(house.rows(limit=200)["rows"], answers, strict=True) if a["ann"] != a["bob"]}
    assert set(granted) <= differ
    assert house.resolve()["mood"]["asked"] == 0
    work = house.as_("cyd", "GET", "/queue", params={"n": 50})
    assert {w["item"]["id"] for w in work} == set(granted)

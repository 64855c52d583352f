"""Agreement through the whole program: recorded crowds against figures of other libraries, every task type, honesty about help."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from data_bench import PASSWORD, Bench
from quality.crowds import answer, bring, crowd

BY_OTHERS = {
    "rte": {"alpha": 0.24147876613881, "fleiss": 0.24138393913120, "ac1": (0.27273, 0.24479, 0.30067), "people": 164},
    "temp": {"alpha": 0.22341341257778, "fleiss": 0.22324528538134, "ac1": (0.2283, 0.20295, 0.25366), "people": 76},
}
"""What krippendorff 0.8, statsmodels 0.14 and irrCAC 0.4 say of the same answers."""


def report(bench: Bench, question: str, help: str = "any") -> dict[str, Any]:
    """The agreement report of the present answers."""
    found = bench.call("GET", f"/quality/agreement?question={question}&help={help}")
    assert found["fresh"]
    return found["report"]


@pytest.mark.parametrize("name", BY_OTHERS)
def test_recorded_crowds_agree_as_far_as_other_libraries_say(bench: Bench, name: str) -> None:
    crowd(bench, name)
    found, known = report(bench, "entails"), BY_OTHERS[name]
    assert found["alpha"]["value"] == pytest.approx(known["alpha"], abs=1e-9)
    others = {one["name"]: one["figure"] for one in found["others"]}
    assert others["Fleiss' kappa"]["value"] == pytest.approx(known["fleiss"], abs=1e-7)
    ac1 = others["Gwet's AC1"]
    assert (ac1["value"], ac1["low"], ac1["high"]) == pytest.approx(known["ac1"], abs=2e-5)
    assert found["n_people"] == known["people"]
    assert found["measured_items"] == found["of_items"] == found["alpha"]["n_items"]
    assert found["more_pairs"] + len(found["pairs"]) > 400
    assert found["items"][0]["agreement"] == pytest.approx(4 / 9), "five against five"
    assert found["alpha"]["low"] < found["alpha"]["value"] < found["alpha"]["high"]


QUESTIONS: list[tuple[dict[str, Any], list[Any]]] = [
    ({"name": "q", "type": "choice", "config": {"labels": ["a", "b"]}}, ["a", "b"]),
    ({"name": "q", "type": "choices", "config": {"labels": ["a", "b", "c"]}}, [["a", "b"], ["c"]]),
    ({"name": "q", "type": "rating"}, [1, 4]),
    ({"name": "q", "type": "text"}, ["all is well", "nothing works here"]),
    (
        {"name": "q", "type": "spans", "field": "text", "config": {"labels": ["a", "b"]}},
        [[{"start": 0, "end": 2, "label": "a"}], [{"start": 1, "end": 3, "label": "b"}]],
    ),
    (
        {"name": "q", "type": "rubric_grid", "config": {"criteria": ["clarity", "tone"]}},
        [{"clarity": 1, "tone": 2}, {"clarity": 4, "tone": 5}],
    ),
]


@pytest.mark.parametrize(("question", "values"), QUESTIONS, ids=lambda v: v["type"] if isinstance(v, dict) else "")
def test_every_task_type_has_agreement(bench: Bench, question: dict[str, Any], values: list[Any]) -> None:
    """Thirty items on which two people agree, ten on which they do not."""
    given = {str(k): [answer("q", values[k % 2], "ann"), answer("q", values[(k + (k < 10)) % 2], "ben")] for k in range(40)}
    bring(bench, question, given, overlap=2)
    found = report(bench, "q")
    assert found["measured_items"] == 40
    assert found["n_people"] == 2
    assert 0 < found["alpha"]["value"] < 1
    assert found["alpha"]["low"] <= found["alpha"]["value"] <= found["alpha"]["high"]
    assert 0.74 < found["observed"]["value"] < 1
    assert len(found["items"]) == 10
    assert found["more_items"] == 30
    assert [(p["a"], p["b"]) for p in found["pairs"]] == [("ann", "ben")]
    assert found["pairs"][0]["observed"]["value"] == pytest.approx(found["observed"]["value"])
    assert (found["pairs"][0]["kappa"] is not None) == (question["type"] in ("choice", "rating"))


def test_marks_are_told_apart_by_label(bench: Bench) -> None:
    """On "a" people agree wherever it is, on "b" never."""
    same, ann, ben = (
        {"start": 0, "end": 2, "label": "a"},
        {"start": 3, "end": 5, "label": "b"},
        {"start": 4, "end": 6, "label": "b"},
    )
    given = {str(k): [answer("q", [same, ann], "ann"), answer("q", [same, ben], "ben")] for k in range(12)}
    bring(bench, QUESTIONS[4][0], given, overlap=2)
    lines = {line["label"]: line for line in report(bench, "q")["labels"]}
    assert lines["a"]["specific"]["value"] == 1
    assert lines["b"]["specific"]["value"] == 0
    assert lines["a"]["specific"]["low"] > 0.7
    assert lines["a"]["specific"]["n_items"] == 12


def test_what_cannot_be_told_is_told_in_words(bench: Bench) -> None:
    bring(bench, QUESTIONS[0][0], {"1": [answer("q", "a", "ann")], "2": [answer("q", "b", "ben")]}, overlap=2)
    found = report(bench, "q")
    assert found["alpha"]["value"] is None
    assert "two people" in found["alpha"]["why"]
    bring(bench, QUESTIONS[0][0], {str(k): [answer("q", "a", who) for who in ("ann", "ben")] for k in range(5)}, overlap=2)
    found = report(bench, "q")
    assert found["alpha"]["value"] is None
    assert "one and the same label" in found["alpha"]["why"]
    assert found["observed"]["value"] == 1
    assert found["observed"]["low"] < 0.6, "five items prove little"
    assert bench.ask("GET", "/quality/agreement?question=nothing").status_code == 422


def test_one_person_counts_once_an_item_and_unknown_ones_each(bench: Bench) -> None:
    given = {
        "1": [answer("q", "b", "ann"), answer("q", "a", "ann"), answer("q", "a", "ben")],
        "2": [answer("q", "a", None), answer("q", "b", None)],
        "3": [answer("q", "a", "ann"), answer("q", "a", "ben")],
    }
    bring(bench, QUESTIONS[0][0], given, overlap=2)
    found = report(bench, "q")
    assert found["alpha"]["n_items"] == 3
    assert [item["n_answers"] for item in found["items"]] == [2]
    assert found["n_people"] == 2
    assert found["pairs"][0]["observed"]["n_items"] == 2


def test_answers_given_with_a_suggestion_can_be_left_out(bench: Bench) -> None:
    """Two people who take what is suggested agree; without help they do not."""
    bench.project(overlap=2)
    ids = bench.add(*[f"thing {k}" for k in range(20)])
    bench.suggest("elsewhere", [(i, "good", 0.9) for i in ids[:10]])
    second = bench.call("POST", "/api/users", {"login": f"p{uuid.uuid4().hex[:6]}", "password": PASSWORD})["id"]
    bench.call("PUT", f"/members/{second}", {"role": "annotator"})
    token = bench.ws.auth.add_token(second, "x")[1]
    for who in ("first", "second"):
        for k, item in enumerate(ids):
            shown = {"mood": [{"id": 1, "value": "good", "score": 0.9, "source": "elsewhere", "version": 1}]} if k < 10 else {}
            value = "good" if k < 10 or (who == "first") == bool(k % 2) else "bad"
            body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": value}, "shown": shown}
            headers = {"Authorization": f"Bearer {token}"} if who == "second" else {"X-CSRF-Token": bench.csrf}
            reply = bench.client.post(f"/api/projects/{bench.p}/answers", json=body, headers=headers)
            assert reply.status_code == 200
    everything, alone = report(bench, "mood"), report(bench, "mood", "none")
    assert (everything["measured_items"], alone["measured_items"]) == (20, 10)
    assert everything["n_assisted"] == alone["n_assisted"] == 20
    assert everything["observed"]["value"] == 0.5
    assert alone["observed"]["value"] == 0


def test_many_answers_are_measured_by_a_job_and_shown_until_then(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(bench, QUESTIONS[0][0], {str(k): [answer("q", "ab"[k % 2], w) for w in ("ann", "ben")] for k in range(8)}, overlap=2)
    monkeypatch.setattr("milo.infra.quality.AT_ONCE", 5)
    first = bench.call("GET", "/quality/agreement?question=q")
    assert (first["report"], first["fresh"]) == (None, False)
    bench.wait(first["job"])
    second = bench.call("GET", "/quality/agreement?question=q")
    assert second["fresh"]
    assert second["report"]["alpha"]["value"] == 1
    item = bench.all("SELECT id FROM item WHERE id / 1000000000 = ? ORDER BY id LIMIT 1", bench.p)[0][0]
    bench.answer(item, q="b")
    third = bench.call("GET", "/quality/agreement?question=q")
    assert not third["fresh"]
    assert third["report"] == second["report"], "the old one is shown, as such"
    bench.wait(third["job"])
    fourth = bench.call("GET", "/quality/agreement?question=q")
    assert fourth["fresh"]
    assert fourth["report"]["alpha"]["value"] < 1

"""People measured: a recorded crowd against its gold, speed, drift, fairness, what contributors see; models as stand-ins."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest

from data_bench import MOOD, PASSWORD, SHARED, Bench
from milo.flow.contributors import _Series, drift_of  # pyright: ignore[reportPrivateUsage]
from milo.infra.sql.called import called
from quality.crowds import answer, bring, crowd
from quality.people import Person


def people_of(bench: Bench, question: str) -> dict[str, Any]:
    """The report on everybody."""
    return bench.call("GET", f"/quality/people?question={question}")["report"]


def test_a_recorded_crowd_is_measured_as_counting_says(bench: Bench) -> None:
    crowd(bench, "rte")
    report = people_of(bench, "entails")
    assert len(report["people"]) == 164
    names = [p["name"] for p in report["people"]]
    assert names == sorted(names, key=str.casefold), "by name, never by rank"
    with (SHARED / "crowds" / "rte.labels.csv").open() as file:
        rows = list(csv.DictReader(file))
    gold = dict(bench.all("SELECT i.key, a.value FROM annotation a JOIN item i ON i.id = a.item_id WHERE a.role = 'gold' "
                          "AND i.id / 1000000000 = ?", bench.p))  # fmt: skip
    for person in report["people"]:
        mine = [row for row in rows if row["rater"] == person["name"]]
        right = sum(f'"{row["label"]}"' == gold[row["item"]] for row in mine)
        assert person["n_answers"] == person["gold_right"]["n_items"] == len(mine)
        assert person["gold_right"]["value"] == pytest.approx(right / len(mine))
        assert person["gold_right"]["low"] <= right / len(mine) <= person["gold_right"]["high"]
    known = [p for p in report["people"] if p["n_answers"] >= 100]
    truth, seen = (np.array([p[k]["value"] for p in known]) for k in ("gold_right", "ability"))
    assert np.corrcoef(truth, seen)[0, 1] > 0.9, "without gold, ability finds the same people good"
    inside = [p["ability"]["low"] - 0.05 <= p["gold_right"]["value"] <= p["ability"]["high"] + 0.05 for p in known]
    assert np.mean(inside) > 0.8
    few = [p for p in report["people"] if p["n_answers"] < report["few"]]
    assert all(not p["stands_out"] for p in few), "nobody stands out by a handful of answers"
    below = {p["name"] for p in report["people"] if p["stands_out"].get("with_gold") == "below"}
    worst = min(known, key=lambda p: p["gold_right"]["value"])
    assert worst["name"] in below
    assert len(below) < len(report["people"]) / 10


def test_equal_people_do_not_stand_out(bench: Bench) -> None:
    """Eight people who all are right four times of five: in no more than one of twenty such crowds somebody may stand out."""
    rng, out = np.random.default_rng(7), 0
    for _ in range(3):
        given = {
            str(k): [answer("mood", "good" if rng.random() < 0.8 else "bad", f"p{p}") for p in range(8)]
            + [answer("mood", "good", None, "gold")]
            for k in range(60)
        }
        bring(bench, dict(MOOD), given, overlap=8)
        out += any(p["stands_out"].get("with_gold") for p in people_of(bench, "mood")["people"])
    assert out == 0


def test_speed_is_active_time_with_an_interval(bench: Bench) -> None:
    bench.project(overlap=2)
    ids = bench.add(*[f"thing {k}" for k in range(30)])
    quick, slow = Person(bench, name="quick"), Person(bench, name="slow")
    for k, item in enumerate(ids):
        quick.answer(item, seconds=4 + k % 3, mood="good")
        slow.answer(item, seconds=500, mood="good")
    found = {p["name"]: p for p in people_of(bench, "mood")["people"]}
    assert found["quick"]["seconds"]["value"] == 5
    assert 4 <= found["quick"]["seconds"]["low"] <= 5 <= found["quick"]["seconds"]["high"] <= 6
    assert found["slow"]["seconds"]["value"] == 60, "a gap counts up to a minute"
    assert found["quick"]["seconds"]["n_items"] == 30


def test_contributors_see_themselves_and_only_means_of_the_others(bench: Bench) -> None:
    bench.project(overlap=5)
    ids = bench.add(*[f"thing {k}" for k in range(25)])
    crew = [Person(bench) for _ in range(4)]
    for item in ids:
        for person in crew:
            person.answer(item, mood="good")
    for item in ids[:14]:
        bench.call("POST", "/gold", {"item_id": item, "values": {"mood": "good"}})
    mine = crew[0].call("GET", "/quality/me?question=mood")["report"]
    assert mine["me"]["name"] == crew[0].login
    assert mine["me"]["gold_right"]["n_items"] == 10, "fourteen so far, told in tens"
    assert mine["mean_with_others"] == 1
    text = str(mine)
    assert not any(other.login in text for other in crew[1:])
    assert crew[0].ask("GET", "/quality/people?question=mood").status_code == 403
    assert crew[0].ask("GET", "/quality/agreement?question=mood").status_code == 403
    lead = Person(bench, "reviewer")
    assert len(lead.call("GET", "/quality/people?question=mood")["report"]["people"]) == 4


def test_gold_of_ones_own_proves_nothing(bench: Bench) -> None:
    bench.project(overlap=2)
    ids = bench.add(*[f"thing {k}" for k in range(4)])
    lead, ann = Person(bench, "reviewer"), Person(bench)
    for item in ids:
        lead.answer(item, mood="good")
        ann.answer(item, mood="bad")
    made = bench.one("SELECT id FROM annotation WHERE item_id = ? AND user_id = ?", ids[0], ann.id)
    lead.call("POST", "/gold", {"item_id": ids[0], "annotations": [made]})
    lead.call("POST", "/gold", {"item_id": ids[1], "values": {"mood": "good"}})
    found = {p["name"]: p for p in people_of(bench, "mood")["people"]}
    assert found[lead.login]["with_gold"]["n_items"] == 0
    assert found[ann.login]["with_gold"]["n_items"] == 1, "not the one made of the answer itself"
    assert found[ann.login]["gold_right"]["value"] == 0


def test_a_change_over_time_is_found_and_steadiness_is_not_called_one() -> None:
    rng = np.random.default_rng(3)
    at = np.arange(600.0)
    steady = sum(
        drift_of(_Series(at, (rng.random(600) < 0.85).astype(np.float64)), "gold").changed_at is not None for _ in range(40)
    )
    worse = [_Series(at, (rng.random(600) < np.where(at < 200, 0.9, 0.6)).astype(np.float64)) for _ in range(40)]
    found = [drift_of(one, "gold") for one in worse]
    assert steady <= 2
    assert sum(one.changed_at is not None and one.changed_at > 200 for one in found) >= 36
    assert len(found[0].periods) == 8
    assert "from 80 on" in drift_of(_Series(at[:20], np.ones(20)), "gold").why


def test_a_good_model_may_stand_in_and_a_bad_one_may_not(bench: Bench) -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 120)
    flip = lambda share: np.where(rng.random(120) < share, 1 - truth, truth)  # noqa: E731
    word = ["good", "bad"]
    crowd_ = {f"p{k}": flip(0.2) for k in range(4)}
    given = {str(k): [answer("mood", word[labels[k]], who) for who, labels in crowd_.items()] for k in range(120)}
    ids = bring(bench, dict(MOOD), given, overlap=4)
    for name, labels in (("sharp", flip(0.02)), ("dull", flip(0.5))):
        bench.suggest(name, [(ids[str(k)], word[labels[k]], 0.9) for k in range(120)])
    models = {m["name"]: m["id"] for m in bench.call("GET", "/models")}
    good = bench.call("GET", f"/quality/stand-in?question=mood&model={models['sharp']}&epsilon=0.1")
    bad = bench.call("GET", f"/quality/stand-in?question=mood&model={models['dull']}&epsilon=0.1")
    assert (good["passes"], bad["passes"]) == (True, False)
    assert good["winning_rate"] == 1
    assert "may stand in" in good["words"]
    assert "not shown" in bad["words"]
    assert good["n_items"] == 120
    assert [a["name"] for a in good["against"]] == ["p0", "p1", "p2", "p3"]
    none = bench.add("alone")
    assert none
    assert bench.ask("GET", f"/quality/stand-in?question=mood&model={models['dull']}&epsilon=2").status_code == 422
    assert bench.ask("GET", "/quality/stand-in?question=mood&model=999999").status_code == 404


def test_people_are_called_by_name_and_told_apart(bench: Bench) -> None:
    for login, name in (("ann1", " Ann "), ("ann2", "ann"), ("bob", "Bob"), ("cyd", "")):
        bench.call("POST", "/api/users", {"login": login, "name": name, "password": PASSWORD})
    known = {one.login: one.name for one in bench.ws.db.read(called).values()}
    assert {login: known[login] for login in ("ann1", "ann2", "bob", "cyd")} == {
        "ann1": "Ann (ann1)", "ann2": "ann (ann2)", "bob": "Bob", "cyd": "cyd"
    }  # fmt: skip

"""Totals over the interface: figures about all items, checked against what was put in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_bench import Bench
from flow.test_guarantee import accept, answer_blind, blind, look, world
from milo.cli.connection import Where, connect
from milo.cli.totals import guarantee
from milo.cli.totals import totals as command
from milo.domain.errors import Conflict

STARS = {"name": "stars", "type": "rating", "config": {"min": 1, "max": 5}}


def totals(bench: Bench, **query: Any) -> dict[str, Any]:
    return bench.call("GET", "/totals", params={"question": "mood", **query})


def skewed(bench: Bench, n: int = 600) -> dict[int, str]:
    """Items of two groups whose truth is good in 70 and in 40 of 100; a model that is right in 9 of 10; a third is blind."""
    rng = np.random.default_rng(3)
    bench.project(blind_share=0.3, order="random")
    truth: dict[int, str] = {}
    for group, share in (("a", 0.7), ("b", 0.4)):
        ids = bench.add(*(f"{group} {k}" for k in range(n // 2)), meta={"group": group})
        truth |= {i: "good" if rng.random() < share else "bad" for i in ids}
    flip = {"good": "bad", "bad": "good"}
    rows: list[tuple[int, Any, float | None]] = [(i, t if rng.random() < 0.9 else flip[t], 0.9) for i, t in truth.items()]
    bench.suggest("guesser", rows)
    for item in blind(bench):
        bench.answer(item, mood=truth[item])
    return truth


def test_shares_differences_and_metrics_cover_what_was_put_in(bench: Bench) -> None:
    truth = skewed(bench)
    found = totals(bench, by="group", level=0.999)
    assert (found["items"], found["labels"], found["covered"]) == (600, len(blind(bench)), 1.0)
    good = next(f for f in found["figures"] if (f["name"], f["slice"]) == ("good", ""))
    share = sum(t == "good" for t in truth.values()) / 600
    assert good["low"] <= share <= good["high"]
    assert good["high"] - good["low"] <= good["human_high"] - good["human_low"]
    assert good["trust"] > 0.3
    assert 0 < good["more"] < 600
    apart = next(d for d in found["differences"] if d["name"] == "good")
    assert (apart["first"], apart["second"]) == ("b", "a")
    shares = [sum(truth[i] == "good" for i in ids) / 300 for ids in (sorted(truth)[:300], sorted(truth)[300:])]
    assert apart["low"] <= shares[1] - shares[0] <= apart["high"]
    accuracy = found["metrics"][0]
    assert accuracy["kind"] == "accuracy"
    assert accuracy["low"] <= 0.9 <= accuracy["high"]
    assert {m["kind"] for m in found["metrics"]} == {"accuracy", "precision", "recall", "f1"}


def test_without_labels_nothing_is_known_and_it_says_so(bench: Bench) -> None:
    world(bench, n=40)
    found = totals(bench)
    assert all(f["value"] is None and (f["low"], f["high"]) == (0.0, 1.0) for f in found["figures"])
    assert "little can be said yet" in found["notes"][0]


def test_the_labels_stand_alone_where_the_model_has_spoken_of_few(bench: Bench) -> None:
    bench.project(blind_share=0.5, order="random")
    ids = bench.add(*(f"text {k}" for k in range(100)))
    bench.suggest("guesser", [(i, "good", 0.9) for i in ids[:20]])
    for item in blind(bench):
        bench.answer(item, mood="bad")
    found = totals(bench)
    assert found["covered"] < 0.5
    assert "stand alone" in " ".join(found["notes"])
    assert {f["trust"] for f in found["figures"]} == {0.0}


def test_audits_weigh_by_their_odds(bench: Bench) -> None:
    """Accepted items are labelled more often than others; counted naively the share would lean towards them."""
    wrong = world(bench, n=1000, share=0.2, error=0.9, seed=4)
    for item in blind(bench):
        bench.answer(item, mood="so so" if wrong[item] else "good")
    best = look(bench, wish={"target": 0.2})["best"]
    accept(bench, best["threshold"], {"target": 0.2})
    ids = [r[0] for r in bench.all("SELECT item_id FROM blind_draw WHERE purpose = 'audit' AND project_id = ?", bench.p)]
    for item in ids:
        bench.answer(item, mood="so so" if wrong[item] else "good")
    found = totals(bench, level=0.999)
    good = next(f for f in found["figures"] if (f["name"], f["slice"]) == ("good", ""))
    labelled = [*blind(bench), *ids]
    assert good["n"] == len(labelled)
    share = sum(not w for w in wrong.values()) / len(wrong)
    assert good["low"] <= share <= good["high"]
    assert good["human_low"] <= share <= good["human_high"]
    assert good["human"] != pytest.approx(sum(not wrong[i] for i in labelled) / len(labelled), abs=1e-6), (
        "each label weighs by its odds"
    )


def test_the_mean_of_a_rating(bench: Bench) -> None:
    bench.project(STARS, blind_share=0.4, order="random")
    rng = np.random.default_rng(8)
    ids = bench.add(*(f"text {k}" for k in range(300)))
    truth = {i: int(rng.integers(1, 6)) for i in ids}
    near = {i: int(np.clip(t + rng.integers(-1, 2), 1, 5)) for i, t in truth.items()}
    bench.suggest("guesser", [(i, near[i], 0.5) for i in ids], question="stars")
    for item in blind(bench):
        bench.answer(item, stars=truth[item])
    found = bench.call("GET", "/totals", params={"question": "stars", "level": 0.999})
    mean = found["figures"][0]
    assert mean["kind"] == "mean"
    assert mean["low"] <= np.mean(list(truth.values())) <= mean["high"]
    assert mean["high"] - mean["low"] < mean["human_high"] - mean["human_low"]


def test_unknown_metadata_is_refused_by_name(bench: Bench) -> None:
    world(bench, n=20)
    reply = bench.ask("GET", "/totals", params={"question": "mood", "by": "nonsense"})
    assert reply.status_code == 422
    assert "nonsense" in reply.json()["error"]["message"]


def test_calibration_says_too_few_instead_of_a_figure(bench: Bench) -> None:
    world(bench, error=0.0)
    answer_blind(bench, 60)
    model = bench.call("GET", "/models")[0]["id"]
    found = bench.call("GET", f"/models/{model}/calibration")
    assert (found["n"], found["wrong"], len(found["bars"]) > 1) == (60, 0, True)
    assert found["auroc"]["value"] is None
    assert found["auroc"]["why"] == "too few: 0 wrong answers, 5 are needed"
    assert found["ece"]["value"] == pytest.approx(0.5, abs=0.2)


def test_the_commands_print_what_the_pages_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Bench(tmp_path).close()
    where = Where(workspace=tmp_path / "workspace")
    with connect(where) as client:
        project = client.create_project(recipe="text_classification", name="Totals")
        ids = project.import_rows([{"text": f"Where is parcel {n}?"} for n in range(30)]).ids
        project.add_suggestions(({"item_id": i, "question": "topic", "value": "delivery", "score": 0.9} for i in ids), name="m")
        assert project.totals("topic", source="m")["items"] == 30
        assert project.ask_blind("topic", 3, source="m") == 3
        assert project.permissions() == []
        with pytest.raises(Conflict, match="accept without a guarantee"):
            project.accept("topic", 0.5, source="m", promise="total")
        assert project.accept("topic", 0.5, source="m")["promise"] is None
    command("Totals", "topic", model="m", where=where)
    guarantee("Totals", "topic", model="m", where=where)
    printed = capsys.readouterr().out
    assert "30 items, 0 of them labelled blind" in printed
    assert "Send everything to people" in printed or "no open suggestion" in printed

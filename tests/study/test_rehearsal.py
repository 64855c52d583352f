"""Rehearsals: what is put in is found, no effect is claimed no more often than stated, and size, files and verdicts agree."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from milo.domain.errors import InvalidConfig
from milo.domain.study import Design
from milo.flow.rehearse import WholeProject, rehearse_project
from milo.flow.study.data import write_data
from milo.flow.study.rehearsal import Crowd, Scene, Work, rehearse_study
from milo.flow.study.rehearsal import _files as files_of  # pyright: ignore[reportPrivateUsage]
from milo.flow.study.report import report
from milo.flow.study.size import Sizing, Spreads, pilot, size

NO_EFFECT = Work(saving=0.0, fixing=0.0, model_right=0.9)
STEADY = Crowd(fatigue=0.0, learning=1.0, reliance=0.0, catches=1.0, doubts=0.0)


def scene(runs: int, work: Work, crowd: Crowd = STEADY, people: int = 8, **more: object) -> Scene:
    design = Design("S", "q", warm_up=0, withhold=0.0, **more)  # type: ignore[arg-type]
    return Scene(design, people, crowd, work, runs, 7)


def test_the_whole_path_claims_no_effect_no_more_often_than_stated() -> None:
    runs = 200
    found = rehearse_study(scene(runs, NO_EFFECT, per_arm=12))
    [arm] = found.arms
    assert arm.found * runs <= runs * 0.05 + 3 * math.sqrt(runs * 0.05 * 0.95)
    assert arm.ratio == pytest.approx(1.0, abs=0.05)
    assert arm.covered >= 0.9


def test_what_is_put_in_is_found() -> None:
    quick = rehearse_study(scene(12, Work(saving=0.5, fixing=0.1, model_right=0.95), people=10, per_arm=30, margin=0.05))
    [arm] = quick.arms
    assert arm.ratio < 0.7
    assert arm.found > 0.9
    assert max(arm.verdicts, key=lambda v: arm.verdicts[v]) == "faster and not worse"
    trap = Crowd(reliance=0.9, catches=0.1, fatigue=0.0, learning=1.0, accuracy=0.97)
    blind = rehearse_study(scene(12, Work(saving=0.5, model_right=0.5), trap, people=10, per_arm=30))
    assert blind.arms[0].difference < -0.2
    assert max(blind.arms[0].verdicts, key=lambda v: blind.arms[0].verdicts[v]) == "faster and worse"
    slow = rehearse_study(scene(12, Work(saving=0.0, fixing=0.6, model_right=0.3), people=10, per_arm=30))
    assert max(slow.arms[0].verdicts, key=lambda v: slow.arms[0].verdicts[v]) == "no gain"
    few = rehearse_study(scene(10, Work(saving=0.3), people=3, per_arm=10))
    assert few.arms[0].verdicts == {"cannot tell": 10}, "three people cannot show anything in a crossover"


def test_three_arms_and_the_other_layouts() -> None:
    from milo.domain.study import ASSISTED, MANUAL, PRE_ANNOTATED

    three = rehearse_study(scene(3, Work(), people=9, per_arm=10, arms=(MANUAL, PRE_ANNOTATED, ASSISTED)))
    assert [arm.arm for arm in three.arms] == ["pre-annotated", "assisted"]
    contrasts = three.example.contrasts
    assert all(c.time.p_holm is not None and c.time.p is not None and c.time.p_holm >= c.time.p for c in contrasts)
    alone = rehearse_study(scene(5, Work(saving=0.6, model_right=0.95), people=1, per_arm=60, layout="interleaved"))
    assert alone.example.contrasts[0].scope == "these people only"
    assert alone.arms[0].found > 0.5
    apart = rehearse_study(scene(5, Work(), people=12, per_arm=10, layout="between"))
    assert apart.example.contrasts[0].people == ()
    assert apart.example.contrasts[0].time.method == "Welch's t"


def assert_same(a: Any, b: Any, where: str = "report") -> None:
    """Equal, numbers to four digits: another process may sum in another order, and what is fitted by steps ends a little elsewhere."""
    if isinstance(a, float) and isinstance(b, (int, float)):
        assert a == pytest.approx(b, rel=1e-4, abs=1e-9), where
    elif isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for key, value in a.items():
            assert_same(value, b[key], f"{where}.{key}")
    elif isinstance(a, list):
        assert len(a) == len(b), where
        for at, pair in enumerate(zip(a, b, strict=True)):
            assert_same(*pair, f"{where}[{at}]")
    else:
        assert a == b, where


def test_the_example_is_the_report_of_its_files_and_the_command_says_the_same(tmp_path: Path) -> None:
    from milo.flow.study import rehearsal

    made = scene(1, Work(), people=6, per_arm=8)
    design = msgspec.structs.replace(made.design, people=tuple(range(1, 7)), seed=made.seed)
    drawn = rehearsal._drawn(design, made.work, made.seed)  # pyright: ignore[reportPrivateUsage]
    done = rehearsal._work(made, drawn, [False, True], made.seed, ())  # pyright: ignore[reportPrivateUsage]
    plan, data = files_of(made, design, drawn, done)
    example = rehearse_study(made).example
    assert report(plan, data) == example
    (tmp_path / "plan.json").write_bytes(msgspec.json.encode(plan))
    (tmp_path / "data.jsonl").write_bytes(write_data(data))
    command = [
        sys.executable,
        "-m",
        "milo.cli.main",
        "study",
        "report",
        "--plan",
        "plan.json",
        "--data",
        "data.jsonl",
        "--json",
    ]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert said.returncode == 0, said.stderr
    assert_same(json.loads(said.stdout), json.loads(msgspec.json.encode(example)))


def test_size_says_what_the_rehearsal_finds() -> None:
    asked = Sizing(saving=0.25, per_arm=15, people=8, withhold=0.0)
    formula = size(asked).power
    work = Work(saving=0.25, fixing=0.0, model_right=0.995, help_spread=0.15)
    found = rehearse_study(scene(150, work, Crowd(fatigue=0, learning=1, reliance=1.0, doubts=0), people=8, per_arm=15))
    assert found.arms[0].found == pytest.approx(formula, abs=0.13), "three standard errors of 150 runs"
    assert size(Sizing(people=5)).power == 0.0
    assert "cannot show anything" in size(Sizing(people=5)).why
    assert size(Sizing(people=3, layout="interleaved")).power > 0
    needed = size(asked).people_needed
    assert needed is not None
    assert size(msgspec.structs.replace(asked, people=needed)).power >= 0.8
    assert size(msgspec.structs.replace(asked, people=needed - 1)).power < 0.8


def test_a_pilot_says_how_times_vary() -> None:
    import numpy as np

    rng = np.random.default_rng(3)
    times = [
        (who, float(np.exp(3 + pace + 0.5 * rng.normal()))) for who, pace in enumerate((-0.4, 0.0, 0.4)) for _ in range(60)
    ]
    found = pilot(times, [True] * 45 + [False] * 15)
    assert found.spread is not None
    assert found.spread.residual == pytest.approx(0.5, abs=0.08)
    assert found.spread.annotator == pytest.approx(0.4, abs=0.12)
    assert (found.answers, found.people, found.model_right) == (180, 3, 0.75)
    assert pilot(times[:10], []).spread is None, "ten answers say nothing about how times vary"
    assert Spreads().help == 0.15


def test_a_project_rehearsed() -> None:
    ways = rehearse_project(WholeProject(items=2000, people=4, hourly=20, work=Work(model_right=0.97)))
    by = {(w.help, w.overlap): w for w in ways}
    assert by[True, 1].hours < by[False, 1].hours
    assert by[False, 3].right > by[False, 1].right, "three heads see more than one"
    assert by[False, 3].hours == pytest.approx(3 * by[False, 1].hours, rel=0.25)
    assert ways == sorted(ways, key=lambda w: w.cost)
    assert rehearse_project(WholeProject(items=2000, people=4, hourly=20, work=Work(model_right=0.97))) == ways
    with pytest.raises(InvalidConfig):
        rehearse_project(WholeProject(items=0))

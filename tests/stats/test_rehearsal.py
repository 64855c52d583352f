"""Simulated people do what their numbers say, and a rehearsal answers whether a study is large enough."""

import numpy as np
import pytest

from milo.stats.rehearsal import Person, Task, rehearse, study_power
from milo.stats.study import learning, pull, reliance, time_ratio
from milo.stats.study_plan import Spread, crossover, power


def test_numbers_come_out_as_put_in() -> None:
    plan = crossover(40, 2, 100, np.zeros(200), seed=1)
    people = [Person(accuracy=0.9, reliance=0.3, catches=0.5, doubts=0.1, fatigue=0.0, learning=1.0)] * 40
    task = Task(model_right=0.8, saving=0.5, fixing=0.2, help=0.0, ease=0.0)
    found = rehearse(plan, people, task, seed=2)
    alone, helped = plan.arm == 0, plan.arm == 1
    assert found.right[alone].mean() == pytest.approx(0.9, abs=0.02)
    assert found.suggestion_right[helped].mean() == pytest.approx(0.8, abs=0.09)  # 200 items
    panel = reliance(found.accepted[helped], found.suggestion_right[helped])
    assert panel.over.value == pytest.approx(0.3 + 0.7 * 0.5, abs=0.04)
    assert panel.under.value == pytest.approx(0.7 * 0.1, abs=0.02)
    logs = np.log(found.seconds)
    assert logs[alone].mean() == pytest.approx(np.log(30), abs=0.1)
    assert logs[helped & found.accepted].mean() - logs[alone].mean() == pytest.approx(np.log(0.5), abs=0.05)
    assert not found.accepted[alone].any()
    assert not found.shown[alone].any()


def test_people_tire_and_learn() -> None:
    plan = crossover(20, 2, 100, np.zeros(200), seed=1)
    who, trial = plan.annotator, np.tile(np.arange(1, 201), 20)
    for person, below in ((Person(fatigue=0.0, learning=0.85), True), (Person(fatigue=1.0, learning=1.0), False)):
        found = rehearse(plan, [person] * 20, Task(saving=0.0, fixing=0.0), seed=3)
        pace = learning(found.seconds, trial, who)
        assert (pace.high < 1) == below
        assert (pace.low > 1) == (not below)


def test_hiding_at_random_measures_the_pull() -> None:
    plan = crossover(20, 2, 100, np.zeros(200), seed=1)
    found = rehearse(plan, [Person(reliance=0.6)] * 20, Task(model_right=0.7), hide=0.3, seed=4)
    helped = plan.arm == 1
    assert found.shown[helped].mean() == pytest.approx(0.7, abs=0.03)
    lean = pull((found.answer == found.suggestion)[helped], found.shown[helped], plan.annotator[helped])
    assert lean.low > 0.05


def test_the_same_seed_gives_the_same_people() -> None:
    plan = crossover(3, 2, 5, np.zeros(12), warm_up=2, seed=1)
    one, two = (rehearse(plan, [Person()] * 3, seed=9) for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, two, strict=True))
    assert not one.shown[plan.period == -1].any()
    with pytest.raises(ValueError, match="3 people"):
        rehearse(plan, [Person()] * 2)


def test_is_the_study_large_enough() -> None:
    """The rehearsed power is that of the formula for the same spread."""
    task = Task(model_right=0.999, saving=0.2, ease=0.0)
    person = Person(reliance=1.0, fatigue=0.0, learning=1.0)

    def make(seed: int):
        plan = crossover(8, 2, 40, np.zeros(80), seed=seed)
        found = rehearse(plan, [person] * 8, task, seed=seed)
        return found.seconds, plan.annotator, plan.arm

    share, error = study_power(make, lambda *given: time_ratio(*given).p, runs=200)
    assert share == pytest.approx(power(0.2, 40, 8, Spread()), abs=4 * error + 0.05)

"""Plans of studies: balanced orders, nobody twice, and the published sizes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.study_plan import Spread, annotators_needed, between, crossover, power, williams


@given(st.integers(2, 9))
def test_each_arm_stands_everywhere_and_follows_every_other_equally_often(arms: int) -> None:
    order = williams(arms)
    assert (np.sort(order, axis=1) == np.arange(arms)).all()
    for place in range(arms):
        assert len(set(np.bincount(order[:, place], minlength=arms).tolist())) == 1
    follows = np.zeros((arms, arms), dtype=int)
    np.add.at(follows, (order[:, :-1].ravel(), order[:, 1:].ravel()), 1)
    off = follows[~np.eye(arms, dtype=bool)]
    assert (off == off[0]).all()
    assert (np.diag(follows) == 0).all()


@given(st.integers(1, 13), st.integers(2, 5), st.integers(1, 8), st.integers(0, 4), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_nobody_sees_an_item_twice_and_items_rotate_over_the_arms(people, arms, per_arm, warm, seed) -> None:
    strata = np.arange(arms * per_arm + warm + 7) % 3
    plan = crossover(people, arms, per_arm, strata, warm_up=warm, seed=seed)
    assert len(plan.item) == people * (arms * per_arm + warm)
    for who in range(people):
        mine = plan.annotator == who
        assert len(set(plan.item[mine].tolist())) == mine.sum()
        assert (np.bincount(plan.arm[mine & (plan.arm >= 0)], minlength=arms) == per_arm).all()
        for period in range(arms):
            block = plan.arm[mine & (plan.period == period)]
            assert (block == plan.sequence[who, period]).all()
    work = plan.arm >= 0
    met = np.zeros((len(strata), arms), dtype=int)
    np.add.at(met, (plan.item[work], plan.arm[work]), 1)
    assert (
        np.ptp(met[met.sum(axis=1) > 0], axis=1).max() <= 1 + people // arms - people // arms
    )  # each arm as often, or once more
    assert (crossover(people, arms, per_arm, strata, warm_up=warm, seed=seed).item == plan.item).all()


def test_sets_have_the_same_strata() -> None:
    strata = np.repeat([0, 1, 2], [50, 30, 20])
    plan = crossover(4, 2, 20, strata, seed=3)
    for who in range(4):
        counts = [np.bincount(strata[plan.item[(plan.annotator == who) & (plan.arm == k)]], minlength=3) for k in (0, 1)]
        assert np.abs(counts[0] - counts[1]).max() <= 2
        assert np.abs(counts[0] - [10, 6, 4]).max() <= 2
    with pytest.raises(ValueError, match="need 44"):
        crossover(4, 2, 20, np.zeros(43), warm_up=4)


def test_one_arm_per_person() -> None:
    plan = between(7, 3, 10, seed=1)
    arms = [int(plan.arm[plan.annotator == who][0]) for who in range(7)]
    assert sorted(np.bincount(arms)) == [2, 2, 3]
    for who in range(7):
        assert sorted(plan.item[plan.annotator == who].tolist()) == list(range(10))


@pytest.mark.parametrize(("saving", "per_arm", "expected"), [
    (0.1, 40, [0.11, 0.16, 0.22, 0.33, 0.43, 0.61]), (0.1, 80, [0.13, 0.20, 0.28, 0.42, 0.55, 0.75]),
    (0.2, 20, [0.21, 0.37, 0.51, 0.73, 0.86, 0.97]), (0.2, 40, [0.29, 0.52, 0.69, 0.89, 0.97, 1.00]),
    (0.2, 80, [0.38, 0.64, 0.82, 0.96, 0.99, 1.00]), (0.3, 20, [0.44, 0.73, 0.88, 0.98, 1.00, 1.00]),
    (0.3, 40, [0.59, 0.88, 0.97, 1.00, 1.00, 1.00]),
])  # fmt: skip
def test_the_table_of_sizes(saving: float, per_arm: int, expected: list[float]) -> None:
    found = [power(saving, per_arm, people) for people in (4, 6, 8, 12, 16, 24)]
    assert found == pytest.approx(expected, abs=0.0051)


def test_power_is_the_level_without_an_effect_and_grows() -> None:
    assert power(0.0, 40, 8) == pytest.approx(0.05, abs=1e-6)
    assert power(0.2, 40, 48, crossed=False) == pytest.approx(0.51, abs=0.01)
    assert power(0.2, 40, 1) == 0
    assert power(0.2, 40, 8, Spread(residual=1.2)) < power(0.2, 40, 8)
    needed = annotators_needed(0.2, 40)
    assert needed is not None
    assert power(0.2, 40, needed) >= 0.8 > power(0.2, 40, needed - 1)
    assert annotators_needed(0.001, 1) is None
    with pytest.raises(ValueError, match="saving"):
        power(1.5, 10, 4)


def test_power_against_simulation() -> None:
    rng, s, found = np.random.default_rng(1), Spread(), 0
    for _ in range(600):
        d = np.log(0.8) + s.help * rng.normal(size=8)
        d += np.sqrt(2 * (s.residual**2 + s.item**2) / 40) * rng.normal(size=8)
        found += abs(d.mean()) / (d.std(ddof=1) / math.sqrt(8)) > 2.364624  # t with 7 degrees of freedom
    assert found / 600 == pytest.approx(power(0.2, 40, 8), abs=0.05)


def test_power_has_a_value_for_every_size() -> None:
    found = [power(0.2, 40, n) for n in range(2, 400)]
    assert all(0 <= one <= 1 for one in found)
    assert found[126] == pytest.approx(1.0), "where the non-central t distribution gives none"

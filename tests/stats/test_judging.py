"""A judge's rate corrected, its alarms weighed, its leanings found: worked values, oracles, and coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from milo.stats.intervals import clopper_pearson
from milo.stats.judging import (
    alarms,
    corrected_rate,
    corrected_rate_by_verdict,
    firth_logistic,
    length_bias,
    order_bias,
    partial_correlation,
    weighted_share,
)  # fmt: skip


def test_a_published_worked_value() -> None:
    # pass rate .4 of 1,000, sensitivity .9 and specificity .7 on 200 each: Lee et al. (2025) give .1667
    found = corrected_rate(400, 1000, 180, 200, 140, 200)
    assert found.value == pytest.approx(1 / 6)
    assert found.low < 1 / 6 < found.high


@pytest.mark.parametrize(
    ("share", "catches", "clears", "judged", "audited"),
    [(0.3, 0.9, 0.8, 500, 50), (0.95, 0.85, 0.9, 300, 40), (0.02, 0.8, 0.95, 1000, 100), (0.9, 0.98, 0.6, 200, 30)],
)
def test_the_corrected_rate_is_covered(share: float, catches: float, clears: float, judged: int, audited: int) -> None:
    rng = np.random.default_rng(1)
    rate = share * catches + (1 - share) * (1 - clears)
    right, by_verdict, runs = 0, 0, 300
    for _ in range(runs):
        passed, good = int(rng.binomial(judged, rate)), int(rng.binomial(audited, share))
        caught, cleared = int(rng.binomial(good, catches)), int(rng.binomial(audited - good, clears))
        found = corrected_rate(passed, judged, caught, good, cleared, audited - good)
        right += found.low <= share <= found.high
        a, b = min(passed, audited // 2), min(judged - passed, audited // 2)
        worth, loss = share * catches / rate, share * (1 - catches) / (1 - rate)
        other = corrected_rate_by_verdict(passed, judged, int(rng.binomial(a, worth)), a, int(rng.binomial(b, loss)), b)
        by_verdict += other.low <= share <= other.high
    least = runs * 0.95 - 2 * math.sqrt(runs * 0.95 * 0.05)
    assert right >= least
    assert by_verdict >= least


@given(st.tuples(*[st.tuples(st.integers(0, 30), st.integers(0, 30)) for _ in range(3)]))
def test_any_counts_give_an_interval_around_the_value(pairs) -> None:
    (a, b), (c, d), (e, f) = pairs
    for rate in (corrected_rate, corrected_rate_by_verdict):
        found = rate(a, a + b, c, c + d, e, e + f)
        assert 0 <= found.low <= found.high <= 1
        assert math.isnan(found.value) or found.low <= found.value <= found.high


def test_a_judge_without_skill_says_nothing() -> None:
    found = corrected_rate(50, 100, 10, 20, 10, 20)
    assert math.isnan(found.value)
    assert (found.low, found.high) == (0, 1)
    assert "chance" in found.method
    assert math.isnan(corrected_rate(50, 100, 10, 20, 0, 0).value)


def test_alarms_without_odds_are_exact() -> None:
    alarm = np.array([1] * 10 + [0] * 90, dtype=bool)
    defect = np.array([1] * 7 + [0] * 3 + [1] * 5 + [0] * 85, dtype=bool)
    found = alarms(alarm, defect)
    assert found.precision.value == 0.7
    assert (found.precision.low, found.precision.high) == clopper_pearson(7, 10)
    assert found.recall.value == pytest.approx(7 / 12)
    assert found.specificity.value == pytest.approx(85 / 88)
    assert found.prevalence.value == 0.12
    assert alarms(alarm, defect, np.full(100, 0.2)) == found
    assert math.isnan(alarms(alarm, np.zeros(100)).recall.value)


def test_alarms_with_odds_are_covered_where_the_naive_figure_is_not() -> None:
    """Alarms are audited nine times as often as the rest; unweighted recall is far too high."""
    rng, right, naive, runs = np.random.default_rng(2), 0, 0, 300
    for _ in range(runs):
        defect = rng.random(4000) < 0.1
        alarm = rng.random(4000) < np.where(defect, 0.6, 0.05)
        odds = np.where(alarm, 0.45, 0.05)
        drawn = rng.random(4000) < odds
        truth = float(alarm[defect].mean())
        found = alarms(alarm[drawn], defect[drawn], odds[drawn]).recall
        plain = alarms(alarm[drawn], defect[drawn]).recall
        right += found.low <= truth <= found.high
        naive += plain.low <= truth <= plain.high
    assert right >= runs * 0.95 - 2 * math.sqrt(runs * 0.95 * 0.05)
    assert naive < runs / 2


def test_equal_weights_are_no_weights() -> None:
    hit, of = np.array([1, 0, 1, 1, 0]), np.array([1, 1, 1, 0, 1])
    assert weighted_share(hit, of, np.full(5, 3.0)) == weighted_share(hit, of)


def test_places_that_decide() -> None:
    # 6 alike, 3 lean to the first place (one of them by a tie), 1 to the last
    forward, swapped = [1, 1, 1, -1, -1, 0, 1, 1, 1, -1], [1, 1, 1, -1, -1, 0, -1, -1, 0, 1]
    found = order_bias(forward, swapped)
    assert found.consistent.value == 0.6
    assert found.first.value == 0.75
    assert found.p == pytest.approx(10 / 16)
    with pytest.raises(ValueError, match="tie"):
        order_bias([2], [1])


def test_length_leanings_are_found_and_people_are_held_fixed() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.integers(20, 400, 1500), rng.integers(20, 400, 1500)
    people = np.sign(np.log2(a / b) + 2 * rng.normal(size=1500))  # people like longer answers too
    wish = 0.8 * np.log2(a / b) + 1.0 * people
    prefer = rng.random(1500) < 1 / (1 + np.exp(-wish))
    found = length_bias(prefer, a, b, people)
    assert found.low < 0.8 < found.high
    assert length_bias(prefer, a, b).low > found.value
    fair = length_bias(rng.random(1500) < 1 / (1 + np.exp(-people)), a, b, people)
    assert fair.low < 0 < fair.high
    always = length_bias(a > b, a, b)
    assert math.isfinite(always.high)
    assert always.low > 0
    assert length_bias([1, 0], [1, 2], [2, 1]).low == -math.inf


def test_firth_by_hand() -> None:
    """For one group, Firth's estimate of the log odds adds half a success and half a failure."""
    theta, _ = firth_logistic(np.ones((10, 1)), np.array([1.0] * 10))
    assert theta[0] == pytest.approx(math.log(10.5 / 0.5))


def test_partial_correlation_against_scipy() -> None:
    rng = np.random.default_rng(5)
    length, people = rng.random(200), rng.random(200)
    score = people + 0.2 * length + 0.3 * rng.random(200)
    assert partial_correlation(score, length).value == pytest.approx(float(spearmanr(score, length)[0]))  # pyright: ignore[reportArgumentType]
    found = partial_correlation(score, length, people)
    assert found.low > 0
    none = [partial_correlation(people + 0.3 * rng.random(200), length, people) for _ in range(200)]
    assert 180 <= sum(e.low < 0 < e.high for e in none) <= 199
    assert math.isnan(partial_correlation(np.ones(20), np.arange(20)).value)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="no share"):
        corrected_rate(5, 4, 1, 1, 1, 1)
    with pytest.raises(ValueError, match="odds"):
        alarms([1, 0], [1, 0], [0.5, 0.0])
    with pytest.raises(ValueError, match="above 0"):
        length_bias([1, 0], [1, 2], [1, np.nan])

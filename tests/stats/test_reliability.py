"""Measures of a confidence against values by hand, slow definitions, and their promise of coverage."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.calibration import auroc, sigmoid
from milo.stats.reliability import aurc, bars, brier, discrimination, ece, mean_interval, report

pairs = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.55, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40)


@given(pairs)
def test_bars_hold_every_row_once_and_tear_no_ties(rows) -> None:
    p, y = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    found = bars(p, y)
    assert sum(b.n for b in found) == len(p)
    assert sum(b.accuracy * b.n for b in found) == pytest.approx(y.sum())
    for left, right in pairwise(found):
        assert left.high < right.low
    for b in found:
        assert b.accuracy_low <= b.accuracy <= b.accuracy_high


def test_bins_of_equal_mass() -> None:
    p = np.linspace(0, 1, 1000)
    assert [b.n for b in bars(p, p > 0.5)] == [100] * 10


def slow_aurc(p, y) -> float:
    """The definition, averaged over random orders of equal confidences."""
    rng, total = np.random.default_rng(0), 0.0
    for _ in range(400):
        order = np.lexsort((rng.random(len(p)), -p))
        total += float((np.cumsum(1 - y[order]) / np.arange(1, len(p) + 1)).mean())
    return total / 400


@given(pairs)
def test_estimates_lie_within_their_intervals(rows) -> None:
    p, y = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    for found in (ece(p, y), brier(p, y), aurc(p, y), discrimination(p, y)):
        assert 0 <= found.low <= found.high <= 1
        assert math.isnan(found.value) or found.low <= found.value <= found.high
        assert found.n == len(p)


def test_aurc_by_its_definition() -> None:
    rng = np.random.default_rng(1)
    p, y = np.round(rng.random(60), 1), (rng.random(60) < 0.7).astype(float)
    assert aurc(p, y).value == pytest.approx(slow_aurc(p, y), abs=0.005)
    assert aurc([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 0]).value == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)
    assert aurc([0.5] * 4, [1, 1, 0, 0]).value == pytest.approx(0.5)
    found = report(np.concatenate([np.full(500, 0.9), np.full(500, 0.1)]), np.repeat([1, 0], 500))
    assert found.aurc_best == pytest.approx(0.5 + 0.5 * math.log(0.5))


def test_delong_variance_against_its_definition() -> None:
    """The structural components by all pairs, and Hanley and McNeil's exact relation for the area."""
    rng = np.random.default_rng(2)
    y = rng.random(80) < 0.4
    s = np.round(sigmoid(rng.normal(size=80) + y), 1)
    wins = (s[y][:, None] > s[~y][None, :]) + 0.5 * (s[y][:, None] == s[~y][None, :])
    variance = wins.mean(axis=1).var(ddof=1) / y.sum() + wins.mean(axis=0).var(ddof=1) / (~y).sum()
    found = discrimination(s, y)
    assert found.value == pytest.approx(wins.mean()) == auroc(s, y)
    half = math.log(found.high / (1 - found.high)) - math.log(found.value / (1 - found.value))
    expected = 1.99 * math.sqrt(variance) / (found.value * (1 - found.value))  # t with about 75 degrees of freedom
    assert half == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("n", "shift", "truth"), [(300, 0.0, 0.0), (400, 1.0, 0.2)])
def test_the_calibration_error_is_unbiased_and_covered(n: int, shift: float, truth: float) -> None:
    rng, covered, values = np.random.default_rng(4), 0, []
    for _ in range(100):
        p = rng.beta(5, 2, n)
        found = ece(p, rng.random(n) < sigmoid(np.log(p / (1 - p)) - shift))
        covered += found.low <= truth <= found.high
        values.append(found.value)
    assert covered >= 90
    assert np.mean(values) == pytest.approx(truth, abs=0.04)


def test_the_area_is_covered_also_near_one() -> None:
    rng, covered = np.random.default_rng(5), 0
    for _ in range(200):
        y = rng.random(60) < 0.8
        found = discrimination(rng.normal(size=60) + 3.0 * y, y)
        covered += found.low <= 0.98305 <= found.high
    assert covered >= 184
    perfect = discrimination([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0])
    assert perfect.value == perfect.high == 1
    assert perfect.low < 0.8


def test_nothing_known_is_said_so() -> None:
    assert math.isnan(ece([], []).value)
    assert (ece([], []).low, ece([], []).high) == (0, 1)
    assert math.isnan(discrimination([0.5, 0.6], [1, 1]).value)
    assert mean_interval(np.array([0.5]))[:3] == (0.5, 0, 1)
    empty = report([math.nan], [1])
    assert empty.bars == []
    assert math.isnan(empty.accuracy.value)
    with pytest.raises(ValueError, match="0 or 1"):
        ece([0.5], [0.5])
    with pytest.raises(ValueError, match="NaN"):
        aurc([math.nan], [1])
    with pytest.raises(ValueError, match="length"):
        bars([0.5], [1, 0])

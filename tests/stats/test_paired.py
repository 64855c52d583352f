"""Paired comparisons against reference libraries, exact enumeration and their promised rates of error."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, multinomial, permutation_test, ttest_rel

from milo.stats.paired import _score, compare, holm, mcnemar, mean_difference, sign_flip, tango

counts = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 60)).map(lambda t: (t[0], t[1], sum(t)))


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_binomial_test(a: int, b: int) -> None:
    expected = binomtest(min(a, b), a + b, 0.5).pvalue if a + b else 1.0
    assert mcnemar(a, b) == pytest.approx(expected)
    assert mcnemar(a, b) == mcnemar(b, a)


@given(counts)
def test_tango_holds_the_difference_and_mirrors(given_counts) -> None:
    a, b, n = given_counts
    found = tango(a, b, n)
    if not n:
        assert math.isnan(found.value)
        return
    assert -1 <= found.low <= found.value <= found.high <= 1
    turned = tango(b, a, n)
    assert (-turned.high, -turned.low) == pytest.approx((found.low, found.high), abs=1e-9)
    for end in (found.low, found.high):
        if abs(end) < 1 - 1e-9:
            assert abs(_score(a, b, n, end)) == pytest.approx(1.959964, abs=1e-4)


@pytest.mark.parametrize(("n", "p_a", "p_b"), [(30, 0.1, 0.1), (30, 0.3, 0.05), (40, 0.05, 0.0)])
def test_tango_covers_by_enumeration(n: int, p_a: float, p_b: float) -> None:
    covered = 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            mass = float(multinomial.pmf([a, b, n - a - b], n, [p_a, p_b, 1 - p_a - p_b]))
            if mass > 1e-7:
                found = tango(a, b, n)
                covered += mass * (found.low - 1e-9 <= p_a - p_b <= found.high + 1e-9)
    assert covered >= 0.935


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=10))
def test_sign_flips_against_scipy(d) -> None:
    x = np.array(d, dtype=float)
    peer = permutation_test((x, np.zeros(len(x))), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=100_000)
    assert sign_flip(x) == pytest.approx(peer.pvalue)


def test_many_differences_are_sampled() -> None:
    rng = np.random.default_rng(0)
    d = rng.normal(0.2, 1, 200)
    assert sign_flip(d) == pytest.approx(ttest_rel(d, np.zeros(200)).pvalue, rel=0.4)
    assert sign_flip(d, seed=1) == sign_flip(d, seed=1)
    assert sign_flip(np.zeros(50)) == 1


def test_the_mean_difference_is_the_paired_t_interval() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random(30), rng.random(30)
    found, peer = mean_difference(a, b), ttest_rel(a, b).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high))
    alone = mean_difference(a, b, groups=np.arange(30))
    assert alone == found._replace(n=30)


def test_no_real_difference_is_seldom_claimed_also_within_groups() -> None:
    rng, claimed = np.random.default_rng(2), 0
    naive = 0
    for _ in range(300):
        group = np.repeat(np.arange(20), 6)
        shared = rng.normal(size=20)[group]
        a = (rng.random(120) < 1 / (1 + np.exp(-1 - 1.5 * shared))).astype(float)
        b = (rng.random(120) < 1 / (1 + np.exp(-1 - 1.5 * rng.normal(size=20)[group]))).astype(float)
        claimed += compare(a, b, groups=group).verdict != "cannot tell"
        naive += compare(a, b).verdict != "cannot tell"
    assert claimed <= 0.05 * 300 + 2 * math.sqrt(300 * 0.05 * 0.95)
    assert naive > 2 * claimed


def test_a_real_difference_is_found_and_named() -> None:
    rng = np.random.default_rng(3)
    a = (rng.random(400) < 0.9).astype(float)
    b = np.where(rng.random(400) < 0.1, 0, a)
    found = compare(a, b)
    assert found.verdict == "a"
    assert found.method.startswith("exact McNemar")
    assert (found.only_a, found.only_b) == (int((a > b).sum()), 0)
    assert compare(b, a).verdict == "b"
    scores = compare(a * 0.5, b * 0.5)
    assert scores.verdict == "a"
    assert scores.method.startswith("sign-flip")
    assert compare([1, math.nan], [math.nan, 1]).verdict == "cannot tell"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_by_its_definition(p) -> None:
    raised = holm(p)
    order = sorted(range(len(p)), key=lambda i: (p[i], i))
    for level in (0.01, 0.05, 0.2):
        refused = set()
        for step, i in enumerate(order):
            if p[i] * (len(p) - step) > level:
                break
            refused.add(i)
        assert {i for i in range(len(p)) if raised[i] <= level} == refused


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        compare([1], [1, 0])
    with pytest.raises(ValueError, match="group"):
        compare([1], [1], groups=[1, 2])
    with pytest.raises(ValueError, match="differing pairs"):
        tango(3, 3, 5)
    with pytest.raises(ValueError, match="p-values"):
        holm([2.0])

"""Intervals against published values and against their promise of coverage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from milo.stats.intervals import clopper_pearson, wilson

counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_matches_the_published_table() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), Table I, method 3
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_clopper_pearson_matches_the_published_table() -> None:
    # the same table, method 5
    assert clopper_pearson(81, 263) == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert clopper_pearson(15, 148) == pytest.approx((0.0578, 0.1617), abs=5e-5)
    assert clopper_pearson(0, 20) == pytest.approx((0.0, 0.1684), abs=5e-5)
    assert clopper_pearson(1, 29) == pytest.approx((0.0009, 0.1776), abs=5e-5)


@given(counts)
def test_both_hold_the_share_and_the_exact_one_is_symmetric(kn: tuple[int, int]) -> None:
    k, n = kn
    for interval in (wilson, clopper_pearson):
        low, high = interval(k, n)
        assert 0 <= low <= k / n + 1e-12
        assert k / n - 1e-12 <= high <= 1
        mirror = interval(n - k, n)
        assert (1 - high, 1 - low) == pytest.approx(mirror, abs=1e-9)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.85])
def test_the_exact_interval_covers_at_least_its_level(share: float) -> None:
    n = 60
    covered = sum(
        float(binom.pmf(k, n, share)) for k in range(n + 1) if clopper_pearson(k, n)[0] <= share <= clopper_pearson(k, n)[1]
    )
    assert covered >= 0.95


def test_nothing_seen_means_nothing_known() -> None:
    assert wilson(0, 0) == clopper_pearson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)])
def test_senseless_counts_are_refused(k: int, n: int, level: float) -> None:
    with pytest.raises(ValueError, match=r"share|level"):
        wilson(k, n, level)

"""Rules for one target: their promises by simulation, their parts against references."""

import math

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from milo.stats.guarantees import exact_upper
from milo.stats.selection import benjamini_hochberg, conformal_p, learn_then_test, pac, select, select_any_look


def world(n: int, rng: np.random.Generator):
    ease = rng.normal(size=n)
    wrong = (rng.random(n) > 1 / (1 + np.exp(-(2.2 + 1.2 * ease)))).astype(float)
    return ease + 0.7 * rng.normal(size=n), wrong


def test_benjamini_hochberg_is_scipys() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        p = rng.random(30) ** rng.integers(1, 4)
        assert (benjamini_hochberg(p, 0.1) == (false_discovery_control(p) <= 0.1)).all()
    assert not len(benjamini_hochberg([], 0.1))


def test_conformal_p_by_hand() -> None:
    p = conformal_p([0.9, 0.5, 0.7, 0.1], [0, 1, 1, 1], [0.95, 0.7, 0.6, 0.0])
    assert p.tolist() == [1 / 5, 2 / 5, 2 / 5, 4 / 5]
    with pytest.raises(ValueError, match="length"):
        conformal_p([1.0], [], [])


def test_promises_for_one_target_are_kept() -> None:
    runs, broken, any_broken, kept, shares = 150, 0, 0, 0, []
    among = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        score, wrong = world(3000, rng)
        audited, rest = slice(0, 300), slice(300, 3000)
        choice = pac(score[audited], wrong[audited], score, 0.05, alpha=0.1)
        broken += wrong[choice].sum() / 3000 > 0.05
        kept += int(choice.sum())
        always = pac(score[audited], wrong[audited], score, 0.05, alpha=0.1, any_look=True)
        any_broken += wrong[always].sum() / 3000 > 0.05
        assert always.sum() <= choice.sum()
        accepted = learn_then_test(score[audited], wrong[audited], score, 0.1, alpha=0.1)
        among += bool(accepted.any()) and wrong[accepted].mean() > 0.1
        picked = select(score[audited], wrong[audited], score[rest], 0.05)
        shares.append(wrong[rest][picked].mean() if picked.any() else 0.0)
    limit = runs * 0.1 + 2 * math.sqrt(runs * 0.09)
    assert broken <= limit
    assert any_broken <= limit
    assert among <= limit
    assert kept / runs > 0.4 * 3000
    assert np.mean(shares) <= 0.05 + 2 * np.std(shares) / math.sqrt(runs)


def test_the_expected_share_at_every_look() -> None:
    rng = np.random.default_rng(1)
    score, wrong = world(20_000, rng)
    choice = select_any_look(score[:4000], wrong[:4000], score, 0.1)
    assert choice.mean() > 0.3
    assert wrong[choice].mean() < 0.1
    assert not select_any_look(score[:10], wrong[:10], score, 0.1).any()


def test_the_pac_threshold_is_the_last_that_the_bound_allows() -> None:
    rng = np.random.default_rng(2)
    score, wrong = world(400, rng)
    choice = pac(score, wrong, score, 0.08, alpha=0.05)
    lowest = score[choice].min()
    errors = np.sort(score[(wrong == 1)])[::-1]
    assert exact_upper(int((errors >= lowest).sum()), 400, 0.05) <= 0.08
    next_ = errors[errors < lowest].max()
    assert exact_upper(int((errors >= next_).sum()), 400, 0.05) > 0.08
    assert not pac([], [], score, 0.05).any()
    assert pac(score, np.zeros(400), score, 0.05).all()
    assert not pac(score[:20], np.zeros(20), score, 0.05).any()

"""Totals from predictions and some labels: valid whatever the model, never wider than labels alone, as in the reference."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.estimates import Powered, difference, mean, metrics, shares

BALLOTS = Path(__file__).parents[3] / "shared" / "data" / "ppi" / "ballot-data.npz"


def world(n: int, rng: np.random.Generator, share: float = 0.3, skill: float = 0.9):
    y = (rng.random(n) < share).astype(float)
    f = np.where(rng.random(n) < skill, y, 1 - y) * 0.8 + 0.1
    return y, f


def enough(covered: int, runs: int, level: float = 0.95) -> bool:
    return covered >= runs * level - 2 * math.sqrt(runs * level * (1 - level))


@pytest.mark.parametrize(("n", "share", "skill", "finite"), [
    (50, 0.3, 0.9, True), (200, 0.05, 0.5, True), (100, 0.05, 0.97, False), (200, 0.5, 0.95, False),
])  # fmt: skip
def test_the_truth_is_covered_and_labels_are_saved(n: int, share: float, skill: float, finite: bool) -> None:
    runs, covered, ratio = 300, 0, []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        y, f = world(2000, rng, share, skill)
        drawn = rng.random(2000) < n / 2000
        found = mean(y[drawn], f[drawn], f[~drawn], finite=finite)
        covered += found.low <= (y.mean() if finite else share) <= found.high
        ratio.append((found.high - found.low) / (found.human.high - found.human.low))
    assert enough(covered, runs)
    assert max(ratio) <= 1.02
    assert np.mean(ratio) < {0.5: 1.001, 0.9: 0.75, 0.95: 0.6, 0.97: 0.85}[skill]


def test_odds_undo_the_choice_of_what_was_labelled() -> None:
    """Unsure items are labelled four times as often: the plain mean is off, the weighted one is not."""
    runs, covered, plain = 200, 0, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        y = (rng.random(3000) < 0.3).astype(float)
        f = np.where(rng.random(3000) < 0.8, y, 0.5)
        odds = np.where(f == 0.5, 0.2, 0.05)
        odds = np.where(y == 1, np.minimum(1, odds * 1.5), odds)
        drawn = rng.random(3000) < odds
        found = mean(y[drawn], f[drawn], f[~drawn], odds[drawn])
        covered += found.low <= y.mean() <= found.high
        naive = mean(y[drawn], f[drawn], f[~drawn]).human
        plain += naive.low <= y.mean() <= naive.high
    assert enough(covered, runs)
    assert plain < runs * 0.5


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=30),
    st.lists(st.floats(0, 1), max_size=60),
    st.booleans(),
)
def test_any_predictions_give_an_interval_no_wider_than_labels_alone(rows, others, finite) -> None:
    y, f = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    found = mean(y, f, others, finite=finite)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.human.value == pytest.approx(y.mean())
    assert found.high - found.low <= (found.human.high - found.human.low) * 1.02 + 1e-12
    assert found.of == len(y) + len(others)
    assert 0 <= found.trust <= 1


def test_against_ppi_python() -> None:
    """ppi-python 0.2.3, ppi_mean_ci(..., lam=None) on the same arrays; its weight is tuned on all labels at once."""
    rng = np.random.default_rng(0)
    y, f = world(3000, rng, 0.4, 0.9)
    found = mean(y[:400], f[:400], f[400:], finite=False, bounds=None)
    assert (found.value, found.low, found.high) == pytest.approx((0.376389, 0.345717, 0.407062), abs=1.5e-3)


@pytest.mark.parametrize("finite", [True, False])
def test_the_share_of_the_opposite_is_the_opposite(finite: bool) -> None:
    y, f = world(800, np.random.default_rng(2))
    found, turned = (mean(a[:80], b[:80], b[80:], finite=finite) for a, b in ((y, f), (1 - y, 1 - f)))
    assert (1 - turned.high, 1 - turned.value, 1 - turned.low) == pytest.approx((found.low, found.value, found.high))


def test_everything_labelled_leaves_nothing_open() -> None:
    found = mean([1, 0, 1, 1], [0.2, 0.1, 0.9, 0.5], [])
    assert (found.value, found.low, found.high) == pytest.approx((0.75, 0.75, 0.75))
    assert found.more is None or found.more == 0


def test_no_mistake_seen_is_no_certainty() -> None:
    found = mean(np.r_[np.ones(15), np.zeros(15)], np.r_[np.ones(15), np.zeros(15)], np.r_[np.ones(500), np.zeros(500)])
    assert found.value == pytest.approx(0.5)
    assert found.high - found.low > 0.1


def test_labels_that_halve_the_interval() -> None:
    rng = np.random.default_rng(1)
    y, f = world(40_000, rng, 0.3, 0.8)
    for finite in (True, False):
        before = mean(y[:300], f[:300], f[300:], finite=finite)
        assert before.more is not None
        n = 300 + before.more
        after = mean(y[:n], f[:n], f[n:], finite=finite)
        assert (after.high - after.low) / (before.high - before.low) == pytest.approx(0.5, abs=0.06)
    few = mean(y[:300], f[:300], f[300:600], finite=False)
    assert few.more is None


def test_differences_and_shares_of_classes() -> None:
    runs, covered, worst = 200, 0, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        group = rng.random(3000) < 0.4
        y = (rng.random(3000) < np.where(group, 0.5, 0.3)).astype(float)
        f = np.where(rng.random(3000) < 0.85, y, 1 - y)
        drawn = rng.random(3000) < 0.07
        found = difference(y[drawn], f[drawn], f[~drawn], group[drawn], group[~drawn])
        covered += found.low <= y[group].mean() - y[~group].mean() <= found.high
        worst = max(worst, (found.high - found.low) / (found.human.high - found.human.low))
    assert enough(covered, runs)
    assert worst <= 1.02
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 3, 1000)
    table = np.eye(3)[codes] * 0.7 + 0.1
    found = shares(codes[:100], table[:100], table[100:])
    assert sum(e.value for e in found) == pytest.approx(1, abs=0.02)
    for c, e in enumerate(found):
        assert e.low <= (codes == c).mean() <= e.high


def test_model_metrics_are_covered() -> None:
    runs, covered, widths = 200, np.zeros(4), np.zeros((2, 4))
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        p = 1 / (1 + np.exp(1 - 2 * rng.normal(size=2000)))
        y, said = (rng.random(2000) < p).astype(float), p > 0.5
        drawn = rng.random(2000) < 0.1
        found = metrics(y[drawn], said[drawn], p[drawn], said[~drawn], p[~drawn])
        hits = float((y * said).sum())
        truth = ((y == said).mean(), hits / said.sum(), hits / y.sum(), 2 * hits / (said.sum() + y.sum()))
        for i, (e, t) in enumerate(zip(found, truth, strict=True)):
            covered[i] += e.low <= t <= e.high
            widths[:, i] += e.high - e.low, e.human.high - e.human.low
    assert all(enough(int(c), runs) for c in covered)
    assert (widths[0] < 0.99 * widths[1]).all()
    assert math.isnan(metrics([0, 0], [0, 0], [0.1, 0.1], [0], [0.1]).precision.value)


@pytest.mark.skipif(not BALLOTS.exists(), reason="the recorded ballots are not on this machine")
def test_replay_of_recorded_ballots() -> None:
    """1,027 ballots read by people and by a model, 78,150 by the model alone; and drawn again from those with an answer."""
    data = np.load(BALLOTS)
    y, f, others = data["Y_labeled"], data["Yhat_labeled"].astype(float), data["Yhat_unlabeled"].astype(float)
    found = mean(y, f, others)
    assert found.trust > 0.9
    assert found.high - found.low < 0.25 * (found.human.high - found.human.low)
    covered, narrower = 0, []
    for seed in range(200):
        drawn = np.random.default_rng(seed).random(len(y)) < 0.1
        part = mean(y[drawn], f[drawn], f[~drawn])
        covered += part.low <= y.mean() <= part.high
        narrower.append((part.high - part.low) / (part.human.high - part.human.low))
    assert enough(covered, 200)
    assert np.mean(narrower) < 0.5


def test_what_makes_no_sense_is_refused() -> None:
    one = mean([1.0], [0.5], [0.5])
    assert isinstance(one, Powered)
    assert math.isnan(one.value)
    assert (one.low, one.high) == (0, 1)
    for call, words in (
        (lambda: mean([1, 0], [0.5], [0.5]), "as many predictions"),
        (lambda: mean([1, 5], [0.5, 0.5], [0.5]), "outside"),
        (lambda: mean([1, math.nan], [0.5, 0.5], [0.5]), "NaN|outside"),
        (lambda: mean([1, 0], [0.5, 0.5], [0.5], odds=[0.5, 2]), "odds"),
        (lambda: mean([1, 0], [0.5, 0.5], [0.5], level=1), "level"),
        (lambda: shares([1, 0], [0.5, 0.5], [0.5]), "Tables"),
    ):
        with pytest.raises(ValueError, match=words):
            call()

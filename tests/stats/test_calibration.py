"""Calibration measures against values worked by hand, and fits against the truth they should find."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.calibration import (
    auroc,
    brier,
    ece,
    fit_isotonic,
    fit_logistic,
    fit_temperature,
    log_loss,
    mean_ranks,
    reliability,
    sigmoid,
    top_confidence,
)  # fmt: skip

pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


def test_by_hand() -> None:
    p, y = [0.95, 0.95, 0.65, 0.65], [1, 0, 1, 1]
    # bin 0.9: mean .95, right .5; bin 0.6: mean .65, right 1 -> (2*.45 + 2*.35) / 4
    assert ece(p, y) == pytest.approx(0.40)
    assert brier(p, y) == pytest.approx((0.0025 + 0.9025 + 0.1225 + 0.1225) / 4)
    assert [b.n for b in reliability(p, y)] == [2, 2]
    assert auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) == 0.75
    assert auroc([0.5, 0.5], [0, 1]) == 0.5
    assert math.isnan(auroc([0.5, 0.6], [1, 1]))
    assert mean_ranks(np.array([3.0, 1.0, 3.0])).tolist() == [2.5, 1.0, 2.5]


@given(pairs)
def test_bounds(rows: list[tuple[float, bool]]) -> None:
    p, y = zip(*rows, strict=True)
    assert 0 <= ece(p, y) <= 1
    assert 0 <= brier(p, y) <= 1
    assert sum(b.n for b in reliability(p, y)) == len(rows)
    area = auroc(p, y)
    assert math.isnan(area) or area + auroc([1 - v for v in p], y) == pytest.approx(1) or len(set(p)) > len({1 - v for v in p})


@given(pairs)
def test_isotonic_is_monotone_and_keeps_the_mean(rows: list[tuple[float, bool]]) -> None:
    p, y = zip(*rows, strict=True)
    fitted = fit_isotonic(p, y)
    assert np.all(np.diff(fitted.y) >= -1e-12)
    assert float(fitted(p).mean()) == pytest.approx(float(np.mean(y)), abs=1e-9)
    assert brier(np.clip(fitted(p), 0, 1), y) <= brier(p, y) + 1e-9


def test_isotonic_by_hand() -> None:
    fitted = fit_isotonic([1, 2, 3, 4], [0, 1, 0, 1])
    assert fitted.y.tolist() == [0, 0.5, 0.5, 1]


@pytest.mark.parametrize("truth", [0.4, 1.0, 3.0])
def test_temperature_finds_the_truth(truth: float) -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(20_000, 4)) * 2 * truth
    chances = np.exp(logits / truth)
    chances /= chances.sum(axis=1, keepdims=True)
    label = (rng.random(20_000)[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    found = fit_temperature(logits, logits.argmax(axis=1) == label)
    assert found == pytest.approx(truth, rel=0.06)
    assert ece(top_confidence(logits, found), logits.argmax(axis=1) == label) < 0.02


def test_logistic_finds_the_truth_and_survives_separable_data() -> None:
    rng = np.random.default_rng(2)
    s = rng.normal(size=20_000)
    y = rng.random(20_000) < sigmoid(2 * s - 0.5)
    assert fit_logistic(s, y) == pytest.approx((2, -0.5), abs=0.1)
    slope, offset = fit_logistic([0.0, 1.0, 2.0, 3.0], [0, 0, 1, 1])
    assert 0 < slope < 20
    assert math.isfinite(offset)
    assert fit_logistic([3.0, 2.0, 1.0, 0.0] * 20, [0, 0, 1, 1] * 20)[0] == 0


def test_what_makes_no_sense_is_refused() -> None:
    for bad in ([1.2], [float("nan")], [[0.5]]):
        with pytest.raises(ValueError, match=r"Confidences|NaN|length"):
            ece(bad, [1])
    with pytest.raises(ValueError, match="at least one"):
        fit_isotonic([], [])
    assert math.isnan(log_loss([], []))
    assert math.isnan(ece([], []))

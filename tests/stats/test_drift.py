"""Watches for change: seldom a false alarm, and a lapse within the stated number of audits."""

import math

import numpy as np
import pytest

from milo.stats.drift import _detector, _error_factors, _ranks, audits_to_lapse, error_drift, input_drift


def test_the_detector_by_its_definition() -> None:
    """The evidence is the sum over all possible times of change of what was won since, averaged over the bettors."""
    x = np.array([0.0, 1.0, 0.3, 1.0, 0.0])
    factors = np.exp(_error_factors(x, 0.2))
    slow = [sum(float(np.prod(factors[k : n + 1, j])) for k in range(n + 1) for j in range(6)) / 6 for n in range(5)]
    assert np.exp(_detector(np.log(factors))).tolist() == pytest.approx(slow)
    assert error_drift(x, 0.2).evidence.tolist() == pytest.approx(np.log(slow).tolist())


@pytest.mark.parametrize(("promised", "actual"), [(0.05, 0.15), (0.1, 0.3), (0.02, 0.1)])
def test_it_lapses_within_the_stated_number(promised: float, actual: float) -> None:
    within = audits_to_lapse(promised, actual)
    assert within is not None
    rng, runs, late = np.random.default_rng(1), 400, 0
    before = 150
    stream = np.concatenate([rng.random((runs, before)) < promised * 0.8, rng.random((runs, within)) < actual], axis=1)
    paths = _detector(_error_factors(stream.astype(float), promised))
    early = (paths[:, :before] >= math.log(1000)).any(axis=1)
    late = int((~(paths >= math.log(1000)).any(axis=1)).sum())
    assert late <= 0.05 * runs + 2 * math.sqrt(runs * 0.05 * 0.95)
    assert early.mean() < 0.15


def test_bigger_changes_are_found_sooner_and_improvements_never() -> None:
    found = [audits_to_lapse(0.05, actual) for actual in (0.1, 0.2, 0.4)]
    assert found[0] > found[1] > found[2]  # type: ignore[operator]
    assert audits_to_lapse(0.05, 0.05) is None
    assert audits_to_lapse(0.05, 0.2, patience=100.0) < audits_to_lapse(0.05, 0.2)  # type: ignore[operator]


def test_false_alarms_are_as_rare_as_stated() -> None:
    """At exactly the promised rate, the mean time to a false alarm is at least the patience (here of 100 audits)."""
    rng = np.random.default_rng(2)
    paths = _detector(_error_factors((rng.random((400, 1000)) < 0.1).astype(float), 0.1))
    over = paths >= math.log(100)
    first = np.where(over.any(axis=1), over.argmax(axis=1) + 1, 1000)
    assert first.mean() >= 100


def test_partial_losses_count() -> None:
    rng = np.random.default_rng(3)
    assert error_drift(rng.beta(1, 30, 500), 0.05).lapsed is None
    assert error_drift(np.full(300, 0.3), 0.05).lapsed is not None


def test_ranks_are_uniform_and_tell_shifts_spreads_and_shares_of_labels() -> None:
    rng = np.random.default_rng(4)
    base = rng.normal(size=400)
    ranks = _ranks(base, rng.normal(size=2000), 0)
    assert np.abs(np.histogram(ranks, 10, (0, 1))[0] - 200).max() < 60
    quiet = [input_drift(base, rng.normal(size=300), seed=s).lapsed for s in range(20)]
    assert sum(found is not None for found in quiet) <= 6  # a mean of 1,000 steps to a false alarm
    for new in (
        rng.normal(0.8, 1, 300),
        rng.normal(0, 2.5, 300),
        np.concatenate([rng.normal(size=100), rng.normal(1, 1, 300)]),
    ):
        assert input_drift(base, new).lapsed is not None
    labels = rng.choice(4, 500, p=[0.4, 0.3, 0.2, 0.1])
    assert input_drift(labels, rng.choice(4, 400, p=[0.4, 0.3, 0.2, 0.1])).lapsed is None
    assert input_drift(labels, rng.choice(4, 400, p=[0.2, 0.2, 0.2, 0.4])).lapsed is not None
    assert input_drift(base, []).lapsed is None


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="promised"):
        error_drift([0.0], 0.0)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        error_drift([2.0], 0.1)
    with pytest.raises(ValueError, match="NaN"):
        input_drift([math.nan], [1.0])

"""Samplers: distinct picks, odds that are true, speed at a million candidates."""

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.builtin.samplers.imported import PLUGIN as imported
from milo.builtin.samplers.uncertainty import PLUGIN as uncertainty
from milo.builtin.samplers.uncertainty import inclusion, learning_weights
from milo.builtin.samplers.uniform import PLUGIN as uniform
from milo.kinds.sampler import Candidates

SAMPLERS: list[Any] = [imported, uniform, uncertainty]
scores_lists = st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=60)


def candidates(scores: Any) -> Candidates:
    return Candidates(ids=np.arange(len(scores), dtype=np.int64) * 3 + 100, scores=np.asarray(scores, dtype=np.float64))


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: s.name)
@given(scores=scores_lists, k=st.integers(0, 70), explore=st.floats(0, 1), seed=st.integers(0, 9))
def test_promises(sampler: Any, scores: list[float], k: int, explore: float, seed: int) -> None:
    pool = candidates(scores)
    picks = sampler.draw(pool, k, explore, np.random.default_rng(seed))
    assert len(picks.ids) == len(picks.odds) == len(picks.purposes) == min(k, len(scores))
    assert len(set(picks.ids.tolist())) == len(picks.ids)
    assert set(picks.ids.tolist()) <= set(pool.ids.tolist())
    if sampler.name == "imported":
        assert picks.ids.tolist() == pool.ids[:k].tolist()
        assert np.isnan(picks.odds).all()
        assert set(picks.purposes) <= {"order"}
    else:
        assert ((picks.odds > 0) & (picks.odds <= 1 + 1e-9)).all()
        assert set(picks.purposes) <= {"learn", "estimate"}
    again = sampler.draw(pool, k, explore, np.random.default_rng(seed))
    assert again.ids.tolist() == picks.ids.tolist()


POOLS = {
    "spread": np.linspace(0.2, 1, 40),
    "ties": np.repeat([0.3, 0.6, 0.9, np.nan], 10),
    "cold": np.full(40, np.nan),
    "few scored": np.where(np.arange(40) % 8 == 0, 0.5 + np.arange(40) / 100, np.nan),
}


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS.keys())
@pytest.mark.parametrize(("k", "explore"), [(8, 0.25), (8, 0.0), (8, 1.0), (30, 0.2)])
@pytest.mark.parametrize("sampler", [uniform, uncertainty], ids=lambda s: s.name)
def test_the_odds_are_true(sampler: Any, pool: Any, k: int, explore: float) -> None:
    rng = np.random.default_rng(7)
    rounds, n = 6000, len(pool)
    hits, estimates, odds = np.zeros(n), np.zeros(n), np.full(n, np.nan)
    group = candidates(pool)
    for _ in range(rounds):
        picks = sampler.draw(group, k, explore, rng)
        places = (picks.ids - 100) // 3
        hits[places] += 1
        estimates[places[np.array(picks.purposes) == "estimate"]] += 1
        assert (
            np.isnan(odds[places]).all()
            or np.allclose(odds[places], picks.odds, equal_nan=False)
            or _agree(odds, places, picks)
        )
        odds[places] = picks.odds
    seen = ~np.isnan(odds)
    error = 4.5 * np.sqrt(odds[seen] * (1 - odds[seen]) / rounds) + 1e-9
    assert (np.abs(hits[seen] / rounds - odds[seen]) <= error).all()
    assert odds[seen].sum() == pytest.approx(k, abs=0.01)
    if sampler is uncertainty:
        share = explore * k / n
        assert (np.abs(estimates / rounds - share) <= 4.5 * np.sqrt(share * (1 - share) / rounds) + 1e-9).all()


def _agree(odds: Any, places: Any, picks: Any) -> bool:
    known = ~np.isnan(odds[places])
    return np.allclose(odds[places][known], picks.odds[known])


def test_uncertain_items_come_first() -> None:
    scores = np.linspace(0, 1, 1000)
    picks = uncertainty.draw(candidates(scores), 50, 0.2, np.random.default_rng(3))
    learn = (picks.ids[np.array(picks.purposes) == "learn"] - 100) // 3
    assert len(learn) >= 30
    assert np.median(learn) < 80
    assert (np.diff(learn) > 0).all()


@given(scores=scores_lists.filter(bool), half=st.floats(1, 30))
def test_weights_fall_with_confidence(scores: list[float], half: float) -> None:
    values = np.array(scores)
    weights = learning_weights(values, half)
    order = np.argsort(np.where(np.isnan(values), 2, values), kind="stable")
    assert (np.diff(weights[order]) <= 1e-12).all()
    assert weights.max() > 0


def test_inclusion_cuts_at_one_and_keeps_the_sum() -> None:
    odds = inclusion(0.1, 4.0, np.array([8.0, 4.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]), 5)
    assert odds.max() == 1
    assert odds.sum() == pytest.approx(5)
    assert odds.min() >= 0.1


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: s.name)
@pytest.mark.parametrize("kind", ["scored", "unscored", "window"])
def test_a_million_candidates_are_fast(sampler: Any, kind: str) -> None:
    rng = np.random.default_rng(0)
    scores = np.full(1_000_000, np.nan)
    if kind != "unscored":
        scores[: 1_000_000 if kind == "scored" else 500] = rng.random(1_000_000 if kind == "scored" else 500)
    pool = candidates(scores)
    start = time.process_time()
    picks = sampler.draw(pool, 500, 0.2, rng)
    took = time.process_time() - start
    assert len(picks.ids) == 500
    assert took < 0.3, f"{sampler.name} took {took:.2f} s"

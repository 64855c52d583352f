"""Adaptive overlap against a fixed number of answers, on a simulated crowd: as good with fewer answers, and never beyond its bounds."""

from __future__ import annotations

import numpy as np

from milo.builtin.aggregators.one_coin import PLUGIN as ONE_COIN
from milo.builtin.tasks.choice import PLUGIN as CHOICE
from milo.domain.policy import AdaptiveOverlap
from milo.domain.question import Question
from milo.flow.adaptive import ask_more
from milo.flow.resolve import Columns, Outcome, resolve

LABELS = ["a", "b", "c"]
QUESTION = Question("q", "choice", config={"labels": LABELS})
MOST, ITEMS, PEOPLE = 7, 300, 20


class World:
    """People of mixed skill on easy and hard items; who would say what as the k-th to be asked."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.truth = rng.integers(0, 3, ITEMS)
        skill, hard = rng.uniform(0.6, 0.95, PEOPLE), rng.random(ITEMS) < 0.3
        self.who = np.stack([rng.choice(PEOPLE, MOST, replace=False) for _ in range(ITEMS)])
        chance = np.where(hard[:, None], 0.15 + 0.6 * skill[self.who], skill[self.who])
        wrong = (self.truth[:, None] + rng.integers(1, 3, self.who.shape)) % 3
        self.said = np.where(rng.random(self.who.shape) < chance, self.truth[:, None], wrong)

    def outcome(self, asked: np.ndarray) -> Outcome:
        """What so many answers to each item come to."""
        rows, turns = np.nonzero(np.arange(MOST)[None, :] < asked[:, None])
        names, texts = [f"p{k}" for k in range(PEOPLE)], [f'"{label}"' for label in LABELS]
        given = Columns(
            rows.astype(np.int64), self.who[rows, turns].astype(np.int64), self.said[rows, turns], names, LABELS, texts
        )
        return resolve(QUESTION, CHOICE, ONE_COIN, given)

    def right(self, found: Outcome) -> float:
        """The share of right labels."""
        return float(np.mean([v == LABELS[t] for v, t in zip(found.values, self.truth, strict=True)]))

    def adaptive(self, policy: AdaptiveOverlap) -> tuple[np.ndarray, float]:
        """How often each item was asked about, and the share right."""
        asked = np.full(ITEMS, 2)
        while True:
            found = self.outcome(asked)
            left = None if policy.budget is None else policy.budget - int(asked.sum() - 2 * ITEMS)
            chosen = ask_more(found, asked < policy.most, policy, left)
            if not len(chosen):
                return asked, self.right(found)
            asked[chosen] += 1


def test_it_is_better_than_as_many_answers_spread_evenly() -> None:
    gains: list[float] = []
    for seed in range(1, 5):
        world = World(seed)
        asked, right = world.adaptive(AdaptiveOverlap(most=MOST, worth=20))
        assert asked.mean() < 4
        evenly = [world.right(world.outcome(np.full(ITEMS, n))) for n in (2, 3, 4)]
        gains.append(right - float(np.interp(asked.mean(), (2, 3, 4), evenly)))
    assert np.mean(gains) > 0.02


def test_bounds_hold() -> None:
    asked, _ = World(4).adaptive(AdaptiveOverlap(most=3, worth=100, budget=40))
    assert asked.max() <= 3
    assert asked.sum() == 2 * ITEMS + 40


def test_where_an_error_costs_nothing_nobody_is_asked() -> None:
    asked, _ = World(5).adaptive(AdaptiveOverlap(most=7, worth=0))
    assert (asked == 2).all()

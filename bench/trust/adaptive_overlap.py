"""What adaptive overlap saves against a fixed number of answers at equal quality, on simulated crowds.

    python bench/trust/adaptive_overlap.py            200 crowds
    python bench/trust/adaptive_overlap.py --runs 20

Every item gets two answers; then, round by round, those items get one more that `flow.adaptive` picks, up to seven. For each
fixed number of answers (2 to 7) the same people answer everything that often. Both are resolved by one coin a person; the share
of right labels is read off the fixed curve at the mean number of answers that the adaptive one took, and the other way round.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np

from milo.builtin.aggregators.one_coin import PLUGIN as ONE_COIN
from milo.builtin.tasks.choice import PLUGIN as CHOICE
from milo.domain.policy import AdaptiveOverlap
from milo.domain.question import Question
from milo.flow.adaptive import ask_more
from milo.flow.resolve import Columns, Outcome, resolve

LABELS = ["a", "b", "c"]
QUESTION = Question("q", "choice", config={"labels": LABELS})
MOST = 7


class Crowd(NamedTuple):
    """The truth, shape (items,); who is asked k-th about an item and what they would say, shape (items, MOST)."""

    truth: np.ndarray
    who: np.ndarray
    said: np.ndarray


def crowd(seed: int, items: int = 400, people: int = 25) -> Crowd:
    """People of mixed skill on items of mixed difficulty: on hard items everybody errs more."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, len(LABELS), items)
    skill = rng.uniform(0.6, 0.95, people)
    hard = rng.random(items) < 0.3
    who = np.stack([rng.choice(people, MOST, replace=False) for _ in range(items)])
    chance = np.where(hard[:, None], 0.15 + 0.6 * skill[who], skill[who])
    wrong = (truth[:, None] + rng.integers(1, len(LABELS), who.shape)) % len(LABELS)
    return Crowd(truth, who, np.where(rng.random(who.shape) < chance, truth[:, None], wrong))


def outcome(it: Crowd, asked: np.ndarray) -> Outcome:
    """What the first `asked[i]` answers to each item come to."""
    rows, turns = np.nonzero(np.arange(MOST)[None, :] < asked[:, None])
    people = [f"p{k}" for k in range(int(it.who.max()) + 1)]
    texts = [f'"{label}"' for label in LABELS]
    columns = Columns(rows.astype(np.int64), it.who[rows, turns].astype(np.int64), it.said[rows, turns], people, LABELS, texts)
    return resolve(QUESTION, CHOICE, ONE_COIN, columns)


def right(it: Crowd, found: Outcome) -> float:
    """The share of right labels."""
    return float(np.mean([value == LABELS[t] for value, t in zip(found.values, it.truth, strict=True)]))


def adaptive(it: Crowd, worth: float) -> tuple[float, float]:
    """(answers an item, share right) where another person is asked only where that helps."""
    policy, asked = AdaptiveOverlap(most=MOST, worth=worth), np.full(len(it.truth), 2)
    while True:
        found = outcome(it, asked)
        chosen = ask_more(found, asked < MOST, policy, None)
        if not len(chosen):
            return float(asked.mean()), right(it, found)
        asked[chosen] += 1


def fixed(it: Crowd) -> list[float]:
    """The share right with 2, 3, ... answers to every item."""
    return [right(it, outcome(it, np.full(len(it.truth), n))) for n in range(2, MOST + 1)]


def compare(runs: int, worth: float) -> dict[str, float]:
    """Means over crowds: answers an item and share right of the adaptive way, what as many fixed answers reach, and how many
    fixed answers reach as much."""
    took, good, curve = [], [], []
    for seed in range(runs):
        it = crowd(seed)
        answers, share = adaptive(it, worth)
        took.append(answers)
        good.append(share)
        curve.append(fixed(it))
    mean, counts = np.mean(curve, axis=0), np.arange(2, MOST + 1)
    rising = np.maximum.accumulate(mean)
    same = float(np.interp(np.mean(good), rising, counts))
    like = float(np.interp(np.mean(took), counts, mean))
    return {
        "answers": float(np.mean(took)), "right": float(np.mean(good)), "right_of_fixed": like,
        "fixed_for_the_same": same, "saved": 1 - float(np.mean(took)) / same, "two": float(mean[0]), "seven": float(mean[-1]),
    }  # fmt: skip


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print(f"{runs} crowds of 400 items; an error costs `worth` answers")
    for worth in (5.0, 10.0, 20.0, 40.0):
        found = compare(runs, worth)
        print(f"worth {worth:>4.0f}: " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()))


if __name__ == "__main__":
    main()

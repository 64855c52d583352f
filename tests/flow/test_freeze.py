"""Holding a learned confidence still: what teaches it never tests it, and with that the bound holds at every look."""

from __future__ import annotations

from typing import Any

import numpy as np

from milo.builtin.tasks.choice import PLUGIN as CHOICE
from milo.domain.question import Question
from milo.flow.freeze import FREEZE_AT, Frozen, freeze, teachers
from milo.stats.confidence import NotEnough
from milo.stats.guarantees import grid, promises

MOOD = Question("mood", "choice", config={"labels": ["good", "bad"]})


def measured(n: int, rng: np.random.Generator) -> list[tuple[int, Any, Any, dict[str, float]]]:
    signal = rng.normal(size=(n, 4))
    wrong = rng.random(n) < 1 / (1 + np.exp(1.5 + signal[:, 0]))
    return [(i, "good", "bad" if wrong[i] else "good", {f"s{k}": float(signal[i, k]) for k in range(4)}) for i in range(n)]


def test_those_that_teach_are_chosen_by_chance_and_kept_apart() -> None:
    rows = measured(300, np.random.default_rng(1))
    made = freeze(CHOICE, MOOD, rows, 3, 7, 1.0)
    assert isinstance(made, Frozen)
    assert len(made.taught_by) == 100
    assert made.taught_by == teachers(list(range(300)), 7)
    assert made.taught_by != teachers(list(range(300)), 8)
    flipped = [(i, said, "good", s) for i, said, _, s in rows]
    assert teachers([r[0] for r in flipped], 7) == made.taught_by
    assert {r[0] for r in made.tests(rows)} == set(range(300)) - set(made.taught_by)
    assert np.isnan(made.scores([(1, "good", "good", {})]))[0]


def test_too_few_answers_are_said_to_be_too_few() -> None:
    rows = measured(FREEZE_AT - 1, np.random.default_rng(1))
    assert freeze(CHOICE, MOOD, rows, 1, 1, 1.0) == NotEnough(FREEZE_AT - 1, FREEZE_AT)
    silent = [(i, said, given, {}) for i, said, given, _ in measured(500, np.random.default_rng(2))]
    assert freeze(CHOICE, MOOD, silent, 1, 1, 1.0) == NotEnough(0, FREEZE_AT)


def test_several_answers_of_one_item_stay_on_one_side() -> None:
    rows = measured(120, np.random.default_rng(3))
    made = freeze(CHOICE, MOOD, rows + rows, 1, 1, 1.0)
    assert isinstance(made, Frozen)
    assert len(made.tests(rows + rows)) == 2 * (120 - len(made.taught_by))


def test_the_bound_holds_at_every_look_with_the_map_held_still() -> None:
    """40 projects, 5 looks each, all thresholds. At 10 % as many as 12 of them may break with a chance below one in a thousand."""
    broken = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rows = measured(1200, rng)
        made = freeze(CHOICE, MOOD, rows[:90], 1, seed, 1.0)
        assert isinstance(made, Frozen)
        scores, losses = made.scores(rows), np.array([said != given for _, said, given, _ in rows], float)
        rungs = grid(scores)
        tests = np.array([r[0] for r in made.tests(rows[:700])])
        bad = False
        for look in (40, 80, 160, 320, 600):
            seen = tests[:look]
            unseen = np.setdiff1d(np.arange(1200), seen)
            for row in promises(rungs, scores[seen], losses[seen], scores, unseen=scores[unseen], alpha=0.1):
                bad |= losses[unseen][scores[unseen] >= row.threshold].sum() > row.errors
        broken += bad
    assert broken < 12

"""Simulated annotators, to rehearse a project or a study before people are asked. Stands alone: a plan in, answers out.

Each person has a chance of being right, a pace, a readiness to take a suggestion without looking, and tires. Answers and times
follow from these by plain rules, so that one can see beforehand what a project costs, how good it becomes, and whether a study
is large enough; tests use the same people. Nothing here is learned from real people: the defaults are guesses to vary.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.study_plan import Plan

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Person(NamedTuple):
    """`accuracy`: chance of being right alone on an item of middle ease; `speed`: 2 is twice as fast; `reliance`: chance of
    taking a suggestion without looking; `catches`: chance of noticing a wrong suggestion when looking; `doubts`: chance
    of changing a right one when looking; `fatigue`: how much slower after 100 answers (0.2: a fifth), which also costs as many
    points of attention; `learning`: time per doubling of experience."""

    accuracy: float = 0.9
    speed: float = 1.0
    reliance: float = 0.2
    catches: float = 0.8
    doubts: float = 0.02
    fatigue: float = 0.1
    learning: float = 0.97


class Task(NamedTuple):
    """`seconds`: geometric mean by hand; `model_right`: how often suggestions are right; `saving`: the share of time saved by
    accepting one; `fixing`: the share of time lost by mending one; `labels`: how many there are; `item`, `answer`, `help`:
    standard deviations of log time between items, answers, and people's gains; `ease`: of items' ease, in log odds."""

    seconds: float = 30.0
    model_right: float = 0.85
    saving: float = 0.5
    fixing: float = 0.15
    labels: int = 4
    item: float = 0.4
    answer: float = 0.6
    help: float = 0.15
    ease: float = 1.0


class Rehearsed(NamedTuple):
    """One entry per row of the plan, shape (rows,). `truth`, `suggestion`, `answer`: int labels; `shown`: whether the
    suggestion was on screen; `right`, `accepted`, `suggestion_right`: bool; `seconds`: active time; `truth_of`: of items."""

    truth: NDArray[np.int64]
    suggestion: NDArray[np.int64]
    answer: NDArray[np.int64]
    shown: Bools
    right: Bools
    accepted: Bools
    suggestion_right: Bools
    seconds: Floats
    truth_of: NDArray[np.int64]


def rehearse(
    plan: Plan, people: Sequence[Person], task: Task | None = None, *, arms: Sequence[bool] = (False, True), hide: float = 0.0,
    withheld: Any = None, recorded: Any = None, seed: int = 0,
) -> Rehearsed:  # fmt: skip
    """Let people work through a plan. `arms`: for each arm whether suggestions are shown; `hide`: the share of rows in such
    arms on which the suggestion is withheld at random; `withheld`: bool, shape (rows,), where it is withheld for certain;
    `recorded`: bool, shape (k,), whether a real model was right on k items, drawn from instead of `model_right`. Warm-up rows
    show none. Raises ValueError for too few people.

    The model and the people find the same items hard. Pure: the same seed gives the same answers.
    """
    t, rng, n = task or Task(), np.random.default_rng(seed), len(plan.item)
    if n and int(plan.annotator.max()) >= len(people):
        raise ValueError(f"The plan has {int(plan.annotator.max()) + 1} people; {len(people)} are given.")
    items = int(plan.item.max(initial=-1)) + 1
    truth_of, ease, size = rng.integers(0, t.labels, items), t.ease * rng.normal(size=items), t.item * rng.normal(size=items)
    model_hit = _hits(t, ease, recorded, rng)
    suggested = np.where(model_hit, truth_of, _other(truth_of, t.labels, rng))
    shown = (plan.arm >= 0) & np.array([False, *arms])[plan.arm + 1] & (rng.random(n) >= hide)
    if withheld is not None:
        shown &= ~np.asarray(withheld, dtype=bool)
    done = _experience(plan)
    who = np.array(people, dtype=np.float64).reshape(-1, len(Person._fields))[plan.annotator]
    accuracy, speed, reliance, catches, doubts, fatigue, learning = who.T
    tired = fatigue * done / 100
    unaided = rng.random(n) < _sigmoid(np.log(accuracy / (1 - accuracy)) + ease[plan.item])
    good = model_hit[plan.item]
    blindly = shown & (rng.random(n) < np.minimum(1, reliance + tired))
    noticed = rng.random(n) < np.maximum(0, catches - tired)
    doubted = rng.random(n) < doubts
    accepted = shown & (blindly | np.where(good, ~doubted, ~noticed))
    own = np.where(unaided, truth_of[plan.item], _other(truth_of[plan.item], t.labels, rng))
    answer = np.where(accepted, suggested[plan.item], own)
    gain = t.help * rng.normal(size=len(people))
    change = np.where(accepted, np.log1p(-t.saving), math.log1p(t.fixing)) + gain[plan.annotator]
    logs = math.log(t.seconds) - np.log(speed) + np.log(learning) * np.log2(1 + done) + np.log1p(tired)
    logs = logs + size[plan.item] + np.where(shown, change, 0.0) + t.answer * rng.normal(size=n)
    truth = truth_of[plan.item]
    return Rehearsed(truth, suggested[plan.item], answer, shown, answer == truth, accepted, good, np.exp(logs), truth_of)


def study_power(
    make: Callable[[int], tuple[Any, Any, Any]], test: Callable[[Any, Any, Any], float], runs: int = 200, alpha: float = 0.05
) -> tuple[float, float]:  # fmt: skip
    """How often a rehearsed study would find its effect: the share of runs with p <= alpha, and its standard error.

    `make(seed)` gives what `test` takes, which returns a p-value.
    """
    hits = float(np.mean([test(*make(seed)) <= alpha for seed in range(runs)]))
    return hits, math.sqrt(hits * (1 - hits) / runs)


def _hits(task: Task, ease: Floats, recorded: Any, rng: np.random.Generator) -> Bools:
    """Whether the model is right on each item: more often on easy ones. Recorded hits are dealt to items of the like ease."""
    odds = _odds(task.model_right, task.ease)
    if recorded is None or not len(recorded):
        return rng.random(len(ease)) < _sigmoid(odds + ease)
    drawn = rng.choice(np.asarray(recorded, dtype=bool), len(ease))
    liking = ease + rng.logistic(size=len(ease))
    out = np.zeros(len(ease), dtype=bool)
    out[np.argsort(-liking, kind="stable")[: int(drawn.sum())]] = True
    return out


def _experience(plan: Plan) -> Floats:
    """How many answers the person gave before this one, shape (rows,); rows of a person stand in order."""
    order = np.argsort(plan.annotator, kind="stable")
    first = np.searchsorted(plan.annotator[order], plan.annotator[order])
    out = np.empty(len(order))
    out[order] = np.arange(len(order)) - first
    return out


def _other(label: Any, labels: int, rng: np.random.Generator) -> Any:
    """A wrong label, each as likely."""
    return (label + rng.integers(1, max(2, labels), len(label))) % max(2, labels)


def _odds(share: float, spread: float) -> float:
    """Log odds whose mean probability over items of normal ease is about `share` (probit approximation)."""
    return math.log(share / (1 - share)) * math.sqrt(1 + math.pi * spread**2 / 8)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))

"""GLAD: some tasks are hard and some workers good; an answer is right with probability sigmoid(skill * ease).

Stands alone: answers in, soft labels, skills and ease out. Wrong answers fall on the other labels alike. EM with Newton steps
that treat each skill and each ease on its own, which makes a pass linear in the answers. Source: Whitehill et al., NIPS 2009,
with its normal priors (mean 1) on skill and on the logarithm of ease; the labels have equal chances beforehand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from milo.stats.answers import Answers, Resolved, abilities, normalised, shares, votes
from milo.stats.ratings import Floats, tally


class Glad(NamedTuple):
    """`resolved`, and what it rests on: `skill`, shape (n_workers,), below 0 for one who errs on purpose, and `ease` > 0, shape
    (n_tasks,), near 0 for a task on which everybody guesses."""

    resolved: Resolved
    skill: Floats
    ease: Floats


def glad(
    given: Answers,
    weight: Floats | None = None,
    *,
    max_iterations: int = 100,
    tolerance: float = 1e-5,
    steps: int = 3,
) -> Glad:
    """Fit skills and ease. Starts from the vote shares; `steps` Newton steps for each in every M-step.

    `weight`: what each answer counts when its task is judged, shape (answers,). Converged when the loss, the negative log
    posterior for each task, changes by less than `tolerance`.
    """
    k, n = given.n_labels, given.n_tasks
    counted = np.ones(len(given.task)) if weight is None else np.asarray(weight, dtype=np.float64)
    place = given.label * n + given.task
    soft = shares(votes(given, counted))
    skill, log_ease = np.ones(given.n_workers), np.zeros(n)
    before, loss, iteration = np.inf, np.inf, 0
    for iteration in range(1, max_iterations + 1):  # noqa: B007
        right = soft.ravel()[place]
        for _ in range(steps):
            skill = _skill_step(given, right, skill, np.exp(log_ease))
            log_ease = _ease_step(given, counted, right, skill, log_ease)
        z = skill[given.worker] * np.exp(log_ease)[given.task]
        base = -np.logaddexp(0, z) - np.log(k - 1)
        soft, level = normalised(tally(place, counted * (z + np.log(k - 1)), k * n).reshape(k, n))
        penalty = ((skill - 1) ** 2).sum() / 2 + ((log_ease - 1) ** 2).sum() / 2
        loss = float(penalty - level - (counted * base).sum()) / max(n, 1) + float(np.log(k))
        if abs(before - loss) < tolerance:
            break
        before = loss
    empty = np.bincount(given.task, minlength=n) == 0
    if empty.any() and not empty.all():
        soft[:, empty] = soft[:, ~empty].mean(axis=1)[:, None]
    resolved = Resolved(soft.T.copy(), abilities(given, soft), iteration, abs(before - loss) < tolerance, None, loss)
    return Glad(resolved, skill, np.exp(log_ease))


def _skill_step(given: Answers, right: Floats, skill: Floats, ease: Floats) -> Floats:
    """One Newton step for each skill: its objective is concave."""
    own = ease[given.task]
    p = _sigmoid(skill[given.worker] * own)
    slope = tally(given.worker, own * (right - p), given.n_workers) - (skill - 1)
    bend = tally(given.worker, own**2 * p * (1 - p), given.n_workers) + 1
    return skill + np.clip(slope / bend, -1, 1)


def _ease_step(given: Answers, counted: Floats, right: Floats, skill: Floats, log_ease: Floats) -> Floats:
    """One damped step for the logarithm of each ease: the curvature is replaced by its expectation, which is positive."""
    z = skill[given.worker] * np.exp(log_ease)[given.task]
    p = _sigmoid(z)
    slope = tally(given.task, counted * z * (right - p), given.n_tasks) - (log_ease - 1)
    bend = tally(given.task, counted * z**2 * p * (1 - p), given.n_tasks) + 1
    return np.clip(log_ease + np.clip(slope / bend, -1, 1), -6, 4)


def _sigmoid(z: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(z / 2))

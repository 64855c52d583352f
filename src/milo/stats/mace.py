"""MACE: each worker either knows the answer or writes down something without looking.

Stands alone: answers in, soft labels and competence out. A worker w knows with probability c_w and then answers truly;
otherwise the answer comes from the worker's own habit h_w, whatever is true. So the likelihood of an answer l is
(1 - c) h_l, plus c if l is true, and needs one number for each answer instead of one for each answer and label: a pass over a
million answers is two gathers and two sums. Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy, NAACL 2013, with its variational
M-step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from milo.stats.answers import Answers, Resolved, abilities, normalised, shares, votes
from milo.stats.ratings import Floats, tally


class _Fit(NamedTuple):
    soft: Floats
    knows: Floats
    habit: Floats
    loss: float
    iterations: int
    converged: bool


def mace(
    given: Answers,
    weight: Floats | None = None,
    *,
    restarts: int = 10,
    max_iterations: int = 50,
    tolerance: float = 1e-6,
    knows_prior: float = 0.5,
    habit_prior: float = 10.0,
    seed: int = 0,
) -> Resolved:
    """The best of `restarts` runs by marginal likelihood: the first from the vote shares, the others from random parameters.

    `knows_prior`: of the symmetric Beta prior on competence; `habit_prior`: of the symmetric Dirichlet prior on habits; the
    values of the authors. Labels have equal chances beforehand. `weight`: what each answer counts when its task is judged,
    shape (answers,). `confusion` is c [l = z] + (1 - c) h_l. `tolerance` is on the loss, the negative log likelihood for
    each task.
    """
    counted = np.ones(len(given.task)) if weight is None else np.asarray(weight, dtype=np.float64)
    rng = np.random.default_rng(seed)
    problem = _Problem(given, counted, knows_prior, habit_prior)
    best: _Fit | None = None
    for restart in range(max(1, restarts)):
        fit = problem.run(None if restart == 0 else rng, max_iterations, tolerance)
        if best is None or fit.loss < best.loss:
            best = fit
    assert best is not None
    k = given.n_labels
    confusion = best.knows[:, None, None] * np.eye(k) + ((1 - best.knows)[:, None] * best.habit)[:, None, :]
    ability = abilities(given, best.soft)
    return Resolved(best.soft.T.copy(), ability, best.iterations, best.converged, confusion, best.loss)


def competence(result: Resolved) -> Floats:
    """How often each worker knows, 0..1, shape (n_workers,), from a result of `mace`. Not the same as being right."""
    if result.confusion is None:
        raise ValueError("This result has no confusion matrices; it does not come from mace.")
    cells = result.confusion
    return np.clip(cells[:, 0, 0] - cells[:, 1, 0], 0.0, 1.0)


class _Problem:
    """The answers, arranged for fast passes: cells are (worker, label), places are (label, task)."""

    def __init__(self, given: Answers, counted: Floats, knows_prior: float, habit_prior: float) -> None:
        self.given, self.counted = given, counted
        self.plain = bool((counted == 1).all())
        self.cell = given.worker * given.n_labels + given.label
        self.place = given.label * given.n_tasks + given.task
        self.n_cells, self.n_places = given.n_workers * given.n_labels, given.n_labels * given.n_tasks
        self.total, self.n_given = self._per_cell(counted), self._per_cell(np.ones(len(counted)))
        self.knows_prior, self.habit_prior = knows_prior, habit_prior
        self.empty = np.bincount(given.task, minlength=given.n_tasks) == 0

    def _per_cell(self, values: Floats) -> Floats:
        return tally(self.cell, values, self.n_cells).reshape(self.given.n_workers, self.given.n_labels)

    def run(self, rng: np.random.Generator | None, most: int, tolerance: float) -> _Fit:
        """EM from the vote shares (rng None), or from random parameters."""
        given = self.given
        if rng is None:
            knows, habit = np.full(given.n_workers, 0.8), np.full((given.n_workers, given.n_labels), 1 / given.n_labels)
            soft = shares(votes(given, self.counted))
        else:
            knows = rng.uniform(0.4, 0.6, given.n_workers)
            habit = rng.uniform(1.0, 2.0, (given.n_workers, given.n_labels))
            habit /= habit.sum(axis=1, keepdims=True)
            soft, _ = self._look(knows, habit)
        before, loss, iteration = np.inf, np.inf, 0
        for iteration in range(1, most + 1):  # noqa: B007
            knows, habit = self._learn(soft, knows, habit)
            soft, loss = self._look(knows, habit)
            if abs(before - loss) < tolerance:
                break
            before = loss
        mass = knows + (1 - knows) * habit.sum(axis=1)
        soft[:, self.empty] = soft[:, ~self.empty].mean(axis=1)[:, None] if not self.empty.all() else 1 / given.n_labels
        return _Fit(
            soft,
            knows / mass,
            habit / habit.sum(axis=1, keepdims=True),
            loss,
            iteration,
            abs(before - loss) < tolerance,
        )

    def _look(self, knows: Floats, habit: Floats) -> tuple[Floats, float]:
        """E-step: the chance of each label for each task, and the loss."""
        guess = (1 - knows)[:, None] * habit
        gain = np.log1p(knows[:, None] / guess).ravel()[self.cell]
        if not self.plain:
            gain *= self.counted
        logits = tally(self.place, gain, self.n_places).reshape(self.given.n_labels, self.given.n_tasks)
        soft, level = normalised(logits)
        base = float((self.total * np.log(guess)).sum())
        n = max(self.given.n_tasks, 1)
        return soft, float(np.log(self.given.n_labels)) - (level + base) / n

    def _learn(self, soft: Floats, knows: Floats, habit: Floats) -> tuple[Floats, Floats]:
        """M-step: variational estimates from how often each worker knew and guessed each label."""
        right = soft.ravel()[self.place]
        hits = self._per_cell(right)
        known = hits * (knows[:, None] / (knows[:, None] + (1 - knows)[:, None] * habit))
        guessed = np.maximum(self.n_given - known, 0.0)
        return _beta_mean(known.sum(axis=1), guessed.sum(axis=1), self.knows_prior), _dirichlet_mean(guessed, self.habit_prior)


def _beta_mean(yes: Floats, no: Floats, prior: float) -> Floats:
    """The geometric mean of a Beta posterior, scaled so that both sides sum to 1, and kept off 0 and 1."""
    from scipy.special import digamma

    up, down = np.exp(digamma(yes + prior)), np.exp(digamma(no + prior))
    return np.clip(up / (up + down), 1e-9, 1 - 1e-9)


def _dirichlet_mean(counts: Floats, prior: float) -> Floats:
    """The geometric means of a Dirichlet posterior: rows sum to a little less than 1, which is the variational estimate."""
    from scipy.special import digamma

    return np.exp(digamma(counts + prior) - digamma((counts + prior).sum(axis=1, keepdims=True)))

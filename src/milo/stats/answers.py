"""Answers of several sources about many tasks, as columns, and what resolving them gives.

Stands alone because every way of aggregation takes and gives the same: integer-coded columns in, soft labels and the
sources' reliability out. A source ("worker") may be a person, a model or a rule; one that abstains simply has no row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from milo.stats.ratings import Floats, Ints, columns, tally


class Answers(NamedTuple):
    """Row i: worker `worker[i]` gave task `task[i]` the label `label[i]`. int64, shape (n,), codes from 0, sorted by task."""

    task: Ints
    worker: Ints
    label: Ints
    n_tasks: int
    n_workers: int
    n_labels: int


class Ability(NamedTuple):
    """How often each worker is right: mean, 95 % interval and number of answers; each of shape (n_workers,).

    The posterior of a share right under a uniform prior (Beta(1, 1)): a worker of whom nothing is known has 0.5, 0.025 to
    0.975. It is measured against the resolved labels, as sure as they are, which is no gold: see `abilities`.
    """

    mean: Floats
    low: Floats
    high: Floats
    n: Ints


class Resolved(NamedTuple):
    """What the answers come to.

    `soft`: the probability of each label for each task, float64, shape (n_tasks, n_labels), rows summing to 1; a task
    without answers has the shares of labels over all others. `confusion[w, z, l]`: the chance that worker w answers l where
    z is true, or None if the method has none. `loss` is the last negative log likelihood per task (or None). `note`: why it is
    not what was asked for, "" if it is.
    """

    soft: Floats
    ability: Ability
    iterations: int
    converged: bool
    confusion: Floats | None = None
    loss: float | None = None
    note: str = ""


def answers(
    task: Any,
    worker: Any,
    label: Any,
    n_tasks: int | None = None,
    n_workers: int | None = None,
    n_labels: int | None = None,
) -> Answers:
    """Columns in one order, checked. A negative label is an abstention and is left out.

    Raises ValueError for arrays of different length, negative tasks or workers, codes beyond the sizes given, and fewer
    than two labels.
    """
    tasks, workers, labels = columns(task, worker, label)
    keep = labels >= 0
    if not keep.all():
        tasks, workers, labels = tasks[keep], workers[keep], labels[keep]
    if (np.diff(tasks) < 0).any():
        order = np.argsort(tasks, kind="stable")
        tasks, workers, labels = tasks[order], workers[order], labels[order]
    sizes = [_size(n, c, g) for n, c, g in (("task", tasks, n_tasks), ("worker", workers, n_workers))]
    kinds = _size("label", labels, n_labels)
    if n_labels is not None and n_labels < 2:
        raise ValueError(f"There is only {n_labels} label; answers to one label need no resolving.")
    return Answers(tasks, workers, labels, sizes[0], sizes[1], max(kinds, 2))


def _size(name: str, codes: Ints, given: int | None) -> int:
    if len(codes) and int(codes.min()) < 0:
        raise ValueError(f"The {name} {codes.min()} is negative; codes count from 0.")
    needed = int(codes.max(initial=-1)) + 1
    if given is not None and needed > given:
        raise ValueError(f"There is {name} {needed - 1}, but only {given} were announced, counted from 0.")
    return needed if given is None else given


def votes(given: Answers, weight: Floats | None = None) -> Floats:
    """The (weighted) number of answers by label and task: float64, shape (n_labels, n_tasks)."""
    flat = given.label * given.n_tasks + given.task
    ones = np.ones(len(flat)) if weight is None else weight
    return tally(flat, ones, given.n_labels * given.n_tasks).reshape(given.n_labels, given.n_tasks)


def shares(counts: Floats) -> Floats:
    """Counts of shape (n_labels, n_tasks) as shares of each task; without answers, the shares of all tasks together."""
    total = counts.sum(axis=0)
    overall = counts.sum(axis=1) / max(total.sum(), 1e-300) if total.sum() > 0 else np.full(len(counts), 1 / len(counts))
    return np.where(total > 0, counts / np.where(total > 0, total, 1.0), overall[:, None])


def normalised(logits: Floats) -> tuple[Floats, float]:
    """The softmax over labels of logits of shape (n_labels, n_tasks), and the sum of the log normalisers."""
    top = logits.max(axis=0)
    out = np.exp(logits - top)
    total = out.sum(axis=0)
    out /= total
    return out, float(top.sum() + np.log(total).sum())


def abilities(given: Answers, soft: Floats, level: float = 0.95) -> Ability:
    """How often each worker is right if the soft labels, shape (n_labels, n_tasks), are.

    The expected number of right answers enters a Beta posterior. The worker's own answers have part in the soft labels, so
    that with few answers per task everybody looks a little better than they are; only gold answers are free of that.
    Source: conjugate Beta-binomial with fractional counts.
    """
    from scipy.special import betaincinv

    right = soft[given.label, given.task]
    hits, n = tally(given.worker, right, given.n_workers), np.bincount(given.worker, minlength=given.n_workers)
    a, b = 1 + hits, 1 + np.maximum(n - hits, 0)
    tail = (1 - level) / 2
    return Ability(a / (a + b), betaincinv(a, b, tail), betaincinv(a, b, 1 - tail), n)

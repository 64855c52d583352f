"""Dawid-Skene: what is true and how each worker errs, estimated together by EM; also with one coin per worker.

Stands alone: answers in, soft labels and confusion matrices out. In log space, with Dirichlet priors, so that workers with
few answers and labels that hardly occur do no harm. Sources: Dawid and Skene, Applied Statistics 28 (1979); the one-coin
form as in Zhang et al., JMLR 17 (2016). Assumes that workers err independently of each other given the truth; see
`independence` for what to do where they do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from milo.stats.answers import Answers, Resolved, abilities, normalised, shares, votes
from milo.stats.ratings import Floats, tally

APART = 0.2


def dawid_skene(
    given: Answers,
    weight: Floats | None = None,
    *,
    prior: float = 0.1,
    pooled: float = 2.0,
    max_iterations: int = 100,
    tolerance: float = 1e-5,
) -> Resolved:
    """A confusion matrix for each worker. Starts from the vote shares.

    `prior`: Dirichlet pseudo-answers for each cell of a confusion matrix and for each label's share; `pooled`: pseudo-answers
    for each row that are spread like the row of all workers together, which pulls those with few answers towards the average
    worker (0: none, as in the paper). `weight`: what each answer counts when its task is judged, shape (answers,); confusion
    is learned from all answers alike. Converged when the log likelihood changes by less than `tolerance`
    for each task; `loss` is its negative, for each task.
    """
    tasks_of, cells_of = _incidence(given, weight)
    k, n_workers = given.n_labels, given.n_workers
    soft = shares(votes(given, weight))
    empty = np.bincount(given.task, minlength=given.n_tasks) == 0
    before, loss, iteration = np.inf, np.inf, 0
    confusion: Floats = np.empty((k, n_workers, k))
    for iteration in range(1, max_iterations + 1):  # noqa: B007
        confusion = _confusion(np.stack([cells_of @ row for row in soft]).reshape(k, n_workers, k), prior, pooled)
        share = soft.sum(axis=1) + prior
        logs = np.log(confusion).reshape(k, -1)
        logits = np.stack([tasks_of @ row for row in logs]) + np.log(share / share.sum())[:, None]
        soft, total = normalised(logits)
        loss = -total / max(given.n_tasks, 1)
        if abs(before - loss) < tolerance:
            break
        before = loss
    soft = _filled(soft, empty)
    ability = abilities(given, soft)
    return Resolved(
        soft.T.copy(),
        ability,
        iteration,
        abs(before - loss) < tolerance,
        np.ascontiguousarray(confusion.transpose(1, 0, 2)),
        loss,
    )


def guarded(given: Answers, weight: Floats | None = None) -> Resolved:
    """Dawid-Skene, or one number for each worker where whole confusion matrices went astray; `note` says why then."""
    full, plain = dawid_skene(given, weight), one_coin(given, weight)
    why = astray(given, full, plain)
    return plain._replace(note=why) if why else full


def astray(given: Answers, full: Resolved, plain: Resolved) -> str:
    """Why a fit with confusion matrices is not to be believed; "" if nothing speaks against it.

    The likelihood cannot tell which label is which: with few answers, or workers who answer one label whatever they see, labels
    exchange their meaning, or one of them swallows others. Two signs. What most answers say fits the fitted labels better once
    these are renamed (Stephens, JRSS B 62, 2000, on such switching); or the shares of the labels are more than `APART` (total
    variation) away from those of the fit with one number for each worker, which cannot exchange them.
    """
    said = np.stack([tally(given.label, full.soft[given.task, z], given.n_labels) for z in range(given.n_labels)])
    if _renamed_fit(said) > float(np.trace(said)) + 1e-6 * max(1.0, float(said.sum())):
        return (
            "Labels have exchanged their meaning in the fit of confusion matrices; one number for each author is used instead."
        )
    shares_ = [one.soft.mean(axis=0) if len(one.soft) else np.zeros(given.n_labels) for one in (full, plain)]
    apart = float(np.abs(shares_[0] - shares_[1]).sum()) / 2
    if apart > APART:
        return (
            f"The fit of confusion matrices moves {apart:.0%} of the items to other labels than a fit with one number for each "
            "author, which is used instead: there are too few answers for it, or authors who answer the same whatever they see."
        )
    return ""


def _renamed_fit(said: Floats) -> float:
    """How many answers agree with the fitted labels under the best renaming of these."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-said)
    return float(said[rows, columns].sum())


def _incidence(given: Answers, weight: Floats | None) -> tuple[Any, Any]:
    """Sparse matrices that sum over a task's answers, shape (n_tasks, n_workers * n_labels), and over a cell's tasks."""
    from scipy.sparse import csr_array

    cells = given.n_workers * given.n_labels
    data = np.ones(len(given.task)) if weight is None else np.asarray(weight, dtype=np.float64)
    starts = np.searchsorted(given.task, np.arange(given.n_tasks + 1))
    size = np.int32 if max(cells, len(data)) < 2**31 else np.int64
    cell = (given.worker * given.n_labels + given.label).astype(size)
    by_task: Any = csr_array((data, cell, starts.astype(size)), shape=(given.n_tasks, cells))
    plain: Any = csr_array((np.ones(len(data)), cell, starts.astype(size)), shape=by_task.shape)
    return by_task, plain.T.tocsr()


def _confusion(counts: Floats, prior: float, pooled: float) -> Floats:
    """Rows of shape (true label, worker, label) from expected counts: they sum to 1 over the last axis."""
    together = counts.sum(axis=1) + max(prior, 1e-9)
    typical = together / together.sum(axis=1, keepdims=True)
    smooth = counts + max(prior, 1e-9) + pooled * typical[:, None, :]
    return smooth / smooth.sum(axis=2, keepdims=True)


def _filled(soft: Floats, empty: Any) -> Floats:
    """Tasks without answers get the shares of the labels over all others."""
    if empty.any() and not empty.all():
        soft[:, empty] = soft[:, ~empty].mean(axis=1)[:, None]
    return soft


def one_coin(
    given: Answers,
    weight: Floats | None = None,
    *,
    prior: float = 1.0,
    max_iterations: int = 100,
    tolerance: float = 1e-5,
) -> Resolved:
    """One number for each worker, the chance of being right; wrong answers fall on the other labels alike.

    `prior`: pseudo-answers for each worker that are right as often as the average worker. Labels have equal chances
    beforehand. Fits well where each worker has few answers.
    """
    k, n = given.n_labels, given.n_tasks
    counted = np.ones(len(given.task)) if weight is None else np.asarray(weight, dtype=np.float64)
    flat = given.label * n + given.task
    total = tally(given.worker, np.ones(len(flat)), given.n_workers)
    soft = shares(votes(given, weight))
    before, loss, iteration = np.inf, np.inf, 0
    p: Floats = np.zeros(given.n_workers)
    for iteration in range(1, max_iterations + 1):  # noqa: B007
        hits = tally(given.worker, soft.ravel()[flat], given.n_workers)
        average = (hits.sum() + 1) / (total.sum() + 2)
        p = np.clip((hits + prior * average) / (total + prior), 1e-6, 1 - 1e-6)
        gain = np.log(p * (k - 1) / (1 - p))
        logits = tally(flat, gain[given.worker] * counted, k * n).reshape(k, n)
        soft, level = normalised(logits)
        loss = -(level + float((np.log((1 - p) / (k - 1)) * tally(given.worker, counted, given.n_workers)).sum())) / max(
            n, 1
        ) + float(np.log(k))
        if abs(before - loss) < tolerance:
            break
        before = loss
    soft = _filled(soft, np.bincount(given.task, minlength=n) == 0)
    confusion = np.where(np.eye(k, dtype=bool), p[:, None, None], ((1 - p) / (k - 1))[:, None, None])
    ability = abilities(given, soft)
    return Resolved(soft.T.copy(), ability, iteration, abs(before - loss) < tolerance, confusion, loss)

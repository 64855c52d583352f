"""Adaptive overlap: on which tasks one more answer is worth what it costs.

Stands alone: soft labels and prices in, an order of tasks out. The value of asking is how much the expected loss of the
decision falls: the least expected loss now, minus its mean over the answers that may come and what they would make of the
soft label. It is 0 where no answer could change the decision. Since two answers can change what one cannot, the value
per answer is taken over up to `lookahead` answers and the best kept. Source: the expected value of sample information
(Raiffa and Schlaifer, Applied Statistical Decision Theory, 1961), one task at a time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from milo.stats.ratings import Floats, Ints


class Ask(NamedTuple):
    """`gain`: how far the expected loss falls for each further answer, shape (n_tasks,), at least 0. `chosen`: the tasks to ask
    about within the budget, most worth for their cost first, `spent` what they cost together, `saved` the loss they save."""

    gain: Floats
    chosen: Ints
    spent: float
    saved: float


def ask_another(
    soft: Any,
    cost: Any = 1.0,
    *,
    budget: float | None = None,
    worker: Any = 0.8,
    loss: Any = None,
    stake: Any = None,
    least: float = 0.0,
    lookahead: int = 2,
) -> Ask:
    """Choose the tasks to ask one more worker about.

    `soft`: calibrated label probabilities, shape (n_tasks, n_labels). `cost`: of one answer, one number or shape (n_tasks,),
    positive. `worker`: how good the next answer is: the chance of being right (one number), or a confusion matrix, shape
    (n_labels, n_labels), rows true. `loss[d, z]`: of deciding d where z is true; by default 1 for any error.
    `stake`: what a loss of 1 on this task costs, in the unit of `cost`, one number or shape (n_tasks,). A task is chosen
    only if gain * stake > `least` * cost:
    with stake in money, `least=1` asks only where an answer earns its price. `budget`: the most to spend (None: no limit).
    Raises ValueError for what does not fit.
    """
    p = np.asarray(soft, dtype=np.float64)
    if p.ndim != 2 or p.shape[1] < 2 or not np.isfinite(p).all() or (np.abs(p.sum(axis=1) - 1) > 1e-3).any() or (p < 0).any():
        raise ValueError(f"Soft labels of shape (tasks, labels) whose rows sum to 1 are needed; their shape is {p.shape}.")
    n, k = p.shape
    price, worth = _each(cost, n, "cost"), _each(1.0 if stake is None else stake, n, "stake")
    if (price <= 0).any() or (worth < 0).any():
        raise ValueError("Costs must be positive and stakes at least 0.")
    table = (1 - np.eye(k)) if loss is None else np.asarray(loss, dtype=np.float64)
    if table.shape != (k, k):
        raise ValueError(f"A loss for each decision and truth is needed, shape {(k, k)}; it has shape {table.shape}.")
    gain = _gain(p, table, _confusion(worker, k), lookahead)
    rate = gain * worth / price
    order = np.lexsort((np.arange(n), -rate))
    order = order[(rate[order] > least) & (gain[order] > 1e-12)]
    chosen = _within(order, price, budget)
    return Ask(gain, chosen, float(price[chosen].sum()), float((gain * worth)[chosen].sum()))


def _each(values: Any, n: int, name: str) -> Floats:
    out = np.asarray(values, dtype=np.float64)
    if out.ndim > 1 or (out.ndim == 1 and len(out) != n) or not np.isfinite(out).all():
        raise ValueError(f"The {name} must be one number or one for each of the {n} tasks; its shape is {out.shape}.")
    return np.broadcast_to(out, (n,))


def _confusion(worker: Any, k: int) -> Floats:
    given = np.asarray(worker, dtype=np.float64)
    if given.ndim == 0:
        if not 0 <= float(given) <= 1:
            raise ValueError(f"The worker is right with probability {float(given)}; give a number in 0..1.")
        return np.where(np.eye(k, dtype=bool), given, (1 - given) / (k - 1))
    if given.shape != (k, k) or (given < 0).any() or not np.allclose(given.sum(axis=1), 1):
        raise ValueError(f"A confusion matrix of shape {(k, k)} whose rows sum to 1 is needed; its shape is {given.shape}.")
    return given


def _gain(p: Floats, loss: Floats, confusion: Floats, lookahead: int) -> Floats:
    """The best fall of expected loss per answer, over 1 to `lookahead` answers (fewer where there are too many outcomes)."""
    now = (p @ loss.T).min(axis=1)
    best = np.zeros(len(p))
    outcomes = np.ones((p.shape[1], 1))
    for answers in range(1, max(1, lookahead) + 1):
        outcomes = (outcomes[:, :, None] * confusion[:, None, :]).reshape(len(confusion), -1)
        if answers > 1 and outcomes.shape[1] > 4096:
            break
        best = np.maximum(best, (now - _after(p, loss, outcomes)) / answers)
    return best


def _after(p: Floats, loss: Floats, outcomes: Floats) -> Floats:
    """The expected least loss once the answers are in. `outcomes[z, o]`: the chance of outcome o where z is true."""
    total = np.zeros(len(p))
    weighted = loss[:, :, None] * outcomes[None, :, :]
    step = max(1, 4_000_000 // (outcomes.shape[1] * len(loss)))
    for low in range(0, len(p), step):
        part = p[low : low + step]
        total[low : low + step] = np.einsum("nz,dzo->ndo", part, weighted, optimize=True).min(axis=1).sum(axis=1)
    return total


def _within(order: Ints, price: Floats, budget: float | None) -> Ints:
    """The first tasks of the order that the budget pays for; one that is too dear is passed over."""
    if budget is None:
        return order
    cumulative = np.cumsum(price[order])
    fits = int(np.searchsorted(cumulative, budget + 1e-9, side="right"))
    left = budget - (float(cumulative[fits - 1]) if fits else 0.0)
    kept = order[:fits].tolist()
    for task in order[fits : fits + 1000].tolist():
        if price[task] <= left + 1e-9:
            kept.append(task)
            left -= float(price[task])
    return np.array(kept, dtype=np.int64)

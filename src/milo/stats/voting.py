"""Counting votes: majority, shares, and votes weighed by what each worker's answers are worth.

Stands alone: answers in, soft labels out, no model of anybody's errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from milo.stats.answers import Answers, Resolved, abilities, shares, votes
from milo.stats.ratings import Floats, tally


def majority(given: Answers, weight: Floats | None = None) -> Resolved:
    """The label with most votes has probability 1; labels that tie share it alike. `weight`: shape (answers,)."""
    counts = votes(given, weight)
    top = counts.max(axis=0)
    winners = (counts >= top - 1e-9 * np.maximum(top, 1)) & (top > 0)
    return _resolved(given, shares(winners.astype(np.float64)))


def vote_shares(given: Answers, weight: Floats | None = None) -> Resolved:
    """The probability of a label is its share of the votes: disagreement is kept as it is."""
    return _resolved(given, shares(votes(given, weight)))


def weighted(given: Answers, weight: Floats | None = None, *, worth: Any = None) -> Resolved:
    """Votes weighed by worker. `worth`: at least 0, shape (n_workers,), or None: from agreement with the others.

    None gives each worker the log odds of being right, ln(p (K - 1) / (1 - p)), at least 0, where p is how often the others'
    answers to the same tasks are the same, corrected for chance and shrunk towards the mean of all; these are the best
    weights if people err independently (Nitzan and Paroush, International Economic Review 23, 1982).
    """
    values = _log_odds(given, weight) if worth is None else np.asarray(worth, dtype=np.float64)
    if values.shape != (given.n_workers,) or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(f"A weight of at least 0 is needed for each of the {given.n_workers} workers.")
    counted = values[given.worker] * (1.0 if weight is None else weight)
    counts = votes(given, counted)
    silent = counts.sum(axis=0) <= 0
    counts[:, silent] = votes(given, weight)[:, silent]
    return _resolved(given, shares(counts))


def _log_odds(given: Answers, weight: Floats | None) -> Floats:
    own = np.ones(len(given.task)) if weight is None else weight
    counts = votes(given, own)
    others = counts.sum(axis=0)[given.task] - own
    same = np.divide(counts[given.label, given.task] - own, others, out=np.zeros(len(own)), where=others > 1e-12)
    met = (others > 1e-12) * own
    seen = tally(given.worker, met, given.n_workers)
    mean = float((same * met).sum() / met.sum()) if met.sum() else 1.0
    agreed = (tally(given.worker, same * met, given.n_workers) + 5 * mean) / (seen + 5)
    k = given.n_labels
    peers = np.sqrt(max((k * mean - 1) / (k - 1), 0.05))
    skill = np.clip((k * agreed - 1) / (k - 1) / peers, -1 / (k - 1), 0.99)
    p = np.clip((1 + skill * (k - 1)) / k, 1e-3, 0.99)
    return np.maximum(np.log(p * (k - 1) / (1 - p)), 0.0)


def _resolved(given: Answers, soft: Floats) -> Resolved:
    return Resolved(soft.T.copy(), abilities(given, soft), 1, True)

"""Weak supervision: labels from rules, prompts and models that vote or abstain, without a single human label.

Stands alone: a table of votes in, soft labels and the sources' accuracy out. A table is int, shape (items, sources), a
label code or a negative number for an abstention. Two models, both assuming that sources err independently given the truth:

`label_model` fits by EM the chance of each vote of a source for each true label. Silence is one more vote: a spam rule that
says nothing speaks for ham. (Left out, sources that know only one label could be explained by any share of that label.)
`triplets` finds accuracies in closed form from how often three sources agree:
|a_i| = sqrt(|E[v_i v_j] E[v_i v_k] / E[v_j v_k]|), the median over pairs j, k, for each label against the rest; it needs no
iteration and no starting point, ignores silence, and assumes that a source is as good on a label as on the rest.
Sources: Dawid and Skene (1979) for the first; Fu et al., "Fast and three-rious", ICML 2020 for the second.

Prompts and models repeat each other's errors. As soon as there are a hundred human labels, calibrate on those instead of
believing these probabilities.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from milo.stats.answers import normalised
from milo.stats.ratings import Floats, Ints, tally


class Labelled(NamedTuple):
    """`soft`: shape (items, n_labels), rows sum to 1; an item on which all abstain has the label shares (or what silence says).

    `accuracy`: the estimated chance of each source's vote being right where it votes, shape (sources,), NaN for one that never
    votes. `coverage`: the share of items it votes on. `share`: of each label, shape (n_labels,).
    """

    soft: Floats
    accuracy: Floats
    coverage: Floats
    share: Floats
    iterations: int
    converged: bool


def label_model(
    votes: Any,
    n_labels: int | None = None,
    *,
    share: Any = None,
    prior: float = 1.0,
    max_iterations: int = 200,
    tolerance: float = 1e-7,
) -> Labelled:
    """Fit by EM, starting from the votes. `share`: the label shares if they are known, shape (n_labels,); else estimated.

    `prior`: pseudo-items for each source and true label, spread like the source's votes on all items (so that an unseen
    combination is unlikely, not impossible), with as many again on the right label. Raises ValueError for no table.
    """
    table, k = _checked(votes, n_labels)
    patterns, place, times = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    known = None if share is None else _shares(share, k)
    soft = _by_vote(patterns, k, known)
    given = np.full(k, 1 / k) if known is None else known
    before, total, iteration = np.inf, 0.0, 0
    for iteration in range(1, max_iterations + 1):  # noqa: B007
        mass = soft * times
        given = (mass.sum(axis=1) + prior) / (times.sum() + k * prior) if known is None else known
        logits = np.repeat(np.log(given)[:, None], len(patterns), axis=1)
        for source in range(patterns.shape[1]):
            logits += _evidence(patterns[:, source], mass, times, k, prior)
        soft, _ = normalised(logits)
        top = logits.max(axis=0)
        total = float((times * (top + np.log(np.exp(logits - top).sum(axis=0)))).sum()) / max(len(table), 1)
        if abs(before - total) < tolerance:
            break
        before = total
    return _labelled(patterns, place.reshape(-1), times, soft, given, iteration, abs(before - total) < tolerance)


def _evidence(column: Ints, mass: Floats, times: Ints, k: int, prior: float) -> Floats:
    """log P(vote or silence of this source | true label) for each label and pattern, shape (k, patterns)."""
    code = np.where(column < 0, k, column)
    overall = tally(code, times, k + 1) / max(int(times.sum()), 1)
    spread = np.stack([tally(code, row, k + 1) for row in mass]) + prior * (overall + 1e-9)
    spread[np.arange(k), np.arange(k)] += prior * (1 - overall[k])
    return np.log(spread / spread.sum(axis=1, keepdims=True))[:, code]


def triplets(votes: Any, n_labels: int | None = None, *, share: Any = None) -> Labelled:
    """Fit by triplets of sources, label by label against the rest. `share`: the label shares, by default those of the votes.

    Sources are taken to be right more often than wrong. A source that meets no two others on any item gets the median
    accuracy. Raises ValueError for no table, or fewer than three sources.
    """
    table, k = _checked(votes, n_labels)
    if table.shape[1] < 3:
        raise ValueError(f"Triplets need three sources; there are {table.shape[1]}. Use label_model.")
    patterns, place, times = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    given = _shares(_by_vote(patterns, k, None) @ times / max(len(table), 1) if share is None else share, k)
    logits = np.repeat(np.log(np.maximum(given, 1e-12))[:, None], len(patterns), axis=1)
    for label in range(k):
        sign = np.where(patterns < 0, 0.0, np.where(patterns == label, 1.0, -1.0))
        right = (1 + _accuracies(sign, times)) / 2
        gain = np.log(right / (1 - right))
        logits[label] += sign @ gain if k > 2 else (sign @ gain) / 2
    soft, _ = normalised(logits)
    return _labelled(patterns, place.reshape(-1), times, soft, given, 1, True)


def _accuracies(sign: Floats, times: Ints) -> Floats:
    """E[v y] of each source by the median over triplets, kept in 0.01 to 0.98. `sign`: shape (patterns, sources)."""
    weighed = sign * times[:, None]
    both = (np.abs(weighed)).T @ np.abs(sign)
    moment = np.divide(weighed.T @ sign, both, out=np.zeros_like(both), where=both > 0)
    m = len(moment)
    out = np.full(m, np.nan)
    for i in range(m):
        others = np.array([j for j in range(m) if j != i and both[i, j] > 0], dtype=np.int64)
        a, b = np.triu_indices(len(others), 1)
        j, h = others[a], others[b]
        usable = (both[j, h] > 0) & (np.abs(moment[j, h]) > 0.01)
        if usable.any():
            j, h = j[usable], h[usable]
            out[i] = np.sqrt(np.median(np.abs(moment[i, j] * moment[i, h] / moment[j, h])))
    middle = float(np.nanmedian(out)) if not np.isnan(out).all() else 0.5
    return np.clip(np.where(np.isnan(out), middle, out), 0.01, 0.98)


def _checked(votes: Any, n_labels: int | None) -> tuple[Ints, int]:
    table = np.asarray(votes, dtype=np.int64)
    if table.ndim != 2:
        raise ValueError(f"A table of items by sources is needed; its shape is {table.shape}.")
    needed = int(table.max(initial=-1)) + 1
    if n_labels is not None and needed > n_labels:
        raise ValueError(f"There is label {needed - 1}, but only {n_labels} were announced, counted from 0.")
    return np.maximum(table, -1), max(needed if n_labels is None else n_labels, 2)


def _shares(share: Any, k: int) -> Floats:
    out = np.asarray(share, dtype=np.float64)
    if out.shape != (k,) or (out < 0).any() or out.sum() <= 0:
        raise ValueError(f"A share is needed for each of the {k} labels; there are {out.shape}.")
    return np.maximum(out / out.sum(), 1e-9)


def _by_vote(patterns: Ints, k: int, known: Floats | None) -> Floats:
    """The vote shares of each pattern, a little smoothed. Shape (k, patterns)."""
    counts = np.stack([(patterns == label).sum(axis=1) for label in range(k)]).astype(np.float64)
    base = np.full(k, 1 / k) if known is None else known
    return (counts + base[:, None]) / (counts.sum(axis=0) + 1)


def _labelled(
    patterns: Ints, place: Ints, times: Ints, soft: Floats, share: Floats, iterations: int, converged: bool
) -> Labelled:
    voted = patterns >= 0
    right = np.take_along_axis(soft.T, np.maximum(patterns, 0), axis=1) * voted
    n = (voted * times[:, None]).sum(axis=0)
    accuracy = np.divide((right * times[:, None]).sum(axis=0), n, out=np.full(len(n), np.nan), where=n > 0)
    return Labelled(soft.T[place], accuracy, n / max(int(times.sum()), 1), share, iterations, converged)

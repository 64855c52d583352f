"""A classifier and the annotators together, for data where most items have one or two answers.

Stands alone: answers and out-of-sample probabilities in, soft labels out. The probability of a label is a weighted mean: of the
classifier's probabilities, and of one term for each annotator who answered, P on the label given and (1 - P) / (K - 1) on the
others, where P is how often answers match the consensus. The weights say how much better than always guessing the
commonest label each of them is, with the classifier's multiplied by the root of the mean number of answers:

    w_j = max(1e-6, 1 - (1 - s_j) / (1 - A)),   w_M = max(1e-6, 1 - (1 - A_M) / (1 - A)) * sqrt(answers per item)

s_j: agreement of annotator j with the others on shared items; A_M: agreement of the classifier with the consensus; A: the same
for the commonest label; each over items with two answers or more. The consensus is first the majority and then the
result of the first pass. Source: Goh, Tkachenko and Mueller, "CROWDLAB" (2022), arXiv:2210.06812.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from milo.stats.answers import Answers, Resolved, abilities, votes
from milo.stats.ratings import Floats, Ints, tally

_LEAST = 1e-6


class Crowdlab(NamedTuple):
    """`resolved`; `label` and `quality`: the chosen label and its probability, shape (n_tasks,); `worth`: each annotator's
    weight, shape (n_workers,); `model_worth`: the classifier's; `why`: what stands in the way, "" if nothing does."""

    resolved: Resolved
    label: Ints
    quality: Floats
    worth: Floats
    model_worth: float
    why: str


def crowdlab(given: Answers, probabilities: Any, weight: Floats | None = None) -> Crowdlab:
    """Combine answers with a classifier's probabilities: float, shape (n_tasks, n_labels), out of sample.

    `weight`: how much each answer counts, shape (answers,). Items without answers keep the classifier's probabilities. A
    classifier that pre-annotated the items is no second opinion: use another one. Without any item that has two answers the
    annotators cannot be judged against each other; the classifier then judges them (`why` says so). Raises ValueError for
    probabilities of another shape, or that do not sum to 1.
    """
    model = _checked(probabilities, given)
    counted = np.ones(len(given.task)) if weight is None else np.asarray(weight, dtype=np.float64)
    counts = votes(given).T
    consensus = _majority(counts, model)
    soft, worth, model_worth, why = _pass(given, model, counted, counts, consensus)
    best = soft.max(axis=1)
    unique = (soft >= best[:, None]).sum(axis=1) == 1
    consensus = np.where(unique, soft.argmax(axis=1), consensus)
    soft, worth, model_worth, why = _pass(given, model, counted, counts, consensus)
    resolved = Resolved(soft, abilities(given, soft.T), 2, True)
    return Crowdlab(resolved, consensus, soft[np.arange(len(soft)), consensus], worth, model_worth, why)


def _checked(probabilities: Any, given: Answers) -> Floats:
    out = np.asarray(probabilities, dtype=np.float64)
    if out.shape != (given.n_tasks, given.n_labels):
        raise ValueError(f"Probabilities of shape {(given.n_tasks, given.n_labels)} are needed; theirs is {out.shape}.")
    if not np.isfinite(out).all() or (out < 0).any() or (np.abs(out.sum(axis=1) - 1) > 1e-3).any():
        raise ValueError("Each row of probabilities must be at least 0 and sum to 1.")
    return out


def _majority(counts: Floats, model: Floats) -> Ints:
    """The label with most votes; of equals the one the classifier prefers, then the commoner, then the first."""
    top = counts >= counts.max(axis=1, keepdims=True)
    liked = np.where(top, model, -1.0)
    best = liked >= liked.max(axis=1, keepdims=True)
    return np.where(best, counts.sum(axis=0) + 1.0, 0.0).argmax(axis=1)


def _pass(given: Answers, model: Floats, counted: Floats, counts: Floats, consensus: Ints) -> tuple[Floats, Floats, float, str]:
    k = given.n_labels
    size = counts.sum(axis=1)
    many, some = size > 1, size > 0
    judged, why = (many, "") if many.any() else (some, "No item has two answers: annotators are judged by the classifier.")
    if not judged.any():
        return model.copy(), np.full(given.n_workers, _LEAST), 1.0, "There are no answers: these are the classifier's own."
    chosen = consensus[judged]
    agreeing = counts[np.arange(len(size)), consensus]
    likely = (
        float((agreeing[judged] / size[judged]).mean())
        if many.any()
        else float((model.argmax(axis=1) == consensus)[judged].mean())
    )
    commonest = int(np.bincount(chosen, minlength=k).argmax())
    chance = max(float((chosen != commonest).mean()), _LEAST)
    worth = np.maximum(1 - (1 - _with_others(given, counts, model)) / chance, _LEAST)
    model_error = float((model.argmax(axis=1)[judged] != chosen).mean())
    model_worth = max(1 - model_error / chance, _LEAST) * float(np.sqrt(size[some].mean()))
    own = worth[given.worker] * counted
    flat = given.task * k + given.label
    hits = tally(flat, own, len(size) * k).reshape(len(size), k)
    total = hits.sum(axis=1, keepdims=True)
    mixed = model * model_worth + hits * likely + (total - hits) * (1 - likely) / (k - 1)
    return mixed / (total + model_worth), worth, model_worth, why


def _with_others(given: Answers, counts: Floats, model: Floats) -> Floats:
    """How often each annotator agrees with the others on shared items; the mean of all where nothing is shared.

    Where nobody shares anything, how often each agrees with the classifier.
    """
    others = counts.sum(axis=1)[given.task] - 1
    same = counts[given.task, given.label] - 1
    if not others.any():
        right = (model.argmax(axis=1)[given.task] == given.label).astype(np.float64)
        same, others = right, np.ones(len(right))
    met = tally(given.worker, others, given.n_workers)
    share = np.divide(tally(given.worker, same, given.n_workers), met, out=np.zeros(len(met)), where=met > 0)
    return np.where(met > 0, share, share[met > 0].mean() if (met > 0).any() else 0.0)

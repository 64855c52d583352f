"""Labels as integer codes and back: what every aggregator of labels does before and after the numerics.

Stands alone because one label of a set, several labels, and a few numbers are all resolved as codes. Several labels are
resolved label by label, as yes or no. Authors who copy each other count once (`milo.stats.independence`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Floats, Ints, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.answers import Answers, abilities, answers
from milo.stats.answers import Resolved as Numbers
from milo.stats.independence import independence

Method = Callable[[Answers, Floats], Numbers]
SHAPES = ("label", "labels", "number")


def resolve_labels(question: Question, task_type: TaskType, answered: Answered, method: Method) -> Resolved:
    """Resolve values of the shape label, labels or number by a method of `milo.stats`."""
    items, task = np.unique(answered.item_ids, return_inverse=True)
    if task_type.shape == "labels":
        return _several(question, task_type, answered, items, task, method)
    kinds = _kinds(question, answered.values)
    code = {value: i for i, value in enumerate(kinds)}
    label = np.array([code[v] for v in answered.values], dtype=np.int64)
    given = answers(task, answered.authors, label, len(items), len(answered.names), max(len(kinds), 2))
    weight, info = _weights(given)
    found = method(given, weight)
    info |= {"iterations": found.iterations, "converged": found.converged} | ({"fallback": found.note} if found.note else {})
    chosen = _first_best(found.soft[:, : max(len(kinds), 1)])
    scores = found.soft[np.arange(len(items)), chosen]
    values = [kinds[i] for i in chosen.tolist()]
    soft = found.soft[:, : len(kinds)]
    return _resolved(items, values, scores, found, [str(k) for k in kinds], soft, info)


def _kinds(question: Question, values: Any) -> list[Any]:
    """The distinct values: labels in the order of the question, others sorted."""
    asked = [entry.get("value") if isinstance(entry, dict) else entry for entry in question.config.get("labels", [])]
    rank = {value: i for i, value in enumerate(asked)}
    return sorted(set(values), key=lambda v: (rank.get(v, len(rank)), v))


def _weights(given: Answers) -> tuple[Floats, dict[str, Any]]:
    """What each answer counts, and the pairs of authors who depend on each other, for people to look at."""
    alone = independence(given)
    info: dict[str, Any] = {}
    if alone.pairs:
        info["dependent"] = [[d.a, d.b, round(d.dependence, 3)] for d in alone.pairs[:20]]
    return alone.weight, info


def _first_best(soft: Floats) -> Ints:
    """The likeliest label; of nearly equal ones the first."""
    return (soft >= soft.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1) if len(soft) else np.empty(0, dtype=np.int64)


def _several(question: Question, task_type: TaskType, answered: Answered, items: Ints, task: Ints, method: Method) -> Resolved:
    """Each label as a question of yes or no, over all who answered the item."""
    given_labels = [task_type.summary(question, value) for value in answered.values]
    kinds = _kinds(question, [label for labels in given_labels for label in labels])
    soft = np.zeros((len(items), len(kinds)))
    right = np.zeros(len(task))
    sets = [frozenset(labels) for labels in given_labels]
    whole = {labels: i for i, labels in enumerate(sorted(set(sets), key=sorted))}
    rows = np.argsort(task, kind="stable")
    together = np.array([whole[labels] for labels in sets], dtype=np.int64)
    weight, info = _weights(answers(task, answered.authors, together, len(items), len(answered.names), max(len(whole), 2)))
    done: list[Numbers] = []
    for k, kind in enumerate(kinds):
        code = np.array([int(kind in labels) for labels in sets], dtype=np.int64)
        found = method(answers(task[rows], answered.authors[rows], code[rows], len(items), len(answered.names), 2), weight)
        soft[:, k] = found.soft[:, 1]
        right += found.soft[task, code] / len(kinds)
        done.append(found)
    chosen = soft > 0.5 + 1e-9
    values = [task_type.check(question, [kinds[k] for k in np.flatnonzero(row).tolist()], None) for row in chosen]
    scores = np.where(chosen, soft, 1 - soft).prod(axis=1) if len(kinds) else np.ones(len(items))
    info |= {"iterations": max((f.iterations for f in done), default=0), "converged": all(f.converged for f in done)}
    astray = [f"{kind}: {one.note}" for kind, one in zip(kinds, done, strict=True) if one.note]
    info |= {"fallback": " ".join(astray[:3])} if astray else {}
    ability = _mean_ability(answered, right if len(kinds) else np.ones(len(task)))
    return _resolved(items, values, scores, ability, [str(k) for k in kinds], soft, info)


def _mean_ability(answered: Answered, right: Floats) -> Numbers:
    """Ability from the chance that each answer is right (here: the share of labels it has right)."""
    n = len(right)
    order = answers(np.arange(n), answered.authors, np.zeros(n, dtype=np.int64), n, len(answered.names), 2)
    soft = np.stack([right, 1 - right])
    return Numbers(soft.T, abilities(order, soft), 1, True)


def _resolved(
    items: Ints, values: list[Any], scores: Floats, found: Numbers, kinds: list[str], soft: Floats, info: dict[str, Any]
) -> Resolved:
    ability = found.ability
    return Resolved(items, values, np.clip(scores, 0, 1), ability.mean, ability.low, ability.high, ability.n, kinds, soft, info)

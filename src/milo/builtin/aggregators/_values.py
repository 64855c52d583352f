"""Values of any shape, item by item: matched and averaged where there is geometry, voted on where there are words.

Stands alone because spans, boxes, texts and whatever comes are not codes. Spans and boxes are matched and their medians taken
(`milo.stats.matching`), texts are voted on word by word (`milo.stats.text_voting`); anything else is merged by its
task type, or, where authors weigh differently, the value is taken that agrees most with all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from milo.domain.errors import MiloError
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Floats, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.matching import Merged, merge_shapes
from milo.stats.text_voting import vote_text

SAME = 0.5


def resolve_values(question: Question, task_type: TaskType, answered: Answered, weight: Floats | None) -> Resolved:
    """Resolve item by item. `weight`: of each author, shape (authors,); None for all alike.

    The score of an item is the mean agreement of its answers with what was resolved; an author's ability is the mean over
    their answers, with a normal interval over items, kept in 0..1.
    """
    items, starts, order = _by_item(answered)
    values: list[Any] = []
    agreement = np.zeros(len(answered.values))
    scores = np.zeros(len(items))
    for i, (low, high) in enumerate(pairwise(starts)):
        rows = order[low:high]
        given = [answered.values[r] for r in rows]
        own = None if weight is None else weight[answered.authors[rows]]
        value = _one(question, task_type, given, own)
        agreement[rows] = [task_type.agreement(question, v, value) for v in given]
        scores[i] = float(np.average(agreement[rows], weights=own) if own is not None and own.sum() else agreement[rows].mean())
        values.append(value)
    mean, low_, high_, n = _abilities(answered, agreement)
    return Resolved(items, values, np.clip(scores, 0, 1), mean, low_, high_, n)


def _by_item(answered: Answered) -> tuple[Any, list[int], Any]:
    """The distinct items, where each begins in the order, and the order of rows by item and author."""
    order = np.lexsort((answered.authors, answered.item_ids))
    items, starts = np.unique(answered.item_ids[order], return_index=True)
    return items, [*starts.tolist(), len(order)], order


def _one(question: Question, task_type: TaskType, values: list[Any], weight: Floats | None) -> Any:
    if len(values) == 1 or all(v == values[0] for v in values):
        return values[0]
    merged = _BY_SHAPE.get(task_type.shape, _unknown)(question, values, weight)
    if merged is not None:
        try:
            return task_type.check(question, merged, None)
        except MiloError:
            pass  # what was averaged is no valid answer (spans that overlap, say): fall back to an answer that was given
    return task_type.merge(question, values) if weight is None else central(question, task_type, values, weight)


def central(question: Question, task_type: TaskType, values: Sequence[Any], weight: Floats) -> Any:
    """The value that agrees most with all, by weight; of equals the one whose text comes first."""
    ranks: list[tuple[float, str, int]] = []
    for i, value in enumerate(values):
        close = sum(float(w) * task_type.agreement(question, value, o) for o, w in zip(values, weight, strict=True))
        ranks.append((-round(close, 9), repr(value), i))
    return values[min(ranks)[-1]]


def _unknown(question: Question, values: list[Any], weight: Floats | None) -> Any:
    return None


def _spans(question: Question, values: list[Any], weight: Floats | None) -> Any:
    if _have(values, "entity"):
        return None  # two spans of one place may be linked to different entries
    merged = _merged(values, weight, ("start", "end"))
    out: list[dict[str, Any]] = []
    for (start, end), code in zip(merged[0].shapes.tolist(), merged[0].label.tolist(), strict=True):
        out.append({"start": int(start), "end": max(int(start) + 1, int(end)), "label": merged[1][code]})
    return out


def _boxes(question: Question, values: list[Any], weight: Floats | None) -> Any:
    if _have(values, "angle", "attributes", "page"):
        return None  # medians of the four numbers would lose the turn, the attributes and the page; the task type knows how
    merged = _merged(values, weight, ("x", "y", "w", "h"))
    rows = zip(merged[0].shapes.tolist(), merged[0].label.tolist(), strict=True)
    return [dict(zip("xywh", shape, strict=True)) | {"label": merged[1][code]} for shape, code in rows]


def _have(values: list[Any], *names: str) -> bool:
    return any(name in mark for value in values for mark in value for name in names)


def _merged(values: list[Any], weight: Floats | None, parts: tuple[str, ...]) -> tuple[Merged, list[str]]:
    labels = sorted({mark["label"] for value in values for mark in value})
    code = {label: i for i, label in enumerate(labels)}
    people = [
        np.array([[mark[part] for part in parts] for mark in value], dtype=np.float64).reshape(len(value), len(parts))
        for value in values
    ]
    codes = [[code[m["label"]] for m in value] for value in values]
    return merge_shapes(people, codes, least=SAME, weight=weight), labels


def _text(question: Question, values: list[Any], weight: Floats | None) -> Any:
    return " ".join(vote_text([v.split() for v in values], weight).words)


_BY_SHAPE: dict[str, Any] = {"spans": _spans, "boxes": _boxes, "text": _text}


def _abilities(answered: Answered, agreement: Floats) -> tuple[Floats, Floats, Floats, Any]:
    k = len(answered.names)
    n = np.bincount(answered.authors, minlength=k)
    total: Any = np.bincount(answered.authors, agreement, minlength=k)
    square: Any = np.bincount(answered.authors, agreement**2, minlength=k)
    mean = (total + 0.5) / (n + 1)
    spread = np.sqrt(np.maximum((square + 0.25) / (n + 1) - mean**2, 0) + 0.25 / (n + 1))
    reach = 1.96 * spread / np.sqrt(n + 1)
    return mean, np.clip(mean - reach, 0, 1), np.clip(mean + reach, 0, 1), n


def author_weights(question: Question, task_type: TaskType, answered: Answered) -> Floats:
    """How far each author agrees with the others on shared items, less what any two authors agree at random: shape (authors,).

    At least 0.05, so that nobody is silenced; the mean of all for one who shares nothing.
    """
    _, starts, order = _by_item(answered)
    total, met = np.zeros(len(answered.names)), np.zeros(len(answered.names))
    for low, high in pairwise(starts):
        rows = order[low:high]
        for at, i in enumerate(rows):
            for j in rows[:at]:
                same = task_type.agreement(question, answered.values[i], answered.values[j])
                for row in (i, j):
                    total[answered.authors[row]] += same
                    met[answered.authors[row]] += 1
    mean = float(total.sum() / met.sum()) if met.sum() else 1.0
    share = (total + 2 * mean) / (met + 2)
    chance = _random_agreement(question, task_type, answered)
    return np.maximum((share - chance) / max(1 - chance, 1e-9), 0.05)


def _random_agreement(question: Question, task_type: TaskType, answered: Answered, pairs: int = 200) -> float:
    """The mean agreement of answers to different items, on a few pairs spread evenly, so that it does not depend on chance."""
    by_item = sorted(range(len(answered.values)), key=lambda r: (int(answered.item_ids[r]), repr(answered.values[r])))
    n = len(by_item)
    step = max(1, n // pairs)
    found = [
        task_type.agreement(question, answered.values[a], answered.values[b])
        for a, b in zip(by_item[::step], by_item[n // 2 :: step] + by_item[: n // 2 : step], strict=False)
        if answered.item_ids[a] != answered.item_ids[b]
    ]
    return min(float(np.mean(found)), 0.95) if found else 0.0

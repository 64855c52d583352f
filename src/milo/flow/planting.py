"""PLANT: a plausible wrong suggestion on an item whose truth is known, to see whether people look before they accept.

A real mistake of a model on the item is used where there is one; else a value is made wrong by its shape alone, so that every
task type made of known shapes can be checked. Texts cannot be made plausibly wrong and are never planted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from milo.domain.errors import MiloError
from milo.domain.question import Question
from milo.kinds.task_type import TaskType

Make = Callable[[Question, Any, list[Any], np.random.Generator], Any | None]


def wrong_value(
    question: Question, task_type: TaskType, truth: Any, others: Sequence[Any], rng: np.random.Generator
) -> Any | None:
    """A valid value that is not the truth, or None if none can be made. `others`: values seen elsewhere in the project, from
    which plausible labels are drawn as often as they occur."""
    make = _BY_SHAPE.get(task_type.shape)
    for _ in range(8):
        made = None if make is None else make(question, truth, list(others), rng)
        if made is None:
            continue
        try:
            value = task_type.check(question, made, None)
        except MiloError:
            continue
        if task_type.agreement(question, value, truth) < 1:
            return value
    return None


def caught(question: Question, task_type: TaskType, answer: Any, planted: Any, truth: Any) -> bool:
    """Whether the person saw it: the answer is not closer to the planted value than to the truth."""
    return task_type.agreement(question, answer, planted) <= task_type.agreement(question, answer, truth)


def _labels(question: Question) -> list[Any]:
    given = question.config.get("labels")
    found = given if isinstance(given, list) else []
    return [entry.get("value") if isinstance(entry, dict) else entry for entry in found]


def _label(question: Question, truth: Any, others: list[Any], rng: np.random.Generator) -> Any | None:
    """Another label: one that was given elsewhere, as often as it was; else any."""
    seen = [v for v in others if v != truth and isinstance(v, str)] or [v for v in _labels(question) if v != truth]
    return seen[int(rng.integers(len(seen)))] if seen else None


def _several(question: Question, truth: Any, others: list[Any], rng: np.random.Generator) -> Any | None:
    """One label too many, one too few, or one for another."""
    more = [v for v in _labels(question) if v not in truth]
    fewer = list(truth)
    if fewer and (not more or rng.random() < 0.5):
        fewer.pop(int(rng.integers(len(fewer))))
    if more and (not truth or len(fewer) < len(truth)) and rng.random() < 0.7:
        fewer.append(more[int(rng.integers(len(more)))])
    return fewer


def _number(question: Question, truth: Any, others: list[Any], rng: np.random.Generator) -> Any | None:
    """A number that was given elsewhere, or a step or two away."""
    seen = [v for v in others if isinstance(v, int | float) and v != truth]
    if seen and rng.random() < 0.7:
        return seen[int(rng.integers(len(seen)))]
    return truth + int(rng.choice([-2, -1, 1, 2]))


def _marks(question: Question, truth: Any, others: list[Any], rng: np.random.Generator) -> Any | None:
    """A mark with another label, or one missing."""
    if not truth:
        return None
    at, marks = int(rng.integers(len(truth))), [dict(m) for m in truth]
    labels = [v for v in _labels(question) if v != marks[at].get("label")]
    if labels and (len(marks) == 1 or rng.random() < 0.7):
        marks[at]["label"] = labels[int(rng.integers(len(labels)))]
    else:
        marks.pop(at)
    return marks


_MARKED = ("spans", "boxes", "polygons", "polylines", "keypoints", "masks", "segments", "tracks", "page_marks")
_BY_SHAPE: dict[str, Make] = {"label": _label, "labels": _several, "number": _number, **dict.fromkeys(_MARKED, _marks)}
"""Shapes of which a plausible wrong value can be made."""

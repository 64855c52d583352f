"""The kind `Aggregator`: several people's answers to one question become one, with how sure that is and how good each is.

Answers cross as columns, not as a million objects. An aggregator knows a value only through its task type and its shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.domain.annotation import Annotation
from milo.domain.question import Question
from milo.kinds.task_type import TaskType

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Answered(msgspec.Struct, frozen=True):
    """Answers to one question, row by row: `item_ids` (any ids) and `authors` (places in `names`), int64, shape (n,), and
    `values`, n of them, valid for the question. Models and rules may be authors too."""

    item_ids: Ints
    authors: Ints
    names: list[str]
    values: Sequence[Any]


class Resolved(msgspec.Struct, frozen=True):
    """One value for each item that has an answer, by rising id.

    `scores`: how sure each is, 0..1, shape (m,), NaN where that cannot be said. For labels, `soft` holds the probability of
    each of `labels`, shape (m, len(labels)): rows sum to 1 where one label is chosen; each lies in 0..1 where several may be.
    For each author, in the order of `names`: `ability` (the chance that an answer is right, or the mean agreement with what was
    resolved), its interval, and the number of answers, shape (authors,). `info` says how it went, for people.
    """

    item_ids: Ints
    values: list[Any]
    scores: Floats
    ability: Floats
    ability_low: Floats
    ability_high: Floats
    n_answers: Ints
    labels: list[str] = []
    soft: Floats | None = None
    info: dict[str, Any] = {}


class Aggregator(Protocol):
    """One way of resolving. `shapes`: the shapes of values it can resolve ("*": all)."""

    name: str
    title: str
    shapes: tuple[str, ...]

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """The resolved values. Does not depend on the order of rows or on names. No answers, nothing resolved."""
        ...


def answered_from(annotations: Sequence[Annotation]) -> Answered:
    """The columns of some annotations to one question."""
    names = sorted({a.author for a in annotations})
    place = {name: i for i, name in enumerate(names)}
    ids = np.array([a.item_id for a in annotations], dtype=np.int64)
    return Answered(
        ids, np.array([place[a.author] for a in annotations], dtype=np.int64), names, [a.value for a in annotations]
    )

"""How alike two answers are, as arrays: the task type's own agreement, looked up in a matrix where values are few.

Stands alone because every measure over pairs of answers needs it, whatever the values are, and must not call a task type a
million times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from milo.domain.question import Question
from milo.kinds.task_type import TaskType
from milo.stats.ratings import Floats, Ints

MOST_IN_MATRIX = 300


class Likeness:
    """Agreement of coded values, 0..1. `matrix`: shape (values, values), None where there are too many distinct values."""

    def __init__(self, question: Question, task_type: TaskType, values: Sequence[Any]) -> None:
        self._question, self._task, self.values = question, task_type, values
        self._known: dict[tuple[int, int], float] = {}
        self.matrix = self._matrix() if len(values) <= MOST_IN_MATRIX else None
        self.exact = self.matrix is not None and bool((self.matrix == np.eye(len(values))).all())
        """Values are alike or not, with nothing in between."""

    def one(self, a: int, b: int) -> float:
        """How alike values `a` and `b` are."""
        if a == b:
            return 1.0
        if self.matrix is not None:
            return float(self.matrix[a, b])
        key = (a, b) if a < b else (b, a)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._ask(*key)
        return found

    def of(self, a: Ints, b: Ints) -> Floats:
        """The same for columns of codes, shape (n,)."""
        if self.matrix is not None:
            return self.matrix[a, b]
        return np.array([self.one(i, j) for i, j in zip(a.tolist(), b.tolist(), strict=True)], dtype=np.float64)

    def _ask(self, a: int, b: int) -> float:
        return min(1.0, max(0.0, float(self._task.agreement(self._question, self.values[a], self.values[b]))))

    def _matrix(self) -> Floats:
        out = np.eye(len(self.values))
        for i in range(len(self.values)):
            for j in range(i):
                out[i, j] = out[j, i] = self._ask(j, i)
        return out

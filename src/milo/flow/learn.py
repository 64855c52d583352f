"""LEARN: when a model is trained again, and how good it is by the answers given blind."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.policy import Policy
from milo.domain.question import Question
from milo.kinds.task_type import TaskType
from milo.stats.intervals import clopper_pearson

LEVEL = 0.95
FIRST_AT = 6
_GROWTH = 0.1


class Quality(msgspec.Struct, frozen=True):
    """How many of `n` blind answers the model got exactly right, with the exact (Clopper-Pearson) interval at `level`."""

    n: int
    correct: int
    accuracy: float
    low: float
    high: float
    level: float = LEVEL


def next_training_at(policy: Policy, n_at_last: int, version: int) -> int:
    """The number of labels at which a model is trained again: after the first few, then every `train_every` labels, and
    at least a tenth more, so that the total cost of training stays in proportion to the labels."""
    if version == 0 and n_at_last < FIRST_AT:
        return FIRST_AT
    return n_at_last + max(policy.train_every, int(n_at_last * _GROWTH))


def quality(task: TaskType, question: Question, pairs: list[tuple[Any, Any]]) -> Quality | None:
    """Compare (model's value, person's blind value) pairs; None if there are none."""
    if not pairs:
        return None
    correct = sum(task.agreement(question, model, person) >= 1.0 for model, person in pairs)
    low, high = clopper_pearson(correct, len(pairs), LEVEL)
    return Quality(len(pairs), correct, correct / len(pairs), float(low), float(high))

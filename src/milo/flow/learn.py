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
    at least a tenth more, so that the total cost of training stays in proportion to the labels. One that could learn
    nothing from the first few (they may all carry one label) tries again soon."""
    growth = int(n_at_last * _GROWTH)
    if version == 0:
        return max(FIRST_AT, n_at_last + max(1, growth))
    return n_at_last + max(policy.train_every, growth)


def quality(task: TaskType, question: Question, pairs: list[tuple[Any, Any]]) -> Quality | None:
    """Compare (model's value, person's blind value) pairs; None if there are none."""
    if not pairs:
        return None
    correct = sum(task.agreement(question, model, person) >= 1.0 for model, person in pairs)
    low, high = clopper_pearson(correct, len(pairs), LEVEL)
    return Quality(len(pairs), correct, correct / len(pairs), float(low), float(high))

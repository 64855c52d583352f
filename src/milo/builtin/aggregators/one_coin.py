"""How often each author is right, and what is true, estimated together: one number for each author.

Fits well where each author has few answers, and no label attracts errors more than others.
"""

from __future__ import annotations

from milo.builtin.aggregators._labels import SHAPES, resolve_labels
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.dawid_skene import one_coin


class OneCoin:
    """Every author is right with one probability."""

    name = "one_coin"
    title = "One coin"
    shapes: tuple[str, ...] = SHAPES

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """Fit by EM."""
        return resolve_labels(question, task_type, answered, one_coin)


PLUGIN = OneCoin()

"""Some items are harder than others, and some authors better (Whitehill et al., 2009).

Fits well where many answer the same items. A hard item stays uncertain even where most agree by luck.
"""

from __future__ import annotations

from milo.builtin.aggregators._labels import SHAPES, resolve_labels
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.glad import glad


class Glad:
    """Authors have skill, items are easy or hard."""

    name = "glad"
    title = "GLAD"
    shapes: tuple[str, ...] = SHAPES

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """Fit by EM."""
        return resolve_labels(question, task_type, answered, lambda given, weight: glad(given, weight).resolved)


PLUGIN = Glad()

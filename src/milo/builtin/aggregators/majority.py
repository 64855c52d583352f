"""The label that most authors gave; for other values, what most of them share.

Labels that tie go by the order of the question. The score is the share of votes behind the label.
Authors who copy each other count once. Spans and boxes exist if at least half of
the authors marked them, with the median of their edges; texts are voted on word by word; other
values are merged by their task type.
"""

from __future__ import annotations

from milo.builtin.aggregators._labels import SHAPES, resolve_labels
from milo.builtin.aggregators._values import resolve_values
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.voting import vote_shares


class Majority:
    """One author, one vote."""

    name = "majority"
    title = "Majority"
    shapes: tuple[str, ...] = ("*",)

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """Count votes."""
        if task_type.shape in SHAPES:
            return resolve_labels(question, task_type, answered, vote_shares)
        return resolve_values(question, task_type, answered, None)


PLUGIN = Majority()

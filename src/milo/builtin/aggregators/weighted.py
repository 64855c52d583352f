"""Votes weighed by how far each author agrees with the others on shared items.

For labels the weights are log odds of being right; for other values the agreement of the task type, corrected for chance.
Spans and boxes exist if authors with at least half of the weight marked them; texts are voted on by weight; of other
values the one that agrees most with all is taken.
"""

from __future__ import annotations

from milo.builtin.aggregators._labels import SHAPES, resolve_labels
from milo.builtin.aggregators._values import author_weights, resolve_values
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.voting import weighted


class Weighted:
    """Those who agree with others count more."""

    name = "weighted"
    title = "Weighted votes"
    shapes: tuple[str, ...] = ("*",)

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """Weigh authors, then count."""
        if task_type.shape in SHAPES:
            return resolve_labels(question, task_type, answered, weighted)
        return resolve_values(question, task_type, answered, author_weights(question, task_type, answered))


PLUGIN = Weighted()

"""Each author knows the answer or writes down a habit without looking (Hovy et al., 2013).

Fits well where some people click through: it finds them by their habits.
"""

from __future__ import annotations

from milo.builtin.aggregators._labels import SHAPES, resolve_labels
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.mace import mace


class Mace:
    """Every author knows or guesses."""

    name = "mace"
    title = "MACE"
    shapes: tuple[str, ...] = SHAPES

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """Fit by EM."""
        return resolve_labels(question, task_type, answered, mace)


PLUGIN = Mace()

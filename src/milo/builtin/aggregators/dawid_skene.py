"""Who confuses what with what, and what is true, estimated together (Dawid and Skene, 1979).

Fits well with three or more answers to an item and a few dozen answers of each author. Authors with few answers are
taken for average. Correlated authors count less, so that certainty stays honest. Where the fit goes astray - labels
exchange their meaning, or one swallows others - one number for each author is used instead, and the result says why.
"""

from __future__ import annotations

from milo.builtin.aggregators._labels import SHAPES, resolve_labels
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Resolved
from milo.kinds.task_type import TaskType
from milo.stats.dawid_skene import guarded


class DawidSkene:
    """Every author has a confusion matrix."""

    name = "dawid_skene"
    title = "Dawid-Skene"
    shapes: tuple[str, ...] = SHAPES

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """Fit by EM; `info["fallback"]` says why, where it was not used."""
        return resolve_labels(question, task_type, answered, guarded)


PLUGIN = DawidSkene()

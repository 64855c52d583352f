"""FREEZE: a connected model's confidence, held still before a promise is made on it.

The map from signals to a probability is itself learned from blind answers. A promise tests scores by blind answers, so that the
answers that taught the map must not be among those that test it, and the map must not change from look to look. At the first
look at a version there are two parts: some of its blind answers, chosen by chance, teach a map that stays; all others, and all
that come later, test it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.domain.question import Question
from milo.kinds.task_type import TaskType
from milo.stats.confidence import COMBINE_FROM, NEEDED, Confidence, NotEnough, fit_confidence

Floats = NDArray[np.float64]
FREEZE_AT = COMBINE_FROM + NEEDED
"""Blind answers from which on a map is held still: enough to teach it with several signals, and some to test it."""
_TEACH = 3
Measured = tuple[int, Any, Any, dict[str, float]]


class Frozen(msgspec.Struct, frozen=True):
    """A map that stays. `taught_by`: the items whose blind answers it was learned from; `names`: the signals that it reads."""

    version: int
    names: list[str]
    fit: dict[str, Any]
    taught_by: list[int]
    at: float

    def tests(self, rows: list[Measured]) -> list[Measured]:
        """Those of the measured answers that the map did not see."""
        seen = frozenset(self.taught_by)
        return [row for row in rows if row[0] not in seen]

    def scores(self, rows: list[Measured]) -> Floats:
        """The probability of being right of each, NaN where no signal is known."""
        return Confidence.from_dict(self.fit).predict(table([signals for _, _, _, signals in rows], self.names))


def table(signals: Sequence[dict[str, float]], names: Sequence[str]) -> Floats:
    """Signals as columns, NaN where one is missing; shape (n, names)."""
    rows = [[one.get(name, np.nan) for name in names] for one in signals]
    return np.array(rows, np.float64).reshape(len(signals), len(names))


def teachers(items: list[int], seed: int) -> list[int]:
    """The items that teach: a third of them and at least `COMBINE_FROM`, by chance, whatever their answers are."""
    every = sorted(set(items))
    n = max(COMBINE_FROM, len(every) // _TEACH)
    order = np.random.default_rng(seed).permutation(len(every))[:n]
    return sorted(every[i] for i in order.tolist())


def freeze(task: TaskType, question: Question, rows: list[Measured], version: int, seed: int, now: float) -> Frozen | NotEnough:
    """A map learned from some of the measured answers; NotEnough where there are too few with signals."""
    with_signals = [row for row in rows if row[3]]
    items = {row[0] for row in with_signals}
    if len(items) < FREEZE_AT:
        return NotEnough(len(items), FREEZE_AT)
    chosen = frozenset(teachers(list(items), seed))
    part = [row for row in with_signals if row[0] in chosen]
    names = sorted({name for _, _, _, signals in part for name in signals})
    correct = np.array([task.agreement(question, said, given) >= 1.0 for _, said, given, _ in part], np.float64)
    groups = np.array([row[0] for row in part])
    found = fit_confidence(
        table([s for _, _, _, s in part], names), correct, groups=groups if len(chosen) < len(part) else None
    )
    if isinstance(found, NotEnough):
        return NotEnough(found.n, FREEZE_AT)
    return Frozen(version, names, found.confidence.as_dict(), sorted(chosen), now)

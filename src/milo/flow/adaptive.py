"""ADAPTIVE OVERLAP: ask another person only where an answer is expected to change something, within a budget.

Stands alone because it replaces a fixed number of answers: what was resolved so far goes in, and the items that get one more
answer come out. The value of an answer is computed in `milo.stats.overlap`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from milo.domain.policy import AdaptiveOverlap, ResolveRule
from milo.flow.resolve import Outcome, aggregator_for
from milo.kinds.aggregator import Aggregator, Floats, Ints
from milo.kinds.task_type import TaskType
from milo.stats.overlap import ask_another

_LABELS = ("label", "labels", "number")
_TYPICAL = 0.8
"""How often an answer is right where nothing is known of the people."""


def judge_of(rule: ResolveRule, task: TaskType, aggregators: Mapping[str, Aggregator]) -> Aggregator | None:
    """The aggregator whose certainty decides: for labels one number for each person, whatever resolves them in the end; for
    other values the rule's own, or weighted votes.

    Whole confusion matrices are not steady enough here: further answers pile up on contested items, and in one of six
    simulated crowds Dawid-Skene, fitted again and again on such answers, ended with its labels exchanged.
    """
    if task.shape in _LABELS:
        return aggregators.get("one_coin")
    own = aggregator_for(rule, task, aggregators)
    return own if own is not None and own.name != "majority" else aggregators.get("weighted")


def ask_more(found: Outcome, open_to: Any, policy: AdaptiveOverlap, left: int | None) -> Ints:
    """The ids of the items that one more person is asked about, the most worth first.

    `open_to`: which of the items may be asked about at all, bool, shape (items,). `left`: answers that the budget still
    pays for (None: no limit).
    """
    rows = np.flatnonzero(open_to)
    if not len(rows) or left == 0:
        return np.empty(0, dtype=np.int64)
    soft = _soft(found, rows)
    ask = ask_another(
        soft, 1.0, budget=None if left is None else float(left), worker=skill(found), stake=policy.worth, least=1.0
    )
    return found.items[rows[ask.chosen]]


def _soft(found: Outcome, rows: Ints) -> Floats:
    """Probabilities of the labels; where they are not one of several, of being right and of being wrong."""
    if found.soft is not None and found.soft.shape[1] >= 2:
        soft = found.soft[rows]
        total = soft.sum(axis=1, keepdims=True)
        if np.allclose(total, 1, atol=1e-3):
            return soft / total
    sure = np.clip(found.certainty[rows], 0, 1)
    return np.stack([sure, 1 - sure], axis=1)


def skill(found: Outcome) -> float:
    """How often the next answer is right: the mean over answers given so far, less than certain and better than nothing."""
    n = sum(int(p["answers"]) for p in found.people)
    mean = sum(float(p["ability"]) * int(p["answers"]) for p in found.people) / n if n else _TYPICAL
    return float(np.clip(mean, 0.35, 0.99))

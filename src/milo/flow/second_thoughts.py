"""SECOND THOUGHTS: what people answered before they saw a suggestion, and what they made of it after. Pure.

Where suggestions come after the first answer, that answer is on record as it was. Held against the final one and against what
turned out to be right, it tells how often a suggestion mended an answer, and how often it spoiled one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from milo.domain.question import Question
from milo.kinds.task_type import TaskType

_SAME = 1 - 1e-9


class Thought(msgspec.Struct, frozen=True):
    """One person's first and final answer to one question of one item; `shown` are the suggestions that came in between,
    `truth` the gold answer or the resolution (None: there is none)."""

    question: str
    first: Any
    final: Any
    shown: tuple[Any, ...] = ()
    truth: Any = None


class Changes(msgspec.Struct, frozen=True):
    """Over `n` answers with a suggestion in between: how many changed, how many of these into a suggestion. Over the `judged`
    ones, whose right answer is known: wrong to right, right to wrong, and neither."""

    question: str
    n: int
    changed: int
    to_suggestion: int
    judged: int
    wrong_to_right: int
    right_to_wrong: int


def changes(question: Question, task: TaskType, thoughts: Iterable[Thought]) -> Changes:
    """The count for one question. Answers without a suggestion in between are left out: nothing could have swayed them."""

    def same(a: Any, b: Any) -> bool:
        return task.agreement(question, a, b) >= _SAME

    n = changed = to_suggestion = judged = mended = spoiled = 0
    for one in thoughts:
        if one.question != question.name or not one.shown:
            continue
        n += 1
        moved = not same(one.first, one.final)
        changed += moved
        to_suggestion += moved and any(same(one.final, s) for s in one.shown)
        if one.truth is None:
            continue
        judged += 1
        before, after = same(one.first, one.truth), same(one.final, one.truth)
        mended += after and not before
        spoiled += before and not after
    return Changes(question.name, n, changed, to_suggestion, judged, mended, spoiled)

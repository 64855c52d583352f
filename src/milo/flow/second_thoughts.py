"""SECOND THOUGHTS: what people answered before they saw a suggestion or a judge's advice, and what they made of it after. Pure.

Where suggestions come after the first answer, that answer is on record as it was; so is the one that a judge gave advice on.
Held against the final one and against what turned out to be right, it tells how often a model mended an answer, and how often
it spoiled one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from milo.domain.question import Question
from milo.kinds.task_type import TaskType

Cause = Literal["suggestion", "advice"]
Outcome = Literal["mended", "spoiled", "neither", "unknown"]
_SAME = 1 - 1e-9


class Thought(msgspec.Struct, frozen=True):
    """One person's first and final answer to one question of one item; `shown` are the suggestions that came in between, or
    what the judge proposed (None: it proposed nothing), `truth` the gold answer or the resolution (None: there is none)."""

    question: str
    first: Any
    final: Any
    shown: tuple[Any, ...] = ()
    truth: Any = None
    cause: Cause = "suggestion"
    item_id: int = 0


class Changed(msgspec.Struct, frozen=True):
    """An answer that became another one. `outcome`: mended (wrong to right), spoiled (right to wrong), neither, or unknown,
    where nobody knows the right answer."""

    item_id: int
    question: str
    cause: Cause
    first: Any
    final: Any
    shown: list[Any]
    truth: Any
    outcome: Outcome


class Changes(msgspec.Struct, frozen=True):
    """Over `n` answers with a suggestion, or advice, in between: how many changed, how many of these into what was suggested.
    Over the `judged` ones, whose right answer is known: wrong to right, right to wrong, and neither."""

    question: str
    n: int
    changed: int
    to_suggestion: int
    judged: int
    wrong_to_right: int
    right_to_wrong: int
    cause: Cause = "suggestion"


def changes(question: Question, task: TaskType, thoughts: Iterable[Thought], cause: Cause = "suggestion") -> Changes:
    """The count for one question. Answers with nothing in between are left out: nothing could have swayed them."""
    n = changed = to_suggestion = judged = mended = spoiled = 0
    for one in thoughts:
        if one.question != question.name or one.cause != cause or not one.shown:
            continue
        n += 1
        judged += one.truth is not None
        found = change(question, task, one)
        if found is None:
            continue
        changed += 1
        to_suggestion += any(s is not None and _same(question, task, one.final, s) for s in one.shown)
        mended += found.outcome == "mended"
        spoiled += found.outcome == "spoiled"
    return Changes(question.name, n, changed, to_suggestion, judged, mended, spoiled, cause)


def change(question: Question, task: TaskType, one: Thought) -> Changed | None:
    """What became of an answer; None if it stayed as it was, or if nothing came in between."""
    if not one.shown or _same(question, task, one.first, one.final):
        return None
    return Changed(
        one.item_id, question.name, one.cause, one.first, one.final, list(one.shown), one.truth, _outcome(question, task, one)
    )


def _outcome(question: Question, task: TaskType, one: Thought) -> Outcome:
    if one.truth is None:
        return "unknown"
    before, after = (_same(question, task, value, one.truth) for value in (one.first, one.final))
    if before == after:
        return "neither"
    return "mended" if after else "spoiled"


def _same(question: Question, task: TaskType, a: Any, b: Any) -> bool:
    return task.agreement(question, a, b) >= _SAME

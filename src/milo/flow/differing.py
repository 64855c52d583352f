"""DIFFER: what of an answer the other answers to the same question do not say, for any task type. Pure.

A value is taken apart into the elements of a list, or the entries of an object. Whether another answer has a part too is
for the task type to say (`InParts`): outlines that overlap, lines that run close, amounts within the tolerance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from milo.domain.question import Question
from milo.kinds.task_type import Path, TaskType

_OWN = ("id", "score")
"""What says nothing about the item: two marks may differ in it."""


class Unlike(msgspec.Struct, frozen=True):
    """A part of an answer that only `n` of the answers have: the place in a list, or names and places from the outside in."""

    path: list[str | int]
    n: int


def paths(value: Any) -> list[Path]:
    """The parts of a value: elements of a list, or of the lists of an object, or its entries. None of a plain value, and none
    of an order, whose parts are no places in it."""
    if isinstance(value, list):
        return [(i,) for i in range(len(cast("list[Any]", value)))]
    if not isinstance(value, dict) or "tiers" in value:
        return []
    entries = cast("dict[str, Any]", value)
    if entries and all(isinstance(own, list) for own in entries.values()):
        return [(name, i) for name, own in entries.items() for i in range(len(own))]
    return [(name,) for name in entries]


def shared(task: TaskType, question: Question, a: Any, b: Any) -> list[Path]:
    """The parts of `a` that `b` has as well."""
    if a == b:
        return paths(a)
    own = getattr(task, "shared", None)
    if own is not None:
        return own(question, a, b)
    theirs = Counter(_key(b, path) for path in paths(b))
    found: list[Path] = []
    for path in paths(a):
        key = _key(a, path)
        if theirs[key]:
            theirs[key] -= 1
            found.append(path)
    return found


def differences(task: TaskType, question: Question, values: Sequence[Any]) -> list[list[Unlike]]:
    """For each answer, in order, its parts that not all of the answers have."""
    out: list[list[Unlike]] = []
    for at, value in enumerate(values):
        met = Counter(path for i, other in enumerate(values) if i != at for path in shared(task, question, value, other))
        out.append([Unlike(list(path), met[path] + 1) for path in paths(value) if met[path] + 1 < len(values)])
    return out


def bare(value: Any) -> Any:
    """A value without the ids and scores of its parts."""
    if isinstance(value, list):
        return [bare(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        return {name: bare(own) for name, own in given.items() if name not in _OWN}
    return value


def _key(value: Any, path: Path) -> bytes:
    """A part as text; entries of an object stand under their name, elements of a list are the same at any place."""
    for step in path:
        value = value[step]
    if isinstance(value, Mapping):
        value = bare(value)
    names = [step for step in path if isinstance(step, str)]
    return msgspec.json.encode([names, value], order="deterministic")

"""Answers as classes and back: what a classifier learns from a value, and which value it suggests.

Three shapes are known: label (one string), labels (a list of strings) and number (a rating; each number is a class).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from milo.domain.question import Question

SHAPES = ("label", "labels", "number")


def shape_of(question: Question, values: Sequence[Any] = ()) -> str | None:
    """The shape of a question's values: as the question says, else as the values look, else None."""
    if question.shape:
        return question.shape
    for value in values:
        if isinstance(value, str):
            return "label"
        if isinstance(value, int | float) and not isinstance(value, bool):
            return "number"
        if isinstance(value, list) and value:
            return "labels" if isinstance(cast("list[Any]", value)[0], str) else None
    return None


def known_labels(question: Question) -> list[str] | None:
    """The label values that the question allows, in its order; None if it lists none."""
    listed = question.config.get("labels")
    if not isinstance(listed, list) or not listed:
        return None
    entries = cast("list[Any]", listed)
    values = [cast("dict[str, Any]", e).get("value") if isinstance(e, dict) else e for e in entries]
    return [v for v in values if isinstance(v, str)]


def members(shape: str, value: Any) -> list[str | int | float] | None:
    """The classes named by a value, or None if the value has another shape."""
    if shape == "label":
        return [value] if isinstance(value, str) else None
    if shape == "number":
        plain = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return [value] if plain else None
    if isinstance(value, list) and all(isinstance(v, str) for v in cast("list[Any]", value)):
        return cast("list[str | int | float]", value)
    return None


def allowed(question: Question, shape: str, value: Any) -> bool:
    """Whether the value has the shape and, for labels, names only labels that the question still has."""
    names = members(shape, value)
    known = known_labels(question) if shape != "number" else None
    return names is not None and (known is None or all(n in known for n in names))


def class_names(question: Question, shape: str, values: Sequence[Any]) -> list[str | int | float]:
    """The distinct classes among the values: numbers ascending, labels in the question's order, others by name."""
    seen = {name for value in values for name in members(shape, value) or []}
    known = known_labels(question) or []
    place = {name: i for i, name in enumerate(known)}
    if shape == "number":
        return sorted(seen, key=lambda v: cast("float", v))
    return sorted(seen, key=lambda v: (place.get(cast("str", v), len(known)), str(v)))


def value_from(question: Question, shape: str, names: Sequence[str | int | float], chances: Sequence[float]) -> Any:
    """The suggested value: the likeliest class, or every label at least as likely as not, within `min` and `max`."""
    ranked = sorted(range(len(names)), key=lambda i: -chances[i])
    if shape != "labels":
        return names[ranked[0]]
    least = max(0, int(question.config.get("min") or 0))
    most = int(question.config.get("max") or len(names))
    chosen = [i for rank, i in enumerate(ranked) if rank < least or (rank < most and chances[i] >= 0.5)]
    return [names[i] for i in sorted(chosen)]

"""`rating`: a whole number on an ordered scale, for example 1 to 5.

Stands alone because scores are ordered: near misses agree in part, and several scores merge to their median.
"""

from __future__ import annotations

from statistics import median_low
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, kept_or_none, known_keys, value_error, whole
from milo.builtin.tasks._labels import instruction
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief

MAX_STEPS = 101


class Rating:
    """A score from `min` to `max`. Agreement is 1 - |a - b| / (max - min)."""

    name = "rating"
    title = "Rating"
    shape = "number"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `min` (1), `max` (5), `labels`: words for scores, as {"1": "poor"} or a list from min to max."""
        known_keys(question, "min", "max", "labels")
        low = whole(question, "min", 1, -1_000_000, 1_000_000)
        high = whole(question, "max", max(5, low + 4), -1_000_000, 1_000_000)
        if not 0 < high - low < MAX_STEPS:
            raise config_error(
                question, "max", f"the scale {low} to {high} has no or too many steps; use 2 to {MAX_STEPS} scores."
            )
        labels = _score_labels(question, low, high)
        return msgspec.structs.replace(question, config={"min": low, "max": high, "labels": labels})

    def check(self, question: Question, value: Any, item: Item | None) -> int:
        """The score; whole floats (4.0) are taken, true and false are not."""
        low, high = _range(question)
        whole_float = isinstance(value, float) and value.is_integer()
        if isinstance(value, bool) or not (isinstance(value, int) or whole_float) or not low <= value <= high:
            raise value_error(question, f"{value!r:.80} is no whole number from {low} to {high}.")
        return int(value)

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """1 - |a - b| / (max - min)."""
        low, high = _range(question)
        return max(0.0, 1.0 - abs(a - b) / (high - low))

    def brief(self, question: Question) -> Brief:
        """A whole number within the scale."""
        low, high = _range(question)
        words = cast("dict[str, str]", question.config.get("labels") or {})
        lines = "".join(f"\n- {score}: {words[score]}" for score in words)
        schema = {"type": "integer", "minimum": low, "maximum": high}
        return Brief(instruction(question, f"Answer with one whole number from {low} to {high}.{lines}"), schema)

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The median; of two middle scores the lower one."""
        return median_low(values)

    def summary(self, question: Question, value: Any) -> list[str]:
        """The score as text."""
        return [str(value)]

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell: the score."""
        return {"": value}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The score as a number."""
        cell = cells[""]
        try:
            return int(cell) if isinstance(cell, str) else cell
        except ValueError:
            raise value_error(question, f"the cell {cell[:80]!r} is no whole number.") from None

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The score if it lies on the new scale."""
        return kept_or_none(lambda: self.check(new, value, None))


def _range(question: Question) -> tuple[int, int]:
    low = int(question.config.get("min", 1))
    return low, int(question.config.get("max", max(5, low + 4)))


def _score_labels(question: Question, low: int, high: int) -> dict[str, str]:
    given = question.config.get("labels") or {}
    if isinstance(given, list):
        names = cast("list[Any]", given)
        if len(names) != high - low + 1:
            raise config_error(question, "labels", f"{len(names)} labels for {high - low + 1} scores; give one each.")
        given = {str(low + i): name for i, name in enumerate(names)}
    if not isinstance(given, dict):
        raise config_error(question, "labels", 'labels must be a list or an object such as {"1": "poor"}.')
    labels = {str(score): name for score, name in cast("dict[Any, Any]", given).items()}
    scores = {str(score) for score in range(low, high + 1)}
    for score, name in labels.items():
        if score not in scores or not isinstance(name, str):
            raise config_error(question, "labels", f"{score!r}: {name!r} does not name a score from {low} to {high}.")
    return {score: labels[score] for score in sorted(labels, key=int)}


PLUGIN = Rating()

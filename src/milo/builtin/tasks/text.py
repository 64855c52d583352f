"""`text`: a free written answer, such as a correction, a translation or a summary. The value is the text as typed.

Stands alone because words agree by degrees: agreement is 1 - token edit distance / length of the longer text.
In a cell, an empty text and one in double quotes are written as JSON strings, so that an empty cell means "no answer".
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from milo.builtin.tasks._config import config_error, flag, kept_or_none, known_keys, value_error, whole
from milo.builtin.tasks._distance import similarity
from milo.builtin.tasks._labels import instruction
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief

MAX_LENGTH = 200_000


class Text:
    """A written answer of `min_length` to `max_length` Unicode code points."""

    name = "text"
    title = "Text"
    shape = "text"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `min_length` (0), `max_length` (200,000), `multiline` (true), `placeholder` ("")."""
        known_keys(question, "min_length", "max_length", "multiline", "placeholder")
        least = whole(question, "min_length", 0, 0, MAX_LENGTH)
        most = whole(question, "max_length", MAX_LENGTH, max(1, least), MAX_LENGTH)
        placeholder = question.config.get("placeholder", "")
        if not isinstance(placeholder, str):
            raise config_error(question, "placeholder", f"placeholder is {placeholder!r}; it must be text.")
        config = {"min_length": least, "max_length": most, "multiline": flag(question, "multiline", True)}
        return msgspec.structs.replace(question, config=config | {"placeholder": placeholder})

    def check(self, question: Question, value: Any, item: Item | None) -> str:
        """The text, unchanged."""
        if not isinstance(value, str):
            raise value_error(question, f"expected text, got {type(value).__name__}: {value!r:.80}.")
        least, most = _limits(question)
        if not least <= len(value) <= most:
            raise value_error(question, f"the text has {len(value):,} characters; allowed are {least:,} to {most:,}.")
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise value_error(question, "the text holds half a character (a lone surrogate); send valid Unicode.")
        if not question.config.get("multiline", True) and ("\n" in value or "\r" in value):
            raise value_error(question, "the text has line breaks; this question takes a single line.")
        return value

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """Token similarity, 0..1; see `_distance.similarity`."""
        return similarity(a, b)

    def brief(self, question: Question) -> Brief:
        """A string within the limits."""
        least, most = _limits(question)
        schema = {"type": "string", "minLength": least, "maxLength": most}
        return Brief(instruction(question, "Answer with the text only."), schema)

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The answer closest to all others (the medoid); of equals the first in code point order."""
        if len(values) == 1:
            return values[0]
        distinct = sorted(set(values))
        closeness = [sum(sorted(similarity(value, other) for other in values)) for value in distinct]
        return distinct[closeness.index(max(closeness))]

    def summary(self, question: Question, value: Any) -> list[str]:
        """Nothing: a written answer has no labels."""
        return []

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell: the text, as a JSON string where it is empty or stands in double quotes."""
        quoted = not value or (value[0] == '"' and value[-1] == '"')
        return {"": json.dumps(value, ensure_ascii=False) if quoted else value}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The text; a cell in double quotes that is no JSON string is taken as it is."""
        cell = cells[""]
        if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"':
            return cell
        try:
            return json.loads(cell)
        except ValueError:
            return cell

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The text if it fits the new limits."""
        return kept_or_none(lambda: self.check(new, value, None))


def _limits(question: Question) -> tuple[int, int]:
    return int(question.config.get("min_length", 0)), int(question.config.get("max_length", MAX_LENGTH))


PLUGIN = Text()

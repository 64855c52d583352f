"""`choices`: any number of labels of a flat set or a tree. The value is a list of label strings in schema order.

Stands alone because sets and trees have their own limits (`min`, `max`, `leaf_only`) and their own partial agreement.
In a cell, labels are joined with "|"; where that would be ambiguous the cell is a JSON list, and an empty list is "[]".
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, flag, kept_or_none, known_keys, value_error, whole
from milo.builtin.tasks._labels import (
    LabelSet,
    check_label,
    describe_labels,
    instruction,
    label_set,
    normalise_labels,
)
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief


class Choices:
    """Several labels. Agreement is the Jaccard index; on trees the ancestors of the labels count as well."""

    name = "choices"
    title = "Multiple choice"
    shape = "labels"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `min` (0), `max` (None: no limit), `leaf_only` (false: inner nodes may be chosen)."""
        known_keys(question, "labels", "min", "max", "leaf_only")
        labels = normalise_labels(question)
        leaf_only = flag(question, "leaf_only", False)
        usable = len(LabelSet(labels).order) - (len(LabelSet(labels).inner) if leaf_only else 0)
        least = whole(question, "min", 0, 0, usable)
        most = None if question.config.get("max") is None else whole(question, "max", usable, 1, 10_000)
        if most is not None and most < least:
            raise config_error(question, "max", f"max is {most} and min is {least}; max must not be less than min.")
        config = {"labels": labels, "min": least, "max": most, "leaf_only": leaf_only}
        return msgspec.structs.replace(question, config=config)

    def check(self, question: Question, value: Any, item: Item | None) -> list[str]:
        """The labels without repeats, in schema order."""
        if not isinstance(value, list):
            raise value_error(question, f"expected a list of labels, got {type(value).__name__}: {value!r:.80}.")
        labels = label_set(question)
        given = {check_label(question, labels, v) for v in cast("list[Any]", value)}
        self._check_leaves(question, labels, given)
        self._check_count(question, len(given))
        return sorted(given, key=labels.rank)

    def _check_leaves(self, question: Question, labels: LabelSet, given: set[str]) -> None:
        inner = sorted(given & labels.inner) if question.config.get("leaf_only") else []
        if inner:
            raise value_error(question, f'"{inner[0]}" has labels below it; choose one of those (leaf_only is set).')

    def _check_count(self, question: Question, count: int) -> None:
        least, most = int(question.config.get("min") or 0), question.config.get("max")
        if count < least:
            raise value_error(question, f"{count} labels chosen; choose at least {least}.")
        if most is not None and count > most:
            raise value_error(question, f"{count} labels chosen; choose at most {most}.")

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """Jaccard: shared labels over all labels, ancestors included; two empty lists agree fully."""
        labels = label_set(question)
        ours, theirs = labels.with_ancestors(a), labels.with_ancestors(b)
        union = ours | theirs
        return len(ours & theirs) / len(union) if union else 1.0

    def brief(self, question: Question) -> Brief:
        """A list over an enumeration of the labels that may be chosen."""
        labels = label_set(question)
        banned = labels.inner if question.config.get("leaf_only") else set[str]()
        schema: dict[str, Any] = {
            "type": "array",
            "items": {"type": "string", "enum": [v for v in labels.order if v not in banned]},
            "uniqueItems": True,
            "minItems": int(question.config.get("min") or 0),
        }
        if question.config.get("max") is not None:
            schema["maxItems"] = question.config["max"]
        what = f"Answer with the list of all labels that apply:\n{describe_labels(question)}"
        return Brief(instruction(question, what), schema)

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The labels chosen in at least half of the answers; then `min` and `max` are met by number of votes."""
        if len(values) == 1:
            return values[0]
        labels = label_set(question)
        votes = Counter(label for value in values for label in set(value))
        ranked = sorted(votes, key=lambda label: (-votes[label], labels.rank(label)))
        keep = sum(1 for label in ranked if 2 * votes[label] >= len(values))
        keep = max(keep, int(question.config.get("min") or 0))
        most = question.config.get("max")
        return sorted(ranked[: keep if most is None else min(keep, most)], key=labels.rank)

    def summary(self, question: Question, value: Any) -> list[str]:
        """The labels."""
        return list(value)

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell: labels joined with "|", or a JSON list where a label makes that ambiguous."""
        joined = "|".join(value)
        plain = value and not joined.startswith("[") and joined.count("|") == len(value) - 1
        return {"": joined if plain else json.dumps(value, ensure_ascii=False)}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The list; also takes a list, as columnar formats give it."""
        cell = cells[""]
        if isinstance(cell, list):
            return cast("list[Any]", cell)
        if not cell.startswith("["):
            return cell.split("|")
        try:
            return json.loads(cell)
        except ValueError as error:
            raise value_error(question, f"the cell {cell[:80]!r} is no JSON list: {error}.") from None

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The labels if the new set has them all; a single label becomes a list of one."""
        given = [value] if isinstance(value, str) else value
        return kept_or_none(lambda: self.check(new, given, None))


PLUGIN = Choices()

"""`choice`: exactly one label of a set. The value is the label's string.

Stands alone because it is the only question whose answer is a single decision: one key answers it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import kept_or_none, known_keys
from milo.builtin.tasks._labels import check_label, describe_labels, instruction, label_set, normalise_labels
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief


class Choice:
    """One label of a set. Agreement is 1 for the same label, else 0; answers merge to the majority."""

    name = "choice"
    title = "Single choice"
    shape = "label"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`."""
        known_keys(question, "labels")
        return msgspec.structs.replace(question, config={"labels": normalise_labels(question)})

    def check(self, question: Question, value: Any, item: Item | None) -> str:
        """The label."""
        return check_label(question, label_set(question), value)

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """1 if equal, else 0."""
        return 1.0 if a == b else 0.0

    def brief(self, question: Question) -> Brief:
        """An enumeration of the labels."""
        what = f"Answer with exactly one of these labels:\n{describe_labels(question)}"
        return Brief(instruction(question, what), {"type": "string", "enum": list(label_set(question).order)})

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The label given most often; of equals the one that stands first in the schema."""
        labels = label_set(question)
        votes = Counter(values)
        return min(votes, key=lambda value: (-votes[value], labels.rank(value)))

    def summary(self, question: Question, value: Any) -> list[str]:
        """The label."""
        return [value]

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell: the label as it is."""
        return {"": value}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The label."""
        return cells[""]

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The label if the new set has it; a list of one label becomes that label."""
        if isinstance(value, list) and len(cast("list[Any]", value)) == 1:
            value = value[0]
        return kept_or_none(lambda: self.check(new, value, None))


PLUGIN = Choice()

"""The kind `TaskType`: the only code that knows its question.

Storing, prompting, agreement, merging, sampling and exporting are generic and reach a value only through this protocol.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from milo.domain.item import Item
from milo.domain.question import Field, Question


class Brief(msgspec.Struct, frozen=True):
    """What a model needs to know to answer: an instruction in words, and the JSON schema of the answer."""

    instruction: str
    json_schema: dict[str, Any]


class Read(msgspec.Struct, frozen=True):
    """A value read out of a model's answer. `left_out` tells in words what of the answer could not be used."""

    value: Any
    left_out: tuple[str, ...] = ()


Path = tuple[str | int, ...]
"""Where in a value a part of it is: places in lists and names in objects, from the outside in."""


class TaskType(Protocol):
    """One way of asking. `name` is what questions refer to; `shape` is one of label, labels, number, text, spans, relations,
    boxes, polygons, polylines, keypoints, masks, segments, tracks, ranks, scores, turns, turn_marks, fields,
    rows, page_marks, cell_marks;
    `field_kinds` are the kinds of item fields it marks ("*": the item as a whole)."""

    name: str
    title: str
    shape: str
    field_kinds: tuple[str, ...]

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """The question with its config completed by defaults. Raises InvalidConfig."""
        ...

    def check(self, question: Question, value: Any, item: Item | None) -> Any:
        """The value in canonical form (idempotent). Raises InvalidValue. `item` is None where only the form counts."""
        ...

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """How far two values agree, 0..1; symmetric; 1 for equal values."""
        ...

    def brief(self, question: Question) -> Brief:
        """Instruction and JSON schema for a model."""
        ...

    def merge(self, question: Question, values: list[Any]) -> Any:
        """One value out of several (at least one); independent of their order; a single value is returned as it is."""
        ...

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels in a value, for filters and counts; empty if it has none."""
        ...

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """The value as table cells, by column suffix ("" for the main column)."""
        ...

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The inverse of `flatten`: `unflatten(flatten(v)) == v`; cells may be strings, as CSV gives them."""
        ...

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The value under a changed question, or None if it does not fit any more."""
        ...


class ForModels(Protocol):
    """What a task type adds where models write its values in another form than they are stored in: quotes instead of offsets,
    say. Each method is optional; without them, models answer in the form of `brief` and the answer is the value."""

    def model_brief(self, question: Question) -> Brief:
        """Instruction and JSON schema of the form for models."""
        ...

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The value that an answer of that schema means on this item. Raises InvalidValue in words for the model. At the
        `last` attempt, parts that mean nothing may be left out, with a word on each, as long as something is left."""
        ...

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """A value in the form for models, for examples."""
        ...


class InParts(Protocol):
    """What a task type adds where parts of its values can mean the same without being equal: shapes that overlap, amounts
    within a tolerance. Without it, parts of two answers are the same where they are equal but for id and score."""

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The parts of `a` that `b` has as well, as `agreement` sees it; each part of `b` stands for one of `a` at most."""
        ...


def model_brief(task_type: TaskType, question: Question) -> Brief:
    """How a model is asked for a value of this task type."""
    own = getattr(task_type, "model_brief", None)
    return own(question) if own is not None else task_type.brief(question)


def from_model(task_type: TaskType, question: Question, answer: Any, item: Item, last: bool) -> Read:
    """The checked value that a model's answer means on an item. Raises InvalidValue."""
    own = getattr(task_type, "from_model", None)
    read: Read = own(question, answer, item, last) if own is not None else Read(answer)
    return Read(task_type.check(question, read.value, item), read.left_out)


def to_model(task_type: TaskType, question: Question, value: Any, item: Item) -> Any:
    """A value as a model would have answered."""
    own = getattr(task_type, "to_model", None)
    return own(question, value, item) if own is not None else value

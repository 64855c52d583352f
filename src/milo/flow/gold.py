"""GOLD: say what is right of an item - from an answer that was given, or by a value of one's own.

Gold is one annotation with the role "gold"; a newer one takes the place of the older. Its basis tells how it came about: gold
made while a model's suggestion could be seen is marked "shown", and never tests a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from milo.domain.errors import Invalid, InvalidValue, NotFound
from milo.domain.ids import project_of
from milo.domain.item import Item
from milo.domain.project import Project
from milo.domain.shapes import PLACED
from milo.flow.labels import label_text
from milo.kinds.task_type import TaskType


class Source(msgspec.Struct, frozen=True):
    """An annotation that gold is made from."""

    id: int
    item_id: int
    question: str
    value: Any
    basis: str
    role: str


class GoldRow(msgspec.Struct, frozen=True):
    """The gold of an item for one question: by whom, how it came about, and how many people's answers stand beside it."""

    item_id: int
    question: str
    value: Any
    author: str | None
    basis: str
    created_at: float
    n_answers: int
    agreement: float | None


class NewGold(msgspec.Struct, frozen=True):
    """Gold to be stored; `value` is JSON."""

    question: str
    value: bytes
    label: str | None
    basis: str
    made_from: int | None


class GoldPort(Protocol):
    """One transaction's view of gold."""

    def source(self, annotation_id: int) -> Source | None:
        """A live annotation that is no suggestion."""
        ...

    def suggested(self, item_id: int, question: str) -> bool:
        """Whether a suggestion can be seen on the item."""
        ...

    def content(self, item_id: int) -> dict[str, Any] | None:
        """The item's fields; None if there is no such item."""
        ...

    def put(self, item_id: int, user_id: int, gold: NewGold, schema_version: int, now: float) -> int:
        """Store gold in the place of what was gold before; its id."""
        ...


def make_gold(
    port: GoldPort, task_types: Mapping[str, TaskType], project: Project, user_id: int, item_id: int,
    values: dict[str, Any], annotations: list[int], now: float,
) -> list[int]:  # fmt: skip
    """Make gold of values, of annotations that were given, or of both; the ids. Raises NotFound or Invalid."""
    data = port.content(item_id) if project_of(item_id) == project.id else None
    if data is None:
        raise NotFound(f"There is no item {item_id} in this project.", place="item_id")
    made = [_from_value(port, task_types, project, item_id, data, name, value) for name, value in values.items()]
    made += [_from_annotation(port, task_types, project, item_id, ident) for ident in annotations]
    if not made:
        raise Invalid("Give a value for at least one question, or an annotation to make gold of.", place="values")
    return [port.put(item_id, user_id, one, project.schema_version, now) for one in made]


def _from_value(
    port: GoldPort,
    task_types: Mapping[str, TaskType],
    project: Project,
    item_id: int,
    data: dict[str, Any],
    name: str,
    value: Any,
) -> NewGold:
    question = project.schema.get(name)
    task = task_types[question.type]
    item = Item(item_id, project.id, 0, data) if task.shape in PLACED else None
    try:
        canonical = task.check(question, value, item)
    except InvalidValue as error:
        raise InvalidValue(error.message, place=f"values.{name}") from error
    basis = "shown" if port.suggested(item_id, name) else "unassisted"
    return NewGold(name, msgspec.json.encode(canonical), label_text(task.summary(question, canonical)), basis, None)


def _from_annotation(port: GoldPort, task_types: Mapping[str, TaskType], project: Project, item_id: int, ident: int) -> NewGold:
    source = port.source(ident)
    if source is None or source.item_id != item_id:
        raise NotFound(f"There is no answer {ident} on this item.", place="annotations")
    if source.basis in ("bulk", "planted"):
        raise Invalid("An answer to many items at once, or to a planted check, cannot become gold.", place="annotations")
    question = project.schema.get(source.question)
    task = task_types[question.type]
    basis = "unassisted" if source.basis == "blind" else source.basis
    return NewGold(
        source.question, msgspec.json.encode(source.value), label_text(task.summary(question, source.value)), basis, source.id
    )

"""What marks on an item have in common: reading a list of them, their ids, their cell in a table, F1 between two lists.

Stands alone because spans and boxes differ in geometry only.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any, TypeVar, cast

import msgspec

from milo.builtin.tasks._config import kept_or_none, value_error
from milo.domain.item import Item
from milo.domain.question import Question

MAX_REGIONS = 50_000
MAX_ID_LENGTH = 64
R = TypeVar("R")


def read_regions(question: Question, value: Any, kind: type[R], what: str) -> list[R]:
    """The value as structs of `kind`. Raises InvalidValue for anything else than a list of at most 50,000 of them."""
    if not isinstance(value, list):
        raise value_error(question, f"expected a list of {what}, got {type(value).__name__}: {value!r:.80}.")
    given = cast("list[Any]", value)
    if len(given) > MAX_REGIONS:
        raise value_error(question, f"{len(given):,} {what}; at most {MAX_REGIONS:,} are allowed.")
    try:
        return msgspec.convert(given, list[kind])
    except msgspec.ValidationError as error:
        raise value_error(question, f"malformed {what}: {error}.") from None


def check_ids(question: Question, ids: list[str | None]) -> None:
    """Raise InvalidValue where an id is empty, too long or used twice."""
    given = [i for i in ids if i is not None]
    for ident in given:
        if not 1 <= len(ident) <= MAX_ID_LENGTH:
            raise value_error(question, f"the id {ident[:80]!r} must have 1 to {MAX_ID_LENGTH} characters.")
    if len(set(given)) < len(given):
        twice = next(i for i in given if given.count(i) > 1)
        raise value_error(question, f'the id "{twice}" is used twice; each must be unique.')


def check_scores(question: Question, scores: list[float | None]) -> None:
    """Raise InvalidValue for a mark's own confidence that is not between 0 and 1."""
    for score in scores:
        if score is not None and not 0 <= score <= 1:
            raise value_error(question, f"the score {score} is not between 0 and 1.")


def f1(matches: int, first: int, second: int) -> float:
    """2 * matches / (first + second); 1 where both are empty."""
    return 2 * matches / (first + second) if first + second else 1.0


def labels_in(value: list[dict[str, Any]]) -> list[str]:
    """The distinct labels, sorted."""
    return sorted({region["label"] for region in value})


def to_cell(value: list[dict[str, Any]]) -> dict[str, str | int | float | bool | None]:
    """One cell: the list as JSON."""
    return {"": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}


def from_cell(question: Question, cells: dict[str, Any], what: str = "list") -> Any:
    """The list or object (`what`) back from its main cell; also takes one that is no text, as columnar formats give it."""
    cell = cells[""]
    if not isinstance(cell, str):
        return cell
    try:
        return json.loads(cell)
    except ValueError as error:
        raise value_error(question, f"the cell {cell[:80]!r} is no JSON {what}: {error}.") from None


class MarkList(ABC):
    """The part of a task type that is the same for every list of labelled marks: its labels, its cell, its moving to a changed
    question."""

    @abstractmethod
    def check(self, question: Question, value: Any, item: Item | None) -> Any:
        """The value in canonical form. Raises InvalidValue."""

    def same_ground(self, old: Question, new: Question) -> bool:
        """Whether a value may be carried from one to the other at all: both look at the same field."""
        return old.field == new.field

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels."""
        return labels_in(value)

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell of JSON."""
        return to_cell(value)

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The list from its cell."""
        return from_cell(question, cells)

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The marks if they all fit and the question still looks at the same ground."""
        return kept_or_none(lambda: self.check(new, value, None)) if self.same_ground(old, new) else None

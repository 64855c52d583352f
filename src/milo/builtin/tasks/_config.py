"""Reading the settings of a question: one small vocabulary of checks, so that every task type complains alike.

Stands alone because settings are written by people, in files and forms, and a typo must be named where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field, Question

T = TypeVar("T")


def config_error(question: Question, key: str, message: str) -> InvalidConfig:
    """An InvalidConfig that names the question and the setting at fault."""
    return InvalidConfig(f'Question "{question.name}": {message}', place=f"questions.{question.name}.config.{key}")


def value_error(question: Question, message: str) -> InvalidValue:
    """An InvalidValue that names the question."""
    return InvalidValue(f'Question "{question.name}": {message}', place=question.name)


def known_keys(question: Question, *allowed: str) -> None:
    """Refuse settings that the task type does not have. Raises InvalidConfig."""
    unknown = sorted(set(question.config) - set(allowed))
    if unknown:
        raise config_error(question, unknown[0], f"unknown setting {unknown[0]!r}. This task type knows: {', '.join(allowed)}.")


def whole(question: Question, key: str, default: int, low: int, high: int) -> int:
    """A whole number in low..high. Raises InvalidConfig."""
    value = question.config.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise config_error(question, key, f"{key} is {value!r}; it must be a whole number from {low} to {high}.")
    return value


def number(question: Question, key: str, default: float, low: float, high: float) -> float:
    """A finite number in low..high. Raises InvalidConfig."""
    value = question.config.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise config_error(question, key, f"{key} is {value!r}; it must be a number from {low} to {high}.")
    return float(value)


def flag(question: Question, key: str, default: bool) -> bool:
    """True or false. Raises InvalidConfig."""
    value = question.config.get(key, default)
    if not isinstance(value, bool):
        raise config_error(question, key, f"{key} is {value!r}; it must be true or false.")
    return value


def fitting_field(question: Question, fields: tuple[Field, ...], kinds: tuple[str, ...]) -> str:
    """The field that the answer refers to: the one named, or the first of a fitting kind. Raises InvalidConfig."""
    wanted = " or ".join(kinds)
    by_name = {f.name: f for f in fields}
    if question.field is None:
        for field in fields:
            if field.kind in kinds:
                return field.name
        raise config_error(question, "field", f"it needs a field of kind {wanted}, and the project has none.")
    field = by_name.get(question.field)
    if field is None or field.kind not in kinds:
        what = "does not exist" if field is None else f"is of kind {field.kind}"
        raise config_error(question, "field", f'the field "{question.field}" {what}; name one of kind {wanted}.')
    return field.name


def read(question: Question, value: Any, kind: type[T], wanted: str) -> T:
    """The value as a `kind` (a struct, or a list of them); `wanted` says in words what that is. Raises InvalidValue."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise value_error(question, f"expected {wanted}, got {value!r:.80}: {error}.") from None


def kept_or_none(check: Callable[[], T]) -> T | None:
    """What `check` returns, None where it raises InvalidValue: how a value is carried to a changed question."""
    try:
        return check()
    except InvalidValue:
        return None

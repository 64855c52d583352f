"""RESTORE: labels that come in with data - from one of Milo's own exports or from mapped columns - checked like any other.

A label that does not fit is reported and left out; its item stays. How an answer came about is kept as the source tells it
(`origin`), while its basis here is "imported": what a file says of itself is no evidence of blind or unassisted work.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec

from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.item import Item
from milo.domain.project import ProjectSpec
from milo.domain.question import Question
from milo.flow.labels import label_text
from milo.flow.mapping import LabelColumn
from milo.flow.mapping import cell as inside
from milo.flow.placing import is_placed, placed
from milo.flow.ports.items import Label
from milo.kinds.task_type import TaskType

_ROLES = ("suggestion", "answer", "gold", "resolution")
_KEPT = ("basis", "user", "authors", "agreement", "answers", "n", "soft", "given")
_encode = msgspec.json.encode


class Labels:
    """Checks labels for one project."""

    def __init__(self, spec: ProjectSpec, task_types: Mapping[str, TaskType]) -> None:
        self._questions = {q.name: q for q in spec.questions}
        self._task_types = task_types

    def restored(self, records: Iterable[dict[str, Any]], data: dict[str, Any]) -> tuple[list[Label], list[str]]:
        """The annotations of a Milo export, and why any were left out."""
        labels: list[Label] = []
        wrong: list[str] = []
        for record in records:
            try:
                labels.append(self._restored(record, data, wrong))
            except (InvalidValue, InvalidConfig) as error:
                wrong.append(f"label of {record.get('question')!r} left out: {error.message}")
        return labels, wrong

    def from_cells(
        self, cells: dict[str, Any], row: dict[str, Any], columns: dict[str, LabelColumn], data: dict[str, Any]
    ) -> tuple[list[Label], list[str]]:
        """The labels in mapped columns, and why any were left out."""
        labels: list[Label] = []
        wrong: list[str] = []
        for name, cell in cells.items():
            column = columns[name]
            try:
                value, text = self._cell(name, cell, row, data, wrong)
                by = _text(inside(row, column.author)) if column.author else None
                score = _score(inside(row, column.score)) if column.score else None
            except (InvalidValue, InvalidConfig) as error:
                wrong.append(f"{column.column}: label left out: {error.message}")
                continue
            model = column.role == "suggestion"
            labels.append(
                Label(
                    name,
                    column.role,
                    "model" if model else "person",
                    value,
                    text,
                    author=None if model else by,
                    model=by if model else None,
                    score=score,
                )
            )
        return labels, wrong

    def _cell(
        self, name: str, cell: Any, row: dict[str, Any], data: dict[str, Any], wrong: list[str]
    ) -> tuple[str, str | None]:
        """A cell's value as text, and its label; what had to be changed to fit the item's picture goes to `wrong`."""
        question = self._questions.get(name)
        task = self._task_types[question.type] if question is not None else None
        if question is None or task is None or not is_placed(task.shape, cell):
            return self._value(name, None, {"": _plain(cell, task.shape if task is not None else "")}, data)
        item = Item(0, 0, 0, data)
        value, told = placed(question, task.shape, cell, row, data, lambda things: task.check(question, things, item))
        wrong += [f"{name}: {one}" for one in told]
        return _encode(value).decode(), label_text(task.summary(question, value))

    def _restored(self, record: dict[str, Any], data: dict[str, Any], wrong: list[str]) -> Label:
        role = record.get("role")
        if role not in _ROLES:
            raise InvalidValue(f"there is no role {role!r}")
        name, cells = str(record.get("question")), record.get("cells")
        main = cast("dict[str, Any]", cells).get("") if isinstance(cells, dict) and record.get("value") is None else None
        if isinstance(main, list):
            value, text = self._cell(name, cast("list[Any]", main), {}, data, wrong)
        else:
            value, text = self._value(name, record.get("value"), cells, data)
        by_model = role == "suggestion" or record.get("author_kind") == "model"
        model = _text(record.get("model")) or (_text(record.get("author")) if by_model else None)
        origin = record.get("origin")
        return Label(
            question=str(record["question"]),
            role=str(role),
            author_kind="model" if by_model else "person",
            value=value,
            label=text,
            author=None if by_model else _text(record.get("author")),
            model=model,
            version=_version(record.get("version")),
            score=_score(record.get("score")),
            reason=_text(record.get("reason")),
            shown=_encode(record["shown"]).decode() if record.get("shown") is not None else None,
            created_at=_number(record.get("created_at")),
            duration=_number(record.get("duration")),
            live=record.get("live") is not False and record.get("basis") != "planted",
            origin=cast("dict[str, Any]", origin) if isinstance(origin, dict) else _origin(record),
        )

    def _value(self, name: str, value: Any, cells: Any, data: dict[str, Any]) -> tuple[str, str | None]:
        question = self._questions.get(name)
        if question is None:
            raise InvalidValue(f"this project asks no question {name!r}")
        task = self._task_types[question.type]
        if value is None and isinstance(cells, dict):
            value = self._unflattened(task, question, cast("dict[str, Any]", cells))
        canonical = task.check(question, value, Item(0, 0, 0, data))
        return _encode(canonical).decode(), label_text(task.summary(question, canonical))

    def _unflattened(self, task: TaskType, question: Question, cells: dict[str, Any]) -> Any:
        main = cells.get("")
        if isinstance(main, list | dict):
            return main
        try:
            return task.unflatten(question, cells)
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidValue(f"{str(main)[:100]!r} is not readable: {error}") from None


def _plain(cell: Any, shape: str) -> Any:
    """A list as the one label or the one text that a question takes."""
    if not isinstance(cell, list) or not all(isinstance(one, str) for one in cast("list[Any]", cell)):
        return cell
    given = cast("list[str]", cell)
    if shape == "text":
        return "\n".join(given)
    return given[0] if shape == "label" and len(given) == 1 else given


def _origin(record: dict[str, Any]) -> dict[str, Any] | None:
    found = {k: record[k] for k in _KEPT if record.get(k) is not None}
    return found if found and found != {"basis": "imported"} else None


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)[:1000]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _version(value: Any) -> int:
    number = _number(value)
    return int(number) if number is not None and abs(number) < 2**53 else 0


def _score(value: Any) -> float | None:
    if value is None or value == "":
        return None
    number = _number(value)
    if number is None or not 0 <= number <= 1:
        raise InvalidValue(f"the score {value!r} is not between 0 and 1")
    return number

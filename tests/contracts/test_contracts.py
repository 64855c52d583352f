"""The contract suites themselves: a plug-in that breaks a promise is caught, and told which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from contracts.case import ITEM
from contracts.task_cases import FIELDS
from milo.builtin.formats.jsonl import Jsonl
from milo.builtin.tasks.choices import Choices
from milo.domain.item import Item
from milo.domain.question import Question
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source
from milo.testing.builders import make_context, make_export_row, make_question, make_spec
from milo.testing.contracts import check_format, check_task_type

QUESTION = make_question("choices", {"labels": ["a", "b", "c"]})
VALUES = [["a"], ["a", "b"], ["c"], []]


class Restless(Choices):
    """check is not idempotent."""

    def check(self, question: Question, value: Any, item: Item | None) -> list[str]:
        """One step round at each time."""
        super().check(question, value, item)
        return [*value[1:], *value[:1]]


class OneSided(Choices):
    """agreement is not symmetric."""

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """Recall."""
        return len(set(a) & set(b)) / len(a) if a else float(a == b)


class FirstWins(Choices):
    """merge depends on the order."""

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The first one."""
        return values[0]


class Lossy(Choices):
    """flatten loses the labels after the first."""

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One label."""
        return {"": value[0] if value else "[]"}


class Trusting(Choices):
    """check takes what is no list."""

    def check(self, question: Question, value: Any, item: Item | None) -> list[str]:
        """Anything that is no list is an empty answer."""
        return super().check(question, value if isinstance(value, list) else [], item)


@pytest.mark.parametrize(
    ("plugin", "promise"),
    [
        (Restless(), "idempotent"),
        (OneSided(), "symmetric"),
        (FirstWins(), "order of the answers"),
        (Lossy(), "undo flatten"),
        (Trusting(), "must refuse"),
    ],
)
def test_broken_task_types_are_caught(plugin: Choices, promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        check_task_type(plugin, QUESTION, VALUES, ITEM, FIELDS)


class Forgetful(Jsonl):
    """Leaves out the metadata without a word."""

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Without metadata."""
        return super().write((make_export_row(r.labels, r.data, id=r.id, key=r.key) for r in rows), sink, context)


class Sleepy(Jsonl):
    """Does not go on where it stopped."""

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """From the start, always."""
        return super().read(Source(source.path, source.name))


class Miscounting(Jsonl):
    """Reports one row too few."""

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One less."""
        return Report(super().write(rows, sink, context).rows - 1)


@pytest.mark.parametrize(
    ("plugin", "promise"),
    [(Forgetful(), "metadata"), (Sleepy(), "must skip nothing"), (Miscounting(), "must count the rows")],
)
def test_broken_formats_are_caught(plugin: Jsonl, promise: str, tmp_path: Path) -> None:
    context = make_context(make_spec([QUESTION]), [Choices()])
    rows = [make_export_row({"q": ["a"]}, meta={"source": "web"}, id=i) for i in (1, 2)]
    check_format(Jsonl(), rows, context, tmp_path)
    with pytest.raises(AssertionError, match=promise):
        check_format(plugin, rows, context, tmp_path)

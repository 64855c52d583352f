"""`cell_labels`: labels on cells of a table: "wrong", "total", "personal data".

Stands alone because a cell is neither text nor a row: the value is a list of {row, column, label}, `row` counted from 0
without the names of the columns, `column` the name of one; sorted by row, then by the column's name, then by the order of the
labels, without repeats. In a table of exports: the list as JSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import fitting_field, flag, known_keys, value_error
from milo.builtin.tasks._labels import check_label, describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._regions import MAX_REGIONS, MarkList, f1, read_regions
from milo.builtin.tasks._tables import Table, table_of
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import CellMark
from milo.kinds.task_type import Brief, Read

Mark = dict[str, Any]
_FROM_0, _FROM_1 = "`row` counts from 0", "`row` counts from 1"


class CellLabels(MarkList):
    """Labels on cells. Agreement is F1 over (row, column, label)."""

    name = "cell_labels"
    title = "Labels on cells of a table"
    shape = "cell_marks"
    field_kinds: tuple[str, ...] = ("table",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `multiple` (false: one label a cell). Fills in `field`."""
        known_keys(question, "labels", "multiple")
        config = {"labels": normalise_labels(question), "multiple": flag(question, "multiple", False)}
        return msgspec.structs.replace(question, config=config, field=fitting_field(question, fields, self.field_kinds))

    def check(self, question: Question, value: Any, item: Item | None) -> list[Mark]:
        """The marks in order, held against the item's table if there is an item."""
        marks = read_regions(question, value, CellMark, "cells")
        labels, table = label_set(question), _table(question, item)
        for mark in marks:
            check_label(question, labels, mark.label)
            _check_place(question, mark, table)
        if not question.config.get("multiple"):
            _check_single(question, marks)
        return _canonical(question, {(m.row, m.column, m.label) for m in marks})

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class; two empty answers agree."""
        ours, theirs = _marks(a), _marks(b)
        return f1(len(ours & theirs), len(ours), len(theirs))

    def brief(self, question: Question) -> Brief:
        """A list of marks."""
        mark = {
            "type": "object",
            "properties": {
                "row": {"type": "integer", "minimum": 0},
                "column": {"type": "string"},
                "label": {"type": "string", "enum": list(label_set(question).order)},
            },
            "required": ["row", "column", "label"],
            "additionalProperties": False,
        }
        how = "one label, or several," if question.config.get("multiple") else "one label"
        what = (
            f"Give each cell of the table that a label fits {how} and leave the others out. {_FROM_0} and does not "
            f"count the names of the columns; `column` is the name of the column. Labels:\n{describe_labels(question)}"
        )
        return Brief(instruction(question, what), {"type": "array", "items": mark, "maxItems": MAX_REGIONS})

    def model_brief(self, question: Question) -> Brief:
        """The same with rows counted from 1, as models are shown them."""
        brief = self.brief(question)
        words = brief.instruction.replace(_FROM_0, _FROM_1)
        return Brief(words, brief.json_schema)

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The marks with rows from 0; at the last attempt without those on cells that are not there."""
        given = [mark | {"row": mark["row"] - 1} for mark in cast("list[Mark]", answer)]
        table = _table(question, item)
        inside = [m for m in given if table is not None and 0 <= m["row"] < len(table.rows) and m["column"] in table.columns]
        if not last or not inside:
            return Read(given)
        out = [f'row {m["row"] + 1}, column "{m["column"]:.80}" is not there' for m in given if m not in inside]
        return Read(inside, tuple(out))

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """Rows from 1."""
        return [mark | {"row": mark["row"] + 1} for mark in cast("list[Mark]", value)]

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The labels that at least half of the answers give a cell; where a cell has one label, the most frequent, of equals
        the first in the order of the labels."""
        if len(values) == 1:
            return values[0]
        order = label_set(question).order
        votes = Counter(mark for value in values for mark in _marks(value))
        found = [mark for mark, n in votes.items() if 2 * n >= len(values)]
        if not question.config.get("multiple"):
            best: dict[tuple[int, str], tuple[int, str, str]] = {}
            for mark in sorted(found, key=lambda m: (-votes[m], order[m[2]])):
                best.setdefault(mark[:2], mark)
            found = list(best.values())
        return _canonical(question, found)


def _canonical(question: Question, marks: Iterable[tuple[int, str, str]]) -> list[Mark]:
    order = label_set(question).order
    ordered = sorted(marks, key=lambda m: (m[0], m[1], order[m[2]]))
    return [{"row": row, "column": column, "label": label} for row, column, label in ordered]


def _marks(value: list[Mark]) -> set[tuple[int, str, str]]:
    return {(cast(int, m["row"]), cast(str, m["column"]), cast(str, m["label"])) for m in value}


def _table(question: Question, item: Item | None) -> Table | None:
    if item is None:
        return None
    table = table_of(item.data.get(question.field or ""))
    if table is None:
        raise value_error(question, f'the item has no table in the field "{question.field}", so no cell of it can be marked.')
    return table


def _check_place(question: Question, mark: CellMark, table: Table | None) -> None:
    if mark.row < 0:
        raise value_error(question, f"row {mark.row}: rows count from 0.")
    if table is None:
        return
    if mark.row >= len(table.rows):
        raise value_error(question, f"row {mark.row} is not there: the table has {len(table.rows)} rows, counted from 0.")
    if mark.column not in table.columns:
        known = ", ".join(table.columns[:20])
        raise value_error(question, f'there is no column "{mark.column:.80}". Columns: {known:.300}.')


def _check_single(question: Question, marks: list[CellMark]) -> None:
    labels: dict[tuple[int, str], str] = {}
    for mark in marks:
        if labels.setdefault((mark.row, mark.column), mark.label) != mark.label:
            raise value_error(
                question,
                f'row {mark.row}, column "{mark.column:.80}" has two labels, but this question takes one a cell (multiple).',
            )


PLUGIN = CellLabels()

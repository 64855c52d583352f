"""`table_rows`: the rows of a table that stands in a document, the lines of an invoice say: typed cells, each with the words as
written and the place where they stand.

Stands alone because a form has each field once, and a table as many rows as the document says: the value is a list of rows in
reading order, each {column: {value, text?, places?, score?}} in the order of the question's columns. Cells are what the
entries of `fields` are: None says that the row does not say it, and so does a cell left out; a row has at least one value. No
rows is an answer. In a table of exports the main cell is the list as JSON, and each column has one for reading, a line for
each row; only the main cell is read back.
"""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec

from milo.builtin.tasks import _form
from milo.builtin.tasks._config import fitting_field, kept_or_none, known_keys, value_error
from milo.builtin.tasks._entries import ABOUT_PLACES, PLACED, Entry, check_entry, read_entry
from milo.builtin.tasks._labels import instruction
from milo.builtin.tasks._paged import document_of
from milo.builtin.tasks._regions import f1, from_cell
from milo.builtin.tasks._row_pairs import Parts, Row, consensus, equal_rows, most_same, said
from milo.domain.errors import InvalidValue
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief, Path, Read

MAX_ROWS = 500
_ASKED = (
    "Answer with a list of the rows of the table, in the order in which they are read, without header, subtotals and totals. "
    "Each row is an object with the value of each column; null where the row does not say it. Dates as YYYY-MM-DD; numbers and "
    "amounts as plain numbers with a point, without currency or unit. An empty list if there is no such table. Columns:"
)
_ENTRIES = "Each cell is an object: `value` is the value, `text` the exact words of the document that say it."


class TableRows:
    """Rows of a table read from a document. Agreement is F1 over cells: rows are paired one to one so that as many cells as can
    be say the same, in whatever order the rows come; numbers and amounts within the column's tolerance, texts but for case and
    spaces. Empty cells and places do not count."""

    name = "table_rows"
    title = "Rows of a document's table"
    shape = "rows"
    field_kinds: tuple[str, ...] = ("document", "image")

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `columns`: list of {name, title, type (text, number, date, amount, choice), required (false), labels (of
        a choice), help, key, tolerance}; `decimal` (auto, "." or ","): what parts off fractions; `dates` (dmy or mdy): how
        3/4/2014 is read; `place` (optional; "needed": every value needs a place; "none": no places). Fills in `field`."""
        known_keys(question, "columns", "decimal", "dates", "place")
        field = fitting_field(question, fields, self.field_kinds)
        return msgspec.structs.replace(question, config=_form.checked(question, "columns"), field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> list[Row]:
        """The rows with their cells in the order of the columns, typed, their places held against the item's document."""
        if not isinstance(value, list):
            raise value_error(question, f"expected a list of rows [{{column: {{value, text, places}}}}], got {value!r:.80}.")
        rows = cast("list[Any]", value)
        if len(rows) > MAX_ROWS:
            raise value_error(question, f"{len(rows):,} rows; at most {MAX_ROWS} are taken.")
        parts, document = _parts(question), document_of(question, item)
        return [_row(question, parts, n, row, document) for n, row in enumerate(rows, 1)]

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class; two answers without rows agree."""
        return f1(most_same(_parts(question), a, b), int(said(a).sum()), int(said(b).sum()))

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The rows of `a` that `b` has with the same value in each cell, at any place."""
        return [(i,) for i in equal_rows(_parts(question), a, b)]

    def brief(self, question: Question) -> Brief:
        """A list of rows, each with an entry for each column."""
        parts = _parts(question)
        what = f"{_ASKED}\n{_form.described(question, parts)}\n{_ENTRIES} {ABOUT_PLACES}"
        return _brief(question, what, _form.schema(question, parts, PLACED))

    def model_brief(self, question: Question) -> Brief:
        """A list of rows of bare values: words and places would cost several times as much."""
        parts = _parts(question)
        row = _form.of_entries(parts, {name: _form.value_schema(question, part) for name, part in parts.items()})
        return _brief(question, f"{_ASKED}\n{_form.described(question, parts)}", row)

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The rows; at the last attempt without cells that mean nothing, unless they are required, and without empty rows."""
        rows, left_out = cast("list[dict[str, Any]]", answer), list[str]()
        if last:
            rows = [_readable(question, n, row, left_out) for n, row in enumerate(rows, 1)]
        return Read([row for row in rows if any(cell is not None for cell in row.values())], tuple(left_out))

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """Rows of bare values; null where a row does not say it."""
        return [{name: row.get(name, {"value": None})["value"] for name in _parts(question)} for row in value]

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The rows that at least half of the answers have, in the order that most give them; of each, cell by cell what most of
        those answers say, as in a form. Rows are one where at least half of their cells say the same."""
        if len(values) == 1:
            return values[0]
        return self.check(question, consensus(_parts(question), values, MAX_ROWS), None)

    def summary(self, question: Question, value: Any) -> list[str]:
        """Each label chosen in a cell: "unit: kg"."""
        parts = _parts(question)
        return sorted(
            {
                f"{name}: {e['value']}"
                for row in value
                for name, e in row.items()
                if e["value"] and parts[name]["type"] == "choice"
            }
        )

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """The rows as JSON, and one text for each column, with a line for each row."""
        cells: dict[str, str | int | float | bool | None] = {"": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}
        return cells | {name: "\n".join(_line(row.get(name)) for row in value) for name in _parts(question)}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The rows from the main cell; also takes a list, as columnar formats give it."""
        return from_cell(question, cells)

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The rows if the new question has all their columns, of types that take the values, on the same ground."""
        return kept_or_none(lambda: self.check(new, value, None)) if old.field == new.field else None


def _parts(question: Question) -> Parts:
    return _form.parts_of(question, "columns")


def _where(row: int, column: str) -> str:
    return f'row {row}, column "{column}"'


def _row(question: Question, parts: Parts, number: int, value: Any, document: dict[str, Any] | None) -> Row:
    """A row, counted from 1, in canonical form."""
    if not isinstance(value, dict):
        raise value_error(question, f"row {number}: expected {{column: {{value, text, places}}}}, got {value!r:.80}.")
    given = cast("dict[Any, Any]", value)
    unknown = [name for name in given if name not in parts]
    if unknown:
        raise value_error(question, f"row {number}: there is no column {unknown[0]!r:.80}. Columns: {', '.join(parts)}.")
    row: Row = {}
    for name, part in parts.items():
        if name in given:
            where = _where(number, name)
            row[name] = check_entry(question, part, where, read_entry(question, where, given[name]), document)
        elif part.get("required"):
            raise value_error(question, f"{_where(number, name)} has no value; give null if the row does not say it.")
    if all(entry["value"] is None for entry in row.values()):
        raise value_error(question, f"row {number} has no value; fill it in, or leave the row out.")
    return row


def _readable(question: Question, number: int, row: dict[str, Any], left_out: list[str]) -> dict[str, Any]:
    """The cells of a model's row that mean something; what does not is said in `left_out`."""
    kept: dict[str, Any] = {}
    for name, cell in row.items():
        where = _where(number, name)
        try:
            check_entry(question, _parts(question)[name], where, read_entry(question, where, cell), None)
            kept[name] = cell
        except InvalidValue as error:
            left_out.append(error.message)
    return kept


def _brief(question: Question, what: str, row: dict[str, Any]) -> Brief:
    return Brief(instruction(question, what), {"type": "array", "items": row, "maxItems": MAX_ROWS})


def _line(entry: Entry | None) -> str:
    return "" if entry is None or entry["value"] is None else " ".join(str(entry["value"]).split())


PLUGIN = TableRows()

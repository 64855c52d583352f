"""Writing an export as a table of text cells, in constant memory.

Stands alone because a table must name its columns before the first row: the first 1,000 items are looked at, and what
turns up later goes where it can (`meta`) or is counted in the report. The columns are described in `csv`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO, cast

import msgspec

from milo.builtin.formats._columns import (
    ANNOTATION,
    FIXED,
    MEDIA_KINDS,
    MEDIA_PARTS,
    ORIGIN,
    TEXT_KINDS,
    TEXTS,
    column_of,
)
from milo.domain.question import Field
from milo.kinds.format import ExportContext, ExportRow, Report

LOOK_AHEAD = 1_000
MAX_META_COLUMNS = 100
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_encode = msgspec.json.Encoder().encode
Cell = str | int | float


def write_table(rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext, delimiter: str) -> Report:
    """Header and rows as UTF-8 text with CRLF line ends (RFC 4180)."""
    stream = iter(rows)
    first = list(islice(stream, LOOK_AHEAD))
    sheet = _Sheet(context, first, complete=len(first) < LOOK_AHEAD)
    text = io.TextIOWrapper(cast("Any", sink), encoding="utf-8", newline="", write_through=False)
    try:
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(sheet.header())
        count = 0
        for row in chain(first, stream):
            count += 1
            writer.writerows(sheet.lines(row))
    finally:
        text.flush()
        text.detach()
    return Report(count, sheet.report())


class _Sheet:
    """The columns of one export, and the cells of each item."""

    def __init__(self, context: ExportContext, first: list[ExportRow], *, complete: bool) -> None:
        self._everything = context.everything
        self._safe = bool(context.options.get("excel_safe"))
        self._fields = context.spec.fields
        self._types = {q.name: (q, context.task_types[q.type]) for q in context.spec.questions}
        names = list(dict.fromkeys(name for row in first for name in row.meta))
        self._meta = names[:MAX_META_COLUMNS]
        self._rest = not complete or len(names) > MAX_META_COLUMNS
        self._suffixes = {name: self._suffixes_of(name, first) for name in self._types}
        self._origin = {name: _parts_of((r.provenance.get(name) for r in first), ()) for name in self._types}
        self._parts = _parts_of((a for row in first for a in row.annotations), ANNOTATION)
        self._lost: Counter[str] = Counter()

    def _suffixes_of(self, question: str, first: list[ExportRow]) -> list[str]:
        found = {"": None}
        for row in first:
            found |= dict.fromkeys(self._cells_of(question, row))
        return list(found)

    def _cells_of(self, question: str, row: ExportRow) -> dict[str, Any]:
        value = row.labels.get(question)
        asked, task = self._types[question]
        return {} if value is None else task.flatten(asked, value)

    def header(self) -> list[str]:
        """All column names."""
        names = [*FIXED]
        for field in self._fields:
            names += _field_columns(field)
        names += [f"meta.{name}" for name in self._meta] + ["meta"] * self._rest
        if self._everything:
            return names + [f"annotation.{part}" for part in self._parts]
        for question in self._types:
            names += [f"label:{question}" + (f".{s}" if s else "") for s in self._suffixes[question]]
            names += [f"{part}:{question}" for part in self._origin[question]]
        return names

    def lines(self, row: ExportRow) -> Iterator[list[Cell]]:
        """One line for the item, or one for each of its annotations."""
        item = self._item_cells(row)
        if not self._everything:
            yield self._guard(item + self._label_cells(row))
            return
        for annotation in row.annotations or [{}]:
            yield self._guard(item + self._annotation_cells(annotation, self._parts))

    def _item_cells(self, row: ExportRow) -> list[Cell]:
        cells: list[Cell] = [row.id, row.key or "", row.status]
        for field in self._fields:
            cells += self._field_cells(field, row.data.get(field.name))
        cells += [_cell(row.meta.get(name)) for name in self._meta]
        if self._rest:
            rest = {name: value for name, value in row.meta.items() if name not in self._meta}
            cells.append(_encode(rest).decode() if rest else "")
        if any(not isinstance(value, str) for value in row.meta.values()):
            self._lost["metadata that is no text reads back as text"] += 1
        return cells

    def _field_cells(self, field: Field, value: Any) -> list[Cell]:
        if field.kind in MEDIA_KINDS:
            media = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
            if media.keys() - {*MEDIA_PARTS, "name"}:
                self._lost["further properties of media files"] += 1
            return [_cell(media.get(part)) for part in ("name", *MEDIA_PARTS)]
        if field.kind not in TEXT_KINDS:
            return ["" if value is None else _encode(value).decode()]
        if value == "":
            self._lost["an empty text reads back as missing"] += 1
        elif value is not None and not isinstance(value, str):
            self._lost["a text field that holds no text reads back as text"] += 1
        return [_cell(value)]

    def _label_cells(self, row: ExportRow) -> list[Cell]:
        cells: list[Cell] = []
        for question in self._types:
            flat = self._cells_of(question, row)
            cells += [_cell(flat.get(suffix)) for suffix in self._suffixes[question]]
            if flat.keys() - set(self._suffixes[question]):
                self._lost["cells of labels that came up after the first 1,000 items"] += 1
            origin = row.provenance.get(question)
            known = cast("dict[str, Any]", origin) if isinstance(origin, dict) else {}
            cells += self._annotation_cells(known, self._origin[question])
        return cells

    def _annotation_cells(self, annotation: dict[str, Any], parts: list[str]) -> list[Cell]:
        """Texts as they are, everything else as JSON."""
        if annotation.keys() - set(parts):
            self._lost["provenance that came up after the first 1,000 items"] += 1
        cells: list[Cell] = []
        for part in parts:
            value = annotation.get(part)
            if part in TEXTS or value is None:
                cells.append(_cell(value))
            else:
                cells.append(_encode(value).decode())
        return cells

    def _guard(self, cells: list[Cell]) -> list[Cell]:
        """With `excel_safe`, an apostrophe before texts that a spreadsheet would take for a formula."""
        if not self._safe:
            return cells
        risky = [isinstance(cell, str) and cell.startswith(_FORMULA) for cell in cells]
        if any(risky):
            self._lost["an apostrophe stands before cells that look like formulas (excel_safe)"] += 1
        return [f"'{cell}" if bad else cell for cell, bad in zip(cells, risky, strict=True)]

    def report(self) -> list[str]:
        """What the table could not carry, and for how many items."""
        return [f"{what}: {count:,} items" for what, count in self._lost.items()]


def _field_columns(field: Field) -> list[str]:
    column = column_of(field.name)
    if field.kind in MEDIA_KINDS:
        return [column, *(f"{column}.{part}" for part in MEDIA_PARTS)]
    return [column if field.kind in TEXT_KINDS else f"{column}.json"]


def _parts_of(annotations: Iterable[Any], always: tuple[str, ...]) -> list[str]:
    """The parts of annotations that need a column, those that are well known first."""
    met: dict[str, None] = {}
    for annotation in annotations:
        if isinstance(annotation, dict):
            met |= dict.fromkeys(cast("dict[str, Any]", annotation))
    known = list(always) or [part for part in ORIGIN if part in met]
    return known + [part for part in met if part not in known]


def _cell(value: Any) -> Cell:
    """None as an empty cell, texts and numbers as they are, true and false in lower case, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return _encode(value).decode()

"""The columns of a Milo export in table form: their names, and the way back from cells to items and annotations.

Stands alone because writing (`_table`) and reading (`csv`) must agree on it; the names are described in `csv`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from milo.builtin.formats._stream import shown
from milo.kinds.format import BadRow, Row

FIXED = ("id", "key", "status")
RESERVED = frozenset({*FIXED, "meta", "annotation", "label", "field"})
MEDIA_KINDS = frozenset({"image", "audio", "video", "document"})
TEXT_KINDS = frozenset({"text", "markdown", "html"})
MEDIA_PARTS = ("media", "mime", "width", "height", "error")
ORIGIN = (
    "role", "author", "author_kind", "model", "version", "score", "reason", "basis", "shown", "created_at",
)  # fmt: skip
ANNOTATION = ("question", "role", "value", *ORIGIN[1:])
"""The parts of an annotation that always have a column in a table of every annotation."""

TEXTS = frozenset({"question", "role", "author", "author_kind", "model", "reason", "basis"})
"""The parts of an annotation that stand in a cell as they are; all others are JSON."""

_WHOLE = frozenset({"media", "width", "height"})


def column_of(field: str) -> str:
    """The column of a field: its name, unless that means something else in an export."""
    return f"field:{field}" if field in RESERVED else field


def is_export(names: list[str]) -> bool:
    """Whether a header was written by Milo."""
    return tuple(names[:3]) == FIXED and any(n.startswith("label:") or n == "annotation.question" for n in names)


def rows_of_export(names: list[str], records: Iterator[tuple[int, list[str] | BadRow]], source: str) -> Iterator[Row | BadRow]:
    """The items of an export with their annotations; rows that repeat an item (one for each annotation) are joined."""
    waiting: tuple[str, Row] | None = None
    for line, cells in records:
        row = _read(names, cells, line, source)
        if isinstance(row, BadRow):
            yield row
            continue
        ident = cells[0] if isinstance(cells, list) else ""
        if waiting is not None and waiting[0] == ident and ident:
            waiting[1].annotations.extend(row.annotations)
            continue
        if waiting is not None:
            yield waiting[1]
        waiting = (ident, row)
    if waiting is not None:
        yield waiting[1]


def _read(names: list[str], cells: list[str] | BadRow, line: int, source: str) -> Row | BadRow:
    if isinstance(cells, BadRow):
        return cells
    if len(cells) != len(names):
        return BadRow(line, source, f"{len(cells)} cells where the header has {len(names)}", shown(",".join(cells)))
    try:
        return _item(dict(zip(names, cells, strict=True)), line, source)
    except ValueError as error:
        return BadRow(line, source, f"a cell is no valid JSON or number: {error}", shown(",".join(cells)))


def _item(cells: dict[str, str], line: int, source: str) -> Row:
    data: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    origins: dict[str, dict[str, Any]] = {}
    labels: dict[str, dict[str, str]] = {}
    annotation: dict[str, Any] = {}
    for name, cell in cells.items():
        if cell == "" or name in FIXED:
            continue
        head, colon, question = name.partition(":")
        if name == "meta":
            meta.update(json.loads(cell))
        elif name.startswith("meta."):
            meta[name[5:]] = cell
        elif name.startswith("annotation."):
            annotation[name[11:]] = _typed(name[11:], cell)
        elif colon and head == "label":
            question, _, suffix = question.partition(".")
            labels.setdefault(question, {})[suffix] = cell
        elif colon and head != "field":
            origins.setdefault(question, {})[head] = _typed(head, cell)
        else:
            _put_field(data, name, cell)
    _name_media(cells, data)
    found = [{"role": "resolution", **origins.get(q, {}), "question": q, "cells": c} for q, c in labels.items()]
    found += [annotation] if annotation.get("question") else []
    item = {"key": cells["key"] or None, "data": data, "meta": meta, "status": cells["status"] or None}
    return Row(line, source, data, annotations=found, item=item)


def _put_field(data: dict[str, Any], name: str, cell: str) -> None:
    field, _, part = name.removeprefix("field:").partition(".")
    if part == "json":
        data[field] = json.loads(cell)
    elif part in MEDIA_PARTS:
        known = data.get(field)
        media: dict[str, Any] = known if isinstance(known, dict) else {}
        data[field] = media | {part: int(cell) if part in _WHOLE else cell}
    else:
        data[field] = cell


def _name_media(cells: dict[str, str], data: dict[str, Any]) -> None:
    """The main column of a media field holds its file name."""
    for field, value in data.items():
        if isinstance(value, dict) and "media" in value and cells.get(column_of(field)):
            value["name"] = cells[column_of(field)]


def _typed(part: str, cell: str) -> Any:
    if part in TEXTS:
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        if part == "version":
            return cell
        raise

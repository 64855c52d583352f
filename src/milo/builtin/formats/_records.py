"""The record of one item as Milo writes and reads it, independent of the file format around it.

Stands alone because JSON, JSONL and Parquet must agree on it. One item is one object:

    {"milo": 1, "id", "key", "status", "data": {field: value}, "meta": {...}, "labels": {question: value},
     "provenance": {question: {"role", "author", "author_kind", "model", "version", "score", ...}},
     "annotations": [...]}        the last one only where every annotation was asked for

`milo` is the version of this layout and tells an export from foreign data.
"""

from __future__ import annotations

from typing import Any, cast

from milo.builtin.formats._stream import shown
from milo.kinds.format import BadRow, ExportRow, Row

LAYOUT = 1


def to_record(row: ExportRow, everything: bool) -> dict[str, Any]:
    """The object that is written for one item."""
    record: dict[str, Any] = {
        "milo": LAYOUT,
        "id": row.id,
        "key": row.key,
        "status": row.status,
        "data": row.data,
        "meta": row.meta,
        "labels": row.labels,
        "provenance": row.provenance,
    }
    return record | {"annotations": row.annotations} if everything else record


def to_row(record: Any, line: int, source: str) -> Row | BadRow:
    """A decoded JSON value as a row: a Milo record, any object, or a bare text (as the column "text")."""
    if isinstance(record, dict):
        found = cast("dict[str, Any]", record)
        return milo_row(found, line, source) if "milo" in found and "data" in found else Row(line, source, found)
    if isinstance(record, str):
        return Row(line, source, {"text": record})
    kind = "null" if record is None else type(record).__name__
    return BadRow(line, source, f"expected an object or a text, got {kind}", shown(repr(record)))


def milo_row(record: dict[str, Any], line: int, source: str) -> Row | BadRow:
    """The row of a Milo record; `item` and `annotations` are set, so that nothing is lost on the way back."""
    if record["milo"] != LAYOUT:
        return BadRow(line, source, f"written by another version of Milo (layout {record['milo']!r}); this one reads 1")
    data, meta, labels = record["data"], record.get("meta") or {}, record.get("labels") or {}
    if not (isinstance(data, dict) and isinstance(meta, dict) and isinstance(labels, dict)):
        return BadRow(line, source, "data, meta and labels of a Milo record must be objects", shown(repr(record)))
    key = record.get("key")
    item = {"key": None if key is None else str(key), "data": data, "meta": meta, "status": record.get("status")}
    annotations = record.get("annotations")
    if annotations is None:
        annotations = resolved_annotations(cast("dict[str, Any]", labels), record.get("provenance"))
    if not _sound(annotations):
        return BadRow(line, source, "each annotation needs a question, a role and a value", shown(repr(annotations)))
    return Row(line, source, cast("dict[str, Any]", data), annotations=annotations, item=item)


def resolved_annotations(labels: dict[str, Any], provenance: Any) -> list[dict[str, Any]]:
    """Resolved labels as annotations, each with what is known of its origin; the role is "resolution" if not stated."""
    origins = cast("dict[str, Any]", provenance) if isinstance(provenance, dict) else {}
    found: list[dict[str, Any]] = []
    for question, value in labels.items():
        origin = origins.get(question)
        known = cast("dict[str, Any]", origin) if isinstance(origin, dict) else {}
        found.append({"role": "resolution", **known, "question": question, "value": value})
    return found


def _sound(annotations: Any) -> bool:
    return isinstance(annotations, list) and all(
        isinstance(a, dict) and isinstance(a.get("question"), str) and isinstance(a.get("role"), str) and "value" in a
        for a in cast("list[Any]", annotations)
    )

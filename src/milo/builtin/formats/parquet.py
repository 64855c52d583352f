"""Parquet: typed columns, read and written in row groups. Needs the extra `parquet`.

Stands alone because it is the format of data pipelines. An export has the columns `id`, `key`, `status`, one for each
field (text as it is, anything else as JSON; a field of a name used otherwise is called `field:name`), `meta` (JSON),
`label:q` for each question (a string, an integer, a list of strings, or JSON, by the shape of the value), `provenance`
(JSON) and, where every annotation was asked for, `annotations` (JSON). The file's own metadata, under `milo`, says how
each column is encoded, so that everything can be read back.

Reading foreign files: dates become ISO 8601, decimals text, not-a-number and infinity None. A column of bytes (or of
{"bytes", "path"}, as data sets of images have it) is written as files under the option `extract_to`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from milo.builtin.formats._columns import TEXT_KINDS, column_of
from milo.builtin.formats._media import image_suffix
from milo.builtin.formats._records import LAYOUT, milo_row
from milo.builtin.formats._stream import open_raw, shown
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_GROUP = 5_000
_BATCH = 1_000
_encode = msgspec.json.Encoder().encode
_PLAIN_SHAPES = {"label": "string", "text": "string", "number": "int64", "labels": "strings"}


class Column(msgspec.Struct, frozen=True):
    """How a column is made: `part` is id, key, status, data, meta, label, provenance or annotations; `type` is a plain
    Parquet type or "json"."""

    column: str
    part: str
    type: str
    name: str = ""


class Parquet:
    """Apache Parquet. Options: `extract_to` (a folder for embedded files)."""

    name = "parquet"
    title = "Parquet"
    suffixes: tuple[str, ...] = (".parquet", ".pq")
    media_type = "application/vnd.apache.parquet"
    reads = True
    writes = True
    lossless = True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row or a bad row for each record; `line` is the record's number."""
        pa, pq = _libraries()
        damage = (pa.ArrowException, OSError, ValueError, OverflowError)
        with open_raw(source.path) as stream:
            try:
                file = pq.ParquetFile(stream)
                columns = _columns_in(file)
            except damage as error:
                yield BadRow(1, source.name, f"not a readable Parquet file: {error}")
                return
            number = 0
            try:
                for batch in file.iter_batches(batch_size=_BATCH):
                    if number + batch.num_rows <= source.start:
                        number += batch.num_rows
                        continue
                    for record in batch.to_pylist():
                        number += 1
                        if number > source.start:
                            yield _row(record, columns, number, source)
            except damage as error:
                yield BadRow(number + 1, source.name, f"the file is damaged from here on: {error}")

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Row groups of 5,000 items."""
        pa, pq = _libraries()
        columns = _columns_for(context)
        types: dict[str, Any] = {"int64": pa.int64(), "strings": pa.list_(pa.string())}
        about = {b"milo": _encode({"layout": LAYOUT, "columns": columns})}
        schema = pa.schema([(c.column, types.get(c.type, pa.string())) for c in columns], metadata=about)
        stream, count = iter(rows), 0
        with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema) as writer:
            while group := list(islice(stream, _GROUP)):
                count += len(group)
                arrays = [pa.array([_cell(c, row) for row in group], type=schema.field(c.column).type) for c in columns]
                writer.write_table(pa.table(arrays, schema=schema), row_group_size=_GROUP)
        return Report(count)


def _libraries() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("Parquet", "parquet") from None
    return pa, pq


def _columns_for(context: ExportContext) -> list[Column]:
    columns = [Column("id", "id", "int64"), Column("key", "key", "string"), Column("status", "status", "string")]
    for field in context.spec.fields:
        kind = "string" if field.kind in TEXT_KINDS else "json"
        columns.append(Column(column_of(field.name), "data", kind, field.name))
    columns.append(Column("meta", "meta", "json"))
    for question in context.spec.questions:
        kind = _PLAIN_SHAPES.get(context.task_types[question.type].shape, "json")
        columns.append(Column(f"label:{question.name}", "label", kind, question.name))
    columns.append(Column("provenance", "provenance", "json"))
    return [*columns, Column("annotations", "annotations", "json")] if context.everything else columns


def _cell(column: Column, row: ExportRow) -> Any:
    if column.part == "data":
        value = row.data.get(column.name)
    elif column.part == "label":
        value = row.labels.get(column.name)
    else:
        value = getattr(row, column.part)
    return _encode(value).decode() if column.type == "json" and value is not None else value


def _columns_in(file: Any) -> list[Column]:
    """The columns of a Milo export; empty for foreign files."""
    about = (file.schema_arrow.metadata or {}).get(b"milo")
    if about is None:
        return []
    try:
        return msgspec.convert(msgspec.json.decode(about)["columns"], list[Column])
    except (msgspec.MsgspecError, KeyError):
        return []


def _row(record: dict[str, Any], columns: list[Column], number: int, source: Source) -> Row | BadRow:
    if not columns:
        return _foreign_row(record, number, source)
    built: dict[str, Any] = {"milo": LAYOUT, "data": {}, "labels": {}}
    for column in columns:
        value = record.get(column.column)
        if value is None:
            continue
        try:
            value = json.loads(value) if column.type == "json" else value
        except (ValueError, TypeError) as error:
            return BadRow(number, source.name, f'the column "{column.column}" is no JSON: {error}', shown(repr(value)))
        if column.part in ("data", "label"):
            built["data" if column.part == "data" else "labels"][column.name] = value
        else:
            built[column.part] = value
    return milo_row(built, number, source.name)


def _foreign_row(record: dict[str, Any], number: int, source: Source) -> Row | BadRow:
    data: dict[str, Any] = {}
    files: dict[str, str] = {}
    for name, value in record.items():
        content = _bytes_in(value)
        if content is None:
            data[name] = _plain(value)
            continue
        suffix = image_suffix(content)
        if suffix is None:
            return BadRow(number, source.name, f'the column "{name}" holds bytes that are no image of a known kind')
        files[name] = str(_extract(content, f"{number:09d}-{_safe(name)}{suffix}", source))
    return Row(number, source.name, data, files)


def _bytes_in(value: Any) -> bytes | None:
    """The content of a cell that holds a file."""
    if isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("bytes")
    return value if isinstance(value, bytes) else None


def _extract(content: bytes, name: str, source: Source) -> Path:
    folder = source.options.get("extract_to")
    if folder is None:
        raise InvalidConfig("This Parquet file holds images; say where to put them (extract_to).", place="extract_to")
    path = Path(str(folder)) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:60]


def _plain(value: Any) -> Any:
    """A value of Arrow as plain JSON."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(v) for v in cast("list[Any]", value)]
    return value


PLUGIN = Parquet()

"""CSV and TSV: a header, then one row an item.

Stands alone because a table is what most people have, and because its lines are not its records: fields may hold line
breaks, quotes may be left open, rows may be ragged. Every such row is reported with the line it starts on.

Columns of an export, in this order ("q" is a question, "f" a field, "m" a name in the metadata):

    id, key, status          the item's number here, its own id in the source, and its status
    f                        text, as it is; the file name of a media field; `field:f` if f is a name used otherwise here
    f.media, f.mime, f.width, f.height, f.error     what else is known of a media field
    f.json                   a conversation, a table or anything else that is no text, as JSON
    meta.m                   one column for each of the first 100 names met in the first 1,000 items
    meta                     the others, as JSON; only where there may be others
    label:q, label:q.suffix  the cells that the task type makes of a value; empty means no answer
    role:q, author:q, author_kind:q, model:q, version:q, score:q, reason:q, basis:q, shown:q, created_at:q, ...
                             where the label comes from, as far as it was given for the first 1,000 items; names and
                             words as they are, everything else as JSON

Where every annotation is asked for, there is one row for each annotation, the item's columns are repeated, and
`annotation.question`, `annotation.role`, `annotation.value` (JSON), `annotation.author` ... take the place of the labels.

Read back, such a file gives `Row.item` and `Row.annotations`; for resolved labels each annotation has `cells` in place of
`value`, which the task type turns into the value (`unflatten`). What a table cannot say (types of metadata, missing
against empty text) is named in the report.
"""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from milo.builtin.formats._columns import is_export, rows_of_export
from milo.builtin.formats._stream import MAX_LINE, open_utf8, raw_lines, shown, undecodable
from milo.builtin.formats._table import write_table
from milo.domain.errors import InvalidConfig
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
Record = tuple[int, list[str] | BadRow]


class Csv:
    """A table. Options: `encoding`, `delimiter` (found by itself), `quote` ("": quotes mean nothing), `header` (true)."""

    media_type = "text/csv"
    reads = True
    writes = True
    lossless = False

    def __init__(self, name: str, title: str, suffixes: tuple[str, ...], delimiter: str | None) -> None:
        self.name = name
        self.title = title
        self.suffixes = suffixes
        self._delimiter = delimiter

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row or a bad row for each record."""
        records = _Records(source, self._delimiter)
        named = records.header()
        if isinstance(named, BadRow):
            yield named
        elif named and is_export(named):
            for row in rows_of_export(named, iter(records), source.name):
                if row.line > source.start:
                    yield row
        elif named:
            yield from _plain_rows(named, iter(records), source)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """A header and one row an item (or an annotation). Option of the export: `excel_safe`."""
        return write_table(rows, sink, context, self._delimiter or ",")


def _plain_rows(names: list[str], records: Iterator[Record], source: Source) -> Iterator[Row | BadRow]:
    name, width, start = source.name, len(names), source.start
    for line, cells in records:
        if line <= start:
            continue
        if isinstance(cells, BadRow):
            yield cells
        elif len(cells) == width:
            yield Row(line, name, dict(zip(names, cells, strict=True)))
        else:
            yield BadRow(line, name, f"{len(cells)} cells where the header has {width}", shown(",".join(cells)))


class _Records:
    """The records of a table, each with the line on which it starts."""

    def __init__(self, source: Source, delimiter: str | None) -> None:
        self._source = source
        self._ended = False
        self._trouble = ""
        csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
        self._shape = self._dialect(delimiter)
        self._records = self._run()

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def header(self) -> list[str] | BadRow:
        """The column names, made unique; empty for an empty file."""
        if self._source.options.get("header") is False:
            first = next(_Records(self._source, self._shape["delimiter"])._run(), None)
            count = len(first[1]) if first and isinstance(first[1], list) else 0
            return [f"column{i + 1}" for i in range(count)]
        first = next(self._records, None)
        if first is None:
            return []
        if isinstance(first[1], BadRow) or is_export(first[1]):
            return first[1]
        return _unique([cell.strip() for cell in first[1]])

    def _dialect(self, delimiter: str | None) -> dict[str, Any]:
        given = self._source.options.get("delimiter") or delimiter
        quote = self._source.options.get("quote", '"')
        shape: dict[str, Any] = {"quoting": csv.QUOTE_NONE} if quote == "" else {"quotechar": quote}
        if given is not None and len(str(given)) != 1:
            raise InvalidConfig(f"The delimiter {given!r} must be a single character.", place="delimiter")
        return shape | {"delimiter": str(given) if given else self._sniff(shape)}

    def _sniff(self, shape: dict[str, Any]) -> str:
        """The delimiter under which the first records have most consistently the same number of cells."""
        with open_utf8(self._source) as stream:
            sample = stream.read(_SAMPLE)
        lines = [f"{line}\n" for line in sample.decode("utf-8", "replace").replace("\0", "").split("\n")]
        lines = lines[:-1] if len(sample) == _SAMPLE and len(lines) > 1 else lines
        return max(_DELIMITERS, key=lambda mark: _consistency(lines, {**shape, "delimiter": mark}))

    def _run(self) -> Iterator[Record]:
        """All records; after a quote that is never closed, once more from the line after the one it opened on."""
        behind: int | None = 0
        while behind is not None:
            behind = yield from self._pass(behind)

    def _pass(self, behind: int) -> Generator[Record, None, int | None]:
        """The records after the first `behind` lines; returns where to start again, None at the end."""
        with open_utf8(self._source) as stream:
            self._ended, line = False, behind + 1
            reader = csv.reader(self._decoded(islice(raw_lines(stream), behind, None)), **self._shape)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return None
                except csv.Error as error:
                    yield line, self._damaged(line, str(error), "")
                    if behind + reader.line_num > line:
                        return line
                else:
                    if self._ended:
                        yield line, self._damaged(line, "a quote is opened and never closed", ",".join(cells))
                        return line
                    if self._trouble:
                        yield line, self._damaged(line, self._trouble, ",".join(cells))
                    elif cells:
                        yield line, cells
                line = behind + reader.line_num + 1

    def _damaged(self, line: int, reason: str, raw: str) -> BadRow:
        self._trouble = ""
        return BadRow(line, self._source.name, reason, shown(raw))

    def _decoded(self, lines: Iterator[bytes]) -> Iterator[str]:
        for raw in lines:
            try:
                text = raw.decode()
            except UnicodeDecodeError as error:
                self._trouble = undecodable(self._source, error)
                text = raw.decode("utf-8", "replace")
            if "\0" in text:
                self._trouble = "a NUL byte; the file is damaged, or in an encoding such as utf-16"
                text = text.replace("\0", "\ufffd")
            yield text
        self._ended = True


def _consistency(lines: list[str], shape: dict[str, Any]) -> tuple[float, int]:
    try:
        widths = [len(cells) for cells in csv.reader(lines, **shape) if cells][:100]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])


def _unique(names: list[str]) -> list[str]:
    """Names for all columns: empty ones are numbered, repeated ones get a number behind."""
    found: dict[str, None] = {}
    for i, given in enumerate(names):
        name, n = given or f"column{i + 1}", 2
        while name in found:
            name, n = f"{given or f'column{i + 1}'}_{n}", n + 1
        found[name] = None
    return list(found)


PLUGINS = [
    Csv("csv", "CSV", (".csv",), None),
    Csv("tsv", "TSV", (".tsv", ".tab"), "\t"),
]

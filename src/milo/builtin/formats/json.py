"""JSON: one array of objects, or an object that holds one. Read element by element, in constant memory.

Stands alone because a document that is one value needs its own splitter (`_elements`). `line` is the number of the
element, from 1. The layout of a Milo export is that of JSONL, as elements of one array.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from milo.builtin.formats._elements import Broken, Elements
from milo.builtin.formats._records import to_record, to_row
from milo.builtin.formats._stream import open_utf8
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source


class Json:
    """A JSON document. Options: `encoding`, `member` (the name of the array inside a top-level object)."""

    name = "json"
    title = "JSON"
    suffixes: tuple[str, ...] = (".json",)
    media_type = "application/json"
    reads = True
    writes = True
    lossless = True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row or a bad row for each element."""
        member = source.options.get("member")
        with open_utf8(source) as stream:
            for number, element in enumerate(Elements(stream, None if member is None else str(member)), 1):
                if number <= source.start:
                    continue
                if isinstance(element, Broken):
                    yield BadRow(number, source.name, element.reason, element.raw)
                else:
                    yield to_row(element, number, source.name)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One array, one element a line."""
        encode, count = msgspec.json.Encoder().encode, 0
        for count, row in enumerate(rows, 1):
            sink.write((b"[\n" if count == 1 else b",\n") + encode(to_record(row, context.everything)))
        sink.write(b"\n]\n" if count else b"[]\n")
        return Report(count)


PLUGIN = Json()

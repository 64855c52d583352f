"""JSON: one array of objects, or an object that holds one. Read element by element, in constant memory.

Stands alone because a document that is one value needs its own splitter (`_elements`). `line` is the number of the
element, from 1. The layout of a Milo export is that of JSONL, as elements of one array.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from milo.builtin.formats._elements import read_array, write_array
from milo.builtin.formats._records import to_record, to_row
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
        for number, element in read_array(source, None if member is None else str(member)):
            yield element if isinstance(element, BadRow) else to_row(element, number, source.name)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One array, one element a line."""
        return Report(write_array((to_record(row, context.everything) for row in rows), sink))


PLUGIN = Json()

"""JSONL: one JSON object a line. The lossless format: what is written here can be read back in full.

Stands alone because it is the plainest stream there is. See `_records` for the layout of a Milo record; any other object
is a row whose columns are its keys, and a bare string is a row with the column "text".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from milo.builtin.formats._records import to_record, to_row
from milo.builtin.formats._stream import numbered_lines, shown, undecodable
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_CHUNK = 1 << 16


class Jsonl:
    """JSON Lines. Options: `encoding`."""

    name = "jsonl"
    title = "JSON Lines"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson", ".jsonlines")
    media_type = "application/x-ndjson"
    reads = True
    writes = True
    lossless = True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row or a bad row for each line that is not blank."""
        decode = msgspec.json.Decoder().decode
        for number, raw in numbered_lines(source):
            if number <= source.start:
                continue
            if isinstance(raw, BadRow):
                yield raw
                continue
            try:
                record = decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                if raw.strip():
                    yield BadRow(number, source.name, _reason(source, raw, error), shown(raw))
                continue
            yield to_row(record, number, source.name)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One line an item."""
        encoder = msgspec.json.Encoder()
        buffer, count = bytearray(), 0
        for row in rows:
            count += 1
            encoder.encode_into(to_record(row, context.everything), buffer, -1)
            buffer += b"\n"
            if len(buffer) >= _CHUNK:
                sink.write(buffer)
                buffer = bytearray()
        sink.write(buffer)
        return Report(count)


def _reason(source: Source, raw: bytes, error: Exception) -> str:
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        return undecodable(source, wrong)
    return f"not valid JSON: {error}"


PLUGIN = Jsonl()

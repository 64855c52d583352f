"""Plain text: one item a line, a paragraph or a file, by the option `unit`.

Stands alone because it has no columns: each row has one, `text`. Lines lose their line ends and the blank ones are left
out; paragraphs are what blank lines separate; `line` is where an item starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from milo.builtin.formats._stream import MAX_LINE, numbered_lines, shown, undecodable
from milo.domain.errors import InvalidConfig
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_UNITS = ("line", "paragraph", "file")


class PlainText:
    """Text. Options: `unit` (line, paragraph or file), `encoding`."""

    name = "text"
    title = "Plain text"
    suffixes: tuple[str, ...] = (".txt", ".text", ".md", ".markdown", ".log")
    media_type = "text/plain"
    reads = True
    writes = False
    lossless = False

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row or a bad row for each item."""
        unit = source.options.get("unit", "line")
        if unit not in _UNITS:
            raise InvalidConfig(f"The unit {unit!r} is none of {', '.join(_UNITS)}.", place="unit")
        for start, lines in _pieces(source, unit):
            if start <= source.start:
                continue
            row = _row(start, lines, source)
            if row is not None:
                yield row

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Plain text is for reading only."""
        raise InvalidConfig("Plain text cannot carry labels; export as jsonl, csv, json or parquet.", place="format")


def _pieces(source: Source, unit: str) -> Iterator[tuple[int, list[bytes | BadRow]]]:
    """(first line, lines) of each item; what grows beyond MAX_LINE bytes is cut there."""
    if unit == "line":
        for number, raw in numbered_lines(source):
            yield number, [raw]
        return
    piece: list[bytes | BadRow] = []
    start, size = 1, 0
    for number, raw in numbered_lines(source):
        blank = unit == "paragraph" and isinstance(raw, bytes) and not raw.strip()
        if piece and (blank or size > MAX_LINE):
            yield start, piece
            piece, size = [], 0
        if blank:
            continue
        start = start if piece else number
        piece.append(raw)
        size += len(raw) if isinstance(raw, bytes) else 0
    if piece:
        yield start, piece


def _row(start: int, lines: list[bytes | BadRow], source: Source) -> Row | BadRow | None:
    for line in lines:
        if isinstance(line, BadRow):
            return line
    raw = b"".join(line for line in lines if isinstance(line, bytes))
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return BadRow(start, source.name, undecodable(source, error), shown(raw))
    text = text.rstrip("\r\n")
    return Row(start, source.name, {"text": text}) if text.strip() else None


PLUGIN = PlainText()

"""A ZIP archive of texts, images, audio, video or documents; the same columns as a folder.

Stands alone because archives are not to be trusted. Members are unpacked one by one, media into the folder given by the
option `extract_to`; what is refused (see `_archive`) is reported.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from milo.builtin.formats._archive import DAMAGE, Members, Refused, is_file_name, printable
from milo.builtin.formats._media import MAX_TEXT, file_columns, kind_of, text_row, unknown_kind
from milo.builtin.formats._stream import open_raw
from milo.domain.errors import InvalidConfig
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source


class Zip:
    """A ZIP archive. Options: `extract_to` (needed for media), `encoding` of the texts, `max_total` in bytes."""

    name = "zip"
    title = "ZIP of texts, images or other media"
    suffixes: tuple[str, ...] = (".zip",)
    media_type = "application/zip"
    reads = True
    writes = False
    lossless = False

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row or a bad row for each member that is a file; `line` is its place in the archive."""
        with open_raw(source.path) as stream:
            try:
                archive = zipfile.ZipFile(stream)
            except DAMAGE as error:
                yield BadRow(1, source.name, f"not a readable ZIP archive: {error}")
                return
            with archive:
                yield from _Unpacking(archive, source).rows()

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Archives are for reading only."""
        raise InvalidConfig("A ZIP cannot be written; export as jsonl, csv, json or parquet.", place="format")


class _Unpacking:
    """One pass over an archive, with a budget of bytes."""

    def __init__(self, archive: zipfile.ZipFile, source: Source) -> None:
        self._archive = archive
        self._source = source
        self._members = Members(archive, source)

    def rows(self) -> Iterator[Row | BadRow]:
        """All members in archive order."""
        for number, member in enumerate(self._archive.infolist(), 1):
            name = member.filename
            if not is_file_name(name):
                continue
            try:
                relative = self._members.checked(member)
                if number > self._source.start:
                    yield self._row(member, relative, number)
            except Refused as refused:
                if number > self._source.start:
                    yield BadRow(number, self._source.name, f"{printable(name)}: {refused}")
            except DAMAGE as error:
                yield BadRow(number, self._source.name, f"{printable(name)}: cannot be unpacked: {error}")
            if self._members.left <= 0:
                yield BadRow(number, self._source.name, "the archive unpacks to more than allowed; the rest was left out")
                return

    def _head(self, member: zipfile.ZipInfo) -> bytes:
        with self._archive.open(member) as stream:
            return stream.read(132)

    def _row(self, member: zipfile.ZipInfo, relative: str, number: int) -> Row | BadRow:
        kind = kind_of(relative, lambda: self._head(member))
        if kind is None:
            return unknown_kind(relative, number, self._source)
        if kind == "text":
            content = self._members.content(member, MAX_TEXT)
            return text_row(content, relative, number, self._source)
        target = self._members.unpack(member, relative)
        return Row(number, self._source.name, file_columns(relative), {kind: str(target)})


PLUGIN = Zip()

"""A ZIP archive of texts, images, audio, video or documents; the same columns as a folder.

Stands alone because archives are not to be trusted. Members are unpacked one by one, media into the folder given by the
option `extract_to`. A member is refused, and reported, if its name is absolute or climbs ("..", a drive, a backslash), if
it is a link, encrypted or a repeated name, if it grows more than 200-fold (a bomb), or if it goes beyond the limits: what
counts is the bytes that come out, never what the archive says of itself.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from milo.builtin.formats._media import MAX_TEXT, file_columns, is_ignored, kind_of, text_row, unknown_kind
from milo.builtin.formats._stream import open_raw
from milo.domain.errors import InvalidConfig
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

MAX_MEMBER = 512 * 1024 * 1024
MAX_TOTAL = 64 * 1024 * 1024 * 1024
MAX_RATIO = 200
_RATIO_FROM = 1024 * 1024
_CHUNK = 1 << 18
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class _Refused(Exception):
    """A member that may not be unpacked, and why."""


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
            except _DAMAGE as error:
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
        self._left = int(source.options.get("max_total", MAX_TOTAL))
        self._seen: set[str] = set()

    def rows(self) -> Iterator[Row | BadRow]:
        """All members in archive order."""
        for number, member in enumerate(self._archive.infolist(), 1):
            name = member.filename
            if name.endswith("/") or any(is_ignored(part) for part in name.split("/") if part not in (".", "..")):
                continue
            try:
                relative = self._checked(member)
                if number > self._source.start:
                    yield self._row(member, relative, number)
            except _Refused as refused:
                if number > self._source.start:
                    yield BadRow(number, self._source.name, f"{_printable(name)}: {refused}")
            except _DAMAGE as error:
                yield BadRow(number, self._source.name, f"{_printable(name)}: cannot be unpacked: {error}")
            if self._left <= 0:
                yield BadRow(number, self._source.name, "the archive unpacks to more than allowed; the rest was left out")
                return

    def _checked(self, member: zipfile.ZipInfo) -> str:
        """The safe relative path of a member. Raises _Refused."""
        name = member.filename
        path = PurePosixPath(name)
        if not path.parts:
            raise _Refused("a member without a name")
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in path.parts[0] or "\0" in name:
            raise _Refused("the path leads out of the archive's folder")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _Refused("a link; links are not unpacked")
        if member.flag_bits & 1:
            raise _Refused("encrypted; unpack it yourself and import the folder")
        relative = str(path)
        if relative in self._seen:
            raise _Refused("the archive has two files of this name")
        self._seen.add(relative)
        return relative

    def _row(self, member: zipfile.ZipInfo, relative: str, number: int) -> Row | BadRow:
        kind = kind_of(relative)
        if kind is None:
            return unknown_kind(relative, number, self._source)
        if kind == "text":
            content = b"".join(self._chunks(member, MAX_TEXT))
            return text_row(content, relative, number, self._source)
        target = self._target(relative)
        self._unpack(member, target)
        return Row(number, self._source.name, file_columns(relative), {kind: str(target)})

    def _target(self, relative: str) -> Path:
        folder = self._source.options.get("extract_to")
        if folder is None:
            raise InvalidConfig("This archive holds images; say where to unpack them (extract_to).", place="extract_to")
        root = Path(str(folder)).resolve()
        target = root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(root):
            raise _Refused("the path leads out of the archive's folder")
        return target

    def _unpack(self, member: zipfile.ZipInfo, target: Path) -> None:
        """Write beside the target, then move: a broken archive leaves no half image under its name."""
        part = target.with_name(f".{target.name[:100]}.part")
        try:
            with part.open("wb") as sink:
                for chunk in self._chunks(member, MAX_MEMBER):
                    sink.write(chunk)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)

    def _chunks(self, member: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
        """The content in pieces, counted as it comes out. Raises _Refused beyond a limit."""
        out = 0
        with self._archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                out += len(chunk)
                self._left -= len(chunk)
                if out > limit:
                    raise _Refused(f"unpacks to more than {limit >> 20} MiB")
                if out > _RATIO_FROM and out > MAX_RATIO * max(1, member.compress_size):
                    raise _Refused(f"grows more than {MAX_RATIO}-fold when unpacked, as a ZIP bomb does")
                if self._left <= 0:
                    raise _Refused("the archive unpacks to more than allowed")
                yield chunk


def _printable(name: str) -> str:
    return name[:200].encode("utf-8", "replace").decode()


PLUGIN = Zip()

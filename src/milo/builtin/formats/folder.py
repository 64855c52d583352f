"""A folder of texts, images, audio, video or documents, with the folders inside it.

Stands alone because files on disk are read in place. Each file is a row with the columns `text`, `image`, `audio`, `video` or
`document`, `file` (the path below the folder) and `folder` (the name of the folder it lies in, often its class). Files are
taken in the order of their names, so that an import can go on where it stopped; `line` counts them. Nothing outside of the
folder is ever read: links that lead out, and links to folders, are reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from milo.builtin.formats._media import MAX_TEXT, file_columns, kind_of, text_row, unknown_kind
from milo.builtin.formats._tree import walk
from milo.domain.errors import InvalidConfig, NotFound
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source


class Folder:
    """A folder. Options: `encoding` of the texts."""

    name = "folder"
    title = "Folder of texts, images or other media"
    suffixes: tuple[str, ...] = ()
    media_type = "inode/directory"
    reads = True
    writes = False
    lossless = False

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row or a bad row for each file."""
        if not source.path.is_dir():
            raise NotFound(f"{source.path} is no folder.", place=str(source.path))
        root = source.path.resolve()
        for number, (relative, trouble) in enumerate(walk(root), 1):
            if number <= source.start:
                continue
            if trouble:
                yield BadRow(number, source.name, f"{relative}: {trouble}")
            else:
                yield _file(root, relative, number, source)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Folders are for reading only."""
        raise InvalidConfig("A folder cannot be written; export as jsonl, csv, json or parquet.", place="format")


def _file(root: Path, relative: str, number: int, source: Source) -> Row | BadRow:
    path = root / relative
    kind = kind_of(relative, lambda: _head(path))
    if kind is None:
        return unknown_kind(relative, number, source)
    if kind != "text":
        return Row(number, source.name, file_columns(relative), {kind: str(path)})
    try:
        with path.open("rb") as stream:
            return text_row(stream.read(MAX_TEXT + 1), relative, number, source)
    except OSError as error:
        return BadRow(number, source.name, f"{relative}: cannot be read: {error.strerror}")


def _head(path: Path) -> bytes:
    """The beginning of a file; nothing where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(132)
    except OSError:
        return b""


PLUGIN = Folder()

"""A folder of texts, images, audio, video or documents, with the folders inside it.

Stands alone because files on disk are read in place. Each file is a row with the columns `text`, `image`, `audio`, `video` or
`document`, `file` (the path below the folder) and `folder` (the name of the folder it lies in, often its class). Files are
taken in the order of their names, so that an import can go on where it stopped; `line` counts them. Nothing outside of the
folder is ever read: links that lead out, and links to folders, are reported.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from milo.builtin.formats._media import MAX_TEXT, file_columns, is_ignored, kind_of, text_row, unknown_kind
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
        for number, (relative, trouble) in enumerate(_walk(root, ""), 1):
            if number <= source.start:
                continue
            if trouble:
                yield BadRow(number, source.name, f"{relative}: {trouble}")
            else:
                yield _file(root, relative, number, source)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Folders are for reading only."""
        raise InvalidConfig("A folder cannot be written; export as jsonl, csv, json or parquet.", place="format")


def _walk(root: Path, below: str) -> Iterator[tuple[str, str]]:
    """Every file below the folder as (relative path, what is wrong with it or "")."""
    try:
        names = sorted(os.listdir(root / below))
    except OSError as error:
        yield below, f"the folder cannot be read: {error.strerror}"
        return
    for name in names:
        relative = f"{below}/{name}" if below else name
        if is_ignored(name):
            continue
        try:
            mode = (root / relative).lstat().st_mode
        except OSError as error:
            yield relative, f"cannot be read: {error.strerror}"
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(root, relative)
        else:
            yield relative, _trouble(root, relative, mode)


def _trouble(root: Path, relative: str, mode: int) -> str:
    """Why a file may not be read, "" if it may."""
    try:
        relative.encode()
    except UnicodeEncodeError:
        return "the file name is not valid UTF-8; rename it"
    if stat.S_ISLNK(mode):
        target = (root / relative).resolve()
        if not target.is_relative_to(root):
            return "a link that leads out of the folder"
        if not target.is_file():
            return "a link that does not lead to a file; links to folders are not followed"
        return ""
    return "" if stat.S_ISREG(mode) else "no regular file"


def _file(root: Path, relative: str, number: int, source: Source) -> Row | BadRow:
    kind = kind_of(relative)
    if kind is None:
        return unknown_kind(relative, number, source)
    path = root / relative
    if kind != "text":
        return Row(number, source.name, file_columns(relative), {kind: str(path)})
    try:
        with path.open("rb") as stream:
            return text_row(stream.read(MAX_TEXT + 1), relative, number, source)
    except OSError as error:
        return BadRow(number, source.name, f"{relative}: cannot be read: {error.strerror}")


PLUGIN = Folder()

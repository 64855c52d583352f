"""Writes exports: to a file, or piece by piece to somebody who downloads."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from milo.domain.errors import Invalid, NotFound
from milo.domain.project import Project
from milo.flow.browse import Filter
from milo.flow.export import Resolving, pages, without_aside
from milo.flow.ingest import MEDIA_KINDS
from milo.flow.ports.work import ASIDE, STATUS_NAMES
from milo.infra.sql.exports import ExportsSql
from milo.infra.sql.items import MediaSql
from milo.kinds.format import ExportContext, ExportRow, Format, Report

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_PAGE = 1_000
_PIECE = 1 << 16
_PIECES = 16
_PATIENCE = 120.0


class ExportArgs(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wanted: the format, resolved labels or everything, and which items."""

    format: str = "jsonl"
    everything: bool = False
    wanted: Filter = Filter()
    options: dict[str, Any] = {}


def writer_of(workspace: Workspace, name: str) -> Format:
    """The format, if it can be written. Raises Invalid."""
    found = workspace.registry.formats.get(name)
    if not found.writes:
        can = ", ".join(f.name for f in workspace.registry.formats.all() if f.writes)
        raise Invalid(f"The format {name} can only be read. To export, use one of {can}.", place="format")
    return found


def rows_of(workspace: Workspace, project: Project, args: ExportArgs) -> Iterator[ExportRow]:
    """The rows of an export. Items that are set aside are left out of resolved labels unless their status is asked for."""
    wanted = None if args.wanted.is_empty else workspace.data.matching(project, args.wanted)
    media = tuple(f.name for f in project.spec.fields if f.kind in MEDIA_KINDS)

    def read(look: Callable[[Any], Any]) -> Any:
        return workspace.db.read(lambda c: look(ExportsSql(c, project.id)))

    found = pages(read, wanted, _PAGE, everything=args.everything, media=media)
    if not args.everything and STATUS_NAMES[ASIDE] not in args.wanted.status:
        found = (without_aside(page) for page in found)
    return Resolving(project, workspace.task_types, everything=args.everything).rows(found)


def export_to(workspace: Workspace, project: Project, args: ExportArgs, sink: BinaryIO) -> Report:
    """Write an export; how it went, and what the format could not carry."""
    writer = writer_of(workspace, args.format)
    context = ExportContext(
        project.spec, args.everything, dict(workspace.task_types), args.options, partial(_file_of, workspace, project)
    )
    return writer.write(rows_of(workspace, project, args), sink, context)


def _file_of(workspace: Workspace, project: Project, value: dict[str, Any]) -> Path | None:
    """The file of a media field's value, if it is this project's and still there."""
    media = value.get("media")
    row = workspace.db.read(lambda c: MediaSql(c).get(media)) if isinstance(media, int) else None
    if row is None or row.project_id != project.id:
        return None
    try:
        return workspace.data.media.file(row)
    except NotFound:
        return None


class Gone(Exception):
    """Nobody reads the download any more."""


class Pipe(io.RawIOBase):
    """A file to write to whose content somebody else takes piece by piece; a slow reader makes the writer wait."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: queue.Queue[bytes | BaseException | None] = queue.Queue(_PIECES)
        self._gone = threading.Event()
        self._buffer = bytearray()
        self._at = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How many bytes were written."""
        return self._at

    def write(self, data: Any) -> int:
        """Take bytes. Raises Gone if the reader is."""
        self._buffer += data
        self._at += len(data)
        if len(self._buffer) >= _PIECE:
            self._put(bytes(self._buffer))
            self._buffer.clear()
        return len(data)

    def end(self, error: BaseException | None = None) -> None:
        """All is written, or writing failed."""
        try:
            if self._buffer and error is None:
                self._put(bytes(self._buffer))
            self._put(error)
        except Gone:
            return

    def _put(self, piece: bytes | BaseException | None) -> None:
        waited = 0.0
        while not self._gone.is_set() and waited < _PATIENCE:
            try:
                self._pieces.put(piece, timeout=1.0)
            except queue.Full:
                waited += 1.0
                continue
            return
        raise Gone

    def take(self) -> bytes | None:
        """The next piece; None at the end. Raises what made writing fail."""
        while True:
            try:
                piece = self._pieces.get(timeout=_PATIENCE)
            except queue.Empty:
                raise Gone from None
            if isinstance(piece, BaseException):
                raise piece
            return piece

    def leave(self) -> None:
        """The reader is gone: let the writer stop."""
        self._gone.set()


def start_export(workspace: Workspace, project: Project, args: ExportArgs) -> Pipe:
    """Begin to write an export in a thread of its own; take the pieces from the pipe. Raises Invalid at once."""
    writer_of(workspace, args.format)
    pipe = Pipe()

    def run() -> None:
        try:
            export_to(workspace, project, args, pipe)  # type: ignore[arg-type]
        except Gone:
            return
        except BaseException as error:  # noqa: BLE001 - handed to the reader
            pipe.end(error)
        else:
            pipe.end()

    workspace.data.exporting.submit(run)
    return pipe

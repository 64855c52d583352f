"""The kind `Format`: how raw data comes in and labels go out.

Reading yields records one by one and never stops at a bad one: it yields a `BadRow` in its place. Writing streams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import msgspec

from milo.domain.project import ProjectSpec


class ReadPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What another reader read on a page: `words`, each [x, y, w, h, text], or with the reader's confidence (0 to 1) as sixth.

    `size` is the page's [width, height] in the unit of the places; without it they are pixels of the upright picture, or points
    of the page. `page` counts from 0.
    """

    words: list[list[Any]]
    size: tuple[float, float] | None = None
    page: int = 0


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record of a source, before its columns are mapped to item fields.

    `line` is the 1-based line (or entry) number in `source`; `files` maps a column to a file on disk (images);
    `annotations` are answers or suggestions that came along, in the form written by Milo's own exports: {"question",
    "role", "value", ...}; where a table gives cells instead of a value, `cells` stands in its place, for the task type's
    `unflatten`. `item` is set when the record is a Milo export and needs no mapping: {"key", "data", "meta", "status"}.
    `pages` are words that were read on the pages of the record's picture or document: its reading text from then on.
    """

    line: int
    source: str
    data: dict[str, Any]
    files: dict[str, str] = {}
    annotations: list[dict[str, Any]] = []
    item: dict[str, Any] | None = None
    pages: list[ReadPage] = []


class BadRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that could not be read: where, why, and the beginning of what stood there."""

    line: int
    source: str
    reason: str
    raw: str = ""


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where to read: a file or folder on disk. `name` is what to call it; `start` skips records up to that line
    (exclusive), to resume; `options` are the format's own (encoding, delimiter, ...)."""

    path: Path
    name: str
    start: int = 0
    options: dict[str, Any] = {}


class ExportRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One item on its way out. `labels` are the resolved values by question, `provenance` where each comes from, by
    question: {"role", "author", "author_kind", "model", "version", "score", ...}; `annotations` every record, if asked
    for, each as {"question", "role", "value", "author", "author_kind", "model", "version", "score", "reason", "basis",
    "shown", "created_at"}."""

    id: int
    key: str | None
    data: dict[str, Any]
    meta: dict[str, Any]
    status: str
    labels: dict[str, Any]
    provenance: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []


class ExportContext(msgspec.Struct, frozen=True):
    """What a writer may need: the project, whether every annotation is wanted or resolved labels only, the task types by
    name, and the format's own `options` (excel_safe, ...). `file_of` finds the file of a media field's value, None where it
    is gone or there are no files at hand."""

    spec: ProjectSpec
    everything: bool
    task_types: dict[str, Any]
    options: dict[str, Any] = {}
    file_of: Callable[[dict[str, Any]], Path | None] | None = None


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an export went: rows written, and what the format could not carry."""

    rows: int
    lost: list[str] = []


class AnswerColumn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a data set that holds answers: `shape` is the shape of their values (see `milo.domain.shapes`), `config` the
    settings of a question that would take them (labels, points, attributes, ...)."""

    column: str
    shape: str
    config: dict[str, Any] = {}


class DataSet(Protocol):
    """What a format of whole folders may have besides: it is then given folders and archives as they are, and one whose files
    it recognises is read by it without being named."""

    def recognises(self, source: Source) -> bool:
        """Whether a file, folder or archive is a data set of this format, told by the names in it and the head of a file."""
        ...

    def answers(self, source: Source) -> list[AnswerColumn]:
        """The columns that hold answers, so that they are offered to the questions that fit."""
        ...


def data_set_of(format: Format) -> DataSet | None:
    """The format as one of whole folders, None where it is not; see `DataSet`."""
    return cast("DataSet", format) if hasattr(format, "recognises") else None


def is_foreign(format: Format) -> bool:
    """Whether a format is another tool's; see `Format`."""
    return bool(getattr(format, "foreign", False))


class Format(Protocol):
    """One file format. `reads`/`writes` say which directions exist; `suffixes` name the files it recognises.

    A format of another tool may have a true attribute `foreign`: what it reads is always mapped, also where Milo wrote it, and
    a file whose name fits other formats as well is read as one of it only where it is named.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    media_type: str
    reads: bool
    writes: bool
    lossless: bool

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """The records after `source.start`, in order, in constant memory."""
        ...

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Write all rows to `sink`, in constant memory."""
        ...

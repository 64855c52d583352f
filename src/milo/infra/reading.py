"""From what was handed over - a file, several, a folder, an archive - to records, and from records to items.

Stands alone because a preview and an import must read alike.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, cast

import msgspec

from milo.domain.errors import Invalid, InvalidConfig, InvalidValue, NotFound
from milo.domain.project import Project
from milo.flow import mapping as mappings
from milo.flow.ingest import MEDIA_KINDS, Checker, Refusal
from milo.flow.mapping import Mapping
from milo.flow.ports.items import Label, NewItem
from milo.flow.restore import Labels
from milo.infra import given_words
from milo.infra.documents import Documents
from milo.infra.masks import CLASS_COLUMNS
from milo.infra.media import Found, MediaStore, inside
from milo.infra.sql.database import Connection
from milo.kinds.format import AnswerColumn, BadRow, Format, Row, Source, data_set_of, is_foreign
from milo.kinds.registry import Registry
from milo.kinds.task_type import TaskType

SAMPLE = 20
_LINES = ("csv", "tsv", "jsonl", "text")
_HEADED = ("csv", "tsv")
_TREES = ("folder", "zip")
_MAYBE_SETS = (".zip", ".json", ".xml")
"""Single files that may be a data set of their own."""
_GUESS_FROM = 100
_READ = ("boxes", "predicted_boxes")
"""Columns of what was read on pages, which is kept as their words: no metadata."""


class Part(msgspec.Struct, frozen=True):
    """One thing to read: with which format, where, what to call it, and the folder that file names are relative to."""

    format: str
    path: Path
    name: str
    base: Path


def parts_of(registry: Registry, root: Path, format: str | None, fits: Callable[[Part], bool]) -> list[Part]:
    """What there is to read at a path. A folder with tables that fit the project is read as these tables (which may name its
    other files), a folder without as a folder of texts and images. Raises NotFound or Invalid."""
    if not root.exists():
        raise NotFound(f"There is nothing at {root}.", place="path")
    whole = _data_set(registry, root, format)
    if whole is not None:
        return [Part(whole, root, root.name, root if root.is_dir() else root.parent)]
    if root.is_file():
        return [Part(format or format_of(registry, root), root, root.name, root.parent)]
    if format in (None, *_by_table(registry)):
        files = [p for p in sorted(root.iterdir()) if p.is_file() and not p.is_symlink()]
        tables = [Part(format or format_of(registry, p), p, p.name, root) for p in files if _is_table(registry, p, format)]
        tables = [t for t in tables if fits(t)]
        if tables:
            return tables
    found = registry.formats.get(format or "folder").name
    if found not in _TREES:
        raise Invalid(f"{root.name} holds no file to be read as {found}.", place="format")
    return [Part("folder", root, root.name, root)]


def _data_set(registry: Registry, root: Path, format: str | None) -> str | None:
    """The format of whole folders that reads what lies there: the one that is named, else the one that recognises it."""
    if format is not None:
        return format if data_set_of(registry.formats.get(format)) is not None else None
    if not root.is_dir() and root.suffix.lower() not in _MAYBE_SETS:
        return None
    for one in registry.formats.all():
        known = data_set_of(one)
        if known is not None and one.reads and known.recognises(Source(root, root.name)):
            return one.name
    return None


def format_of(registry: Registry, path: Path) -> str:
    """The format that a file's name says. Raises Invalid, listing what can be read."""
    for one in sorted(registry.formats.all(), key=is_foreign):
        if one.reads and path.name.lower().endswith(one.suffixes) and one.suffixes:
            return one.name
    known = ", ".join(sorted({s for f in registry.formats.all() if f.reads for s in f.suffixes}))
    raise Invalid(f"{path.name}: its ending names no known format. Name the format, or use one of {known}.", place="format")


def _by_table(registry: Registry) -> list[str]:
    return [f.name for f in registry.formats.all() if f.reads and f.name not in ("folder", "text")]


def _is_table(registry: Registry, path: Path, format: str | None) -> bool:
    if format is not None:
        return path.name.lower().endswith(registry.formats.get(format).suffixes)
    tables = [f for f in registry.formats.all() if f.reads and f.name in _by_table(registry)]
    return any(path.name.lower().endswith(f.suffixes) for f in tables)


def records(registry: Registry, part: Part, start: int, options: dict[str, Any], unpack_to: Path) -> Iterator[Row | BadRow]:
    """The records of a part behind line `start`. What must be unpacked goes to `unpack_to`."""
    reader: Format = registry.formats.get(part.format)
    if not reader.reads:
        raise InvalidConfig(f"The format {part.format} can only be written.", place="format")
    own = {**options, "extract_to": str(unpack_to)}
    return reader.read(Source(part.path, part.name, start, own))


def total_of(parts: list[Part]) -> int | None:
    """About how many records there are; None where it cannot be known without reading."""
    counts = [_count(part) for part in parts]
    return None if None in counts else sum(cast("list[int]", counts))


def _count(part: Part) -> int | None:
    try:
        if part.format in _LINES:
            return max(0, _lines(part.path) - (part.format in _HEADED))
        if part.format == "folder":
            return sum(len(files) for _, _, files in os.walk(part.path))
        if part.format == "zip":
            with zipfile.ZipFile(part.path) as archive:
                return len(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return None
    return None


def _lines(path: Path) -> int:
    """Lines of a file, the last one also where no line end follows it."""
    count, last = 0, b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n")


Offer = dict[str, mappings.LabelColumn]


class Reading:
    """What a source looks like: columns, first rows, bad rows among them, the columns of answers of a data set, and the
    guessed mapping."""

    def __init__(
        self, project: Project, rows: list[Row | BadRow], answers: Sequence[AnswerColumn] = (), labels: Offer | None = None
    ) -> None:
        self.answers = list(answers)
        self.rows = [r for r in rows if isinstance(r, Row)]
        self.bad = [r for r in rows if isinstance(r, BadRow)]
        self.is_export = any(r.item is not None for r in self.rows)
        self.columns = mappings.columns_of({**r.data, **r.files} for r in self.rows)
        files = {c for r in self.rows for c in r.files}
        if self.is_export:
            self.mapping = Mapping({f.name: f.name for f in project.spec.fields})
        else:
            self.mapping = mappings.guess(project.spec, self.columns, [r.data for r in self.rows], files)
        if labels:
            self.mapping = msgspec.structs.replace(self.mapping, labels=labels)


def look(
    registry: Registry, project: Project, part: Part, options: dict[str, Any], unpack_to: Path, n: int = _GUESS_FROM
) -> Reading:
    """Read the beginning of a part; of a data set also what answers it holds, offered to the questions that could take them."""
    rows = list(islice(records(registry, part, 0, options, unpack_to), n))
    known = data_set_of(registry.formats.get(part.format))
    if known is None:
        return Reading(project, rows)
    own = {**options, "extract_to": str(unpack_to)}
    answers = known.answers(Source(part.path, part.name, 0, own))
    shapes = {q.name: registry.task_types.get(q.type).shape for q in project.spec.questions}
    return Reading(project, rows, answers, mappings.offered(project.spec, shapes, answers, options))


Waiting = NewItem | Callable[[Connection], NewItem]
"""An item, or how to make it once its files are on record."""


Finding = Callable[[dict[str, Any]], tuple[list[Label], list[str]]]
"""Finds the labels of an item, given its data, and why any were left out."""


class Conversion:
    """Turns the records of one part into items. `copy`: files are copied into the workspace; `move`: they may be moved."""

    def __init__(
        self,
        project: Project,
        task_types: dict[str, TaskType],
        media: MediaStore,
        documents: Documents,
        part: Part,
        mapping: Mapping,
        *,
        copy: bool,
        move: bool,
    ) -> None:
        self._project, self._media, self._part, self._mapping = project, media, part, mapping
        self._documents = documents
        self._checker = Checker(project)
        self._labels = Labels(project.spec, task_types)
        self._media_fields = {f.name: f.kind for f in project.spec.fields if f.kind in MEDIA_KINDS}
        self._copy, self._move = copy, move

    def item(self, row: Row) -> tuple[Waiting, list[Refusal]]:
        """The item of a record, and what of its labels was left out. Raises InvalidValue if there is no item in it."""
        if row.item is not None:
            known = row.item
            labels = partial(self._labels.restored, row.annotations) if row.annotations else None
            return self._make(row, dict(known["data"]), known.get("key"), known.get("meta") or {}, labels)
        mapped = mappings.apply(self._mapping, {**row.data, **row.files})
        labels = partial(self._all_labels, row, mapped.cells) if mapped.cells or row.annotations else None
        aside = {*row.files, *CLASS_COLUMNS, *(_READ if row.pages else ())}
        meta = {k: v for k, v in mapped.meta.items() if k not in aside}
        return self._make(row, mapped.data, mapped.key, meta, labels)

    def _all_labels(self, row: Row, cells: dict[str, Any], data: dict[str, Any]) -> tuple[list[Label], list[str]]:
        """What came along with a record, and what its mapped columns hold."""
        known, wrong = self._labels.restored(row.annotations, data)
        drawn, damaged = self._drawn(row, cells, data)
        mapped, refused = self._labels.from_cells(drawn, row.data, self._mapping.labels, data)
        return known + mapped, wrong + damaged + refused

    def _drawn(self, row: Row, cells: dict[str, Any], data: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The cells with pictures of masks and classes as runs, and why any could not be read."""
        out: dict[str, Any] = {}
        wrong: list[str] = []
        for question, cell in cells.items():
            found, reasons = self._media.runs(cell, self._mapping.labels[question].column, row, data)
            wrong += reasons
            if found is not None:
                out[question] = found
        return out, wrong

    def _make(
        self, row: Row, data: dict[str, Any], key: str | None, meta: dict[str, Any], labels: Finding | None
    ) -> tuple[Waiting, list[Refusal]]:
        found = {f: self._found(row, f, data[f]) for f in self._media_fields.keys() & data.keys()}
        for name, media in found.items():
            data[name] = media.value(0)
        words, lost = self._words(row, found)
        made: list[Label] | None = None
        wrong: list[str] = []
        if labels is not None:
            made, wrong = labels(data)
        refusals = [Refusal(row.line, row.source, reason) for reason in wrong + lost]
        if not found:
            return self._checker.item(data, key, meta, row.line, row.source, None, made), refusals

        def finish(connection: Connection) -> NewItem:
            for name, media in found.items():
                data[name] = self._media.put(connection, media)
                given_words.store(connection, media.row, words.get(name, []))
            return self._checker.item(data, key, meta, row.line, row.source, _hashes(found), made)

        self._checker.item(data, key, meta, row.line, row.source, _hashes(found))
        return finish, refusals

    def _words(self, row: Row, found: dict[str, Found]) -> tuple[dict[str, list[given_words.Kept]], list[str]]:
        """What was read on the pages, for the first field with the record's file; and why any was left out."""
        for name, media in found.items() if row.pages else ():
            if self._media_fields[name] in ("image", "document") and media.row.error is None:
                words, lost = given_words.kept(self._documents, media.row, row.pages)
                return {name: words}, lost
        return {}, []

    def _found(self, row: Row, field: str, value: Any) -> Found:
        if isinstance(value, dict):
            return self._known_media(cast("dict[str, Any]", value), field)
        column = self._mapping.fields.get(field, field)
        kind = self._media_fields[field]
        if column in row.files:
            path = Path(row.files[column])
            name = str(row.data.get("file") or path.name)
            return self._media.look_at(self._project.id, path, name, copy=self._copy, move=self._move, kind=kind)
        if not isinstance(value, str):
            raise InvalidValue(f'the field "{field}" must name a file')
        if "://" in value[:12] or value.startswith("data:"):
            raise InvalidValue(f'"{value[:100]}" is an address; files are not fetched from the network. Download them first')
        return self._media.look_at(self._project.id, inside(self._part.base, value), value, copy=self._copy, kind=kind)

    def _known_media(self, value: dict[str, Any], field: str) -> Found:
        """A file that an export names: on record here by its hash, or lying beside the export."""
        known = self._media.known(self._project.id, value.get("sha256"), value.get("media"), value.get("name"))
        if known is not None:
            return Found(known)
        name = value.get("name")
        if isinstance(name, str) and name:
            path = inside(self._part.base, name)
            if path.is_file():
                return self._media.look_at(self._project.id, path, name, copy=self._copy, kind=self._media_fields[field])
        raise InvalidValue(f'the file "{name}" of the field "{field}" is neither in this project nor beside the import')


def _hashes(found: dict[str, Found]) -> dict[str, str]:
    return {name: media.row.sha256.hex() for name, media in found.items()}

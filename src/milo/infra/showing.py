"""What a connected model is shown of a project's items: the question with all around it, and texts and media of each item.

Stands alone because the pre-annotator, the judge and the assistant must see the same of an item, and never a field that a rule
keeps from the connections concerned. Files come from the workspace's own record of media; addresses in data are never fetched.
Blind items are built like others (`shown.item.blind` says so): whoever asks decides whether a model may be asked about them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Invalid, InvalidConfig, MiloError, NotFound
from milo.domain.ids import ord_of, project_of
from milo.domain.item import Item
from milo.domain.project import Project
from milo.domain.question import Field
from milo.domain.reading import reads_by_field
from milo.flow.reach import check_reach, fields_for
from milo.flow.veil import Veil
from milo.infra.connections import Connections
from milo.infra.rendering import as_text, is_media
from milo.infra.sql.items import MediaRow, MediaSql
from milo.infra.sql.showing import contents
from milo.kinds.asking import Shown, Task
from milo.kinds.provider import MediaPart

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

PICTURE_SIDE = 1568
"""Pictures are scaled down to this many pixels a side; most servers scale larger ones down themselves."""
PICTURE_BYTES = 4_000_000
PAGES = 8
"""Pages of a document that are shown as pictures, the first ones."""
PAGE_BYTES = 1_500_000
TEXT_PAGES = 60
"""Pages whose words are shown to a model that takes no pictures."""
FILE_BYTES = 20_000_000
"""Sounds and films up to this size are passed on as they are."""
LONGEST = 400_000
"""Code points of text of one item that are shown at most."""


class Showing:
    """Builds what these connections may see of one project. `fields`: only these; None for all that they may see."""

    def __init__(
        self, workspace: Workspace, project: Project, connections: Sequence[str], fields: Sequence[str] | None = None
    ) -> None:
        """Raises NotFound for an unknown connection, RuleForbids where the project's rules keep it out altogether or keep a
        field out that was asked for by name, InvalidConfig for a field that does not exist."""
        self.ws, self.project = workspace, project
        self._veil = Veil(project.spec)
        self.fields = self._allowed(connections, fields)
        self.names = tuple(f.name for f in self.fields)
        rows = [workspace.gateway.connection(name) for name in connections]
        self._sees = all(Connections(workspace).abilities(row).images is not False for row in rows)
        self._reads = reads_by_field(project.spec.questions)

    def _allowed(self, connections: Sequence[str], wanted: Sequence[str] | None) -> tuple[Field, ...]:
        known = {f.name: f for f in self.project.spec.fields}
        unknown = [name for name in wanted or () if name not in known]
        if unknown:
            raise InvalidConfig(f'There is no field "{unknown[0]}". Fields: {", ".join(known)}.', place="fields")
        names, rules = list(known if wanted is None else wanted), self.project.spec.policy.data
        for connection in connections:
            row = self.ws.gateway.connection(connection)
            check_reach(rules, row.name, row.local, wanted or ())
            names = fields_for(rules, row.name, row.local, names)
        return tuple(f for f in self.project.spec.fields if f.name in names)

    def task(self, question: str) -> Task:
        """The question with all that a model is told about it. Raises InvalidConfig if there is no such question."""
        asked = self.project.schema.get(question)
        spec = self.project.spec
        return Task(asked, self.fields, spec.guidelines, self.ws.task_types[asked.type], spec.name)

    def shown(self, item_id: int) -> Shown:
        """One item. Raises NotFound, or Invalid with the reason why it cannot be shown. Blocks on pictures."""
        found = next(self.pages([item_id]), None)
        if found is None:
            raise NotFound(f"There is no item {item_id} in this project.", place="item")
        if isinstance(found[1], MiloError):
            raise found[1]
        return found[1]

    def pages(self, item_ids: Iterable[int]) -> Iterator[tuple[int, Shown | MiloError]]:
        """Items one after the other, each with what went wrong if it cannot be shown; those that do not exist are passed
        over. All items are read at once: give a page, not a project."""
        mine = [i for i in item_ids if project_of(i) == self.project.id]
        for row in self.ws.db.read(lambda c: contents(c, mine)):
            item = self._item(*row)
            try:
                yield item.id, self.build(item)
            except MiloError as error:
                yield item.id, error

    def build(self, item: Item) -> Shown:
        """What is shown of an item that was read already."""
        data: dict[str, str] = {}
        media: dict[str, list[MediaPart]] = {}
        length = 0
        for field in self.fields:
            value = item.data.get(field.name)
            if is_media(value):
                texts, files = self._files(field, value)
                media |= {field.name: files} if files else {}
                data |= {field.name: texts} if texts else {}
                length += len(texts)
            elif text := as_text(value, field.kind, self._reads.get(field.name)):
                data[field.name] = text
                length += len(text)
        if length > LONGEST:
            raise Invalid(f"The item has {length:,} characters of text; a model is shown at most {LONGEST:,}.", place="item")
        if not data and not media:
            raise Invalid(f"The item has nothing in the fields that the model may see ({', '.join(self.names)}).", place="item")
        return Shown(item, data, media)

    def _item(self, ident: int, key: str | None, blind: int, status: int, data: str) -> Item:
        """The item with the fields that may be seen and no metadata: a plug-in is not given more than a model, and a model not
        more than those who answer, whom it might tell."""
        known: dict[str, Any] = self._veil.content(msgspec.json.decode(data))
        seen = {name: known[name] for name in self.names if name in known}
        return Item(ident, self.project.id, ord_of(ident), seen, {}, key, status, bool(blind))

    def _files(self, field: Field, value: dict[str, Any]) -> tuple[str, list[MediaPart]]:
        """A file as it is shown: a document as pictures of its first pages, or by its words to a model that takes none."""
        row = self.ws.db.read(lambda c: self._row(c, value["media"]))
        if row is None:
            raise Invalid(f'The file of the field "{field.name}" is not on record.', place=field.name)
        if row.mime.startswith("image/"):
            if not self._sees and (text := self._read(row)):
                return text, []
            return "", [MediaPart("image/jpeg", self.ws.data.media.picture(row, PICTURE_SIDE, PICTURE_BYTES), field.name)]
        if row.mime == "application/pdf":
            return self._document(field, row)
        if row.bytes > FILE_BYTES:
            raise Invalid(
                f'"{row.name}" has {row.bytes / 1e6:.1f} MB; at most {FILE_BYTES / 1e6:.0f} MB are passed to a model.',
                place=field.name,
            )
        return "", [MediaPart(row.mime, self.ws.data.media.file(row).read_bytes(), field.name)]

    def _document(self, field: Field, row: MediaRow) -> tuple[str, list[MediaPart]]:
        documents = self.ws.data.documents
        count = sum(int(run[2]) for run in documents.sizes(row))
        if self._sees:
            pages = documents.shots(row, PAGES, PICTURE_SIDE, PAGE_BYTES)
            more = f"(the first {PAGES} of {count} pages)" if count > PAGES else ""
            return more, [MediaPart("image/jpeg", page, field.name) for page in pages]
        text = documents.text(row, TEXT_PAGES)
        if not text:
            raise Invalid(f'"{row.name}" has no words that are known, and the model takes no pictures.', place=field.name)
        more = f"(the first {TEXT_PAGES} of {count} pages)\n" if count > TEXT_PAGES else ""
        return more + text, []

    def _read(self, row: MediaRow) -> str:
        """The words of a picture of a page, "" where none are known."""
        return "" if row.error or not row.width else self.ws.data.documents.text(row, TEXT_PAGES)

    def _row(self, c: sqlite3.Connection, media: int) -> MediaRow | None:
        row = MediaSql(c).get(media)
        return row if row is not None and row.project_id == self.project.id else None

"""Bringing data in: uploads, previews, import jobs, and items posted directly by programs."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.domain.errors import Conflict, Forbidden, Invalid, InvalidValue, StorageTrouble
from milo.domain.question import Question
from milo.flow import ingest
from milo.flow.ingest import Checker, Intake, Refusal
from milo.flow.mapping import LabelColumn, Mapping
from milo.flow.ports.items import NewItem
from milo.infra.imports import ImportArgs
from milo.infra.sql.database import Connection
from milo.infra.sql.items import ImportsSql, ItemsSql, MediaRow, MediaSql
from milo.infra.sql.jobs import JobsSql

MAX_ITEMS = 10_000
_AT_ONCE = 2_500
_PIECE = 1 << 20
_TOLD = 200


class UploadQuery(msgspec.Struct):
    """`name`: the file's name, relative to its folder; `upload`: add to this upload."""

    name: str
    upload: str | None = None


class Uploaded(msgspec.Struct):
    """The upload the file belongs to, and its size."""

    upload: str
    name: str
    bytes: int


class ImportBody(msgspec.Struct):
    """What to import: one of `upload`, `path` (on the server; owners only) and `text`; how to read it, and what its columns
    mean. `copy`: images named by path are copied into the workspace rather than referenced in place."""

    upload: str | None = None
    path: str | None = None
    text: str | None = None
    format: str | None = None
    options: dict[str, Any] = {}
    mapping: Mapping | None = None
    copy: bool = False


class BadLine(msgspec.Struct):
    """A row that cannot be read."""

    line: int
    source: str
    reason: str
    raw: str


class MappingView(msgspec.Struct):
    """Which column becomes what; see the import."""

    fields: dict[str, str]
    key: str | None
    meta: list[str] | str
    labels: dict[str, LabelColumn]


class OfferView(msgspec.Struct):
    """A column of answers of a data set, the question that could take it, labels that this one lacks (`lacking` in number, at
    most 200 are told), and the question as it would be added or changed, None where nothing is to change."""

    column: str
    labels: int
    question: str | None
    missing: list[str]
    lacking: int
    change: Question | None


class PreviewReply(msgspec.Struct):
    """The beginning of a source. `upload` names it for the import that follows. `is_export`: written by Milo, so that labels
    come back without mapping. `offers`: what a data set answers."""

    format: str
    columns: list[str]
    rows: list[dict[str, Any]]
    bad: list[BadLine]
    mapping: MappingView
    total_bytes: int
    count_estimate: int | None
    is_export: bool
    upload: str | None
    offers: list[OfferView]


class GivenItem(msgspec.Struct):
    """An item from a program: values by field, the source's own id, metadata."""

    data: dict[str, Any]
    key: str | None = None
    meta: dict[str, Any] | None = None


class BadItem(msgspec.Struct):
    """An item that was not taken: its place in the list (from 1), and why."""

    line: int
    reason: str


class AddedItems(msgspec.Struct):
    """`repeated`: there already; `equal`: equal rows of this list, all kept; `ids`: of the items taken, in order."""

    added: int
    repeated: int
    equal: int
    bad: list[BadItem]
    ids: list[int]


class ErrorsQuery(msgspec.Struct):
    """How many bad rows at most."""

    limit: int = 10_000


@endpoint("POST", "/projects/{p}/uploads", "item.import", query=UploadQuery, reply=Uploaded, raw_body=True)
async def upload_file(call: Call) -> Uploaded:
    """Send one file as the raw body; it waits on the server until it is imported."""
    uploads = call.workspace.data.imports.uploads
    loop = asyncio.get_running_loop()
    pool = call.workspace.db.pool
    token, target = await loop.run_in_executor(pool, uploads.begin, call.project_id, call.query.name, call.query.upload)
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    most = call.workspace.settings.max_upload
    size, waiting = 0, bytearray()
    try:
        with part.open("wb") as sink:
            async for chunk in call.request.stream():
                waiting += chunk
                if len(waiting) >= _PIECE:
                    await loop.run_in_executor(pool, sink.write, bytes(waiting))
                    size += len(waiting)
                    waiting.clear()
                    if size > most:
                        raise Invalid(f"A file may have {most / (1 << 30):g} GiB at most (MILO_MAX_UPLOAD_GB).", place="body")
            await loop.run_in_executor(pool, sink.write, bytes(waiting))
            size += len(waiting)
        part.replace(target)
    except OSError as error:
        raise StorageTrouble(f"The disk is full or refuses the file ({error.strerror}); nothing was kept of it.") from error
    finally:
        part.unlink(missing_ok=True)
    return Uploaded(token, call.query.name, size)


@endpoint("POST", "/projects/{p}/import/preview", "item.import", body=ImportBody, reply=PreviewReply)
def preview_import(call: Call) -> PreviewReply:
    """Read the beginning of a source and guess what its columns mean; nothing is stored."""
    project = call.workspace.projects.get(call.project_id)
    args = _args(call)
    seen = call.workspace.data.imports.preview(project, args)
    m = seen.mapping
    return PreviewReply(
        seen.format, seen.columns, seen.rows, [BadLine(b.line, b.source, b.reason, b.raw) for b in seen.bad],
        MappingView(m.fields, m.key, m.meta, m.labels), seen.total_bytes, seen.count_estimate, seen.is_export, args.upload,
        [OfferView(o.column, o.labels, o.question, o.missing[:_TOLD], len(o.missing), o.change) for o in seen.offers],
    )  # fmt: skip


@endpoint("POST", "/projects/{p}/import", "item.import", body=ImportBody, reply=JobView, status=202)
def start_import(call: Call) -> JobView:
    """Queue an import; the job tells how it goes, and at its end what was added, repeated and refused."""
    project = call.workspace.projects.get(call.project_id)
    job = call.workspace.data.imports.submit(project, _args(call), call.actor.user_id)
    row = call.workspace.db.read(lambda c: JobsSql(c).get(job))
    if row is None:
        raise Conflict("The import was queued and is gone; try again.")
    return view(row, call.workspace.clock())


@endpoint("GET", "/projects/{p}/imports/{job}/errors", "item.import", query=ErrorsQuery, reply=list[BadLine])
def import_errors(call: Call) -> list[BadLine]:
    """The rows that an import refused, each with its line and reason."""
    limit = max(1, min(call.query.limit, 100_000))

    def look(c: Connection) -> list[Refusal]:
        job = JobsSql(c).get(call.params["job"])
        return ImportsSql(c).refused(job.id, limit) if job is not None and job.project_id == call.project_id else []

    return [BadLine(r.line, r.source, r.reason, r.raw) for r in call.workspace.db.read(look)]


def _args(call: Call) -> ImportArgs:
    body: ImportBody = call.body
    given = [name for name, value in (("upload", body.upload), ("path", body.path), ("text", body.text)) if value is not None]
    if len(given) != 1:
        raise Invalid("Give exactly one of upload, path and text.", place="body")
    if body.path is not None and call.actor.role != "owner":
        raise Forbidden("Only the owner of the workspace may import from the server's disk. Upload the files instead.")
    upload, format = body.upload, body.format
    if body.text is not None:
        upload, format = call.workspace.data.imports.paste(call.project_id, body.text, body.format)
    return ImportArgs(upload, body.path, format, body.options, body.mapping, body.copy)


@endpoint("POST", "/projects/{p}/items", "item.import", body=list[GivenItem], reply=AddedItems)
def add_items(call: Call) -> AddedItems:
    """Add up to 10,000 items. Safe to repeat: what is there already is counted, not added again."""
    given: list[GivenItem] = call.body
    if len(given) > MAX_ITEMS:
        raise Invalid(f"At most {MAX_ITEMS:,} items at once; send more in several requests.", place="body")
    workspace, project = call.workspace, call.workspace.projects.get(call.project_id)
    items, bad = _checked(call, given)
    total = Intake(bad=bad)
    batch = 0
    for start in range(0, len(items), _AT_ONCE):

        def write(
            c: Connection, part: list[NewItem] = items[start : start + _AT_ONCE], batch: int = batch
        ) -> tuple[int, Intake]:
            port = ItemsSql(c)
            number = batch or port.next_batch(project.id)
            return number, ingest.store(port, project, port.secret(project.id), number, part, workspace.clock())

        batch, done = workspace.db.write(write)
        total = Intake(
            total.added + done.added, total.repeated + done.repeated, total.equal + done.equal, 0,
            total.bad + done.bad, total.ids + done.ids,
        )  # fmt: skip
    if total.added:
        workspace.data.changed(project.id)
    lines = sorted((BadItem(b.line, b.reason) for b in total.bad), key=lambda b: b.line)
    return AddedItems(total.added, total.repeated, total.equal, lines, total.ids)


def _checked(call: Call, given: list[GivenItem]) -> tuple[list[NewItem], list[Refusal]]:
    project = call.workspace.projects.get(call.project_id)
    make = Checker(project).item
    media = tuple(f.name for f in project.spec.fields if f.kind in ingest.MEDIA_KINDS)
    items: list[NewItem] = []
    bad: list[Refusal] = []
    for line, one in enumerate(given, 1):
        try:
            hashes = _hashes(call, one.data, media) if media else None
            items.append(make(one.data, one.key, one.meta, line, "", hashes))
        except InvalidValue as error:
            bad.append(Refusal(line, "", error.message))
    return items, bad


def _hashes(call: Call, data: dict[str, Any], media: tuple[str, ...]) -> dict[str, str]:
    """The files that an item names must be files of this project."""
    out: dict[str, str] = {}
    for name in media:
        value = data.get(name)
        if isinstance(value, dict) and isinstance(value.get("media"), int):
            row = _media(call, value["media"])
            if row is None or row.project_id != call.project_id:
                raise InvalidValue(f'the field "{name}" names a file that this project does not have')
            data[name] = {k: v for k, v in value.items() if k != "sha256"}
            out[name] = row.sha256.hex()
    return out


def _media(call: Call, media: int) -> MediaRow | None:
    return call.workspace.db.read(lambda c: MediaSql(c).get(media))

"""Import jobs: records stream in, items are stored in short transactions, each together with the place reached.

A job that was killed goes on exactly behind the last row it stored, because both are in one transaction.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Invalid, InvalidValue
from milo.domain.project import Project
from milo.flow import ingest, mapping
from milo.flow.ingest import Intake, Refusal
from milo.flow.mapping import Mapping
from milo.flow.offers import Offer, offers
from milo.infra.jobs import JobRun
from milo.infra.reading import SAMPLE, Conversion, Part, Waiting, look, parts_of, records, total_of
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.items import ImportsSql, ItemsSql
from milo.infra.sql.jobs import JobsSql
from milo.infra.uploads import FILES, Uploads
from milo.kinds.format import BadRow

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_STEP_SECONDS = 0.035
_FIRST, _LEAST, _MOST = 500, 50, 5_000
_STEP_BYTES = 4 * 1024 * 1024
_WAIT_SECONDS = 2.0
SHOWN_BAD = 1_000
MAX_PASTED = 20 * 1024 * 1024


class ImportArgs(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is imported and how. One of `upload` (a token) and `path` (on this machine) is given."""

    upload: str | None = None
    path: str | None = None
    format: str | None = None
    options: dict[str, Any] = {}
    mapping: Mapping | None = None
    copy: bool = True


class Tally(msgspec.Struct, frozen=True):
    """How far an import is: the part and line reached, and what came of the rows up to there."""

    part: int = 0
    line: int = 0
    rows: int = 0
    added: int = 0
    repeated: int = 0
    equal: int = 0
    labels: int = 0
    bad: int = 0


class Preview(msgspec.Struct):
    """The beginning of a source, as it would be read."""

    format: str
    columns: list[str]
    rows: list[dict[str, Any]]
    bad: list[BadRow]
    mapping: Mapping
    total_bytes: int
    count_estimate: int | None
    is_export: bool
    offers: list[Offer]


class Imports:
    """Starts, runs and previews imports of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self.uploads = Uploads(workspace.path)
        workspace.jobs.handler("import", self._run)

    def sweep(self) -> None:
        """Forget uploads that nobody imported within a week, unless an import that is not over needs them."""
        jobs = self._ws.db.read(lambda c: JobsSql(c).open_args("import"))
        self.uploads.sweep({str(args["upload"]) for args in jobs if args.get("upload")})

    def paste(self, project_id: int, text: str, format: str | None) -> tuple[str, str]:
        """Keep pasted text as an upload; (token, format)."""
        if len(text) > MAX_PASTED:
            raise Invalid("The pasted text is larger than 20 MB. Upload it as a file.", place="text")
        start = text.lstrip("\ufeff \t\r\n")[:1]
        format = format or ("json" if start == "[" else "jsonl" if start == "{" else "text")
        token, target = self.uploads.begin(project_id, "pasted.txt", None)
        target.write_text(text, encoding="utf-8", newline="")
        return token, format

    def preview(self, project: Project, args: ImportArgs) -> Preview:
        """Read the beginning of the source without storing anything."""
        parts, folder = self._parts(project, args, f"preview-{time.time_ns():x}")
        try:
            seen = look(self._ws.registry, project, parts[0], args.options, folder)
            total = sum(_size(part.path) for part in parts)
            rows = [_shown(seen.columns, r.data, r.files) for r in seen.rows[:SAMPLE]]
            used = mapping.completed(args.mapping, seen.mapping)
            offered = offers(project.spec, self._ws.registry.task_types.all(), seen.answers, used.labels)
            return Preview(
                parts[0].format, seen.columns, rows, seen.bad[:SAMPLE], used, total, total_of(parts), seen.is_export, offered
            )  # fmt: skip
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def submit(self, project: Project, args: ImportArgs, user_id: int | None) -> int:
        """Queue an import; the job's id. Raises NotFound or Invalid for what cannot be read at all."""
        if args.mapping is not None and args.mapping.fields:
            mapping.check(project.spec, args.mapping)
        self._parts(project, args, "check")
        return self._ws.jobs.submit("import", project.id, msgspec.to_builtins(args), user_id)

    def _parts(self, project: Project, args: ImportArgs, name: str) -> tuple[list[Part], Path]:
        """What to read, and where archives may be unpacked."""
        registry = self._ws.registry
        if args.format is not None:
            registry.formats.get(args.format)

        def fits(part: Part) -> bool:
            scratch = self._ws.path / "uploads" / f"look-{time.time_ns():x}"
            seen = look(registry, project, part, args.options, scratch, SAMPLE)
            shutil.rmtree(scratch, ignore_errors=True)
            return args.mapping is not None or seen.is_export or bool(seen.mapping.fields)

        if args.upload is not None:
            folder = self.uploads.folder(project.id, args.upload)
            files = self.uploads.files(project.id, args.upload)
            root = files[0] if len(files) == 1 and files[0].parent == folder / FILES else folder / FILES
            tree = root.is_file() and args.format == "folder"
            if not files:
                raise Invalid("The upload holds no file.", place="upload")
            if tree or (root.is_file() and args.format is None and root.suffix.lower() in _ALONE):
                root = folder / FILES
            return parts_of(registry, root, args.format, fits), folder / f"unpacked-{name}"
        if args.path is None:
            raise Invalid("Say what to import: an upload, a path on the server, or text.", place="body")
        root = Path(args.path).expanduser()
        if not root.is_absolute():
            raise Invalid(f'The path "{args.path}" must be absolute.', place="path")
        return parts_of(registry, root, args.format, fits), self._ws.path / "uploads" / f"unpacked-{name}"

    def _run(self, job: JobRun) -> dict[str, Any]:
        args = msgspec.convert(job.args, ImportArgs)
        project = self._ws.projects.get(job.project_id)
        parts, folder = self._parts(project, args, f"job-{job.id}")
        tally = msgspec.convert(job.cursor, Tally) if job.cursor else Tally()
        job.advance(tally.rows, total_of(parts))
        for number in range(tally.part, len(parts)):
            if number > tally.part:
                tally = msgspec.structs.replace(tally, part=number, line=0)
            tally = _Pass(self._ws, job, project, args, parts[number], folder, tally).run()
            if job.should_stop():
                return self._result(job, tally)
        job.advance(tally.rows, tally.rows)
        shutil.rmtree(folder, ignore_errors=True)
        if args.upload is not None:
            self.uploads.remove(project.id, args.upload)
        return self._result(job, tally)

    def _result(self, job: JobRun, tally: Tally) -> dict[str, Any]:
        refused = self._ws.db.read(lambda c: ImportsSql(c).refused(job.id, SHOWN_BAD))
        counts: dict[str, Any] = msgspec.to_builtins(tally)
        return {k: counts[k] for k in ("rows", "added", "repeated", "equal", "labels", "bad")} | {
            "bad_rows": msgspec.to_builtins(refused)
        }


_ALONE = {
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif",
    ".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".weba",
    ".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".ogv", ".mpg", ".mpeg", ".ts", ".flv", ".pdf",
}  # fmt: skip
"""A single file that is no table but an item: read as a folder of one."""


class _Pass:
    """The import of one part."""

    def __init__(
        self, workspace: Workspace, job: JobRun, project: Project, args: ImportArgs, part: Part, folder: Path, tally: Tally
    ) -> None:
        self._ws, self._job, self._project, self._args = workspace, job, project, args
        self._part, self._folder, self._tally = part, folder, tally
        self._secret = workspace.db.read(lambda c: ItemsSql(c).secret(project.id))
        self._size = _FIRST

    def run(self) -> Tally:
        """Read, convert and store to the end, or until the job should stop; how far it came."""
        conversion = self._conversion()
        size, since, begun = 0, 0, time.monotonic()
        waiting: list[Waiting] = []
        refused: list[Refusal] = []
        line = self._tally.line
        for row in self._records():
            since += 1
            line = row.line
            if isinstance(row, BadRow):
                refused.append(Refusal(row.line, row.source, row.reason, row.raw))
            else:
                try:
                    item, wrong = conversion.item(row)
                    waiting.append(item)
                    refused += wrong
                    size += len(item.data) if isinstance(item, ingest.NewItem) else 200
                except InvalidValue as error:
                    refused.append(Refusal(row.line, row.source, error.message, _raw(row.data)))
            if since >= self._size or size > _STEP_BYTES or time.monotonic() - begun > _WAIT_SECONDS:
                self._store(waiting, refused, line, since)
                waiting, refused, size, since, begun = [], [], 0, 0, time.monotonic()
                if self._job.should_stop():
                    return self._tally
        self._store(waiting, refused, line, since)
        return self._tally

    def _conversion(self) -> Conversion:
        args = self._args
        used = args.mapping
        if used is None or not used.fields:
            seen = look(self._ws.registry, self._project, self._part, args.options, self._folder)
            used = mapping.completed(args.mapping, seen.mapping)
            if not seen.is_export and seen.rows:
                mapping.check(self._project.spec, used, seen.columns)
        own = args.upload is not None or self._part.format in ("zip", "parquet") or self._part.path.suffix.lower() == ".zip"
        return Conversion(
            self._project, self._ws.task_types, self._ws.data.media, self._ws.data.documents, self._part, used,
            copy=args.copy or own, move=own,
        )  # fmt: skip

    def _records(self) -> Iterator[Any]:
        return records(self._ws.registry, self._part, self._tally.line, self._args.options, self._folder)

    def _store(self, waiting: list[Waiting], refused: list[Refusal], line: int, rows: int) -> None:
        if not rows:
            return
        tally, job = self._tally, self._job

        def write(c: Connection) -> tuple[Tally, float]:
            start = time.perf_counter()
            items = [one if isinstance(one, ingest.NewItem) else one(c) for one in waiting]
            done = ingest.store(ItemsSql(c), self._project, self._secret, job.id, items, self._ws.clock())
            ImportsSql(c).refuse(job.id, [*refused, *done.bad])
            after = _after(tally, done, line, rows, len(refused))
            job.advance(after.rows, conn=c, cursor=msgspec.to_builtins(after))
            return after, time.perf_counter() - start

        self._tally, took = self._ws.db.write(write, BACKGROUND)
        if rows >= self._size or took > _STEP_SECONDS:
            factor = 2 if took < _STEP_SECONDS / 2 else 0.5 if took > _STEP_SECONDS else 1
            self._size = max(_LEAST, min(_MOST, int(self._size * factor)))
        self._ws.data.changed(self._project.id)


def _after(tally: Tally, done: Intake, line: int, rows: int, refused: int) -> Tally:
    return Tally(
        tally.part, line, tally.rows + rows, tally.added + done.added, tally.repeated + done.repeated,
        tally.equal + done.equal, tally.labels + done.labels, tally.bad + refused + len(done.bad),
    )  # fmt: skip


def _raw(data: dict[str, Any]) -> str:
    try:
        return msgspec.json.encode(data).decode()[:300]
    except (ValueError, TypeError):
        return str(data)[:300]


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(p.lstat().st_size for p in path.rglob("*") if p.is_file() and not p.is_symlink())


def _shown(columns: list[str], data: dict[str, Any], files: dict[str, str]) -> dict[str, Any]:
    """A row for the preview: entries of objects as columns too, long texts cut, files by their name only."""
    cells = ((c, mapping.cell(data, c)) for c in columns)
    cut: dict[str, Any] = {c: v[:500] if isinstance(v, str) else v for c, v in cells if c in data or v is not None}
    return cut | {column: Path(path).name for column, path in files.items()}

"""A project on a server: data in, labels out, and everything between."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from milo.domain.people import Role
from milo.domain.project import ProjectSpec
from milo.sdk.aside import SetsAside
from milo.sdk.budgets import RoleUse
from milo.sdk.duplicates import Duplicates
from milo.sdk.http import Http
from milo.sdk.jobs import Job, Progress
from milo.sdk.judges import Judged
from milo.sdk.models import Model
from milo.sdk.predicting import How, OnPredicted, OwnPredictor, Predicted, run_function
from milo.sdk.quality import Quality
from milo.sdk.review import Review
from milo.sdk.runs import Run
from milo.sdk.shapes import Added, Counts, ExportReport, JobInfo, Member, ModelInfo, ProjectInfo, Row, RowPage, RunInfo
from milo.sdk.studies import Design, Study, StudyInfo
from milo.sdk.work import WorkItem, WorkShape

T = TypeVar("T")
_PAGE = 200
_BLOCK = 1 << 20


class Project(Judged, SetsAside):
    """One project. `info` is its state when last asked; `refresh` asks again.

    >>> project = client.create_project(recipe="text_classification", name="Tickets")   # doctest: +SKIP
    >>> project.import_file("tickets.csv")                                              # doctest: +SKIP
    >>> project.export("labels.jsonl")                                                  # doctest: +SKIP
    """

    def __init__(self, http: Http, info: ProjectInfo) -> None:
        self._http, self.info = http, info
        self._at = f"/projects/{info.id}"

    @property
    def id(self) -> int:
        """Its id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.spec.name

    @property
    def spec(self) -> ProjectSpec:
        """Its fields, questions, guidelines and policy."""
        return self.info.spec

    def refresh(self) -> Project:
        """Ask for its present state."""
        self.info = self._http.get(self._at, ProjectInfo)
        return self

    def status(self) -> Counts:
        """How far it is."""
        return self.refresh().info.counts

    def change(self, **changes: Any) -> Project:
        """Change any part of the spec, or `archived`: `project.change(guidelines="...")`."""
        self.info = self._http.call("PATCH", self._at, ProjectInfo, changes)
        return self

    def delete(self) -> None:
        """Remove it with everything in it, for good."""
        self._http.send("DELETE", self._at)

    def budgets(self) -> list[RoleUse]:
        """What the assistant, answers made to be compared and judges took, and may take. Set in `spec.policy.budgets`."""
        return self._http.get(f"{self._at}/budgets", list[RoleUse])

    def to_file(self, format: str = "yaml") -> str:
        """The project as code: `yaml` or `json`."""
        return self._http.send("GET", f"{self._at}/file", query={"format": format}).text

    def import_file(
        self,
        path: str | Path,
        *,
        format: str | None = None,
        mapping: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        wait: bool = True,
        on_progress: Progress | None = None,
    ) -> Job:
        """Upload a file or folder and import it. With `wait`, returns when it is in; the job's result tells what was added.

        A second import of the same file adds nothing. Raises JobFailed.
        """
        upload: str | None = None
        source = Path(path)
        for file, name in _files(source):
            reply = self._http.send(
                "POST", f"{self._at}/uploads", query={"name": name, "upload": upload}, content=_blocks(file)
            )
            upload = str(msgspec.json.decode(reply.content)["upload"])
        body = {"upload": upload, "format": format, "mapping": mapping, "options": options or {}, "copy": True}
        return self._import(body, wait, on_progress)

    def import_path(
        self,
        path: str | Path,
        *,
        format: str | None = None,
        mapping: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        copy: bool = False,
        wait: bool = True,
        on_progress: Progress | None = None,
    ) -> Job:
        """Import a file or folder on the server's own disk, for the workspace's owner. Images stay where they are unless
        `copy`."""
        body = {"path": str(path), "format": format, "mapping": mapping, "options": options or {}, "copy": copy}
        return self._import(body, wait, on_progress)

    def import_rows(self, rows: Iterable[Mapping[str, Any]], *, chunk: int = 1000) -> Added:
        """Add items from anything that yields dictionaries, in constant memory.

        A row is `{"data": {...}, "key": ..., "meta": {...}}`, or flat: the project's fields by name, `key`, and the rest as
        metadata. Rows that were added before are counted as repeated.
        """
        names = {f.name for f in self.spec.fields}
        total = Added()
        for part in _chunks(rows, chunk):
            done = self._http.call("POST", f"{self._at}/items", Added, [_row(one, names) for one in part], repeatable=True)
            total = _sum(total, done)
        return total

    def items(self, **filters: Any) -> Iterator[Row]:
        """The items that match, page by page.

        Filters: `q` (words), `status`, `label` ("question:label"), `author`, `suggested`, `min_score`, `max_score`, `flagged`,
        `has`, `sort`; metadata as `**{"meta.language": "en"}`.
        """
        offset = 0
        while True:
            page = self._http.get(f"{self._at}/items", RowPage, {**filters, "offset": offset, "limit": _PAGE})
            yield from page.rows
            offset += len(page.rows)
            if not page.rows or offset >= page.total:
                return

    def count(self, **filters: Any) -> int:
        """How many items match; the filters of `items`."""
        return self._http.get(f"{self._at}/items", RowPage, {**filters, "limit": 1}).total

    def item(self, item_id: int) -> dict[str, Any]:
        """An item in full, with its annotations, comments and history."""
        return self._http.get(f"{self._at}/items/{item_id}", dict[str, Any])

    def flag(self, item_id: int, flagged: bool = True, *, text: str = "") -> None:
        """Mark an item for attention, with a comment if one is given, or take the mark off."""
        self._http.call("POST", f"{self._at}/items/{item_id}/flag", dict[str, Any], {"flagged": flagged, "text": text})

    def export(
        self,
        path: str | Path | None = None,
        *,
        format: str | None = None,
        what: str = "resolved",
        options: Mapping[str, str] | None = None,
        on_bytes: Any = None,
        **filters: Any,
    ) -> Iterator[dict[str, Any]]:
        """Labels out. With `path`, write a file (its suffix names the format) and yield nothing; without, yield rows.

        `what`: "resolved" for one label per question, "everything" for every annotation with its provenance. `options` are
        the format's own.
        """
        if path is not None:
            kind = format or Path(path).suffix.lstrip(".").lower() or "jsonl"
            self._download(Path(path), {**filters, "format": kind, "what": what, "option": _options(options)}, on_bytes)
            return iter(())
        return self._rows({**filters, "format": "jsonl", "what": what})

    def export_report(
        self, format: str, *, what: str = "resolved", options: Mapping[str, str] | None = None, **filters: Any
    ) -> ExportReport:
        """What an export in this format would leave out."""
        query = {**filters, "format": format, "what": what, "option": _options(options)}
        return self._http.get(f"{self._at}/export/report", ExportReport, query)

    def add_suggestions(self, rows: Iterable[Mapping[str, Any]], *, name: str, version: int = 1, chunk: int = 1000) -> Added:
        """Store a model's predictions as suggestions: rows of `item_id`, `question`, `value`, `score`, `reason`."""
        total = Added()
        for part in _chunks(rows, chunk):
            query = {"name": name, "version": version}
            done = self._http.call("POST", f"{self._at}/suggestions", Added, [dict(r) for r in part], query=query)
            total = _sum(total, done)
        return total

    def predict(
        self, model: OwnPredictor, *, live: bool = False, retry: bool = False, everything: bool = False,
        limit: int | None = None, workers: int = 1, every: float = 2.0, on_progress: OnPredicted | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Predicted:  # fmt: skip
        """Let a function of yours (`milo.predictor`) answer in this process; what it says becomes suggestions. It goes on where
        it was; blind items are never given to it.

        `live`: wait for new items, looking every `every` seconds, until Ctrl-C; `retry`: ask again what failed; `everything`:
        done items too; `limit`: at most so many items; `workers`: so many calls at once.
        """
        how = How(live, retry, everything, limit, workers, every)
        return run_function(self._http, self.id, model, how, on_progress, should_stop)

    def work(self, *, ahead: int = 5, source: str | None = None) -> Iterator[WorkItem]:
        """Items lent to the caller, one after the other, until there are none. Each must be submitted or skipped."""
        while True:
            batch = self.queue(ahead, source=source)
            if not batch:
                return
            yield from batch

    def queue(self, n: int = 5, *, source: str | None = None) -> list[WorkItem]:
        """Up to `n` items lent to the caller for some time."""
        shapes = self._http.get(f"{self._at}/queue", list[WorkShape], {"n": n, "source": source})
        return [WorkItem(self._http, self.id, self.info.schema_version, one) for one in shapes]

    def open(self, item_id: int) -> WorkItem:
        """One chosen item, lent to the caller."""
        shape = self._http.get(f"{self._at}/items/{item_id}/work", WorkShape)
        return WorkItem(self._http, self.id, self.info.schema_version, shape)

    def accept(
        self, question: str, min_score: float, *, source: str | None = None, promise: str | None = None, target: float = 0.05,
        right_at: float = 1.0, dry_run: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Accept every suggestion of at least `min_score`; with `dry_run`, only count them. `promise`: "total", "among" or
        "expected" errors of at most `target`, and an error if that cannot be promised; without it nothing is promised."""
        wish = None if promise is None else {"promise": promise, "target": target, "right_at": right_at}
        body = {
            "op_id": str(uuid.uuid4()), "question": question, "source": source, "min_score": min_score, "promise": wish,
            "dry_run": dry_run,
        }  # fmt: skip
        return self._http.call("POST", f"{self._at}/bulk/accept", dict[str, Any], body, repeatable=True)

    def guarantee(
        self, question: str, *, source: str | None = None, promise: str = "total", target: float = 0.05, right_at: float = 1.0,
        slice: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """What may be accepted unseen, and what is promised then; a look on record. As the server's route gives it."""
        wish = {"promise": promise, "target": target, "right_at": right_at}
        body = {"question": question, "source": source, "wish": wish, "slice": slice}
        return self._http.call("POST", f"{self._at}/guarantee", dict[str, Any], body)

    def ask_blind(self, question: str, n: int, *, source: str | None = None) -> int:
        """Draw open items at random to be answered blind, next; how many were drawn."""
        body = {"question": question, "source": source, "n": n}
        return self._http.call("POST", f"{self._at}/guarantee/ask", dict[str, int], body)["drawn"]

    def permissions(self) -> list[dict[str, Any]]:
        """The promises that suggestions were accepted under: in force, lapsed and why, or taken back."""
        return self._http.get(f"{self._at}/permissions", list[dict[str, Any]])

    def totals(self, question: str, *, source: str | None = None, by: str | None = None, level: float = 0.95) -> dict[str, Any]:
        """Shares, means, differences and the quality of a model over all items, with intervals; `by`: a key of the metadata."""
        query = {"question": question, "source": source, "by": by, "level": level}
        return self._http.get(f"{self._at}/totals", dict[str, Any], query)

    def undo(self, bulk_id: int) -> dict[str, Any]:
        """Undo a bulk action as one."""
        return self._http.call("POST", f"{self._at}/bulk/{bulk_id}/undo", dict[str, Any])

    def models(self) -> list[Model]:
        """The models of the project."""
        return [Model(self._http, self.id, one) for one in self._http.get(f"{self._at}/models", list[ModelInfo])]

    def model(self, name: str) -> Model:
        """The model of that name. Raises KeyError."""
        found = {one.name: one for one in self.models()}
        if name not in found:
            raise KeyError(f'There is no model "{name}" in "{self.name}". Models: {", ".join(found) or "none"}.')
        return found[name]

    def run(self, run_id: int) -> Run:
        """A run of a connected model."""
        return Run(self._http, self.id, self._http.get(f"{self._at}/runs/{run_id}/progress", RunInfo))

    def add_model(self, plugin: str, question: str, *, name: str | None = None, config: dict[str, Any] | None = None) -> Model:
        """Set up a model."""
        body = {"plugin": plugin, "question": question, "name": name or f"{plugin}_{question}", "config": config or {}}
        return Model(self._http, self.id, self._http.call("POST", f"{self._at}/models", ModelInfo, body))

    def studies(self) -> list[Study]:
        """Studies of assistance, newest first."""
        return [Study(self._http, self.id, info) for info in self._http.get(f"{self._at}/studies", list[StudyInfo])]

    def add_study(self, design: Design) -> Study:
        """Store a design as a draft; `freeze` opens it."""
        return Study(self._http, self.id, self._http.call("POST", f"{self._at}/studies", StudyInfo, design))

    def rehearse_study(self, design: Design, people: int = 8, runs: int = 200, **more: Any) -> dict[str, Any]:
        """Run a study many times with simulated people; `more`: `crowd`, `work` and `seed`, as the API has them."""
        body = {"design": design, "people": people, "runs": runs, **more}
        return self._http.call("POST", f"{self._at}/studies/rehearse", dict[str, Any], body)

    @property
    def review(self) -> Review:
        """What waits for a reviewer; resolving of several answers."""
        return Review(self._http, self.id)

    @property
    def quality(self) -> Quality:
        """How far people agree, how good they are, gold and likely errors."""
        return Quality(self._http, self.id)

    @property
    def duplicates(self) -> Duplicates:
        """Items that are nearly the same."""
        return Duplicates(self._http, self.id)

    def members(self) -> list[Member]:
        """Who belongs to it."""
        return self._http.get(f"{self._at}/members", list[Member])

    def add_member(self, user_id: int, role: Role) -> Member:
        """Make somebody a member, or change their role."""
        return self._http.call("PUT", f"{self._at}/members/{user_id}", Member, {"role": role})

    def drop_member(self, user_id: int) -> None:
        """End a membership."""
        self._http.send("DELETE", f"{self._at}/members/{user_id}")

    def jobs(self) -> list[Job]:
        """Its background jobs, newest first."""
        return [Job(self._http, one) for one in self._http.get("/jobs", list[JobInfo], {"project": self.id})]

    def _import(self, body: dict[str, Any], wait: bool, on_progress: Progress | None) -> Job:
        job = Job(self._http, self._http.call("POST", f"{self._at}/import", JobInfo, body))
        if wait:
            job.wait(on_progress)
        return job

    def _download(self, path: Path, query: dict[str, Any], on_bytes: Any) -> None:
        part = path.with_name(path.name + ".part")
        with self._http.stream(f"{self._at}/export", query) as response, part.open("wb") as out:
            for block in response.iter_bytes(_BLOCK):
                out.write(block)
                if on_bytes is not None:
                    on_bytes(len(block))
        part.replace(path)

    def _rows(self, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        with self._http.stream(f"{self._at}/export", query) as response:
            for line in response.iter_lines():
                if line:
                    yield msgspec.json.decode(line)


def _files(source: Path) -> Iterator[tuple[Path, str]]:
    if not source.is_dir():
        yield source, source.name
        return
    for file in sorted(source.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file, file.relative_to(source.parent).as_posix()


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block


def _options(options: Mapping[str, str] | None) -> str | None:
    return ",".join(f"{name}:{value}" for name, value in (options or {}).items()) or None


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(rows)
    while part := list(islice(source, size)):
        yield part


def _sum(a: Added, b: Added) -> Added:
    return Added(a.added + b.added, a.repeated + b.repeated, a.withheld + b.withheld, a.bad + b.bad, a.ids + b.ids)


def _row(given: Mapping[str, Any], fields: set[str]) -> dict[str, Any]:
    if isinstance(given.get("data"), Mapping) and "data" not in fields:
        return dict(given)
    key = given.get("key") if "key" not in fields else None
    data = {name: value for name, value in given.items() if name in fields}
    meta = {name: value for name, value in given.items() if name not in fields and (name != "key" or "key" in fields)}
    return {"data": data, "meta": meta, **({"key": str(key)} if key is not None else {})}

"""EXPORT: the labels of every item on their way out, with where they come from, in constant memory.

Resolved: one value a question - gold before a resolution before the answers, which the task type merges if there are
several - with how sure it is, how many answers it rests on and, of labels, how likely each is. Everything: each
annotation on record as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow.browse import STATUSES
from milo.flow.ports.items import Ids
from milo.flow.ports.work import ASIDE
from milo.flow.resolve import MERGE, mean_agreement
from milo.kinds.format import ExportRow
from milo.kinds.task_type import TaskType

_RANK = {"gold": 0, "resolution": 1, "answer": 2}
_decode = msgspec.json.decode


class Stored(msgspec.Struct, frozen=True, gc=False):
    """An item as it lies in the store; `data` and `meta` are JSON."""

    id: int
    key: str | None
    status: int
    data: str
    meta: str | None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """An annotation as it lies in the store; `value`, `shown` and `origin` are JSON."""

    item_id: int
    question: str
    role: str
    author_kind: str
    author: str | None
    model: str | None
    version: int | None
    value: str
    score: float | None
    reason: str | None
    basis: str
    shown: str | None
    created_at: float
    duration: float | None
    live: int
    origin: str | None


class ExportPort(Protocol):
    """Reads pages of a project."""

    def page(self, after: int, limit: int) -> list[Stored]:
        """Items with a higher id than `after`, by id."""
        ...

    def these(self, items: list[int]) -> list[Stored]:
        """These items, by id."""
        ...

    def answers(self, items: list[int], *, everything: bool) -> list[Answer]:
        """The annotations of these items (sorted), by item: live ones that are no suggestions, or all."""
        ...

    def media_hashes(self, media: list[int]) -> dict[int, str]:
        """SHA-256 of files, by id."""
        ...


Reading = Callable[[Callable[[ExportPort], "Page"]], "Page"]
"""Runs a look at the store on a connection of its own."""


class Page(msgspec.Struct, frozen=True):
    """What was read for some items."""

    items: list[Stored]
    answers: list[Answer]
    hashes: dict[int, str]


def pages(read: Reading, wanted: Ids | None, size: int, *, everything: bool, media: tuple[str, ...]) -> Iterator[Page]:
    """All items, or those wanted (sorted ids), page by page. `read(fn)` runs `fn(port)` on a connection."""
    after, at = 0, 0
    while True:
        if wanted is None:
            page = read(_look(after, size, None, everything, media))
        else:
            ids: list[int] = wanted[at : at + size].tolist()
            page = read(_look(0, size, ids, everything, media))
            at += size
        if not page.items:
            if wanted is None or at >= wanted.size:
                return
            continue
        yield page
        after = page.items[-1].id


def _look(
    after: int, size: int, ids: list[int] | None, everything: bool, media: tuple[str, ...]
) -> Callable[[ExportPort], Page]:
    def look(port: ExportPort) -> Page:
        items = port.page(after, size) if ids is None else port.these(ids) if ids else []
        return _page(port, items, everything, media)

    return look


def _page(port: ExportPort, items: list[Stored], everything: bool, media: tuple[str, ...]) -> Page:
    if not items:
        return Page([], [], {})
    answers = port.answers([i.id for i in items], everything=everything)
    return Page(items, answers, port.media_hashes(_media_in(items, media)) if media else {})


def _media_in(items: list[Stored], fields: tuple[str, ...]) -> list[int]:
    found: set[int] = set()
    for item in items:
        data = _decode(item.data)
        for name in fields:
            value = data.get(name)
            if isinstance(value, dict) and isinstance(value.get("media"), int):
                found.add(value["media"])
    return sorted(found)


def without_aside(page: Page) -> Page:
    """The page without items that are set aside."""
    items = [item for item in page.items if item.status != ASIDE]
    return page if len(items) == len(page.items) else msgspec.structs.replace(page, items=items)


class Resolving:
    """Makes the rows of an export."""

    def __init__(self, project: Project, task_types: Mapping[str, TaskType], *, everything: bool) -> None:
        self._questions: dict[str, tuple[Question, TaskType]] = {
            q.name: (q, task_types[q.type]) for q in project.spec.questions if q.type in task_types
        }
        self._everything = everything

    def rows(self, pages: Iterable[Page]) -> Iterator[ExportRow]:
        """One row an item."""
        for page in pages:
            by_item: dict[int, list[Answer]] = {}
            for answer in page.answers:
                by_item.setdefault(answer.item_id, []).append(answer)
            for item in page.items:
                yield self._row(item, by_item.get(item.id, ()), page.hashes)

    def _row(self, item: Stored, answers: Iterable[Answer], hashes: dict[int, str]) -> ExportRow:
        labels: dict[str, Any] = {}
        provenance: dict[str, Any] = {}
        if answers:
            for question, group in _grouped(answers).items():
                labels[question], provenance[question] = self._resolved(question, group)
        data = _decode(item.data)
        if hashes:
            _name_hashes(data, hashes)
        return ExportRow(
            item.id, item.key, data, _decode(item.meta) if item.meta else {}, STATUSES[item.status], labels, provenance,
            [record(a) for a in answers] if self._everything else [],
        )  # fmt: skip

    def _resolved(self, question: str, group: list[Answer]) -> tuple[Any, dict[str, Any]]:
        given = [a for a in group if a.role == "answer"]
        group = [a for a in group if not _stale(a, given)]
        best = min(_RANK[a.role] for a in group)
        top = [a for a in group if _RANK[a.role] == best]
        if best < _RANK["answer"] or len(top) == 1 or question not in self._questions:
            return _decode(top[-1].value), _decided(top[-1], given)
        asked, task = self._questions[question]
        values = [_decode(a.value) for a in top]
        told = {
            "role": "resolution", "author_kind": "model", "author": MERGE, "authors": [a.author or "" for a in top],
            "score": round(mean_agreement(asked, task, values), 4), "answers": len(top),
            "created_at": max(a.created_at for a in top),
        }  # fmt: skip
        soft = _shares(task, asked, values)
        return task.merge(asked, values), told | ({"soft": soft} if soft else {})


def _stale(a: Answer, given: list[Answer]) -> bool:
    """Whether a resolution that was worked out is older than an answer that it should rest on; then it is left out."""
    return a.role == "resolution" and a.author_kind == "model" and any(g.created_at > a.created_at for g in given)


def _decided(a: Answer, given: list[Answer]) -> dict[str, Any]:
    """Where a decided value comes from; of a resolution also how many answers it rests on and how likely each label is."""
    known = origin_of(a)
    if a.role == "resolution" and (a.author or "").startswith(f"{MERGE}:"):
        origin = known.pop("origin", {})
        known |= {part: origin[part] for part in ("answers", "soft") if part in origin}
    if a.role in ("gold", "resolution") and given:
        known["authors"] = [g.author or "" for g in given]
        known.setdefault("answers", len(given))
    return known


def _shares(task: TaskType, question: Question, values: list[Any]) -> dict[str, float]:
    """The share of the answers behind each label, where answers are labels."""
    if task.shape not in ("label", "labels", "number"):
        return {}
    labels = [task.summary(question, value) if task.shape == "labels" else [str(value)] for value in values]
    counts = Counter(label for own in labels for label in dict.fromkeys(own))
    return {label: round(n / len(values), 4) for label, n in sorted(counts.items())}


def _grouped(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """What decides, by question: live, and no suggestion."""
    out: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.live and answer.role in _RANK and answer.basis != "planted":
            out.setdefault(answer.question, []).append(answer)
    return out


def origin_of(a: Answer) -> dict[str, Any]:
    """Where an annotation comes from, as it is written beside its value; what is not known is left out."""
    known: dict[str, Any] = {"role": a.role, "author": a.author, "author_kind": a.author_kind, "basis": a.basis}
    if a.model is not None:
        known |= {"model": a.model, "version": a.version}
    if a.shown is not None:
        known["shown"] = _decode(a.shown)
    if a.origin is not None:
        known["origin"] = _decode(a.origin)
    if not a.live:
        known["live"] = False
    known |= {"score": a.score, "reason": a.reason, "created_at": a.created_at, "duration": a.duration}
    return {name: value for name, value in known.items() if value is not None}


def record(a: Answer) -> dict[str, Any]:
    """An annotation in full."""
    return {"question": a.question, **origin_of(a), "value": _decode(a.value)}


def _name_hashes(data: dict[str, Any], hashes: dict[int, str]) -> None:
    for value in data.values():
        if isinstance(value, dict) and value.get("media") in hashes:
            value["sha256"] = hashes[value["media"]]

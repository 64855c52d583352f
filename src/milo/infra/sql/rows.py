"""The SQL of what the data page shows: the rows of a page, one item in full, and counts by label, author and metadata."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from milo.domain.project import Project
from milo.flow.browse import STATUSES
from milo.flow.labels import labels_in
from milo.infra.sql.ids import id_range, ord_of, project_of
from milo.kinds.task_type import TaskType

_decode = msgspec.json.decode
CUT = 300
META_SAMPLE = 50_000
TOP = 20
_LONGEST_FACET = 100


class TopSuggestion(msgspec.Struct):
    """The surest suggestion to the first question of an item that has one."""

    question: str
    value: Any
    score: float | None
    source: str


class GridRow(msgspec.Struct, kw_only=True):
    """An item in a list: long texts are cut (`cut`); `answers` are the labels given, by question: an empty list where the
    answer was that there is nothing to mark."""

    id: int
    project_id: int
    ord: int
    key: str | None
    data: dict[str, Any]
    meta: dict[str, Any]
    status: str
    flagged: bool
    cut: bool
    answers: dict[str, list[str]]
    n_answers: int
    suggestion: TopSuggestion | None
    similarity: float | None = None


class AnnotationView(msgspec.Struct):
    """One annotation on record, as a person may see it."""

    id: int
    item_id: int
    question: str
    role: str
    author_kind: str
    author: str
    value: Any
    score: float | None
    reason: str | None
    run_id: int | None
    basis: str
    shown: Any
    created_at: float
    schema_version: int
    duration: float | None
    live: bool
    version: int | None = None
    user_id: int | None = None


class EventView(msgspec.Struct):
    """Something that happened to an item."""

    id: int
    at: float
    kind: str
    user: str | None
    data: Any
    user_id: int | None = None


class RowsSql:
    """Reads of items for people who look at data."""

    def __init__(self, connection: sqlite3.Connection, project: Project, task_types: Mapping[str, TaskType]) -> None:
        self._c = connection
        self._questions = {q.name: (q, task_types[q.type]) for q in project.spec.questions if q.type in task_types}

    def rows(self, ids: list[int]) -> list[GridRow]:
        """The rows of these items, in this order."""
        if not ids:
            return []
        marks = ",".join("?" * len(ids))
        found = self._c.execute(
            "SELECT i.id, i.key, i.status, i.flagged, i.n_answers, c.data, c.meta FROM item i "
            f"JOIN content c ON c.item_id = i.id WHERE i.id IN ({marks})",
            ids,
        )
        answers, tops = self._answers(ids, marks), self._tops(ids, marks)
        by_id = {row[0]: _grid_row(row, answers.get(row[0], {}), tops.get(row[0])) for row in found}
        return [by_id[i] for i in ids if i in by_id]

    def _answers(self, ids: list[int], marks: str) -> dict[int, dict[str, list[str]]]:
        rows = self._c.execute(
            "SELECT item_id, question, value FROM annotation INDEXED BY ix_annotation_answer "
            f"WHERE role <> 'suggestion' AND live = 1 AND item_id IN ({marks}) ORDER BY id",
            ids,
        )
        out: dict[int, dict[str, list[str]]] = {}
        for item, question, value in rows:
            labels = out.setdefault(item, {}).setdefault(question, [])
            labels += [one for one in self._summary(question, value) if one not in labels]
        return out

    def _summary(self, question: str, value: str) -> list[str]:
        known = self._questions.get(question)
        if known is None:
            return [value[:100]]
        asked, task = known
        given = _decode(value)
        if given == []:
            return []
        plain = given if isinstance(given, str) else value
        return [one[:200] for one in task.summary(asked, given)] or [plain[:100]]

    def _tops(self, ids: list[int], marks: str) -> dict[int, TopSuggestion]:
        """The surest suggestion of each item to its first question that has one."""
        places = {question: at for at, question in enumerate(self._questions)}
        rows = self._c.execute(
            "SELECT a.item_id, a.question, a.value, a.score, p.name FROM annotation a INDEXED BY ix_annotation_suggestion "
            "JOIN item i ON i.id = a.item_id AND i.blind = 0 JOIN run r ON r.id = a.run_id AND r.active = 1 "
            "JOIN predictor p ON p.id = a.predictor_id AND p.enabled = 1 "
            f"WHERE a.role = 'suggestion' AND a.live = 1 AND a.item_id IN ({marks})",
            ids,
        )
        best: dict[int, tuple[tuple[int, float], tuple[Any, ...]]] = {}
        for row in rows:
            rank = (-places.get(row[1], len(places)), -1.0 if row[3] is None else row[3])
            if row[0] not in best or rank > best[row[0]][0]:
                best[row[0]] = (rank, row)
        return {item: TopSuggestion(r[1], _decode(r[2]), r[3], r[4]) for item, (_, r) in best.items()}

    def standing(self, item_id: int, user_id: int) -> tuple[bool, bool] | None:
        """(is the item blind, has this person answered it), or None if there is no such item."""
        row = self._c.execute(
            "SELECT blind, EXISTS (SELECT 1 FROM assignment WHERE item_id = item.id AND user_id = ? AND state = 1) "
            "FROM item WHERE id = ?",
            (user_id, item_id),
        ).fetchone()
        return None if row is None else (bool(row[0]), bool(row[1]))

    def annotations(self, item_id: int) -> list[AnnotationView]:
        """Everything said of an item, oldest first, with suggestions of active runs only, and none if it is blind."""
        rows = self._c.execute(
            "SELECT a.id, a.item_id, a.question, a.role, a.author_kind, "
            "coalesce(u.login, p.name, json_extract(a.origin, '$.author'), json_extract(a.origin, '$.model'), ''), "
            "a.value, a.score, a.reason, a.run_id, a.basis, a.shown, a.created_at, a.schema_version, a.duration, a.live, "
            "r.version, a.user_id FROM annotation a JOIN item i ON i.id = a.item_id LEFT JOIN user u ON u.id = a.user_id "
            "LEFT JOIN predictor p ON p.id = a.predictor_id LEFT JOIN run r ON r.id = a.run_id WHERE a.item_id = ? "
            "AND (a.role <> 'suggestion' OR (i.blind = 0 AND a.live = 1 AND r.active = 1 AND p.enabled = 1)) "
            "AND NOT (i.blind = 1 AND a.basis = 'bulk') ORDER BY a.id",
            (item_id,),
        )
        return [_annotation(row) for row in rows]

    def history(self, item_id: int) -> list[EventView]:
        """What happened to an item, oldest first."""
        rows = self._c.execute(
            "SELECT e.id, e.at, e.kind, u.login, e.data, e.user_id FROM event e LEFT JOIN user u ON u.id = e.user_id "
            "WHERE e.item_id = ? ORDER BY e.id LIMIT 1000",
            (item_id,),
        )
        return [_event(row) for row in rows]


def _annotation(row: tuple[Any, ...]) -> AnnotationView:
    values = list(row)
    values[6], values[11], values[15] = _decode(row[6]), row[11] and _decode(row[11]), bool(row[15])
    return AnnotationView(*values)


def _event(row: tuple[Any, ...]) -> EventView:
    values = list(row)
    values[4] = row[4] and _decode(row[4])
    return EventView(*values)


class Facets(msgspec.Struct):
    """Counts over all items of a project. `meta` is counted on `meta_items` items spread over the project."""

    status: dict[str, int]
    labels: dict[str, dict[str, int]]
    authors: dict[str, int]
    meta: dict[str, dict[str, int]]
    meta_items: int


class FacetsSql:
    """Counts for the filter bar."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c, self._project = connection, project_id
        self._range = id_range(project_id)

    def all(self) -> Facets:
        """All counts."""
        meta, counted = self._meta()
        return Facets(self._status(), self._labels(), self._authors(), meta, counted)

    def _status(self) -> dict[str, int]:
        row = self._c.execute(
            "SELECT new, open, done, skipped, aside, flagged FROM project_count WHERE project_id = ?", (self._project,)
        ).fetchone()
        return dict(zip((*STATUSES, "flagged"), row or (0,) * 6, strict=True))

    def _labels(self) -> dict[str, dict[str, int]]:
        rows = self._c.execute(
            "SELECT question, label, count(DISTINCT item_id) FROM annotation INDEXED BY ix_annotation_label "
            "WHERE role <> 'suggestion' AND live = 1 AND item_id >= ? AND item_id < ? AND label IS NOT NULL "
            "GROUP BY question, label",
            self._range,
        )
        out: dict[str, Counter[str]] = {}
        for question, text, n in rows:
            for name in labels_in(text):
                out.setdefault(question, Counter())[name[:_LONGEST_FACET]] += n
        return {question: dict(counts.most_common(1000)) for question, counts in out.items()}

    def _authors(self) -> dict[str, int]:
        people = self._c.execute(
            "SELECT u.login, count(DISTINCT a.item_id) FROM annotation a INDEXED BY ix_annotation_user "
            "JOIN user u ON u.id = a.user_id WHERE a.role <> 'suggestion' AND a.live = 1 "
            "AND a.item_id >= ? AND a.item_id < ? GROUP BY u.login",
            self._range,
        ).fetchall()
        models = self._c.execute(
            "SELECT p.name, count(*) FROM predictor p JOIN annotation a INDEXED BY ix_annotation_ranked "
            "ON a.predictor_id = p.id AND a.role = 'suggestion' WHERE p.project_id = ? AND p.enabled = 1 "
            "AND a.run_id IN (SELECT id FROM run WHERE project_id = ? AND active = 1) GROUP BY p.name",
            (self._project, self._project),
        ).fetchall()
        return dict(people) | dict(models)

    def _meta(self) -> tuple[dict[str, dict[str, int]], int]:
        """Counted over every k-th item, so that a million items take no longer than fifty thousand."""
        last = self._c.execute("SELECT next_ord - 1 FROM project WHERE id = ?", (self._project,)).fetchone()[0]
        step = max(1, last // META_SAMPLE)
        rows = self._c.execute(
            "SELECT meta FROM content WHERE item_id >= ? AND item_id < ? AND item_id % ? = 0", (*self._range, step)
        )
        counts: dict[str, Counter[str]] = {}
        seen = 0
        for (meta,) in rows:
            seen += 1
            for name, value in cast("dict[str, Any]", _decode(meta)).items() if meta else ():
                text = plain_text(value)
                if text is not None and len(text) <= _LONGEST_FACET:
                    counts.setdefault(name, Counter())[text] += 1
        few = sorted(counts, key=lambda n: (len(counts[n]), n))[:TOP]
        return {name: dict(counts[name].most_common(TOP)) for name in few}, seen


def plain_text(value: Any) -> str | None:
    """A metadata value as the filter spells it: a text as it is, numbers and truth values as in JSON; None for the rest."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, dict | list):
        return None
    return msgspec.json.encode(value).decode()


def _grid_row(row: tuple[Any, ...], answers: dict[str, list[str]], top: TopSuggestion | None) -> GridRow:
    data, cut_data = _cut(_decode(row[5]))
    meta, cut_meta = _cut(_decode(row[6]) if row[6] else {})
    return GridRow(
        id=row[0], project_id=project_of(row[0]), ord=ord_of(row[0]), key=row[1], data=data, meta=meta,
        status=STATUSES[row[2]], flagged=bool(row[3]), cut=cut_data or cut_meta, answers=answers, n_answers=row[4], suggestion=top,
    )  # fmt: skip


def _cut(values: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    out: dict[str, Any] = {}
    cut = False
    for name, value in values.items():
        if isinstance(value, str) and len(value) > CUT:
            out[name], cut = value[:CUT], True
        elif isinstance(value, list) and len(cast("list[Any]", value)) > 5:
            out[name], cut = cast("list[Any]", value)[:5], True
        else:
            out[name] = value
    return out, cut

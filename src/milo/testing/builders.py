"""Small builders of questions, items, projects and rows, with defaults that are valid.

Stands alone because every test of a plug-in begins by making these.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from milo.domain.item import Item
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.format import ExportContext, ExportRow, Source
from milo.kinds.task_type import TaskType


def make_question(type: str = "choice", config: dict[str, Any] | None = None, **other: Any) -> Question:
    """A question named "q" with the labels "yes" and "no" unless another config is given; `other` sets any field."""
    given = {"labels": ["yes", "no"]} if config is None else config
    parts: dict[str, Any] = {"name": "q", "type": type, "config": given, **other}
    return Question(**parts)


def make_item(data: dict[str, Any] | str = "some text", **other: Any) -> Item:
    """An item; a bare string is its field "text"; `other` sets any field."""
    content = {"text": data} if isinstance(data, str) else data
    parts: dict[str, Any] = {"id": 1, "project_id": 1, "ord": 1, "data": content, **other}
    return Item(**parts)


def make_spec(questions: Sequence[Question], fields: Sequence[Field] = (Field("text"),), **other: Any) -> ProjectSpec:
    """A project of these questions."""
    parts: dict[str, Any] = {"name": "test", "fields": tuple(fields), "questions": tuple(questions), **other}
    return ProjectSpec(**parts)


def make_context(spec: ProjectSpec, task_types: Sequence[TaskType], **other: Any) -> ExportContext:
    """What a writer is given: resolved labels only, unless `everything=True`."""
    by_name = {t.name: t for t in task_types}
    parts: dict[str, Any] = {"spec": spec, "everything": False, "task_types": by_name, **other}
    return ExportContext(**parts)


def make_export_row(labels: dict[str, Any] | None = None, data: dict[str, Any] | None = None, **other: Any) -> ExportRow:
    """An item on its way out."""
    content = {"text": "some text"} if data is None else data
    parts: dict[str, Any] = {"id": 1, "key": None, "meta": {}, "status": "done", "data": content, **other}
    return ExportRow(labels=labels or {}, **parts)


def make_source(path: Path, **options: Any) -> Source:
    """A source named after its file; the keyword `start` resumes after that line, all others are options of the format."""
    start = int(options.pop("start", 0))
    return Source(path, path.name, start, options)

"""Writes rows in formats of other tools and reads them back; real files of theirs where this machine has them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from contracts.task_cases import AWKWARD, LINKS, TEXT
from milo.domain.item import Item
from milo.domain.question import Question
from milo.flow.restore import Labels
from milo.kinds.format import BadRow, ExportRow, Row
from milo.kinds.registry import Registry
from milo.testing.builders import make_context, make_question, make_source, make_spec
from milo.testing.contracts import check_reader

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
FOREIGN = ("conll", "spacy", "doccano", "prodigy", "brat", "label_studio", "argilla")
SPANS = make_question("spans", {"labels": AWKWARD}, field="text")
GRAPH = make_question("relations", {"labels": AWKWARD, "relations": LINKS}, field="text")
PLAIN = make_question("spans", {"labels": ["PER", "LOC"]}, field="text")


def real(path: str) -> Path:
    found = REAL / path
    if not found.exists():
        pytest.skip(f"{found} is not on this machine")
    return found


class Desk:
    """Writes rows in a format and reads them back."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry, self.folder = registry, folder

    def check(self, question: Question, value: Any, text: str = TEXT) -> Any:
        return self.registry.task_types.get(question.type).check(question, value, Item(0, 0, 0, {"text": text}))

    def write(self, name: str, question: Question, rows: list[ExportRow], **more: Any) -> tuple[Path, list[str]]:
        context = make_context(make_spec([question]), self.registry.task_types.all(), **more)
        sink, plugin = io.BytesIO(), self.registry.formats.get(name)
        report = plugin.write(rows, sink, context)
        assert report.rows == len(rows)
        path = self.folder / f"out{plugin.suffixes[0]}"
        path.write_bytes(sink.getvalue())
        return path, report.lost

    def read(self, name: str, path: Path, **options: Any) -> list[Row | BadRow]:
        return check_reader(self.registry.formats.get(name), make_source(path, **options))

    def rows(self, name: str, path: Path, **options: Any) -> list[Row]:
        return [r for r in self.read(name, path, **options) if isinstance(r, Row)]


def value_of(row: Row, question: Question, desk: Desk) -> Any:
    if row.annotations:
        labels, wrong = Labels(make_spec([question]), {t.name: t for t in desk.registry.task_types.all()}).restored(
            row.annotations, {"text": row.data["text"]}
        )
        assert not wrong
        return json.loads(labels[0].value)
    found = row.data.get("graph", row.data.get("spans", []))
    return desk.check(question, found, row.data["text"])

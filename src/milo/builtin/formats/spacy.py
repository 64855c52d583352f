"""spaCy: documents as `Doc.to_json` writes them, and the pairs of text and entities of older training scripts.

Stands alone because spaCy has two places for marked text: `ents`, which never overlap, and groups of `spans`, which may.
Read: an array of documents, or of [text, {"entities": [[start, end, label]]}]; `ents` and all groups come together in the
column `spans`, the categories above a half in `labels` and all of them with their scores in `cats`. Written: an array of
documents; spans that overlap go to the group `sc`, categories are 1 or 0. Offsets are code points in spaCy as here. Binary
`.spacy` files are not read; `Doc.to_json` and `Doc.from_json` lead there and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, BinaryIO, cast

from milo.builtin.formats import _foreign as foreign
from milo.builtin.formats._elements import read_array, write_array
from milo.builtin.formats._stream import shown
from milo.domain.question import Question
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

GROUP = "sc"


class Spacy:
    """spaCy documents as JSON. Options: `encoding` to read, `question` to write."""

    name = "spacy"
    title = "spaCy JSON"
    suffixes: tuple[str, ...] = (".json",)
    media_type = "application/json"
    reads, writes, lossless, foreign = True, True, False, True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each document."""
        for number, element in read_array(source):
            if isinstance(element, BadRow):
                yield element
            else:
                yield _row(element, number, source)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One document an item."""
        question = foreign.asked(context, ("spans", "relations", "label", "labels"), "a question about spans or labels")
        losses = foreign.Losses()
        n = write_array((_document(row, question, context, losses) for row in rows), sink)
        return Report(n, losses.lines() + (["metadata and provenance"] if n else []))


def _row(element: Any, number: int, source: Source) -> Row | BadRow:
    if isinstance(element, list) and len(cast("list[Any]", element)) == 2:
        text, notes = cast("list[Any]", element)
        element = {"text": text, "ents": (notes or {}).get("entities"), "cats": (notes or {}).get("cats")}
    if not isinstance(element, dict) or not isinstance(element.get("text"), str):
        return BadRow(number, source.name, "a document needs a text", shown(repr(element)))
    document = cast("dict[str, Any]", element)
    groups = document.get("spans") if isinstance(document.get("spans"), dict) else {}
    marks = [*(document.get("ents") or []), *(m for group in cast("dict[str, Any]", groups).values() for m in group)]
    spans = [foreign.span_of(*_parts(mark)) for mark in marks]
    if any(span is None for span in spans):
        return BadRow(number, source.name, "an entity needs start, end and label", shown(repr(marks)))
    cats = cast("dict[str, Any]", document.get("cats") or {})
    data: dict[str, Any] = {"text": document["text"], "spans": spans}
    if cats:
        data |= {"labels": [label for label, score in cats.items() if float(score) > 0.5], "cats": cats}
    rest = {k: v for k, v in document.items() if k not in ("text", "ents", "spans", "cats", "tokens", "sents")}
    return Row(number, source.name, data | rest)


def _parts(mark: Any) -> tuple[Any, Any, Any]:
    if isinstance(mark, dict):
        one = cast("dict[str, Any]", mark)
        return one.get("start"), one.get("end"), one.get("label")
    many = cast("list[Any]", mark) if isinstance(mark, list) else []
    return (many[0], many[1], many[2]) if len(many) == 3 else (None, None, None)


def _document(row: ExportRow, question: Question, context: ExportContext, losses: foreign.Losses) -> dict[str, Any]:
    foreign.count_plain_losses(row, question, losses)
    text = foreign.text_of(row, question, context)
    if text is None:
        losses.add("items without a text, written as empty documents")
    document: dict[str, Any] = {"text": text or "", "ents": [], "tokens": []}
    if row.key is not None:
        document["key"] = row.key
    value = row.labels.get(question.name)
    if value is None:
        return document
    if context.task_types[question.type].shape in ("label", "labels"):
        given = cast("list[str]", value) if isinstance(value, list) else [value]
        known = [entry if isinstance(entry, str) else entry["value"] for entry in question.config.get("labels", [])]
        return document | {"cats": {label: float(label in given) for label in known}}
    spans, links = foreign.graph_of(value)
    if links:
        losses.add("relations", len(links))
    if any("entity" in span for span in spans):
        losses.add("links of spans to entries", sum("entity" in span for span in spans))
    marks = [{"start": s["start"], "end": s["end"], "label": s["label"]} for s in spans]
    return document | ({"spans": {GROUP: marks}} if _overlap(marks) else {"ents": marks})


def _overlap(marks: list[dict[str, Any]]) -> bool:
    return any(b["start"] < a["end"] for a, b in pairwise(marks))


PLUGIN = Spacy()

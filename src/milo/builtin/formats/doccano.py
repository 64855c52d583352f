"""doccano: JSON Lines with `text`, and labels as strings, as [start, end, label], or as entities with relations.

Stands alone because one member, `label`, means three things. Read into the columns `text`, `spans`, `graph` (spans with
relations, where there are any), `labels` (categories, or texts of translations and summaries) and `label` (where there is
only one); whatever else a record holds is a column under its own name. Options `text` and `labels` name the members if they
are called otherwise. Written: the first of the project's questions about relations, spans, labels, a label or a text, or the
one named by the option `question`. Offsets are code points in doccano as here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

from milo.builtin.formats import _foreign as foreign
from milo.builtin.formats._stream import shown
from milo.domain.question import Question
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_LABELS = ("label", "labels", "entities", "cats", "relations")
_SHAPES = ("relations", "spans", "labels", "label", "text")


class Doccano:
    """doccano JSON Lines. Options: `text`, `labels`, `encoding` to read, `question` to write."""

    name = "doccano"
    title = "doccano JSON Lines"
    suffixes: tuple[str, ...] = (".jsonl",)
    media_type = "application/x-ndjson"
    reads, writes, lossless, foreign = True, True, False, True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each line."""
        text, labels = str(source.options.get("text") or "text"), source.options.get("labels")
        for number, record in foreign.json_lines(source):
            if isinstance(record, BadRow):
                yield record
                continue
            given = dict(record)
            if text != "text" and text in given:
                given["text"] = given.pop(text)
            if labels and labels in given:
                given["label"] = given.pop(labels)
            yield _row(given, number, source)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One line an item."""
        question = foreign.asked(context, _SHAPES, "a question about relations, spans, labels or texts")
        counter, losses = _Counter(), foreign.Losses()
        foreign.write_lines((_record(row, question, context, counter, losses) for row in rows), sink)
        return Report(counter.rows, losses.lines() + (["keys and provenance"] if counter.rows else []))


class _Counter:
    """Running numbers, as doccano gives them."""

    def __init__(self) -> None:
        self.rows = self.spans = self.links = 0


def _row(record: dict[str, Any], number: int, source: Source) -> Row | BadRow:
    if not any(isinstance(record.get(name), str) for name in ("text", "filename")):
        return BadRow(number, source.name, "there is no text", shown(repr(record)))
    given = record.get("label", record.get("labels"))
    many = cast("list[Any]", given) if isinstance(given, list) else [] if given is None else [given]
    marks = [*(m for m in many if isinstance(m, list | dict)), *(record.get("entities") or [])]
    plain = [m for m in many if isinstance(m, str | int)] + list(record.get("cats") or [])
    spans = [_span(mark) for mark in marks]
    if any(span is None for span in spans):
        return BadRow(
            number, source.name, "a span needs [start, end, label], or start_offset, end_offset and label", shown(repr(marks))
        )
    data = {name: value for name, value in record.items() if name not in _LABELS}
    found = cast("list[dict[str, Any]]", spans)
    if marks or (isinstance(given, list) and not plain):
        data["spans"] = found
    if record.get("relations"):
        links = _links(record["relations"], {span.get("id") for span in found})
        if links is None:
            return BadRow(
                number,
                source.name,
                "a relation needs from_id, to_id and type, of entities of the record",
                shown(repr(record["relations"])),
            )
        data["graph"] = {"spans": found, "relations": links}
    if plain:
        data["labels"] = plain
        if len(plain) == 1:
            data["label"] = plain[0]
    return Row(number, source.name, data)


def _span(mark: Any) -> dict[str, Any] | None:
    if isinstance(mark, dict):
        one = cast("dict[str, Any]", mark)
        span = foreign.span_of(one.get("start_offset"), one.get("end_offset"), one.get("label"))
        return span | {"id": str(one["id"])} if span and one.get("id") is not None else span
    many = cast("list[Any]", mark)
    return foreign.span_of(*many) if len(many) == 3 else None


def _links(given: list[Any], ids: set[Any]) -> list[dict[str, Any]] | None:
    links: list[dict[str, Any]] = []
    for one in given:
        head, tail, label = (str(one.get(k)) for k in ("from_id", "to_id", "type"))
        if head not in ids or tail not in ids:
            return None
        links.append({"head": head, "tail": tail, "label": label})
    return links


def _record(
    row: ExportRow, question: Question, context: ExportContext, counter: _Counter, losses: foreign.Losses
) -> dict[str, Any]:
    counter.rows += 1
    foreign.count_plain_losses(row, question, losses)
    shape, value = context.task_types[question.type].shape, row.labels.get(question.name)
    record: dict[str, Any] = {"id": row.id, "text": foreign.text_of(row, question, context)}
    if record["text"] is None:
        losses.add("items without a text")
        record["text"] = ""
    record |= {name: v for name, v in row.meta.items() if name not in (*record, *_LABELS)}
    if shape == "relations":
        return record | _entities(value, counter) | {"Comments": []}
    if shape == "spans":
        if any("entity" in s for s in value or []):
            losses.add("links of spans to entries", sum("entity" in s for s in cast("list[Any]", value)))
        label: list[Any] = [[s["start"], s["end"], s["label"]] for s in cast("list[Any]", value or [])]
    else:
        label = [] if value is None else value if isinstance(value, list) else [value]
    return record | {"label": label, "Comments": []}


def _entities(value: Any, counter: _Counter) -> dict[str, Any]:
    spans, links = foreign.graph_of(value or {"spans": [], "relations": []})
    numbers: dict[str, int] = {}
    entities: list[dict[str, Any]] = []
    for span in spans:
        counter.spans += 1
        if "id" in span:
            numbers[span["id"]] = counter.spans
        entities.append({"id": counter.spans, "label": span["label"], "start_offset": span["start"], "end_offset": span["end"]})
    relations: list[dict[str, Any]] = []
    for link in links:
        counter.links += 1
        relations.append(
            {"id": counter.links, "from_id": numbers[link["head"]], "to_id": numbers[link["tail"]], "type": link["label"]}
        )
    return {"entities": entities, "relations": relations}


PLUGIN = Doccano()

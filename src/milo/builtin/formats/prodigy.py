"""Prodigy: JSON Lines of tasks with the answer accept, reject or ignore.

Stands alone because a task is a proposal and the answer says what came of it: only what was accepted is an answer here. Read
into the columns `text`, `spans`, `graph` (spans with relations), `label`, `labels` (chosen options); of rejected and ignored
tasks these are in `proposed_spans` and so on instead, so that they become no labels by accident. `answer`, `annotator` (from
`_annotator_id` or `_session_id`), `score`, `time` and the members of `meta` are columns as well. Written: tasks with the
answer accept, as `prodigy db-in` takes them. Offsets are code points in Prodigy as here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

from milo.builtin.formats import _foreign as foreign
from milo.builtin.formats._stream import shown
from milo.domain.question import Question
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_OWN = ("text", "spans", "relations", "label", "accept", "options", "tokens", "meta", "answer")
_SHAPES = ("relations", "spans", "labels", "label", "text")


class Prodigy:
    """Prodigy JSON Lines. Options: `encoding` to read, `question` to write."""

    name = "prodigy"
    title = "Prodigy JSON Lines"
    suffixes: tuple[str, ...] = (".jsonl",)
    media_type = "application/x-ndjson"
    reads, writes, lossless, foreign = True, True, False, True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each task."""
        for number, record in foreign.json_lines(source):
            yield record if isinstance(record, BadRow) else _row(record, number, source)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One task an item, or one a person and item where every annotation is asked for."""
        question = foreign.asked(context, _SHAPES, "a question about relations, spans, labels or texts")
        losses = foreign.Losses()
        counted = foreign.Counting(rows)
        foreign.write_lines((t for row in counted for t in _tasks(row, question, context, losses)), sink)
        return Report(counted.n, losses.lines() + (["keys and provenance"] if counted.n else []))


def _row(task: dict[str, Any], number: int, source: Source) -> Row | BadRow:
    if not any(isinstance(task.get(name), str) for name in ("text", "image", "html", "audio")):
        return BadRow(number, source.name, "a task needs a text", shown(repr(task)))
    taken = task.get("answer", "accept") == "accept"
    spans = [_span(mark) for mark in task.get("spans") or []]
    if any(span is None for span in spans):
        return BadRow(number, source.name, "a span needs start, end and label", shown(repr(task.get("spans"))))
    found: dict[str, Any] = {}
    if "spans" in task or "tokens" in task:
        found["spans"] = spans
    if task.get("relations"):
        graph = _graph(task["relations"], cast("list[dict[str, Any]]", spans))
        if graph is None:
            return BadRow(
                number, source.name, "a relation needs head_span, child_span and label", shown(repr(task["relations"]))
            )
        found["graph"] = graph
    if task.get("label") is not None:
        found["label"] = task["label"]
    if isinstance(task.get("accept"), list):
        found["labels"] = task["accept"]
        if len(task["accept"]) == 1:
            found.setdefault("label", task["accept"][0])
    data: dict[str, Any] = {
        n: task[n] for n in ("text", "image", "html", "audio", "score", "priority") if task.get(n) is not None
    }
    data |= {name if taken else f"proposed_{name}": value for name, value in found.items()}
    who = task.get("_annotator_id") or task.get("_session_id")
    data |= {"answer": task.get("answer")} | ({"annotator": who} if who else {})
    data |= {"time": task["_timestamp"]} if task.get("_timestamp") else {}
    meta = task.get("meta") if isinstance(task.get("meta"), dict) else {}
    more = {n: v for n, v in task.items() if n not in (*_OWN, *data) and not n.startswith("_")}
    return Row(number, source.name, data | {k: v for k, v in {**more, **cast("dict[str, Any]", meta)}.items() if k not in data})


def _span(mark: Any) -> dict[str, Any] | None:
    one = cast("dict[str, Any]", mark) if isinstance(mark, dict) else {}
    return foreign.span_of(one.get("start"), one.get("end"), one.get("label"))


def _graph(relations: list[Any], spans: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Ends are spans with labels where there are such, else words by themselves, which have none: those are no spans here."""
    places = {(s["start"], s["end"]): f"s{i}" for i, s in enumerate(spans)}
    links: list[dict[str, Any]] = []
    for one in relations:
        ends = [(one.get(k) or {}) for k in ("head_span", "child_span")] if isinstance(one, dict) else []
        ids = [places.get((end.get("start"), end.get("end"))) for end in ends]
        if len(ids) != 2 or None in ids or not isinstance(one.get("label"), str):
            return None
        links.append({"head": ids[0], "tail": ids[1], "label": one["label"]})
    return {"spans": [s | {"id": f"s{i}"} for i, s in enumerate(spans)], "relations": links}


def _tasks(row: ExportRow, question: Question, context: ExportContext, losses: foreign.Losses) -> Iterator[dict[str, Any]]:
    foreign.count_plain_losses(row, question, losses)
    text = foreign.text_of(row, question, context)
    if text is None:
        losses.add("items without a text")
        return
    shape = context.task_types[question.type].shape
    for one in _given(row, question.name, context.everything):
        task: dict[str, Any] = {"text": text, "meta": row.meta}
        task |= _answer(shape, one["value"], text, question, losses)
        if one.get("author"):
            task["_annotator_id"] = one["author"]
        yield task | {"answer": "accept"}
    if row.labels.get(question.name) is None:
        losses.add("items without an answer")


def _given(row: ExportRow, question: str, everything: bool) -> list[dict[str, Any]]:
    if not everything:
        value = row.labels.get(question)
        return [] if value is None else [{"value": value}]
    roles = ("answer", "gold", "resolution")
    return [a for a in row.annotations if a["question"] == question and a["role"] in roles and a.get("live") is not False]


def _answer(shape: str, value: Any, text: str, question: Question, losses: foreign.Losses) -> dict[str, Any]:
    if shape in ("label", "labels"):
        options = [e if isinstance(e, str) else e["value"] for e in cast("list[Any]", question.config.get("labels") or [])]
        given = cast("list[Any]", value) if isinstance(value, list) else [value]
        return {"options": [{"id": o, "text": o} for o in options], "accept": given}
    if shape == "text":
        return {"field_id": question.name, question.name: value}
    spans, links = foreign.graph_of(value)
    if any("entity" in span for span in spans):
        losses.add("links of spans to entries", sum("entity" in span for span in spans))
    words = foreign.words_of(text, {edge for s in spans for edge in (s["start"], s["end"])})
    marks = [_mark(span, words) for span in spans]
    tokens = [
        {"text": text[a:b], "start": a, "end": b, "id": i, "ws": text[b : b + 1].isspace()} for i, (a, b) in enumerate(words)
    ]
    by_id = {span["id"]: mark for span, mark in zip(spans, marks, strict=True) if "id" in span}
    relations = [
        {"head": by_id[k["head"]]["token_end"], "child": by_id[k["tail"]]["token_end"], "label": k["label"],
         "head_span": by_id[k["head"]], "child_span": by_id[k["tail"]]}
        for k in links
    ]  # fmt: skip
    return {"tokens": tokens, "spans": marks} | ({"relations": relations} if shape == "relations" else {})


def _mark(span: dict[str, Any], words: list[tuple[int, int]]) -> dict[str, Any]:
    inside = [i for i, (a, b) in enumerate(words) if a < span["end"] and span["start"] < b]
    place = {"token_start": inside[0], "token_end": inside[-1]} if inside else {"token_start": 0, "token_end": 0}
    return {"start": span["start"], "end": span["end"], "label": span["label"]} | place


PLUGIN = Prodigy()

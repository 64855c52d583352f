"""Argilla: records as `dataset.records.to_json` writes them, with responses of people and suggestions of models.

Stands alone because a record names the questions itself. Read: `fields` and `metadata` become columns, `id` the column `id`;
submitted responses become answers, drafts and discarded ones are left out, suggestions stay suggestions, each under the name
of its question here. Spans, labels, several labels, ratings, texts and rankings are known. Written: the same layout, for
`rg.Record` and `records.from_json`; the people of responses by their login. Offsets are code points in Argilla as here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

from milo.builtin.formats import _foreign as foreign
from milo.builtin.formats._elements import read_array, write_array
from milo.builtin.formats._stream import shown
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_PEOPLE = ("answer", "gold", "resolution")
_CARRIED = ("label", "labels", "number", "text", "spans", "ranks")


class Argilla:
    """Argilla records. Options: `encoding` to read."""

    name = "argilla"
    title = "Argilla records"
    suffixes: tuple[str, ...] = (".json",)
    media_type = "application/json"
    reads, writes, lossless, foreign = True, True, False, True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each record."""
        for number, element in read_array(source):
            if isinstance(element, BadRow):
                yield element
            elif isinstance(element, dict) and isinstance(element.get("fields"), dict):
                yield _row(cast("dict[str, Any]", element), number, source)
            else:
                yield BadRow(number, source.name, "a record needs fields", shown(repr(element)))

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One record an item."""
        losses = foreign.Losses()
        shapes = {q.name: context.task_types[q.type].shape for q in context.spec.questions}
        count = write_array((_record(row, context.everything, shapes, losses) for row in rows), sink)
        return Report(count, losses.lines())


def _row(record: dict[str, Any], number: int, source: Source) -> Row:
    found: list[dict[str, Any]] = []
    responses = cast("dict[str, Any]", record.get("responses") or {})
    for question, given in responses.items():
        for one in cast("list[Any]", given if isinstance(given, list) else [given]):
            if isinstance(one, dict) and one.get("status", "submitted") == "submitted":
                found.append(
                    {"question": question, "role": "answer", "author": one.get("user_id"), "cells": _cells(one.get("value"))}
                )
    suggestions = cast("dict[str, Any]", record.get("suggestions") or {})
    for question, one in suggestions.items():
        if isinstance(one, dict):
            score = one.get("score")
            own = {"score": score} if isinstance(score, int | float) else {}
            found.append(
                {
                    "question": question,
                    "role": "suggestion",
                    "author_kind": "model",
                    "model": one.get("agent") or "argilla",
                    "cells": _cells(one.get("value")),
                }
                | own
            )
    known = {"id": record.get("id")} if record.get("id") is not None else {}
    metadata = cast("dict[str, Any]", record.get("metadata") or {})
    fields = cast("dict[str, Any]", record["fields"])
    return Row(number, source.name, {**metadata, **known, **fields}, annotations=found)


def _cells(value: Any) -> dict[str, Any]:
    """A value as it is checked here."""
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in cast("list[Any]", value)):
        many = cast("list[dict[str, Any]]", value)
        if all("rank" in v for v in many):
            ranks = sorted({v["rank"] for v in many})
            return {"": {"tiers": [[str(v["value"]) for v in many if v["rank"] == rank] for rank in ranks]}}
        kept = ("start", "end", "label", "score")
        return {"": [{k: v[k] for k in kept if v.get(k) is not None} for v in many]}
    return {"": value if isinstance(value, list | dict) else str(value)}


def _record(row: ExportRow, everything: bool, shapes: dict[str, str], losses: foreign.Losses) -> dict[str, Any]:
    responses: dict[str, list[dict[str, Any]]] = {}
    suggestions: dict[str, dict[str, Any]] = {}
    for one in row.annotations if everything else _resolved(row):
        question, value = one["question"], one["value"]
        if shapes.get(question) not in _CARRIED:
            losses.add(f'answers to "{question}", whose kind Argilla does not know')
            continue
        written = _written(value, losses)
        if one["role"] == "suggestion":
            own = {"score": one["score"]} if one.get("score") is not None else {}
            suggestions[question] = {"value": written, "agent": one.get("model")} | own
        elif one["role"] in _PEOPLE and one.get("live") is not False:
            responses.setdefault(question, []).append({"value": written, "user_id": one.get("author"), "status": "submitted"})
            if one["role"] != "answer":
                losses.add("gold labels and resolutions, written as responses")
    return {
        "id": row.key if row.key is not None else str(row.id),
        "status": "completed" if row.status == "done" else "pending",
        "fields": row.data,
        "metadata": row.meta,
        "suggestions": suggestions,
        "responses": responses,
        "vectors": {},
    }


def _resolved(row: ExportRow) -> Iterator[dict[str, Any]]:
    for question, value in row.labels.items():
        yield {"question": question, "role": "answer", "value": value, "author": row.provenance.get(question, {}).get("author")}


def _written(value: Any, losses: foreign.Losses) -> Any:
    if isinstance(value, dict) and "tiers" in value:
        tiers = cast("list[list[str]]", value["tiers"])
        if value.get("strength") is not None:
            losses.add("strengths of preferences")
        return [{"value": name, "rank": rank} for rank, tier in enumerate(tiers, 1) for name in tier]
    if isinstance(value, list) and any(isinstance(v, dict) and "entity" in v for v in cast("list[Any]", value)):
        losses.add("links of spans to entries")
        return [{k: v for k, v in s.items() if k != "entity"} for s in cast("list[dict[str, Any]]", value)]
    return value


PLUGIN = Argilla()

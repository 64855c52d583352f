"""Label Studio: tasks with annotations and predictions, as its JSON export has them.

Stands alone because a task names the questions itself: each control of the label config is a question of the same name here
(see `_label_config`). Read: `data` and `meta` become columns, `id` the column `id`; annotations become answers of the person
who completed them, gold where they are marked as ground truth, predictions become suggestions. Cancelled annotations and
results that have no like here are counted and reported beside the row. Options: `config`, the label config, needed for
comparisons only. A picture that lies beside the file, or in `images/`, is found by its name. Written: tasks that Label Studio
imports; regions in percent of the picture. A mark on text has code points here; where the words of a mark show that it counts
UTF-16, it is converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

from milo.builtin.formats import _foreign as foreign
from milo.builtin.formats._elements import read_array, write_array
from milo.builtin.formats._label_config import plain_name, sides_of
from milo.builtin.formats._label_studio import results_of, values_of
from milo.builtin.formats._media import IMAGE_SUFFIXES
from milo.builtin.formats._stream import shown
from milo.domain.question import Question
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_PICTURES = tuple(sorted(IMAGE_SUFFIXES))


class LabelStudio:
    """Label Studio JSON. Options: `encoding`, `config`."""

    name = "label_studio"
    title = "Label Studio JSON"
    suffixes: tuple[str, ...] = (".json",)
    media_type = "application/json"
    reads, writes, lossless, foreign = True, True, False, True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each task, and a report beside it of what of its results was not read."""
        config = source.options.get("config")
        sides = sides_of(str(config)) if config else {}
        for number, element in read_array(source):
            if isinstance(element, BadRow):
                yield element
            elif isinstance(element, dict) and isinstance(element.get("data"), dict):
                yield from _rows(cast("dict[str, Any]", element), number, source, sides)
            else:
                yield BadRow(number, source.name, "a task needs data", shown(repr(element)))

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One task an item."""
        losses = foreign.Losses()
        asked = {q.name: (q, context.task_types[q.type].shape) for q in context.spec.questions}
        count = write_array((_task(row, context.everything, asked, losses) for row in rows), sink)
        return Report(count, losses.lines())


def _rows(task: dict[str, Any], number: int, source: Source, sides: dict[str, list[str]]) -> Iterator[Row | BadRow]:
    data, losses = cast("dict[str, Any]", task["data"]), foreign.Losses()
    found: list[dict[str, Any]] = []
    for one in _objects(task.get("annotations") or task.get("completions")):
        if one.get("was_cancelled"):
            losses.add("skipped annotations")
            continue
        role = "gold" if one.get("ground_truth") else "answer"
        origin: dict[str, Any] = {"role": role, "author": _who(one.get("completed_by")), "duration": one.get("lead_time")}
        origin["created_at"] = _when(one.get("created_at"))
        found += _annotations(one, data, losses, sides, origin)
    for one in _objects(task.get("predictions")):
        score = one.get("score")
        sure = score if isinstance(score, int | float) and 0 <= score <= 1 else None
        model = str(one.get("model_version") or "label_studio")
        found += _annotations(
            one, data, losses, sides, {"role": "suggestion", "author_kind": "model", "model": model, "score": sure}
        )
    meta = cast("dict[str, Any]", task.get("meta")) if isinstance(task.get("meta"), dict) else {}
    known = {"id": task["id"]} if task.get("id") is not None and "id" not in data else {}
    columns = {plain_name(k): _beside(v, source.path.parent) for k, v in data.items()}
    yield Row(number, source.name, {**meta, **known, **columns}, annotations=found)
    if losses.lines():
        yield BadRow(number, source.name, f"the task was read, but not all of its results: {'; '.join(losses.lines())}")


def _beside(value: Any, folder: Path) -> Any:
    """The picture that a task names by an address there, if one of its name lies beside the file or in `images/`: with or
    without the letters that an upload puts in front."""
    if not isinstance(value, str):
        return value
    path = value.rpartition("?d=")[2].split("?")[0]
    if not path.lower().endswith(_PICTURES):
        return value
    last = unquote(path).replace("\\", "/").rpartition("/")[2]
    for name in (last, last.partition("-")[2]):
        for below in ("", "images/"):
            if name and (folder / below / name).is_file():
                return below + name
    return value


def _annotations(
    one: dict[str, Any], data: dict[str, Any], losses: foreign.Losses, sides: dict[str, list[str]], origin: dict[str, Any]
) -> list[dict[str, Any]]:
    results = cast("list[Any]", one.get("result")) if isinstance(one.get("result"), list) else []
    about = {k: v for k, v in origin.items() if v is not None}
    return [
        {"question": plain_name(name), "cells": cells, **about}
        for name, cells in values_of(results, data, losses, sides).items()
    ]


def _objects(given: Any) -> list[dict[str, Any]]:
    return [one for one in cast("list[Any]", given) if isinstance(one, dict)] if isinstance(given, list) else []


def _who(by: Any) -> str | None:
    if isinstance(by, dict):
        person = cast("dict[str, Any]", by)
        return str(person.get("email") or person.get("id") or "") or None
    return None if by is None else f"user {by}"


def _when(at: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(at)).timestamp() if at else None
    except ValueError:
        return None


def _task(row: ExportRow, everything: bool, asked: dict[str, tuple[Question, str]], losses: foreign.Losses) -> dict[str, Any]:
    by_author: dict[tuple[str, str], dict[str, Any]] = {}
    predictions: dict[str, dict[str, Any]] = {}
    for one in row.annotations if everything else _resolved(row):
        if one["question"] not in asked or one.get("live") is False:
            continue
        question, shape = asked[one["question"]]
        results = results_of(question, shape, one["value"], row.data, losses)
        if one["role"] == "suggestion":
            model = str(one.get("model") or "model")
            target = predictions.setdefault(model, {"model_version": model, "score": one.get("score"), "result": []})
        else:
            gold, author = one["role"] == "gold", str(one.get("author") or "")
            target = by_author.setdefault((one["role"], author), {"ground_truth": gold, "was_cancelled": False, "result": []})
            target |= {"completed_by": {"email": author}} if author else {}
            target |= {"lead_time": one["duration"]} if one.get("duration") is not None else {}
            target |= {"created_at": _iso(one["created_at"])} if one.get("created_at") is not None else {}
        target["result"] += results
    meta = row.meta | ({"key": row.key} if row.key is not None else {})
    return {
        "id": row.id,
        "data": row.data,
        "meta": meta,
        "annotations": list(by_author.values()),
        "predictions": list(predictions.values()),
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _resolved(row: ExportRow) -> Iterator[dict[str, Any]]:
    for question, value in row.labels.items():
        yield {"role": "answer", **row.provenance.get(question, {}), "question": question, "value": value} | {"role": "answer"}


PLUGIN = LabelStudio()

"""What every plug-in of a kind must keep, as plain assertions for any test runner.

Stands alone because a stranger's plug-in is held to the same promises as ours. Each function takes a plug-in and valid
examples of what it works on, and raises AssertionError naming the promise that was broken.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from itertools import permutations
from math import inf, nan
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import BadAnswer, InvalidValue
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.flow.differing import bare, paths, shared
from milo.kinds.answers import check_schema
from milo.kinds.format import BadRow, ExportContext, ExportRow, Format, Report, Row, Source, is_foreign
from milo.kinds.predictor import Candidate, Example, Predictor
from milo.kinds.task_type import TaskType, from_model, model_brief, to_model

NEVER_VALUES: tuple[Any, ...] = (None, True, False, nan, inf, -inf, {}, {"x": 1}, [None], [nan], [True], [[]], "\ud800")
"""What no task type may take for an answer."""


def check_task_type(
    plugin: TaskType, question: Question, values: Sequence[Any], item: Item | None, fields: Sequence[Field] = ()
) -> None:
    """Hold a task type to its promises, on a question and a few valid values (as a client may send them)."""
    check_names(plugin, ("name", "title", "shape"))
    if fields:
        question = plugin.check_config(question, tuple(fields))
        again = plugin.check_config(question, tuple(fields))
        assert again == question, "check_config must leave a completed question as it is"
    checked = [plugin.check(question, value, item) for value in values]
    for value in checked:
        _check_value(plugin, question, value, item)
        if item is not None:
            _check_model_form(plugin, question, value, item)
    for a in checked:
        for b in checked:
            _check_agreement(plugin, question, a, b)
            _check_parts(plugin, question, a, b)
    _check_merge(plugin, question, checked[:4], item)
    _check_refusals(plugin, question)
    _check_brief(plugin, question)


def check_names(plugin: Any, names: Sequence[str]) -> None:
    """Every plug-in has these attributes as text, none of them empty."""
    for name in names:
        assert isinstance(getattr(plugin, name, None), str), f"{plugin!r} needs a text attribute {name}"
        assert getattr(plugin, name), f"{plugin!r}: {name} must not be empty"


def _check_value(plugin: TaskType, question: Question, value: Any, item: Item | None) -> None:
    assert plugin.check(question, value, item) == value, f"check must be idempotent, but changes {value!r} again"
    assert msgspec.json.decode(msgspec.json.encode(value)) == value, f"a value must survive JSON: {value!r}"
    assert plugin.merge(question, [value]) == value, f"merge must return a single value as it is: {value!r}"
    labels = plugin.summary(question, value)
    assert len(labels) == len(set(labels)), f"summary must give distinct labels, got {labels!r}"
    cells = plugin.flatten(question, value)
    assert "" in cells, "flatten must give a main column, named by the empty suffix"
    assert plugin.unflatten(question, cells) == value, f"unflatten must undo flatten: {value!r}"
    as_text = {suffix: "" if cell is None else str(cell) for suffix, cell in cells.items()}
    assert plugin.unflatten(question, as_text) == value, f"unflatten must take cells as text: {as_text!r}"
    assert as_text[""] != "", f"the main cell must not be empty, which means no answer: {value!r}"
    assert plugin.migrate(question, question, value) == value, "migrate to the same question must keep the value"


def _check_model_form(plugin: TaskType, question: Question, value: Any, item: Item) -> None:
    """A value in the form for models is of the schema that models are given, and means a valid value again."""
    written = to_model(plugin, question, value, item)
    schema = model_brief(plugin, question).json_schema
    try:
        check_schema(schema, json.loads(json.dumps(written)))
    except BadAnswer as error:
        raise AssertionError(f"to_model must give what model_brief asks for: {error.message}") from None
    try:
        read = from_model(plugin, question, written, item, last=False).value
    except InvalidValue:
        return
    assert plugin.check(question, read, item) == read, "from_model must give a valid value"


def _check_agreement(plugin: TaskType, question: Question, a: Any, b: Any) -> None:
    score = plugin.agreement(question, a, b)
    assert 0.0 <= score <= 1.0, f"agreement must lie in 0..1, got {score} for {a!r} and {b!r}"
    assert score == plugin.agreement(question, b, a), f"agreement must be symmetric: {a!r}, {b!r}"
    assert a != b or score == 1.0, f"agreement must be 1 for equal values, got {score} for {a!r}"


def _check_parts(plugin: TaskType, question: Question, a: Any, b: Any) -> None:
    own = set(paths(a))
    both = shared(plugin, question, a, b)
    assert len(set(both)) == len(both), f"shared must name each part once, got {both!r}"
    assert own.issuperset(both), f"shared must name parts of the first value, got {both!r} for {a!r}"
    again = shared(plugin, question, a, _without_ids(a))
    assert set(again) == own, f"an answer that is equal but for ids and scores has all parts: {a!r}, got {again!r}"


def _without_ids(value: Any) -> Any:
    """A copy of a list of marks without ids, or with other ones where marks point to each other; any other value as a copy."""
    copied = msgspec.json.decode(msgspec.json.encode(value))
    if not (isinstance(copied, list) and all(isinstance(one, dict) for one in copied)):
        return copied
    if not any("relations" in one for one in copied):
        return [bare(one) for one in copied]
    for one in copied:
        if "id" in one:
            one["id"] = f"other-{one['id']}"
        for link in one.get("relations", ()):
            link["to"] = f"other-{link['to']}"
    return copied


def _check_merge(plugin: TaskType, question: Question, values: Sequence[Any], item: Item | None) -> None:
    merged = plugin.merge(question, list(values))
    assert plugin.check(question, merged, item) == merged, f"merge must give a valid value, got {merged!r}"
    for order in permutations(values):
        assert plugin.merge(question, list(order)) == merged, "merge must not depend on the order of the answers"


def _check_refusals(plugin: TaskType, question: Question) -> None:
    for value in NEVER_VALUES:
        try:
            taken = plugin.check(question, value, None)
        except InvalidValue:
            continue
        raise AssertionError(f"check must refuse {value!r} with InvalidValue, but gives {taken!r}")


def _check_brief(plugin: TaskType, question: Question) -> None:
    brief = plugin.brief(question)
    assert brief.instruction.strip(), "a brief needs an instruction"
    assert "type" in json.loads(json.dumps(brief.json_schema)), "a brief needs a JSON schema with a type"


def check_format(
    plugin: Format, rows: Sequence[ExportRow], context: ExportContext, folder: Path, *, unflatten: bool = True
) -> None:
    """Hold a format that writes to its promises: a count in the report, a file that reads back, nothing lost without a
    word. `folder` is an empty place to write to; with `unflatten`, cells are turned into values before comparing."""
    check_names(plugin, ("name", "title", "media_type"))
    if not plugin.writes:
        return
    path, report = _write(plugin, rows, context, folder)
    assert report.rows == len(rows), f"the report must count the rows: {report.rows} is not {len(rows)}"
    assert not (plugin.lossless and report.lost), f"a lossless format lost something: {report.lost}"
    if not plugin.reads:
        return
    source = Source(path, path.name)
    if is_foreign(plugin):
        check_reader(plugin, source)
        return
    found = list(plugin.read(source))
    assert not [r for r in found if isinstance(r, BadRow)], f"what was written must read back: {found}"
    got = [r for r in found if isinstance(r, Row)]
    assert len(got) == len(rows), f"{len(rows)} rows were written and {len(got)} read"
    for row, back in zip(rows, got, strict=True):
        _check_back(plugin, row, back, context, unflatten and not report.lost)
    _check_resume(plugin, source, found)


def _write(plugin: Format, rows: Sequence[ExportRow], context: ExportContext, folder: Path) -> tuple[Path, Report]:
    sink = io.BytesIO()
    report = plugin.write(iter(rows), sink, context)
    assert not sink.closed, "write must not close the sink"
    path = folder / f"export{plugin.suffixes[0] if plugin.suffixes else ''}"
    path.write_bytes(sink.getvalue())
    return path, report


def _check_back(plugin: Format, row: ExportRow, back: Row, context: ExportContext, exactly: bool) -> None:
    assert back.item is not None, "an export that is read back must set `item`"
    assert back.item["key"] == row.key, f"the key {row.key!r} came back as {back.item['key']!r}"
    if not (plugin.lossless or exactly):
        return
    kept = {name: value for name, value in row.data.items() if value is not None}
    assert back.item["data"] == kept, f"the data {kept!r} came back as {back.item['data']!r}"
    assert back.item["meta"] == row.meta, f"the metadata {row.meta!r} came back as {back.item['meta']!r}"
    if context.everything:
        assert _without_none(back.annotations) == _without_none(row.annotations), "annotations must come back"
    else:
        labels = {a["question"]: _value_of(a, context) for a in back.annotations}
        assert labels == row.labels, f"the labels {row.labels!r} came back as {labels!r}"


def _value_of(annotation: dict[str, Any], context: ExportContext) -> Any:
    if "cells" not in annotation:
        return annotation["value"]
    question = next(q for q in context.spec.questions if q.name == annotation["question"])
    return context.task_types[question.type].unflatten(question, annotation["cells"])


def _without_none(annotations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in a.items() if v is not None or k == "value"} for a in annotations]


def _check_resume(plugin: Format, source: Source, found: Sequence[Row | BadRow]) -> None:
    lines = [row.line for row in found]
    assert lines == sorted(lines), f"lines must not go back: {lines}"
    for row in found[:: max(1, len(found) // 5)]:
        later = list(plugin.read(msgspec.structs.replace(source, start=row.line)))
        assert later == [r for r in found if r.line > row.line], f"reading on after line {row.line} must skip nothing"


def check_reader(plugin: Format, source: Source) -> list[Row | BadRow]:
    """Hold a format that reads to its promises on a file that holds good and bad records; returns what was read."""
    check_names(plugin, ("name", "title", "media_type"))
    assert plugin.reads, f"{plugin.name} does not read"
    found = list(plugin.read(source))
    for row in found:
        assert row.line >= 1, f"lines count from 1, got {row.line}"
        assert row.source == source.name, f"a row names its source: {row.source!r} is not {source.name!r}"
        assert not isinstance(row, BadRow) or row.reason, "a bad row needs a reason"
        assert not isinstance(row, BadRow) or len(row.raw) <= 1_000, "a bad row shows the beginning only"
        msgspec.json.encode(row)
    _check_resume(plugin, source, found)
    return found


def check_predictor(
    plugin: Predictor,
    question: Question,
    fields: Sequence[Field],
    config: dict[str, Any],
    examples: Sequence[Example],
    candidates: Sequence[Candidate],
    task_type: TaskType,
) -> list[Prediction]:
    """Hold a predictor to its promises on a question that it accepts; returns what it predicted."""
    check_names(plugin, ("name", "title"))
    asked, over = question, tuple(fields)
    assert plugin.accepts(asked, over), f"{plugin.name} must accept the question of this check"
    settled = plugin.check_config(config, asked)
    assert plugin.check_config(settled, asked) == settled, "check_config must leave a completed config as it is"
    model = None
    if plugin.learns:
        nothing = plugin.fit(asked, over, settled, [])
        assert nothing.model is None, "with nothing to learn from, fit must give no model"
        assert nothing.info.get("why"), "with nothing to learn from, fit must say why"
        fitted = plugin.fit(asked, over, settled, examples)
        assert fitted.model is not None, f"fit must give a model on these examples: {fitted.info}"
        assert fitted.info.get("n") is not None, "info must count the examples used (n)"
        assert plugin.fit(asked, over, settled, examples).model == fitted.model, "fit must be deterministic"
        model = fitted.model
    found = list(plugin.predict(asked, over, settled, model, iter(candidates)))
    _check_predictions(found, asked, candidates, task_type)
    assert list(plugin.predict(asked, over, settled, model, iter(candidates))) == found, "predict must be repeatable"
    assert list(plugin.predict(asked, over, settled, model, iter([]))) == [], "no items, no predictions"
    return found


def _check_predictions(
    found: Sequence[Prediction], question: Question, candidates: Sequence[Candidate], task_type: TaskType
) -> None:
    known = {c.item_id for c in candidates}
    ids = [p.item_id for p in found]
    assert len(ids) == len(set(ids)), "at most one prediction for an item"
    assert set(ids) <= known, "predictions are for the items given"
    for prediction in found:
        assert prediction.question == question.name, f"a prediction names its question, got {prediction.question!r}"
        assert prediction.score is None or 0.0 <= prediction.score <= 1.0, f"the score {prediction.score} is not in 0..1"
        assert task_type.check(question, prediction.value, None) is not None, "a predicted value must be valid"

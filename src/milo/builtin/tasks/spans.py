"""`spans`: labelled stretches of a text, nested and overlapping ones included.

Stands alone because offsets need their own care: they count Unicode code points of the field's text, as Python does,
from `start` (inclusive) to `end` (exclusive). The value is a list of {start, end, label, id?}, sorted by start, longer
first, then by label; equal spans are kept once. A span that comes with its `text` is checked against the item, which
catches offsets counted in other units; the text itself is not stored.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any, TypeAlias

import msgspec

from milo.builtin.tasks import _quotes
from milo.builtin.tasks._config import fitting_field, flag, kept_or_none, known_keys, value_error
from milo.builtin.tasks._labels import (
    LabelSet,
    check_label,
    describe_labels,
    instruction,
    label_set,
    normalise_labels,
)
from milo.builtin.tasks._regions import MAX_REGIONS, check_ids, check_scores, f1, from_cell, labels_in, read_regions, to_cell
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief, Read

Mark: TypeAlias = tuple[int, int, str]
"""A span without its id: start, end, label."""


class _Given(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    start: int
    end: int
    label: str
    id: str | None = None
    field: str | None = None
    text: str | None = None
    score: float | None = None


class Spans:
    """Stretches of text. Agreement is F1 over exact matches of start, end and label."""

    name = "spans"
    title = "Text spans"
    shape = "spans"
    field_kinds: tuple[str, ...] = ("text", "markdown")

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `overlap` (true: spans may nest and overlap). Fills in `field`."""
        known_keys(question, "labels", "overlap")
        config = {"labels": normalise_labels(question), "overlap": flag(question, "overlap", True)}
        field = fitting_field(question, fields, self.field_kinds)
        return msgspec.structs.replace(question, config=config, field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> list[dict[str, Any]]:
        """The spans in canonical order, held against the item's text if there is an item."""
        spans = read_regions(question, value, _Given, "spans")
        check_ids(question, [span.id for span in spans])
        check_scores(question, [span.score for span in spans])
        self._check_each(question, spans, label_set(question), _text_of(question, item))
        spans.sort(key=lambda s: (s.start, -s.end, s.label, s.id or ""))
        unique = _without_repeats(spans)
        if not question.config.get("overlap", True):
            _refuse_overlap(question, unique)
        return [_plain(span) for span in unique]

    def _check_each(self, question: Question, spans: list[_Given], labels: LabelSet, text: str | None) -> None:
        limit = len(text) if text is not None else None
        for span in spans:
            if span.label not in labels.order:
                check_label(question, labels, span.label)
            if not 0 <= span.start < span.end:
                raise value_error(question, f"span {span.start}-{span.end}: start must be 0 or more and before end.")
            if limit is not None and span.end > limit:
                raise value_error(
                    question, f"span {span.start}-{span.end} ends beyond the text, which has {limit} code points."
                )
            if span.field is not None and question.field is not None and span.field != question.field:
                raise value_error(
                    question, f'span {span.start}-{span.end} is on the field "{span.field}", not "{question.field}".'
                )
            if span.text is not None and text is not None and span.text != text[span.start : span.end]:
                raise value_error(
                    question,
                    f"span {span.start}-{span.end} is said to cover {span.text[:40]!r}, but the text there is "
                    f"{text[span.start : span.end][:40]!r}. Offsets count Unicode code points.",
                )

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """F1 over exact matches; ids do not matter."""
        ours, theirs = _marks(a), _marks(b)
        return f1(len(ours & theirs), len(ours), len(theirs))

    def brief(self, question: Question) -> Brief:
        """A list of spans, each with its text so that offsets can be checked."""
        span = {
            "type": "object",
            "properties": {
                "text": {"type": "string"},
                "start": {"type": "integer", "minimum": 0},
                "end": {"type": "integer", "minimum": 1},
                "label": {"type": "string", "enum": list(label_set(question).order)},
            },
            "required": ["text", "start", "end", "label"],
            "additionalProperties": False,
        }
        what = (
            "Answer with the list of all spans: `text` is the exact wording, `start` and `end` its offsets in Unicode "
            f"code points, end exclusive. Labels:\n{describe_labels(question)}"
        )
        return Brief(instruction(question, what), {"type": "array", "items": span, "maxItems": MAX_REGIONS})

    def model_brief(self, question: Question) -> Brief:
        """A list of quotes: models copy words well and count letters badly."""
        what = f"{_quotes.ASKED} Labels:\n{describe_labels(question)}"
        return Brief(instruction(question, what), _quotes.schema(list(label_set(question).order), MAX_REGIONS))

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The spans where the quotes stand in the item's text."""
        text = _text_of(question, item)
        if text is None:
            raise value_error(question, "the item has no text, so it can have no spans.")
        return _quotes.found(question, answer, text, last)

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The spans as quotes."""
        return _quotes.quoted(value, _text_of(question, item) or "")

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The spans that at least half of the answers contain; where overlap is forbidden, more votes win."""
        if len(values) == 1:
            return values[0]
        votes = Counter(mark for value in values for mark in _marks(value))
        kept = [mark for mark in votes if 2 * votes[mark] >= len(values)]
        if not question.config.get("overlap", True):
            kept = _strongest_apart(kept, votes)
        kept.sort(key=_order)
        return [{"start": start, "end": end, "label": label} for start, end, label in kept]

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels."""
        return labels_in(value)

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell of JSON."""
        return to_cell(value)

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The list from its cell."""
        return from_cell(question, cells)

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The spans if they all fit and the question still looks at the same field."""
        if old.field != new.field:
            return None
        return kept_or_none(lambda: self.check(new, value, None))


def _text_of(question: Question, item: Item | None) -> str | None:
    if item is None:
        return None
    if question.field is None:
        return next((v for v in item.data.values() if isinstance(v, str)), None)
    text = item.data.get(question.field)
    if not isinstance(text, str):
        raise value_error(question, f'the item has no text in the field "{question.field}", so it can have no spans.')
    return text


def _order(mark: Mark) -> tuple[int, int, str]:
    return (mark[0], -mark[1], mark[2])


def _marks(value: list[dict[str, Any]]) -> set[Mark]:
    return {(s["start"], s["end"], s["label"]) for s in value}


def _plain(span: _Given) -> dict[str, Any]:
    plain: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
    if span.id is not None:
        plain["id"] = span.id
    if span.score is not None:
        plain["score"] = span.score
    return plain


def _without_repeats(spans: list[_Given]) -> list[_Given]:
    kept: dict[Mark, _Given] = {}
    for span in spans:
        mark = (span.start, span.end, span.label)
        if mark not in kept or kept[mark].id is None:
            kept[mark] = span
    return list(kept.values())


def _refuse_overlap(question: Question, spans: list[_Given]) -> None:
    for before, span in pairwise(spans):
        if span.start < before.end:
            raise value_error(
                question,
                f"spans {before.start}-{before.end} and {span.start}-{span.end} overlap, which this question forbids.",
            )


def _strongest_apart(marks: list[Mark], votes: Counter[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (-votes[m], *_order(m))):
        if all(mark[1] <= other[0] or other[1] <= mark[0] for other in kept):
            kept.append(mark)
    return kept


PLUGIN = Spans()

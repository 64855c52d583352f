"""`spans`: labelled stretches of a text, nested and overlapping ones included; each may be linked to a knowledge base.

Stands alone because offsets need their own care: they count Unicode code points of the field's text, as Python does,
from `start` (inclusive) to `end` (exclusive); of HTML and Markdown they count its visible text (`milo.domain.reading`), unless
the question `reads` the source. The value is a list of {start, end, label, id?, entity?}, sorted by start, longer
first, then by label; equal spans are kept once. A span that comes with its `text` is checked against the item, which
catches offsets counted in other units; the text itself is not stored.
"""

from __future__ import annotations

from typing import Any

import msgspec

from milo.builtin.tasks import _quotes
from milo.builtin.tasks._config import flag, known_keys, value_error
from milo.builtin.tasks._labels import describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._regions import MAX_REGIONS, MarkList, check_ids, check_scores, f1, read_regions
from milo.builtin.tasks._spans import (
    TEXT_KINDS,
    GivenSpan,
    check_each,
    ground_of,
    in_order,
    knowledge_of,
    linked_marks,
    plain,
    refuse_overlap,
    same_text,
    text_of,
    voted,
)
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief, Read


class Spans(MarkList):
    """Stretches of text. Agreement is F1 over exact matches of start, end, label and entity."""

    name = "spans"
    title = "Text spans"
    shape = "spans"
    field_kinds: tuple[str, ...] = TEXT_KINDS

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `overlap` (true: spans may nest and overlap), `knowledge` (the name of a knowledge base of the
        project: each span may be linked to one of its entries), `reads` (of HTML and Markdown: "html" or "markdown", the
        visible text, or "source"). Fills in `field`."""
        known_keys(question, "labels", "overlap", "knowledge", "reads")
        config = {"labels": normalise_labels(question), "overlap": flag(question, "overlap", True)} | knowledge_of(question)
        field, reads = ground_of(question, fields)
        return msgspec.structs.replace(question, config=config | reads, field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> list[dict[str, Any]]:
        """The spans in canonical order, held against the item's text if there is an item."""
        spans = read_regions(question, value, GivenSpan, "spans")
        check_ids(question, [span.id for span in spans])
        check_scores(question, [span.score for span in spans])
        check_each(question, spans, text_of(question, item))
        unique = in_order(spans)
        if not question.config.get("overlap", True):
            refuse_overlap(question, unique)
        return [plain(span) for span in unique]

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """F1 over exact matches; ids do not matter."""
        ours, theirs = linked_marks(a), linked_marks(b)
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
        text = text_of(question, item)
        if text is None:
            raise value_error(question, "the item has no text, so it can have no spans.")
        return _quotes.found(question, answer, text, last)

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The spans as quotes."""
        return _quotes.quoted(value, text_of(question, item) or "")

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The spans that at least half of the answers contain; where overlap is forbidden, more votes win."""
        return values[0] if len(values) == 1 else voted(question, values)

    def same_ground(self, old: Question, new: Question) -> bool:
        """The same text and the same knowledge base."""
        return same_text(old, new) and old.config.get("knowledge") == new.config.get("knowledge")


PLUGIN = Spans()

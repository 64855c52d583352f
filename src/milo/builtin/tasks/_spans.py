"""What task types over marked text share: reading spans, holding them against the text, their order, votes on them.

Stands alone because `spans` and `relations` mark text alike. Offsets count Unicode code points, as Python does, from `start`
(inclusive) to `end` (exclusive). Spans are sorted by start, longer first, then by label. `entity` is the id of an entry of the
project's knowledge base, or "NIL" where the text means something that is not in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, TypeAlias

import msgspec

from milo.builtin.tasks._config import config_error, fitting_field, value_error
from milo.builtin.tasks._labels import LabelSet, check_label, label_set
from milo.domain.item import Item
from milo.domain.question import NAME_PATTERN, Field, Question
from milo.domain.reading import READ_KINDS, SOURCE, marked_text

Mark: TypeAlias = tuple[int, int, str]
"""A span without its id: start, end, label."""

NIL = "NIL"
TEXT_KINDS = ("text", "markdown", "html")
MAX_ENTITY = 200


class GivenSpan(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A span as it may come in; `text` is only checked, `field` only compared."""

    start: int
    end: int
    label: str
    id: str | None = None
    field: str | None = None
    text: str | None = None
    entity: str | None = None
    score: float | None = None


def knowledge_of(question: Question) -> dict[str, str]:
    """The setting `knowledge`: the name of the knowledge base whose entries spans are linked to. Raises InvalidConfig."""
    import re

    name = question.config.get("knowledge")
    if name is None:
        return {}
    if not isinstance(name, str) or not re.match(NAME_PATTERN, name):
        raise config_error(
            question, "knowledge", f"knowledge is {name!r:.80}; it must be the name of one of the project's knowledge bases."
        )
    return {"knowledge": name}


def ground_of(question: Question, fields: tuple[Field, ...]) -> tuple[str, dict[str, str]]:
    """The field that is marked, and for HTML and Markdown how it is `reads`: as the field's kind says (offsets count in the
    visible text, the default), or "source". Raises InvalidConfig."""
    name = fitting_field(question, fields, TEXT_KINDS)
    kind = next(f.kind for f in fields if f.name == name)
    if kind not in READ_KINDS:
        return name, {}
    reads = question.config.get("reads", kind)
    if reads not in (kind, SOURCE):
        raise config_error(
            question, "reads", f'reads is {reads!r:.40}; of the field "{name}" it must be {kind} (as shown) or {SOURCE}.'
        )
    return name, {"reads": reads}


def same_text(old: Question, new: Question) -> bool:
    """Whether offsets mean the same in both: of the same field, read alike."""
    return old.field == new.field and old.config.get("reads", SOURCE) == new.config.get("reads", SOURCE)


def text_of(question: Question, item: Item | None) -> str | None:
    """The text that is marked; None without an item. Raises InvalidValue for an item without one."""
    if item is None:
        return None
    if question.field is None:
        return next((v for v in item.data.values() if isinstance(v, str)), None)
    text = item.data.get(question.field)
    if not isinstance(text, str):
        raise value_error(question, f'the item has no text in the field "{question.field}", so it can have no spans.')
    return marked_text(question, text)


def check_each(question: Question, spans: list[GivenSpan], text: str | None) -> None:
    """Every span by itself: label, offsets, field, words, entity. Raises InvalidValue."""
    limit, labels = len(text) if text is not None else None, label_set(question)
    linked = question.config.get("knowledge") is not None
    for span in spans:
        _check_place(question, span, labels, limit)
        if span.text is not None and text is not None and span.text != text[span.start : span.end]:
            raise value_error(
                question,
                f"span {span.start}-{span.end} is said to cover {span.text[:40]!r}, but the text there is "
                f"{text[span.start : span.end][:40]!r}. Offsets count Unicode code points.",
            )
        if span.entity is not None:
            _check_entity(question, span, linked)


def _check_place(question: Question, span: GivenSpan, labels: LabelSet, limit: int | None) -> None:
    if span.label not in labels.order:
        check_label(question, labels, span.label)
    if not 0 <= span.start < span.end:
        raise value_error(question, f"span {span.start}-{span.end}: start must be 0 or more and before end.")
    if limit is not None and span.end > limit:
        raise value_error(question, f"span {span.start}-{span.end} ends beyond the text, which has {limit} code points.")
    if span.field is not None and question.field is not None and span.field != question.field:
        raise value_error(question, f'span {span.start}-{span.end} is on the field "{span.field}", not "{question.field}".')


def _check_entity(question: Question, span: GivenSpan, linked: bool) -> None:
    if not linked:
        raise value_error(
            question, f"span {span.start}-{span.end} is linked to an entry, but this question names no knowledge base."
        )
    if not span.entity or len(span.entity) > MAX_ENTITY:
        raise value_error(
            question,
            f"span {span.start}-{span.end}: the entity must be the id of an entry (1 to {MAX_ENTITY} characters) or NIL.",
        )


def order(mark: Mark) -> tuple[int, int, str]:
    """Reading order; of spans with one start, the longer one first."""
    return (mark[0], -mark[1], mark[2])


def mark_of(span: dict[str, Any]) -> Mark:
    """Start, end and label."""
    return span["start"], span["end"], span["label"]


def linked_marks(spans: Iterable[dict[str, Any]]) -> set[tuple[int, int, str, str]]:
    """The marks with what they are linked to ("" for nothing): what two answers are compared by."""
    return {(*mark_of(s), s.get("entity") or "") for s in spans}


def in_order(spans: list[GivenSpan]) -> list[GivenSpan]:
    """Sorted; equal spans kept once, one with an id before one without."""
    spans = sorted(spans, key=lambda s: (s.start, -s.end, s.label, s.id or ""))
    kept: dict[Mark, GivenSpan] = {}
    for span in spans:
        mark = (span.start, span.end, span.label)
        if mark not in kept or kept[mark].id is None:
            kept[mark] = span
    return list(kept.values())


def refuse_overlap(question: Question, spans: list[GivenSpan]) -> None:
    """Raise InvalidValue where two spans share text."""
    for before, span in pairwise(spans):
        if span.start < before.end:
            raise value_error(
                question,
                f"spans {before.start}-{before.end} and {span.start}-{span.end} overlap, which this question forbids.",
            )


def plain(span: GivenSpan) -> dict[str, Any]:
    """As it is stored."""
    found: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
    for name in ("id", "entity", "score"):
        if getattr(span, name) is not None:
            found[name] = getattr(span, name)
    return found


def voted(question: Question, values: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The spans that at least half of the answers contain, in order; where overlap is forbidden, more votes win. Each is
    linked to what most of its voters linked it to, of equals the first by name; a link has more weight than none."""
    votes = Counter(mark for value in values for mark in {mark_of(s) for s in value})
    kept = [mark for mark in votes if 2 * votes[mark] >= len(values)]
    if not question.config.get("overlap", True):
        kept = _strongest_apart(kept, votes)
    links: defaultdict[Mark, Counter[str]] = defaultdict(Counter)
    for value in values:
        for span in value:
            if span.get("entity"):
                links[mark_of(span)][span["entity"]] += 1
    return [_voted(mark, links.get(mark)) for mark in sorted(kept, key=order)]


def _voted(mark: Mark, links: Counter[str] | None) -> dict[str, Any]:
    span: dict[str, Any] = {"start": mark[0], "end": mark[1], "label": mark[2]}
    return span | {"entity": min(links, key=lambda e: (-links[e], e))} if links else span


def _strongest_apart(marks: list[Mark], votes: Counter[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (-votes[m], *order(m))):
        if all(mark[1] <= other[0] or other[1] <= mark[0] for other in kept):
            kept.append(mark)
    return kept

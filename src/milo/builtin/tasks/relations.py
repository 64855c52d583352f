"""`relations`: spans of a text and what holds between them, chains of spans that mean the same included.

Stands alone because its value is a graph, not a list: {"spans": [{start, end, label, id?, entity?}], "relations": [{head, tail,
label}]}, where head and tail are ids of spans. Spans are as in `spans`; see `_links` for the kinds of relations and their
canonical form. Ids are the value's own and mean nothing outside of it.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from milo.builtin.tasks import _links, _quotes
from milo.builtin.tasks._config import flag, kept_or_none, known_keys, read, value_error
from milo.builtin.tasks._labels import describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._links import GivenLink
from milo.builtin.tasks._regions import MAX_REGIONS, check_ids, check_scores, f1, from_cell
from milo.builtin.tasks._spans import (
    TEXT_KINDS,
    GivenSpan,
    check_each,
    ground_of,
    in_order,
    knowledge_of,
    linked_marks,
    mark_of,
    plain,
    refuse_overlap,
    same_text,
    text_of,
    voted,
)
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief, Path, Read


class _Given(msgspec.Struct, forbid_unknown_fields=True):
    spans: list[GivenSpan]
    relations: list[GivenLink] = []


class Relations:
    """Spans with relations. Agreement is F1 over all that was said: spans, relations of equal spans, links of chains."""

    name = "relations"
    title = "Relations between spans"
    shape = "relations"
    field_kinds: tuple[str, ...] = TEXT_KINDS

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels` of spans; `relations`: their types, each a name or {value, kind, head, tail, ...}; `overlap`,
        `knowledge` and `reads` as for spans. Fills in `field`."""
        known_keys(question, "labels", "relations", "overlap", "knowledge", "reads")
        labels = normalise_labels(question)
        config: dict[str, Any] = {
            "labels": labels,
            "relations": _links.normalise_types(question, [label["value"] for label in labels]),
            "overlap": flag(question, "overlap", True),
        }
        field, reads = ground_of(question, fields)
        return msgspec.structs.replace(question, config=config | reads | knowledge_of(question), field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> dict[str, Any]:
        """Spans and relations in canonical order, held against the item's text if there is an item. A bare list is of spans."""
        if isinstance(value, list):
            value = {"spans": cast("list[Any]", value)}
        given = read(question, value, _Given, "{spans: [...], relations: [...]}")
        for what, n in (("spans", len(given.spans)), ("relations", len(given.relations))):
            if n > MAX_REGIONS:
                raise value_error(question, f"{n:,} {what}; at most {MAX_REGIONS:,} are allowed.")
        check_ids(question, [span.id for span in given.spans])
        check_scores(question, [one.score for one in (*given.spans, *given.relations)])
        check_each(question, given.spans, text_of(question, item))
        _links.check_links(question, given.relations, given.spans)
        spans, links = _unified(given)
        if not question.config.get("overlap", True):
            refuse_overlap(question, spans)
        order = [span.id for span in spans if span.id is not None]
        return {"spans": [plain(span) for span in spans], "relations": _links.canonical(question, links, order)}

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class; ids do not matter. Links of chains are counted as in the MUC score."""
        spans, others = linked_marks(a["spans"]), linked_marks(b["spans"])
        (arcs, chains), (arcs_b, chains_b) = (_parts(question, v) for v in (a, b))
        matches = len(spans & others) + len(arcs & arcs_b) + _links.common_links(chains, chains_b)
        ours = len(spans) + len(arcs) + _links.links_in(chains)
        theirs = len(others) + len(arcs_b) + _links.links_in(chains_b)
        return f1(matches, ours, theirs)

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The spans that both have, and relations of equal spans; a link of a chain where `b` has its ends in one chain."""
        marks = linked_marks(b["spans"])
        spans: list[Path] = [("spans", i) for i, one in enumerate(a["spans"]) if linked_marks([one]) <= marks]
        theirs, own = _parts(question, b), _marks_of(a)
        links = enumerate(a["relations"])
        return spans + [("relations", i) for i, link in links if _links.holds(question, link, own, theirs)]

    def brief(self, question: Question) -> Brief:
        """Spans with their offsets, relations by the ids of their ends."""
        span: dict[str, Any] = {
            "id": {"type": "string", "minLength": 1, "maxLength": 64},
            "text": {"type": "string"},
            "start": {"type": "integer", "minimum": 0},
            "end": {"type": "integer", "minimum": 1},
            "label": {"type": "string", "enum": list(label_set(question).order)},
        }
        what = (
            "Answer with `spans` - `text` is the exact wording, `start` and `end` its offsets in Unicode code points, end "
            "exclusive, `id` a name of your own - and `relations` between them, by the ids of their `head` and `tail`."
        )
        return Brief(instruction(question, f"{what}\n\n{_described(question)}"), _schema(question, span))

    def model_brief(self, question: Question) -> Brief:
        """The same with quotes instead of offsets."""
        span: dict[str, Any] = {
            "id": {"type": "string", "minLength": 1, "maxLength": 64},
            "quote": {"type": "string", "minLength": 1},
            "label": {"type": "string", "enum": list(label_set(question).order)},
            "occurrence": {"type": "integer", "minimum": 1},
        }
        what = (
            "Answer with `spans` and the `relations` between them; empty lists if there are none. `quote` of a span: the exact "
            "words, copied from the text letter by letter; `occurrence`: which one is meant if they stand in the text more "
            "than once, counted from 1, else 1; `id`: a name of your own, such as s1. A relation names the ids of two spans of "
            "this answer as `head` and `tail`."
        )
        return Brief(instruction(question, f"{what}\n\n{_described(question)}"), _schema(question, span))

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """Spans where the quotes stand, and the relations whose ends were found."""
        text = text_of(question, item)
        if text is None:
            raise value_error(question, "the item has no text, so it can have no spans.")
        given = cast("list[dict[str, Any]]", answer["spans"])
        _refuse_repeats(question, given)
        read_spans = _quotes.found(question, given, text, last)
        found = [one for one in given if _quotes.find(text, one["quote"], int(one["occurrence"])) is not None]
        spans = [span | {"id": one["id"]} for span, one in zip(read_spans.value, found, strict=True)]
        labels = {span["id"]: span["label"] for span in spans}
        links, wrong = _links.resolved(question, answer["relations"], labels, "span")
        if wrong and not last:
            raise value_error(question, f"these relations cannot be used: {'; '.join(wrong[:5])}.")
        return Read({"spans": spans, "relations": links}, (*read_spans.left_out, *wrong))

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """Spans as quotes with short ids."""
        quotes = _quotes.quoted(value["spans"], text_of(question, item) or "")
        names = {span["id"]: f"s{i}" for i, span in enumerate(value["spans"], 1) if "id" in span}
        spans = [{"id": f"s{i}", **quote} for i, quote in enumerate(quotes, 1)]
        links = [{"head": names[r["head"]], "tail": names[r["tail"]], "label": r["label"]} for r in value["relations"]]
        return {"spans": spans, "relations": links}

    def merge(self, question: Question, values: list[Any]) -> Any:
        """Spans, relations and links of chains that at least half of the answers contain."""
        if len(values) == 1:
            return values[0]
        spans = voted(question, [value["spans"] for value in values])
        links = _links.voted_links([_parts(question, v) for v in values], [mark_of(span) for span in spans])
        used = {end for head, tail, _ in links for end in (head, tail)}
        named = [span | {"id": f"s{i + 1}"} if i in used else span for i, span in enumerate(spans)]
        arcs = [{"head": f"s{head + 1}", "tail": f"s{tail + 1}", "label": label} for head, tail, label in links]
        return self.check(question, {"spans": named, "relations": arcs}, None)

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels of spans and relations."""
        return sorted({one["label"] for one in (*value["spans"], *value["relations"])})

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell of JSON."""
        return {"": msgspec.json.encode(value).decode()}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The value from its cell."""
        return from_cell(question, cells)

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The value if all of it fits and the question still marks the same text."""
        if not same_text(old, new) or old.config.get("knowledge") != new.config.get("knowledge"):
            return None
        return kept_or_none(lambda: self.check(new, value, None))


def _unified(given: _Given) -> tuple[list[GivenSpan], list[GivenLink]]:
    """Spans in order, equal ones as one with the relations of all of them; what led from a span to its equal is gone."""
    ids = {(s.start, s.end, s.label): s.id for s in in_order(given.spans)}
    now = {s.id: ids[s.start, s.end, s.label] for s in given.spans if s.id is not None}
    links: list[GivenLink] = []
    for link in given.relations:
        head, tail = now[link.head], now[link.tail]
        if head is not None and tail is not None and head != tail:
            links.append(GivenLink(head, tail, link.label, link.score))
    return in_order(given.spans), links


def _parts(question: Question, value: Any) -> tuple[set[_links.Arc], set[_links.Cluster]]:
    return _links.arcs_and_clusters(question, value["relations"], _marks_of(value))


def _marks_of(value: dict[str, Any]) -> dict[str, Any]:
    return {s["id"]: mark_of(s) for s in value["spans"] if "id" in s}


def _described(question: Question) -> str:
    types = _links.describe_types(question, "span")
    return f"Labels of spans:\n{describe_labels(question)}\nTypes of relations:\n{types}"


def _schema(question: Question, span: dict[str, Any]) -> dict[str, Any]:
    name: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 64}
    link: dict[str, Any] = {"head": name, "tail": name, "label": {"type": "string", "enum": list(_links.types_of(question))}}
    lists = {"spans": _list_of(span), "relations": _list_of(link)}
    return {"type": "object", "properties": lists, "required": list(lists), "additionalProperties": False}


def _list_of(properties: dict[str, Any]) -> dict[str, Any]:
    one = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "array", "items": one, "maxItems": MAX_REGIONS}


def _refuse_repeats(question: Question, spans: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for span in spans:
        if span["id"] in seen:
            raise value_error(question, f'two spans have the id "{span["id"][:64]}"; each needs its own.')
        seen.add(span["id"])


PLUGIN = Relations()

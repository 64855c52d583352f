"""Results of Label Studio as values and back: choices, ratings, texts, marks on text with relations, regions on
pictures, comparisons.

Stands alone because there a value is a heap of results, each naming the control it came from, and
offsets that older versions counted in UTF-16. What a result of another kind means is not guessed; it is counted.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from milo.builtin.formats._foreign import Losses, Span, graph_of
from milo.builtin.formats._ls_links import among, ids_in, link_results, related
from milo.builtin.formats._ls_pictures import FIGURE, KINDS, SHAPES, rectangles_in, region_results, regions_of
from milo.domain.question import Question
from milo.domain.reading import marked_text

TEXT_MARKS = ("labels", "hypertextlabels")
SIDES = ("left", "right")


def values_of(
    results: list[Any], data: dict[str, Any], losses: Losses, sides: dict[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """The cells of each control that answered; `sides`: the fields that a comparison puts left and right."""
    heaps: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    links: list[dict[str, Any]] = []
    for result in results:
        if not isinstance(result, dict):
            continue
        one = cast("dict[str, Any]", result)
        if one.get("type") == "relation":
            links.append(one)
        elif isinstance(one.get("from_name"), str) and isinstance(one.get("value"), dict):
            heaps[one["from_name"]].append(one)
    found: dict[str, dict[str, Any]] = {}
    rectangles = rectangles_in(results)
    for name, heap in heaps.items():
        if name.endswith(FIGURE) and name.removesuffix(FIGURE) in heaps:
            continue
        value = _value(name, heap, links, data, losses, sides, rectangles)
        if value is not None:
            found[name] = {"": value}
    within = sum(len(among(links, ids_in(heap))) for heap in heaps.values())
    losses.add("relations that do not join two marks of one control", len(links) - within)
    return found


def _value(  # noqa: PLR0911 - one for each kind
    name: str,
    heap: list[dict[str, Any]],
    links: list[dict[str, Any]],
    data: dict[str, Any],
    losses: Losses,
    sides: dict[str, list[str]],
    rectangles: dict[str, str],
) -> Any:
    kind = str(heap[0].get("type"))
    if kind == "choices":
        if any("start" in one["value"] or "x" in one["value"] for one in heap):
            losses.add("choices about single regions")
            return None
        picked = [str(c) for one in heap for c in one["value"].get("choices", [])]
        return picked if len(picked) != 1 or "|" in picked[0] else picked[0]
    if kind == "rating":
        return str(heap[0]["value"].get("rating"))
    if kind == "textarea":
        return "\n".join(str(t) for one in heap for t in _listed(one["value"].get("text")))
    if kind in TEXT_MARKS:
        return _marks(heap, kind, links, data, losses)
    if kind in KINDS:
        return related(regions_of(kind, heap, rectangles, losses), among(links, ids_in(heap)))
    if kind == "pairwise" and heap[0]["value"].get("selected") in SIDES and name in sides:
        return {"winner": sides[name][SIDES.index(heap[0]["value"]["selected"])]}
    losses.add(f"results of the kind {kind}", len(heap))
    return None


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]


def _marks(heap: list[dict[str, Any]], kind: str, links: list[dict[str, Any]], data: dict[str, Any], losses: Losses) -> Any:
    spans: list[Span] = []
    ids: set[str] = set()
    for one in heap:
        labels = _listed(one["value"].get(kind) or one["value"].get("labels"))
        place = _place(one["value"], data)
        if place is None or not labels:
            losses.add("marks on text without a place or a label")
            continue
        if len(labels) > 1:
            losses.add("further labels of a mark on text", len(labels) - 1)
        span: Span = {"start": place[0], "end": place[1], "label": str(labels[0]), "id": str(one.get("id"))[:64]}
        ids.add(str(one.get("id")))
        spans.append(span | ({"score": one["score"]} if isinstance(one.get("score"), float) else {}))
    own = among(links, ids)
    return {"spans": spans, "relations": own} if own else spans


def _place(value: dict[str, Any], data: dict[str, Any]) -> tuple[int, int] | None:
    """Code points. Where the words show that the offsets count UTF-16, they are converted."""
    offsets = value.get("globalOffsets") if isinstance(value.get("globalOffsets"), dict) else value
    start, end = (cast("dict[str, Any]", offsets).get(k) for k in ("start", "end"))
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    words = value.get("text")
    for text in (t for t in data.values() if isinstance(t, str) and isinstance(words, str)):
        if text[start:end] == words:
            return start, end
        wide = text.encode("utf-16-le")
        first = wide[: 2 * start].decode("utf-16-le", "ignore")
        inside = wide[2 * start : 2 * end].decode("utf-16-le", "ignore")
        if inside == words:
            return len(first), len(first) + len(inside)
    return start, end


def results_of(question: Question, shape: str, value: Any, data: dict[str, Any], losses: Losses) -> list[dict[str, Any]]:  # noqa: PLR0911 - one for each shape
    """A value as results of a control of the question's name."""
    to = question.field or next(iter(data), "text")
    one: dict[str, Any] = {"from_name": question.name, "to_name": to}
    if shape in ("label", "labels"):
        given = cast("list[Any]", value) if isinstance(value, list) else [value]
        return [one | {"type": "choices", "value": {"choices": given}}]
    if shape == "number":
        return [one | {"type": "rating", "value": {"rating": value}}]
    if shape == "text":
        return [one | {"type": "textarea", "value": {"text": [value]}}]
    if shape in ("spans", "relations"):
        return _mark_results(one, value, marked_text(question, str(data.get(to, ""))), losses)
    if shape in SHAPES:
        return region_results(one, question, shape, value, data.get(to), losses)
    if shape == "ranks" and len(value["tiers"]) == 2 and [len(t) for t in value["tiers"]] == [1, 1]:
        sides = cast("list[str]", question.config.get("candidates") or [])
        winner = value["tiers"][0][0]
        if winner in sides and len(sides) == 2:
            return [one | {"type": "pairwise", "value": {"selected": SIDES[sides.index(winner)]}}]
    losses.add(f'answers to "{question.name}", for which there is no control')
    return []


def _mark_results(one: dict[str, Any], value: Any, text: str, losses: Losses) -> list[dict[str, Any]]:
    spans, links = graph_of(value)
    names = {span.get("id", str(i)): f"m{i}" for i, span in enumerate(spans)}
    linked = sum("entity" in span for span in spans)
    if linked:
        losses.add("links of spans to entries", linked)
    out: list[dict[str, Any]] = []
    for i, span in enumerate(spans):
        start, end = span["start"], span["end"]
        place = {"start": start, "end": end, "text": text[start:end], "labels": [span["label"]]}
        out.append(one | {"id": f"m{i}", "type": "labels", "value": place})
    return out + link_results(links, names)

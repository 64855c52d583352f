"""Relations between the things of one image: "the rider sits on this bicycle".

Stands alone because a list of things has no room for a graph beside it, and needs none: each thing carries the relations that
start from it, {..., id, relations: [{to, label, score?}]}, where `to` is the id of another thing of the value, on the same
page. Types, kinds and canonical form are those of relations between spans (`_links`), with the order of the list as the order
of reading. A question without the setting `relations` takes none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import msgspec

from milo.builtin.tasks import _links
from milo.builtin.tasks._config import config_error, value_error
from milo.builtin.tasks._likeness import Pair, best_pairs
from milo.domain.question import Question

MOST = 50_000
_ID = {"type": "string", "minLength": 1, "maxLength": 64}
Thing = dict[str, Any]


class GivenTo(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A relation as it comes with the thing that it starts from."""

    to: str
    label: str
    score: float | None = None


class Related(Protocol):
    """A thing as it comes in."""

    id: str | None
    label: str
    page: int | None
    relations: list[GivenTo]


def read_types(question: Question, labels: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The setting `relations`, completed; nothing where there is none. Raises InvalidConfig."""
    if not question.config.get("relations"):
        return {}
    return {"relations": _links.normalise_types(question, [label["value"] for label in labels])}


def refuse_types(question: Question, why: str) -> None:
    """Raise InvalidConfig for a question that cannot have relations."""
    if question.config.get("relations"):
        raise config_error(question, "relations", why)


def links_of(question: Question, given: Sequence[Related]) -> list[_links.GivenLink]:
    """The relations of things as they come in, each held to its type and its ends. Raises InvalidValue."""
    links: list[_links.GivenLink] = []
    for thing in given:
        if thing.relations and not question.config.get("relations"):
            raise value_error(question, "a thing has relations, but this question names no types of them (relations).")
        if thing.relations and thing.id is None:
            raise value_error(question, "a thing with relations has no id; give it one.")
        links += [_links.GivenLink(thing.id or "", one.to, one.label, one.score) for one in thing.relations]
    if not links:
        return links
    if len(links) > MOST:
        raise value_error(question, f"{len(links):,} relations; at most {MOST:,} are allowed.")
    _links.check_links(question, links, given, "thing")
    pages = {thing.id: thing.page or 0 for thing in given}
    apart = next((link for link in links if pages[link.head] != pages[link.tail]), None)
    if apart is not None:
        raise value_error(question, f'a relation "{apart.label}" leads from one page to another; both ends must be on one.')
    return links


def attach(question: Question, things: list[Thing], links: Iterable[_links.GivenLink], now: dict[str, str]) -> list[Thing]:
    """The things, in their final order, with their relations in canonical form. `now`: under which id a thing that was given
    twice is kept; what led from a thing to its equal is gone."""
    ends = [(now.get(one.head, one.head), now.get(one.tail, one.tail), one) for one in links]
    kept = [_links.GivenLink(head, tail, one.label, one.score) for head, tail, one in ends if head != tail]
    if not kept:
        return things
    by_id = {thing["id"]: thing for thing in things if "id" in thing}
    for one in _links.canonical(question, kept, list(by_id)):
        more = {"score": one["score"]} if "score" in one else {}
        by_id[one["head"]].setdefault("relations", []).append({"to": one["tail"], "label": one["label"], **more})
    return things


def flat(things: Iterable[Thing]) -> list[dict[str, Any]]:
    """All relations of stored things as {head, tail, label, score?}."""
    found: list[dict[str, Any]] = []
    for thing in things:
        for one in thing.get("relations", ()):
            more = {"score": one["score"]} if "score" in one else {}
            found.append({"head": thing["id"], "tail": one["to"], "label": one["label"], **more})
    return found


def agreement(question: Question, a: list[Thing], b: list[Thing], total: float, near: Sequence[Pair]) -> float:
    """F1 over things and relations. `total`: what the pairs of things are worth; `near`: how alike things are. Relations are
    the same if they hold between things that mean the same; links of chains are counted as in the MUC score."""
    other = {j: i for i, j in best_pairs(near)}
    ours = _links.arcs_and_clusters(question, flat(a), {t["id"]: i for i, t in enumerate(a) if "id" in t})
    beyond = len(a)
    numbers = {t["id"]: other.get(j, beyond + j) for j, t in enumerate(b) if "id" in t}
    theirs = _links.arcs_and_clusters(question, flat(b), numbers)
    common = len(ours[0] & theirs[0]) + _links.common_links(ours[1], theirs[1])
    worth = [len(arcs) + _links.links_in(chains) for arcs, chains in (ours, theirs)]
    return 2 * (total + common) / (len(a) + len(b) + sum(worth)) if a or b else 1.0


def told_alike(question: Question, a: list[Thing], b: list[Thing], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of the pairs of things that mean the same, those in which `b` has all relations that start from the thing of `a`."""
    if not question.config.get("relations"):
        return pairs
    other = {j: i for i, j in pairs}
    numbers = {t["id"]: other.get(j, len(a) + j) for j, t in enumerate(b) if "id" in t}
    theirs = _links.arcs_and_clusters(question, flat(b), numbers)
    own = {t["id"]: i for i, t in enumerate(a) if "id" in t}
    differ = {own[link["head"]] for link in flat(a) if not _links.holds(question, link, own, theirs)}
    return [pair for pair in pairs if pair[0] not in differ]


def with_voted(
    question: Question, things: list[Thing], groups: Sequence[Sequence[int]], values: Sequence[Sequence[Thing]]
) -> list[Thing]:
    """Merged things, each once, with the relations that at least half of the values contain. `groups`: of which things, counted
    through all values, each of them was made. Ids are given by what the things are, so that no order of the values matters."""
    if not question.config.get("relations"):
        return things
    keys = [json.dumps(thing, sort_keys=True) for thing in things]
    once = dict(sorted(zip(keys, things, strict=True)))
    place = {key: n for n, key in enumerate(once)}
    group_of = {member: place[key] for key, group in zip(keys, groups, strict=True) for member in group}
    found: list[tuple[set[_links.Arc], set[_links.Cluster]]] = []
    before = 0
    for value in values:
        marks = {t["id"]: group_of[i] for i, t in enumerate(value, before) if "id" in t and i in group_of}
        found.append(_links.arcs_and_clusters(question, flat(value), marks))
        before += len(value)
    merged = list(once.values())
    for head, tail, label in _links.voted_links(found, range(len(merged))):
        if head != tail:
            merged[head]["id"], merged[tail]["id"] = f"t{head + 1}", f"t{tail + 1}"
            merged[head].setdefault("relations", []).append({"to": f"t{tail + 1}", "label": label})
    return merged


def summary(things: Iterable[Thing]) -> list[str]:
    """The distinct labels of things and their relations, sorted."""
    return sorted({label for thing in things for label in (thing["label"], *(r["label"] for r in thing.get("relations", ())))})


def asked(question: Question, what: str) -> tuple[dict[str, Any], str]:
    """For models: the properties that each thing has besides, and the words that explain them; nothing without relations."""
    if not question.config.get("relations"):
        return {}, ""
    label = {"type": "string", "enum": list(_links.types_of(question))}
    one = {
        "type": "object",
        "properties": {"to": _ID, "label": label},
        "required": ["to", "label"],
        "additionalProperties": False,
    }
    words = (
        f"`id` is a name of your own, such as t1. `relations` of a {what}: what leads from it to another one of the answer, by "
        f"that one's id (`to`); an empty list if nothing does. Types of relations:\n{_links.describe_types(question, what)}"
    )
    return {"id": _ID, "relations": {"type": "array", "items": one, "maxItems": 100}}, words


def from_answer(question: Question, pairs: Sequence[tuple[Thing, Thing]], last: bool) -> list[str]:
    """Put the relations of a model's answer onto the things read from it; `pairs`: (what the model wrote, the thing). Returns
    what could not be used. Raises InvalidValue for it, unless it is the `last` attempt."""
    if not question.config.get("relations"):
        return []
    labels = {written["id"]: written["label"] for written, _ in pairs}
    if len(labels) < len(pairs):
        raise value_error(question, "two things have the same id; each needs its own.")
    given = [{"head": w["id"], "tail": one["to"], "label": one["label"]} for w, _ in pairs for one in w["relations"]]
    links, wrong = _links.resolved(question, given, labels, "thing")
    if wrong and not last:
        raise value_error(question, f"these relations cannot be used: {'; '.join(wrong[:5])}.")
    things = {written["id"]: thing for written, thing in pairs}
    for ident, thing in things.items():
        thing["id"] = ident
    for one in links:
        things[one["head"]].setdefault("relations", []).append({"to": one["tail"], "label": one["label"]})
    return wrong


def to_answer(question: Question, things: Sequence[Thing], written: list[Thing]) -> list[Thing]:
    """What a model would write for the relations of things, put onto what it would write for these."""
    if not question.config.get("relations"):
        return written
    names = {thing["id"]: f"t{i}" for i, thing in enumerate(things, 1) if "id" in thing}
    for i, (thing, one) in enumerate(zip(things, written, strict=True), 1):
        one["id"] = f"t{i}"
        one["relations"] = [{"to": names[r["to"]], "label": r["label"]} for r in thing.get("relations", ())]
    return written

"""Relations between spans: the setting that names their types, their canonical form, and how far two sets of them agree.

Stands alone because a relation is no region: it has two ends, which are spans of the same value, and one of three kinds.

- `directed` (the default): from a head to a tail; "works for".
- `undirected`: the ends have no order; they are stored in reading order.
- `chain`: spans that mean the same, as in coreference. What counts is which spans hang together, not which links were drawn: a
  chain is stored as links from each of its spans to the next one in reading order.

`head` and `tail` of a type list the labels its ends may have; left out, any. An undirected type takes them either way round;
all spans of a chain need one of the labels of `head`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Literal, cast

import msgspec

from milo.builtin.tasks._config import config_error, value_error
from milo.builtin.tasks._labels import LabelSet, check_label, normalise_labels
from milo.builtin.tasks._spans import GivenSpan, Mark, mark_of
from milo.domain.errors import InvalidConfig
from milo.domain.question import Question

MAX_TYPES = 500
NEAR = 500
"""Spans of one chain that are compared with each other when chains are merged, so that work stays bounded."""

Kind = Literal["directed", "undirected", "chain"]
KINDS = ("directed", "undirected", "chain")
Arc = tuple[Mark, Mark, str]
Cluster = tuple[str, frozenset[Mark]]


class LinkType(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One type of relation."""

    value: str
    kind: Kind = "directed"
    head: list[str] = []
    tail: list[str] = []


class GivenLink(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A relation as it may come in: ids of two spans and the type."""

    head: str
    tail: str
    label: str
    score: float | None = None


def normalise_types(question: Question, labels: Sequence[str]) -> list[dict[str, Any]]:
    """The setting `relations`: labels as elsewhere, each with `kind`, `head` and `tail`. Raises InvalidConfig."""
    raw = question.config.get("relations")
    if not isinstance(raw, list) or not raw:
        raise config_error(question, "relations", 'it needs types of relations, for example relations: ["works for"].')
    entries = [_split(question, i, entry) for i, entry in enumerate(cast("list[Any]", raw))]
    if len(entries) > MAX_TYPES:
        raise config_error(question, "relations", f"{len(entries)} types; at most {MAX_TYPES} are allowed.")
    try:
        shown = normalise_labels(msgspec.structs.replace(question, config={"labels": [e[0] for e in entries]}))
    except InvalidConfig as error:
        place = (error.place or "").replace(".config.labels", ".config.relations")
        raise InvalidConfig(error.message, place=place) from None
    return [
        one | _own(question, i, one["value"], own, labels) for i, (one, (_, own)) in enumerate(zip(shown, entries, strict=True))
    ]


def _split(question: Question, place: int, entry: Any) -> tuple[Any, dict[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    if not isinstance(entry, dict):
        raise config_error(
            question, f"relations[{place}]", f"type {place + 1} is {entry!r:.80}; it must be a name or an object."
        )
    given = cast("dict[str, Any]", entry)
    own = {k: v for k, v in given.items() if k in ("kind", "head", "tail")}
    return {k: v for k, v in given.items() if k not in own}, own


def _own(question: Question, place: int, value: str, own: dict[str, Any], labels: Sequence[str]) -> dict[str, Any]:
    where = f"relations[{place}]"
    kind = own.get("kind", "directed")
    if kind not in KINDS:
        raise config_error(question, where, f'"{value}": the kind {kind!r:.40} is none of {", ".join(KINDS)}.')
    ends: dict[str, Any] = {}
    for end in ("head", "tail"):
        wanted = own.get(end) or []
        wanted = [wanted] if isinstance(wanted, str) else wanted
        unknown = next((w for w in wanted if w not in labels), None) if isinstance(wanted, list) else wanted
        if unknown is not None:
            raise config_error(question, where, f'"{value}": {end} names {unknown!r:.80}, which is not one of the labels.')
        if wanted:
            ends[end] = list(dict.fromkeys(cast("list[str]", wanted)))
    if kind == "chain" and "tail" in ends:
        raise config_error(question, where, f'"{value}" is a chain; name the labels of all its spans as head, without a tail.')
    return {"kind": kind} | ends


def types_of(question: Question) -> dict[str, LinkType]:
    """The types by value; of a config that is not completed yet as well."""
    found: dict[str, LinkType] = {}
    for entry in cast("list[Any]", question.config.get("relations") or []):
        given: dict[str, Any] = {"value": entry} if isinstance(entry, str) else entry
        found[given["value"]] = LinkType(
            given["value"], given.get("kind", "directed"), given.get("head") or [], given.get("tail") or []
        )
    return found


def check_links(question: Question, links: list[GivenLink], spans: list[GivenSpan]) -> None:
    """Every relation by itself: its type, its ends, their labels. Raises InvalidValue."""
    types, by_id = types_of(question), {s.id: s for s in spans if s.id is not None}
    known = LabelSet(list(types))
    for link in links:
        kind = types.get(link.label) or types[check_label(question, known, link.label)]
        for end in (link.head, link.tail):
            if end not in by_id:
                raise value_error(
                    question, f'a relation "{link.label}" ends at the span "{end[:80]}", and there is none of that id.'
                )
        if link.head == link.tail:
            raise value_error(question, f'a relation "{link.label}" leads from the span "{link.head[:80]}" to itself.')
        _check_ends(question, kind, by_id[link.head], by_id[link.tail])


def _check_ends(question: Question, kind: LinkType, head: GivenSpan, tail: GivenSpan) -> None:
    if fits(kind, head.label, tail.label):
        return
    wanted = " or ".join(kind.head) or "any label"
    to = wanted if kind.kind == "chain" else " or ".join(kind.tail) or "any label"
    raise value_error(question, f'"{kind.value}" goes from {wanted} to {to}, not from {head.label} to {tail.label}.')


def fits(kind: LinkType, head: str, tail: str) -> bool:
    """Whether spans with these labels may be its ends."""
    if kind.kind == "chain":
        return not kind.head or (head in kind.head and tail in kind.head)
    straight = (not kind.head or head in kind.head) and (not kind.tail or tail in kind.tail)
    turned = kind.kind == "undirected" and (not kind.head or tail in kind.head) and (not kind.tail or head in kind.tail)
    return straight or turned


def canonical(question: Question, links: Iterable[GivenLink], order: Sequence[str]) -> list[dict[str, Any]]:
    """The relations as they are stored; `order`: the ids of the spans in reading order."""
    types, place = types_of(question), {ident: i for i, ident in enumerate(order)}
    found: dict[tuple[int, int, str], float | None] = {}
    chains: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for link in links:
        head, tail = place[link.head], place[link.tail]
        kind = types[link.label].kind
        if kind == "chain":
            chains[link.label].append((head, tail))
            continue
        if kind == "undirected" and tail < head:
            head, tail = tail, head
        found.setdefault((head, tail, link.label), link.score)
    for label, pairs in chains.items():
        for cluster in clusters(pairs):
            found |= {(a, b, label): None for a, b in pairwise(cluster)}
    return [
        {"head": order[head], "tail": order[tail], "label": label} | ({"score": score} if score is not None else {})
        for (head, tail, label), score in sorted(found.items(), key=lambda one: one[0])
    ]


def clusters(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """What hangs together by pairs: sorted lists of at least two, by their first."""
    root: dict[int, int] = {}

    def top(i: int) -> int:
        root.setdefault(i, i)
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for a, b in pairs:
        x, y = top(a), top(b)
        root[max(x, y)] = min(x, y)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for i in sorted(root):
        groups[top(i)].append(i)
    return [group for group in groups.values() if len(group) > 1]


def arcs_and_clusters(question: Question, value: dict[str, Any]) -> tuple[set[Arc], set[Cluster]]:
    """The relations of a value by what their ends cover: arcs, and the clusters that chains make."""
    types, marks = types_of(question), {s["id"]: mark_of(s) for s in value["spans"] if "id" in s}
    arcs: set[Arc] = set()
    pairs: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    ids = list(marks)
    place = {ident: i for i, ident in enumerate(ids)}
    for link in value["relations"]:
        kind = types.get(link["label"])
        if kind is not None and kind.kind == "chain":
            pairs[link["label"]].append((place[link["head"]], place[link["tail"]]))
        else:
            arcs.add((marks[link["head"]], marks[link["tail"]], link["label"]))
    found = {(label, frozenset(marks[ids[i]] for i in group)) for label, own in pairs.items() for group in clusters(own)}
    return arcs, found


def common_links(a: Iterable[Cluster], b: Iterable[Cluster]) -> int:
    """The links that two sets of clusters have in common, as the MUC score counts them (Vilain et al., 1995): for each part
    that a cluster of one and a cluster of the other share, its size less one. Symmetric."""
    owner: defaultdict[str, dict[Mark, int]] = defaultdict(dict)
    for number, (label, marks) in enumerate(b):
        for mark in marks:
            owner[label][mark] = number
    total = 0
    for label, marks in a:
        shared = Counter(owner[label][mark] for mark in marks if mark in owner[label])
        total += sum(n - 1 for n in shared.values())
    return total


def links_in(found: Iterable[Cluster]) -> int:
    """The links that clusters are worth: size less one, each."""
    return sum(len(marks) - 1 for _, marks in found)


def voted_links(question: Question, values: Sequence[dict[str, Any]], kept: Sequence[Mark]) -> list[tuple[int, int, str]]:
    """Relations that at least half of the values contain between the kept marks, as places in `kept`. Spans are of one chain if
    at least half of the values have them in one chain, directly or by way of others."""
    place = {mark: i for i, mark in enumerate(kept)}
    votes: Counter[tuple[int, int, str]] = Counter()
    for value in values:
        arcs, chains = arcs_and_clusters(question, value)
        votes.update({(place[h], place[t], label) for h, t, label in arcs if h in place and t in place})
        for label, marks in chains:
            inside = sorted(place[mark] for mark in marks if mark in place)
            votes.update({(a, b, label) for i, a in enumerate(inside) for b in inside[i + 1 : i + 1 + NEAR]})
    return sorted(one for one, n in votes.items() if 2 * n >= len(values))

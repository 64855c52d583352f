"""Relations: the setting that names their types, their canonical form, and how far two sets of them agree.

Stands alone because a relation is no region: it has two ends, which are marks of the same value (spans of a text, things on an
image), and one of three kinds.

- `directed` (the default): from a head to a tail; "works for".
- `undirected`: the ends have no order; they are stored in the order of the value.
- `chain`: marks that mean the same, as in coreference. What counts is which marks hang together, not which links were drawn: a
  chain is stored as links from each of its marks to the next one in the order of the value.

`head` and `tail` of a type list the labels its ends may have; left out, any. An undirected type takes them either way round;
all marks of a chain need one of the labels of `head`. Agreement and votes see an end only as its `Mark`: something
hashable and ordered that is equal for ends that mean the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, Protocol, TypeAlias, cast

import msgspec

from milo.builtin.tasks._config import config_error, value_error
from milo.builtin.tasks._labels import LabelSet, check_label, describe_labels, normalise_labels
from milo.domain.errors import InvalidConfig
from milo.domain.question import Question

MAX_TYPES = 500
NEAR = 500
"""Spans of one chain that are compared with each other when chains are merged, so that work stays bounded."""

Kind = Literal["directed", "undirected", "chain"]
KINDS = ("directed", "undirected", "chain")
Mark: TypeAlias = Any
Arc = tuple[Mark, Mark, str]
Cluster = tuple[str, frozenset[Mark]]


class LinkType(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One type of relation."""

    value: str
    kind: Kind = "directed"
    head: list[str] = []
    tail: list[str] = []


class GivenLink(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A relation as it may come in: ids of two marks and the type."""

    head: str
    tail: str
    label: str
    score: float | None = None


class End(Protocol):
    """What a relation may end at."""

    id: str | None
    label: str


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


def check_links(question: Question, links: Iterable[GivenLink], ends: Iterable[End], what: str = "span") -> None:
    """Every relation by itself: its type, its ends (a `what` each), their labels. Raises InvalidValue."""
    types, by_id = types_of(question), {e.id: e for e in ends if e.id is not None}
    known = LabelSet(list(types))
    for link in links:
        kind = types.get(link.label) or types[check_label(question, known, link.label)]
        for end in (link.head, link.tail):
            if end not in by_id:
                raise value_error(
                    question, f'a relation "{link.label}" ends at the {what} "{end[:80]}", and there is none of that id.'
                )
        if link.head == link.tail:
            raise value_error(question, f'a relation "{link.label}" leads from the {what} "{link.head[:80]}" to itself.')
        _check_ends(question, kind, by_id[link.head], by_id[link.tail])


def _check_ends(question: Question, kind: LinkType, head: End, tail: End) -> None:
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
    """The relations as they are stored; `order`: the ids of the marks in the order of the value."""
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


def arcs_and_clusters(
    question: Question, links: Iterable[Mapping[str, Any]], marks: Mapping[str, Mark]
) -> tuple[set[Arc], set[Cluster]]:
    """The relations of a value by what their ends are: arcs, and the clusters that chains make. `marks`: the mark of each id;
    relations that end elsewhere are left out."""
    types = types_of(question)
    arcs: set[Arc] = set()
    pairs: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    ids = list(marks)
    place = {ident: i for i, ident in enumerate(ids)}
    for link in links:
        if link["head"] not in marks or link["tail"] not in marks:
            continue
        kind = types[link["label"]].kind if link["label"] in types else "directed"
        if kind == "chain":
            pairs[link["label"]].append((place[link["head"]], place[link["tail"]]))
            continue
        head, tail = marks[link["head"]], marks[link["tail"]]
        arcs.add((*(sorted((head, tail)) if kind == "undirected" else (head, tail)), link["label"]))
    found = {(label, frozenset(marks[ids[i]] for i in group)) for label, own in pairs.items() for group in clusters(own)}
    return arcs, found


def holds(question: Question, link: dict[str, Any], marks: dict[str, Any], among: tuple[set[Any], set[Any]]) -> bool:
    """Whether a relation {head, tail, label} is `among` the arcs and clusters of another value; a link of a chain is where both
    ends are in one cluster. `marks`: by id, what its ends are."""
    kind, label = types_of(question).get(link["label"]), link["label"]
    head, tail = marks[link["head"]], marks[link["tail"]]
    if kind is not None and kind.kind == "chain":
        return any(label == name and {head, tail} <= own for name, own in among[1])
    return (head, tail, label) in among[0]


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


def voted_links(found: Sequence[tuple[set[Arc], set[Cluster]]], kept: Sequence[Mark]) -> list[tuple[int, int, str]]:
    """Relations that at least half of the values contain between the kept marks, as places in `kept`; `found`: what
    `arcs_and_clusters` makes of each value. Marks are of one chain if at least half of the values have them in one chain,
    directly or by way of others."""
    place = {mark: i for i, mark in enumerate(kept)}
    votes: Counter[tuple[int, int, str]] = Counter()
    for arcs, chains in found:
        votes.update({(place[h], place[t], label) for h, t, label in arcs if h in place and t in place})
        for label, marks in chains:
            inside = sorted(place[mark] for mark in marks if mark in place)
            votes.update({(a, b, label) for i, a in enumerate(inside) for b in inside[i + 1 : i + 1 + NEAR]})
    return sorted(one for one, n in votes.items() if 2 * n >= len(found))


def resolved(
    question: Question, given: Iterable[dict[str, Any]], labels: Mapping[str, str], what: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """The relations of a model's answer that can be used, and what is wrong with the others. `labels`: that of each end, which
    is a `what`."""
    types = types_of(question)
    links: list[dict[str, Any]] = []
    wrong: list[str] = []
    for one in given:
        head, tail = labels.get(one["head"]), labels.get(one["tail"])
        said = f'"{one["label"]}" from {one["head"][:64]} to {one["tail"][:64]}'
        if head is None or tail is None:
            wrong.append(f"{said} names a {what} that is not in the answer")
        elif one["head"] == one["tail"]:
            wrong.append(f"{said} leads to itself")
        elif not fits(types[one["label"]], head, tail):
            wrong.append(f"{said} does not fit ends of the labels {head} and {tail}")
        else:
            links.append({"head": one["head"], "tail": one["tail"], "label": one["label"]})
    return links, wrong


def describe_types(question: Question, what: str) -> str:
    """The types for models, one a line, with what their ends (`what`) may be."""
    config = cast("list[Any]", question.config.get("relations") or [])
    about = describe_labels(msgspec.structs.replace(question, config={"labels": config})).split("\n")
    kinds = types_of(question).values()
    return "\n".join(f"{line} ({_ends(kind, what)})" for line, kind in zip(about, kinds, strict=True))


def _ends(kind: LinkType, what: str) -> str:
    head, tail = (" or ".join(end) or f"any {what}" for end in (kind.head, kind.tail))
    if kind.kind == "chain":
        return f"joins {what}s that mean the same thing: {head}; link each to the next one"
    return f"between {head} and {tail}, without direction" if kind.kind == "undirected" else f"from {head} to {tail}"

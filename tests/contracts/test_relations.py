"""Relations: canonical chains, what two graphs have in common, votes, and the form in which models answer."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.builtin.tasks import _links
from milo.builtin.tasks.relations import PLUGIN as RELATIONS
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field
from milo.kinds.task_type import from_model, to_model
from milo.testing.builders import make_item, make_question

TEXT = "Ada 👩‍🚀 works for Acme. She likes Acme."
LABELS = ["person", "firm"]
TYPES: list[Any] = [
    {"value": "works for", "head": ["person"], "tail": ["firm"]},
    {"value": "partner", "kind": "undirected", "head": ["firm"], "tail": ["person"]},
    {"value": "same", "kind": "chain"},
]
Q = make_question("relations", {"labels": LABELS, "relations": TYPES}, field="text")
PLACES = {"ada": (0, 3, "person"), "acme": (18, 22, "firm"), "she": (24, 27, "person"), "acme2": (34, 38, "firm")}


def span(name: str, **other: Any) -> dict[str, Any]:
    start, end, label = PLACES[name]
    return {"start": start, "end": end, "label": label, "id": name, **other}


def graph(*links: tuple[str, str, str], spans: Any = PLACES) -> dict[str, Any]:
    return {
        "spans": [span(s) for s in spans],
        "relations": [{"head": h, "tail": t, "label": label} for h, t, label in links],
    }


def test_places_are_code_points() -> None:
    covered = [TEXT[s:e] for s, e, _ in PLACES.values()]
    assert covered == ["Ada", "Acme", "She", "Acme"]
    RELATIONS.check(Q, graph(), make_item(TEXT))


def test_a_chain_is_stored_the_same_however_it_was_drawn() -> None:
    star = graph(("acme", "ada", "same"), ("ada", "acme2", "same"), ("she", "ada", "same"))
    path = graph(("acme2", "she", "same"), ("she", "acme", "same"), ("acme", "ada", "same"), ("ada", "acme2", "same"))
    links = [("ada", "acme"), ("acme", "she"), ("she", "acme2")]
    for value in (star, path):
        found = RELATIONS.check(Q, value, None)["relations"]
        assert [(r["head"], r["tail"]) for r in found] == links


def test_an_undirected_relation_is_stored_in_reading_order_whichever_end_fits() -> None:
    for pair in (("acme", "ada"), ("ada", "acme")):
        found = RELATIONS.check(Q, graph((*pair, "partner")), None)["relations"]
        assert found == [{"head": "ada", "tail": "acme", "label": "partner"}]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (("acme", "ada", "works for"), "goes from person to firm, not from firm to person"),
        (("ada", "she", "partner"), "not from person to person"),
        (("ada", "ada", "same"), "to itself"),
        (("ada", "bob", "same"), "none of that id"),
        (("ada", "acme", "work for"), "Did you mean"),
    ],
)
def test_relations_that_mean_nothing_are_refused(link: tuple[str, str, str], words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        RELATIONS.check(Q, graph(link), None)


def test_equal_spans_become_one_and_keep_their_relations() -> None:
    value = graph(
        ("ada", "acme", "works for"), ("twin", "acme2", "works for"), ("ada", "twin", "same"), spans=("ada", "acme", "acme2")
    )
    value["spans"].append({**span("ada"), "id": "twin"})
    found = RELATIONS.check(Q, value, None)
    assert [s["id"] for s in found["spans"]] == ["ada", "acme", "acme2"]
    assert [(r["head"], r["tail"]) for r in found["relations"]] == [("ada", "acme"), ("ada", "acme2")]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"labels": LABELS}, "needs types of relations"),
        ({"labels": LABELS, "relations": ["a", "a"]}, "two labels have the value"),
        ({"labels": LABELS, "relations": [{"value": "a", "head": ["place"]}]}, "head names 'place'"),
        ({"labels": LABELS, "relations": [{"value": "a", "kind": "loop"}]}, "the kind 'loop'"),
        ({"labels": LABELS, "relations": [{"value": "a", "kind": "chain", "tail": ["firm"]}]}, "without a tail"),
        ({"labels": LABELS, "relations": [3]}, "must be a name or an object"),
        ({"labels": LABELS, "relations": ["a"], "knowledge": "no such name!"}, "knowledge bases"),
    ],
)
def test_settings_that_mean_nothing_are_refused(config: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidConfig, match=words):
        RELATIONS.check_config(make_question("relations", config), (Field("text"),))


def test_agreement_counts_spans_relations_and_links_of_chains() -> None:
    a = RELATIONS.check(Q, graph(("ada", "acme", "works for"), ("ada", "she", "same"), ("acme", "acme2", "same")), None)
    b = RELATIONS.check(Q, graph(("ada", "she", "same"), spans=("ada", "she", "acme")), None)
    # 4 spans, 1 relation and 2 links against 3 spans and 1 link; 3 spans and 1 link in common.
    assert RELATIONS.agreement(Q, a, b) == pytest.approx(2 * 4 / (7 + 4))


_partition = st.lists(st.integers(0, 3), min_size=5, max_size=5)


def _clusters(parts: list[int]) -> set[_links.Cluster]:
    marks = [(i, i + 1, "x") for i in range(len(parts))]
    groups = {p: frozenset(m for m, q in zip(marks, parts, strict=True) if q == p) for p in parts if p}
    return {("same", g) for g in groups.values() if len(g) > 1}


@given(_partition, _partition)
def test_common_links_are_those_of_the_muc_score(a: list[int], b: list[int]) -> None:
    """Recall of the MUC score by its definition: over clusters, size less the number of parts the others cut it into."""

    def missing_free(ours: set[_links.Cluster], theirs: set[_links.Cluster]) -> int:
        total = 0
        for _, cluster in ours:
            cut = [cluster & other for _, other in theirs if cluster & other]
            parts = len(cut) + len(cluster - frozenset().union(*cut))
            total += len(cluster) - parts
        return total

    ours, theirs = _clusters(a), _clusters(b)
    assert _links.common_links(ours, theirs) == missing_free(ours, theirs) == missing_free(theirs, ours)


@settings(max_examples=60, deadline=None)
@given(st.lists(_partition, min_size=2, max_size=4))
def test_merged_chains_hold_together_what_at_least_half_put_together(parts: list[list[int]]) -> None:
    marks = [{"start": i, "end": i + 1, "label": "person", "id": f"k{i}"} for i in range(5)]
    values = []
    for part in parts:
        links = [(f"k{i}", f"k{j}") for i, j in combinations(range(5), 2) if part[i] and part[i] == part[j]]
        value = {"spans": marks, "relations": [{"head": h, "tail": t, "label": "same"} for h, t in links]}
        values.append(RELATIONS.check(Q, value, None))
    merged = RELATIONS.merge(Q, values)
    together = [(i, j) for i, j in combinations(range(5), 2) if 2 * sum(p[i] == p[j] > 0 for p in parts) >= len(parts)]
    expected = {tuple(c) for c in _links.clusters(together)}
    place = {s["id"]: s["start"] for s in merged["spans"] if "id" in s}
    assert {tuple(c) for c in _links.clusters((place[r["head"]], place[r["tail"]]) for r in merged["relations"])} == expected


def test_merge_votes_on_relations_and_links_to_entries() -> None:
    one = make_question("relations", {**Q.config, "knowledge": "firms"}, field="text")
    ada, acme = span("ada"), span("acme")
    work = [{"head": "ada", "tail": "acme", "label": "works for"}]
    values = [
        {"spans": [ada, acme | {"entity": "E2"}], "relations": work},
        {"spans": [ada, acme | {"entity": "E1"}], "relations": work},
        {"spans": [ada, acme], "relations": []},
        {"spans": [ada], "relations": []},
    ]
    merged = RELATIONS.merge(one, [RELATIONS.check(one, v, None) for v in values])
    assert [s.get("entity") for s in merged["spans"]] == [None, "E1"]
    assert len(merged["relations"]) == 1


def test_an_entity_needs_a_knowledge_base() -> None:
    value = graph(spans=("ada",))
    value["spans"][0]["entity"] = "Q1"
    with pytest.raises(InvalidValue, match="names no knowledge base"):
        RELATIONS.check(Q, value, None)
    one = make_question("relations", {**Q.config, "knowledge": "people"}, field="text")
    assert RELATIONS.check(one, value, None)["spans"][0]["entity"] == "Q1"
    value["spans"][0]["entity"] = ""
    with pytest.raises(InvalidValue, match="id of an entry"):
        RELATIONS.check(one, value, None)


def _answer(*links: tuple[str, str, str], quotes: tuple[str, ...] = ("Ada", "Acme", "Acme")) -> dict[str, Any]:
    spans = [
        {"id": f"m{i}", "quote": q, "label": "person" if q == "Ada" else "firm", "occurrence": quotes[: i + 1].count(q)}
        for i, q in enumerate(quotes)
    ]
    return {"spans": spans, "relations": [{"head": h, "tail": t, "label": label} for h, t, label in links]}


def test_a_model_answers_with_quotes_and_ids_of_its_own() -> None:
    item = make_item(TEXT)
    read = from_model(RELATIONS, Q, _answer(("m0", "m2", "works for"), ("m1", "m2", "same")), item, last=False)
    assert [s["start"] for s in read.value["spans"]] == [0, 18, 34]
    assert [(r["head"], r["tail"], r["label"]) for r in read.value["relations"]] == [
        ("m0", "m2", "works for"),
        ("m1", "m2", "same"),
    ]
    again = from_model(RELATIONS, Q, to_model(RELATIONS, Q, read.value, item), item, last=False).value
    assert RELATIONS.agreement(Q, again, read.value) == 1.0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_answer(quotes=("Ada", "Bob")), "do not stand in the text"),
        (_answer(("m1", "m0", "works for")), "does not fit ends of the labels firm and person"),
        (_answer(("m0", "m9", "works for")), "not in the answer"),
        (_answer(("m0", "m0", "same")), "leads to itself"),
    ],
)
def test_a_model_is_told_what_is_wrong_and_at_last_loses_only_that(answer: dict[str, Any], words: str) -> None:
    item = make_item(TEXT)
    with pytest.raises(InvalidValue, match=words):
        from_model(RELATIONS, Q, answer, item, last=False)
    read = from_model(RELATIONS, Q, answer, item, last=True)
    assert words in read.left_out[0].replace("does not stand", "do not stand")
    assert read.value["spans"]
    assert read.value["relations"] == []


def test_a_model_that_names_two_spans_alike_is_asked_again() -> None:
    answer = _answer()
    answer["spans"][1]["id"] = "m0"
    with pytest.raises(InvalidValue, match="two spans have the id"):
        from_model(RELATIONS, Q, answer, make_item(TEXT), last=True)

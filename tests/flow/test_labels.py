"""The label text: what is written can be read back, and a filter finds a label exactly where it was given."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from data_bench import Bench
from milo.flow.labels import escaped, label_text, labels_in, shown

LABELS = st.one_of(st.text(st.sampled_from("|\\pab é"), min_size=1, max_size=6), st.text(min_size=1, max_size=8))


@given(st.lists(LABELS, min_size=1, max_size=5))
def test_labels_come_back(labels: list[str]) -> None:
    assert labels_in(label_text(labels) or "") == labels


@given(st.lists(LABELS, min_size=1, max_size=5), LABELS)
def test_a_label_is_in_the_text_exactly_if_it_was_given(labels: list[str], wanted: str) -> None:
    text = label_text(labels) or ""
    found = text == escaped(wanted) or (text.startswith("|") and f"|{escaped(wanted)}|" in text)
    assert found == (wanted in labels)


@given(LABELS)
def test_a_single_label_is_shown_as_it_is(label: str) -> None:
    assert shown(label_text([label]) or "") == label


def test_no_labels_have_no_text() -> None:
    assert label_text([]) is None


ODD = ["a", "b", "a|b", "|a|b|", "\\", "\\p", "|", "b|", "%", "_", "a|"]


def test_filters_facets_and_bulk_tell_such_labels_apart(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        choice = {"name": "one", "type": "choice", "config": {"labels": ODD}}
        several = {"name": "some", "type": "choices", "required": False, "config": {"labels": ODD}}
        bench.project(choice, several)
        ids = bench.add(*[f"text {n}" for n in range(2 * len(ODD))])
        for n, label in enumerate(ODD):
            bench.answer(ids[n], one=label, some=[label, ODD[(n + 1) % len(ODD)]])
            bench.suggest("m", [(ids[n + len(ODD)], label, 0.5)], "one")
        facets = bench.call("GET", "/facets")["labels"]
        for n, label in enumerate(ODD):
            assert bench.places(label=f"one:{label}") == [n + 1], label
            assert bench.places(label=f"some:{label}") == sorted([n + 1, (n - 1) % len(ODD) + 1]), label
            assert bench.places(suggested=f"one:{label}") == [n + 1 + len(ODD)], label
            assert facets["one"][label] == 1
            assert facets["some"][label] == 2
        bins = bench.call("GET", "/suggestions/histogram?question=one")["labels"]
        assert {k: v["n"] for k, v in bins.items()} == dict.fromkeys(ODD, 1)
        for label in ODD:
            order = {"op_id": "operation", "question": "one", "min_score": 1.0, "per_label": {label: 0.1}, "dry_run": True}
            assert bench.call("POST", "/bulk/accept", order)["by_label"] == {label: 1}, label
    finally:
        bench.close()

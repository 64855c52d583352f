"""Formats of other tools: what Milo writes in them reads back, and what they cannot carry is named."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.foreign_desk import FOREIGN, GRAPH, PLAIN, SPANS, Desk, value_of
from contracts.task_cases import AWKWARD, CASES, LINKS, TEXT
from milo.builtin.formats.conll import SCHEMES, decoded
from milo.domain.errors import InvalidConfig
from milo.kinds.format import BadRow, Row
from milo.kinds.registry import Registry
from milo.testing.builders import make_context, make_export_row, make_question, make_spec
from milo.testing.contracts import check_format

_quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.parametrize("name", FOREIGN)
def test_they_keep_the_promises_of_formats(desk: Desk, name: str, tmp_path: Path) -> None:
    value = desk.check(SPANS, [{"start": 0, "end": 3, "label": "plain"}])
    rows = [make_export_row({"q": value}, {"text": TEXT}, key="a/b.txt"), make_export_row({}, {"text": "no marks"}, id=2)]
    context = make_context(make_spec([SPANS]), desk.registry.task_types.all())
    check_format(desk.registry.formats.get(name), rows, context, tmp_path)
    assert desk.registry.formats.get(name).title
    empty = io.BytesIO()
    assert desk.registry.formats.get(name).write([], empty, context).rows == 0


@pytest.mark.parametrize("name", ["spacy", "doccano", "prodigy", "brat", "label_studio", "argilla"])
def test_spans_come_back_as_they_went(desk: Desk, name: str) -> None:
    @_quick
    @given(CASES["spans"][0].values)
    def holds(values: list[dict[str, Any]]) -> None:
        marks = [v | {"label": "_".join(v["label"].split())} if name == "brat" else v for v in values]
        question = make_question("spans", {"labels": sorted({*AWKWARD, *(m["label"] for m in marks)})}, field="text")
        value = desk.check(question, marks)
        path, _ = desk.write(name, question, [make_export_row({"q": value}, {"text": TEXT})])
        [row] = desk.rows(name, path)
        assert row.data["text"] == TEXT
        task = desk.registry.task_types.get("spans")
        assert task.agreement(question, value, value_of(row, question, desk) if value or row.annotations else []) == 1.0

    holds()


@pytest.mark.parametrize("name", ["doccano", "prodigy", "brat", "label_studio"])
def test_relations_come_back_as_they_went(desk: Desk, name: str) -> None:
    @_quick
    @given(CASES["relations"][0].values)
    def holds(drawn: dict[str, Any]) -> None:
        fixed = {"a|b": "a|b", "plain": "plain"}
        for span in drawn["spans"]:
            span["label"] = fixed.get(span["label"], "other")
        question = make_question(
            "relations", {"labels": ["a|b", "plain", "other"], "relations": ["knows", *LINKS[1:]]}, field="text"
        )
        # Prodigy tells spans apart by their place alone.
        places = {(s["start"], s["end"]) for s in drawn["spans"]}
        if name == "prodigy" and len(places) < len(drawn["spans"]):
            return
        value = desk.check(question, drawn)
        path, _ = desk.write(name, question, [make_export_row({"q": value}, {"text": TEXT})])
        [row] = desk.rows(name, path)
        back = value_of(row, question, desk) if value["spans"] else {"spans": [], "relations": []}
        assert desk.registry.task_types.get("relations").agreement(question, value, back) == 1.0

    holds()


_words = st.lists(st.sampled_from(["Ada", "in", "Zürich", "東京", ",", "Ole\u0301", "👩‍🚀", "and"]), min_size=1, max_size=9)


@_quick
@given(_words, st.data())
def test_tags_of_every_scheme_mean_the_same_spans(registry: Registry, words: list[str], data: st.DataObject) -> None:
    """Spans over whole words, side by side, of labels that repeat: the case in which the schemes differ."""
    text, edges, at = " ".join(words), [], 0
    for word in words:
        edges.append((at, at + len(word)))
        at += len(word) + 1
    spans: list[dict[str, Any]] = []
    i = 0
    while i < len(words):
        n = data.draw(st.integers(0, 3))
        if n:
            last = min(i + n, len(words)) - 1
            spans.append({"start": edges[i][0], "end": edges[last][1], "label": data.draw(st.sampled_from(["PER", "LOC"]))})
        i += n or 1
    plugin = registry.formats.get("conll")
    for scheme in SCHEMES:
        sink = io.BytesIO()
        context = make_context(make_spec([PLAIN]), registry.task_types.all(), options={"scheme": scheme})
        plugin.write([make_export_row({"q": spans}, {"text": text})], sink, context)
        lines = [tuple(line.split("\t")) for line in sink.getvalue().decode().splitlines() if line]
        joined, found = decoded([(w, t) for w, t in lines], "")
        assert joined == text.replace(" ", "")
        blanks = lambda k: text[:k].count(" ")  # noqa: E731
        assert found == [{**s, "start": s["start"] - blanks(s["start"]), "end": s["end"] - blanks(s["end"])} for s in spans]


def test_iob1_iob2_bioes_and_bilou_are_told_apart_by_their_tags() -> None:
    words = ["A", "B", "C", "D"]
    iob1 = ["I-X", "I-X", "B-X", "I-Y"]
    iob2 = ["B-X", "I-X", "B-X", "B-Y"]
    bioes = ["B-X", "E-X", "S-X", "S-Y"]
    bilou = ["B-X", "L-X", "U-X", "U-Y"]
    expected = [(0, 3, "X"), (4, 5, "X"), (6, 7, "Y")]
    for tags in (iob1, iob2, bioes, bilou):
        found = decoded(list(zip(words, tags, strict=True)), " ")[1]
        assert [(s["start"], s["end"], s["label"]) for s in found] == expected


def test_what_cannot_be_carried_is_named(desk: Desk) -> None:
    linked = make_question("relations", {**GRAPH.config, "knowledge": "kb"}, field="text")
    spans = [
        {"start": 0, "end": 9, "label": "plain", "id": "a", "entity": "Q1"},
        {"start": 4, "end": 6, "label": "a|b", "id": "b"},
        {"start": 3, "end": 4, "label": "x y", "id": "c"},
    ]
    value = desk.check(linked, {"spans": spans, "relations": [{"head": "a", "tail": "b", "label": "near"}]})
    row = make_export_row({"q": value, "mood": "good"}, {"text": TEXT})
    lost = {name: "; ".join(desk.write(name, linked, [row])[1]) for name in FOREIGN}
    assert "spans that overlap another one: 2" in lost["conll"]
    assert "relations: 1" in lost["conll"]
    assert "relations: 1" in lost["spacy"]
    assert "links of spans to entries: 1" in lost["spacy"]
    assert "labels with white space" in lost["brat"]
    assert "links of spans to entries: 1" in lost["label_studio"]
    assert "whose kind Argilla does not know" in lost["argilla"]
    for name in ("conll", "spacy", "doccano", "prodigy", "brat"):
        assert "answers to other questions: 1" in lost[name]


def test_a_scheme_that_does_not_exist_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidConfig, match="none of iob2"):
        desk.write("conll", SPANS, [], options={"scheme": "iob3"})


# Written from the published descriptions of the formats, where there is no real file.


def test_brat_as_its_manual_describes_it(desk: Desk) -> None:
    text = "Sony and Ericsson formed Sony Ericsson in 2001 😀 there."
    lines = [
        "T1\tOrganization 0 4\tSony", "T2\tOrganization 9 17\tEricsson", "T3\tOrg-Joint 25 38\tSony Ericsson", "T4\tFormation 18 24\tformed",
        "T5\tOrganization 0 4;9 17\tSony Ericsson", "R1\tOrigin Arg1:T3 Arg2:T1", "*\tEquiv T1 T2 T3", "E1\tFormation:T4 Agent:T1",
        "A1\tConfidence T1 High", "N1\tReference T1 Wikipedia:534366\tSony", "#1\tAnnotatorNotes T1\tnot sure", "T9\tBroken", "R9\tOrigin Arg1:T1 Arg2:E1",
    ]  # fmt: skip
    path = desk.folder / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/one.txt", text)
        archive.writestr("a/one.ann", "\n".join(lines))
        archive.writestr("a/two.txt", "nothing marked")
    rows = desk.read("brat", path)
    assert [type(r).__name__ for r in rows] == ["Row", "BadRow", "Row"]
    first = rows[0]
    assert isinstance(first, Row)
    assert [(text[s["start"] : s["end"]], s["label"], s.get("entity")) for s in first.data["spans"]] == [
        ("Sony", "Organization", "Wikipedia:534366"),
        ("Ericsson", "Organization", None),
        ("Sony Ericsson", "Org-Joint", None),
        ("formed", "Formation", None),
    ]
    assert [(r["head"], r["tail"], r["label"]) for r in first.data["graph"]["relations"]] == [
        ("T3", "T1", "Origin"), ("T1", "T2", "Equiv"), ("T2", "T3", "Equiv"),
    ]  # fmt: skip
    assert isinstance(rows[1], BadRow)
    for what in (
        "attributes: 1",
        "events: 1",
        "notes: 1",
        "spans in several pieces: 1",
        "lines that are damaged: 1",
        "relations of what is no span: 1",
    ):
        assert what in rows[1].reason


def test_a_bomb_in_a_brat_archive_is_refused(desk: Desk) -> None:
    path = desk.folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.txt", b"\0" * (8 << 20))
    [row] = desk.read("brat", path)
    assert isinstance(row, BadRow)
    assert "bomb" in row.reason


def test_argilla_records_as_its_documentation_shows_them(desk: Desk) -> None:
    record = {
        "id": "r1",
        "fields": {"text": "Ada in Rome"},
        "metadata": {"source": "web"},
        "responses": {
            "q": [
                {"value": [{"start": 0, "end": 3, "label": "PER"}], "user_id": "u1", "status": "submitted"},
                {"value": [], "user_id": "u2", "status": "draft"},
            ]
        },
        "suggestions": {"q": {"value": [{"start": 7, "end": 11, "label": "LOC", "score": 0.5}], "score": 0.9, "agent": "m"}},
    }
    path = desk.folder / "records.json"
    path.write_text(json.dumps([record, {"no": "fields"}]))
    rows = desk.read("argilla", path)
    assert isinstance(rows[0], Row)
    assert rows[0].data == {"source": "web", "id": "r1", "text": "Ada in Rome"}
    assert [(a["role"], a.get("author"), a.get("model"), len(a["cells"][""])) for a in rows[0].annotations] == [
        ("answer", "u1", None, 1),
        ("suggestion", None, "m", 1),
    ]
    assert isinstance(rows[1], BadRow)


def test_offsets_of_label_studio_in_utf16_are_converted(desk: Desk) -> None:
    text = "😀😀 Ada"
    value = {"start": 5, "end": 8, "text": "Ada", "labels": ["PER"]}
    task = {
        "data": {"text": text},
        "annotations": [{"result": [{"id": "x", "from_name": "q", "type": "labels", "value": value}]}],
    }
    path = desk.folder / "tasks.json"
    path.write_text(json.dumps([task]))
    [row] = desk.rows("label_studio", path)
    [span] = row.annotations[0]["cells"][""]
    assert text[span["start"] : span["end"]] == "Ada"


def test_a_label_studio_comparison_needs_the_label_config(desk: Desk) -> None:
    task = {
        "data": {"a": "x", "b": "y"},
        "annotations": [{"result": [{"from_name": "better", "type": "pairwise", "value": {"selected": "right"}}]}],
    }
    path = desk.folder / "pairs.json"
    path.write_text(json.dumps([task]))
    config = '<View><Text name="l" value="$a"/><Text name="r" value="$b"/><Pairwise name="better" toName="l,r"/></View>'
    assert desk.rows("label_studio", path)[0].annotations == []
    [row] = desk.rows("label_studio", path, config=config)
    assert row.annotations[0]["cells"] == {"": {"winner": "b"}}


def test_older_pairs_of_spacy_are_read(desk: Desk) -> None:
    path = desk.folder / "train.json"
    path.write_text(
        json.dumps([["Ada in Rome", {"entities": [[0, 3, "PER"]]}], {"text": "x", "cats": {"a": 0.9, "b": 0.1}}, ["odd"]])
    )
    rows = desk.read("spacy", path)
    assert [r.data.get("spans") for r in rows[:2] if isinstance(r, Row)] == [[{"start": 0, "end": 3, "label": "PER"}], []]
    assert isinstance(rows[1], Row)
    assert rows[1].data["labels"] == ["a"]
    assert isinstance(rows[2], BadRow)

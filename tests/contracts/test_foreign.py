"""Formats of other tools: what Milo writes in them reads back, what they cannot carry is named, and real files come in and go out
again unchanged in what they say."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.task_cases import AWKWARD, CASES, LINKS, TEXT
from milo.builtin.formats import _label_config as label_config
from milo.builtin.formats.conll import SCHEMES, decoded
from milo.domain.errors import Invalid, InvalidConfig
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.flow.restore import Labels
from milo.kinds.format import BadRow, ExportRow, Row
from milo.kinds.registry import Registry
from milo.testing.builders import make_context, make_export_row, make_question, make_source, make_spec
from milo.testing.contracts import check_format, check_reader

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
FOREIGN = ("conll", "spacy", "doccano", "prodigy", "brat", "label_studio", "argilla")
SPANS = make_question("spans", {"labels": AWKWARD}, field="text")
GRAPH = make_question("relations", {"labels": AWKWARD, "relations": LINKS}, field="text")
PLAIN = make_question("spans", {"labels": ["PER", "LOC"]}, field="text")
_quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def real(path: str) -> Path:
    found = REAL / path
    if not found.exists():
        pytest.skip(f"{found} is not on this machine")
    return found


class Desk:
    """Writes rows in a format and reads them back."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry, self.folder = registry, folder

    def check(self, question: Question, value: Any, text: str = TEXT) -> Any:
        return self.registry.task_types.get(question.type).check(question, value, Item(0, 0, 0, {"text": text}))

    def write(self, name: str, question: Question, rows: list[ExportRow], **more: Any) -> tuple[Path, list[str]]:
        context = make_context(make_spec([question]), self.registry.task_types.all(), **more)
        sink, plugin = io.BytesIO(), self.registry.formats.get(name)
        report = plugin.write(rows, sink, context)
        assert report.rows == len(rows)
        path = self.folder / f"out{plugin.suffixes[0]}"
        path.write_bytes(sink.getvalue())
        return path, report.lost

    def read(self, name: str, path: Path, **options: Any) -> list[Row | BadRow]:
        return check_reader(self.registry.formats.get(name), make_source(path, **options))

    def rows(self, name: str, path: Path, **options: Any) -> list[Row]:
        return [r for r in self.read(name, path, **options) if isinstance(r, Row)]


@pytest.fixture
def desk(registry: Registry, tmp_path: Path) -> Desk:
    return Desk(registry, tmp_path)


@pytest.mark.parametrize("name", FOREIGN)
def test_they_keep_the_promises_of_formats(desk: Desk, name: str, tmp_path: Path) -> None:
    value = desk.check(SPANS, [{"start": 0, "end": 3, "label": "plain"}])
    rows = [make_export_row({"q": value}, {"text": TEXT}, key="a/b.txt"), make_export_row({}, {"text": "no marks"}, id=2)]
    context = make_context(make_spec([SPANS]), desk.registry.task_types.all())
    check_format(desk.registry.formats.get(name), rows, context, tmp_path)
    assert desk.registry.formats.get(name).title
    empty = io.BytesIO()
    assert desk.registry.formats.get(name).write([], empty, context).rows == 0


def _value_of(row: Row, question: Question, desk: Desk) -> Any:
    if row.annotations:
        labels, wrong = Labels(make_spec([question]), {t.name: t for t in desk.registry.task_types.all()}).restored(
            row.annotations, {"text": row.data["text"]}
        )
        assert not wrong
        return json.loads(labels[0].value)
    found = row.data.get("graph", row.data.get("spans", []))
    return desk.check(question, found, row.data["text"])


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
        assert task.agreement(question, value, _value_of(row, question, desk) if value or row.annotations else []) == 1.0

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
        back = _value_of(row, question, desk) if value["spans"] else {"spans": [], "relations": []}
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


# Real files


def test_doccano_files_of_its_own_tests(desk: Desk) -> None:
    """Relations, spans, categories and intents; each written again and read again."""
    root = real("formats/fmt_doccano/backend")
    path = root / "data_import/tests/data/relation_extraction/example.jsonl"
    question = make_question(
        "relations", {"labels": ["ORG", "DATE", "PERSON"], "relations": ["foundedAt", "foundedBy"]}, field="text"
    )
    before = [_value_of(r, question, desk) for r in desk.rows("doccano", path)]
    assert [len(v["relations"]) for v in before] == [3]
    rows = [
        make_export_row({"q": v}, {"text": r.data["text"]}) for v, r in zip(before, desk.rows("doccano", path), strict=True)
    ]
    again, _ = desk.write("doccano", question, rows)
    assert [(r.data["text"], len(r.data["graph"]["relations"])) for r in desk.rows("doccano", again)] == [
        (rows[0].data["text"], 3)
    ]
    theirs, ours = json.loads(path.read_text().splitlines()[0]), json.loads(again.read_text().splitlines()[0])
    kept = ("start_offset", "end_offset", "label")
    assert [[e[k] for k in kept] for e in ours["entities"]] == [[e[k] for k in kept] for e in theirs["entities"]]
    intents = desk.read("doccano", root / "data_import/tests/data/intent/example.jsonl")
    assert [type(r).__name__ for r in intents] == ["Row", "Row", "Row", "Row", "BadRow"]
    labels = desk.rows("doccano", root / "data_import/tests/data/text_classification/example.jsonl")
    assert [r.data.get("labels") for r in labels] == [["positive"], ["positive", "negative"], None]
    renamed = desk.rows(
        "doccano",
        root / "data_import/pipeline/examples/sequence_labeling/example.jsonl",
        text="column_data",
        labels="column_label",
    )
    assert [r.data["text"][s["start"] : s["end"]] for r in renamed for s in r.data["spans"]] == [
        "EU",
        "Peter Blackburn",
        "Obama",
    ]


def test_doccano_conll_files(desk: Desk) -> None:
    root = real("formats/fmt_doccano/backend/data_import/tests/data/sequence_labeling")
    rows = desk.rows("conll", root / "example.conll")
    assert [(r.data["text"], [(r.data["text"][s["start"] : s["end"]], s["label"]) for s in r.data["spans"]]) for r in rows] == [
        ("JAPAN GET", [("JAPAN", "LOC")]),
        ("Nadim Ladki", [("Nadim Ladki", "PER")]),
    ]
    again, _ = desk.write("conll", PLAIN, [make_export_row({"q": r.data["spans"]}, {"text": r.data["text"]}) for r in rows])
    assert again.read_text().strip() == (root / "example.conll").read_text().strip()
    broken = desk.read("conll", root / "labeling.invalid.conll")
    assert any(isinstance(r, BadRow) and "is no tag" in r.reason for r in broken)


@pytest.mark.parametrize(
    ("name", "accepted"), [("annotated_news_headlines-ORG-PERSON-LOCATION-ner", 303), ("annotated_reddit-PRODUCT-ner", None)]
)
def test_prodigy_spans_of_real_sessions(desk: Desk, name: str, accepted: int | None) -> None:
    path = real(f"hil/{name}.jsonl")
    rows = desk.rows("prodigy", path)
    raw = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == len(raw)
    expected = [[(s["start"], s["end"], s["label"]) for s in r.get("spans") or []] for r in raw if r["answer"] == "accept"]
    taken = [r for r in rows if r.data["answer"] == "accept"]
    found = [[(s["start"], s["end"], s["label"]) for s in r.data.get("spans", [])] for r in taken]
    assert found == expected
    assert accepted is None or sum(map(len, found)) == accepted
    labels = sorted({label for spans in found for _, _, label in spans})
    question = make_question("spans", {"labels": labels}, field="text")
    values = [desk.check(question, r.data.get("spans", []), r.data["text"]) for r in taken]
    again, _ = desk.write(
        "prodigy", question, [make_export_row({"q": v}, {"text": r.data["text"]}) for v, r in zip(values, taken, strict=True)]
    )
    back = desk.rows("prodigy", again)
    assert [desk.check(question, r.data["spans"], r.data["text"]) for r in back] == values


def test_prodigy_decisions_of_real_sessions(desk: Desk) -> None:
    rows = desk.rows("prodigy", real("hil/annotated_github-issues-DOCUMENTATION-textcat.jsonl"))
    assert sum("label" in r.data for r in rows) == 261
    assert sum("proposed_label" in r.data for r in rows) == 829 - 261
    assert rows[0].data["url"].startswith("https://")


LS = "formats/fmt_label_studio/tests/custom/converter/data"


def test_label_studio_boxes_of_a_real_export(desk: Desk) -> None:
    path = real(f"{LS}/test_export_csv/csv_test.json")
    found = desk.read("label_studio", path)
    rows = [r for r in found if isinstance(r, Row)]
    raw = json.loads(path.read_text())
    assert len(rows) == len(raw)
    question = make_question("boxes", {"labels": ["Car", "Airplane"]}, name="label", field="image")
    picture = {"media": 1, "width": 768, "height": 576}
    context = make_context(make_spec([question], [Field("image", "image")]), desk.registry.task_types.all())
    boxes = [a for a in rows[0].annotations if a["role"] == "answer"]
    value = desk.registry.task_types.get("boxes").check(question, boxes[0]["cells"][""], Item(0, 0, 0, {"image": picture}))
    sink = io.BytesIO()
    desk.registry.formats.get("label_studio").write([make_export_row({"label": value}, {"image": picture})], sink, context)
    ours = json.loads(sink.getvalue())[0]["annotations"][0]["result"][0]["value"]
    theirs = raw[0]["annotations"][0]["result"][0]["value"]
    for side in ("x", "y", "width", "height"):
        assert ours[side] == pytest.approx(theirs[side])
    assert next(a for a in rows[0].annotations if a["role"] == "suggestion")["model"] == "model 0"


def test_label_studio_choices_with_odd_characters(desk: Desk) -> None:
    rows = desk.rows("label_studio", real(f"{LS}/test_export_csv/csv_test2.json"))
    assert rows[0].annotations[0]["cells"] == {"": 'Yes " "" \n \t \t а б в \n'}
    assert rows[0].annotations[0]["author"] == "test@heartex.com"


@pytest.mark.parametrize("name", ["test_export_json_min/chat_data.json"])
def test_label_studio_results_without_their_like_are_counted(desk: Desk, name: str) -> None:
    found = desk.read("label_studio", real(f"{LS}/{name}"))
    assert any(isinstance(r, Row) for r in found)
    assert any(isinstance(r, BadRow) and "results of the kind" in r.reason for r in found)


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("test_export_yolo/label_config.xml", ["boxes"]),
        ("test_export_yolo/label_config_obb.xml", ["boxes"]),
        ("test_export_yolo/label_config_polygons.xml", ["polygons"]),
        ("test_export_yolo/label_config_keypoints.xml", ["keypoints", "boxes"]),
        ("test_export_coco/label_config.xml", ["boxes", "polygons", "keypoints"]),
    ],
)
def test_real_label_configs_become_questions(name: str, questions: list[str]) -> None:
    fields, found, lost = label_config.from_xml(real(f"{LS}/{name}").read_text())
    assert [f.kind for f in fields] == ["image"]
    assert [q.type for q in found] == questions
    assert not lost


# Label configs


CONFIG = """<View>
  <Text name="t" value="$body"/><Text name="u" value="$other"/><Image name="i" value="$photo"/>
  <Choices name="mood" toName="t"><Choice value="good" hotkey="g"/><Choice value="a &lt; b &amp; c" alias="b"/></Choices>
  <Choices name="tags" toName="t" choice="multiple" required="true"><Choice value="x"/></Choices>
  <Rating name="stars" toName="t" maxRating="7"/>
  <TextArea name="why" toName="t"/>
  <Labels name="ents" toName="t"><Label value="PER" background="#ff0000"/><Label value="LOC"/></Labels>
  <RectangleLabels name="things" toName="i"><Label value="car"/></RectangleLabels>
  <Pairwise name="better" toName="t,u"/>
  <BrushLabels name="mask" toName="i"><Label value="m"/></BrushLabels>
  <PolygonLabels name="shape" toName="i"><Label value="m"/></PolygonLabels>
  <RectangleLabels name="upright" toName="i" canRotate="false"><Label value="car"/></RectangleLabels>
  <KeyPointLabels name="spots" toName="i"><Label value="a"/><Label value="b"/></KeyPointLabels>
  <KeyPointLabels name="pose" toName="i"><Label value="tail" model_index="1"/><Label value="head" model_index="0"/></KeyPointLabels>
  <RectangleLabels name="pose_figure" toName="i"><Label value="cow"/></RectangleLabels>
  <EllipseLabels name="round" toName="i"><Label value="m"/></EllipseLabels>
</View>"""


def test_a_label_config_leads_to_questions_and_back(registry: Registry) -> None:
    fields, questions, lost = label_config.from_xml(CONFIG)
    assert [(f.name, f.kind) for f in fields] == [("body", "text"), ("other", "text"), ("photo", "image")]
    types = {
        "mood": "choice",
        "tags": "choices",
        "stars": "rating",
        "why": "text",
        "ents": "spans",
        "things": "boxes",
        "better": "pairwise",
        "mask": "masks",
        "shape": "polygons",
        "upright": "boxes",
        "spots": "keypoints",
        "pose": "keypoints",
    }
    assert {q.name: q.type for q in questions} == types
    assert lost == ["EllipseLabels round"]
    done = [registry.task_types.get(q.type).check_config(q, tuple(fields)) for q in questions]
    assert done[0].config["labels"][1] == {"value": "b", "title": "a < b & c", "key": "1"}
    shapes = {t.name: t.shape for t in registry.task_types.all()}
    xml, left_out = label_config.to_xml(make_spec(done, fields), shapes)
    assert left_out == []
    again, questions_again, lost = label_config.from_xml(xml)
    assert lost == []
    assert again == fields
    redone = [registry.task_types.get(q.type).check_config(q, tuple(again)) for q in questions_again]
    assert {q.name: (q.type, q.config) for q in redone} == {q.name: (q.type, q.config) for q in done}


def test_relations_of_a_label_config_make_a_graph() -> None:
    xml = '<View><Text name="t" value="$t"/><Labels name="g" toName="t"><Label value="A"/></Labels><Relations><Relation value="of"/></Relations></View>'
    [question] = label_config.from_xml(xml)[1]
    assert (question.type, question.config["relations"]) == ("relations", ["of"])


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><View><Text name="t" value="&b;"/></View>'
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><View>&f;</View>'


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (BOMB, "declares"),
        (FILE, "declares"),
        ("<View>", "no valid XML"),
        ("", "no valid XML"),
        ("<View/>", "asks nothing"),
        ("\ud800", "no valid XML"),
    ],
)
def test_label_configs_that_are_none_are_refused(xml: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        label_config.from_xml(xml)


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

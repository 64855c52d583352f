"""Real files of other tools come in and go out again unchanged in what they say."""

from __future__ import annotations

import io
import json

import pytest

from contracts.foreign_desk import PLAIN, Desk, real, value_of
from milo.domain.item import Item
from milo.domain.question import Field
from milo.kinds.format import BadRow, Row
from milo.testing.builders import make_context, make_export_row, make_question, make_spec


def test_doccano_files_of_its_own_tests(desk: Desk) -> None:
    """Relations, spans, categories and intents; each written again and read again."""
    root = real("formats/fmt_doccano/backend")
    path = root / "data_import/tests/data/relation_extraction/example.jsonl"
    question = make_question(
        "relations", {"labels": ["ORG", "DATE", "PERSON"], "relations": ["foundedAt", "foundedBy"]}, field="text"
    )
    before = [value_of(r, question, desk) for r in desk.rows("doccano", path)]
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

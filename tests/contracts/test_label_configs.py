"""Label configs of Label Studio: real ones become questions, and lead back; those that are none are refused."""

from __future__ import annotations

import pytest

from contracts.foreign_desk import real
from milo.builtin.formats import _label_config as label_config
from milo.domain.errors import Invalid
from milo.kinds.registry import Registry
from milo.testing.builders import make_spec

LS = "formats/fmt_label_studio/tests/custom/converter/data"


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

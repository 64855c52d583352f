"""Label Studio: regions on pictures of its own tests come in, mean the same there, and go out again."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.desk import Desk, lay, picture, plain, real
from milo.builtin.formats._label_config import from_xml
from milo.builtin.formats._ls_brush import decoded, encoded
from milo.stats import rle

LS = "formats/fmt_label_studio/tests/custom/converter/data"


def _set(desk: Desk, tasks: list[dict[str, Any]], xml: str, sizes: dict[str, tuple[int, int]]) -> Path:
    """A project from a label config, and tasks with pictures of these sizes beside them."""
    fields, questions, _ = from_xml(xml)
    asked = [{"name": q.name, "type": q.type, "config": q.config, "field": q.field, "required": False} for q in questions]
    desk.bench.project(*asked, fields=[{"name": f.name, "kind": f.kind} for f in fields])
    folder = desk.folder / f"tasks{len(list(desk.folder.iterdir()))}"
    return lay(folder, {"tasks.json": json.dumps(tasks), **{name: picture(*size) for name, size in sizes.items()}})


def _named(tasks: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """A name for each picture, and its size."""
    sizes: dict[str, tuple[int, int]] = {}
    for place, task in enumerate(tasks):
        size = next(
            (r["original_width"], r["original_height"])
            for a in task["annotations"]
            for r in a["result"]
            if "original_width" in r
        )
        task["data"] = {"image": f"https://somewhere/upload/{place}.png?x=1"}
        sizes[f"{place}.png"] = size
    return sizes


@pytest.mark.parametrize(
    ("data", "config", "things"),
    [
        ("test_export_yolo/data_obb.json", "test_export_yolo/label_config_obb.xml", {"label": 0}),
        ("test_export_yolo/data_polygons.json", "test_export_yolo/label_config_polygons.xml", {"label": 2}),
        ("test_export_yolo/data_keypoints.json", "test_export_yolo/label_config_keypoints.xml", {"keypoints": 0, "bbox": 0}),
        ("test_export_coco/data.json", "test_export_coco/label_config.xml", {"polygon_label": 0}),
    ],
)
def test_real_regions_come_in_and_go_out_again(desk: Desk, data: str, config: str, things: dict[str, int]) -> None:
    tasks = json.loads(real(f"{LS}/{data}").read_text())
    xml = real(f"{LS}/{config}").read_text().replace("butterfly", "Butterfly")
    path = _set(desk, tasks, xml, sizes := _named(tasks))
    done = desk.bench.bring(path=str(path), format="label_studio", copy=True)
    assert (done["state"], done["added"]) == ("done", len(tasks)), done
    values = desk.values()
    for question in things:
        expected = sum(_is_of(r, question) for t in tasks for a in t["annotations"][:1] for r in a["result"])
        assert sum(len(v.get(question, [])) for v in values.values()) >= (1 if expected else 0)
    ours = json.loads(desk.bench.export("label_studio"))
    back = [{**t, "data": {"image": f"{i}.png"}} for i, t in enumerate(ours)]
    again = _set(desk, back, xml, sizes)
    desk.bench.bring(path=str(again), format="label_studio", copy=True)
    assert plain(desk.values(), 2) == plain(values, 2)


def _is_of(result: dict[str, Any], name: str) -> bool:
    return result.get("from_name") == name


def test_every_point_of_a_turned_rectangle_is_where_label_studio_draws_it(desk: Desk) -> None:
    """There a rectangle is turned about its top left corner."""
    tasks = json.loads(real(f"{LS}/test_export_yolo/data_obb.json").read_text())
    xml = '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image"><Label value="Butterfly"/></RectangleLabels></View>'
    path = _set(desk, tasks[:1], xml, _named(tasks[:1]))
    desk.bench.bring(path=str(path), format="label_studio", copy=True)
    ours = desk.values()["0.png"]["label"]
    theirs = [r for r in tasks[0]["annotations"][0]["result"] if r["type"] == "rectanglelabels"]
    assert len(ours) == len(theirs) > 2
    expected = sorted(_middle(r) for r in theirs)
    found = sorted((b["x"] + b["w"] / 2, b["y"] + b["h"] / 2) for b in ours)
    for a, b in zip(expected, found, strict=True):
        assert a == pytest.approx(b, abs=1e-6)


def _middle(result: dict[str, Any]) -> tuple[float, float]:
    v, width, height = result["value"], result["original_width"], result["original_height"]
    x, y, w, h = v["x"] * width / 100, v["y"] * height / 100, v["width"] * width / 100, v["height"] * height / 100
    turn = complex(math.cos(math.radians(v["rotation"])), math.sin(math.radians(v["rotation"])))
    middle = complex(x, y) + complex(w / 2, h / 2) * turn
    return middle.real, middle.imag


POSE = """<View><Image name="image" value="$image"/>
<KeyPointLabels name="pose" toName="image"><Label value="head" model_index="0"/><Label value="tail" model_index="1"/></KeyPointLabels>
<RectangleLabels name="box" toName="image"><Label value="cow"/></RectangleLabels>
<KeyPointLabels name="spot" toName="image"><Label value="eye"/><Label value="ear"/></KeyPointLabels>
<BrushLabels name="paint" toName="image"><Label value="grass"/></BrushLabels></View>"""


def _result(kind: str, name: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "from_name": name,
        "to_name": "image",
        "original_width": 40,
        "original_height": 20,
        "value": value,
        **more,
    }


def test_points_become_figures_or_stand_alone_as_the_config_says(desk: Desk) -> None:
    mask = rle.write_text(rle.from_bitmap(np.ones((3, 5), bool), 2, 4, (20, 40)))
    results = [
        _result("rectanglelabels", "box", {"x": 0, "y": 0, "width": 50, "height": 50, "rectanglelabels": ["cow"]}, id="r1"),
        _result("keypointlabels", "pose", {"x": 50, "y": 50, "keypointlabels": ["tail"]}, id="k1", parentID="r1"),
        _result("keypointlabels", "pose", {"x": 10, "y": 10, "keypointlabels": ["head"]}, id="k2", parentID="r1"),
        _result("keypointlabels", "pose", {"x": 20, "y": 20, "keypointlabels": ["head"]}, id="k3"),
        _result("keypointlabels", "spot", {"x": 25, "y": 25, "keypointlabels": ["eye"]}, id="k4"),
        _result("keypointlabels", "spot", {"x": 75, "y": 25, "keypointlabels": ["ear"]}, id="k5"),
        _result("brushlabels", "paint", {"format": "rle", "rle": encoded(mask, (20, 40)), "brushlabels": ["grass"]}, id="b1"),
        _result("brushlabels", "paint", {"format": "rle", "rle": [1, 2, 3], "brushlabels": ["grass"]}, id="b2"),
        _result("ellipselabels", "round", {"x": 1, "y": 1, "ellipselabels": ["x"]}, id="e1"),
    ]
    tasks = [{"id": 1, "data": {"image": "/data/upload/3/0a1b2c3d-0.png"}, "annotations": [{"result": results}]}]
    path = _set(desk, tasks, POSE, {"0.png": (40, 20)})
    done = desk.bench.bring(path=str(path), format="label_studio", copy=True)
    values = desk.values()["0.png"]
    assert sorted(f["points"] for f in values["pose"]) == [[[4, 2, 2], [20, 10, 2]], [[8, 4, 2], [0, 0, 0]]]
    assert {f["label"] for f in values["pose"]} == {"cow"}
    assert [(f["label"], f["points"]) for f in values["spot"]] == [("eye", [[10, 5, 2]]), ("ear", [[30, 5, 2]])]
    assert values["paint"][0]["counts"] == mask
    reasons = " ".join(b["reason"] for b in done["bad_rows"])
    assert "regions that cannot be read" in reasons
    assert "results of the kind ellipselabels: 1" in reasons


RELATED = """<View><Image name="image" value="$image"/><RectangleLabels name="things" toName="image" canRotate="false"><Label value="man"/></RectangleLabels>
<Relations><Relation value="holds"/><Relation value="near"/></Relations></View>"""


def test_relations_between_regions_come_in_and_go_out_again(desk: Desk) -> None:
    place = {"y": 0, "width": 20, "height": 50, "rectanglelabels": ["man"]}
    results = [
        _result("rectanglelabels", "things", {"x": 0, **place}, id="a"),
        _result("rectanglelabels", "things", {"x": 50, **place}, id="b"),
        {"type": "relation", "from_id": "b", "to_id": "a", "direction": "left", "labels": ["holds"]},
        {"type": "relation", "from_id": "b", "to_id": "a", "direction": "right", "labels": ["eats"]},
        {"type": "relation", "from_id": "b", "to_id": "gone", "direction": "right", "labels": ["holds"]},
    ]
    tasks = [{"id": 1, "data": {"image": "0.png"}, "annotations": [{"result": results}]}]
    done = desk.bench.bring(path=str(_set(desk, tasks, RELATED, {"0.png": (40, 20)})), format="label_studio", copy=True)
    things = desk.values()["0.png"]["things"]
    assert [(t["id"], t.get("relations")) for t in things] == [("a", [{"to": "b", "label": "holds"}]), ("b", None)]
    reasons = " ".join(b["reason"] for b in done["bad_rows"])
    assert "relations that do not join two marks of one control: 1" in reasons
    assert 'relations left out (Question "things": "eats" is not one of' in reasons
    back = [{**task, "data": {"image": "0.png"}} for task in json.loads(desk.bench.export("label_studio"))]
    desk.bench.bring(path=str(_set(desk, back, RELATED, {"0.png": (40, 20)})), format="label_studio", copy=True)
    again = desk.values()["0.png"]["things"]
    assert [[r["label"] for r in t.get("relations", ())] for t in again] == [["holds"], []]
    assert again[0]["relations"][0]["to"] == again[1]["id"]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 300), st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_brush_and_runs_say_the_same(height: int, width: int, seed: int, share: float) -> None:
    on = np.random.default_rng(seed).random((height, width)) < share
    on[0, 0] = True
    counts = rle.write_text(rle.canonical(rle.from_bitmap(on, 0, 0, (height, width))))
    assert decoded(encoded(counts, (height, width)), width, height) == counts


def test_values_one_by_one_are_read_as_well() -> None:
    """A stream written by hand, with a block of single values and one of a repeated value."""
    bits = f"{16:032b}{7:05b}" + "".join(f"{n - 1:04b}" for n in (3, 4, 8, 16))
    bits += "001" + f"{7:04b}" + "".join(f"{n:08b}" for n in (0, 0, 0, 0, 1, 2, 3, 255)) + "101" + f"{7:04b}" + f"{9:08b}"
    content = list(int(bits + "0" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8), "big"))
    counts = rle.read_text(decoded(content, 2, 2))
    assert rle.to_bitmap(counts, (2, 2))[2].astype(int).tolist() == [[0, 1], [1, 1]]


@pytest.mark.parametrize("bad", [[], [0] * 4, "x", [256], [0, 0, 0, 16, 255]])
def test_a_brush_that_is_none_is_refused(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"brush|bytes|fill"):
        decoded(bad, 2, 2)


def test_archives_of_pictures_are_no_label_studio_files(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", picture(4, 4))
    desk.bench.project(
        {"name": "q", "type": "boxes", "config": {"labels": ["a"]}}, fields=({"name": "image", "kind": "image"},)
    )
    assert desk.bring(path)["added"] == 1

"""Pascal VOC, CVAT, LabelMe and class maps: real data sets come in and go out again unchanged in what they say."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from datasets.desk import Desk, lay, picture, plain, real

DATUMARO = "formats/fmt_datumaro"


@pytest.mark.parametrize(
    ("format", "name", "pictures", "things"),
    [
        ("voc", "voc_dataset/voc_dataset1", 2, {"boxes": 3}),
        ("voc", "roboflow_dataset/voc", 3, {"boxes": 4}),
        ("cvat_images", "cvat_dataset/for_images/export_task", 2, {"boxes": 1, "keypoints": 1}),
        ("cvat_images", "cvat_dataset/for_images/export_project", 6, {"boxes": 3, "keypoints": 3, "lines": 3, "polygons": 3}),
        ("labelme", "labelme_dataset", 1, {"boxes": 1, "polygons": 4, "masks": 2}),
        ("class_maps", "camvid_dataset", 4, {"masks": 10}),
        ("class_maps", "cityscapes_dataset/dataset", 4, {}),
        ("class_maps", "cityscapes_dataset/train_dataset", 4, {}),
    ],
)
def test_real_sets_come_in_and_go_out_again(desk: Desk, format: str, name: str, pictures: int, things: dict[str, int]) -> None:
    path = real(f"{DATUMARO}/{name}")
    desk.project_for(format, path)
    done = desk.bring(path)
    assert done["added"] == pictures, done
    before = desk.bench.export("jsonl").decode().splitlines()
    labels = [json.loads(line)["labels"] for line in before]
    counts = {q: sum(len(one.get(q, [])) for one in labels) for q in {q for one in labels for q in one}}
    for question, n in things.items():
        assert counts[question] == n, (counts, done["bad_rows"])
    answered = sum(bool(one) for one in labels)
    values = _by_place(desk)
    again = desk.out(format, option="media:true")
    desk.project_for(format, again)
    done = desk.bring(again)
    assert (done["added"], [b for b in done["bad_rows"] if "has its like" not in b["reason"]]) == (answered, [])
    assert plain(_by_place(desk)) == plain({k: v for k, v in values.items() if v})


def _by_place(desk: Desk) -> dict[str, Any]:
    """Values by picture and subset, since the pictures of subsets may share their names."""
    rows = [json.loads(line) for line in desk.bench.export("jsonl").decode().splitlines()]
    return {f"{r['meta'].get('subset')}/{r['data']['image']['name'].rpartition('/')[2]}": r["labels"] for r in rows}


# Pascal VOC


def test_places_of_voc_from_one_and_from_nought(desk: Desk, tmp_path: Path) -> None:
    box = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>10</xmax><ymax>5</ymax></bndbox>"
    xml = f"<annotation><filename>a.png</filename><object><name>cat</name>{box}</object></annotation>"
    lay(tmp_path, {"Annotations/a.xml": xml, "JPEGImages/a.png": picture(20, 10)})
    desk.project_for("voc", tmp_path)
    desk.bring(tmp_path)
    assert plain(desk.values())["a.png"]["boxes"] == [
        json.dumps({"x": 1.0, "y": 1.0, "w": 9.0, "h": 4.0, "label": "cat"}, sort_keys=True)
    ]
    desk.project_for("voc", tmp_path)
    desk.bring(tmp_path, options={"first_pixel": 1})
    assert plain(desk.values())["a.png"]["boxes"] == [
        json.dumps({"x": 0.0, "y": 0.0, "w": 10.0, "h": 5.0, "label": "cat"}, sort_keys=True)
    ]
    with zipfile.ZipFile(desk.out("voc", option="first_pixel:1")) as archive:
        text = archive.read("Annotations/a.xml").decode()
    assert "<xmin>1</xmin>" in text
    assert "<xmax>10</xmax>" in text


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><annotation><filename>&b;</filename></annotation>'
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><annotation><filename>&f;</filename></annotation>'


@pytest.mark.parametrize("format", ["voc", "labelme", "cvat_images"])
@pytest.mark.parametrize("xml", [BOMB, FILE])
def test_documents_that_declare_entities_are_refused(desk: Desk, tmp_path: Path, format: str, xml: str) -> None:
    xml = xml.replace("annotation", "annotations") if format == "cvat_images" else xml
    rows, reasons = desk.read(format, lay(tmp_path, {"a.xml": xml, "a.png": picture(4, 4)}))
    assert not [r for r in rows if r.data.get("boxes")]
    assert any("declares a document type" in reason for reason in reasons), reasons


def test_a_voc_file_that_breaks_off_costs_only_itself(desk: Desk, tmp_path: Path) -> None:
    good = "<annotation><filename>a.png</filename><object><name>x</name></object></annotation>"
    files = {"a.xml": good, "b.xml": "<annotation><filename>b.png</filename><obj", "c.xml": "<other/>", "a.png": picture(4, 4)}
    rows, reasons = desk.read("voc", lay(tmp_path, files))
    assert len(rows) == 1
    assert [
        w for w in ("object 1 (x) has no box", "b.xml: no valid XML", "begins with <other>") if not any(w in r for r in reasons)
    ] == []


# CVAT


def _cvat(body: str, labels: str = "<label><name>car</name></label><label><name>man</name></label>") -> str:
    return f"<annotations><version>1.1</version><meta><task><labels>{labels}</labels></task></meta>{body}</annotations>"


SKELETON = """<label><name>man</name><type>skeleton</type><svg>&lt;line x1="1" data-type="edge" data-node-from="1" data-node-to="2"&gt;&lt;/line&gt;</svg></label>
<label><name>head</name><type>points</type><parent>man</parent></label><label><name>foot</name><type>points</type><parent>man</parent></label>"""


def test_everything_that_cvat_knows_comes_back(desk: Desk, tmp_path: Path) -> None:
    """A turned box, an ellipse, a mask, a skeleton, a label of the picture, a group, a depth."""
    body = """<image id="0" name="a.png" width="40" height="30">
      <box label="car" xtl="10" ytl="10" xbr="20" ybr="16" rotation="30" group_id="4" z_order="2" occluded="1"/>
      <ellipse label="car" cx="20" cy="15" rx="8" ry="4" occluded="0"/>
      <mask label="car" rle="2, 3, 1, 2" left="5" top="6" width="4" height="2" occluded="0"/>
      <skeleton label="man"><points label="foot" points="3,4" outside="0" occluded="1"/><points label="head" points="9,9" outside="1"/></skeleton>
      <tag label="car"/><cuboid label="car" xtl1="1"/><box label="car" xtl="x" ytl="1" xbr="2" ybr="2"/>
    </image>"""
    labels = f"<label><name>car</name></label>{SKELETON}"
    lay(tmp_path, {"annotations.xml": _cvat(body, labels), "images/a.png": picture(40, 30)})
    desk.project_for("cvat_images", tmp_path)
    done = desk.bring(tmp_path)
    reasons = "\n".join(b["reason"] for b in done["bad_rows"])
    for words in (
        "ellipses, read as outlines of 64 corners: 1",
        "shapes of the kind cuboid: 1",
        "shape 7 (box) cannot be read",
    ):
        assert words in reasons, (words, reasons)
    values = desk.values()["a.png"]
    [box] = values["boxes"]
    assert (box["angle"], box["group"], box["z"], box["attributes"]) == (30, 4, 2, {"occluded": "yes"})
    assert values["keypoints"][0]["points"] == [[0, 0, 0], [3, 4, 1]]
    assert values["labels"] == ["car"]
    again = desk.out("cvat_images", option="media:true")
    desk.project_for("cvat_images", again)
    desk.bring(again)
    assert plain(desk.values()) == plain({"a.png": values})
    keypoints = next(q for q in desk.bench.spec.spec.questions if q.name == "keypoints")
    assert [p["name"] for p in keypoints.config["points"]] == ["head", "foot"]
    assert keypoints.config["edges"] == [["head", "foot"]]
    mask = desk.values()["a.png"]["masks"][0]
    from milo.stats import rle

    left, top, part = rle.to_bitmap(rle.read_text(mask["counts"]), tuple(mask["size"]))
    assert (left, top, part.astype(int).tolist()) == (5, 6, [[0, 0, 1, 1], [1, 0, 1, 1]])


def test_a_cvat_document_that_breaks_off_keeps_what_was_whole(desk: Desk, tmp_path: Path) -> None:
    body = '<image id="0" name="a.png" width="4" height="3"><box label="car" xtl="1" ytl="1" xbr="3" ybr="2"/></image><image id="1" name="b.png"'
    text = _cvat(body).removesuffix("</annotations>")
    rows, reasons = desk.read("cvat_images", lay(tmp_path, {"annotations.xml": text, "images/a.png": picture(4, 3)}))
    assert len(rows) == 1
    assert any("nothing behind that place was read" in reason for reason in reasons)


# LabelMe


def test_every_shape_of_labelme_comes_back(desk: Desk, tmp_path: Path) -> None:
    from milo.builtin.formats._bitmap import png_of

    np = pytest.importorskip("numpy")
    import base64

    part = np.array([[255, 0], [255, 255]], np.uint8)
    mask = base64.b64encode(png_of(part)).decode()
    shapes: list[dict[str, Any]] = [
        {
            "label": "a",
            "points": [[1, 1], [9, 1], [9, 9]],
            "shape_type": "polygon",
            "group_id": 0,
            "flags": {"sure": True},
            "description": "one",
        },
        {"label": "a", "points": [[9, 8], [2, 3]], "shape_type": "rectangle"},
        {"label": "a", "points": [[10, 10], [10, 13]], "shape_type": "circle"},
        {"label": "a", "points": [[1, 1], [5, 5], [9, 2]], "shape_type": "linestrip"},
        {"label": "a", "points": [[4, 4]], "shape_type": "point"},
        {"label": "a", "points": [[6, 7], [7, 8]], "shape_type": "mask", "mask": mask},
        {"label": "a", "points": [[1, 1]], "shape_type": "polygon"},
        {"label": "", "points": [[1, 1]]},
    ]
    document = {
        "version": "5.0.1",
        "flags": {"night": True},
        "shapes": shapes,
        "imagePath": "a.png",
        "imageData": None,
        "imageHeight": 15,
        "imageWidth": 20,
    }
    lay(tmp_path, {"a.json": json.dumps(document), "a.png": picture(20, 15)})
    desk.project_for("labelme", tmp_path)
    done = desk.bring(tmp_path)
    reasons = "\n".join(b["reason"] for b in done["bad_rows"])
    for words in ("shape 7: a polygon with 1 points", "shape 8: it has no label", "circles, read as outlines"):
        assert words in reasons, (words, reasons)
    values = desk.values()["a.png"]
    assert values["labels"] == ["night"]
    assert {k: len(v) for k, v in values.items()} == {
        "polygons": 2,
        "boxes": 1,
        "lines": 1,
        "keypoints": 1,
        "masks": 1,
        "labels": 1,
    }
    first = next(p for p in values["polygons"] if "attributes" in p)
    assert first["attributes"] == {"sure": "yes", "description": "one"}
    again = desk.out("labelme", option="media:true")
    desk.project_for("labelme", again)
    desk.bring(again)
    values.pop("labels")
    assert plain(desk.values()) == plain({"a.png": values})


def test_a_labelme_file_may_hold_its_picture(desk: Desk, tmp_path: Path) -> None:
    import base64

    held = base64.b64encode(picture(20, 15)).decode()
    shape = {"label": "a", "points": [[2, 3], [9, 8]], "shape_type": "rectangle"}
    document = {"shapes": [shape], "imagePath": "..\\far\\a.png", "imageData": held, "imageHeight": 15, "imageWidth": 20}
    lay(tmp_path, {"a.json": json.dumps(document), "b.json": json.dumps({**document, "imageData": "!!"}), "c.json": "[1]"})
    desk.project_for("labelme", tmp_path)
    done = desk.bring(tmp_path, format="labelme")
    assert done["added"] == 1
    reasons = "\n".join(b["reason"] for b in done["bad_rows"])
    assert "is not in the folder" in reasons
    assert "c.json: cannot be read" in reasons
    rows = [json.loads(line)["labels"] for line in desk.bench.export("jsonl").decode().splitlines()]
    assert len(rows[0]["boxes"]) == 1


# Class maps


def test_maps_of_another_size_or_without_names_are_told(desk: Desk, tmp_path: Path) -> None:
    from milo.builtin.formats._bitmap import png_of

    np = pytest.importorskip("numpy")
    good = np.zeros((6, 8), np.uint8)
    good[2:4, 1:5] = 1
    good[5, 7] = 9
    noise = np.arange(48, dtype=np.uint8).reshape(6, 8)
    files = {
        "classes.txt": "background\nroad\n", "images/a.png": picture(8, 6), "masks/a.png": png_of(good), "images/b.png": picture(9, 6),
        "masks/b.png": png_of(noise), "images/c.png": picture(8, 6, colour=(1, 1, 1)), "masks/c.png": b"\x89PNG\r\n\x1a\nbroken",
    }  # fmt: skip
    desk.project_for("class_maps", lay(tmp_path, files))
    done = desk.bring(tmp_path)
    reasons = "\n".join(b["reason"] for b in done["bad_rows"])
    for words in (
        "values without a name were left out: 9",
        "the class map has 8 x 6 pixels, the picture 9 x 6",
        "c.png: the class map cannot be read",
    ):
        assert words in reasons, (words, reasons)
    values = desk.values()
    assert [m["label"] for m in values["a.png"]["masks"]] == ["road"]
    assert values["b.png"] == values["c.png"] == {}


def test_things_in_front_win_and_holes_stay_open(desk: Desk) -> None:
    from PIL import Image

    desk.bench.project(
        {"name": "shapes", "type": "polygons", "config": {"labels": ["road", {"value": "car", "color": "#ff0000"}]}},
        fields=({"name": "image", "kind": "image"},),
    )
    desk.bring(lay(desk.folder / "in", {"a.png": picture(8, 6)}))
    item = desk.bench.rows()["rows"][0]["id"]
    road = {"label": "road", "points": [[0, 0], [8, 0], [8, 6], [0, 6]], "holes": [[[6, 4], [8, 4], [8, 6], [6, 6]]]}
    car = {"label": "car", "points": [[1, 1], [3, 1], [3, 3], [1, 3]], "z": 1}
    desk.bench.answer(item, shapes=[car, road])
    assert "pixels that a thing in front covers: 4" in desk.lost("class_maps")
    with zipfile.ZipFile(desk.out("class_maps")) as archive, archive.open("SegmentationClass/a.png") as stream:
        image = Image.open(stream)
        image.load()
    assert image.mode == "P"
    assert (image.getpixel((0, 0)), image.getpixel((1, 1)), image.getpixel((7, 5))) == (1, 2, 0)
    assert image.convert("RGB").getpixel((2, 2)) == (255, 0, 0)

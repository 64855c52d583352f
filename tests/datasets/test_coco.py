"""COCO: real files come in and go out again unchanged in what they say; what is wrong in a file is told and costs nothing else."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from datasets.desk import Desk, lay, picture, plain, real

DATUMARO = "formats/fmt_datumaro/coco_dataset"


@pytest.mark.parametrize(
    "name", ["coco", "coco_instances", "coco_person_keypoints", "mmdet_coco", "coco_roboflow", "coco_labels", "coco_captions"]
)
def test_its_layouts_are_recognised(desk: Desk, name: str) -> None:
    path = real(f"{DATUMARO}/{name}")
    rows, _ = desk.read("coco", path)
    assert [Path(r.data["file"]).name for r in rows] == ["a.jpg", "b.jpg"]
    assert [r.data["subset"] for r in rows] == ["train", "val"]
    desk.project_for("coco", path)
    assert desk.bring(path)["added"] == 2


def test_people_with_outlines_and_joints_come_back_as_they_went(desk: Desk) -> None:
    """14 people on 4 photographs: boxes, outlines (one in several parts), 17 joints, and 118 findings of a model."""
    path = real("media/mm_coco_pose")
    desk.project_for("coco", path)
    done = desk.bring(path)
    assert (done["added"], done["labels"]) == (4, 3 * 4)
    found = {"labels": {"boxes": {"column": "predicted_boxes", "role": "suggestion"}}, "fields": {}}
    more = desk.bring(path, mapping=found)
    assert (more["added"], more["repeated"], more["labels"]) == (0, 4, 4)
    before = desk.values()
    truth = json.loads((path / "test_coco.json").read_text())
    assert sum(len(labels["boxes"]) for labels in before.values()) == len(truth["annotations"]) == 14
    assert sum(len(labels["keypoints"]) for labels in before.values()) == sum(
        a["num_keypoints"] > 0 for a in truth["annotations"]
    )
    again = desk.out("coco", option="media:true")
    with zipfile.ZipFile(again) as archive:
        ours = json.loads(archive.read("annotations/instances.json"))
        assert len([n for n in archive.namelist() if n.startswith("images/")]) == 4
    assert ours["categories"][0]["keypoints"] == truth["categories"][0]["keypoints"]
    assert ours["categories"][0]["skeleton"] == truth["categories"][0]["skeleton"]
    assert _by_id(ours) == _by_id(truth)
    desk.project_for("coco", again)
    assert desk.bring(again)["added"] == 4
    assert plain(desk.values()) == plain(before)


def _by_id(document: dict[str, Any]) -> dict[int, Any]:
    """What each annotation says, without what is worked out from the rest."""
    names = {c["id"]: c["name"] for c in document["categories"]}
    files = {i["id"]: i["file_name"] for i in document["images"]}
    found = {}
    for a in document["annotations"]:
        figure = a["keypoints"] if a.get("num_keypoints") else []
        seen = [n if figure[i // 3 * 3 + 2] else 0 for i, n in enumerate(figure)]
        outlines = [_ring(s) for s in a["segmentation"]] if isinstance(a["segmentation"], list) else a["segmentation"]
        found[a["id"]] = (names[a["category_id"]], files[a["image_id"]], [round(n, 2) for n in a["bbox"]], outlines, seen)
    return found


def _ring(flat: list[float]) -> list[tuple[float, float]]:
    """An outline without corners that repeat the one before."""
    points = [(round(flat[i], 2), round(flat[i + 1], 2)) for i in range(0, len(flat), 2)]
    kept = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def test_runs_and_crowds_come_back(desk: Desk) -> None:
    path = real(f"{DATUMARO}/coco_person_keypoints")
    desk.project_for("coco", path)
    desk.bring(path)
    before = desk.values()
    assert before["b.jpg"]["masks"][0]["attributes"] == {"iscrowd": "yes"}
    again = desk.out("coco", option="media:true")
    with zipfile.ZipFile(again) as archive:
        val = json.loads(archive.read("annotations/instances_val.json"))
    [crowd] = [a for a in val["annotations"] if a["iscrowd"]]
    assert (crowd["segmentation"]["size"], crowd["area"]) == ([10, 5], 20)
    desk.project_for("coco", again)
    desk.bring(again)
    assert plain(desk.values()) == plain(before)


def _document(**parts: Any) -> dict[str, Any]:
    images = [
        {"id": 1, "file_name": "a.png", "width": 40, "height": 30},
        {"id": 2, "file_name": "b.png", "width": 40, "height": 30},
    ]
    return {"images": images, "categories": [{"id": 1, "name": "car"}], "annotations": [], **parts}


def _box(number: int, image: int, box: list[Any], category: Any = 1) -> dict[str, Any]:
    return {"id": number, "image_id": image, "category_id": category, "bbox": box}


def test_what_is_wrong_is_told_and_the_rest_is_taken(desk: Desk, tmp_path: Path) -> None:
    good = [_box(1, 1, [2, 2, 10, 10]), _box(2, 1, [30, 20, 15, 5]), _box(3, 1, [50, 50, 5, 5]), _box(4, 1, [1, 1, 0, 4])]
    bad = [
        _box(5, 1, [1, 1, 5, 5], 9),
        _box(6, 9, [1, 1, 5, 5]),
        _box(7, 1, [1, "x", 5, 5]),
        _box(2, 1, [3, 3, 4, 4]),
        {"id": 8},
    ]
    outside = {**_box(9, 1, [1, 1, 5, 5]), "segmentation": [[-20, 5, 10, 5, 10, 15, -20, 15]]}
    images = [
        *_document()["images"],
        {"id": 3, "file_name": "gone.png", "width": 4, "height": 4},
        {"id": 1, "file_name": "a.png"},
        {"file_name": "x"},
    ]
    document = _document(annotations=[*good, *bad, outside], images=images)
    lay(tmp_path, {"data.json": json.dumps(document), "a.png": picture(40, 30), "b.png": picture(40, 30, colour=(1, 2, 3))})
    desk.project_for("coco", tmp_path)
    done = desk.bring(tmp_path)
    reasons = "\n".join(b["reason"] for b in done["bad_rows"])
    for words in (
        "annotation 5: there is no category 9", "1 annotations name the image 9, which is not listed", "annotation 7: its bbox is not",
        'the id "2" is used twice', "names no picture", "gone.png: the picture is not in the folder", "two images have the id 1",
        "image 5 has no id", "cut at the edge of the picture: 2", "left out, since it lies outside of the picture: 3", "cut at the edge of the picture: 9",
        "is too small",
    ):  # fmt: skip
        assert words in reasons, (words, reasons)
    values = desk.values()
    assert [(b["x"], b["y"], b["w"], b["h"]) for b in values["a.png"]["boxes"]] == [
        (1, 1, 5, 5), (2, 2, 10, 10), (3, 3, 4, 4), (30, 20, 10, 5),
    ]  # fmt: skip
    assert sorted(values["a.png"]["polygons"][0]["points"]) == [[0, 5], [0, 15], [10, 5], [10, 15]]
    assert values["b.png"] == {"boxes": []} or values["b.png"] == {"boxes": [], "polygons": []}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '{"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"id": 1, "image_id": 1, "bb',
            "Nothing of it was taken",
        ),
        ("", "cannot be read"),
        ('{"images": 5}', "not readable as COCO"),
        ("{}", "no file lists images"),
        ('{"images": [{"id": 1, "file_name": "../../etc/passwd"}]}', "is not in the folder"),
    ],
)
def test_files_that_are_none_take_nothing_in(desk: Desk, tmp_path: Path, text: str, words: str) -> None:
    rows, reasons = desk.read("coco", lay(tmp_path, {"data.json": text, "a.png": picture(4, 4)}))
    assert not rows
    assert any(words in reason for reason in reasons), reasons


def test_pictures_of_another_size_than_the_file_says_get_no_labels(desk: Desk, tmp_path: Path) -> None:
    document = _document(annotations=[_box(1, 1, [2, 2, 10, 10])])
    lay(tmp_path, {"data.json": json.dumps(document), "a.png": picture(30, 40), "b.png": picture(40, 30)})
    desk.project_for("coco", tmp_path)
    done = desk.bring(tmp_path)
    assert any("40 x 30 pixels, but it has 30 x 40" in b["reason"] and "EXIF" in b["reason"] for b in done["bad_rows"])
    assert "boxes" not in desk.values()["a.png"]


def test_an_archive_reads_like_the_folder_and_cannot_climb_out(desk: Desk, tmp_path: Path) -> None:
    document = _document(annotations=[_box(1, 1, [2, 2, 10, 10])])
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("annotations/instances_train.json", json.dumps(document))
        archive.writestr("images/train/a.png", picture(40, 30))
        archive.writestr("images/train/b.png", picture(40, 30, colour=(9, 9, 9)))
        archive.writestr("../evil.png", picture(4, 4))
    desk.project_for("coco", path)
    token = desk.bench.send("set.zip", path.read_bytes())
    seen = desk.bench.call("POST", "/import/preview", {"upload": token})
    assert seen["format"] == "coco"
    assert seen["mapping"]["labels"]["boxes"]["column"] == "boxes"
    done = desk.bench.bring(upload=token)
    assert done["added"] == 2
    assert any("leads out of the archive" in b["reason"] for b in done["bad_rows"])
    assert not (tmp_path / "evil.png").exists()
    assert len(desk.values()["a.png"]["boxes"]) == 1


def test_labels_are_taken_as_what_they_are_said_to_be(desk: Desk, tmp_path: Path) -> None:
    document = _document(annotations=[_box(1, 1, [2, 2, 10, 10])])
    lay(tmp_path, {"data.json": json.dumps(document), "a.png": picture(40, 30), "b.png": picture(40, 30, colour=(9, 9, 9))})
    desk.project_for("coco", tmp_path)
    desk.bring(tmp_path, options={"role": "suggestion", "by": "detector"})
    found = [json.loads(line) for line in desk.bench.export("jsonl", what="everything").decode().splitlines()]
    told = {(a["role"], a["model"]) for row in found for a in row["annotations"]}
    assert told == {("suggestion", "detector")}


def test_what_the_format_cannot_carry_is_named(desk: Desk) -> None:
    desk.bench.project(
        {"name": "things", "type": "boxes", "config": {"labels": ["a"], "rotated": True}},
        {"name": "shapes", "type": "polygons", "config": {"labels": ["a"]}, "required": False},
        {"name": "note", "type": "text", "required": False},
        fields=({"name": "image", "kind": "image"},),
    )
    lay(desk.folder / "in", {"a.png": picture(40, 30), "b.png": picture(40, 30, colour=(9, 9, 9))})
    desk.bring(desk.folder / "in")
    item = desk.bench.rows()["rows"][0]["id"]
    hole = {
        "label": "a",
        "points": [[0, 0], [20, 0], [20, 20], [0, 20]],
        "holes": [[[5, 5], [10, 5], [10, 10], [5, 10]]],
        "z": 2,
    }
    desk.bench.answer(item, things=[{"x": 10, "y": 10, "w": 8, "h": 4, "angle": 30, "label": "a"}], shapes=[hole], note="n")
    assert desk.lost("coco") == [
        "answers to other questions: 1", "depths of things (z): 1", "pictures without an answer, left out: 1", "provenance and keys",
    ]  # fmt: skip
    path = desk.out("coco")
    with zipfile.ZipFile(path) as archive:
        found = json.loads(archive.read("annotations/instances.json"))["annotations"]
    assert found[0]["attributes"]["rotation"] == 30
    assert found[1]["area"] == 400 - 25
    assert isinstance(found[1]["segmentation"]["counts"], str)


def test_a_project_is_offered_what_the_data_set_answers(desk: Desk, tmp_path: Path) -> None:
    """Boxes with a label that the question lacks, and outlines that nobody asks for: each change offered makes them fit."""
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}]
    outlined = {**_box(2, 1, [5, 5, 8, 8], 2), "segmentation": [[5, 5, 13, 5, 13, 13]]}
    document = _document(annotations=[_box(1, 1, [2, 2, 10, 10]), outlined], categories=categories)
    lay(tmp_path, {"data.json": json.dumps(document), "a.png": picture(40, 30), "b.png": picture(40, 30, colour=(9, 9, 9))})
    desk.bench.project(
        {"name": "things", "type": "boxes", "config": {"labels": ["car"]}}, fields=({"name": "image", "kind": "image"},)
    )

    def seen() -> dict[str, dict[str, Any]]:
        reply = desk.bench.call("POST", "/import/preview", {"path": str(tmp_path)})
        return {o["column"]: o for o in reply["offers"]}

    offers = seen()
    assert (offers["boxes"]["question"], offers["boxes"]["missing"], offers["polygons"]["question"]) == (
        "things",
        ["bus"],
        None,
    )
    for offer in offers.values():
        questions = desk.bench.call("GET", "")["spec"]["questions"]
        kept = [q for q in questions if q["name"] != offer["change"]["name"]]
        desk.bench.call("PATCH", "", {"questions": [*kept, offer["change"]]})
    assert all(o["change"] is None and o["question"] for o in seen().values())
    done = desk.bring(tmp_path)
    assert done["labels"] == 4  # a picture without anything on it is answered as well
    values = desk.values()["a.png"]
    assert [b["label"] for b in values["things"]] == ["car", "bus"]
    assert len(values["polygons"]) == 1

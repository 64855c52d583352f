"""COCO panoptic: maps come in as masks and go out again pixel by pixel; what a map cannot hold, or does not say, is told."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from datasets.desk import Desk, lay, picture, plain, real

CATEGORIES = [
    {"id": 3, "name": "person", "isthing": 1},
    {"id": 9, "name": "sky", "isthing": 0, "supercategory": "outdoors"},
]
NUMBERS = {"person": (7, 70_001), "sky": (16_000_000,)}
WIDTH, HEIGHT = 61, 43


def _numbers(content: bytes) -> Any:
    """The number of the segment of each pixel, as the format's own description reads it."""
    with Image.open(io.BytesIO(content)) as image:
        red, green, blue = (np.asarray(band).astype(np.uint32) for band in image.convert("RGB").split())
    return red + 256 * green + 65_536 * blue


def _map(numbers: Any) -> bytes:
    out = io.BytesIO()
    bands = [(numbers >> shift & 255).astype(np.uint8) for shift in (0, 8, 16)]
    Image.fromarray(np.stack(bands, axis=2)).save(out, "PNG")
    return out.getvalue()


def _made() -> Any:
    """Two people that touch, one in two parts, before a sky with a hole."""
    numbers: Any = np.full((HEIGHT, WIDTH), NUMBERS["sky"][0], np.uint32)
    numbers[30:] = 0
    numbers[10:35, 5:20] = numbers[3, 50:] = NUMBERS["person"][0]
    numbers[10:35, 20:31] = max(NUMBERS["person"])
    return numbers


def _set(folder: Path, numbers: Any, segments: list[dict[str, Any]]) -> Path:
    image = {"id": 12, "file_name": "a.png", "width": WIDTH, "height": HEIGHT}
    told = [{"image_id": 12, "file_name": "a.png", "segments_info": segments}]
    document = {"images": [image], "annotations": told, "categories": CATEGORIES}
    files: dict[str, str | bytes] = {
        "annotations/panoptic_val2017.json": json.dumps(document),
        "annotations/panoptic_val2017/a.png": _map(numbers),
        "val2017/a.png": picture(WIDTH, HEIGHT),
    }
    return lay(folder, files)


def _segments(numbers: Any) -> list[dict[str, Any]]:
    """What the JSON file says of a map, worked out in a slow and plain way."""
    found = []
    for label, some in NUMBERS.items():
        for number in some:
            ys, xs = np.nonzero(numbers == number)
            box = [int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1]
            category = next(c["id"] for c in CATEGORIES if c["name"] == label)
            found.append({"id": number, "category_id": category, "area": len(xs), "bbox": box, "iscrowd": int(number == 7)})
    return found


def _written(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    [name] = [name for name in files if name.endswith(".json")]
    return json.loads(files[name]), files


def test_every_pixel_and_number_comes_back(desk: Desk, tmp_path: Path) -> None:
    numbers = _made()
    given = _segments(numbers)
    path = _set(tmp_path / "in", numbers, given)
    desk.project_for("coco_panoptic", path)
    done = desk.bring(path)
    assert (done["added"], done["labels"]) == (1, 1)
    assert [b["reason"].rpartition(": ")[2] for b in done["bad_rows"]] == ["1"], "the group that the class sky is in"
    before = desk.values()
    told = {m["id"]: (m["label"], m.get("attributes", {})) for m in before["a.png"]["masks"]}
    assert told == {"7": ("person", {"iscrowd": "yes"}), "70001": ("person", {}), "16000000": ("sky", {"stuff": "yes"})}
    again = desk.out("coco_panoptic", option="media:true")
    document, files = _written(again)
    assert np.array_equal(_numbers(files["annotations/panoptic_val2017/a.png"]), numbers)
    names = {c["id"]: (c["name"], c["isthing"]) for c in document["categories"]}
    assert sorted(names.values()) == [("person", 1), ("sky", 0)]
    [ours] = document["annotations"]
    assert (ours["image_id"], document["images"][0]["id"]) == (12, 12)
    theirs = {s["id"]: s | {"category_id": next(c["name"] for c in CATEGORIES if c["id"] == s["category_id"])} for s in given}
    assert {s["id"]: s | {"category_id": names[s["category_id"]][0]} for s in ours["segments_info"]} == theirs
    assert desk.lost("coco_panoptic") == ["provenance and keys"]
    desk.project_for("coco_panoptic", again)
    desk.bring(again)
    assert plain(desk.values()) == plain(before)


def test_a_real_set_comes_in_and_goes_out_again(desk: Desk) -> None:
    """Of its two maps one is of another size than its picture: that is told, and the picture stays without labels."""
    path = real("formats/fmt_datumaro/coco_dataset/coco_panoptic")
    desk.project_for("coco_panoptic", path)
    done = desk.bring(path)
    reasons = [b["reason"] for b in done["bad_rows"]]
    assert (done["added"], done["labels"], len(reasons)) == (2, 1, 1)
    assert "the class map has 5 x 5 pixels, the picture 10 x 5; it was left out" in reasons[0]
    document, files = _written(desk.out("coco_panoptic"))
    theirs = (path / "annotations/panoptic_val/b.png").read_bytes()
    assert np.array_equal(_numbers(files["annotations/panoptic_val/b.png"]), _numbers(theirs))
    told = [(s["id"], s["area"], s["iscrowd"]) for s in document["annotations"][0]["segments_info"]]
    assert told == [(7, 20, 0), (20, 20, 1)]


def test_such_a_folder_is_recognised_unless_it_holds_other_annotations(desk: Desk, tmp_path: Path) -> None:
    numbers = _made()
    path = _set(tmp_path / "in", numbers, _segments(numbers))
    desk.project_for("coco_panoptic", path)
    assert desk.bench.call("POST", "/import/preview", {"path": str(path)})["format"] == "coco_panoptic"
    lay(path, {"annotations/instances_val2017.json": json.dumps({"images": [{"id": 1, "file_name": "a.png"}]})})
    assert desk.bench.call("POST", "/import/preview", {"path": str(path)})["format"] == "coco"
    _, reasons = desk.read("coco", path)
    assert any("segments of panoptic files, to be read as coco_panoptic: 3" in reason for reason in reasons), reasons


def test_what_a_map_and_its_file_do_not_agree_on_is_told(desk: Desk, tmp_path: Path) -> None:
    numbers = _made()
    numbers[40, :4] = 255
    more = [
        {"id": 5, "category_id": 3},
        {"id": 6, "category_id": 77},
        {"id": 1 << 24, "category_id": 3},
        {"id": 7, "category_id": 9},
    ]
    path = _set(tmp_path / "in", numbers, [*_segments(numbers), *more])
    desk.project_for("coco_panoptic", path)
    reasons = "\n".join(b["reason"] for b in desk.bring(path)["bad_rows"])
    for words in (
        "a.png: values without a name were left out: #ff0000",
        "a.png: things without a pixel were left out: 5",
        "segment 6: there is no category 77",
        "segment 16777216: its id is no number from 1 to 16,777,215",
        "segment 7 is listed twice",
    ):
        assert words in reasons, (words, reasons)
    assert len(desk.values()["a.png"]["masks"]) == 3


def test_a_map_that_is_not_there_costs_only_its_labels(desk: Desk, tmp_path: Path) -> None:
    path = _set(tmp_path / "in", _made(), _segments(_made()))
    (path / "annotations/panoptic_val2017/a.png").unlink()
    rows, reasons = desk.read("coco_panoptic", path)
    assert [row.files.keys() for row in rows] == [{"image"}]
    assert any("its map a.png is not in the folder or archive; 3 segments were left out" in reason for reason in reasons), (
        reasons
    )


def test_of_things_that_overlap_the_front_is_written_and_stuff_is_one(desk: Desk) -> None:
    shapes = {"name": "shapes", "type": "polygons", "config": {"labels": ["car", "road"]}}
    desk.bench.project(shapes, fields=({"name": "image", "kind": "image"},))
    desk.bring(lay(desk.folder / "in", {"a.png": picture(20, 10)}))

    def square(label: str, left: int, size: int, **more: Any) -> dict[str, Any]:
        corners = [[left, 0], [left + size, 0], [left + size, size], [left, size]]
        return {"label": label, "points": corners, **more}

    things = [
        square("road", 0, 5), square("road", 10, 6), square("car", 3, 4, z=2, id="4"), square("car", 4, 2, z=1, id="x"),
    ]  # fmt: skip
    desk.bench.answer(desk.bench.rows()["rows"][0]["id"], shapes=things)
    assert desk.lost("coco_panoptic", option="stuff:road") == [
        "pixels that a thing in front covers: 12", "masks of stuff that became one segment with others of their class: 1",
        "things that others cover whole, left out: 1", "provenance and keys",
    ]  # fmt: skip
    document, files = _written(desk.out("coco_panoptic", option="stuff:road"))
    assert [(c["name"], c["isthing"]) for c in document["categories"]] == [("car", 1), ("road", 0)]
    found = {s["id"]: (s["category_id"], s["area"], s["bbox"]) for s in document["annotations"][0]["segments_info"]}
    assert found == {1: (2, 25 - 8 + 36, [0, 0, 16, 6]), 4: (1, 16, [3, 0, 4, 4])}
    numbers = _numbers(files["annotations/panoptic/a.png"])
    assert (numbers[1, 4], numbers[4, 4], numbers[5, 15], numbers[9, 9]) == (4, 1, 1, 0)


def test_an_unknown_class_of_stuff_is_refused(desk: Desk) -> None:
    desk.bench.project(
        {"name": "shapes", "type": "masks", "config": {"labels": ["car"]}}, fields=({"name": "image", "kind": "image"},)
    )
    reply = desk.bench.ask("GET", "/export/report", params={"format": "coco_panoptic", "option": "stuff:sea;car"})
    assert reply.status_code == 422
    assert 'The option stuff names "sea"; the labels are car.' in reply.json()["error"]["message"]


@pytest.mark.parametrize("name", ["panoptic_val.json", "labels.json"])
def test_a_json_file_alone_is_recognised(desk: Desk, tmp_path: Path, name: str) -> None:
    numbers = _made()
    path = _set(tmp_path / "in", numbers, _segments(numbers)) / "annotations"
    (path / "panoptic_val2017.json").rename(path / name)
    desk.project_for("coco_panoptic", path / name)
    seen = desk.bench.call("POST", "/import/preview", {"path": str(path / name)})
    assert seen["format"] == "coco_panoptic"

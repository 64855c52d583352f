"""YOLO: its layouts and its four tasks come in and go out again; what is wrong in a file is told."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from datasets.desk import Desk, lay, picture, plain, real
from milo.domain.errors import InvalidConfig

DATUMARO = "formats/fmt_datumaro"


@pytest.mark.parametrize(
    ("name", "pictures", "boxes"),
    [
        ("yolo_dataset/labels", 2, 4),
        ("yolo_dataset/annotations", 1, 2),
        ("yolo_dataset/strict", 1, 2),
        ("roboflow_dataset/yolo", 3, 4),
        ("roboflow_dataset/yolo_obb", 3, 4),
    ],
)
def test_layouts_of_other_tools_come_in_and_go_out_again(desk: Desk, name: str, pictures: int, boxes: int) -> None:
    path = real(f"{DATUMARO}/{name}")
    desk.project_for("yolo", path)
    assert desk.bring(path)["added"] == pictures
    before = desk.values()
    assert sum(len(labels["boxes"]) for labels in before.values()) >= boxes - 2
    again = desk.out("yolo", option="media:true")
    desk.project_for("yolo", again)
    assert desk.bring(again)["added"] == pictures
    assert plain(desk.values(), 2) == plain(before, 2)


def test_photographs_with_boxes_come_back_line_by_line(desk: Desk) -> None:
    """Five photographs that Label Studio's own tests bring."""
    path = real("formats/fmt_label_studio/tests/custom/converter/data/test_import_yolo_data_unif_dims")
    desk.project_for("yolo", path)
    assert desk.bring(path)["added"] == 5
    with zipfile.ZipFile(desk.out("yolo")) as archive:
        for text in sorted((path / "labels").glob("*.txt")):
            ours = archive.read(f"labels/{text.name}").decode()
            assert _sorted(ours) == _sorted(text.read_text())


def _sorted(text: str) -> list[list[float]]:
    return sorted([round(float(word), 4) + 0.0 for word in line.split()] for line in text.splitlines() if line.strip())


YAML = "names: [car, 'a: b']\ntrain: images/train\n"


def test_turned_boxes(desk: Desk, tmp_path: Path) -> None:
    """A box of 20 x 10 about (40, 20), turned by 30 degrees, as corners in shares of 80 x 40."""
    line = "0 " + " ".join(f"{n:.7f}" for x, y in CORNERS for n in (x / 80, y / 40))
    files = {"data.yaml": YAML, "images/train/a.png": picture(80, 40), "labels/train/a.txt": line}
    desk.project_for("yolo", lay(tmp_path, files))
    desk.bring(tmp_path)
    [box] = desk.values()["a.png"]["boxes"]
    assert [box[k] for k in ("x", "y", "w", "h", "angle")] == pytest.approx([30, 15, 20, 10, 30], abs=0.01)
    with zipfile.ZipFile(desk.out("yolo")) as archive:
        [found] = _sorted(archive.read("labels/train/a.txt").decode())
    assert found == pytest.approx([float(w) for w in line.split()], abs=2e-4)


COS, SIN = 0.8660254, 0.5
CORNERS = [(40 + dx * COS - dy * SIN, 20 + dx * SIN + dy * COS) for dx, dy in ((-10, -5), (10, -5), (10, 5), (-10, 5))]


def test_outlines_and_boxes_in_one_set(desk: Desk, tmp_path: Path) -> None:
    text = "0 0.1 0.1 0.5 0.1 0.5 0.5 0.3 0.7 0.1 0.5\n1 0.5 0.5 0.2 0.2\n"
    files = {"data.yaml": YAML, "images/train/a.png": picture(80, 40), "labels/train/a.txt": text}
    desk.project_for("yolo", lay(tmp_path, files))
    desk.bring(tmp_path)
    values = desk.values()["a.png"]
    assert values["polygons"][0]["points"] == [[8, 4], [40, 4], [40, 20], [24, 28], [8, 20]]
    assert [(b["x"], b["w"], b["label"]) for b in values["boxes"]] == [(32, 16, "a: b")]
    with zipfile.ZipFile(desk.out("yolo", option="question:polygons")) as archive:
        assert _sorted(archive.read("labels/train/a.txt").decode()) == _sorted(text.splitlines()[0])


def test_figures_with_their_boxes(desk: Desk, tmp_path: Path) -> None:
    yaml = "names: {0: cow}\nkpt_shape: [3, 3]\nkpt_names: {0: [head, back, tail]}\n"
    text = "0 0.5 0.5 0.5 0.5 0.25 0.5 2 0 0 0 0.75 0.5 1\n"
    files = {"data.yaml": yaml, "images/a.png": picture(80, 40), "labels/a.txt": text}
    desk.project_for("yolo", lay(tmp_path, files))
    desk.bring(tmp_path)
    values = desk.values()["a.png"]
    assert values["keypoints"][0]["points"] == [[20, 20, 2], [0, 0, 0], [60, 20, 1]]
    with zipfile.ZipFile(desk.out("yolo", option="question:keypoints")) as archive:
        assert "back" in archive.read("data.yaml").decode()
        [alone] = _sorted(archive.read("labels/a.txt").decode())
    assert alone[1:5] == [0.5, 0.5, 0.5, 0.0]  # no box is asked for: the extent of its points
    with zipfile.ZipFile(desk.out("yolo", option="task:pose,question:keypoints")) as archive:
        assert archive.namelist()


def test_a_figure_keeps_the_box_that_another_question_holds(desk: Desk, tmp_path: Path) -> None:
    yaml = "names: {0: cow}\nkpt_shape: [2, 2]\n"
    text = "0 0.5 0.5 0.5 0.5 0.25 0.5 0.75 0.5\n"
    files = {"data.yaml": yaml, "images/a.png": picture(80, 40), "labels/a.txt": text}
    lay(tmp_path, files)
    figures = {"name": "keypoints", "type": "keypoints", "config": {"labels": ["cow"], "points": ["p1", "p2"]}}
    boxes = {"name": "boxes", "type": "boxes", "config": {"labels": ["cow"]}}
    desk.bench.project(figures, boxes, fields=({"name": "image", "kind": "image"},))
    desk.bring(tmp_path)
    with zipfile.ZipFile(desk.out("yolo")) as archive:
        assert _sorted(archive.read("labels/a.txt").decode()) == [[0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.5, 2, 0.75, 0.5, 2]]


def test_predictions_are_told_from_labels_by_their_confidence(desk: Desk, tmp_path: Path) -> None:
    files = {"data.yaml": YAML, "images/train/a.png": picture(80, 40), "labels/train/a.txt": "0 0.5 0.5 0.2 0.2 0.87\n"}
    lay(tmp_path, files)
    desk.bench.project(
        {"name": "q", "type": "boxes", "config": {"labels": ["car"]}}, fields=({"name": "image", "kind": "image"},)
    )
    assert desk.bring(tmp_path)["labels"] == 1
    assert desk.values()["a.png"] == {}
    assert desk.bench.counts()["suggested"] == 1


def test_what_is_wrong_is_told_and_the_rest_is_taken(desk: Desk, tmp_path: Path) -> None:
    text = "0 0.5 0.5 0.2 0.2\n7 0.5 0.5 0.2 0.2\n0 0.5 x 0.2 0.2\n0 0.5 0.5\n0 50 50 20 20\n1.5 0.5 0.5 0.2 0.2\n"
    files: dict[str, str | bytes] = {
        "data.yaml": YAML, "images/train/a.png": picture(80, 40), "labels/train/a.txt": text, "labels/train/b.txt": "0 0.5 0.5 0.2 0.2\n",
        "images/train/c.png": picture(80, 40, colour=(1, 1, 1)), "labels/train/c.txt": "", "images/train/d.png": picture(80, 40, colour=(2, 2, 2)),
        "images/train/e.png": picture(80, 40, colour=(3, 3, 3)), "labels/train/e.txt": b"\xff\xfe0 1",
    }  # fmt: skip
    desk.project_for("yolo", lay(tmp_path, files))
    done = desk.bring(tmp_path)
    reasons = "\n".join(b["reason"] for b in done["bad_rows"])
    for words in (
        "line 2: there is no class 7 among the 2", "line 3: not all of it are numbers", "line 4: 3 numbers mean nothing", "line 5: not in shares",
        "line 6: there is no class 1.5", "labels/train/b.txt: there is no picture", "labels/train/e.txt",
    ):  # fmt: skip
        assert words in reasons, (words, reasons)
    values = desk.values()
    assert len(values["a.png"]["boxes"]) == 1
    assert values["c.png"] == {"boxes": []}
    assert values["d.png"] == {}


def test_a_task_that_does_not_exist_is_refused(desk: Desk, tmp_path: Path) -> None:
    files = {"data.yaml": YAML, "images/train/a.png": picture(8, 4), "labels/train/a.txt": "0 0.5 0.5 0.2 0.2\n"}
    with pytest.raises(InvalidConfig, match="one of detect"):
        desk.read("yolo", lay(tmp_path, files), task="find")


@pytest.mark.parametrize("yaml", ["names: [", "names: 5", "{a: &x [*x]}", "a: &a [1]\n" + "b: [*a, *a]\n" * 30])
def test_odd_yaml_does_no_harm(desk: Desk, tmp_path: Path, yaml: str) -> None:
    files = {"data.yaml": yaml, "images/train/a.png": picture(8, 4), "labels/train/a.txt": "3 0.5 0.5 0.2 0.2\n"}
    rows, _ = desk.read("yolo", lay(tmp_path, files))
    assert rows[0].data["boxes"]["shares"][0]["label"] == "class_3"

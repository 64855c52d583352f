"""ONNX files of every kind that is known: classes, boxes and masks are right on pictures whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from milo.builtin.predictors import _onnx_detect as detect
from milo.builtin.predictors import _onnx_segment as segment
from milo.builtin.predictors._onnx_adapter import read_adapter
from milo.builtin.predictors._onnx_images import fitted, picture, upright_size
from milo.builtin.predictors.onnx import PLUGIN
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field, Question
from milo.infra.tile_work import pyramid
from milo.kinds.predictor import Candidate, Gesture
from milo.kinds.registry import Registry
from milo.stats import rle
from sockets import onnx_files as files

IMAGE = (Field("image", "image"),)
NAMES = "{0: 'Red thing', 1: 'blue thing'}"


def question(shape: str, labels: list[Any]) -> Question:
    kinds = {"label": "choice", "labels": "choices"}
    return Question("q", kinds.get(shape, shape), config={"labels": labels}, field="image", shape=shape)


def item(path: Path, ident: int = 1) -> Candidate:
    return Candidate(ident, {"image": {"media": ident, "path": str(path)}})


def scene(path: Path, size: tuple[int, int] = (800, 500), boxes: tuple[tuple[int, int, int, int], ...] = ()) -> Path:
    """Red and blue rectangles, by turns, on grey."""
    image = Image.new("RGB", size, (110, 110, 110))
    for n, box in enumerate(boxes):
        ImageDraw.Draw(image).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), ((220, 30, 30), (30, 30, 220))[n % 2])
    image.save(path)
    return path


# classes


def test_classes_are_the_most_likely_label_with_its_probability(tmp_path: Path, registry: Registry) -> None:
    where = files.classifier(tmp_path / "colours.onnx")
    (tmp_path / "colours.json").write_text(
        json.dumps({"labels": ["red", "green", "blue"], "mean": [0, 0, 0], "std": [1, 1, 1]})
    )
    shades = {"red": (250, 10, 10), "green": (10, 250, 10), "blue": (10, 10, 250)}
    items: list[Candidate] = []
    for n, colour in enumerate(shades.values()):
        Image.new("RGB", (50, 40), colour).save(tmp_path / f"{n}.png")
        items.append(item(tmp_path / f"{n}.png", n + 1))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    items.append(item(tmp_path / "broken.png", 9))
    asked = question("label", [{"value": "r", "title": "Red"}, "green", "blue"])
    config = {"own": "colours", "path": str(where)}
    found = list(PLUGIN.predict(asked, IMAGE, config, None, items))
    assert [(one.item_id, one.value) for one in found] == [(1, "r"), (2, "green"), (3, "blue")]
    assert all(one.score is not None and one.score > 0.99 for one in found)
    assert PLUGIN.describe(str(where), {}) == {"task": "classify", "kind": "32 x 32", "labels": ["red", "green", "blue"]}
    renamed = list(
        PLUGIN.predict(
            question("label", ["warm", "cold"]),
            IMAGE,
            {**config, "labels": {"red": "warm", "green": "warm", "blue": "cold"}},
            None,
            items,
        )
    )
    assert [one.value for one in renamed] == ["warm", "warm", "cold"]
    assert renamed[0].score == pytest.approx(1.0, abs=0.001)
    with pytest.raises(InvalidConfig, match="None of the model's labels"):
        list(PLUGIN.predict(question("label", ["cat", "dog"]), IMAGE, config, None, items))
    with pytest.raises(InvalidConfig, match="does not answer"):
        list(PLUGIN.predict(question("boxes", ["red"]), IMAGE, config, None, items))


def test_several_labels_each_for_itself(tmp_path: Path) -> None:
    where = files.classifier(tmp_path / "colours.onnx")
    about = {"labels": ["red", "green", "blue"], "mean": [0.5, 0.5, 0.5], "scores": "sigmoid"}
    (tmp_path / "colours.json").write_text(json.dumps(about))
    Image.new("RGB", (40, 40), (250, 250, 10)).save(tmp_path / "a.png")
    (one,) = PLUGIN.predict(
        question("labels", ["red", "green", "blue"]), IMAGE, {"path": str(where)}, None, [item(tmp_path / "a.png")]
    )
    assert (one.value, one.score) == (["red", "green"], None)


@pytest.mark.parametrize(
    ("row", "kind", "wanted"),
    [
        ([0.2, 0.8], "", [0.2, 0.8]),
        ([0.0, np.log(3)], "", [0.25, 0.75]),
        ([0.0, 60.0], "sigmoid", [0.5, 1.0]),
        ([2, -1], "probabilities", [1, 0]),
    ],
)
def test_outputs_become_probabilities(row: list[float], kind: str, wanted: list[float]) -> None:
    assert detect.probabilities([row], kind) == pytest.approx(wanted)


# boxes

THINGS = ((96, 80, 192, 176), (480, 304, 576, 400))


@pytest.mark.parametrize("kind", ["yolov8", "yolov5"])
def test_boxes_lie_where_the_things_are(tmp_path: Path, kind: str, registry: Registry) -> None:
    where = files.detector(tmp_path / "find.onnx", {"names": NAMES, "task": "detect"}, kind=kind)
    (tmp_path / "find.json").write_text('{"overlap": 0.1}')
    path = scene(tmp_path / "a.png", (640, 480), THINGS)
    asked = question("boxes", ["red thing", "Blue Thing"])
    config = {"own": "find", "path": str(where), "min_score": 0.2}
    (one,) = PLUGIN.predict(asked, IMAGE, config, None, [item(path)])
    assert one.score is None, "there is no honest score for all boxes together"
    found = sorted((b["x"], b["y"], b["w"], b["h"], b["label"]) for b in one.value)
    assert found == [(96.0, 80.0, 96.0, 96.0, "red thing"), (480.0, 304.0, 96.0, 96.0, "Blue Thing")]
    assert all(0.5 < b["score"] <= 1 for b in one.value)
    task = registry.task_types.get("boxes")
    for value in (b["score"] for b in one.value):
        assert isinstance(value, float)
    assert len(task.check(task.check_config(asked, IMAGE), one.value, None)) == 2


def test_pictures_of_other_sizes_and_turned_ones(tmp_path: Path) -> None:
    """Letterboxed by half; and once more with an EXIF orientation, which boxes are upright with."""
    where = files.detector(tmp_path / "find.onnx", {"names": NAMES})
    (tmp_path / "find.json").write_text('{"overlap": 0.1}')
    path = scene(tmp_path / "a.png", (1280, 640), ((192, 128, 384, 320),))
    config = {"path": str(where), "min_score": 0.2}
    asked = question("boxes", ["red thing", "blue thing"])
    (one,) = PLUGIN.predict(asked, IMAGE, config, None, [item(path)])
    (box,) = one.value
    assert (box["x"], box["y"], box["w"], box["h"]) == pytest.approx((192, 128, 192, 192), abs=1)
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(path).rotate(90, expand=True).save(turned, quality=95, exif=exif)
    assert upright_size(str(turned)) == (640, 1280) == (picture(str(turned)).height, picture(str(turned)).width)
    (two,) = PLUGIN.predict(asked, IMAGE, config, None, [item(turned)])
    assert (two.value[0]["x"], two.value[0]["y"]) == pytest.approx((192, 128), abs=1)


def test_end_to_end_rows_and_what_is_unsure() -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0], rows[0, 1] = [10, 20, 30, 60, 0.9, 3], [0, 0, 5, 5, 0.1, 1]
    found = detect.read_rows(rows, "", 80, 0.25)
    assert (found.boxes.tolist(), found.classes.tolist()) == ([[10, 20, 30, 60]], [3])
    masked = np.random.default_rng(1).random((1, 4 + 3 + 32, 500)).astype(np.float32)
    masked[0, 7:] = 5.0
    assert detect.read_rows(masked, "", 3, 0.0).classes.max() < 3, "the coefficients of masks are no classes"
    with pytest.raises(InvalidConfig, match="shape"):
        detect.read_rows(np.zeros((2, 3, 4, 5)), "", 3, 0.1)


def _iou(a: Any, b: Any) -> float:
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = np.prod(np.clip(high - low, 0, None))
    return float(common / max(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common, 1e-9))


@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.floats(0.05, 0.95))
def test_of_boxes_that_overlap_the_surest_stays(seed: int, n: int, overlap: float) -> None:
    rng = np.random.default_rng(seed)
    start = rng.uniform(-50, 100, (n, 2))
    found = detect.Found(np.concatenate([start, start + rng.uniform(1, 60, (n, 2))], 1), rng.random(n), rng.integers(0, 3, n))
    kept = detect.keep_best(found, overlap)
    assert kept.scores.tolist() == sorted(kept.scores.tolist(), reverse=True)
    for i in range(len(kept.scores)):
        for j in range(i):
            assert kept.classes[i] != kept.classes[j] or _iou(kept.boxes[i], kept.boxes[j]) <= overlap + 1e-9
    for box, score, label in zip(found.boxes, found.scores, found.classes, strict=True):
        better = [k for k in range(len(kept.scores)) if kept.classes[k] == label and kept.scores[k] >= score]
        assert any(_iou(kept.boxes[k], box) > overlap - 1e-9 or np.array_equal(kept.boxes[k], box) for k in better)


# masks by clicks

THING = (300, 100, 500, 260)
PAIRS = {"sam1": files.sam1, "sam2": files.sam2, "efficientsam": files.efficientsam}


def click(folder: Path, path: Path, gesture: Gesture, shape: str = "masks", cache: str = "", key: str = "") -> Any:
    meta = {"own": {"path": str(folder), "cache": cache}, "sha256": key}
    return PLUGIN.refine(question(shape, ["a"]), Candidate(0, {"image": {"path": str(path)}}, meta), gesture)


@pytest.mark.parametrize("dialect", PAIRS)
@pytest.mark.parametrize(
    "gesture",
    [Gesture([(400, 180, 1)]), Gesture(box=(290, 90, 220, 180)), Gesture([(400, 180, 1), (40, 40, 0), (310, 110, 1)])],
)
def test_a_click_or_a_box_finds_the_thing(tmp_path: Path, dialect: str, gesture: Gesture) -> None:
    folder = PAIRS[dialect](tmp_path / dialect)
    assert segment.dialect_of(segment.opened(read_adapter(str(folder)).decoder)) == dialect
    path = scene(tmp_path / "a.png", (800, 500), (THING,))
    found = click(folder, path, gesture)
    assert found["size"] == [500, 800]
    truth = np.zeros((500, 800), bool)
    truth[THING[1] : THING[3], THING[0] : THING[2]] = True
    both, either = rle.common(rle.read_text(found["counts"]), rle.from_bitmap(truth, 0, 0, (500, 800)))
    assert both / either > 0.85
    box = click(folder, path, gesture, "boxes")
    assert (box["x"], box["y"], box["w"], box["h"]) == pytest.approx((300, 100, 200, 160), abs=14)


@given(st.integers(200, 1500), st.integers(200, 1500), st.floats(0.1, 0.5), st.floats(0.1, 0.5))
def test_small_masks_are_enlarged_in_place(height: int, width: int, x: float, y: float) -> None:
    """A half-plane in each direction: its edge lies where it did, to a pixel of the picture and half of one of the mask."""
    columns, rows = (np.arange(256) + 0.5) / 256, (np.arange(256) + 0.5)[:, None] / 256
    mask = np.minimum(columns - x, rows - y).astype(np.float32)
    found = segment.enlarged(segment.Logits(mask, 256 / width, 256 / height), (height, width))
    assert found is not None
    left, top, on = found
    assert (left + on.shape[1], top + on.shape[0]) == (width, height)
    edge_x, edge_y = left + int(on[-1].argmax()), top + int(on[:, -1].argmax())
    assert abs(edge_x - x * width) <= 1
    assert abs(edge_y - y * height) <= 1


def test_outlines_need_opencv(tmp_path: Path) -> None:
    pytest.importorskip("cv2", reason="outlines need the extra vision")
    path = scene(tmp_path / "a.png", (800, 500), (THING,))
    points = click(files.sam1(tmp_path / "s"), path, Gesture([(400, 180, 1)]), "polygons")["points"]
    assert min(x for x, _ in points) == pytest.approx(300, abs=14)


def test_a_picture_is_encoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, path, cache = files.sam1(tmp_path / "s"), scene(tmp_path / "a.png", (800, 500), (THING,)), str(tmp_path / "cache")
    calls: list[str] = []
    encode = segment._encode
    monkeypatch.setattr(segment, "_encode", lambda a, d, p: calls.append(p) or encode(a, d, p))
    first = click(folder, path, Gesture([(400, 180, 1)]), cache=cache, key="ab" * 32)
    segment._last.clear()
    copy = tmp_path / "same.png"
    copy.write_bytes(path.read_bytes())
    assert click(folder, copy, Gesture([(400, 180, 1)]), cache=cache, key="ab" * 32) == first
    assert len(calls) == 1, "the same content under another name, after a restart"
    (kept,) = Path(cache).rglob("*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    segment._last.clear()
    assert click(folder, path, Gesture([(400, 180, 1)]), cache=cache, key="ab" * 32) == first
    assert len(calls) == 2, "a damaged file is made anew"
    monkeypatch.setattr(segment, "MOST_CACHED", 5_000_000)
    for n in range(3):
        click(folder, path, Gesture([(400, 180, 1)]), cache=cache, key=f"{n}" * 64)
    assert len(list(Path(cache).rglob("*.npz"))) == 1, "the oldest go where there is too much"


def test_gestures_that_say_nothing_and_clicks_on_nothing(tmp_path: Path) -> None:
    folder, path = files.sam1(tmp_path / "s"), scene(tmp_path / "a.png", (800, 500), (THING,))
    with pytest.raises(InvalidValue, match="click on the thing"):
        click(folder, path, Gesture([(3, 3, 0)]))
    assert click(folder, path, Gesture([(400, 180, 1), (401, 181, 0)])) is None
    where = files.classifier(tmp_path / "c.onnx")
    with pytest.raises(InvalidConfig, match="no encoder"):
        click(where, path, Gesture([(400, 180, 1)]))
    with pytest.raises(InvalidConfig, match="answers clicks"):
        list(PLUGIN.predict(question("boxes", ["a"]), IMAGE, {"path": str(folder)}, None, [item(path)]))


# adapters


def test_places_that_are_no_model(tmp_path: Path) -> None:
    for given_, said in ((tmp_path / "nothing.onnx", "no file or folder"), (tmp_path, "0 ONNX files")):
        with pytest.raises(InvalidConfig, match=said):
            read_adapter(str(given_))
    (tmp_path / "a.onnx").write_bytes(b"no model")
    with pytest.raises(InvalidConfig, match="does not take"):
        PLUGIN.describe(str(tmp_path / "a.onnx"), {})
    for text, said in (
        ('{"size": "big"}', "no adapter"), ('{"nothing": 1}', "no adapter"), ('{"std": [0, 1, 1]}', "three numbers"),
        ('{"size": [0, 5]}', "between 1 and"), ("{", "no adapter"),
    ):  # fmt: skip
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(InvalidConfig, match=said):
            read_adapter(str(tmp_path / "a.onnx"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "adapter.json").write_text('{"file": "../a.onnx"}')
    with pytest.raises(InvalidConfig, match="no file in"):
        read_adapter(str(tmp_path / "deep"))


def test_settings() -> None:
    asked = question("label", ["a"])
    for config, said in (
        ({}, "registers it"),
        ({"own": "m", "min_score": 2}, "0 to 1"),
        ({"own": "m", "path": "/x"}, "no setting path"),
        ({"own": "m", "labels": {"a": 1}}, "object"),
    ):
        with pytest.raises(InvalidConfig, match=said):
            PLUGIN.check_config(config, asked)


@given(
    st.integers(1, 900), st.integers(1, 900), st.sampled_from(["pad", "stretch", "crop"]), st.sampled_from(["middle", "corner"])
)
def test_the_way_there_and_back(width: int, height: int, fit: str, place: str) -> None:
    put = fitted(Image.new("RGB", (width, height), "white"), (64, 96), fit, 0, place)
    assert put.pixels.shape == (64, 96, 3)
    x, y = width * put.across + put.left, height * put.down + put.top
    if fit != "crop":
        assert 0 < x <= 96.001
        assert 0 < y <= 64.001
        inside = put.pixels[int(put.top) : round(y), int(put.left) : round(x)]
        assert inside.min() > 200
        assert (put.pixels > 200).all(axis=2).sum() == inside.shape[0] * inside.shape[1]


NEAR, FAR = (3500, 2500, 3900, 2800), (600, 400, 4600, 3400)


@pytest.mark.parametrize(
    ("thing", "gesture"),
    [
        (NEAR, Gesture([(3700, 2650, 1)])),
        (NEAR, Gesture(box=(3480, 2480, 440, 340))),
        (FAR, Gesture(box=(500, 300, 4200, 3200))),
    ],
)
def test_of_a_picture_in_tiles_the_part_around_the_gesture_is_shown(
    tmp_path: Path, thing: tuple[int, int, int, int], gesture: Gesture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[int, int]] = []
    encode = segment._encode
    monkeypatch.setattr(segment, "_encode", lambda a, d, p: shown.append(p.size) or encode(a, d, p))
    tiles = pyramid(scene(tmp_path / "a.bmp", (5200, 4000), (thing,)), tmp_path / "tiles", 0, None)
    where = {"path": "/nowhere", "tiles": {"folder": str(tmp_path / "tiles"), **tiles}}
    item = Candidate(0, {"image": where}, {"own": {"path": str(files.sam1(tmp_path / "s")), "cache": str(tmp_path / "cache")}})
    box: Any = PLUGIN.refine(question("boxes", ["a"]), item, gesture)
    cell = (5200 if thing == FAR else 2560) / 256
    wanted = (thing[0], thing[1], thing[2] - thing[0], thing[3] - thing[1])
    assert (box["x"], box["y"], box["w"], box["h"]) == pytest.approx(wanted, abs=6 * cell)
    again = Gesture([*gesture.clicks, (thing[0] + 90.0, thing[1] + 90.0, 1)], gesture.box)
    mask: Any = PLUGIN.refine(question("masks", ["a"]), item, again)
    assert mask["size"] == [4000, 5200]
    assert len(shown) == 1, "a further click costs the decoder alone"
    assert max(shown[0]) <= (2600 if thing == FAR else 2560)


def test_a_part_that_is_too_large_is_refused(tmp_path: Path) -> None:
    tiles = {"folder": str(tmp_path), "width": 20_000, "height": 20_000, "tile": 512, "levels": 7}
    item = Candidate(0, {"image": {"path": "/nowhere", "tiles": tiles}}, {"own": {"path": str(files.sam1(tmp_path / "s"))}})
    with pytest.raises(InvalidValue, match="outline the thing in parts"):
        PLUGIN.refine(question("masks", ["a"]), item, Gesture(box=(1000, 1000, 18_000, 18_000)))

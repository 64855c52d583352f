"""Clicks and boxes become masks: on pictures whose truth is known, and over the interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from milo.builtin.predictors.grabcut import PLUGIN
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.kinds.predictor import Candidate, Gesture
from milo.stats import outlines, rle

pytest.importorskip("cv2", reason="live tools need OpenCV: pip install milo[vision]")

SIZE = (400, 300)
THING = (120, 80, 260, 220)


def question(shape: str) -> Question:
    return Question("q", shape, config={"labels": ["a"]}, field="image", shape=shape)


@pytest.fixture
def picture(tmp_path: Path) -> Candidate:
    """A speckled red ellipse on speckled green ground."""
    image = Image.new("RGB", SIZE, (60, 120, 60))
    ImageDraw.Draw(image).ellipse(THING, (190, 60, 50))
    noise = np.random.default_rng(3).normal(0, 14, (SIZE[1], SIZE[0], 3))
    pixels = np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return Candidate(1, {"image": {"path": str(tmp_path / "a.png")}})


def truth() -> Any:
    mask = Image.new("1", SIZE)
    ImageDraw.Draw(mask).ellipse(THING, 1)
    return rle.from_bitmap(np.asarray(mask), 0, 0, (SIZE[1], SIZE[0]))


def iou(thing: dict[str, Any] | None) -> float:
    assert thing is not None
    both, either = rle.common(rle.read_text(thing["counts"]), truth())
    return both / either


@pytest.mark.parametrize(
    "gesture", [Gesture(box=(110, 70, 160, 160)), Gesture([(190, 150, 1)]), Gesture([(190, 150, 1), (20, 20, 0)])]
)
def test_a_box_or_a_click_finds_the_thing(picture: Candidate, gesture: Gesture) -> None:
    found = PLUGIN.refine(question("masks"), picture, gesture)
    assert iou(found) > 0.95
    assert PLUGIN.refine(question("masks"), picture, gesture) == found


def test_outlines_and_boxes_are_given_where_those_are_asked(picture: Candidate) -> None:
    gesture = Gesture(box=(110, 70, 160, 160))
    polygon = PLUGIN.refine(question("polygons"), picture, gesture)
    box = PLUGIN.refine(question("boxes"), picture, gesture)
    assert polygon is not None
    assert box is not None
    assert outlines.area([polygon["points"]]) == pytest.approx(np.pi * 70 * 70, rel=0.05)
    assert [box[k] for k in "xywh"] == pytest.approx([120, 80, 141, 141], abs=4)


def test_a_click_beside_takes_pixels_away(picture: Candidate) -> None:
    whole = PLUGIN.refine(question("masks"), picture, Gesture(box=(110, 70, 160, 160)))
    less = PLUGIN.refine(question("masks"), picture, Gesture([(190, 150, 1), (190, 100, 0)], box=(110, 70, 160, 160)))
    assert whole is not None
    assert less is not None
    assert not _on(less, 190, 100)
    assert _on(whole, 190, 100)


def _on(thing: dict[str, Any], x: int, y: int) -> bool:
    left, top, bitmap = rle.to_bitmap(rle.read_text(thing["counts"]), tuple(thing["size"]))
    inside = 0 <= y - top < bitmap.shape[0] and 0 <= x - left < bitmap.shape[1]
    return inside and bool(bitmap[y - top, x - left])


def test_nothing_shown_is_refused(picture: Candidate) -> None:
    with pytest.raises(InvalidValue, match="click on the thing"):
        PLUGIN.refine(question("masks"), picture, Gesture())
    assert not PLUGIN.refines(question("spans"))

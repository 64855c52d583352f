"""Things are carried through frames by what the pixels do, and the tool says where it lost them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import films
from milo.domain.shapes import Box, Keyframe, Track, iou
from milo.domain.tracks import place_at

cv2 = pytest.importorskip("cv2")

import msgspec  # noqa: E402

from milo.builtin.predictors.optical_flow import PLUGIN, follow  # noqa: E402

WIDTH, HEIGHT, SIDE = 320, 240, 48


def _texture(seed: int, height: int, width: int) -> Any:
    rough = np.random.default_rng(seed).integers(0, 255, (height // 4 + 2, width // 4 + 2)).astype(np.uint8)
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)


def _scene(count: int, speed: float = 2.0, grow: float = 1.0) -> tuple[list[Any], list[list[float]]]:
    """A textured square that moves over a textured ground; and where it is."""
    ground, thing = _texture(1, HEIGHT, WIDTH) // 2 + 60, _texture(2, SIDE * 3, SIDE * 3)
    pictures: list[Any] = []
    boxes: list[list[float]] = []
    for n in range(count):
        side = SIDE * grow**n
        x, y = 30 + speed * n, 80 + 10 * float(np.sin(n / 8))
        move = np.array([[side / (SIDE * 3), 0, x], [0, side / (SIDE * 3), y]])
        picture = ground.copy()
        cv2.warpAffine(thing, move, (WIDTH, HEIGHT), dst=picture, borderMode=cv2.BORDER_TRANSPARENT, flags=cv2.INTER_AREA)
        pictures.append(picture)
        boxes.append([x, y, side, side])
    return pictures, boxes


def _ious(found: dict[str, Any], boxes: list[list[float]], start: int = 0, by: int = 1) -> list[float]:
    keys = msgspec.convert(found["keyframes"], list[Keyframe])
    track = Track(label="", keyframes=sorted([Keyframe(frame=start, box=boxes[start]), *keys], key=lambda key: key.frame))
    scores: list[float] = []
    for frame in range(start + by, found["to"] + by, by):
        at = place_at(track, frame)
        assert at is not None
        a, b = (Box(x=k[0], y=k[1], w=k[2], h=k[3], label="") for k in (at.box or [], boxes[frame]))
        scores.append(iou(a, b))
    return scores


def test_a_box_is_carried_with_few_key_frames() -> None:
    pictures, boxes = _scene(60, grow=1.006)
    found = follow(pictures, Keyframe(frame=0, box=boxes[0]), 1, 120)
    assert (found["lost"], found["to"]) == (None, 59)
    scores = _ious(found, boxes)
    assert np.mean(scores) > 0.9
    assert min(scores) > 0.8
    assert len(found["keyframes"]) < 30
    assert follow(pictures, Keyframe(frame=0, box=boxes[0]), 1, 120) == found


def test_it_goes_back_as_well_as_on() -> None:
    pictures, boxes = _scene(40)
    found = follow(pictures, Keyframe(frame=39, box=boxes[39]), -1, 20)
    assert found["to"] == 19
    assert [key["frame"] for key in found["keyframes"]] == sorted(key["frame"] for key in found["keyframes"])
    assert np.mean(_ious(found, boxes, 39, -1)) > 0.9


def test_an_outline_and_a_figure_go_along() -> None:
    pictures, boxes = _scene(30)
    x, y, w, h = boxes[0]
    outline = [(x + 4, y + 4), (x + w - 4, y + 8), (x + w / 2, y + h - 4)]
    found = follow(pictures, Keyframe(frame=0, polygon=outline), 1, 29)
    dx, dy = boxes[29][0] - x, boxes[29][1] - y
    assert np.array(found["keyframes"][-1]["polygon"]) == pytest.approx(np.array(outline) + np.array([dx, dy]), abs=2.5)
    points: list[tuple[float, float, int]] = [(x + 12, y + 12, 2), (0.0, 0.0, 0), (x + 36, y + 30, 1)]
    figure = follow(pictures, Keyframe(frame=0, points=points), 1, 29)["keyframes"][-1]["points"]
    assert figure[1] == [0, 0, 0]
    assert figure[0][:2] == pytest.approx([x + 12 + dx, y + 12 + dy], abs=2.5)
    assert [p[2] for p in figure] == [2, 0, 1]


def test_it_stops_where_the_thing_is_gone() -> None:
    pictures, boxes = _scene(40)
    cut = [*pictures[:15], *[_texture(9, HEIGHT, WIDTH)] * 10]
    found = follow(cut, Keyframe(frame=0, box=boxes[0]), 1, 60)
    assert found["lost"] == 15
    assert found["to"] == 14
    assert found["why"]
    blank = [np.full((HEIGHT, WIDTH), 128, np.uint8)] * 5
    assert follow(blank, Keyframe(frame=0, box=[50, 50, 40, 40]), 1, 4)["lost"] == 1
    pictures, boxes = _scene(90, speed=4.0)
    assert follow(pictures, Keyframe(frame=50, box=boxes[50]), 1, 60)["lost"] is not None


def test_the_child_reads_the_frames_of_a_file(tmp_path: Path) -> None:
    from milo.infra.live import answer
    from milo.kinds.registry import Registry

    pytest.importorskip("av")
    path = films.write(tmp_path / "a.mp4", films.uneven(30))
    registry = Registry()
    registry.load_package("milo.builtin", ("predictors",))
    question = {"name": "q", "type": "any", "shape": "tracks", "field": "video"}
    key = {"frame": 3, "box": [8 + 9 - 6, films.HEIGHT - 46, 36, 36]}
    request = {"tool": PLUGIN.name, "do": "refine", "path": str(path), "question": question}
    reply = answer({**request, "gesture": {"carry": {"key": key, "by": 1, "frames": 10}}}, registry)
    assert "thing" in reply, reply
    assert set(reply["thing"]) == {"keyframes", "to", "lost", "why"}
    assert "frames 0 to 29" in answer({**request, "gesture": {"carry": {"key": {**key, "frame": 99}}}}, registry)["error"]
    assert "no place" in answer({**request, "gesture": {"carry": {"key": {"frame": 3, "outside": True}}}}, registry)["error"]

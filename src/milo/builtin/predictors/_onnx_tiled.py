"""Clicks and boxes on a picture in tiles: the model is shown the part around them, not the whole picture.

Stands alone because here what is shown depends on the gesture. The part's edges lie on a grid, and clicks that follow stay in
the part of the first one as long as they lie in it, so that they cost the decoder alone. Of a large part a coarser level is
read, so that no more than about 2,000 pixels a side are ever in memory.
"""

from __future__ import annotations

import hashlib
from typing import Any

from milo.builtin.predictors import _onnx_segment as segment
from milo.builtin.predictors._live_pictures import MAX_PIXELS, Area, Tiled
from milo.builtin.predictors._onnx_adapter import Adapter
from milo.builtin.predictors._outlines import shaped
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.kinds.predictor import Gesture

SIDE = 1024
_GRID = 512


def outlined(adapter: Adapter, question: Question, picture: Tiled, gesture: Gesture, cache: str) -> dict[str, Any] | None:
    """The thing that the gesture means. Raises InvalidValue where it would have to look at too much."""
    left, top, right, bottom = area = part_of(picture, gesture)
    width, height = right - left, bottom - top
    if width * height > MAX_PIXELS:
        raise InvalidValue(f"a part of {width:,} x {height:,} pixels is too large for this; outline the thing in parts")
    key = hashlib.sha256(f"{picture.folder}|{area}".encode()).hexdigest()
    smaller = picture.smaller(area, SIDE)
    clicks = [((x - left) / smaller, (y - top) / smaller, on) for x, y, on in gesture.clicks]
    box = None
    if gesture.box is not None:
        x, y, w, h = gesture.box
        box = (x - left) / smaller, (y - top) / smaller, w / smaller, h / smaller
    found, _ = segment.logits(adapter, segment.Sight(lambda: _image(picture, area), key), Gesture(clicks, box), cache)
    large = segment.enlarged(segment.Logits(found.mask, found.across / smaller, found.down / smaller), (height, width))
    if large is None:
        return None
    across, down, on = large
    return shaped(question.shape, left + across, top + down, on, (picture.height, picture.width))


def part_of(picture: Tiled, gesture: Gesture) -> Area:
    """What is shown: around the box or the first click, and all of the gesture."""
    points = [(float(x), float(y)) for x, y, _ in gesture.clicks]
    corners: list[tuple[float, float]] = []
    if gesture.box is not None:
        x, y, w, h = gesture.box
        corners = [(x, y), (x + w, y + h)]
    area = _on_grid(picture, picture.around(corners or points[:1]))
    inside = all(area[0] <= x < area[2] and area[1] <= y < area[3] for x, y in points)
    return area if inside else _on_grid(picture, picture.around([*corners, *points]))


def _on_grid(picture: Tiled, area: Area) -> Area:
    left, top, right, bottom = area
    wide, high = (-(-n // _GRID) * _GRID for n in (right, bottom))
    return left // _GRID * _GRID, top // _GRID * _GRID, min(picture.width, wide), min(picture.height, high)


def _image(picture: Tiled, area: Area) -> Any:
    from PIL import Image

    return Image.fromarray(picture.pixels(area, SIDE)[:, :, ::-1].copy())

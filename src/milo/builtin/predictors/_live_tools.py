"""What the live tools on pictures have in common: they answer gestures only, and look at a window of the picture made small.

Stands alone because each of them adds only what it makes of the pixels. The picture decoded last stays in memory of the child
process, so that the next gesture is quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, floor
from typing import Any, NamedTuple

from milo.builtin.predictors._unlearned import Unlearned
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, InvalidValue, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

MAX_PIXELS = 120_000_000
_kept: dict[str, Any] = {}


class LiveOnly(Unlearned):
    """A predictor that makes no suggestions by itself and does not learn."""

    name = ""
    title = ""
    why = "It answers clicks and does not learn."

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Never: without a gesture it has nothing to say."""
        return False

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """It has no settings."""
        if config:
            raise InvalidConfig(f"{self.name} has no settings; got {', '.join(sorted(config))}.", place="config")
        return {}

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """Nothing."""
        return iter(())


class Window(NamedTuple):
    """A part of a picture, made small: `pixels` (BGR) times `scale` smaller, its top left corner at (`left`, `top`)."""

    pixels: Any
    left: int
    top: int
    width: int
    height: int
    scale: float

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Where a point of the picture lies in it; the nearest pixel for one that lies outside."""
        rows, columns = self.pixels.shape[:2]
        column, row = floor((x - self.left) * self.scale), floor((y - self.top) * self.scale)
        return min(max(column, 0), columns - 1), min(max(row, 0), rows - 1)

    def middle(self, column: int, row: int) -> tuple[float, float]:
        """The middle of one of its pixels, in pixels of the picture."""
        rows, columns = self.pixels.shape[:2]
        return self.left + (column + 0.5) * self.width / columns, self.top + (row + 0.5) * self.height / rows


def opencv(what: str) -> Any:
    """OpenCV with one thread. Raises MissingExtra."""
    try:
        import cv2
    except ImportError:
        raise MissingExtra(what, "vision") from None
    cv2.setNumThreads(1)
    return cv2


def path_of(item: Candidate) -> str:
    """The file of the item's picture."""
    return str(next(iter(item.data.values()))["path"])


def picture_at(path: str) -> Any:
    """The upright picture as BGR. Raises InvalidValue for one that is too large."""
    if path in _kept:
        return _kept[path]
    import numpy as np
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        if image.width * image.height > MAX_PIXELS:
            raise InvalidValue(f"{image.width:,} x {image.height:,} pixels are more than {MAX_PIXELS // 1_000_000} megapixels")
        pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))[:, :, ::-1].copy()
    _kept.clear()
    _kept[path] = pixels
    return pixels


def window(cv: Any, path: str, box: tuple[float, float, float, float] | None, side: int) -> Window:
    """What of the picture lies in the box (all of it without one), at most `side` pixels a side. Raises InvalidValue."""
    picture = picture_at(path)
    height, width = picture.shape[:2]
    x, y, w, h = box or (0.0, 0.0, float(width), float(height))
    left, top = max(0, floor(x)), max(0, floor(y))
    right, bottom = min(width, ceil(x + w)), min(height, ceil(y + h))
    if right - left < 2 or bottom - top < 2:
        raise InvalidValue("the part that is shown lies outside of the picture")
    crop = picture[top:bottom, left:right]
    scale = min(1.0, side / max(crop.shape[:2]))
    size = (max(2, round(crop.shape[1] * scale)), max(2, round(crop.shape[0] * scale)))
    small = crop if scale == 1.0 else cv.resize(crop, size, interpolation=cv.INTER_AREA)
    return Window(small, left, top, right - left, bottom - top, scale)

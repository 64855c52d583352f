"""What the live tools on pictures have in common: they answer gestures only, and look at a window of the picture made small.

Stands alone because each of them adds only what it makes of the pixels. How these are come by: `_live_pictures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, floor
from typing import Any, NamedTuple

from milo.builtin.predictors._live_pictures import picture_of
from milo.builtin.predictors._unlearned import Unlearned
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, InvalidValue, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate


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


def window(cv: Any, item: Candidate, box: tuple[float, float, float, float] | None, side: int) -> Window:
    """What of the item's picture lies in the box (all of it without one), at most `side` pixels a side. Raises InvalidValue."""
    picture = picture_of(item)
    x, y, w, h = box or (0.0, 0.0, float(picture.width), float(picture.height))
    left, top = max(0, floor(x)), max(0, floor(y))
    right, bottom = min(picture.width, ceil(x + w)), min(picture.height, ceil(y + h))
    if right - left < 2 or bottom - top < 2:
        raise InvalidValue("the part that is shown lies outside of the picture")
    small = picture.part(cv, (left, top, right, bottom), side)
    return Window(small, left, top, right - left, bottom - top, min(1.0, side / max(right - left, bottom - top)))

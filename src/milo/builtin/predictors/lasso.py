"""A live tool: the way along edges from one click to the next, the magnetic lasso. Needs no model and no network.

Stands alone because it answers with a way, {"points": [[x, y], ...]} in pixels of the picture, and not with a whole thing: a
person puts ways together. `clicks` are the two ends, `box` is the part of the picture that the person sees; that part is looked
at with at most 640 pixels a side, so that a way is as fine as the screen, and finer when zoomed in. What depends on the first
end alone is kept: as long as it stays, a way to another second end takes next to no time.
Source: intelligent scissors (Mortensen and Barrett 1995), as OpenCV has them.
"""

from __future__ import annotations

from typing import Any

from milo.builtin.predictors._live_pictures import key_of
from milo.builtin.predictors._live_tools import LiveOnly, Window, opencv, window
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.kinds.predictor import Candidate, Gesture

SIDE = 640
_SHAPES = frozenset({"masks", "polygons", "polylines"})
_CANNY = (32, 100)
_STRONGEST = 200.0
_CLOSE = 0.8
"""Corners that lie nearer than this to the line between others are left out, in pixels of the window."""


class Lasso(LiveOnly):
    """Answers gestures only; it makes no suggestions by itself."""

    name = "lasso"
    title = "Along edges (magnetic lasso)"

    def __init__(self) -> None:
        self._kept: tuple[Any, Window, Any] | None = None
        self._seed: tuple[int, int] | None = None

    def refines(self, question: Question) -> bool:
        """Masks, polygons and lines."""
        return question.shape in _SHAPES

    def refine(self, question: Question, item: Candidate, gesture: Gesture) -> dict[str, Any] | None:
        """The way from the first click to the second."""
        if len(gesture.clicks) != 2:
            raise InvalidValue("a way has two ends: where it begins, and where it leads")
        cv = opencv("The magnetic lasso")
        part, scissors = self._scissors(cv, item, gesture.box)
        (x, y, _), (to_x, to_y, _) = gesture.clicks
        seed, target = part.place(x, y), part.place(to_x, to_y)
        if seed != self._seed:
            scissors.buildMap(seed)
            self._seed = seed
        way = cv.approxPolyDP(scissors.getContour(target), _CLOSE, False)[:, 0, :]
        between = [part.middle(int(column), int(row)) for column, row in way[1:-1]]
        return {"points": [[round(px, 1), round(py, 1)] for px, py in [(x, y), *between, (to_x, to_y)]]}

    def _scissors(self, cv: Any, item: Candidate, box: tuple[float, float, float, float] | None) -> tuple[Window, Any]:
        """The window and the scissors that have looked at it."""
        seen = (key_of(item), box)
        if self._kept is None or self._kept[0] != seen:
            part = window(cv, item, box, SIDE)
            scissors = cv.segmentation.IntelligentScissorsMB()
            scissors.setEdgeFeatureCannyParameters(*_CANNY).setGradientMagnitudeMaxLimit(_STRONGEST).applyImage(part.pixels)
            self._kept, self._seed = (seen, part, scissors), None
        return self._kept[1], self._kept[2]


PLUGIN = Lasso()

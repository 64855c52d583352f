"""A live tool: clicks on a thing, or a box around it, become its mask or outline. Needs no model and no network.

Stands alone because it answers a person's gesture, not an item. The picture around the thing is made small (at most 256 pixels
a side), so that an answer takes some hundredths of a second whatever the size of the picture. It knows colours and edges, not
things: it is good where a thing differs from what is around it, and it is meant to be corrected by further clicks.
Source: GrabCut (Rother, Kolmogorov and Blake 2004), as OpenCV has it; for a first click without a box, colours near that of
the click, apart by Otsu's threshold (1979). It begins from three guesses of where in a box the thing is, and what fills the box
best is taken.
"""

from __future__ import annotations

from math import ceil, floor
from typing import Any

from milo.builtin.predictors._live_pictures import MAX_PIXELS, Tiled, Whole, picture_of
from milo.builtin.predictors._live_tools import LiveOnly, opencv
from milo.builtin.predictors._outlines import shaped
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.kinds.predictor import Candidate, Gesture

SIDE = 256
ROUNDS = 3
_AROUND = {"box": 0.8, "click": 0.4}
"""How much of what is around a thing is looked at, as a share of its longer side: half of it on each side."""
_SEEDS = ("oval", "whole", "core")
"""What of a box may be the thing to begin with: the oval in it, all of it, or the oval with its middle for sure."""
_CORE = 0.3
_CLEARLY = 0.02
_SHAPES = frozenset({"masks", "polygons", "boxes"})
Rect = tuple[float, float, float, float]


class GrabCut(LiveOnly):
    """Answers gestures only; it makes no suggestions by itself."""

    name = "grabcut"
    title = "Outline by clicks (GrabCut)"

    def refines(self, question: Question) -> bool:
        """Masks, polygons and boxes."""
        return question.shape in _SHAPES

    def refine(self, question: Question, item: Candidate, gesture: Gesture) -> dict[str, Any] | None:
        """The thing that the clicks and the box mean."""
        cv = opencv("Outlining things on images")
        picture = picture_of(item)
        wanted = [(x, y) for x, y, on in gesture.clicks if on]
        if not wanted and gesture.box is None:
            raise InvalidValue("click on the thing, or draw a box around it, first")
        box = gesture.box or _first_guess(cv, picture, wanted)
        found = _cut(cv, picture, box, gesture, loose=gesture.box is None)
        return None if found is None else shaped(question.shape, *found, (picture.height, picture.width))


def _first_guess(cv: Any, picture: Whole | Tiled, wanted: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The box around what has the colour of the clicks and hangs together with them."""
    import numpy as np

    area = picture.around(wanted)
    x0, y0 = area[:2]
    small = picture.part(cv, area, SIDE)
    scale = min(1.0, SIDE / max(area[2] - x0, area[3] - y0))
    lab = cv.cvtColor(cv.GaussianBlur(small, (5, 5), 0), cv.COLOR_BGR2LAB).astype(np.float32)
    places = [_within(int((x - x0) * scale), int((y - y0) * scale), lab.shape) for x, y in wanted]
    away = np.min([np.linalg.norm(lab - lab[y, x], axis=2) for x, y in places], axis=0)
    level = np.clip(away * 2, 0, 255).astype(np.uint8)
    _, near = cv.threshold(level, 0, 255, cv.THRESH_BINARY_INV + cv.THRESH_OTSU)
    _, parts = cv.connectedComponents(near)
    rows, columns = np.nonzero(np.isin(parts, [parts[y, x] for x, y in places]) & (near > 0))
    if not len(rows):
        x, y = places[0]
        rows, columns = np.array([y]), np.array([x])
    left, top = float(columns.min()) / scale, float(rows.min()) / scale
    return x0 + left, y0 + top, float(np.ptp(columns) + 1) / scale, float(np.ptp(rows) + 1) / scale


def _within(x: int, y: int, shape: Any) -> tuple[int, int]:
    return min(max(x, 0), shape[1] - 1), min(max(y, 0), shape[0] - 1)


def _cut(cv: Any, picture: Whole | Tiled, box: Any, gesture: Gesture, loose: bool) -> tuple[int, int, Any] | None:
    """(left, top, bitmap) of the thing within a crop around the box; a `loose` box only says where it may be."""
    import numpy as np

    height, width = picture.height, picture.width
    points = [(x, y) for x, y, _ in gesture.clicks]
    x0 = min([box[0], *(p[0] for p in points)])
    y0 = min([box[1], *(p[1] for p in points)])
    x1 = max([box[0] + box[2], *(p[0] + 1 for p in points)])
    y1 = max([box[1] + box[3], *(p[1] + 1 for p in points)])
    air = _AROUND["click" if loose else "box"] * max(x1 - x0, y1 - y0, 8.0) / 2
    left, top = max(0, floor(x0 - air)), max(0, floor(y0 - air))
    right, bottom = min(width, ceil(x1 + air)), min(height, ceil(y1 + air))
    if right - left < 2 or bottom - top < 2:
        return None
    if (right - left) * (bottom - top) > MAX_PIXELS:
        raise InvalidValue(
            f"a thing of {right - left:,} x {bottom - top:,} pixels is too large for this; draw it by hand, or in parts"
        )
    small = picture.part(cv, (left, top, right, bottom), SIDE)
    scale = min(1.0, SIDE / max(right - left, bottom - top))
    inner = ((box[0] - left) * scale, (box[1] - top) * scale, box[2] * scale, box[3] * scale)
    places = [(_within(round((x - left) * scale), round((y - top) * scale), small.shape), on) for x, y, on in gesture.clicks]
    found: list[Any] = []
    for seed in _SEEDS[:1] if loose else _SEEDS:
        state = _seeded(cv, small.shape[:2], inner, seed, cv.GC_PR_BGD if loose else cv.GC_BGD)
        for place, on in places:
            cv.circle(state, place, 3, cv.GC_FGD if on else cv.GC_BGD, -1)
        found.append(_solve(cv, small, state, [place for place, on in places if on]))
    on = _fitting([one for one in found if one is not None], inner)
    if on is None:
        return None
    large = cv.resize(on.astype(np.float32), (right - left, bottom - top), interpolation=cv.INTER_LINEAR) > 0.5
    return (left, top, large) if large.any() else None


def _seeded(cv: Any, shape: tuple[int, int], box: Rect, seed: str, beyond: int) -> Any:
    """What each pixel is to begin with: `beyond` outside of the box."""
    import numpy as np

    state = np.full(shape, beyond, np.uint8)
    x, y, w, h = box
    inside = slice(max(0, floor(y)), max(0, ceil(y + h))), slice(max(0, floor(x)), max(0, ceil(x + w)))
    state[inside] = cv.GC_PR_FGD if seed == "whole" else cv.GC_PR_BGD
    for share, value in {"oval": [(1.0, cv.GC_PR_FGD)], "core": [(1.0, cv.GC_PR_FGD), (_CORE, cv.GC_FGD)]}.get(seed, []):
        axes = max(1, round(w / 2 * share)), max(1, round(h / 2 * share))
        cv.ellipse(state, (round(x + w / 2), round(y + h / 2)), axes, 0, 0, 360, int(value), -1)
    return state


def _fitting(found: list[Any], box: Rect) -> Any:
    """What fills the box best from side to side: people draw boxes close around things. The first wins unless clearly worse."""
    import numpy as np

    best, most = None, -1.0
    for on in found:
        rows, columns = np.nonzero(on)
        x, y, w, h = columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
        across = max(0.0, min(x + w, box[0] + box[2]) - max(x, box[0]))
        down = max(0.0, min(y + h, box[1] + box[3]) - max(y, box[1]))
        fit = across * down / (w * h + box[2] * box[3] - across * down)
        if fit > most + _CLEARLY:
            best, most = on, fit
    return best


def _solve(cv: Any, small: Any, state: Any, wanted: list[tuple[int, int]]) -> Any:
    """What is on after GrabCut: the parts that hold a click, or the largest one."""
    import numpy as np

    cv.setRNGSeed(1)
    surely = np.isin(state, (cv.GC_BGD, cv.GC_PR_BGD)).any() and np.isin(state, (cv.GC_FGD, cv.GC_PR_FGD)).any()
    if surely:
        cv.grabCut(small, state, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv.GC_INIT_WITH_MASK)
    on = np.isin(state, (cv.GC_FGD, cv.GC_PR_FGD)).astype(np.uint8)
    count, parts, about, _ = cv.connectedComponentsWithStats(on)
    if count < 2:
        return None
    hit = {int(parts[y, x]) for x, y in wanted} - {0}
    return np.isin(parts, list(hit)) if hit else parts == 1 + int(about[1:, cv.CC_STAT_AREA].argmax())


PLUGIN = GrabCut()

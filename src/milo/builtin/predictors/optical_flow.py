"""A live tool: carries a box, an outline or a figure of points through a video, frame after frame, by what the pixels do. Needs
no model and no network.

Stands alone because it answers a person's place on one frame with places on the next ones. Corners inside of the thing are
followed from frame to frame and back again; those that do not come back to where they began are dropped. The rest say how the
thing moved, turned and grew; a part of them that moves with the ground is outvoted. It stops, and says so, where too few
corners agree, where the thing leaves the picture, or where it no longer looks as it did. Of all the places only the key frames
are given back that the rest can be worked out from, to within a pixel or a thirtieth of the thing's size.
Sources: corners (Shi and Tomasi 1994), flow in pyramids (Lucas and Kanade 1981, Bouguet 2001), there and back (Kalal,
Mikolajczyk and Matas 2010), as OpenCV has them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from milo.builtin.predictors._live_tools import LiveOnly, opencv
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.domain.shapes import Keyframe
from milo.kinds.predictor import Candidate, Gesture

MOST_FRAMES = 120
_LEAST_POINTS = 6
_BACK = 1.0
"""A corner that ends farther from its beginning than this, there and back, is dropped; pixels of the enlarged window."""
_SIDE = 128.0
"""The window is enlarged (at most fourfold) or made small until the thing is about this large."""
_NEW, _STAY = 0.1, 0.1
"""How much the latest picture counts in what is remembered; what a shift as far as it may go must gain in likeness."""
_FEW, _MANY = 15, 60
"""With so few corners growth does not count at all; with so many more, in full."""
_APART, _SHARE = 1.0, 0.25
"""How far from the ground's way a corner must go to be the thing's own; the least share of such corners that counts."""
_ALIKE = 0.5
"""The least correlation with how the thing looked on the frame before; half of it for how it looked at the start."""
Place = dict[str, Any]


class OpticalFlow(LiveOnly):
    """Answers with {"keyframes": [...], "lost": the frame at which it was lost or null, "why": the reason}."""

    name = "optical_flow"
    title = "Carry through the video (optical flow)"

    def refines(self, question: Question) -> bool:
        """Tracks."""
        return question.shape == "tracks"

    def refine(self, question: Question, item: Candidate, gesture: Gesture) -> dict[str, Any] | None:
        """The places on the frames after (or before) the one of the gesture's key frame."""
        carry = gesture.carry
        frames = next(iter(item.data.values())).get("frames")
        if carry is None or frames is None:
            raise InvalidValue("say from which key frame of a video to carry on")
        if not 0 <= carry.key.frame < len(frames):
            raise InvalidValue(f"there is no frame {carry.key.frame:,}; the video has the frames 0 to {len(frames) - 1:,}")
        return follow(frames, carry.key, carry.by, min(carry.frames, MOST_FRAMES))


def follow(frames: Any, key: Keyframe, by: int, most: int) -> dict[str, Any]:
    """Carry a place over at most `most` frames, on (`by` 1) or back (-1). `frames[n]` is a picture in grey, uint8."""
    cv = opencv("Carrying things through a video")
    place = _place_of(key)
    found: list[tuple[int, Place]] = [(key.frame, place)]
    before = frames[key.frame]
    looks = _look(cv, before, place)
    memory = _remember(cv, None, before, place)
    lost: int | None = None
    why = ""
    for frame in range(key.frame + by, key.frame + by * (most + 1), by):
        if not 0 <= frame < len(frames):
            break
        now = frames[frame]
        step = _step(cv, before, now, place)
        if isinstance(step, str):
            lost, why = frame, step
            break
        step = _pulled_back(cv, now, step, memory)
        why = _doubt(cv, before, now, place, step, looks)
        if why:
            lost = frame
            break
        place, before = step, now
        memory = _remember(cv, memory, now, place)
        found.append((frame, place))
    kept = _thinned(found)[1:]
    keys = sorted(({"frame": frame, **_rounded(one)} for frame, one in kept), key=lambda one: one["frame"])
    return {"keyframes": keys, "to": found[-1][0], "lost": lost, "why": why}


def _place_of(key: Keyframe) -> Place:
    for kind in ("box", "polygon", "points"):
        value = getattr(key, kind)
        if value is not None:
            return {kind: msgspec.to_builtins(value)}
    raise InvalidValue("the key frame has no place to carry on from")


def _corners(place: Place) -> Any:
    """All points of a place, shape (n, 2); of a figure those that are there."""
    import numpy as np

    if "box" in place:
        x, y, w, h = place["box"][:4]
        return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float64)
    return np.array([p[:2] for p in place.get("polygon") or place["points"] if len(p) < 3 or p[2]], np.float64)


def _bounds(place: Place) -> tuple[float, float, float, float]:
    corners = _corners(place)
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return x0, y0, max(x1 - x0, 4.0), max(y1 - y0, 4.0)


def _step(cv: Any, before: Any, now: Any, place: Place) -> Place | str:
    """The place on the next frame, or why it is lost."""
    import numpy as np

    x, y, w, h = _bounds(place)
    height, width = before.shape[:2]
    if x + w / 2 < 0 or y + h / 2 < 0 or x + w / 2 > width or y + h / 2 > height:
        return "it leaves the picture"
    air = max(w, h, 16.0)
    left, top = max(0, int(x - air)), max(0, int(y - air))
    right, bottom = min(width, int(x + w + air) + 1), min(height, int(y + h + air) + 1)
    scale = min(4.0, _SIDE / max(w, h))
    first, second = (_window(cv, image[top:bottom, left:right], scale) for image in (before, now))
    inside = _mask(cv, place, first.shape, left, top, scale)
    points = cv.goodFeaturesToTrack(first, 120, 0.01, 4, mask=inside, blockSize=5)
    if points is None or len(points) < _LEAST_POINTS:
        return "there is too little on it to hold on to"
    there, back = _flow(cv, first, second, points)
    good = np.linalg.norm(back - points, axis=2)[:, 0] < _BACK
    if good.sum() < _LEAST_POINTS:
        return "it changes too much from one frame to the next"
    good = _apart(cv, first, second, inside, points, there, good)
    moved, agree = cv.estimateAffinePartial2D(points[good], there[good], method=cv.RANSAC, ransacReprojThreshold=1.5)
    if moved is None or agree.sum() < max(_LEAST_POINTS, 0.35 * good.sum()):
        return "its parts move apart, or something covers it"
    grown = float(np.hypot(moved[0, 0], moved[1, 0]))
    if not 0.85 <= grown <= 1.18:
        return "it changes too much from one frame to the next"
    moved = _less_grown(moved, int(agree.sum()), (x + w / 2 - left) * scale, (y + h / 2 - top) * scale)
    return _carried(cv, place, moved, (left, top, scale), first, second)


def _apart(cv: Any, first: Any, second: Any, inside: Any, points: Any, there: Any, good: Any) -> Any:
    """Of the corners on the thing those that do not move with what is around it, if there are enough of them: what shows of the
    ground within a box would hold it back."""
    import numpy as np

    ground = cv.goodFeaturesToTrack(first, 80, 0.01, 4, mask=cv.bitwise_not(inside), blockSize=5)
    if ground is None or len(ground) < _LEAST_POINTS:
        return good
    ground_there, ground_back = _flow(cv, first, second, ground)
    sure = np.linalg.norm(ground_back - ground, axis=2)[:, 0] < _BACK
    if sure.sum() < _LEAST_POINTS:
        return good
    shift, _ = cv.estimateAffinePartial2D(ground[sure], ground_there[sure], method=cv.RANSAC, ransacReprojThreshold=1.5)
    if shift is None:
        return good
    along = points[:, 0] @ shift[:, :2].T + shift[:, 2]
    apart = good & (np.linalg.norm(there[:, 0] - along, axis=1) > _APART)
    return apart if apart.sum() >= max(_LEAST_POINTS, _SHARE * good.sum()) else good


def _less_grown(moved: Any, agree: int, x: float, y: float) -> Any:
    """Few corners say well where a thing went, but badly how it grew: with few, growth counts for less. The middle of the
    thing, (x, y), goes where it went."""
    import numpy as np

    trust = min(1.0, max(0.0, (agree - _FEW) / _MANY))
    turn = moved[:, :2] / np.hypot(moved[0, 0], moved[1, 0])
    linear = turn * np.hypot(moved[0, 0], moved[1, 0]) ** trust
    middle = np.array([x, y])
    return np.column_stack([linear, moved[:, :2] @ middle + moved[:, 2] - linear @ middle])


def _window(cv: Any, part: Any, scale: float) -> Any:
    size = max(2, round(part.shape[1] * scale)), max(2, round(part.shape[0] * scale))
    return cv.resize(part, size, interpolation=cv.INTER_AREA if scale < 1 else cv.INTER_CUBIC)


def _mask(cv: Any, place: Place, shape: Any, left: int, top: int, scale: float) -> Any:
    """Where corners are looked for: the inner part of a box, the inside of an outline, around the points of a figure."""
    import numpy as np

    inside = np.zeros(shape, np.uint8)
    if "box" in place:
        x, y, w, h = place["box"][:4]
        at = np.array([x - left + w * 0.2, y - top + h * 0.05, x - left + w * 0.8, y - top + h * 0.95]) * scale
        x0, y0, x1, y1 = (max(0, round(n)) for n in at.tolist())
        inside[y0:y1, x0:x1] = 255
    elif "polygon" in place:
        cv.fillPoly(inside, [np.round((_corners(place) - (left, top)) * scale).astype(np.int32)], 255)
    else:
        for px, py in ((_corners(place) - (left, top)) * scale).tolist():
            cv.circle(inside, (round(px), round(py)), max(6, round(_SIDE / 8)), 255, -1)
    return inside


def _flow(cv: Any, first: Any, second: Any, points: Any) -> tuple[Any, Any]:
    """Where points go, and where they come back to; float32, shape (n, 1, 2)."""
    settings = {"winSize": (21, 21), "maxLevel": 3, "criteria": (cv.TERM_CRITERIA_EPS | cv.TERM_CRITERIA_COUNT, 20, 0.03)}
    there, _, _ = cv.calcOpticalFlowPyrLK(first, second, points, None, **settings)
    back, _, _ = cv.calcOpticalFlowPyrLK(second, first, there, None, **settings)
    return there, back


def _carried(cv: Any, place: Place, moved: Any, window: tuple[int, int, float], first: Any, second: Any) -> Place:
    """The place moved as the window says; upright boxes stay upright, the points of a figure go their own ways."""
    import numpy as np

    left, top, scale = window

    def go(points: Any) -> Any:
        inner = (points - (left, top)) * scale
        return (inner @ moved[:, :2].T + moved[:, 2]) / scale + (left, top)

    if "box" in place:
        x, y, w, h, *angle = place["box"]
        grown = float(np.hypot(moved[0, 0], moved[1, 0]))
        mx, my = go(np.array([[x + w / 2, y + h / 2]]))[0].tolist()
        turn = [(angle[0] + float(np.degrees(np.arctan2(moved[1, 0], moved[0, 0])))) % 360] if angle else []
        return {"box": [mx - w * grown / 2, my - h * grown / 2, w * grown, h * grown, *turn]}
    if "polygon" in place:
        return {"polygon": go(_corners(place)).tolist()}
    own = ((_corners(place) - (left, top)) * scale).astype(np.float32)[:, None, :]
    there, back = _flow(cv, first, second, own)
    sure = np.linalg.norm(back - own, axis=2)[:, 0] < _BACK
    together = go(_corners(place))
    each = there[:, 0, :].astype(np.float64) / scale + (left, top)
    near = np.linalg.norm(each - together, axis=1) < max(_bounds(place)[2:]) * 0.15
    ways = iter(np.where((sure & near)[:, None], each, together).tolist())
    return {"points": [[*next(ways), p[2]] if p[2] else p for p in place["points"]]}


def _look(cv: Any, image: Any, place: Place) -> Any:
    """The thing as a small picture of mean 0 and length 1."""
    import numpy as np

    x, y, w, h = _bounds(place)
    patch = cv.getRectSubPix(image, (max(2, round(w)), max(2, round(h))), (x + w / 2, y + h / 2))
    small = cv.resize(patch, (24, 24), interpolation=cv.INTER_AREA).astype(np.float64)
    small -= small.mean()
    return small / (np.linalg.norm(small) or 1.0)


def _remember(cv: Any, memory: Any, image: Any, place: Place) -> Any:
    """How the thing looks, float32: a mean in which the latest picture counts a tenth."""
    import numpy as np

    x, y, w, h = _bounds(place)
    shape = (round(w), round(h)) if memory is None else memory.shape[::-1]
    patch = cv.getRectSubPix(image, (max(4, round(w)), max(4, round(h))), (x + w / 2, y + h / 2))
    new = cv.resize(patch, shape, interpolation=cv.INTER_AREA).astype(np.float32)
    return new if memory is None else memory * (1 - _NEW) + new * _NEW


def _pulled_back(cv: Any, image: Any, place: Place, memory: Any) -> Place:
    """The place shifted by at most a few pixels to where the picture looks most as it did: flow alone drifts."""
    import numpy as np

    x, y, w, h = _bounds(place)
    rows, columns = memory.shape
    zoom = w / columns, h / rows
    reach = max(2, round(0.1 * min(rows, columns)))
    wide = max(4, round(w + 2 * reach * zoom[0])), max(4, round(h + 2 * reach * zoom[1]))
    around = cv.getRectSubPix(image, wide, (x + w / 2, y + h / 2))
    around = cv.resize(around, (columns + 2 * reach, rows + 2 * reach), interpolation=cv.INTER_AREA).astype(np.float32)
    fit = cv.matchTemplate(around, memory, cv.TM_CCOEFF_NORMED)
    offsets = np.arange(-reach, reach + 1)
    fit = fit - _STAY * ((offsets[None, :] ** 2 + offsets[:, None] ** 2) / reach**2)
    row, column = np.unravel_index(int(fit.argmax()), fit.shape)
    dx, dy = float(offsets[column]) * zoom[0], float(offsets[row]) * zoom[1]
    return _shifted(place, dx, dy) if dx or dy else place


def _shifted(place: Place, dx: float, dy: float) -> Place:
    if "box" in place:
        x, y, *rest = place["box"]
        return {"box": [x + dx, y + dy, *rest]}
    if "polygon" in place:
        return {"polygon": [[x + dx, y + dy] for x, y in place["polygon"]]}
    return place  # the points of a figure have gone their own ways


def _doubt(cv: Any, before: Any, now: Any, place: Place, step: Place, looks: Any) -> str:
    """Why the new place is not believed; "" if it is."""
    after = _look(cv, now, step)
    if float((after * _look(cv, before, place)).sum()) < _ALIKE or float((after * looks).sum()) < _ALIKE / 2:
        return "it no longer looks as it did"
    return ""


def _thinned(found: list[tuple[int, Place]]) -> list[tuple[int, Place]]:
    """The places that the others can be worked out from; the first and the last are among them."""
    import numpy as np

    numbers = np.array([_corners(place).ravel() for _, place in found])
    frames = np.array([frame for frame, _ in found], np.float64)
    allowed = max(1.0, float(np.ptp(numbers[0].reshape(-1, 2), axis=0).max()) / 30)
    kept, waiting = {0, len(found) - 1}, [(0, len(found) - 1)]
    while waiting:
        a, b = waiting.pop()
        if b - a < 2:
            continue
        share = ((frames[a + 1 : b] - frames[a]) / (frames[b] - frames[a]))[:, None]
        away = np.abs(numbers[a + 1 : b] - (numbers[a] + (numbers[b] - numbers[a]) * share)).max(axis=1)
        worst = int(away.argmax())
        if away[worst] > allowed:
            kept.add(a + 1 + worst)
            waiting += [(a, a + 1 + worst), (a + 1 + worst, b)]
    return [found[n] for n in sorted(kept)]


def _rounded(place: Place) -> Place:
    if "box" in place:
        return {"box": [round(n, 1) for n in place["box"]]}
    kind = next(iter(place))
    return {kind: [[round(p[0], 1), round(p[1], 1), *p[2:]] for p in place[kind]]}


PLUGIN = OpticalFlow()

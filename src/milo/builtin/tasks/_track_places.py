"""The key frames of a track as they come and as they are stored, and how alike two tracks are.

Stands alone because key frames have rules of their own: their order, what says nothing, what may change from one to the next.
"""

from __future__ import annotations

from math import isfinite
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import numpy as np

from milo.builtin.tasks._attributes import attributes_agree, check_attributes
from milo.builtin.tasks._config import value_error
from milo.builtin.tasks._drawn import MAX_PIXEL, Extent, Size, Thing, around
from milo.builtin.tasks.keypoints import PLUGIN as KEYPOINTS
from milo.builtin.tasks.polygons import PLUGIN as POLYGONS
from milo.domain.question import Question
from milo.domain.shapes import Keyframe, Track
from milo.domain.tracks import place_at

MAX_KEYFRAMES = 200_000
MAX_FRAME = 100_000_000
KINDS = ("box", "polygon", "points")
_BOX_SAMPLES, _OTHER_SAMPLES = 200, 12
_LINES = 128
Key = dict[str, Any]


def settle(question: Question, label: str, keys: list[Keyframe], size: Size | None) -> list[Key]:
    """Key frames in canonical form: by frame, without those that say nothing. Raises InvalidValue."""
    if not 1 <= len(keys) <= MAX_KEYFRAMES:
        raise value_error(question, f"a track has {len(keys):,} key frames; 1 to {MAX_KEYFRAMES:,} are allowed.")
    kinds: set[str] = set()
    found: list[Key] = []
    held: dict[str, Any] = {}
    for key in sorted(keys, key=lambda one: one.frame):
        _check_frame(question, key, found)
        place = _place(question, key, size)
        kinds |= place.keys()
        if key.outside and not found:
            continue
        more = _changes(question, label, key, held, first=not found)
        held = held | more
        if key.outside and found[-1].get("outside") and not more:
            continue
        plain: Key = {"frame": key.frame, **place}
        if key.outside or key.occluded:
            plain["outside" if key.outside else "occluded"] = True
        found.append(plain | ({"attributes": more} if more else {}))
    if not found:
        raise value_error(question, "a track is outside of the picture at all of its key frames; it must be seen at one.")
    if len(kinds) > 1:
        raise value_error(question, f"a track has places of several kinds ({', '.join(sorted(kinds))}); each has one kind.")
    return found


def _check_frame(question: Question, key: Keyframe, before: list[Key]) -> None:
    if not 0 <= key.frame <= MAX_FRAME:
        raise value_error(question, f"a key frame is at frame {key.frame}; frames are whole numbers from 0 on.")
    if before and before[-1]["frame"] == key.frame:
        raise value_error(question, f"a track has two key frames at frame {key.frame}; each frame can have one.")


def _place(question: Question, key: Keyframe, size: Size | None) -> Key:
    given = [kind for kind in KINDS if getattr(key, kind) is not None]
    if len(given) > 1 or (not given and not key.outside):
        raise value_error(question, f"the key frame at {key.frame} needs one place: {' or '.join(KINDS)}.")
    if not given:
        return {}
    kind = given[0]
    if kind not in question.config.get("places", KINDS[:1]):
        allowed = ", ".join(question.config.get("places", KINDS[:1]))
        raise value_error(question, f"the key frame at {key.frame} has a {kind}; this question takes: {allowed}.")
    if kind == "box":
        return {"box": _box(question, key, size)}
    own, points = (POLYGONS, key.polygon) if kind == "polygon" else (KEYPOINTS, key.points)
    mark = SimpleNamespace(points=points, holes=[])
    own.place(question, mark, size)
    return {kind: [list(p) for p in mark.points]}


def _box(question: Question, key: Keyframe, size: Size | None) -> list[float]:
    """Four numbers, five for a turned box. It must touch the picture; things that leave it reach beyond."""
    box = cast("list[float]", key.box)
    where = f"the box at frame {key.frame}"
    if len(box) not in (4, 5) or not all(isfinite(n) and abs(n) <= MAX_PIXEL for n in box):
        raise value_error(question, f"{where} must be [x, y, w, h] or [x, y, w, h, angle] in pixels, got {box!r:.80}.")
    x, y, w, h = (n + 0.0 for n in box[:4])
    angle = round(box[4] % 360.0, 6) % 360.0 if len(box) > 4 else 0.0
    if w <= 0 or h <= 0:
        raise value_error(question, f"{where} has no area: w={w:g}, h={h:g}.")
    if angle and not question.config.get("rotated"):
        raise value_error(question, f"{where} is turned by {angle:g} degrees, but this question takes upright boxes (rotated).")
    width, height = size or (MAX_PIXEL, MAX_PIXEL)
    if not key.outside and (x >= width or y >= height or x + w <= 0 or y + h <= 0):
        raise value_error(question, f"{where}, x={x:g}, y={y:g}, w={w:g}, h={h:g}, does not touch the picture.")
    return [x, y, w, h, angle] if angle else [x, y, w, h]


def _changes(question: Question, label: str, key: Keyframe, held: dict[str, Any], *, first: bool) -> dict[str, Any]:
    """What changes at a key frame. A required attribute is asked for at the first one."""
    changing = question.config.get("changing") or []
    if not key.attributes and not (first and changing):
        return {}
    asked = changing if first else [{**one, "required": False} for one in changing]
    over = msgspec.structs.replace(question, config={"attributes": asked})
    given = check_attributes(over, label, key.attributes)
    return {name: value for name, value in given.items() if name not in held or held[name] != value}


def extent_of(thing: Thing) -> Extent:
    """Around all places at key frames."""
    corners: list[Any] = []
    for key in thing["keyframes"]:
        if "box" in key:
            x, y, w, h = key["box"][:4]
            reach = (w * w + h * h) ** 0.5 / 2 if len(key["box"]) > 4 else None
            mx, my = x + w / 2, y + h / 2
            corners += [(x, y), (x + w, y + h)] if reach is None else [(mx - reach, my - reach), (mx + reach, my + reach)]
        else:
            points = key.get("polygon") or key.get("points") or []
            corners += [p[:2] for p in points if len(p) < 3 or p[2]]
    return around(corners)


def track_of(thing: Thing) -> Track:
    """The struct, for the rules of `milo.domain.tracks`."""
    return Track(label=thing["label"], keyframes=msgspec.convert(thing["keyframes"], list[Keyframe]))


def alike(question: Question, a: Thing, b: Thing) -> float:
    """The mean likeness over the frames at which either is there, up to the last key frame of both; 0 where only one is.

    The likeness at a frame is the intersection over union of boxes and outlines, the object keypoint similarity of figures.
    Of many frames, evenly spread ones are taken: 200 for upright boxes, 12 for other places.
    """
    if a["keyframes"] == b["keyframes"]:
        return 1.0
    if _upright(a) and _upright(b):
        return _alike_boxes(a["keyframes"], b["keyframes"])
    kinds = {kind for thing in (a, b) for kind in KINDS if any(kind in key for key in thing["keyframes"])}
    if len(kinds) > 1:
        return 0.0
    first, second = track_of(a), track_of(b)
    scores: list[float] = []
    for frame in _frames(a["keyframes"], b["keyframes"], _OTHER_SAMPLES).tolist():
        p, q = place_at(first, frame), place_at(second, frame)
        if p is not None or q is not None:
            scores.append(_alike_at(question, p, q) if p is not None and q is not None else 0.0)
    return float(np.mean(scores)) if scores else 0.0


def _frames(a: list[Key], b: list[Key], most: int) -> Any:
    start, end = min(a[0]["frame"], b[0]["frame"]), max(a[-1]["frame"], b[-1]["frame"])
    if end - start < most:
        return np.arange(start, end + 1)
    return np.unique(np.linspace(start, end, most).round().astype(np.int64))


def _upright(thing: Thing) -> bool:
    return all(len(key["box"]) == 4 if "box" in key else key.get("outside", False) for key in thing["keyframes"])


def _alike_boxes(a: list[Key], b: list[Key]) -> float:
    frames = _frames(a, b, _BOX_SAMPLES)
    (p, on_p), (q, on_q) = _boxes_at(a, frames), _boxes_at(b, frames)
    either = on_p | on_q
    if not either.any():
        return 0.0
    low = np.maximum(p[:, :2], q[:, :2])
    high = np.minimum(p[:, :2] + p[:, 2:], q[:, :2] + q[:, 2:])
    common = np.prod(np.maximum(high - low, 0.0), axis=1)
    union = p[:, 2] * p[:, 3] + q[:, 2] * q[:, 3] - common
    share = np.divide(common, union, out=np.zeros_like(union), where=union > 0)
    share[(p == q).all(axis=1)] = 1.0
    return min(1.0, float(np.where(on_p & on_q, share, 0.0)[either].mean()))


def _boxes_at(keys: list[Key], frames: Any) -> tuple[Any, Any]:
    """Boxes, shape (frames, 4), and whether the thing is there."""
    placed = [key for key in keys if "box" in key]
    at = np.array([key["frame"] for key in placed], np.float64)
    numbers = np.array([key["box"] for key in placed], np.float64)
    boxes = np.column_stack([np.interp(frames, at, numbers[:, d]) for d in range(4)])
    starts = np.array([key["frame"] for key in keys])
    now = np.searchsorted(starts, frames, side="right") - 1
    # Towards an end without a place, the thing stays where it was; the same from a place to a later one over such an end.
    for n, key in enumerate(keys[:-1]):
        if "box" in key and "box" not in keys[n + 1]:
            boxes[now == n] = key["box"]
    there = (now >= 0) & ~np.array([key.get("outside", False) for key in keys])[np.maximum(now, 0)]
    return boxes, there


def _alike_at(question: Question, p: Keyframe, q: Keyframe) -> float:
    if (p.box, p.polygon, p.points) == (q.box, q.polygon, q.points):
        return 1.0
    if p.points is not None and q.points is not None:
        return KEYPOINTS.alike(question, {"points": p.points}, {"points": q.points})
    from milo.stats.outlines import overlap

    first, second = _outline(p), _outline(q)
    (ax, ay, aw, ah), (bx, by, bw, bh) = around(first), around(second)
    if ax > bx + bw or bx > ax + aw or ay > by + bh or by > ay + ah:
        return 0.0
    return overlap([first], [second], _LINES)


def _outline(key: Keyframe) -> list[Any]:
    if key.polygon is not None:
        return [list(p) for p in key.polygon]
    x, y, w, h = (key.box or [0.0] * 4)[:4]
    angle = np.deg2rad(key.box[4]) if key.box is not None and len(key.box) > 4 else 0.0
    cos, sin, mx, my = float(np.cos(angle)), float(np.sin(angle)), x + w / 2, y + h / 2
    corners = [(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2)]
    return [[mx + u * cos - v * sin, my + u * sin + v * cos] for u, v in corners]


def changes_agree(question: Question, a: Thing, b: Thing) -> float | None:
    """The mean agreement of what changes, over evenly spread frames at which both are there; None if nothing is asked."""
    changing = question.config.get("changing") or []
    if not changing:
        return None
    over = msgspec.structs.replace(question, config={"attributes": changing})
    first, second = track_of(a), track_of(b)
    scores: list[float] = []
    for frame in _frames(a["keyframes"], b["keyframes"], _OTHER_SAMPLES).tolist():
        p, q = place_at(first, frame), place_at(second, frame)
        if p is not None and q is not None:
            scores.append(attributes_agree(over, a["label"], p.attributes, q.attributes))
    return float(np.mean(scores)) if scores else None

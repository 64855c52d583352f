"""Boxes that are turned or have attributes: how alike two are, and one for several.

Stands alone because upright boxes without attributes have a faster way (`_matching`), which these cannot take.
"""

from __future__ import annotations

import json
from math import atan2, cos, degrees, fsum, radians, sin
from typing import Any

from milo.builtin.tasks import _related
from milo.builtin.tasks._attributes import attributes_agree, merge_attributes
from milo.builtin.tasks._likeness import ALL_BUT_ROUNDING, SAME, Extent, Pair, groups, touching
from milo.domain.question import Question
from milo.domain.shapes import Box, iou

Thing = dict[str, Any]


def corners(box: Thing) -> list[tuple[float, float]]:
    """The four corners of a box, turned clockwise (y runs down) about its middle."""
    angle = radians(box.get("angle", 0.0))
    c, s = cos(angle), sin(angle)
    x, y, w, h = box["x"] + box["w"] / 2, box["y"] + box["h"] / 2, box["w"] / 2, box["h"] / 2
    return [(x + dx * c - dy * s, y + dx * s + dy * c) for dx, dy in ((-w, -h), (w, -h), (w, h), (-w, h))]


def extent(box: Thing) -> Extent:
    """The smallest upright box around a box."""
    if not box.get("angle"):
        return box["x"], box["y"], box["w"], box["h"]
    xs, ys = zip(*corners(box), strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def alike(a: Thing, b: Thing) -> float:
    """Intersection over union of the turned boxes."""
    if not a.get("angle") and not b.get("angle"):
        return iou(*(Box(x=one["x"], y=one["y"], w=one["w"], h=one["h"], label="") for one in (a, b)))
    if _key(a) == _key(b):
        return 1.0
    from milo.stats.outlines import overlap

    return overlap([corners(a)], [corners(b)])


def pairs(question: Question, a: list[Thing], b: list[Thing], *, weighed: bool) -> list[Pair]:
    """Pairs of boxes that mean the same; `weighed` with how far their attributes agree, else with how alike they are."""
    found: list[Pair] = []
    for i, j in touching([extent(one) for one in a], [extent(one) for one in b]):
        apart = a[i]["label"] != b[j]["label"] or a[i].get("page", 0) != b[j].get("page", 0)
        if apart or (near := alike(a[i], b[j])) < SAME:
            continue
        if weighed:
            same = attributes_agree(question, a[i]["label"], a[i].get("attributes", {}), b[j].get("attributes", {}))
            near = 0.5 + 0.5 * same
        found.append((i, j, near))
    return found


def same(question: Question, a: list[Thing], b: list[Thing]) -> list[Pair]:
    """Pairs of boxes that mean the same and have the same attributes, with how alike they are."""
    agree = {p[:2] for p in pairs(question, a, b, weighed=True) if p[2] > ALL_BUT_ROUNDING}
    return [p for p in pairs(question, a, b, weighed=False) if p[:2] in agree]


def merged(question: Question, values: list[list[Thing]]) -> list[Thing]:
    """The mean of every group of alike boxes that at least half of the answers contain, and the relations of as many."""
    boxes = [box for value in values for box in value]
    source = [n for n, value in enumerate(values) for _ in value]
    near = [p for p in pairs(question, boxes, boxes, weighed=False) if source[p[0]] < source[p[1]]]
    found: list[Thing] = []
    kept = [group for group in groups(boxes, source, _key, near) if 2 * len(group) >= len(values)]
    for group in kept:
        members = sorted((boxes[i] for i in group), key=_key)
        given = [one.get("attributes", {}) for one in members]
        page = {"page": members[0]["page"]} if members[0].get("page") else {}
        attributes = merge_attributes(question, members[0]["label"], given)
        found.append(_mean(members) | {"attributes": attributes} | page)
    return _related.with_voted(question, found, kept, values)


def _mean(boxes: list[Thing]) -> Thing:
    """The mean middle and size, and the mean direction."""
    n = len(boxes)
    w, h = fsum(b["w"] for b in boxes) / n, fsum(b["h"] for b in boxes) / n
    x, y = fsum(b["x"] + b["w"] / 2 for b in boxes) / n, fsum(b["y"] + b["h"] / 2 for b in boxes) / n
    angles = [radians(b.get("angle", 0.0)) for b in boxes]
    angle = degrees(atan2(fsum(map(sin, angles)), fsum(map(cos, angles)))) % 360.0
    left, top = x - w / 2, y - h / 2
    if round(angle, 6) % 360.0 == 0.0:  # upright boxes may not leave the image, as turned ones may
        left, top, w, h = max(0.0, left), max(0.0, top), w + min(0.0, left), h + min(0.0, top)
    page = {"page": boxes[0]["page"]} if "page" in boxes[0] else {}
    return {"x": left, "y": top, "w": w, "h": h, "angle": angle, "label": boxes[0]["label"], **page}


def _key(box: Thing) -> str:
    return json.dumps([box["label"], box.get("page", 0), *(float(box[k]) for k in "xywh"), float(box.get("angle", 0.0))])

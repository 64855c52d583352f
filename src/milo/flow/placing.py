"""PLACING: things on a picture as other tools hold them become things on the item's picture, before they are checked.

Stands alone because it needs what no file format has: the picture's true size, and the question. A label cell is a list of
things in pixels, or {"shares": [...]} with places in shares of the picture's width and height (0..1). A box may come as its
`corners`. What leaves the picture is cut at its edge, what lies outside of it is left out, attributes that the question does
not ask are left out, and of a list with things that do not fit the others stay; all of it is told. Where the file gives the
picture another size than it has (`image_size`), nothing is taken: its places mean another picture.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from milo.domain.errors import InvalidValue
from milo.domain.pages import size_in
from milo.domain.question import Question

SHAPES = frozenset({"boxes", "polygons", "polylines", "keypoints", "masks"})
SHARES = "shares"
SIZE = "image_size"
_EDGE = 1.0
"""Pixels that a thing may stick out without being told; the task types cut these themselves."""
_SKEW = 0.02
"""How far four corners may be from a rectangle, as a share of its size."""
_SHOWN = 3
Thing = dict[str, Any]
Size = tuple[float, float]
Check = Callable[[list[Thing]], Any]


class Told:
    """What happened to the things of one list, each kind of event once with the things it happened to."""

    def __init__(self) -> None:
        self._events: dict[str, list[str]] = {}
        self._attributes: Counter[str] = Counter()

    def add(self, what: str, thing: str) -> None:
        """One more."""
        self._events.setdefault(what, []).append(thing)

    def left_out(self, attributes: set[str]) -> None:
        """Attributes that the question does not ask."""
        self._attributes.update(attributes)

    def lines(self) -> list[str]:
        """As a report tells it."""
        out = [f"{what}: {', '.join(things[:_SHOWN])}" + _more(things) for what, things in self._events.items()]
        if self._attributes:
            names = ", ".join(f"{name} ({n:,})" for name, n in self._attributes.most_common(8))
            out.append(f"attributes that the question does not ask were left out: {names}")
        return out


def _more(things: list[str]) -> str:
    return f" and {len(things) - _SHOWN:,} more" if len(things) > _SHOWN else ""


def is_placed(shape: str, cell: Any) -> bool:
    """Whether a cell holds things on a picture in the form above."""
    return shape in SHAPES and (
        isinstance(cell, list) or (isinstance(cell, dict) and isinstance(cast("dict[str, Any]", cell).get(SHARES), list))
    )


def placed(
    question: Question, shape: str, cell: Any, row: dict[str, Any], data: dict[str, Any], check: Check
) -> tuple[Any, list[str]]:
    """The checked value, and what was changed or left out. Raises InvalidValue if nothing of it can be taken."""
    image, told = _image(question, data), Told()
    _same_size(row.get(SIZE), _size(image, {}))
    things = _things(cell, image)
    fitted: list[Thing] = []
    for place, given in enumerate(things):
        name = str(given.get("id") or place + 1)[:40]
        one = _asked(question, given, told)
        for thing in _split(question, shape, _ordered(question, one), place, told):
            inside = _cut(shape, thing, _size(image, thing), name, told)
            if inside is not None:
                fitted.append(inside)
    value = _checked(fitted, check, told)
    if things and not value:
        raise InvalidValue("; ".join(told.lines()) or "none of its things lies on the picture")
    return value, told.lines()


def _image(question: Question, data: dict[str, Any]) -> dict[str, Any] | None:
    images = [data.get(question.field)] if question.field else list(data.values())
    for image in images:
        if isinstance(image, dict) and isinstance(image.get("width"), int) and isinstance(image.get("height"), int):
            return cast("dict[str, Any]", image)
    return None


def _size(image: dict[str, Any] | None, thing: Thing) -> Size | None:
    """Of the page that a thing is on: it may say one."""
    if image is None:
        return None
    page = thing.get("page", 0)
    own = size_in(image.get("sizes") or [], page) if isinstance(page, int) else None
    return own or (float(image["width"]), float(image["height"]))


def _same_size(given: Any, size: Size | None) -> None:
    if not isinstance(given, list) or len(cast("list[Any]", given)) != 2 or size is None:
        return
    width, height = cast("list[Any]", given)
    if (width, height) == size:
        return
    turned = (
        " It is turned by its EXIF orientation, and the file's places are those of the picture before that."
        if (height, width) == size
        else ""
    )
    raise InvalidValue(f"the file gives the picture {width} x {height} pixels, but it has {size[0]:g} x {size[1]:g}.{turned}")


def _things(cell: Any, image: dict[str, Any] | None) -> list[Thing]:
    shares = isinstance(cell, dict)
    given = cast("list[Any]", cast("dict[str, Any]", cell)[SHARES] if shares else cell)
    if not all(isinstance(one, dict) for one in given):
        raise InvalidValue(f"expected a list of things, got {given!r:.80}")
    things = [dict(cast("Thing", one)) for one in given]
    if not shares:
        return [_unturned(one) for one in things]
    if image is None:
        raise InvalidValue("its places are in shares of the picture, whose size is not known")
    return [_unturned(_in_pixels(one, cast("Size", _size(image, one)))) for one in things]


def _in_pixels(thing: Thing, size: Size) -> Thing:
    scaled = dict(thing)
    for names, length in ((("x", "w"), size[0]), (("y", "h"), size[1])):
        for name in names:
            if isinstance(scaled.get(name), int | float):
                scaled[name] = _tidy(scaled[name] * length)
    for name in ("points", "corners"):
        if name in scaled:
            scaled[name] = [_scaled(point, size) for point in scaled[name]]
    if "holes" in scaled:
        scaled["holes"] = [[_scaled(point, size) for point in hole] for hole in scaled["holes"]]
    return scaled


def _scaled(point: Any, size: Size) -> list[Any]:
    return [_tidy(point[0] * size[0]), _tidy(point[1] * size[1]), *point[2:]]


def _tidy(value: float) -> float:
    """A ten-thousandth of a pixel is below what a share in six digits can say."""
    return round(value, 4) + 0.0


def _unturned(thing: Thing) -> Thing:
    """A box from its corners: first to second is its width."""
    if "corners" not in thing:
        return thing
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = thing.pop("corners")
    width = (math.hypot(bx - ax, by - ay) + math.hypot(cx - dx, cy - dy)) / 2
    height = (math.hypot(cx - bx, cy - by) + math.hypot(dx - ax, dy - ay)) / 2
    angle = math.degrees(math.atan2(by - ay + cy - dy, bx - ax + cx - dx)) % 360.0
    middle = (ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4
    skewed = math.hypot(ax + cx - bx - dx, ay + cy - by - dy) + abs(math.hypot(cx - ax, cy - ay) - math.hypot(dx - bx, dy - by))
    quarter = round(angle / 90.0)
    if abs(angle - 90.0 * quarter) < 1e-3:
        width, height = (height, width) if quarter % 2 else (width, height)
        angle = 0.0
    box = {"x": _tidy(middle[0] - width / 2), "y": _tidy(middle[1] - height / 2), "w": _tidy(width), "h": _tidy(height)}
    found = {**thing, **box, **({"angle": round(angle, 4)} if angle else {})}
    return found | ({"": "skewed"} if skewed > max(0.5, _SKEW * (width + height)) else {})


def _asked(question: Question, thing: Thing, told: Told) -> Thing:
    """Without the attributes that are not asked of its label, of a choice the answers that are none, and relations that are not
    asked at all."""
    links = cast("list[Any]", thing.get("relations") or [])
    if links and not question.config.get("relations"):
        told.add("relations that the question does not ask were left out, of", str(thing.get("id", ""))[:40])
        thing = {k: v for k, v in thing.items() if k != "relations"}
    given = thing.get("attributes")
    if not isinstance(given, dict):
        return thing
    asked = cast("list[dict[str, Any]]", question.config.get("attributes") or [])
    names = {one["name"] for one in asked if not one.get("only") or thing.get("label") in one["only"]}
    told.left_out(given.keys() - names)
    kept = {name: value for name, value in cast("dict[str, Any]", given).items() if name in names}
    return {**thing, "attributes": kept} if kept else {k: v for k, v in thing.items() if k != "attributes"}


def _ordered(question: Question, thing: Thing) -> Thing:
    """A figure whose points come by their names, in the question's order. Where the question's figures have one point, each
    is a thing of its own, labelled by its name (see `_split`)."""
    named = thing.get("named")
    if not isinstance(named, dict):
        return thing
    given = cast("dict[str, Any]", named)
    asked = [p if isinstance(p, str) else p["name"] for p in cast("list[Any]", question.config.get("points") or [])]
    rest = {k: v for k, v in thing.items() if k != "named"}
    if len(asked) == 1 and asked[0] not in given:
        return {**rest, "points": list(given.values()), "labels": list(given)}
    labels = cast("list[Any]", question.config.get("labels") or [])
    only = labels[0] if len(labels) == 1 else ""
    label = thing.get("label") or (only if isinstance(only, str) else only["value"])
    return {**rest, "label": label, "points": [given.get(name, [0.0, 0.0, 0]) for name in asked]}


def _split(question: Question, shape: str, thing: Thing, place: int, told: Told) -> list[Thing]:
    """Several points under one label where the question's figures have one point: as many figures, in a group."""
    points = thing.get("points")
    one_point = len(cast("list[Any]", question.config.get("points") or [])) == 1
    named = cast("list[str]", thing.pop("labels", []))
    if named:
        return [{"label": name, "points": [p]} for name, p in zip(named, cast("list[Any]", points), strict=True)]
    if shape != "keypoints" or not one_point or not isinstance(points, list) or len(cast("list[Any]", points)) < 2:
        return [thing]
    told.add("points of one thing became figures of their own, in a group", str(thing.get("id") or place + 1))
    parts = cast("list[Any]", points)
    common = {k: v for k, v in thing.items() if k not in ("points", "id", "relations")}
    ids = [{"id": f"{thing['id']}/{n}"[:64]} if thing.get("id") else {} for n in range(1, len(parts) + 1)]
    return [{**common, "group": 900_000 + place, "points": [point], **ident} for point, ident in zip(parts, ids, strict=True)]


def _cut(shape: str, thing: Thing, size: Size | None, name: str, told: Told) -> Thing | None:
    """The part of a thing that lies on the picture; None if none does."""
    if thing.pop("", None):
        told.add("corners that make no rectangle, taken as the nearest one", name)
    if size is None:
        return thing
    try:
        if shape == "boxes" and not thing.get("angle"):
            return _cut_box(thing, size, name, told)
        if shape == "polygons":
            return _cut_polygon(thing, size, name, told)
        if shape == "keypoints":
            return _cut_figure(thing, size, name, told)
    except (TypeError, ValueError, KeyError, IndexError):
        return thing  # malformed: the check says how
    return thing


def _cut_box(box: Thing, size: Size, name: str, told: Told) -> Thing | None:
    left, top = max(0.0, box["x"]), max(0.0, box["y"])
    right, bottom = min(size[0], box["x"] + box["w"]), min(size[1], box["y"] + box["h"])
    if right <= left or bottom <= top:
        if box["w"] > 0 and box["h"] > 0:
            told.add("left out, since it lies outside of the picture", name)
            return None
        return box
    beyond = max(left - box["x"], top - box["y"], box["x"] + box["w"] - right, box["y"] + box["h"] - bottom)
    if beyond <= _EDGE:
        return box
    told.add("cut at the edge of the picture", name)
    return {**box, "x": left, "y": top, "w": right - left, "h": bottom - top}


def _outside(points: list[Any], size: Size) -> bool:
    low, high = -_EDGE, (size[0] + _EDGE, size[1] + _EDGE)
    return any(not (low <= p[0] <= high[0] and low <= p[1] <= high[1]) for p in points)


def _cut_polygon(thing: Thing, size: Size, name: str, told: Told) -> Thing | None:
    if not _outside(thing["points"], size):
        return thing
    points = clipped(thing["points"], size)
    if len(points) < 3:
        told.add("left out, since it lies outside of the picture", name)
        return None
    told.add("cut at the edge of the picture", name)
    holes = [hole for hole in (clipped(one, size) for one in thing.get("holes", [])) if len(hole) > 2]
    return {**{k: v for k, v in thing.items() if k != "holes"}, "points": points, **({"holes": holes} if holes else {})}


def _cut_figure(thing: Thing, size: Size, name: str, told: Told) -> Thing | None:
    if not _outside([p for p in thing["points"] if p[2]], size):
        return thing
    told.add("a point outside of the picture counts as not there", name)
    points = [p if not p[2] or not _outside([p], size) else [0.0, 0.0, 0] for p in thing["points"]]
    return {**thing, "points": points} if any(p[2] for p in points) else None


def clipped(points: list[Any], size: Size) -> list[list[float]]:
    """An outline cut at the four edges of a picture, one after the other (Sutherland and Hodgman 1974)."""
    ring = [[float(p[0]), float(p[1])] for p in points]
    for axis, limit, sign in ((0, 0.0, 1), (0, size[0], -1), (1, 0.0, 1), (1, size[1], -1)):
        out: list[list[float]] = []
        for a, b in zip(ring[-1:] + ring[:-1], ring, strict=True):
            inside, was = (b[axis] - limit) * sign >= 0, (a[axis] - limit) * sign >= 0
            if inside != was:
                share = (limit - a[axis]) / (b[axis] - a[axis])
                cut = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]
                cut[axis] = limit
                out.append(cut)
            if inside:
                out.append(b)
        ring = out
    return ring


def _checked(things: list[Thing], check: Check, told: Told) -> Any:
    """The value of all that fit: of all at once, else one by one."""
    try:
        return check(things)
    except InvalidValue as error:
        whole = error
    kept: list[Thing] = []
    for place, thing in enumerate(things):
        alone = {k: v for k, v in thing.items() if k != "relations"}
        try:
            check([alone])
            kept.append(alone)
        except InvalidValue as error:
            told.add(f"left out ({error.message})", str(thing.get("id") or place + 1))
    fit = _relate(things, kept, check, told)
    if len(kept) == len(things) and not any(thing.get("relations") for thing in things):
        raise whole
    return check(fit)


def _relate(things: list[Thing], kept: list[Thing], check: Check, told: Told) -> list[Thing]:
    """The kept things with the relations between them that fit."""
    by_id = {one["id"]: one for one in kept if one.get("id")}
    links: dict[str, list[Any]] = {}
    for head, one in ((thing.get("id"), one) for thing in things for one in thing.get("relations") or []):
        ends = [by_id.get(head), by_id.get(one.get("to"))]
        try:
            if head is None or None in ends or ends[0] is ends[1]:
                raise InvalidValue("it does not join two things that are there")
            check([{**cast("Thing", ends[0]), "relations": [one]}, cast("Thing", ends[1])])
            links.setdefault(head, []).append(one)
        except InvalidValue as error:
            told.add(f"relations left out ({error.message})", str(head))
    return [{**one, "relations": links[one["id"]]} if one.get("id") in links else one for one in kept]

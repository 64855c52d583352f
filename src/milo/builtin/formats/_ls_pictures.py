"""Regions on pictures of Label Studio as things of Milo's shapes, and back.

Stands alone because there places are in percent of the picture's width and height, a turned rectangle is turned about its top
left corner, and every key point is a region of its own. Points that name one parent, or that follow each other with different
names, are one figure, given as {"named": {name: [x, y, v]}}: the project's question says in which order its points stand, or
that each point is a thing of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

from milo.builtin.formats._ls_brush import decoded, encoded
from milo.builtin.formats._ls_links import link_results
from milo.builtin.formats._packing import Thing, around, corners, upright
from milo.builtin.formats._tuning import Losses
from milo.domain.question import Question

FIGURE = "_figure"
"""Ends the name of the rectangles that hold the figures of a question."""
KINDS = ("rectanglelabels", "polygonlabels", "brushlabels", "keypointlabels")
SHAPES = ("boxes", "polygons", "masks", "keypoints")


def regions_of(kind: str, heap: list[dict[str, Any]], rectangles: dict[str, str], losses: Losses) -> list[Thing]:
    """The things that the results of one control are. `rectangles`: label of each rectangle of the annotation by its id."""
    things: list[Thing] = []
    points: list[tuple[dict[str, Any], str, tuple[float, float]]] = []
    for one in heap:
        value, size = one["value"], _size(one)
        labels = _listed(value.get(kind))
        if not labels or size is None:
            losses.add("regions without a label or the size of their picture")
            continue
        if len(labels) > 1:
            losses.add("further labels of a region", len(labels) - 1)
        try:
            place = _place(kind, value, size)
        except (KeyError, TypeError, ValueError) as error:
            losses.add(f"regions that cannot be read ({error})")
            continue
        if kind == "keypointlabels":
            points.append((one, str(labels[0]), (place["x"], place["y"])))
        else:
            things.append({**place, "label": str(labels[0]), **_about(one)})
    return things + list(_figures(points, rectangles))


def rectangles_in(results: list[Any]) -> dict[str, str]:
    """The label of each rectangle, by its id."""
    found: dict[str, str] = {}
    for one in results:
        if isinstance(one, dict) and one.get("type") == "rectanglelabels" and isinstance(one.get("value"), dict):
            labels = _listed(one["value"].get("rectanglelabels"))
            if labels:
                found[str(one.get("id"))] = str(labels[0])
    return found


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _size(one: dict[str, Any]) -> tuple[int, int] | None:
    width, height = one.get("original_width"), one.get("original_height")
    return (width, height) if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0 else None


def _about(one: dict[str, Any]) -> Thing:
    ident = {"id": str(one["id"])[:64]} if one.get("id") else {}
    return ident | ({"score": one["score"]} if isinstance(one.get("score"), float) else {})


def _place(kind: str, value: dict[str, Any], size: tuple[int, int]) -> Thing:
    """Where a region is, in pixels. Raises KeyError, TypeError or ValueError."""
    width, height = size
    if kind == "brushlabels":
        if value.get("format") != "rle":
            raise ValueError(f"brush of the format {value.get('format')}")
        return {"size": [height, width], "counts": decoded(value["rle"], width, height)}
    if kind == "polygonlabels":
        return {"points": [[x * width / 100, y * height / 100] for x, y in value["points"]]}
    x, y = value["x"] * width / 100, value["y"] * height / 100
    if kind == "keypointlabels":
        return {"x": x, "y": y}
    w, h, angle = value["width"] * width / 100, value["height"] * height / 100, float(value.get("rotation") or 0) % 360.0
    if not angle:
        return {"x": x, "y": y, "w": w, "h": h}
    turn = math.radians(angle)
    middle = x + w / 2 * math.cos(turn) - h / 2 * math.sin(turn), y + w / 2 * math.sin(turn) + h / 2 * math.cos(turn)
    return {"x": middle[0] - w / 2, "y": middle[1] - h / 2, "w": w, "h": h, "angle": angle}


def _figures(points: list[tuple[dict[str, Any], str, tuple[float, float]]], rectangles: dict[str, str]) -> Iterator[Thing]:
    """Points of one parent together; of those without one, until a name comes again."""
    open_: dict[str, Thing] = {}
    for one, name, (x, y) in points:
        parent = str(one.get("parentID") or "")
        figure = open_.get(parent)
        if figure is None or name in figure["named"]:
            if figure is not None:
                yield figure
            begun: Thing = {"named": {}, "label": rectangles.get(parent, "")}
            ident = parent or str(one.get("id") or "")
            figure = open_[parent] = begun | ({"id": ident[:64]} if ident else {})
        figure["named"][name] = [x, y, 2]
    yield from open_.values()


def region_results(
    one: dict[str, Any], question: Question, shape: str, value: list[Thing], image: Any, losses: Losses
) -> list[dict[str, Any]]:
    """Things as results of a control; `one` names the control."""
    given = cast("dict[str, Any]", image) if isinstance(image, dict) else {}
    width, height = given.get("width"), given.get("height")
    if not width or not height:
        losses.add("regions on pictures of unknown size", len(value))
        return []
    about = {"original_width": width, "original_height": height, "image_rotation": 0}
    out: list[dict[str, Any]] = []
    for i, thing in enumerate(value):
        if thing.get("page"):
            losses.add("regions on pages after the first, left out")
            continue
        _count(thing, losses)
        ident = f"{question.name}-{thing.get('id') or i}"
        if shape == "keypoints":
            out += _points(one | about, question, thing, ident, (width, height), losses)
        else:
            kind, place = _value(shape, thing, (width, height))
            out.append(one | about | {"id": ident, "type": kind, "value": {**place, kind: [thing["label"]]}})
    return out + _links(question, shape, value)


def _links(question: Question, shape: str, value: list[Thing]) -> list[dict[str, Any]]:
    """What holds between things; a point that is labelled by itself is named as its result is."""
    alone = shape == "keypoints" and len(cast("list[Any]", question.config["points"])) == 1
    names = {thing["id"]: f"{question.name}-{thing['id']}{'-0' if alone else ''}" for thing in value if "id" in thing}
    found: list[dict[str, Any]] = []
    for thing in value:
        found += [{"head": thing["id"], "tail": r["to"], "label": r["label"]} for r in thing.get("relations", ())]
    return link_results(found, names)


def _count(thing: Thing, losses: Losses) -> None:
    for name, what in (
        ("attributes", "attributes of regions"),
        ("group", "groups of regions"),
        ("z", "depths of regions"),
        ("holes", "holes of polygons"),
    ):
        if thing.get(name):
            losses.add(what)


def _value(shape: str, thing: Thing, size: tuple[int, int]) -> tuple[str, dict[str, Any]]:
    width, height = size
    if shape == "masks":
        return "brushlabels", {"format": "rle", "rle": encoded(thing["counts"], (thing["size"][0], thing["size"][1]))}
    if shape == "polygons":
        return "polygonlabels", {"points": [[x * 100 / width, y * 100 / height] for x, y in thing["points"]], "closed": True}
    x, y = corners(thing)[0]
    place = {
        "x": x * 100 / width,
        "y": y * 100 / height,
        "width": thing["w"] * 100 / width,
        "height": thing["h"] * 100 / height,
    }
    return "rectanglelabels", {**place, "rotation": thing.get("angle", 0)}


def _points(
    one: dict[str, Any], question: Question, thing: Thing, ident: str, size: tuple[int, int], losses: Losses
) -> list[dict[str, Any]]:
    """Each point that is there; those of a figure below the rectangle that holds it."""
    names = [p if isinstance(p, str) else p["name"] for p in cast("list[Any]", question.config["points"])]
    there = [(name, x, y, v) for name, (x, y, v) in zip(names, thing["points"], strict=True) if v]
    hidden = sum(v == 1 for *_, v in there)
    if hidden:
        losses.add("points that are hidden, written as seen", hidden)
    alone = len(names) == 1
    out: list[dict[str, Any]] = []
    if not alone:
        x, y, w, h = upright(dict(zip("xywh", around([(x, y) for _, x, y, _ in there]), strict=True)))
        box = {"x": x * 100 / size[0], "y": y * 100 / size[1], "width": w * 100 / size[0], "height": h * 100 / size[1]}
        holder = {"id": ident, "type": "rectanglelabels", "from_name": f"{question.name}{FIGURE}"}
        out.append(one | holder | {"value": {**box, "rotation": 0, "rectanglelabels": [thing["label"]]}})
    for place, (name, x, y, _) in enumerate(there):
        label = thing["label"] if alone else name
        point = {"x": x * 100 / size[0], "y": y * 100 / size[1], "width": 0.5, "keypointlabels": [label]}
        named = {"id": f"{ident}-{place}", "type": "keypointlabels", "value": point}
        out.append(one | named | ({} if alone else {"parentID": ident}))
    return out

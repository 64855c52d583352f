"""CVAT for images: one XML document with every picture and its shapes.

Stands alone because it knows nearly all that Milo knows: boxes (also turned), outlines, lines, points, skeletons, masks,
labels of the picture, attributes, groups and depth. Read: from a folder or archive with `annotations.xml` and the pictures, or
the XML file with pictures beside it. `occluded` becomes an attribute; what the head of the document declares becomes settings
of questions. Points under one label are a figure, an ellipse an outline of 64 corners. A picture without a shape has no
answer: the document does not say whether somebody looked. Pixels, origin top left; a turned box is turned clockwise about its
middle, in degrees. Written: version 1.1.

Layout: the XML annotation format page of the CVAT manual.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast
from xml.etree import ElementTree

from milo.builtin.formats import _cvat_write
from milo.builtin.formats._cvat_labels import Labels, declared, labels_in, strange
from milo.builtin.formats._gathered import YES, Thing
from milo.builtin.formats._pictures import CORNERS, Picture, PictureSet, ellipse, folder_of, looks_like, plain_name
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.builtin.formats._xml import elements, to_number
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

_COLUMNS = {
    "box": "boxes",
    "polygon": "polygons",
    "polyline": "lines",
    "points": "keypoints",
    "mask": "masks",
    "ellipse": "polygons",
}


class CvatImages(PictureSet):
    """CVAT for images 1.1. Options to write: `question`, `media`."""

    name = "cvat_images"
    title = "CVAT for images"
    suffixes: tuple[str, ...] = (".zip", ".xml")

    def fits(self, tree: Tree) -> bool:
        """A document of annotations that is not about a video."""
        signs = (b"<track ", b">interpolation<")
        return any(not any(looks_like(tree, name, sign) for sign in signs) for name in _documents(tree)[:20])

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, Any]]:
        """What the head of the first document declares."""
        return declared(tree, _documents(tree))

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """In the order of the documents."""
        number = 0
        documents = _documents(tree)
        if not documents:
            yield BadRow(1, source.name, strange(tree) or "there is no XML document of CVAT's annotations")
        for name in documents:
            labels = Labels()
            try:
                with tree.file(name).open("rb") as stream:
                    for element in elements(stream, "meta", "image", "track"):
                        if element.tag == "meta":
                            labels = labels_in(element)
                        elif element.tag == "track":
                            losses.add("tracks; read these as CVAT for video")
                        else:
                            number += 1
                            yield _picture(tree, name, element, number, labels, losses)
            except (OSError, Unreadable) as error:
                number += 1
                yield BadRow(number, source.name, f"{name}: {error}; nothing behind that place was read")

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One document."""
        with tempfile.TemporaryFile() as body:
            return _cvat_write.write(rows, sink, context, cast("BinaryIO", body))


def _documents(tree: Tree) -> list[str]:
    return [name for name in tree.ending(".xml") if looks_like(tree, name, b"<annotations")]


def _picture(tree: Tree, document: str, element: ElementTree.Element, number: int, labels: Labels, losses: Losses) -> Picture:
    wanted, subset = element.get("name", ""), element.get("subset")
    own = folder_of(document)
    inner = [*([f"images/{subset}", subset] if subset else []), "images", ""]
    near = [str(PurePosixPath(own) / one) if own or one else "" for one in inner]
    width, height = (to_number(element.get(side)) for side in ("width", "height"))
    more: dict[str, Any] = {"image_size": [int(width), int(height)]} if width and height else {}
    more |= {"subset": subset} if subset and subset.lower() != "default" else {}
    more |= {"task": element.get("task_id")} if element.get("task_id") else {}
    picture = Picture(number, tree.picture(wanted, *near), wanted, {}, more, {}, [])
    for place, shape in enumerate(element, 1):
        try:
            _take(picture, shape, labels, losses, (width, height))
        except (ValueError, TypeError, KeyError) as error:
            picture.trouble.append(f"shape {place} ({shape.tag}) cannot be read: {error}")
    return picture


def _take(
    picture: Picture, shape: ElementTree.Element, labels: Labels, losses: Losses, size: tuple[float | None, float | None]
) -> None:
    label = shape.get("label", "")
    if not label:
        picture.trouble.append(f"a {shape.tag} has no label")
        return
    if shape.tag == "tag":
        picture.add("labels", label)
        return
    common = common_of(shape, label, labels)
    if shape.tag == "skeleton":
        picture.add("keypoints", {"points": skeleton(shape, labels.skeletons.get(label, ([], []))[0]), **common})
    elif shape.tag in _COLUMNS:
        if shape.tag == "ellipse":
            losses.add(f"ellipses, read as outlines of {CORNERS} corners")
        picture.add(_COLUMNS[shape.tag], {**geometry(shape, size), **common})
    else:
        losses.add(f"shapes of the kind {shape.tag}")


def common_of(shape: ElementTree.Element, label: str, labels: Labels) -> Thing:
    """What a shape says besides its place."""
    found: Thing = {"label": label}
    attributes: dict[str, str] = {}
    for one in shape.iterfind("attribute"):
        name = plain_name(one.get("name", ""))
        if one.text:
            attributes[name] = labels.value(label, name, one.text)
    if shape.get("occluded") == "1":
        attributes["occluded"] = YES
    if attributes:
        found["attributes"] = attributes
    group, depth = (int(shape.get(name) or 0) for name in ("group_id", "z_order"))
    return found | ({"group": group} if group > 0 else {}) | ({"z": depth} if depth else {})


def geometry(shape: ElementTree.Element, size: tuple[float | None, float | None]) -> Thing:
    """Where a shape is. Raises ValueError or KeyError for one that does not say."""
    get = shape.attrib
    if shape.tag == "box":
        left, top, right, bottom = (float(get[side]) for side in ("xtl", "ytl", "xbr", "ybr"))
        angle = _turn(get)
        return {"x": left, "y": top, "w": right - left, "h": bottom - top, **({"angle": angle} if angle else {})}
    if shape.tag == "ellipse":
        return {"points": ellipse(float(get["cx"]), float(get["cy"]), float(get["rx"]), float(get["ry"]), _turn(get))}
    if shape.tag == "mask":
        return _mask(get, size)
    points = points_of(get["points"])
    return {"points": [[x, y, 2] for x, y in points]} if shape.tag == "points" else {"points": points}


def points_of(text: str) -> list[list[float]]:
    """x,y;x,y;... as points. Raises ValueError."""
    points = [[float(n) for n in pair.split(",")] for pair in text.split(";") if pair.strip()]
    if not points or any(len(point) != 2 for point in points):
        raise ValueError("its points are not x,y;x,y;...")
    return points


def skeleton(shape: ElementTree.Element, names: list[str]) -> list[list[float]]:
    """The points of a skeleton in the order that is declared; without one, in the order of the document."""
    found: dict[str, list[float]] = {}
    for one in shape.iterfind("points"):
        there = one.get("outside") != "1"
        x, y = points_of(one.attrib["points"])[0]
        found[one.get("label", str(len(found)))] = [x, y, 1 if one.get("occluded") == "1" else 2] if there else [0.0, 0.0, 0]
    return [found.get(name, [0.0, 0.0, 0]) for name in (names or list(found))]


def _turn(get: dict[str, str]) -> float:
    return float(get.get("rotation", 0)) % 360.0


def _mask(get: dict[str, str], size: tuple[float | None, float | None]) -> Thing:
    """Runs of a part of the picture, row by row and off first, as Milo has them: column by column, of the whole picture."""
    import numpy as np

    from milo.stats import rle

    left, top, width, height = (int(float(get[k])) for k in ("left", "top", "width", "height"))
    runs = np.array([int(n) for n in get["rle"].split(",") if n.strip()], np.int64)
    if not size[0] or not size[1]:
        raise ValueError("the size of the picture is not said")
    if (runs < 0).any() or int(runs.sum()) > width * height or width * height > 1 << 28 or min(left, top, width, height) < 0:
        raise ValueError("its runs do not fit its size")
    flat = np.zeros(width * height, bool)
    filled = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    flat[: len(filled)] = filled
    part = flat.reshape(height, width)[: max(0, int(size[1]) - top), : max(0, int(size[0]) - left)]
    whole = (int(size[1]), int(size[0]))
    return {"size": list(whole), "counts": rle.write_text(rle.from_bitmap(part, left, top, whole))}


PLUGIN = CvatImages()

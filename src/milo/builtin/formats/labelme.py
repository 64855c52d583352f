"""LabelMe: a JSON file for each picture, as the desktop program writes it, and the XML of the older web tool.

Stands alone because the two share a name and little else. Read: JSON files beside their pictures (`imagePath`; where the
picture is not there, the one that the file itself holds as `imageData`): polygons, rectangles (also turned), circles (as
outlines of 64 corners), lines, points and masks; `group_id`, flags, description and attributes. XML: polygons, boxes and masks
of `Annotations/` with `Images/` and `Masks/`; parts come in the group of their whole. Pixels, origin top left. Written: JSON
files, version 5, with the pictures by the option `media`.

Layout: the sources of LabelMe describe it; the XML is that of Russell et al. 2008.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast
from xml.etree import ElementTree

import msgspec

from milo.builtin.formats._gathered import YES
from milo.builtin.formats._media import image_suffix
from milo.builtin.formats._packing import Pack, Packed, Thing, corners, short
from milo.builtin.formats._pictures import CORNERS, Picture, PictureSet, attributes_of, ellipse, folder_of, looks_like, numbers
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.builtin.formats._xml import number_of, root_of, text_of
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

MAX_FILE = 256 << 20
_SHAPES = ("boxes", "polygons", "polylines", "keypoints", "masks")
_VERSION = "5.5.0"
_PLAIN_FOLDERS = ("annotations", "images", "labels", "json", "data", "labelme")


class LabelMe(PictureSet):
    """LabelMe. Options to write: `question`, `media`."""

    name = "labelme"
    title = "LabelMe"

    def fits(self, tree: Tree) -> bool:
        """A JSON file with shapes of a picture, or an XML file with polygons of points."""
        if any(looks_like(tree, name, b'"shapes"', b'"imagePath"') for name in tree.ending(".json")[:20]):
            return True
        found = [name for name in tree.ending(".xml")[:20] if looks_like(tree, name, b"<annotation>", b"<imagesize>")]
        return bool(found) or any(looks_like(tree, n, b"<annotation>", b"<polygon>", b"<pt>") for n in tree.ending(".xml")[:20])

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """By the name of the annotation file."""
        names = [*tree.ending(".json"), *tree.ending(".xml")]
        if not names:
            yield BadRow(1, source.name, "there is no JSON or XML file of LabelMe")
        for number, name in enumerate(names, 1):
            try:
                content = tree.content(name, MAX_FILE)
                if name.lower().endswith(".xml"):
                    yield _from_xml(tree, name, root_of(content), number, losses)
                else:
                    yield _from_json(tree, name, content, number, losses, source)
            except (Unreadable, msgspec.DecodeError, UnicodeDecodeError) as error:
                yield BadRow(number, source.name, f"{name}: cannot be read: {str(error).removeprefix(name + ': ')}")

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """A JSON file a picture."""
        pack = Pack(sink, context, _SHAPES, "a question about things on pictures")
        with pack.archive:
            for one in pack.pictures(rows):
                folder = f"{one.subset}/" if one.subset else ""
                document = msgspec.json.format(msgspec.json.encode(_document(pack, one)), indent=2).decode()
                pack.add_text(f"{folder}{one.stem}.json", document)
                pack.add_picture(one, f"{folder}{one.name}")
        return Report(pack.rows, pack.losses.lines() + (["ids, metadata, provenance and keys"] if pack.rows else []))


def _from_json(tree: Tree, name: str, content: bytes, number: int, losses: Losses, source: Source) -> Picture:
    document = msgspec.json.decode(content)
    if not isinstance(document, dict) or not isinstance(document.get("shapes"), list):
        raise Unreadable("there are no shapes in it")
    given = cast("dict[str, Any]", document)
    wanted = str(given.get("imagePath") or PurePosixPath(name).stem)
    found = tree.picture(wanted, folder_of(name))
    if found is None:
        beside = [p for p in tree.pictures_of(PurePosixPath(name).stem) if folder_of(p) == folder_of(name)]
        found = beside[0] if len(beside) == 1 else None
    more: dict[str, Any] = {}
    width, height = given.get("imageWidth"), given.get("imageHeight")
    if isinstance(width, int) and isinstance(height, int):
        more["image_size"] = [width, height]
    parts = PurePosixPath(name).parts
    if len(parts) == 2 and parts[0].lower() not in _PLAIN_FOLDERS:
        more["subset"] = parts[0]
    picture = Picture(number, found, wanted, {}, more, {}, [])
    if found is None and isinstance(given.get("imageData"), str):
        picture.inside = _unpacked(given["imageData"], name, source, picture)
    for flag, value in cast("dict[str, Any]", given.get("flags") or {}).items():
        if value:
            picture.add("labels", flag)
    for place, shape in enumerate(cast("list[Any]", given["shapes"]), 1):
        reason = _take(picture, cast("dict[str, Any]", shape), losses) if isinstance(shape, dict) else "no object"
        if reason:
            picture.trouble.append(f"shape {place}: {reason}")
    return picture


def _unpacked(data: str, name: str, source: Source, picture: Picture) -> Path | None:
    """The picture that an annotation file holds, on the disk."""
    folder = source.options.get("extract_to")
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        picture.trouble.append("its imageData is no base64")
        return None
    suffix = image_suffix(content)
    if folder is None or suffix is None:
        picture.trouble.append("its imageData is no picture of a known kind")
        return None
    target = Path(str(folder)) / f"{PurePosixPath(name).stem[:100]}-{picture.number}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def _take(picture: Picture, shape: dict[str, Any], losses: Losses) -> str:
    """One shape; why it was left out, "" if it was not."""
    label, kind = shape.get("label"), str(shape.get("shape_type") or "polygon")
    points = [numbers(point, 2) for point in cast("list[Any]", shape.get("points") or [])]
    if not isinstance(label, str) or not label:
        return "it has no label"
    if not points or any(point is None for point in points):
        return "its points are not [x, y], [x, y], ..."
    attributes = attributes_of(shape.get("attributes"))
    attributes |= {k: v for k, v in attributes_of(shape.get("flags")).items() if v == YES}
    attributes |= attributes_of({"description": shape.get("description")})
    common: Thing = {"label": label, **({"attributes": attributes} if attributes else {})}
    group = shape.get("group_id")
    if isinstance(group, int) and group >= 0:
        common["group"] = group + 1
    placed = _placed(kind, cast("list[list[float]]", points), shape, losses)
    if isinstance(placed, str):
        return placed
    picture.add(placed[0], {**placed[1], **common})
    return ""


def _placed(  # noqa: PLR0911 - one for each kind
    kind: str, points: list[list[float]], shape: dict[str, Any], losses: Losses
) -> tuple[str, Thing] | str:
    """The column and the place of a shape, or why it has none."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = {"x": min(xs), "y": min(ys), "w": max(xs) - min(xs), "h": max(ys) - min(ys)}
    if kind == "polygon" and len(points) > 2:
        return "polygons", {"points": points}
    if kind in ("rectangle", "rotation", "oriented_rectangle") and len(points) == 4:
        upright = all(p[0] in (min(xs), max(xs)) and p[1] in (min(ys), max(ys)) for p in points)
        return "boxes", box if upright else {"corners": points}
    if kind == "rectangle" and len(points) == 2:
        return "boxes", box
    if kind == "circle" and len(points) == 2:
        losses.add(f"circles, read as outlines of {CORNERS} corners")
        radius = math.dist(points[0], points[1])
        return "polygons", {"points": ellipse(points[0][0], points[0][1], radius, radius)}
    if kind in ("line", "linestrip") and len(points) > 1:
        return "lines", {"points": points}
    if kind in ("point", "points"):
        return "keypoints", {"points": [[*p, 2] for p in points]}
    if kind == "mask" and len(points) == 2 and isinstance(shape.get("mask"), str):
        return "masks", {"png": shape["mask"], "left": round(min(xs)), "top": round(min(ys))}
    return f"a {kind[:30]} with {len(points)} points has no like here"


def _from_xml(tree: Tree, name: str, root: ElementTree.Element, number: int, losses: Losses) -> Picture:
    if root.tag != "annotation":
        raise Unreadable(f"no annotation of LabelMe; it begins with <{root.tag[:40]}>")
    wanted, below = text_of(root, "filename"), text_of(root, "folder")
    top = folder_of(name).partition("Annotations")[0]
    found = tree.picture(wanted, f"{top}Images/{below}".rstrip("/"), f"{top}Images", folder_of(name))
    width, height = number_of(root, "imagesize/ncols"), number_of(root, "imagesize/nrows")
    more: dict[str, Any] = {"image_size": [int(width), int(height)]} if width and height else {}
    picture = Picture(number, found, wanted or name, {}, more | ({"subset": below} if below else {}), {}, [])
    whole = _wholes(root)
    for thing in root.iter("object"):
        ident, label = text_of(thing, "id"), text_of(thing, "name")
        if text_of(thing, "deleted") == "1":
            losses.add("objects that were deleted there")
            continue
        if not label:
            picture.trouble.append(f"object {ident or '?'} has no name")
            continue
        attributes = {"occluded": YES} if text_of(thing, "occluded") == "yes" else {}
        attributes |= {"attributes": text} if (text := text_of(thing, "attributes")) else {}
        common: Thing = {"label": label, **({"id": ident[:60]} if ident else {})}
        common |= {"attributes": attributes} if attributes else {}
        common |= {"group": whole[ident]} if ident in whole else {}
        _place_xml(tree, name, picture, thing, common)
    return picture


def _wholes(root: ElementTree.Element) -> dict[str, int]:
    """The group of each object that is a part of another or has parts."""
    above = {text_of(o, "id"): text_of(o, "parts/ispartof") for o in root.iter("object")}
    groups: dict[str, int] = {}
    found: dict[str, int] = {}
    for ident in above:
        seen, top = {ident}, ident
        while above.get(top) and above[top] not in seen and above[top] in above:
            top = above[top]
            seen.add(top)
        if top != ident or ident in above.values():
            found[ident] = groups.setdefault(top, len(groups) + 1)
    return found


def _place_xml(tree: Tree, name: str, picture: Picture, thing: ElementTree.Element, common: Thing) -> None:
    points = [[number_of(pt, "x"), number_of(pt, "y")] for pt in thing.iterfind("polygon/pt")]
    if points and all(n is not None for point in points for n in point):
        xs, ys = [cast("float", p[0]) for p in points], [cast("float", p[1]) for p in points]
        if text_of(thing, "type") == "bounding_box":
            box = {"x": min(xs), "y": min(ys), "w": max(xs) - min(xs), "h": max(ys) - min(ys)}
            picture.add("boxes", {**box, **common})
        else:
            picture.add("polygons", {"points": points, **common})
        return
    mask = text_of(thing, "segm/mask")
    folder = folder_of(name).replace("Annotations", "Masks", 1)
    file = f"{folder}/{mask}"
    if mask and file in tree:
        picture.add("masks", {"png": f"file:{file}", "left": 0, "top": 0, **common})
    else:
        picture.trouble.append(
            f"object {common.get('id', '?')} ({common['label'][:40]}) has neither a polygon nor a mask that is there"
        )


def _document(pack: Pack, one: Packed) -> dict[str, Any]:
    shapes: list[dict[str, Any]] = []
    for question, things in one.values(pack.questions):
        for thing in things:
            pack.plain_losses([thing], "attributes", "group", "holes")
            shapes.append(_shape(pack, pack.shapes[question.name], thing))
    return {
        "version": _VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": one.name,
        "imageData": None,
        "imageHeight": one.height,
        "imageWidth": one.width,
    }


def _shape(pack: Pack, shape: str, thing: Thing) -> dict[str, Any]:
    attributes = dict(thing.get("attributes", {}))
    found: dict[str, Any] = {"label": thing["label"], "group_id": thing["group"] - 1 if thing.get("group") else None}
    found |= {"description": attributes.pop("description", ""), "flags": {}}
    found |= {"attributes": attributes} if attributes else {}
    if shape == "boxes":
        points = corners(thing)
        kind = "rotation" if thing.get("angle") else "rectangle"
        points = points if thing.get("angle") else [points[0], points[2]]
    elif shape == "masks" or thing.get("holes"):
        return found | _as_outline(pack, thing)
    elif shape == "keypoints":
        there = [p for p in thing["points"] if p[2]]
        if len(there) < len(thing["points"]) or any(p[2] == 1 for p in there):
            pack.losses.add("points of figures that are hidden or not there")
        kind, points = ("point" if len(there) == 1 else "points"), [[p[0], p[1]] for p in there]
    else:
        kind, points = ("polygon" if shape == "polygons" else "linestrip"), thing["points"]
    return found | {"shape_type": kind, "points": [[short(n) for n in p] for p in points]}


def _as_outline(pack: Pack, thing: Thing) -> dict[str, Any]:
    """A mask, or an outline with holes, as LabelMe's mask: a picture of the part that it covers."""
    import numpy as np

    from milo.builtin.formats._bitmap import png_of
    from milo.stats import rle

    if "counts" in thing:
        counts, size = rle.read_text(thing["counts"]), (thing["size"][0], thing["size"][1])
    else:
        pack.losses.add("outlines with holes, written as masks")
        xs, ys = [p[0] for p in thing["points"]], [p[1] for p in thing["points"]]
        size = (math.ceil(max(ys)) + 1, math.ceil(max(xs)) + 1)
        counts = rle.from_outlines([[*ring, ring[0]] for ring in (thing["points"], *thing["holes"])], size)
    left, top, part = rle.to_bitmap(counts, size)
    height, width = part.shape
    data = base64.b64encode(png_of(np.where(part, 255, 0).astype(np.uint8))).decode()
    return {"shape_type": "mask", "points": [[left, top], [left + width - 1, top + height - 1]], "mask": data}


PLUGIN = LabelMe()

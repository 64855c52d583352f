"""Pascal VOC: an XML file for each picture, with boxes.

Stands alone because of its layout and its count of pixels. Read from `Annotations/` with `JPEGImages/`, or from XML files
beside the pictures; `ImageSets/` says which subset a picture is in. xmin, ymin, xmax, ymax are taken as places from 0, as
today's tools write them; with the option `first_pixel:1` as the original has them: whole pixels counted from 1, the last one
included. truncated, occluded, difficult, pose and `attributes` become attributes, parts boxes in the group of their whole.
Turned boxes (`robndbox`: middle, size, angle in radians) and outlines (`polygon`: x1, y1, x2, ...) are read as well. Written:
boxes; `labelmap.txt` lists the labels.

Layout: the development kit of the Pascal VOC challenge (Everingham et al. 2010).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from xml.etree import ElementTree

from milo.builtin.formats._gathered import YES
from milo.builtin.formats._packing import Pack, Packed, Thing, colours_of, short, upright
from milo.builtin.formats._pictures import Picture, PictureSet, attributes_of, folder_of, is_true, looks_like
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.builtin.formats._xml import child, indent, number_of, root_of, text_of
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

MAX_XML = 32 << 20
FLAGS = ("truncated", "occluded", "difficult")
_SETS = ("Main", "Segmentation", "Layout", "Action")


class Voc(PictureSet):
    """Pascal VOC. Options: `first_pixel` (0 or 1); to write: `question`, `media`."""

    name = "voc"
    title = "Pascal VOC"

    def fits(self, tree: Tree) -> bool:
        """An XML file with an annotation in it that has boxes, or no object at all."""
        boxes = (b"<bndbox>", b"<robndbox>")
        return any(looks_like(tree, n, b"<annotation", box) for n in tree.ending(".xml")[:20] for box in boxes)

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, Any]]:
        """The labels of `labelmap.txt`."""
        labels = [label for label in label_map(tree) if label != "background"]
        return {"boxes": {"labels": labels}} if labels else {}

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """By the name of the XML file; after them the pictures without one."""
        subsets, offset = image_sets(tree), 1.0 if str(source.options.get("first_pixel", 0)) == "1" else 0.0
        seen: set[str] = set()
        number = 0
        for number, name in enumerate(tree.ending(".xml"), 1):
            try:
                root = root_of(tree.content(name, MAX_XML))
            except Unreadable as error:
                yield BadRow(number, source.name, f"{name}: {str(error).removeprefix(name + ': ')}")
                continue
            if root.tag != "annotation":
                yield BadRow(number, source.name, f"{name}: no annotation of Pascal VOC; it begins with <{root.tag[:40]}>")
                continue
            picture = _picture(tree, name, root, number, subsets)
            seen.add(picture.name or "")
            picture.columns.setdefault("boxes", [])
            for place, thing in enumerate(root.iter("object"), 1):
                _take(picture, thing, place, offset, losses)
            yield picture
        for place, name in enumerate(_without(tree, seen), number + 1):
            yield Picture(place, name, name, {}, _subset(name, subsets), {}, [])

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """An XML file a picture."""
        pack = Pack(sink, context, ("boxes",), "a question about boxes on pictures")
        offset = 1.0 if str(context.options.get("first_pixel", 0)) == "1" else 0.0
        with pack.archive:
            for one in pack.pictures(rows):
                pack.add_text(f"Annotations/{_stem(one)}.xml", _document(pack, one, offset).decode())
                pack.add_picture(one, f"JPEGImages/{_folder(one)}{one.name}")
            for subset, names in pack.subsets.items():
                stems = (f"{subset}/{n.rpartition('.')[0]}" if subset else n.rpartition(".")[0] for n in names)
                pack.add_text(f"ImageSets/Main/{subset or 'default'}.txt", "".join(f"{stem}\n" for stem in stems))
            colours = colours_of(pack.questions)
            lines = [f"{label}:{','.join(map(str, rgb))}::" for label, rgb in {"background": (0, 0, 0), **colours}.items()]
            pack.add_text("labelmap.txt", "# label:color_rgb:parts:actions\n" + "".join(f"{line}\n" for line in lines))
        return Report(pack.rows, pack.losses.lines() + (["ids, provenance and keys"] if pack.rows else []))


def label_map(tree: Tree) -> dict[str, tuple[int, ...]]:
    """The labels of `labelmap.txt` with their colours."""
    found: dict[str, tuple[int, ...]] = {}
    for name in [n for n in tree.names if PurePosixPath(n).name == "labelmap.txt"][:1]:
        try:
            lines = tree.content(name, 1 << 20).decode("utf-8", "replace").splitlines()
        except Unreadable:
            continue
        for line in lines:
            label, _, rest = line.partition(":")
            if label.strip() and not label.startswith("#"):
                parts = rest.split(":")[0].split(",")
                found[label.strip()] = tuple(int(p) for p in parts if p.strip().isdecimal())
    return found


def image_sets(tree: Tree) -> dict[str, str]:
    """Which subset the files of `ImageSets` put a picture in, by its name without ending. Lists of one class are passed over,
    and the union of two subsets gives way to each."""
    found: dict[str, str] = {}
    for name in sorted((n for n in tree.names if n.endswith(".txt")), key=lambda n: "trainval" not in n):
        path = PurePosixPath(name)
        if len(path.parts) < 3 or path.parts[-3] != "ImageSets" or path.parent.name not in _SETS or "_" in path.stem:
            continue
        for line in tree.head(name, 1 << 24).decode("utf-8", "replace").splitlines():
            if line.strip():
                found[line.split()[0]] = path.stem
    return found


def _subset(name: str, subsets: dict[str, str]) -> dict[str, Any]:
    path = PurePosixPath(name)
    found = subsets.get(path.stem) or subsets.get(f"{path.parent.name}/{path.stem}")
    if found is None and path.parent.name in ("train", "val", "valid", "test"):
        found = path.parent.name
    return {"subset": found} if found and found != "default" else {}


def _without(tree: Tree, seen: set[str]) -> list[str]:
    folders = ("SegmentationClass", "SegmentationObject")
    pictures = (n for n in tree.names if tree.single is None and tree.pictures_of(PurePosixPath(n).name))
    return [n for n in pictures if n not in seen and PurePosixPath(n).parent.name not in folders]


def _picture(tree: Tree, name: str, root: ElementTree.Element, number: int, subsets: dict[str, str]) -> Picture:
    own, wanted = folder_of(name), text_of(root, "filename")
    below = own.partition("Annotations/")[2]
    top = own.partition("Annotations")[0].rstrip("/")
    near = [own, *(str(PurePosixPath(top) / folder / below) for folder in ("JPEGImages", "images", "Images"))]
    found = tree.picture(wanted, *near) if wanted else None
    if found is None:
        beside = [n for n in tree.pictures_of(PurePosixPath(name).stem) if folder_of(n) in near]
        found = beside[0] if len(beside) == 1 else None
    width, height = number_of(root, "size/width"), number_of(root, "size/height")
    size = {"image_size": [int(width), int(height)]} if width and height else {}
    more = {key: text for key in ("source/database", "source/image") if (text := text_of(root, key)) not in ("", "Unknown")}
    plain = {key.replace("/", "_"): text for key, text in more.items()}
    return Picture(number, found, wanted or name, {}, {**size, **plain, **_subset(name, subsets)}, {}, [])


def _take(picture: Picture, thing: ElementTree.Element, place: int, offset: float, losses: Losses) -> None:
    label = text_of(thing, "name")
    if not label:
        picture.trouble.append(f"object {place} has no name")
        return
    attributes = attributes_of({text_of(a, "name"): text_of(a, "value") for a in thing.iterfind("attributes/attribute")})
    attributes = {k: YES if v.lower() == "true" else "no" if v.lower() == "false" else v for k, v in attributes.items()}
    attributes |= {flag: YES for flag in FLAGS if is_true(text_of(thing, flag))}
    pose = text_of(thing, "pose")
    if pose and pose != "Unspecified":
        attributes["pose"] = pose
    common: Thing = {"label": label, **({"attributes": attributes} if attributes else {})}
    if thing.find("actions") is not None:
        losses.add("actions of objects")
    parts = thing.findall("part")
    if parts:
        common["group"] = place
    outline = _outline(thing.find("polygon"))
    box = _box(thing, offset)
    if outline:
        picture.add("polygons", {"points": outline, **common})
    if box is None:
        if not outline:
            picture.trouble.append(f"object {place} ({label[:40]}) has no box")
        return
    picture.add("boxes", {**box, **common})
    for part in parts:
        inner = _box(part, offset)
        if inner is not None:
            picture.add("boxes", {**inner, "label": text_of(part, "name"), "group": place})


def _box(thing: ElementTree.Element, offset: float) -> Thing | None:
    corners = [number_of(thing, f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax")]
    left, top, right, bottom = corners
    if left is not None and top is not None and right is not None and bottom is not None:
        return {"x": left - offset, "y": top - offset, "w": right - left + offset, "h": bottom - top + offset}
    turned = [number_of(thing, f"robndbox/{side}") for side in ("cx", "cy", "w", "h", "angle")]
    x, y, w, h, angle = turned
    if x is None or y is None or w is None or h is None or angle is None:
        return None
    return {"x": x - w / 2, "y": y - h / 2, "w": w, "h": h, "angle": round(math.degrees(angle) % 360.0, 6)}


def _outline(polygon: ElementTree.Element | None) -> list[list[float]]:
    if polygon is None:
        return []
    points: list[list[float]] = []
    for place in range(1, 20_000):
        x, y = number_of(polygon, f"x{place}"), number_of(polygon, f"y{place}")
        if x is None or y is None:
            break
        points.append([x, y])
    return points if len(points) > 2 else []


def _folder(one: Packed) -> str:
    return f"{one.subset}/" if one.subset else ""


def _stem(one: Packed) -> str:
    return f"{_folder(one)}{one.stem}"


def _document(pack: Pack, one: Packed, offset: float) -> bytes:
    root = ElementTree.Element("annotation")
    child(root, "folder", one.subset)
    child(root, "filename", one.name)
    size = child(root, "size")
    for name, value in (("width", one.width), ("height", one.height), ("depth", 3)):
        child(size, name, value)
    child(root, "segmented", 0)
    for _, things in one.values(pack.questions):
        pack.plain_losses(things, "attributes")
        for thing in things:
            _write_thing(pack, root, thing, offset)
    return indent(root)


def _write_thing(pack: Pack, root: ElementTree.Element, thing: Thing, offset: float) -> None:
    found = child(root, "object")
    child(found, "name", thing["label"])
    attributes = dict(thing.get("attributes", {}))
    child(found, "pose", attributes.pop("pose", "Unspecified"))
    for flag in FLAGS:
        child(found, flag, int(attributes.pop(flag, "no") == YES))
    if thing.get("angle"):
        pack.losses.add("turned boxes, written as the upright box around them")
    x, y, w, h = upright(thing)
    box = child(found, "bndbox")
    for side, value in (("xmin", x + offset), ("ymin", y + offset), ("xmax", x + w), ("ymax", y + h)):
        child(box, side, f"{short(value):g}" if float(value).is_integer() else short(value))
    if attributes:
        extra = child(found, "attributes")
        for name, value in attributes.items():
            one = child(extra, "attribute")
            child(one, "name", name)
            child(
                one,
                "value",
                value if isinstance(value, str) else ", ".join(map(str, value)) if isinstance(value, list) else value,
            )


PLUGIN = Voc()

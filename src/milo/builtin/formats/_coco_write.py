"""Writing COCO: one object for the box, the outlines and the figure of one id.

Stands alone because the file lists pictures and annotations apart while items come one by one: both lists grow in files of
their own until all is known.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from typing import Any, BinaryIO, cast

import msgspec

from milo.builtin.formats._gathered import YES
from milo.builtin.formats._packing import Pack, Packed, Thing, area, around, base_id, part_of, short
from milo.domain.question import Question
from milo.kinds.format import ExportContext, ExportRow, Report

_SHAPES = ("boxes", "polygons", "masks", "keypoints")
_KEPT = ("license", "flickr_url", "coco_url", "date_captured")
_encode = msgspec.json.encode


class Lists:
    """The two lists of one subset, on disk."""

    def __init__(self) -> None:
        self.images, self.annotations = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - closed in `into`
        self.ids: set[int] = set()

    def annotate(self, record: dict[str, Any]) -> None:
        """One more annotation."""
        self.annotations.write((b",\n" if self.annotations.tell() else b"\n") + _encode(record))

    def into(self, sink: BinaryIO, head: dict[str, Any]) -> None:
        """The whole document; the lists are gone then."""
        sink.write(_encode(head)[:-1])
        for name, part in (("images", self.images), ("annotations", self.annotations)):
            sink.write(f',"{name}":['.encode())
            part.seek(0)
            shutil.copyfileobj(part, sink)
            part.close()
            sink.write(b"]")
        sink.write(b"}\n")


def write(rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
    """One annotation file a subset."""
    pack = Pack(sink, context, _SHAPES, "a question about boxes, polygons, masks or key points on pictures")
    lists: dict[str, Lists] = {}
    numbers = _Numbers()
    with pack.archive:
        for one in pack.pictures(rows):
            own = lists[one.subset] = lists.get(one.subset) or Lists()
            _add(pack, one, own, numbers)
            pack.add_picture(one, f"images/{one.subset}/{one.name}" if one.subset else f"images/{one.name}")
        head = {"info": {"description": context.spec.name}, "licenses": [], "categories": _categories(pack)}
        for subset, own in (lists or {"": Lists()}).items():
            name = f"annotations/instances_{subset}.json" if subset else "annotations/instances.json"
            with pack.archive.open(name, "w", force_zip64=True) as stream:
                own.into(cast("BinaryIO", stream), head)
    return Report(pack.rows, pack.losses.lines() + (["provenance and keys"] if pack.rows else []))


class _Numbers:
    """Ids of annotations: the one that a thing has, if it is a number that is free, else the next free one."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._next = 1

    def of(self, wanted: Any) -> int:
        """An id, used from now on."""
        number = int(wanted) if str(wanted).isdecimal() and len(str(wanted)) < 16 else None
        if number is None or number in self._taken:
            while self._next in self._taken:
                self._next += 1
            number = self._next
        self._taken.add(number)
        return number


def _categories(pack: Pack) -> list[dict[str, Any]]:
    figures = [q for q in pack.questions if pack.shapes[q.name] == "keypoints"]
    found: list[dict[str, Any]] = []
    for number, label in enumerate(pack.labels, 1):
        category: dict[str, Any] = {"id": number, "name": label, "supercategory": ""}
        for question in figures:
            if label in _labels(question):
                names = [p if isinstance(p, str) else p["name"] for p in question.config["points"]]
                edges = cast("list[list[str]]", question.config.get("edges") or [])
                category |= {"keypoints": names, "skeleton": [[names.index(a) + 1, names.index(b) + 1] for a, b in edges]}
        found.append(category)
    return found


def _labels(question: Question) -> set[str]:
    return {e if isinstance(e, str) else e["value"] for e in cast("list[Any]", question.config.get("labels") or [])}


def add_image(one: Packed, lists: Lists) -> int:
    """List a picture; its id, the one that it came with where it is free."""
    given = one.row.meta.get("image_id")
    number = given if isinstance(given, int) and given not in lists.ids else one.row.id
    while number in lists.ids:
        number += 1
    lists.ids.add(number)
    kept = {k: one.row.meta[k] for k in _KEPT if isinstance(one.row.meta.get(k), int | str)}
    image = {"id": number, "width": one.width, "height": one.height, "file_name": one.name, **kept}
    lists.images.write((b"\n" if len(lists.ids) == 1 else b",\n") + _encode(image))
    return number


def _add(pack: Pack, one: Packed, lists: Lists, numbers: _Numbers) -> None:
    number = add_image(one, lists)
    for thing in _objects(pack, one):
        lists.annotate(_annotation(pack, one, thing, number, numbers))


def _objects(pack: Pack, one: Packed) -> list[dict[str, list[Thing]]]:
    """The things of a picture by shape, those of one object together: of one id and label, or polygons of one group."""
    found: dict[Any, dict[str, list[Thing]]] = {}
    for question, things in one.values(pack.questions):
        shape = pack.shapes[question.name]
        for place, thing in enumerate(things):
            ident = base_id(thing)
            key: Any = (ident, thing["label"]) if ident else (question.name, place)
            if ident is None and shape == "polygons" and thing.get("group"):
                key = (question.name, thing["label"], "group", thing["group"])
            parts = found.setdefault(key, {})
            if parts.get(shape) and shape != "polygons":
                parts = found.setdefault((question.name, place), {})
            parts.setdefault(shape, []).append(thing)
            pack.plain_losses([thing], "attributes", "holes", *(("group",) if shape == "polygons" else ()))
    return list(found.values())


def _annotation(pack: Pack, one: Packed, parts: dict[str, list[Thing]], image: int, numbers: _Numbers) -> dict[str, Any]:
    things = [thing for some in parts.values() for thing in some]
    lead = things[0]
    attributes: dict[str, Any] = {}
    for thing in things:
        attributes |= thing.get("attributes", {})
    crowd = attributes.pop("iscrowd", None) == YES
    segmentation, pixels = _segmentation(parts, (one.height, one.width))
    box = _bbox(parts)
    if parts.get("boxes") and parts["boxes"][0].get("angle"):
        attributes["rotation"] = parts["boxes"][0]["angle"]
    record: dict[str, Any] = {
        "id": numbers.of(base_id(lead)),
        "image_id": image,
        "category_id": pack.labels.index(lead["label"]) + 1,
        "bbox": [short(n) for n in box],
        "area": short(pixels if pixels is not None else box[2] * box[3]),
        "segmentation": segmentation,
        "iscrowd": int(crowd),
    }
    if parts.get("keypoints"):
        points = parts["keypoints"][0]["points"]
        record |= {
            "keypoints": [n for x, y, v in points for n in (short(x), short(y), v)],
            "num_keypoints": sum(v > 0 for *_, v in points),
        }
    return record | ({"attributes": attributes} if attributes else {})


def _bbox(parts: dict[str, list[Thing]]) -> tuple[float, float, float, float]:
    if parts.get("boxes"):
        box = parts["boxes"][0]
        return box["x"], box["y"], box["w"], box["h"]
    if parts.get("polygons"):
        return around(p for thing in parts["polygons"] for p in thing["points"])
    if parts.get("masks"):
        from milo.stats import rle

        mask = parts["masks"][0]
        x, y, w, h = rle.extent(rle.read_text(mask["counts"]), mask["size"][0])
        return float(x), float(y), float(w), float(h)
    return around(p for p in parts["keypoints"][0]["points"] if p[2])


def _segmentation(parts: dict[str, list[Thing]], size: tuple[int, int]) -> tuple[Any, float | None]:
    """Polygons, or runs; and the area in pixels."""
    from milo.stats import rle

    polygons = sorted(parts.get("polygons", []), key=part_of)
    if any(thing.get("holes") for thing in polygons):
        rings = [[*ring, ring[0]] for thing in polygons for ring in (thing["points"], *thing.get("holes", []))]
        counts = rle.from_outlines(rings, size)
        return {"size": list(size), "counts": rle.write_text(counts)}, float(rle.area(counts))
    if polygons:
        flat = [[short(n) for p in thing["points"] for n in p] for thing in polygons]
        return flat, sum(area(thing["points"]) for thing in polygons)
    if parts.get("masks"):
        mask = parts["masks"][0]
        return {"size": mask["size"], "counts": mask["counts"]}, float(rle.area(rle.read_text(mask["counts"])))
    return [], None

"""Writing COCO panoptic: what is marked on a picture as segments that do not overlap, drawn into a PNG.

Stands alone because masks and outlines may overlap and a map holds one number a pixel: what lies in front is drawn last, and
what is left of each thing is measured in the map itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO, cast

from milo.builtin.formats._coco_read import STUFF
from milo.builtin.formats._coco_write import Lists, add_image
from milo.builtin.formats._gathered import YES
from milo.builtin.formats._packing import Pack, Packed, Thing
from milo.domain.errors import Invalid
from milo.kinds.format import ExportContext, ExportRow, Report

_MOST = 1 << 24


class _Segments:
    """The numbers of a picture's segments: that of its thing, where it has one that is free, else the next free one."""

    def __init__(self, things: list[Thing], stuff: set[str]) -> None:
        self._stuff = stuff
        self._own = {int(t["id"]) for t in things if _is_number(t.get("id"))}
        self._next = 1
        self.of: dict[int, Thing] = {}
        self._of_stuff: dict[str, int] = {}

    def number(self, thing: Thing, losses: Any) -> int:
        """The number to draw with."""
        label = thing["label"]
        if label in self._of_stuff:
            losses.add("masks of stuff that became one segment with others of their class")
            return self._of_stuff[label]
        own = int(thing["id"]) if _is_number(thing.get("id")) else None
        if own is None or own in self.of:
            while self._next in self._own or self._next in self.of:
                self._next += 1
            own = self._next
        self.of[own] = thing
        if label in self._stuff:
            self._of_stuff[label] = own
        return own


def _is_number(ident: Any) -> bool:
    text = str(ident)
    return text.isdecimal() and text.isascii() and len(text) < 9 and 0 < int(text) < _MOST


def write(rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
    """A map a picture, a JSON file a subset."""
    pack = Pack(sink, context, ("masks", "polygons"), "a question about masks or polygons on pictures")
    stuff = _named(context, pack.labels)
    lists: dict[str, Lists] = {}
    with pack.archive:
        for one in pack.pictures(rows):
            own = lists[one.subset] = lists.get(one.subset) or Lists()
            folder = f"panoptic_{one.subset}" if one.subset else "panoptic"
            things = [thing for _, found in one.values(pack.questions) for thing in found]
            stuff |= {t["label"] for t in things if t.get("attributes", {}).get(STUFF) == YES}
            png, segments = _drawn(pack, one, things, stuff)
            pack.archive.writestr(f"annotations/{folder}/{one.stem}.png", png)
            own.annotate({"image_id": add_image(one, own), "file_name": f"{one.stem}.png", "segments_info": segments})
            pack.add_picture(one, f"images/{one.subset}/{one.name}" if one.subset else f"images/{one.name}")
        head = {"info": {"description": context.spec.name}, "licenses": [], "categories": _categories(pack, stuff)}
        for subset, own in (lists or {"": Lists()}).items():
            with pack.archive.open(f"annotations/panoptic{'_' * bool(subset)}{subset}.json", "w", force_zip64=True) as stream:
                own.into(cast("BinaryIO", stream), head)
    return Report(pack.rows, pack.losses.lines() + (["provenance and keys"] if pack.rows else []))


def _named(context: ExportContext, labels: list[str]) -> set[str]:
    named = {one.strip() for one in str(context.options.get("stuff") or "").split(";") if one.strip()}
    if named - set(labels):
        wrong = ", ".join(sorted(named - set(labels)))
        raise Invalid(f'The option stuff names "{wrong}"; the labels are {", ".join(labels)}.', place="stuff")
    return named


def _categories(pack: Pack, stuff: set[str]) -> list[dict[str, Any]]:
    return [
        {"id": number, "name": label, "supercategory": "", "isthing": int(label not in stuff)}
        for number, label in enumerate(pack.labels, 1)
    ]


def _drawn(pack: Pack, one: Packed, things: list[Thing], stuff: set[str]) -> tuple[bytes, list[dict[str, Any]]]:
    """The map of a picture as PNG, and its segments."""
    import numpy as np

    from milo.builtin.formats._bitmap import pixels_of, png_of

    pack.plain_losses(things, "z", "holes", "attributes")
    canvas = np.zeros((one.height, one.width), np.uint32)
    numbers = _Segments(things, stuff)
    for thing in sorted(things, key=lambda t: t.get("z", 0)):
        found = pixels_of(thing, (one.height, one.width))
        if found is None:
            pack.losses.add("masks of another size than their picture")
            continue
        left, top, on = found
        number = numbers.number(thing, pack.losses)
        part = canvas[top : top + on.shape[0], left : left + on.shape[1]]
        pack.losses.add("pixels that a thing in front covers", int(np.count_nonzero(on & (part != 0) & (part != number))))
        part[on] = number
    segments = [_segment(pack, number, thing, canvas == number) for number, thing in numbers.of.items()]
    kept = [segment for segment in segments if segment is not None]
    pack.losses.add("things that others cover whole, left out", len(segments) - len(kept))
    colours = np.stack([canvas & 255, canvas >> 8 & 255, canvas >> 16], axis=2).astype(np.uint8)
    return png_of(colours), kept


def _segment(pack: Pack, number: int, thing: Thing, on: Any) -> dict[str, Any] | None:
    import numpy as np

    rows, columns = np.flatnonzero(on.any(axis=1)), np.flatnonzero(on.any(axis=0))
    if not len(rows):
        return None
    left, top = int(columns[0]), int(rows[0])
    attributes = {k: v for k, v in thing.get("attributes", {}).items() if k not in (STUFF, "iscrowd")}
    return {
        "id": number,
        "category_id": pack.labels.index(thing["label"]) + 1,
        "area": int(np.count_nonzero(on)),
        "bbox": [left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1],
        "iscrowd": int(thing.get("attributes", {}).get("iscrowd") == YES),
        **({"attributes": attributes} if attributes else {}),
    }

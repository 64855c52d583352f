"""Class maps: for each picture a PNG in which a pixel's value, or its colour, says of which class it is.

Stands alone because it says where classes are, not where things are: each class becomes one mask. Read: `SegmentationClass/`
beside `JPEGImages/` (Pascal VOC), `trainannot/` beside `train/` (CamVid), `gtFine/` beside `leftImg8bit/` (Cityscapes), and
`masks/`, `labels/`, `annotations/` or `gt/` beside `images/`; names as `_class_names` says, made of their number where no file
tells. A class named background is left out. Pixels as they are, origin top left. Written: masks and outlines as PNG with a
palette, 0 for background, then the labels in their order; of things that overlap the one in front counts. `labelmap.txt` says
which colour is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from milo.builtin.formats._class_names import BACKGROUND, Meaning, city_kind, city_meaning, meaning_of
from milo.builtin.formats._media import IMAGE_SUFFIXES
from milo.builtin.formats._packing import Pack, Packed, Thing, colours_of
from milo.builtin.formats._pictures import Picture, PictureSet
from milo.builtin.formats._tree import Tree
from milo.builtin.formats._tuning import Losses
from milo.domain.errors import Invalid
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

_MAP_FOLDERS = ("masks", "labels", "annotations", "annotation", "gt", "segmentation", "label", "mask")
_PICTURE_FOLDERS = ("images", "image", "JPEGImages", "img")
_ENDINGS = ("", "_mask", "_seg", "_label", "_gt", "_L")
_SUBSETS = ("train", "val", "test", "valid")
MOST_LABELS = 255


class ClassMaps(PictureSet):
    """Class maps. Options to write: `question`, `media`."""

    name = "class_maps"
    title = "Class maps (PNG)"

    def fits(self, tree: Tree) -> bool:
        """A picture with a map of its name, and no annotation file of another kind."""
        return tree.single is None and not tree.ending(".xml", ".json") and bool(_pairs(tree))

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """By the name of the map."""
        meaning, pairs = meaning_of(tree), _pairs(tree)
        cities: dict[str, Meaning] = {}
        if not pairs:
            yield BadRow(1, source.name, "there is no map that lies beside a picture of its name")
        for number, (name, picture) in enumerate(pairs, 1):
            kind = city_kind(PurePosixPath(name).stem)
            meant = meaning if kind is None else cities.setdefault(kind, city_meaning(kind))
            more: dict[str, Any] = {"class_names": meant.names, "class_skip": meant.skip, **_subset(picture or name)}
            if meant.colours:
                more["class_colours"] = True
            yield Picture(number, picture, name, {}, more, {"masks": name}, [])

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """A map a picture."""
        pack = Pack(sink, context, ("masks", "polygons"), "a question about masks or polygons on pictures")
        if len(pack.labels) > MOST_LABELS:
            raise Invalid(f"A class map holds {MOST_LABELS} labels; the questions have {len(pack.labels):,}.", place="format")
        colours = {BACKGROUND: (0, 0, 0), **colours_of(pack.questions)}
        with pack.archive:
            for one in pack.pictures(rows):
                folder = f"{one.subset}/" if one.subset else ""
                pack.archive.writestr(f"SegmentationClass/{folder}{one.stem}.png", _map(pack, one, list(colours.values())))
                pack.add_picture(one, f"JPEGImages/{folder}{one.name}")
            for subset, names in pack.subsets.items():
                stems = "".join(f"{n.rpartition('.')[0] or n}\n" for n in names)
                pack.add_text(f"ImageSets/Segmentation/{subset or 'default'}.txt", stems)
            lines = (f"{label}:{','.join(map(str, rgb))}::\n" for label, rgb in colours.items())
            pack.add_text("labelmap.txt", "# label:color_rgb:parts:actions\n" + "".join(lines))
        told = ["which thing of its class a pixel belongs to, ids, metadata, provenance and keys"] if pack.rows else []
        return Report(pack.rows, pack.losses.lines() + told)


def _subset(name: str) -> dict[str, Any]:
    found = next((part for part in PurePosixPath(name).parts[:-1] if part in _SUBSETS), None)
    return {"subset": found} if found else {}


def _pairs(tree: Tree) -> list[tuple[str, str | None]]:
    """Each map with its picture; of several maps of a picture the one that says most."""
    found: dict[str, str] = {}
    alone: list[tuple[str, str | None]] = []
    for name in tree.ending(".png"):
        path = PurePosixPath(name)
        if not _is_map(path):
            continue
        picture = _picture_of(tree, path)
        if picture is None:
            alone.append((name, None))
        elif picture not in found or _says(path) < _says(PurePosixPath(found[picture])):
            found[picture] = name
    return sorted((name, picture) for picture, name in found.items()) + (alone if found else [])


def _says(path: PurePosixPath) -> int:
    order = ("labelIds", "labelTrainIds", "instanceIds")
    kind = city_kind(path.stem)
    return order.index(kind) if kind else 0


def _is_map(path: PurePosixPath) -> bool:
    folders = path.parts[:-1]
    if "gtFine" in folders or "gtCoarse" in folders:
        return city_kind(path.stem) is not None
    return any(part == "SegmentationClass" or part.endswith("annot") or part.lower() in _MAP_FOLDERS for part in folders)


def _picture_of(tree: Tree, path: PurePosixPath) -> str | None:
    kind = city_kind(path.stem)
    if kind is not None:
        stem = path.stem[: path.stem.rindex("_gt")] + "_leftImg8bit"
        folders = [_replaced(path, place, "leftImg8bit") for place, part in enumerate(path.parts[:-1]) if part.startswith("gt")]
        return _existing(tree, folders, [stem])
    stems = [path.stem.removesuffix(ending) for ending in _ENDINGS if path.stem.endswith(ending)]
    folders: list[str] = []
    for place, part in enumerate(path.parts[:-1]):
        if part.endswith("annot") and part != "annot":
            folders.append(_replaced(path, place, part.removesuffix("annot")))
        elif part == "SegmentationClass" or part.lower() in _MAP_FOLDERS:
            folders += [_replaced(path, place, other) for other in _PICTURE_FOLDERS]
    return _existing(tree, folders, stems)


def _replaced(path: PurePosixPath, place: int, folder: str) -> str:
    return str(PurePosixPath(*path.parts[:place], folder, *path.parts[place + 1 : -1]))


def _existing(tree: Tree, folders: list[str], stems: list[str]) -> str | None:
    for folder in folders:
        for stem in stems:
            for suffix in (*IMAGE_SUFFIXES, *(s.upper() for s in IMAGE_SUFFIXES)):
                if f"{folder}/{stem}{suffix}" in tree:
                    return f"{folder}/{stem}{suffix}"
    return None


def _map(pack: Pack, one: Packed, palette: list[tuple[int, int, int]]) -> bytes:
    import numpy as np

    from milo.builtin.formats._bitmap import pixels_of, png_of

    canvas = np.zeros((one.height, one.width), np.uint8)
    for thing in sorted(_things(pack, one), key=lambda t: t.get("z", 0)):
        found = pixels_of(thing, (one.height, one.width))
        if found is None:
            pack.losses.add("masks of another size than their picture")
            continue
        left, top, on = found
        number = pack.labels.index(thing["label"]) + 1
        part = canvas[top : top + on.shape[0], left : left + on.shape[1]]
        pack.losses.add("pixels that a thing in front covers", int(np.count_nonzero(on & (part != 0) & (part != number))))
        part[on] = number
    return png_of(canvas, palette)


def _things(pack: Pack, one: Packed) -> list[Thing]:
    found = [thing for _, things in one.values(pack.questions) for thing in things]
    pack.plain_losses(found, "z", "holes")
    return found


PLUGIN = ClassMaps()

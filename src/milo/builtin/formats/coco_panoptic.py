"""COCO panoptic: every pixel of a picture belongs to one segment, a thing (one of its class) or stuff (all of a class at once).

Stands alone because what is marked lies in a picture: a PNG for each picture, whose pixels hold the number of a segment (red +
256 green + 65536 blue, 0 for no segment), and a JSON file that says of which class each number is. A segment becomes a mask
with its number as id; attributes say what a mask has no room for: `stuff` is yes where the file says that its class is no
thing, `iscrowd` is yes for a crowd. Pixels, origin top left. Written: `annotations/panoptic_SUBSET.json` and a folder of maps
of that name. Of masks and outlines that overlap the one in front counts (`z`, then the later one). The masks of stuff of one
class become one segment. A class is stuff where a mask of it says so, or the option `stuff` names it (names with ; between).

Layout: the data format page of the COCO data set, and Kirillov et al. 2019.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

from milo.builtin.formats import _panoptic_write
from milo.builtin.formats._coco_read import STUFF, CocoFile, Entry, bad, columns_of, entries_of, files_of, is_panoptic
from milo.builtin.formats._gathered import NO, YES, Thing
from milo.builtin.formats._pictures import Picture, PictureSet, attributes_of, folder_of, is_true
from milo.builtin.formats._tree import Tree
from milo.builtin.formats._tuning import Losses
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

_READ = frozenset({"id", "category_id", "area", "bbox", "iscrowd", "attributes"})


class CocoPanoptic(PictureSet):
    """COCO panoptic. Options to write: `question`, `media`, `stuff`."""

    name = "coco_panoptic"
    title = "COCO panoptic"
    suffixes: tuple[str, ...] = (".zip", ".json")

    def fits(self, tree: Tree) -> bool:
        """A JSON file of panoptic segments (`coco` reads folders that hold annotations of other kinds as well)."""
        return any(is_panoptic(tree, name) for name in tree.ending(".json")[:50])

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, Any]]:
        """The categories, and what is said of segments besides."""
        files = files_of(tree, [])
        labels = dict.fromkeys(str(file.label(c)) for file in files for c in file.categories)
        stuff = any(_is_stuff(file, c) for file in files for c in file.categories)
        names = [STUFF, "iscrowd"] if stuff else ["iscrowd"]
        return {"masks": {"labels": list(labels), "attributes": [{"name": n, "config": {"labels": [YES, NO]}} for n in names]}}

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """In the order of the files and of their lists of images."""
        trouble: list[str] = []
        files = files_of(tree, trouble)
        entries = entries_of(tree, files, trouble)
        categories = [category for file in files for category in file.categories.values()]
        losses.add("supercategories of classes", sum(bool(c.get("supercategory")) for c in categories))
        yield from bad(1, source.name, trouble)
        if not entries and not trouble:
            yield BadRow(1, source.name, "no file lists images as COCO does")
        for number, entry in enumerate(entries, 1):
            subset = {"subset": entry.file.subset} if entry.file.subset else {}
            picture = Picture(number, entry.name, entry.wanted, {}, columns_of(entry.image) | subset, {}, [])
            _take(tree, entry, picture, losses)
            yield picture

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """See `_panoptic_write`."""
        return _panoptic_write.write(rows, sink, context)


def _is_stuff(file: CocoFile, category: Any) -> bool:
    return not is_true(file.categories[category].get("isthing", 1))


def _take(tree: Tree, entry: Entry, picture: Picture, losses: Losses) -> None:
    """The map of a picture, and what its numbers mean."""
    found = [(file, given) for file, image in entry.places for given in file.annotations(image)]
    if len(found) > 1:
        picture.trouble.append(f"{len(found)} maps speak of it; the first was taken")
    for file, given in found[:1]:
        names: dict[str, str] = {}
        things: dict[str, Thing] = {}
        listed = given.get("segments_info")
        for segment in cast("list[Any]", listed) if isinstance(listed, list) else []:
            _segment(file, segment, names, things, picture, losses)
        wanted = str(given.get("file_name") or "")
        own = folder_of(file.name)
        stem = file.name.removesuffix(".json")
        name = tree.picture(wanted, stem, f"{stem}_pixelmaps", own) if wanted else None
        if name is None or name == entry.name:
            picture.trouble.append(
                f"its map {wanted[:200]} is not in the folder or archive; {len(names):,} segments were left out"
            )
        elif names:
            picture.bitmaps["masks"] = name
            picture.more |= {"class_names": names, "class_things": things, "class_colours": True, "class_skip": [0]}
        else:
            picture.columns["masks"] = []


def _segment(
    file: CocoFile, segment: Any, names: dict[str, str], things: dict[str, Thing], picture: Picture, losses: Losses
) -> None:
    given = cast("dict[str, Any]", segment) if isinstance(segment, dict) else {}
    number, category = given.get("id"), given.get("category_id")
    if not isinstance(number, int) or not 0 < number < 1 << 24:
        picture.trouble.append(f"segment {number!r:.60}: its id is no number from 1 to {(1 << 24) - 1:,}")
        return
    label = file.label(category)
    if label is None:
        picture.trouble.append(f"segment {number}: there is no category {category!r:.60} in {file.name}")
        return
    for key in given.keys() - _READ:
        losses.add(f"{key} of segments")
    value = str((number & 255) << 16 | number & 0xFF00 | number >> 16)
    if value in names:
        picture.trouble.append(f"segment {number} is listed twice; the first was taken")
        return
    attributes = attributes_of(given.get("attributes"))
    if _is_stuff(file, category):
        attributes[STUFF] = YES
    if is_true(given.get("iscrowd")):
        attributes["iscrowd"] = YES
    names[value] = label
    things[value] = {"id": str(number), **({"attributes": attributes} if attributes else {})}


PLUGIN = CocoPanoptic()

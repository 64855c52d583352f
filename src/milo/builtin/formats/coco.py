"""COCO: detection, segmentation (polygons and runs), key points, captions and labels of pictures.

Stands alone because one object is a box, an outline and a figure at once. Read from a folder or archive with annotation files
(`annotations/instances_train.json`, `_annotations.coco.json`, ...) and the pictures, several files about one picture come
together; a list of results with scores becomes predictions. An annotation's id stands with its box, its polygons and its
figure, so that they come together again when written. Pixels, origin top left; x, y of a box is its top left corner. Written:
an archive with `annotations/` by subset (the metadata `subset`), and the pictures with the option `media`. Polygons with
holes are written as runs. What the attributes of an object say stands in `attributes`, a turned box's angle in
`attributes.rotation`.

Layout: the data format page of the COCO data set (Lin et al. 2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from milo.builtin.formats import _coco_write
from milo.builtin.formats._coco_read import (
    Annotations,
    Entry,
    bad,
    columns_of,
    entries_of,
    files_of,
    is_panoptic,
    results_beside,
)
from milo.builtin.formats._pictures import Picture, PictureSet, looks_like
from milo.builtin.formats._tree import Tree
from milo.builtin.formats._tuning import Losses
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source


class Coco(PictureSet):
    """COCO data sets. Options to write: `question`, `media` (true: with the pictures)."""

    name = "coco"
    title = "COCO"
    suffixes: tuple[str, ...] = (".zip", ".json")

    def fits(self, tree: Tree) -> bool:
        """A JSON file that lists images and annotations or categories, and is not about panoptic segments."""
        names = [name for name in tree.ending(".json")[:50] if not is_panoptic(tree, name)]
        return any(
            looks_like(tree, name, b'"file_name"', b'"images"') or looks_like(tree, name, b'"categories"', b'"supercategory"')
            for name in names
        )

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, Any]]:
        """The categories, and the points of figures."""
        categories: list[dict[str, Any]] = []
        for file in files_of(tree, []):
            categories += [c for c in file.categories.values() if not file.results]
        labels = list(dict.fromkeys(str(c.get("name") or c["id"]) for c in categories))
        found: dict[str, dict[str, Any]] = {column: {"labels": labels} for column in ("boxes", "polygons", "masks", "labels")}
        figures = [c for c in categories if c.get("keypoints")]
        if figures:
            points = [str(p) for p in figures[0]["keypoints"]]
            edges = [
                [points[a - 1], points[b - 1]]
                for a, b in figures[0].get("skeleton") or []
                if min(a, b) > 0 and max(a, b) <= len(points)
            ]
            same = [str(c.get("name")) for c in figures if c["keypoints"] == figures[0]["keypoints"]]
            found["keypoints"] = {"labels": list(dict.fromkeys(same)), "points": points, "edges": edges}
        return found

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """In the order of the files and of their lists of images."""
        trouble: list[str] = []
        files = files_of(tree, trouble)
        entries = entries_of(tree, files, trouble)
        yield from bad(1, source.name, trouble)
        if not entries and not trouble:
            yield BadRow(1, source.name, "no file lists images as COCO does")
        found = results_beside(files)
        for number, entry in enumerate(entries, 1):
            subset = {"subset": entry.file.subset} if entry.file.subset else {}
            picture = Picture(number, entry.name, entry.wanted, {}, columns_of(entry.image) | subset, {}, [])
            reading = Annotations(picture, losses)
            places = entry.places + [(file, image) for file in found for image in dict.fromkeys(i for _, i in entry.places)]
            for file, image in places:
                for annotation in file.annotations(image):
                    reading.take(file, annotation)
            _add_empty(picture, entry)
            yield picture

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """See `_coco_write`."""
        return _coco_write.write(rows, sink, context)


def _add_empty(picture: Picture, entry: Entry) -> None:
    """A picture without an annotation in a file that has annotations of its kind was looked at, and nothing found."""
    for file, _ in entry.places:
        for column in file.kinds:
            picture.columns.setdefault(column, [])


PLUGIN = Coco()

"""Annotation files of COCO: an index of which annotations each picture has, and an annotation as things of Milo's shapes.

Stands alone because such a file lists pictures and annotations apart, in any order, and is large: it is mapped into memory, and
of each annotation only its place is kept until its picture is due.
"""

from __future__ import annotations

import mmap
import re
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any, cast

import msgspec

from milo.builtin.formats._gathered import PREDICTED, YES, Thing
from milo.builtin.formats._pictures import Picture, attributes_of, folder_of, is_true, looks_like, numbers, pairs
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.kinds.format import BadRow

_KINDS = re.compile(r"(instances|person_keypoints|captions|image_info|stuff|labels|panoptic|annotations|_annotations\.coco)_?")
_READ = frozenset(
    {"id", "image_id", "category_id", "bbox", "segmentation", "area", "iscrowd", "keypoints", "num_keypoints", "caption",
     "score", "attributes", "ignore"}
)  # fmt: skip
_TRIED = 200
STUFF = "stuff"
"""The attribute of a mask whose class is no thing."""
Id = int | str


class _Head(msgspec.Struct):
    id: Id
    file_name: str = ""


class _Of(msgspec.Struct):
    image_id: Id


class _Document(msgspec.Struct):
    images: list[msgspec.Raw] = []
    annotations: list[msgspec.Raw] = []
    categories: list[dict[str, Any]] = []


class CocoFile:
    """One annotation file. `subset` is what its name says (train, val, ...), `results` whether it lists a model's findings.
    Raises Unreadable."""

    def __init__(self, tree: Tree, name: str) -> None:
        self.name, self.subset = name, subset_of(name)
        self.trouble: list[str] = []
        raw = _mapped(tree, name)
        try:
            self.results = bytes(raw[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
            document = (
                _Document(annotations=msgspec.json.decode(raw, type=list[msgspec.Raw]))
                if self.results
                else msgspec.json.decode(raw, type=_Document)
            )
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unreadable(
                f"{name}: not readable as COCO: {error}. Nothing of it was taken, since pictures would come in with a part of "
                "their annotations"
            ) from None
        self.images = document.images
        self.categories = {c["id"]: c for c in document.categories if isinstance(c.get("id"), int | str)}
        self._annotations = document.annotations
        self.kinds = _kinds_in(document.annotations[:_TRIED]) if not self.results else set[str]()
        self.by_image: dict[Id, list[int]] = {}
        for place, one in enumerate(document.annotations):
            try:
                self.by_image.setdefault(msgspec.json.decode(one, type=_Of).image_id, []).append(place)
            except msgspec.DecodeError as error:
                self.trouble.append(f"{name}: annotation {place + 1} names no picture: {error}")

    def annotations(self, image: Id) -> list[dict[str, Any]]:
        """The annotations of a picture."""
        decode = msgspec.json.decode
        return [cast("dict[str, Any]", decode(self._annotations[i])) for i in self.by_image.get(image, ())]

    def label(self, category: Any) -> str | None:
        """The name of a category, None where the file has none of that id."""
        known = self.categories.get(category) if isinstance(category, int | str) else None
        return None if known is None else str(known.get("name") or known["id"])

    def near(self) -> list[str]:
        """The folders in which its pictures may lie."""
        own = folder_of(self.name)
        roots = dict.fromkeys([own, folder_of(own)])
        inner = ["", *(f"{a}{self.subset}" for a in ("", "images/") if self.subset), "images", "data"]
        return [str(PurePosixPath(root) / more) if root or more else "" for root in roots for more in inner]


class Entry(msgspec.Struct):
    """A picture and the files that speak of it, each with the id it has there."""

    name: str | None
    wanted: str
    image: msgspec.Raw
    file: CocoFile
    places: list[tuple[CocoFile, int | str]]


def _kinds_in(annotations: list[msgspec.Raw]) -> set[str]:
    """The columns of which a file without an annotation says that there is nothing."""
    found: set[str] = set()
    for one in annotations:
        with suppress(msgspec.DecodeError):
            given = msgspec.json.decode(one)
            if isinstance(given, dict) and given.get("bbox"):
                found.add("boxes")
            if isinstance(given, dict) and given.get("segmentation") and isinstance(given["segmentation"], list):
                found.add("polygons")
    return found


def _mapped(tree: Tree, name: str) -> Any:
    try:
        with tree.file(name).open("rb") as stream:
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{name}: cannot be read: {error}") from None


def subset_of(name: str) -> str | None:
    """train, val, test, ... as the name of an annotation file says, None if it does not."""
    path = PurePosixPath(name)
    rest = _KINDS.sub("", path.stem)
    if not rest and path.name.startswith("_annotations"):
        return path.parent.name or None
    return rest if rest and rest != path.stem else None


def is_panoptic(tree: Tree, name: str) -> bool:
    """Whether an annotation file is about panoptic segments, as its name or its beginning says."""
    named = PurePosixPath(name).name.startswith("panoptic") and looks_like(tree, name, b'"images"')
    return named or looks_like(tree, name, b'"segments_info"')


def head_of(image: msgspec.Raw) -> tuple[Id, str]:
    """The id and the file name of a picture. Raises DecodeError."""
    head = msgspec.json.decode(image, type=_Head)
    return head.id, head.file_name


def columns_of(image: msgspec.Raw) -> dict[str, Any]:
    """What a file says of a picture, as columns."""
    given = cast("dict[str, Any]", msgspec.json.decode(image))
    found = {k: v for k, v in given.items() if k not in ("id", "file_name", "width", "height") and v not in (None, "", [], {})}
    width, height = given.get("width"), given.get("height")
    sound = all(isinstance(n, int) and n > 0 for n in (width, height))
    return {"image_id": given["id"], **({"image_size": [width, height]} if sound else {}), **found}


class Annotations:
    """Turns the annotations of one picture into things."""

    def __init__(self, picture: Picture, losses: Losses) -> None:
        self._picture, self._losses = picture, losses
        self._seen: dict[tuple[str, str], dict[str, list[Thing]]] = {}
        self._groups: dict[str, int] = {}

    def take(self, file: CocoFile, given: dict[str, Any]) -> None:
        """One annotation; of one that stands in several files, what is new."""
        number = given.get("id")
        name = f"annotation {number}" if number is not None else "an annotation without an id"
        if isinstance(given.get("segments_info"), list):
            self._losses.add("segments of panoptic files, to be read as coco_panoptic", len(given["segments_info"]))
            return
        if isinstance(given.get("caption"), str):
            self._picture.add("captions", given["caption"])
            return
        label = file.label(given.get("category_id"))
        if label is None:
            self._picture.trouble.append(f"{name}: there is no category {given.get('category_id')!r:.60} in {file.name}")
            return
        for key in given.keys() - _READ:
            self._losses.add(f"{key} of annotations")
        common: Thing = {"label": label, **({"id": str(number)[:60]} if number is not None else {})}
        attributes = attributes_of(given.get("attributes"))
        angle = _number(attributes.pop("rotation", None))
        if is_true(given.get("iscrowd")):
            attributes["iscrowd"] = YES
        if attributes:
            common["attributes"] = attributes
        score = given.get("score")
        if isinstance(score, int | float) and not isinstance(score, bool):
            common["score"] = float(score)
        self._place(file, given, name, common, angle)

    def _place(self, file: CocoFile, given: dict[str, Any], name: str, common: Thing, angle: float | None) -> None:
        before = PREDICTED if "score" in common else ""
        found = {
            "boxes": self._box(given, name, common, angle),
            **self._segmentation(given, name, common),
            "keypoints": self._figure(given, name, common),
        }
        for column, things in found.items():
            elsewhere = self._seen.setdefault((str(common.get("id")), before + column), {})
            if any(things == known for other, known in elsewhere.items() if other != file.name):
                continue
            elsewhere[file.name] = things
            for thing in things:
                self._picture.add(before + column, dict(thing))
        if not any(given.get(k) for k in ("bbox", "segmentation", "keypoints")):
            self._picture.add(f"{before}labels", common["label"])

    def _box(self, given: dict[str, Any], name: str, common: Thing, angle: float | None) -> list[Thing]:
        if not given.get("bbox"):
            return []
        box = numbers(given["bbox"], 4)
        if box is None:
            self._picture.trouble.append(f"{name}: its bbox is not [x, y, width, height]")
            return []
        turn = {"angle": angle % 360.0} if angle and angle % 360.0 else {}
        return [{"x": box[0], "y": box[1], "w": box[2], "h": box[3], **turn, **common}]

    def _segmentation(self, given: dict[str, Any], name: str, common: Thing) -> dict[str, list[Thing]]:
        shape = given.get("segmentation")
        if isinstance(shape, dict):
            runs = cast("dict[str, Any]", shape)
            if numbers(runs.get("size"), 2) is None or not isinstance(runs.get("counts"), list | str):
                self._picture.trouble.append(f"{name}: its segmentation is neither polygons nor runs")
                return {}
            return {"masks": [{"size": runs["size"], "counts": runs["counts"], **common}]}
        if not shape:
            return {}
        rings = [numbers(ring) for ring in cast("list[Any]", shape)] if isinstance(shape, list) else [None]
        if any(ring is None or len(ring) < 6 or len(ring) % 2 for ring in rings):
            self._picture.trouble.append(f"{name}: its segmentation has an outline that is no list of three points or more")
            return {}
        if len(rings) > 1:
            known = self._groups.setdefault(common.get("id") or f"\0{len(self._groups)}", len(self._groups) + 1)
            common = common | {"group": known}
        return {"polygons": [_part(pairs(cast("list[float]", ring)), common, i) for i, ring in enumerate(rings)]}

    def _figure(self, given: dict[str, Any], name: str, common: Thing) -> list[Thing]:
        flat = given.get("keypoints")
        if not flat:
            return []
        points = numbers(flat)
        if points is None or len(points) % 3:
            self._picture.trouble.append(f"{name}: its keypoints are not x, y, v, x, y, v, ...")
            return []
        placed = [
            [x, y, int(v)] if v else [0.0, 0.0, 0] for x, y, v in zip(points[::3], points[1::3], points[2::3], strict=True)
        ]
        return [{"points": placed, **common}] if any(v for _, _, v in placed) else []


def _part(points: list[list[float]], common: Thing, number: int) -> Thing:
    """One outline of several: they share a group, and their ids their beginning."""
    thing = {"points": points, **common}
    return thing | {"id": f"{common['id']}/{number + 1}"} if number and "id" in common else thing


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def files_of(tree: Tree, trouble: list[str]) -> list[CocoFile]:
    """The annotation files that can be read; `trouble` gets what is wrong with them."""
    found: list[CocoFile] = []
    for name in tree.ending(".json"):
        try:
            found.append(CocoFile(tree, name))
            trouble += found[-1].trouble
        except Unreadable as error:
            trouble.append(str(error))
    return found


def entries_of(tree: Tree, files: list[CocoFile], trouble: list[str]) -> list[Entry]:
    """Each picture once, in the order of the files and of their lists."""
    entries: dict[str, Entry] = {}
    for file in files:
        near, ids = file.near(), set[Any]()
        for place, image in enumerate(file.images):
            try:
                ident, wanted = head_of(image)
            except msgspec.DecodeError as error:
                trouble.append(f"{file.name}: image {place + 1} has no id or no file_name: {error}")
                continue
            if ident in ids:
                trouble.append(f"{file.name}: two images have the id {ident!r:.60}; the second was left out")
                continue
            ids.add(ident)
            name = tree.picture(wanted, *near)
            key = name if name is not None else f"\0{file.subset}/{wanted}"
            entry = entries.setdefault(key, Entry(name, wanted, image, file, []))
            entry.places.append((file, ident))
        strange = cast("set[Any]", file.by_image.keys() - ids) if not file.results else set[Any]()
        for ident in list(strange)[:20]:
            trouble.append(
                f"{file.name}: {len(file.by_image[ident]):,} annotations name the image {ident!r:.60}, which is not listed"
            )
    return list(entries.values())


def results_beside(files: list[CocoFile]) -> list[CocoFile]:
    """The files that hold a model's findings, able to name the categories of the others."""
    known = {key: value for file in files for key, value in file.categories.items()}
    found = [file for file in files if file.results]
    for file in found:
        file.categories = known
    return found


def bad(number: int, source: str, reasons: list[str]) -> list[BadRow]:
    """Reports on one number, the first hundred."""
    return [BadRow(number, source, reason) for reason in reasons[:100]]

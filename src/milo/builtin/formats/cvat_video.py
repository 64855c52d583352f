"""CVAT for video: XML documents of tracks, each beside its video.

Stands alone because one item is a whole video and a thing is a path through it. Read: `annotations.xml` with the video beside
it (of the name that it gives as its source, else the only one there); boxes (also turned), outlines, points and skeletons; key
frames only, what stands between is worked out the same way here. Attributes that are declared as mutable change along the
track. Frames are those of the whole video, counted from 0 in the order in which they are shown; pixels of the frame as shown,
origin top left. Written: a folder for each video.

Layout: the XML annotation format page of the CVAT manual.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast
from xml.etree import ElementTree

from milo.builtin.formats._cvat_labels import FLAGS, Labels, declared, labels_in, point_names, strange, write_labels
from milo.builtin.formats._gathered import Thing
from milo.builtin.formats._packing import Pack, Packed, short
from milo.builtin.formats._pictures import Picture, PictureSet, folder_of, looks_like
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.builtin.formats._xml import child, elements, indent, number_of, text_of
from milo.builtin.formats.cvat_images import common_of, geometry, skeleton
from milo.domain.question import Question
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

_KINDS = ("box", "polygon", "points", "skeleton")


class CvatVideo(PictureSet):
    """CVAT for video 1.1. Options to write: `question`, `media` (true: with the videos)."""

    name = "cvat_video"
    title = "CVAT for video"
    suffixes: tuple[str, ...] = (".zip", ".xml")

    def fits(self, tree: Tree) -> bool:
        """A document of annotations with tracks."""
        return bool(_documents(tree))

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, Any]]:
        """What the head of the first document declares."""
        return declared(tree, _documents(tree))

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """A video a document."""
        names = _documents(tree)
        if not names:
            yield BadRow(1, source.name, strange(tree) or "there is no XML document with tracks of CVAT")
        for number, name in enumerate(names, 1):
            picture = Picture(number, None, name, {}, {}, {}, [], media="video")
            try:
                with tree.file(name).open("rb") as stream:
                    _read(tree, name, stream, picture, losses)
            except (OSError, Unreadable) as error:
                yield BadRow(number, source.name, f"{name}: {error}. Nothing of it was taken: tracks would come in cut short")
                continue
            yield picture

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """A document a video."""
        pack = Pack(sink, context, ("tracks",), "a question about tracks in a video")
        with pack.archive:
            for one in pack.pictures(rows):
                pack.add_text(f"{one.stem}/annotations.xml", _document(pack, one).decode())
                pack.add_picture(one, f"{one.stem}/{one.name}")
        return Report(pack.rows, pack.losses.lines() + (["metadata, provenance and keys"] if pack.rows else []))


def _documents(tree: Tree) -> list[str]:
    signs = (b"<track ", b">interpolation<")
    return [n for n in tree.ending(".xml") if any(looks_like(tree, n, b"<annotations", sign) for sign in signs)]


def _read(tree: Tree, name: str, stream: BinaryIO, picture: Picture, losses: Losses) -> None:
    labels, wanted = Labels(), ""
    picture.columns["tracks"] = []
    for place, element in enumerate(elements(stream, "meta", "track", "image")):
        if element.tag == "meta":
            labels = labels_in(element)
            sources = dict.fromkeys(e.text.strip() for e in element.iter("source") if e.text and e.text.strip())
            wanted = next(iter(sources), "")
            if len(sources) > 1:
                picture.trouble.append(f"the document is about {len(sources)} videos; all its tracks go to {wanted}")
            width, height = (number_of(element, f".//original_size/{side}") for side in ("width", "height"))
            if width and height:
                picture.more["image_size"] = [int(width), int(height)]
            task = text_of(element, ".//task/name")
            picture.more |= {"task": task} if task else {}
        elif element.tag == "image":
            losses.add("single pictures; read these as CVAT for images")
        else:
            try:
                _take(picture, element, labels, losses)
            except (ValueError, TypeError, KeyError) as error:
                picture.trouble.append(f"track {element.get('id', place)} cannot be read: {error}")
    picture.name = tree.video(wanted, folder_of(name))
    picture.wanted = wanted or name


def _take(picture: Picture, element: ElementTree.Element, labels: Labels, losses: Losses) -> None:
    label, ident = element.get("label", ""), element.get("id")
    if not label:
        picture.trouble.append(f"track {ident} has no label")
        return
    keys: list[Thing] = []
    constant: dict[str, str] = {}
    common: Thing = {}
    for shape in element:
        if shape.tag not in _KINDS:
            losses.add(f"shapes of tracks of the kind {shape.tag}")
            continue
        if shape.get("keyframe") == "0" and keys:
            continue
        about = common_of(shape, label, labels)
        common = common or {k: v for k, v in about.items() if k in ("group", "z")}
        given = {k: v for k, v in about.get("attributes", {}).items() if k not in FLAGS}
        changing = {k: v for k, v in given.items() if (label, k) in labels.mutable}
        constant |= {k: v for k, v in given.items() if k not in changing}
        keys.append(_key(shape, labels, label, changing))
    if not keys:
        picture.trouble.append(f"track {ident} has no shape that has its like here")
        return
    keys.sort(key=lambda key: key["frame"])
    group = element.get("group_id")
    if group and group != "0":
        common["group"] = int(group)
    track: Thing = {"label": label, "keyframes": _changes(keys), **common}
    track |= {"id": ident[:64]} if ident else {}
    picture.add("tracks", track | ({"attributes": constant} if constant else {}))


def _key(shape: ElementTree.Element, labels: Labels, label: str, changing: dict[str, str]) -> Thing:
    key: Thing = {"frame": int(shape.attrib["frame"])}
    if shape.tag == "skeleton":
        key["points"] = skeleton(shape, labels.skeletons.get(label, ([], []))[0])
    else:
        place = geometry(shape, (None, None))
        if shape.tag == "box":
            angle = [place["angle"]] if place.get("angle") else []
            key["box"] = [place["x"], place["y"], place["w"], place["h"], *angle]
        else:
            key["polygon" if shape.tag == "polygon" else "points"] = place["points"]
    key |= {flag: True for flag in ("occluded", "outside") if shape.get(flag) == "1"}
    return key | ({"attributes": changing} if changing else {})


def _changes(keys: list[Thing]) -> list[Thing]:
    """Key frames with only those attributes that are new there; of two at one frame the last."""
    out: dict[int, Thing] = {}
    held: dict[str, str] = {}
    for key in keys:
        new = {name: value for name, value in key.pop("attributes", {}).items() if held.get(name) != value}
        held |= new
        out[key["frame"]] = key | ({"attributes": new} if new else {})
    return list(out.values())


def _document(pack: Pack, one: Packed) -> bytes:
    root = ElementTree.Element("annotations")
    child(root, "version", "1.1")
    meta = child(root, "meta")
    task = child(meta, "task")
    child(task, "name", one.stem)
    frames = one.media.get("frames")
    if isinstance(frames, int):
        child(task, "size", frames)
    child(task, "mode", "interpolation")
    child(task, "start_frame", 0)
    write_labels(task, pack.questions, [q for q in pack.questions if q.config.get("points")])
    size = child(task, "original_size")
    child(size, "width", one.width)
    child(size, "height", one.height)
    child(meta, "source", one.name)
    for question, tracks in one.values(pack.questions):
        for number, track in enumerate(tracks):
            _write_track(pack, root, question, track, number)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + indent(root)


def _write_track(pack: Pack, root: ElementTree.Element, question: Question, track: Thing, number: int) -> None:
    pack.plain_losses([track], "attributes", "group", "z")
    ident = str(track.get("id") or number)
    found = child(root, "track", id=ident, label=track["label"], source="manual")
    if track.get("group"):
        found.set("group_id", str(track["group"]))
    held, last = dict(track.get("attributes", {})), Thing()
    for key in cast("list[Thing]", track["keyframes"]):
        place = {k: key[k] for k in ("box", "polygon", "points") if key.get(k)} or last
        if not place:
            pack.losses.add("key frames without a place")
            continue
        last = place
        held |= key.get("attributes", {})
        shape = _shape(question, place)
        flags = {flag: str(int(bool(key.get(flag)))) for flag in ("outside", "occluded")}
        about = {"frame": str(key["frame"]), "keyframe": "1", **flags, "z_order": str(track.get("z", 0))}
        for name, value in about.items():
            shape.set(name, value)
        for name, value in held.items():
            child(shape, "attribute", value, name=name)
        found.append(shape)


def _shape(question: Question, place: Thing) -> ElementTree.Element:
    if "box" in place:
        x, y, w, h, *angle = place["box"]
        sides = {"xtl": x, "ytl": y, "xbr": x + w, "ybr": y + h}
        turn = {"rotation": f"{angle[0]:g}"} if angle else {}
        return ElementTree.Element("box", {k: str(short(v)) for k, v in sides.items()} | turn)
    if "polygon" in place:
        return ElementTree.Element("polygon", points=_points(place["polygon"]))
    names = point_names(question)
    if len(names) == 1:
        return ElementTree.Element("points", points=_points(place["points"]))
    root = ElementTree.Element("skeleton")
    for name, (x, y, v) in zip(names, place["points"], strict=True):
        flags = {"outside": "0" if v else "1", "occluded": "1" if v == 1 else "0"}
        child(root, "points", label=name, points=_points([(x, y)]), **flags)
    return root


def _points(points: Iterable[Any]) -> str:
    return ";".join(f"{short(p[0])},{short(p[1])}" for p in points)


PLUGIN = CvatVideo()

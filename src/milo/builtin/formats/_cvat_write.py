"""Writing CVAT for images.

Stands alone because the document is one while pictures come one by one: its body grows in a file of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast
from xml.etree import ElementTree

from milo.builtin.formats._cvat_labels import FLAGS, point_names, write_labels
from milo.builtin.formats._gathered import YES
from milo.builtin.formats._packing import Pack, Packed, Thing, short
from milo.builtin.formats._xml import child, indent
from milo.domain.question import Question
from milo.kinds.format import ExportContext, ExportRow, Report

_SHAPES = ("boxes", "polygons", "polylines", "keypoints", "masks", "label", "labels")


def write(rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext, body: BinaryIO) -> Report:
    """One document, and the pictures if they are wanted."""
    pack = Pack(sink, context, _SHAPES, "a question about things on pictures")
    skeletons = [q for q in pack.questions if pack.shapes[q.name] == "keypoints" and len(point_names(q)) > 1]
    with pack.archive:
        for number, one in enumerate(pack.pictures(rows)):
            path = f"{one.subset}/{one.name}" if one.subset else one.name
            body.write(indent(_image(pack, one, number, path), 1))
            pack.add_picture(one, f"images/{path}")
        with pack.archive.open("annotations.xml", "w", force_zip64=True) as stream:
            stream.write(b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
            stream.write(indent(_meta(pack, context, skeletons), 1))
            body.seek(0)
            shutil.copyfileobj(body, cast("BinaryIO", stream))
            stream.write(b"</annotations>\n")
    return Report(pack.rows, pack.losses.lines() + (["ids of things, metadata, provenance and keys"] if pack.rows else []))


def _meta(pack: Pack, context: ExportContext, skeletons: list[Question]) -> ElementTree.Element:
    meta = ElementTree.Element("meta")
    task = child(meta, "task")
    child(task, "name", context.spec.name)
    child(task, "size", sum(map(len, pack.subsets.values())))
    child(task, "mode", "annotation")
    child(task, "z_order", "True")
    write_labels(task, pack.questions, skeletons)
    return meta


def _image(pack: Pack, one: Packed, number: int, path: str) -> ElementTree.Element:
    root = ElementTree.Element("image", id=str(number), name=path, width=str(one.width), height=str(one.height))
    if one.subset:
        root.set("subset", one.subset)
    for question in pack.questions:
        value = one.row.labels.get(question.name)
        shape = pack.shapes[question.name]
        if shape in ("label", "labels"):
            for label in cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]:
                child(root, "tag", label=str(label), source="manual")
            continue
        for thing in cast("list[Thing]", value or []):
            pack.plain_losses([thing], "attributes", "group", "z", "holes")
            for element in _elements(pack, one, question, shape, thing):
                root.append(element)
    return root


def _elements(pack: Pack, one: Packed, question: Question, shape: str, thing: Thing) -> Iterator[ElementTree.Element]:
    attributes = dict(thing.get("attributes", {}))
    about = {"label": thing["label"], "source": "manual", "occluded": str(int(attributes.get(FLAGS[0]) == YES))}
    about |= {"z_order": str(thing.get("z", 0))}
    about |= {"group_id": str(thing["group"])} if thing.get("group") else {}
    found = _shape(pack, one, question, shape, thing)
    for name, value in {**about, **dict(found.attrib)}.items():
        found.set(name, value)
    for name, value in attributes.items():
        if name not in FLAGS:
            child(found, "attribute", ", ".join(map(str, value)) if isinstance(value, list) else value, name=name)
    yield found


def _shape(pack: Pack, one: Packed, question: Question, shape: str, thing: Thing) -> ElementTree.Element:
    if shape == "boxes":
        sides = {"xtl": thing["x"], "ytl": thing["y"], "xbr": thing["x"] + thing["w"], "ybr": thing["y"] + thing["h"]}
        turn = {"rotation": f"{thing['angle']:g}"} if thing.get("angle") else {}
        return ElementTree.Element("box", {k: str(short(v)) for k, v in sides.items()} | turn)
    if shape == "masks":
        return _mask(thing["size"], thing["counts"])
    if shape == "keypoints":
        return _figure(question, thing)
    if shape == "polygons" and thing.get("holes"):
        from milo.stats import rle

        pack.losses.add("outlines with holes, written as masks")
        size = (one.height, one.width)
        rings = [[*ring, ring[0]] for ring in (thing["points"], *thing["holes"])]
        return _mask(list(size), rle.write_text(rle.from_outlines(rings, size)))
    return ElementTree.Element("polygon" if shape == "polygons" else "polyline", points=_points(thing["points"]))


def _points(points: Iterable[Any]) -> str:
    return ";".join(f"{short(p[0])},{short(p[1])}" for p in points)


def _figure(question: Question, thing: Thing) -> ElementTree.Element:
    names = point_names(question)
    if len(names) == 1:
        return ElementTree.Element("points", points=_points(thing["points"]), occluded=str(int(thing["points"][0][2] == 1)))
    root = ElementTree.Element("skeleton")
    for name, (x, y, v) in zip(names, thing["points"], strict=True):
        flags = {"outside": str(int(v == 0)), "occluded": str(int(v == 1))}
        child(root, "points", label=name, source="manual", points=_points([(x, y)]), **flags)
    return root


def _mask(size: list[int], counts: str) -> ElementTree.Element:
    """The part that a mask covers, in runs row by row and off first."""
    import numpy as np

    from milo.stats import rle

    left, top, part = rle.to_bitmap(rle.read_text(counts), (size[0], size[1]))
    flat = np.concatenate([[False], part.ravel(), [not part.ravel()[-1]]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    runs = np.diff(np.concatenate([[0], edges]))
    height, width = part.shape
    return ElementTree.Element(
        "mask", rle=", ".join(map(str, runs)), left=str(left), top=str(top), width=str(width), height=str(height)
    )

"""The labels of CVAT's XML: their attributes and the points of skeletons, as settings of questions and back.

Stands alone because images and videos of CVAT declare them alike, at the head of the document.
"""

from __future__ import annotations

import re
from typing import Any, cast
from xml.etree import ElementTree

import msgspec

from milo.builtin.formats._gathered import NO, YES
from milo.builtin.formats._packing import colours_of
from milo.builtin.formats._pictures import is_true, looks_like, plain_name
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._xml import child, elements, text_of
from milo.domain.question import Question

FLAGS = ("occluded",)
_CHECKBOX = {"true": YES, "false": NO}
_EDGE = re.compile(r'data-node-from="(\d+)"[^>]*data-node-to="(\d+)"')


class Labels(msgspec.Struct):
    """What a document declares: labels in order, attributes by name, those that are check boxes, skeletons (points,
    edges), and which attributes of a label may change along a track."""

    names: list[str] = []
    attributes: dict[str, dict[str, Any]] = {}
    boxes: set[tuple[str, str]] = set()
    skeletons: dict[str, tuple[list[str], list[list[str]]]] = {}
    mutable: set[tuple[str, str]] = set()

    def value(self, label: str, name: str, text: str) -> str:
        """The value of an attribute, a check box as yes or no."""
        return _CHECKBOX.get(text.strip().lower(), text) if (label, name) in self.boxes else text

    def known(self) -> dict[str, dict[str, Any]]:
        """Settings of questions by column."""
        attributes = list(self.attributes.values())
        labels = [name for name in self.names if name not in self.skeletons]
        plain: dict[str, Any] = {"labels": labels, **({"attributes": attributes} if attributes else {})}
        if self.skeletons:
            plain = {"labels": labels, **_only(attributes, labels)}
        found = {column: dict(plain) for column in ("boxes", "polygons", "masks", "lines", "keypoints", "labels")}
        if self.skeletons:
            points, edges = next(iter(self.skeletons.values()))
            same = [name for name, (p, _) in self.skeletons.items() if p == points]
            found["keypoints"] = {"labels": same, "points": points, "edges": edges, **_only(attributes, same)}
        changing = {name for _, name in self.mutable}
        fixed = [one for one in attributes if one["name"] not in changing]
        moving = [one for one in attributes if one["name"] in changing]
        points = {k: v for k, v in found["keypoints"].items() if k in ("points", "edges")}
        found["tracks"] = {"labels": self.names, "attributes": fixed, "changing": moving, **points}
        return found


def declared(tree: Tree, documents: list[str]) -> dict[str, dict[str, Any]]:
    """What the head of the first document that can be read declares, as settings of questions by column."""
    for name in documents:
        try:
            with tree.file(name).open("rb") as stream:
                for meta in elements(stream, "meta"):
                    return labels_in(meta).known()
        except (OSError, Unreadable):
            continue
    return {}


def _only(attributes: list[dict[str, Any]], labels: list[str]) -> dict[str, Any]:
    """The attributes that are asked of some of these labels, as a setting; nothing where there are none."""
    asked = [one for one in attributes if not one.get("only") or set(one["only"]) & set(labels)]
    found = [{**one, **({"only": [n for n in one["only"] if n in labels]} if one.get("only") else {})} for one in asked]
    return {"attributes": found} if found else {}


def labels_in(meta: ElementTree.Element) -> Labels:
    """The labels that a document declares."""
    found = Labels()
    entries = [e for e in meta.iter("label") if text_of(e, "name")]
    for entry in (e for e in entries if not text_of(e, "parent")):
        name = text_of(entry, "name")
        if name not in found.names:
            found.names.append(name)
        for one in entry.iterfind("attributes/attribute"):
            _take(found, name, one)
        if text_of(entry, "type") == "skeleton":
            points = [text_of(e, "name") for e in entries if text_of(e, "parent") == name]
            edges = [(int(a), int(b)) for a, b in _EDGE.findall(entry.findtext("svg") or "")]
            within = [(a, b) for a, b in edges if 0 < a <= len(points) and 0 < b <= len(points) and a != b]
            found.skeletons[name] = (points, [[points[a - 1], points[b - 1]] for a, b in within])
    for one in found.attributes.values():
        if len(one["only"]) == len(found.names):
            del one["only"]
    return found


def _take(found: Labels, label: str, one: ElementTree.Element) -> None:
    name, kind = plain_name(text_of(one, "name")), text_of(one, "input_type")
    values = [v.strip() for v in (one.findtext("values") or "").split("\n") if v.strip()]
    if len(values) == 1 and kind in ("select", "radio"):
        values = values[0].split()
    if is_true(text_of(one, "mutable")):
        found.mutable.add((label, name))
    if kind == "checkbox":
        found.boxes.add((label, name))
        values = [YES, NO]
    if kind in ("select", "radio", "checkbox") and values:
        entry = found.attributes.setdefault(name, {"name": name, "config": {"labels": []}, "only": []})
        known = entry.get("config", {}).get("labels")
        if known is not None:
            known += [v for v in values if v not in known]
    else:
        entry = found.attributes.setdefault(name, {"name": name, "only": []})
        entry |= {"type": "text"}
        entry.pop("config", None)
    if label not in entry["only"]:
        entry["only"].append(label)


def write_labels(parent: ElementTree.Element, questions: list[Question], skeletons: list[Question]) -> None:
    """The labels of questions as a document declares them."""
    colours = colours_of(questions)
    listed = child(parent, "labels")
    for label, (r, g, b) in colours.items():
        entry = child(listed, "label")
        child(entry, "name", label)
        child(entry, "color", f"#{r:02x}{g:02x}{b:02x}")
        figures = next((q for q in skeletons if label in _values(q)), None)
        alone = figures is not None and not any(label in _values(q) for q in questions if q not in skeletons)
        child(entry, "type", "skeleton" if alone else "any")
        _write_attributes(entry, label, questions)
        if figures is not None and alone:
            child(entry, "svg", _svg(figures))
            for name in point_names(figures):
                point = child(listed, "label")
                child(point, "name", name)
                child(point, "type", "points")
                child(point, "attributes")
                child(point, "parent", label)


def _write_attributes(entry: ElementTree.Element, label: str, questions: list[Question]) -> None:
    listed, seen = child(entry, "attributes"), set[str]()
    for question in questions:
        fixed, moving = (cast("list[dict[str, Any]]", question.config.get(k) or []) for k in ("attributes", "changing"))
        for one in [*fixed, *moving]:
            if one["name"] in seen or one["name"] in FLAGS or (one.get("only") and label not in one["only"]):
                continue
            seen.add(one["name"])
            values = _values(Question("q", "", config=one.get("config") or {}))
            chosen = one.get("type", "choice") == "choice"
            found = child(listed, "attribute")
            child(found, "name", one["name"])
            child(found, "mutable", str(one in moving))
            child(found, "input_type", "select" if chosen else "text")
            child(found, "default_value", values[0] if chosen and values else "")
            child(found, "values", "\n".join(values) if chosen else "")


def _values(question: Question) -> list[str]:
    return [e if isinstance(e, str) else e["value"] for e in cast("list[Any]", question.config.get("labels") or [])]


def point_names(question: Question) -> list[str]:
    """The names of the points of a question's figures."""
    return [p if isinstance(p, str) else p["name"] for p in cast("list[Any]", question.config["points"])]


def _svg(question: Question) -> str:
    """A drawing of the skeleton as CVAT keeps it: points in a row, and the lines between them."""
    names = point_names(question)
    edges = cast("list[list[str]]", question.config.get("edges") or [])
    places = {name: (10 + 80 * i / max(1, len(names) - 1), 50) for i, name in enumerate(names)}
    lines = [
        f'<line x1="{places[a][0]:g}" y1="{places[a][1]:g}" x2="{places[b][0]:g}" y2="{places[b][1]:g}" data-type="edge" '
        f'data-node-from="{names.index(a) + 1}" data-node-to="{names.index(b) + 1}"></line>'
        for a, b in edges
    ]
    nodes = [
        f'<circle r="1.5" cx="{x:g}" cy="{y:g}" data-type="element node" data-element-id="{i}" data-node-id="{i}"></circle>'
        for i, (x, y) in enumerate(places.values(), 1)
    ]
    return "".join(lines + nodes)


def strange(tree: Tree) -> str:
    """What a single file without annotations is where that is known, and where it belongs; "" for others."""
    if tree.single is None or not looks_like(tree, tree.single, b"<View"):
        return ""
    return (
        "this is a label config of Label Studio: it says what is asked, and holds no data. Make a project of it (New project, "
        '"From a file"), then import the tasks, which are JSON'
    )

"""The label config of Label Studio, an XML document, as fields and questions of a project, and back.

Stands alone because it says what is asked, not what was answered. Choices, Rating, TextArea, Labels on text (with Relations),
RectangleLabels, PolygonLabels, BrushLabels, KeyPointLabels and Pairwise have their like here; every other control is named in
the report. The document is not trusted: one that declares entities or a document type is refused before it is read, so that
nothing expands and nothing is fetched.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from milo.builtin.formats._ls_pictures import FIGURE
from milo.builtin.formats._tree import Unreadable
from milo.builtin.formats._xml import root_of
from milo.domain.errors import Invalid
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question

MAX_XML = 2 * 1024 * 1024
_FIELDS = {
    "Text": "text",
    "HyperText": "html",
    "Image": "image",
    "Audio": "audio",
    "Video": "video",
    "Chat": "chat",
    "Paragraphs": "chat",
}
_SILENT = {"View", "Header", "Style", "Label", "Choice", "Relation", "Relations", "Shortcut", "Collapse", "Panel"}
_REGIONS = {"polygons": "PolygonLabels", "masks": "BrushLabels"}
_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def parsed(xml: str) -> ElementTree.Element:
    """The document's root. Raises Invalid for what is no XML, is too large, or declares anything."""
    if len(xml) > MAX_XML:
        raise Invalid(f"The label config is larger than {MAX_XML >> 20} MiB.", place="xml")
    try:
        return root_of(xml.encode())
    except UnicodeEncodeError as error:
        raise Invalid(f"The label config is no valid XML: {error}.", place="xml") from None
    except Unreadable as error:
        raise Invalid(f"The label config is not taken: {error}.", place="xml") from None


def from_xml(xml: str) -> tuple[list[Field], list[Question], list[str]]:
    """Fields, questions, and what of the document has no like here. Raises Invalid."""
    root = parsed(xml)
    reading = _Reading(root)
    for element in root.iter():
        reading.take(element)
    if not reading.questions:
        raise Invalid(
            "The label config asks nothing that is known here: " + "; ".join(reading.lost or ["it is empty"]), place="xml"
        )
    return list(reading.fields.values()), reading.questions, reading.lost


def sides_of(xml: str) -> dict[str, list[str]]:
    """The fields that each comparison puts left and right, by its name."""
    return {q.name: list(q.config["candidates"]) for q in from_xml(xml)[1] if "candidates" in q.config}


class _Reading:
    def __init__(self, root: ElementTree.Element) -> None:
        self.fields: dict[str, Field] = {}
        self.questions: list[Question] = []
        self.lost: list[str] = []
        self._relations = [r.get("value") or "related" for r in root.iter("Relation")]
        self._related = root.find(".//Relations") is not None
        self._marks_text = root.find(".//Labels") is not None
        self._figures = _figures_in(root)
        self._controls = {
            "Choices": self._choices,
            "Rating": self._rating,
            "TextArea": self._textarea,
            "Labels": self._labels,
            "RectangleLabels": self._rectanglelabels,
            "PolygonLabels": self._polygonlabels,
            "BrushLabels": self._brushlabels,
            "KeyPointLabels": self._keypointlabels,
            "Pairwise": self._pairwise,
        }
        for element in root.iter():
            name, value = element.get("name"), element.get("value", "")
            if element.tag in _FIELDS and name and value.startswith("$"):
                self.fields[name] = Field(plain_name(value[1:]), _FIELDS[element.tag])

    def take(self, element: ElementTree.Element) -> None:
        make = self._controls.get(element.tag)
        if make is None:
            if element.tag not in _SILENT and element.tag not in _FIELDS:
                self.lost.append(f"{element.tag} {element.get('name', '')}".strip())
            return
        if element.get("perRegion") == "true":
            self.lost.append(f"{element.tag} {element.get('name', '')}: asked about single regions")
            return
        to = [t.strip() for t in element.get("toName", "").split(",")]
        make(element, str(element.get("name") or element.tag.lower()), to)

    def _add(self, element: ElementTree.Element, name: str, type: str, config: dict[str, Any], field: str | None) -> None:
        required = element.get("required") == "true"
        self.questions.append(Question(plain_name(name), type, config=config, field=field, required=required))

    def _field(self, to: list[str], *kinds: str) -> str | None:
        found = self.fields.get(to[0])
        return found.name if found is not None and found.kind in kinds else None

    def _choices(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        several = element.get("choice") == "multiple"
        labels = _labels(element, "Choice")
        self._add(element, name, "choices" if several else "choice", {"labels": labels}, None)

    def _rating(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        most = element.get("maxRating", "5")
        self._add(element, name, "rating", {"min": 1, "max": int(most) if most.isdecimal() else 5}, None)

    def _textarea(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        self._add(element, name, "text", {}, None)

    def _labels(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        field = self._field(to, "text", "markdown")
        if field is None:
            self.lost.append(f"Labels {name}: on something that is no text")
            return
        config: dict[str, Any] = {"labels": _labels(element, "Label")}
        if self._related:
            config["relations"] = self._relations or ["related"]
        self._add(element, name, "relations" if self._related else "spans", config, field)

    def _rectanglelabels(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        if name.endswith(FIGURE) and name.removesuffix(FIGURE) in self._figures:
            return
        turned = {} if element.get("canRotate") == "false" else {"rotated": True}
        self._things(element, name, "boxes", {"labels": _labels(element, "Label"), **turned}, to)

    def _polygonlabels(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        self._things(element, name, "polygons", {"labels": _labels(element, "Label")}, to)

    def _brushlabels(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        self._things(element, name, "masks", {"labels": _labels(element, "Label")}, to)

    def _things(self, element: ElementTree.Element, name: str, type: str, config: dict[str, Any], to: list[str]) -> None:
        """Things on a picture, with relations between them if the document asks for any and has no text to mark."""
        related = {"relations": self._relations or ["related"]} if self._related and not self._marks_text else {}
        self._add(element, name, type, config | related, self._field(to, "image"))

    def _keypointlabels(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        """Labels with numbers for a model are the points of one figure; without, each is a thing of its own."""
        entries = list(element.iter("Label"))
        places = [entry.get("model_index", "") for entry in entries]
        if not entries or not all(place.isdecimal() for place in places):
            config: dict[str, Any] = {"labels": _labels(element, "Label"), "points": ["point"]}
        else:
            ordered = sorted(zip(places, entries, strict=True), key=lambda pair: int(pair[0]))
            points = [entry.get("alias") or entry.get("value") or "" for _, entry in ordered]
            config = {"labels": self._figures.get(name) or [{"value": name}], "points": points}
        self._things(element, name, "keypoints", config, to)

    def _pairwise(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        fields = [self.fields[t].name for t in to if t in self.fields]
        if len(fields) != 2:
            self.lost.append(f"Pairwise {name}: it does not compare two fields")
            return
        self._add(element, name, "pairwise", {"candidates": fields, "tie": False}, None)


def _figures_in(root: ElementTree.Element) -> dict[str, list[dict[str, Any]]]:
    """What the figures of each control of key points are called: the labels of the rectangles that hold them, which stand in a
    control of its name with an ending, or are the only ones on the same picture."""
    boxes = {e.get("name", ""): e for e in root.iter("RectangleLabels")}
    found: dict[str, list[dict[str, Any]]] = {}
    for element in root.iter("KeyPointLabels"):
        name = element.get("name", "")
        beside = [e for e in boxes.values() if e.get("toName") == element.get("toName")]
        holder = boxes.get(f"{name}{FIGURE}") or (beside[0] if len(beside) == 1 else None)
        found[name] = _labels(holder, "Label") if holder is not None else []
    return found


def _labels(element: ElementTree.Element, tag: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in element.iter(tag):
        value = one.get("alias") or one.get("value") or ""
        label: dict[str, Any] = {"value": value}
        if one.get("alias") and one.get("value"):
            label["title"] = one.get("value")
        color = one.get("background", "")
        if re.fullmatch(r"#[0-9a-fA-F]{6}", color):
            label["color"] = color
        if one.get("hotkey"):
            label["key"] = one.get("hotkey")
        found.append(label)
    return found


def plain_name(name: str) -> str:
    """A name as questions and fields may have it."""
    plain = _NAME.sub("_", name).strip("_")[:60]
    return plain if plain[:1].isalpha() else f"q_{plain}"


def to_xml(spec: ProjectSpec, shapes: dict[str, str]) -> tuple[str, list[str]]:
    """The label config of a project, and which questions and fields it leaves out."""
    tags = {kind: tag for tag, kind in reversed(_FIELDS.items())} | {"markdown": "Text"}
    lines, lost = ["<View>"], list[str]()
    for field in spec.fields:
        tag = tags.get(field.kind)
        if tag is None:
            lost.append(f'the field "{field.name}" of kind {field.kind}')
        else:
            lines.append(f"  <{tag} name={quoteattr(field.name)} value={quoteattr('$' + field.name)}/>")
    first = spec.fields[0].name
    for question in spec.questions:
        control = _control(question, shapes.get(question.type, ""), question.field or first)
        if control is None:
            lost.append(f'the question "{question.name}"')
        else:
            lines += [f"  {line}" for line in control]
    return "\n".join([*lines, "</View>"]) + "\n", lost


def _control(question: Question, shape: str, to: str) -> list[str] | None:  # noqa: PLR0911 - one for each shape
    head = f"name={quoteattr(question.name)} toName={quoteattr(to)}" + (' required="true"' if question.required else "")
    given: list[Any] = question.config.get("labels") or []
    if shape in ("label", "labels"):
        return [
            f'<Choices {head} choice="{"multiple" if shape == "labels" else "single"}">',
            *_entries(given, "Choice"),
            "</Choices>",
        ]
    if shape == "number":
        return [f'<Rating {head} maxRating="{question.config.get("max", 5)}"/>'] if question.config.get("min", 1) == 1 else None
    if shape == "text":
        return [f"<TextArea {head}/>"]
    types: list[Any] = question.config.get("relations") or []
    links = ["<Relations>", *_entries(types, "Relation"), "</Relations>"] if types else []
    if shape in ("spans", "relations"):
        return [f"<Labels {head}>", *_entries(given, "Label"), "</Labels>", *links]
    if shape == "boxes":
        turn = "" if question.config.get("rotated") else ' canRotate="false"'
        return [f"<RectangleLabels {head}{turn}>", *_entries(given, "Label"), "</RectangleLabels>", *links]
    if shape in _REGIONS:
        return [f"<{_REGIONS[shape]} {head}>", *_entries(given, "Label"), f"</{_REGIONS[shape]}>", *links]
    if shape == "keypoints":
        return [*_figure_control(question, head, to, given), *links]
    sides: list[Any] = question.config.get("candidates") or []
    if shape == "ranks" and len(sides) == 2:
        return [f"<Pairwise name={quoteattr(question.name)} toName={quoteattr(','.join(sides))}/>"]
    return None


def _figure_control(question: Question, head: str, to: str, given: list[Any]) -> list[str]:
    """Points that are labelled by themselves, or the points of figures and the rectangles that hold these."""
    points: list[Any] = question.config["points"]
    names = [p if isinstance(p, str) else p["name"] for p in points]
    if len(names) == 1:
        return [f"<KeyPointLabels {head}>", *_entries(given, "Label"), "</KeyPointLabels>"]
    lines = [f'  <Label value={quoteattr(name)} model_index="{place}"/>' for place, name in enumerate(names)]
    holder = f"name={quoteattr(question.name + FIGURE)} toName={quoteattr(to)}"
    return [
        *(f"<KeyPointLabels {head}>", *lines, "</KeyPointLabels>"),
        *(f'<RectangleLabels {holder} canRotate="false">', *_entries(given, "Label"), "</RectangleLabels>"),
    ]


def _entries(labels: list[Any], tag: str) -> list[str]:
    out: list[str] = []
    for entry in labels:
        label: dict[str, Any] = {"value": entry} if isinstance(entry, str) else entry
        title = label.get("title")
        names = f"value={quoteattr(title)} alias={quoteattr(label['value'])}" if title else f"value={quoteattr(label['value'])}"
        more = (f" background={quoteattr(label['color'])}" if label.get("color") else "") + (
            f" hotkey={quoteattr(label['key'])}" if label.get("key") else ""
        )
        out.append(f"  <{tag} {names}{more}/>")
    return out

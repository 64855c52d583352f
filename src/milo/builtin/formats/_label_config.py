"""The label config of Label Studio, an XML document, as fields and questions of a project, and back.

Stands alone because it says what is asked, not what was answered. Choices, Rating, TextArea, Labels on text (with
Relations), RectangleLabels and Pairwise have their like here; every other control is named in the report. The document is
not trusted: one that declares entities or a document type is refused before it is read, so that nothing expands and nothing
is fetched.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

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
_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def parsed(xml: str) -> ElementTree.Element:
    """The document's root. Raises Invalid for what is no XML, is too large, or declares anything."""
    if len(xml) > MAX_XML:
        raise Invalid(f"The label config is larger than {MAX_XML >> 20} MiB.", place="xml")
    guard = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise Invalid("The label config declares a document type or entities; take these lines out.", place="xml")

    guard.StartDoctypeDeclHandler = guard.EntityDeclHandler = refuse
    try:
        guard.Parse(xml.encode(), True)
        return ElementTree.fromstring(xml)  # noqa: S314 - nothing is declared in it
    except (expat.ExpatError, ElementTree.ParseError, UnicodeEncodeError) as error:
        raise Invalid(f"The label config is no valid XML: {error}.", place="xml") from None


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
        self._controls = {
            "Choices": self._choices,
            "Rating": self._rating,
            "TextArea": self._textarea,
            "Labels": self._labels,
            "RectangleLabels": self._rectanglelabels,
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
        self._add(element, name, "boxes", {"labels": _labels(element, "Label")}, self._field(to, "image"))

    def _pairwise(self, element: ElementTree.Element, name: str, to: list[str]) -> None:
        fields = [self.fields[t].name for t in to if t in self.fields]
        if len(fields) != 2:
            self.lost.append(f"Pairwise {name}: it does not compare two fields")
            return
        self._add(element, name, "pairwise", {"candidates": fields, "tie": False}, None)


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
    if shape in ("spans", "relations"):
        types: list[Any] = question.config.get("relations") or []
        links = ["<Relations>", *_entries(types, "Relation"), "</Relations>"] if types else []
        return [f"<Labels {head}>", *_entries(given, "Label"), "</Labels>", *links]
    if shape == "boxes":
        return [f"<RectangleLabels {head}>", *_entries(given, "Label"), "</RectangleLabels>"]
    sides: list[Any] = question.config.get("candidates") or []
    if shape == "ranks" and len(sides) == 2:
        return [f"<Pairwise name={quoteattr(question.name)} toName={quoteattr(','.join(sides))}/>"]
    return None


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

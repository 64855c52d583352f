"""`fields`: named, typed values read from a document, each with the words as written and the place where they stand.

Stands alone because a form is one decision in many parts that each have a type: the value is {name: {value, text?, places?,
score?}}, in the order of the question's fields. `value` is a text, a number, a date as YYYY-MM-DD, an amount, or one of the
field's labels; None says that the document does not say it, a field left out that nobody looked. `places` are {page, x, y,
w, h} in points of the page as shown, from its top left corner, pages counted from 0. What is written in other ways
("1.234,56 EUR", "18 april 2014") is read into that form. In a table the main cell is the object as JSON, and each field has
a column for reading; only the main cell is read back.
"""

from __future__ import annotations

import json
from collections import Counter
from math import isfinite
from typing import Any, cast

import msgspec

from milo.builtin.tasks import _form
from milo.builtin.tasks._config import fitting_field, kept_or_none, known_keys, read, value_error
from milo.builtin.tasks._labels import check_label, instruction, label_set
from milo.builtin.tasks._paged import check_page, document_of, on_page
from milo.builtin.tasks._regions import from_cell
from milo.domain.errors import InvalidValue
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import FieldValue
from milo.domain.typed import read_date, read_number
from milo.kinds.task_type import Brief, Path, Read

MAX_TEXT = 20_000
MAX_PLACES = 200
Entry = dict[str, Any]


class Fields:
    """A form filled in from a document. Agreement is the share of fields, of those that at least one of two filled in, with the
    same value: numbers and amounts within the field's tolerance, texts but for case and spaces. Not said and left out are the
    same; places do not count."""

    name = "fields"
    title = "Fields of a document"
    shape = "fields"
    field_kinds: tuple[str, ...] = ("document", "image")

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `fields`: list of {name, title, type (text, number, date, amount, choice), required (false), labels (of
        a choice), help, key, tolerance}; `decimal` (auto, "." or ","): what parts off fractions; `dates` (dmy or mdy): how
        3/4/2014 is read; `place` (optional; "needed": every value needs a place; "none": no places). Fills in `field`."""
        known_keys(question, "fields", "decimal", "dates", "place")
        field = fitting_field(question, fields, self.field_kinds)
        return msgspec.structs.replace(question, config=_form.checked(question), field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> dict[str, Entry]:
        """The entries in the order of the fields, typed, their places held against the item's document."""
        given = _entries(question, value)
        parts = _form.parts_of(question)
        unknown = [name for name in given if name not in parts]
        if unknown:
            raise value_error(question, f"there is no field {unknown[0]!r:.80}. Fields: {', '.join(parts)}.")
        document = document_of(question, item)
        found: dict[str, Entry] = {}
        for name, part in parts.items():
            entry = given.get(name)
            if entry is not None:
                found[name] = _entry(question, part, entry, document)
            elif part.get("required"):
                raise value_error(question, f'the field "{name}" has no value; give null if the document does not say it.')
        if not found:
            raise value_error(question, "no field has a value; give null to those that the document does not say.")
        return found

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class; two empty forms agree."""
        parts = _form.parts_of(question)
        names = [name for name in parts if _said(a, name) or _said(b, name)]
        if not names:
            return 1.0
        return sum(_same(parts[name], a.get(name), b.get(name)) for name in names) / len(names)

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The fields of `a` that have the same value in `b`."""
        parts = _form.parts_of(question)
        return [(name,) for name in a if _same(parts[name], a[name], b.get(name))]

    def brief(self, question: Question) -> Brief:
        """An object with an entry for each field."""
        place = {
            "type": "object",
            "properties": {"page": {"type": "integer", "minimum": 0}} | {k: {"type": "number"} for k in "xywh"},
            "required": ["page", *"xywh"],
            "additionalProperties": False,
        }
        schema = _form.schema(question, {"places": {"type": "array", "items": place, "maxItems": MAX_PLACES}, "score": _SCORE})
        what = f"{_form.ASKED} Places are in points from the top left corner of the page, pages counted from 0.\n"
        return Brief(instruction(question, what + _form.described(question)), schema)

    def model_brief(self, question: Question) -> Brief:
        """The same without places: models read words better than they measure."""
        return Brief(instruction(question, f"{_form.ASKED}\n{_form.described(question)}"), _form.schema(question, {}))

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The form; at the last attempt without the fields that mean nothing, unless they are required."""
        left_out: list[str] = []
        kept = dict(cast("dict[str, Any]", answer))
        parts = _form.parts_of(question)
        for name in list(kept) if last else []:
            try:
                _entry(question, parts[name], _one(question, name, kept[name]), None)
            except InvalidValue as error:
                left_out.append(error.message)
                del kept[name]
        return Read(kept, tuple(left_out))

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The form without places and scores; fields that it leaves open as null."""
        parts = _form.parts_of(question)
        return {name: {k: v for k, v in value.get(name, {"value": None}).items() if k in ("value", "text")} for name in parts}

    def merge(self, question: Question, values: list[Any]) -> Any:
        """By field, what most answers say, none included; of equals a value before none, then the first by its writing. Numbers
        that agree within the tolerance are one; their median counts. Words and places: the most frequent among those."""
        if len(values) == 1:
            return values[0]
        named = [name for name in _form.parts_of(question) if any(name in value for value in values)]
        merged = {name: _elected(_form.parts_of(question)[name], [v.get(name) for v in values]) for name in named}
        said = {name: entry for name, entry in merged.items() if entry is not None}
        return self.check(question, said or {name: {"value": None} for name in named}, None)

    def summary(self, question: Question, value: Any) -> list[str]:
        """Each choice with its label: "currency: EUR"."""
        parts = _form.parts_of(question)
        chosen = [(name, e["value"]) for name, e in value.items() if parts[name]["type"] == "choice" and e["value"] is not None]
        return sorted(f"{name}: {label}" for name, label in chosen)

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """The form as JSON, and one column for each field."""
        cell = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return {"": cell, **{name: entry["value"] for name, entry in value.items()}}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The form from the main cell; also takes an object, as columnar formats give it."""
        return from_cell(question, cells, "object")

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The form if the new question has all its fields, of types that take the values, on the same ground."""
        return kept_or_none(lambda: self.check(new, value, None)) if old.field == new.field else None


_SCORE = {"type": "number", "minimum": 0, "maximum": 1}


def _entries(question: Question, value: Any) -> dict[str, FieldValue]:
    if not isinstance(value, dict):
        raise value_error(question, f"expected an object {{field: {{value, text, places}}}}, got {value!r:.80}.")
    return {str(name): _one(question, str(name), entry) for name, entry in cast("dict[Any, Any]", value).items()}


def _one(question: Question, name: str, entry: Any) -> FieldValue:
    """An entry; a bare value stands for one without words and place."""
    full = entry if isinstance(entry, dict) else {"value": entry}
    if isinstance(cast("dict[str, Any]", full).get("value"), bool):
        raise value_error(question, f'the field "{name}": true and false are no values; use a choice with labels.')
    return read(question, full, FieldValue, f'the field "{name}" as {{value, text, places}}')


def _entry(question: Question, part: Entry, given: FieldValue, document: dict[str, Any] | None) -> Entry:
    name = part["name"]
    entry: Entry = {"value": None if given.value is None else _typed(question, part, given.value)}
    if given.text is not None and given.value is not None:
        if len(given.text) > MAX_TEXT:
            raise value_error(
                question, f'the field "{name}" has {len(given.text):,} characters; at most {MAX_TEXT:,} are taken.'
            )
        entry["text"] = given.text
    places = given.places if given.value is not None else []
    if len(places) > MAX_PLACES:
        raise value_error(question, f'the field "{name}" has {len(places):,} places; at most {MAX_PLACES} are taken.')
    wanted = question.config.get("place")
    if places and wanted == "none":
        raise value_error(question, f'the field "{name}" has a place, but this question takes none (place).')
    if not places and wanted == "needed" and given.value is not None:
        raise value_error(question, f'the field "{name}" has no place; mark the words that say it.')
    if places:
        entry["places"] = _placed(question, given, document)
    if given.score is not None:
        if not 0 <= given.score <= 1:
            raise value_error(question, f'the field "{name}": the score {given.score} is not between 0 and 1.')
        entry["score"] = given.score
    return entry


def _placed(question: Question, given: FieldValue, document: dict[str, Any] | None) -> list[Entry]:
    """The places, each on its page, in the order given; equal ones once."""
    found: list[Entry] = []
    for place in given.places:
        size = check_page(question, place.page, document)
        rect = on_page(question, (place.x, place.y, place.w, place.h), size, place.page)
        one = {"page": place.page, **dict(zip("xywh", rect, strict=True))}
        if one not in found:
            found.append(one)
    return found


def _typed(question: Question, part: Entry, value: float | int | str) -> float | int | str:
    """The value in the form of the field's type. Raises InvalidValue with what would fit."""
    name, kind = part["name"], part["type"]
    if kind in ("number", "amount"):
        return _number(question, part, value)
    if not isinstance(value, str):
        if kind == "date":
            raise value_error(question, f'the field "{name}": {value!r} is no date; write it as 2014-05-07.')
        value = f"{value:g}" if isinstance(value, float) else str(value)
    words = value.strip() if kind != "text" else value
    if kind == "date":
        day = read_date(words, question.config.get("dates", "dmy"))
        if day is None:
            raise value_error(question, f'the field "{name}": {value!r:.80} is no date; write it as 2014-05-07.')
        return day
    if kind == "choice":
        check_label(question, label_set(_form.as_choice(question, part)), words)
        return words
    if not words.strip() or len(words) > MAX_TEXT:
        raise value_error(question, f'the field "{name}" needs 1 to {MAX_TEXT:,} characters; give null for nothing.')
    return words


def _number(question: Question, part: Entry, value: float | int | str) -> float | int:
    name = part["name"]
    if isinstance(value, str):
        found = read_number(value, question.config.get("decimal", "auto"), amount=part["type"] == "amount")
        if found is None:
            raise value_error(question, f'the field "{name}": {value!r:.80} is no number; write it as 1234.56.')
        value = found
    if not isfinite(value) or abs(value) > 1e15:
        raise value_error(question, f'the field "{name}": {value} is not finite or beyond 1e15.')
    return int(value) if float(value).is_integer() else float(value)


def _said(form: dict[str, Entry], name: str) -> bool:
    return name in form and form[name]["value"] is not None


def _same(part: Entry, a: Entry | None, b: Entry | None) -> bool:
    x, y = (a or {}).get("value"), (b or {}).get("value")
    if x is None or y is None:
        return x is y
    if part["type"] in ("number", "amount"):
        return abs(x - y) <= _form.tolerance(part) + 1e-12 * max(abs(x), abs(y))
    return _plain(part, x) == _plain(part, y)


def _plain(part: Entry, value: str) -> str:
    return " ".join(value.split()).casefold() if part["type"] == "text" else value


def _elected(part: Entry, entries: list[Entry | None]) -> Entry | None:
    """The entry that stands for all of these; None where most have none."""
    there = sorted((e for e in entries if e is not None and e["value"] is not None), key=_order)
    groups: list[list[Entry]] = []
    for entry in there:
        home = next((g for g in groups if _same(part, g[0], entry)), None)
        groups.append([entry]) if home is None else home.append(entry)
    best = max(groups, key=len, default=[])
    if len(entries) - len(there) > len(best):
        return {"value": None} if any(entry is not None for entry in entries if entry not in there) else None
    values = [e["value"] for e in best]
    middle = values[(len(values) - 1) // 2] if part["type"] in ("number", "amount") else _most(values)
    entry: Entry = {"value": middle}
    for name in ("text", "places"):
        said = [e[name] for e in best if name in e]
        if said:
            entry[name] = _most(said)
    return entry


def _order(entry: Entry) -> tuple[float, str]:
    value = entry["value"]
    return float(value) if isinstance(value, int | float) else 0.0, json.dumps(entry, sort_keys=True)


def _most(values: list[Any]) -> Any:
    """The most frequent; of equals the first by its writing."""
    keys = Counter(json.dumps(v, sort_keys=True) for v in values)
    return json.loads(min(keys, key=lambda k: (-keys[k], k)))


PLUGIN = Fields()

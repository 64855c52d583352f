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
from typing import Any, cast

import msgspec

from milo.builtin.tasks import _form
from milo.builtin.tasks._config import fitting_field, kept_or_none, known_keys, value_error
from milo.builtin.tasks._entries import ABOUT_PLACES, PLACED, Entry, check_entry, elected, read_entry, same
from milo.builtin.tasks._labels import instruction
from milo.builtin.tasks._paged import document_of
from milo.builtin.tasks._regions import from_cell
from milo.domain.errors import InvalidValue
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import FieldValue
from milo.kinds.task_type import Brief, Path, Read


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
                found[name] = check_entry(question, part, _where(name), entry, document)
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
        return sum(same(parts[name], a.get(name), b.get(name)) for name in names) / len(names)

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The fields of `a` that have the same value in `b`."""
        parts = _form.parts_of(question)
        return [(name,) for name in a if same(parts[name], a[name], b.get(name))]

    def brief(self, question: Question) -> Brief:
        """An object with an entry for each field."""
        parts = _form.parts_of(question)
        what = f"{_form.ASKED} {ABOUT_PLACES}\n{_form.described(question, parts)}"
        return Brief(instruction(question, what), _form.schema(question, parts, PLACED))

    def model_brief(self, question: Question) -> Brief:
        """The same without places: models read words better than they measure."""
        parts = _form.parts_of(question)
        what = f"{_form.ASKED}\n{_form.described(question, parts)}"
        return Brief(instruction(question, what), _form.schema(question, parts, {}))

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The form; at the last attempt without the fields that mean nothing, unless they are required."""
        left_out: list[str] = []
        kept = dict(cast("dict[str, Any]", answer))
        parts = _form.parts_of(question)
        for name in list(kept) if last else []:
            try:
                check_entry(question, parts[name], _where(name), read_entry(question, _where(name), kept[name]), None)
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
        merged = {name: elected(_form.parts_of(question)[name], [v.get(name) for v in values]) for name in named}
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


def _entries(question: Question, value: Any) -> dict[str, FieldValue]:
    if not isinstance(value, dict):
        raise value_error(question, f"expected an object {{field: {{value, text, places}}}}, got {value!r:.80}.")
    return {str(name): read_entry(question, _where(str(name)), entry) for name, entry in cast("dict[Any, Any]", value).items()}


def _where(name: str) -> str:
    return f'the field "{name}"'


def _said(form: dict[str, Entry], name: str) -> bool:
    return name in form and form[name]["value"] is not None


PLUGIN = Fields()

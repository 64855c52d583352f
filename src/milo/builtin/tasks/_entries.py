"""Typed values read from documents, each with the words as written and the places where they stand: how one is read, checked,
compared with another, and elected among several.

Stands alone because the fields of a form and the cells of a table are entries of one kind. An entry is {value, text?, places?,
score?}; what types there are is said in `_form`. `where` says in errors which entry is meant.
"""

from __future__ import annotations

import json
from collections import Counter
from math import isfinite
from typing import Any, cast

from milo.builtin.tasks import _form
from milo.builtin.tasks._config import read, value_error
from milo.builtin.tasks._labels import check_label, label_set
from milo.builtin.tasks._paged import check_page, on_page
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.domain.shapes import FieldValue
from milo.domain.typed import read_date, read_number

MAX_TEXT = 20_000
MAX_PLACES = 200
Entry = dict[str, Any]
_PLACE = {
    "type": "object",
    "properties": {"page": {"type": "integer", "minimum": 0}} | {k: {"type": "number"} for k in "xywh"},
    "required": ["page", *"xywh"],
    "additionalProperties": False,
}
PLACED: dict[str, Any] = {
    "places": {"type": "array", "items": _PLACE, "maxItems": MAX_PLACES},
    "score": {"type": "number", "minimum": 0, "maximum": 1},
}
"""JSON schemas of what an entry has besides its value and words."""
ABOUT_PLACES = "Places are in points from the top left corner of the page, pages counted from 0."


def read_entry(question: Question, where: str, entry: Any) -> FieldValue:
    """An entry as it was given; a bare value stands for one without words and place. `where` names it in errors."""
    full = entry if isinstance(entry, dict) else {"value": entry}
    if isinstance(cast("dict[str, Any]", full).get("value"), bool):
        raise value_error(question, f"{where}: true and false are no values; use a choice with labels.")
    return read(question, full, FieldValue, f"{where} as {{value, text, places}}")


def check_entry(question: Question, part: Entry, where: str, given: FieldValue, document: dict[str, Any] | None) -> Entry:
    """The entry, typed, its places held against the document. Raises InvalidValue."""
    entry: Entry = {"value": None if given.value is None else _typed(question, part, where, given.value)}
    if given.text is not None and given.value is not None:
        if len(given.text) > MAX_TEXT:
            raise value_error(question, f"{where} has {len(given.text):,} characters; at most {MAX_TEXT:,} are taken.")
        entry["text"] = given.text
    places = given.places if given.value is not None else []
    if len(places) > MAX_PLACES:
        raise value_error(question, f"{where} has {len(places):,} places; at most {MAX_PLACES} are taken.")
    wanted = question.config.get("place")
    if places and wanted == "none":
        raise value_error(question, f"{where} has a place, but this question takes none (place).")
    if not places and wanted == "needed" and given.value is not None:
        raise value_error(question, f"{where} has no place; mark the words that say it.")
    if places:
        entry["places"] = _placed(question, given, document)
    if given.score is not None:
        if not 0 <= given.score <= 1:
            raise value_error(question, f"{where}: the score {given.score} is not between 0 and 1.")
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


def _typed(question: Question, part: Entry, where: str, value: float | int | str) -> float | int | str:
    """The value in the form of the field's type. Raises InvalidValue with what would fit."""
    kind = part["type"]
    if kind in ("number", "amount"):
        return _number(question, part, where, value)
    if not isinstance(value, str):
        if kind == "date":
            raise value_error(question, f"{where}: {value!r} is no date; write it as 2014-05-07.")
        value = f"{value:g}" if isinstance(value, float) else str(value)
    words = value.strip() if kind != "text" else value
    if kind == "date":
        day = read_date(words, question.config.get("dates", "dmy"))
        if day is None:
            raise value_error(question, f"{where}: {value!r:.80} is no date; write it as 2014-05-07.")
        return day
    if kind == "choice":
        return _label(question, part, where, words)
    if not words.strip() or len(words) > MAX_TEXT:
        raise value_error(question, f"{where} needs 1 to {MAX_TEXT:,} characters; give null for nothing.")
    return words


def _label(question: Question, part: Entry, where: str, words: str) -> str:
    try:
        return check_label(question, label_set(_form.as_choice(question, part)), words)
    except InvalidValue as error:
        words = error.message.removeprefix(f'Question "{question.name}": ')
        raise value_error(question, f"{where}: {words}") from None


def _number(question: Question, part: Entry, where: str, value: float | int | str) -> float | int:
    if isinstance(value, str):
        found = read_number(value, question.config.get("decimal", "auto"), amount=part["type"] == "amount")
        if found is None:
            raise value_error(question, f"{where}: {value!r:.80} is no number; write it as 1234.56.")
        value = found
    if not isfinite(value) or abs(value) > 1e15:
        raise value_error(question, f"{where}: {value} is not finite or beyond 1e15.")
    return int(value) if float(value).is_integer() else float(value)


def same(part: Entry, a: Entry | None, b: Entry | None) -> bool:
    """Whether two entries have one value; none said and none at all are one."""
    x, y = (a or {}).get("value"), (b or {}).get("value")
    if x is None or y is None:
        return x is y
    if part["type"] in ("number", "amount"):
        return abs(x - y) <= _form.tolerance(part) + 1e-12 * max(abs(x), abs(y))
    return plain(part, x) == plain(part, y)


def plain(part: Entry, value: str) -> str:
    """A value that is no number, without what does not count."""
    return " ".join(value.split()).casefold() if part["type"] == "text" else value


def elected(part: Entry, entries: list[Entry | None]) -> Entry | None:
    """The entry that stands for all of these; None where most have none."""
    there = sorted((e for e in entries if e is not None and e["value"] is not None), key=_order)
    groups: list[list[Entry]] = []
    for entry in there:
        home = next((g for g in groups if same(part, g[0], entry)), None)
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

"""The fields of a form, or the columns of a table: their settings, checked and completed, and how models are told of them.

Stands alone because these settings are written by people, and are read by checking, comparing and prompting alike. The setting
that lists them is `fields` in a form and `columns` in a table.
"""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error
from milo.builtin.tasks._labels import describe_labels, label_set, normalise_labels
from milo.domain.errors import InvalidConfig
from milo.domain.question import NAME_PATTERN, Question
from milo.domain.typed import DECIMALS, ORDERS

TYPES = ("text", "number", "date", "amount", "choice")
PLACES = ("optional", "needed", "none")
MAX_FIELDS = 100
ASKED = (
    "Answer with one object that has an entry for each field: `value` is the value in the type given, `text` the exact "
    "words of the document that say it. If the document does not say a field, its value is null. Dates as YYYY-MM-DD; "
    "numbers and amounts as plain numbers with a point, without currency or unit. Fields:"
)
_AMOUNT_TOLERANCE = 0.005
_LONGEST = 500
Part = dict[str, Any]


class _Given(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    title: str | None = None
    type: str = "text"
    required: bool = False
    labels: list[Any] | None = None
    help: str | None = None
    key: str | None = None
    tolerance: float | None = None


def checked(question: Question, key: str = "fields") -> dict[str, Any]:
    """The settings of a form, or with `key` "columns" of a table, completed. Raises InvalidConfig."""
    raw = question.config.get(key)
    if not isinstance(raw, list) or not 1 <= len(cast("list[Any]", raw)) <= MAX_FIELDS:
        example = f"{key}: [{{name: total, type: amount}}, {{name: date, type: date}}]"
        raise config_error(question, key, f"it needs 1 to {MAX_FIELDS} {key}, for example {example}.")
    parts = [_part(question, entry, key, i) for i, entry in enumerate(cast("list[Any]", raw))]
    names = [part["name"] for part in parts]
    if len(set(names)) < len(names):
        raise config_error(question, key, f"two {key} have one name; each needs its own: {', '.join(names)}.")
    return {
        key: parts,
        "decimal": _one_of(question, "decimal", DECIMALS),
        "dates": _one_of(question, "dates", ORDERS),
        "place": _one_of(question, "place", PLACES),
    }


def _one_of(question: Question, key: str, known: tuple[str, ...]) -> str:
    value = question.config.get(key, known[0])
    if value not in known:
        raise config_error(question, key, f"{key} is {value!r:.80}; it must be one of {', '.join(known)}.")
    return value


def _part(question: Question, entry: Any, key: str, place: int) -> Part:
    where, kind = f"{key}[{place}]", key.removesuffix("s")
    try:
        given = msgspec.convert({"name": entry} if isinstance(entry, str) else entry, _Given)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise config_error(question, where, f"{kind} {place + 1} is malformed: {error}.") from None
    if not re.match(NAME_PATTERN, given.name):
        raise config_error(
            question, where, f"the name {given.name!r:.80} must be a letter, then up to 63 letters, digits, - or _."
        )
    if given.type not in TYPES:
        raise config_error(
            question, where, f'{kind} "{given.name}": the type {given.type!r:.40} is none of {", ".join(TYPES)}.'
        )
    if given.tolerance is not None and (given.type not in ("number", "amount") or not 0 <= given.tolerance <= 1e12):
        raise config_error(
            question, where, f'{kind} "{given.name}": a tolerance is a number from 0, for numbers and amounts only.'
        )
    part = cast("Part", msgspec.to_builtins(given))
    part["type"] = given.type
    if given.type == "choice":
        part["labels"] = _labels(question, part, where)
    elif given.labels is not None:
        raise config_error(question, where, f'{kind} "{given.name}" has labels, but is no choice; give it type: choice.')
    if any(len(part.get(k) or "") > _LONGEST for k in ("title", "help", "key")):
        raise config_error(question, where, f'{kind} "{given.name}": title, help and key have at most {_LONGEST} characters.')
    return part


def _labels(question: Question, part: Part, where: str) -> list[Any]:
    try:
        return normalise_labels(as_choice(question, part))
    except InvalidConfig as error:
        raise InvalidConfig(error.message, place=f"questions.{question.name}.config.{where}.labels") from None


def parts_of(question: Question, key: str = "fields") -> dict[str, Part]:
    """The fields, or columns, by name, in order."""
    return {part["name"]: part for part in cast("list[Part]", question.config.get(key) or [])}


def as_choice(question: Question, part: Part) -> Question:
    """A field that is a choice, as the question it would be by itself."""
    return msgspec.structs.replace(question, config={"labels": part.get("labels")})


def tolerance(part: Part) -> float:
    """How far apart two numbers may be and still be the same."""
    given = part.get("tolerance")
    return given if given is not None else _AMOUNT_TOLERANCE if part["type"] == "amount" else 0.0


def schema(question: Question, parts: dict[str, Part], more: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a form, or of a row; `more` are further properties of each entry."""
    entries: dict[str, Any] = {}
    for name, part in parts.items():
        entries[name] = {
            "type": "object",
            "properties": {"value": value_schema(question, part), "text": {"type": "string"}, **more},
            "required": ["value"],
            "additionalProperties": False,
        }
    return of_entries(parts, entries)


def of_entries(parts: dict[str, Part], entries: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object with these entries, of which those that are required must be there."""
    needed = [name for name, part in parts.items() if part.get("required")]
    return {"type": "object", "properties": entries, "required": needed, "additionalProperties": False}


def value_schema(question: Question, part: Part) -> dict[str, Any]:
    """The JSON schema of one value; null is always taken."""
    if part["type"] in ("number", "amount"):
        return {"type": ["number", "null"]}
    if part["type"] == "choice":
        return {"anyOf": [{"type": "string", "enum": list(label_set(as_choice(question, part)).order)}, {"type": "null"}]}
    return {"type": ["string", "null"]}


def described(question: Question, parts: dict[str, Part]) -> str:
    """The fields or columns in words, one a line."""
    lines: list[str] = []
    for name, part in parts.items():
        about = " - ".join(str(part[k]) for k in ("title", "help") if part.get(k))
        lines.append(
            f"- {name} ({part['type']}{', required' if part.get('required') else ''})" + (f": {about}" if about else "")
        )
        if part["type"] == "choice":
            lines.append("  " + describe_labels(as_choice(question, part)).replace("\n", "\n  "))
    return "\n".join(lines)

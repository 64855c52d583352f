"""Reading JSON out of what a model wrote, and holding it against a schema. Pure; predictors and judges share it.

Stands alone because servers ignore what they were told: answers come in prose, in code fences, with infinite numbers, of
another schema, or without an end. What cannot be read for certain is refused with words that can be sent back to the model.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, cast

import msgspec

from milo.domain.errors import BadAnswer

LONGEST = 1_000_000
"""Characters of an answer that are looked at; a longer one is refused."""
_STARTS = 100
_FENCE = re.compile(r"```[A-Za-z0-9_-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "integer": (int, float),
    "number": (int, float), "null": (type(None),),
}  # fmt: skip


def read_json(text: str) -> Any:
    """The one JSON value in a text: the text as a whole, a fenced block, or an object or list within prose.

    Raises BadAnswer for none, several different ones, NaN and infinite numbers, and for texts beyond `LONGEST`.
    """
    if len(text) > LONGEST:
        raise BadAnswer(f"The answer has {len(text):,} characters; at most {LONGEST:,} are read.", raw=text[:1000])
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        pass
    if not text.strip():
        raise BadAnswer("The answer is empty; a JSON object was asked for.")
    found = _fenced(text) or _within(text)
    if not found:
        raise BadAnswer("The answer holds no complete JSON; answer with one JSON object and nothing else.", raw=text[:1000])
    if any(one != found[0] for one in found[1:]):
        raise BadAnswer("The answer holds several different JSON values; answer with exactly one.", raw=text[:1000])
    return found[0]


def _fenced(text: str) -> list[Any]:
    found: list[Any] = []
    for block in _FENCE.findall(text)[:_STARTS]:
        try:
            found.append(_strict(block))
        except (ValueError, RecursionError):
            continue
    return found


def _within(text: str) -> list[Any]:
    """Objects in running text, else lists; a list in brackets is more often prose."""
    for sign in "{[":
        found: list[Any] = []
        place, tried = text.find(sign), 0
        while place >= 0 and tried < _STARTS:
            tried += 1
            try:
                value, end = _DECODER.raw_decode(text, place)
                found.append(_finite(value, text))
                place = text.find(sign, end)
            except (ValueError, RecursionError):
                place = text.find(sign, place + 1)
        if found:
            return found
    return []


def _constant(name: str) -> Any:
    raise BadAnswer(f"The answer holds {name}, which is no number; give finite numbers.")


_DECODER = json.JSONDecoder(parse_constant=_constant)


def _strict(text: str) -> Any:
    return _finite(_DECODER.decode(text.strip()), text)


def _finite(value: Any, text: str) -> Any:
    """The value, if every number in it is finite: 1e999 reads as infinity."""
    if isinstance(value, float) and not isfinite(value):
        raise BadAnswer("The answer holds a number beyond all bounds; give finite numbers.", raw=text[:1000])
    if isinstance(value, dict):
        for part in cast("dict[str, Any]", value).values():
            _finite(part, text)
    elif isinstance(value, list):
        for part in cast("list[Any]", value):
            _finite(part, text)
    return cast(Any, value)


def check_schema(schema: dict[str, Any], value: Any, place: str = "the answer") -> None:
    """Raise BadAnswer, naming the place, where a value is not of a schema.

    Knows the keywords that describe answers: type, enum, const, anyOf, properties, required, additionalProperties, items,
    minItems, maxItems, uniqueItems, minimum, maximum, minLength, maxLength. Others are passed over.
    """
    if "anyOf" in schema:
        _any_of(schema["anyOf"], value, place)
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        names = ", ".join(json.dumps(v, ensure_ascii=False) for v in schema["enum"][:20])
        raise _bad(place, f"{_shown(value)} is not one of {names}{', ...' if len(schema['enum']) > 20 else ''}")
    if "const" in schema and not _same(value, schema["const"]):
        raise _bad(place, f"{_shown(value)} is not {_shown(schema['const'])}")
    wanted = schema.get("type")
    if wanted is not None:
        kinds = [wanted] if isinstance(wanted, str) else cast("list[str]", wanted)
        if not any(_is(kind, value) for kind in kinds):
            raise _bad(place, f"{_shown(value)} is not of type {' or '.join(kinds)}")
    if isinstance(value, dict):
        _check_object(schema, cast("dict[str, Any]", value), place)
    elif isinstance(value, list):
        _check_list(schema, cast("list[Any]", value), place)
    elif isinstance(value, str):
        _check_bounds(schema, len(value), "minLength", "maxLength", place, "characters")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_bounds(schema, value, "minimum", "maximum", place, "")


def _any_of(choices: list[dict[str, Any]], value: Any, place: str) -> None:
    problems: list[str] = []
    for one in choices:
        try:
            check_schema(one, value, place)
        except BadAnswer as error:
            problems.append(error.message)
        else:
            return
    raise BadAnswer(" Or: ".join(problems[:3]))


def _is(kind: str, value: Any) -> bool:
    if not isinstance(value, _TYPES[kind]):
        return False
    if kind in ("integer", "number") and isinstance(value, bool):
        return False
    return kind != "integer" or isinstance(value, int) or (isfinite(value) and value.is_integer())


def _same(a: Any, b: Any) -> bool:
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _check_object(schema: dict[str, Any], value: dict[str, Any], place: str) -> None:
    properties = cast("dict[str, Any]", schema.get("properties") or {})
    for name in schema.get("required", ()):
        if name not in value:
            raise _bad(place, f'"{name}" is missing')
    more = schema.get("additionalProperties", True)
    for name, part in value.items():
        if name in properties:
            check_schema(properties[name], part, f'"{name}"' if place == "the answer" else f"{place}.{name}")
        elif more is False:
            raise _bad(place, f'"{name[:60]}" is not asked for')
        elif isinstance(more, dict):
            check_schema(cast("dict[str, Any]", more), part, f"{place}.{name}")


def _check_list(schema: dict[str, Any], value: list[Any], place: str) -> None:
    _check_bounds(schema, len(value), "minItems", "maxItems", place, "entries")
    if isinstance(schema.get("items"), dict):
        for number, part in enumerate(value):
            check_schema(schema["items"], part, f"{place}[{number}]")
    if schema.get("uniqueItems") and len({msgspec.json.encode(one, order="sorted") for one in value}) < len(value):
        raise _bad(place, "an entry stands there twice")


def _check_bounds(schema: dict[str, Any], size: float, low: str, high: str, place: str, unit: str) -> None:
    least, most = schema.get(low), schema.get(high)
    if (least is not None and size < least) or (most is not None and size > most):
        bounds = " and ".join(f"{w} {b}" for w, b in (("at least", least), ("at most", most)) if b is not None)
        raise _bad(place, f"{size} {unit}".rstrip() + f"; allowed are {bounds}")


def _bad(place: str, what: str) -> BadAnswer:
    return BadAnswer(f"{place}: {what}.")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:80] + "..."

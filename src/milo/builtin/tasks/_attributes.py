"""Attributes: questions asked again about each thing that is marked, with the same kinds of question as elsewhere.

Stands alone because whatever is marked on an image may have them. The setting `attributes` is a list of questions {name, type,
title, help, config, required, only}: `type` is one of those below, `only` names the labels they are asked of (none named:
all). The answers of one thing are an object {name: value} in the order of the setting; what was not answered is left out.
"""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, value_error
from milo.builtin.tasks.choice import PLUGIN as CHOICE
from milo.builtin.tasks.choices import PLUGIN as CHOICES
from milo.builtin.tasks.rating import PLUGIN as RATING
from milo.builtin.tasks.text import PLUGIN as TEXT
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import NAME_PATTERN, Question
from milo.kinds.task_type import TaskType

MAX_ATTRIBUTES = 50
_KINDS: dict[str, TaskType] = {plugin.name: plugin for plugin in (CHOICE, CHOICES, RATING, TEXT)}


class _Attribute(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    type: str = CHOICE.name
    title: str | None = None
    help: str | None = None
    config: dict[str, Any] = {}
    required: bool = False
    only: list[str] = []


def read_attributes(question: Question, labels: list[dict[str, Any]], setting: str = "attributes") -> list[dict[str, Any]]:
    """The `attributes` setting (or one of that form), each completed by its own defaults. Raises InvalidConfig."""
    given = question.config.get(setting, [])
    if not isinstance(given, list) or len(cast("list[Any]", given)) > MAX_ATTRIBUTES:
        raise config_error(question, setting, f"{setting} must be a list of at most {MAX_ATTRIBUTES} questions.")
    known = {label["value"] for label in labels}
    found = [_read_one(question, entry, f"{setting}[{n}]", n, known) for n, entry in enumerate(cast("list[Any]", given))]
    names = [one["name"] for one in found]
    if len(set(names)) < len(names):
        raise config_error(question, setting, f"two attributes have one name; each needs its own: {', '.join(names)}.")
    return found


def _read_one(question: Question, entry: Any, where: str, place: int, labels: set[str]) -> dict[str, Any]:
    try:
        one = msgspec.convert(entry, _Attribute)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise config_error(question, where, f"attribute {place + 1} is malformed: {error}.") from None
    if not re.match(NAME_PATTERN, one.name):
        raise config_error(
            question, where, f"the name {one.name!r:.80} of attribute {place + 1} does not match {NAME_PATTERN}."
        )
    if one.type not in _KINDS:
        raise config_error(
            question, where, f'attribute "{one.name}": {one.type!r:.40} is none of the kinds {", ".join(_KINDS)}.'
        )
    strange = [label for label in one.only if label not in labels]
    if strange:
        raise config_error(question, where, f'attribute "{one.name}" is asked on "{strange[0]:.80}", which is no label.')
    try:
        one.config = _KINDS[one.type].check_config(Question(one.name, one.type, config=one.config), ()).config
    except InvalidConfig as error:
        raise config_error(question, where, f'attribute "{one.name}": {error.message}') from None
    return cast("dict[str, Any]", msgspec.to_builtins(one))


def _asked(question: Question, label: str) -> list[tuple[Question, TaskType, bool]]:
    """What is asked of things of a label: (question, its kind, whether an answer is needed)."""
    return [
        (
            Question(one["name"], one.get("type", CHOICE.name), one.get("title"), one.get("help"), one["config"]),
            kind,
            bool(one.get("required")),
        )
        for one in cast("list[dict[str, Any]]", question.config.get("attributes") or [])
        if (kind := _KINDS[one.get("type", CHOICE.name)]) and (not one.get("only") or label in one["only"])
    ]


def check_attributes(question: Question, label: str, given: dict[str, Any]) -> dict[str, Any]:
    """The answers about one thing in canonical form. Raises InvalidValue."""
    asked = _asked(question, label)
    if not asked and not given:
        return given
    names = [one.name for one, _, _ in asked]
    strange = [name for name in given if name not in names]
    if strange:
        known = f"Attributes: {', '.join(names)}." if names else "It has none."
        raise value_error(question, f'"{label}" has no attribute "{strange[0]:.80}". {known}')
    found: dict[str, Any] = {}
    for one, kind, required in asked:
        if given.get(one.name) is not None:
            try:
                found[one.name] = kind.check(one, given[one.name], None)
            except InvalidValue as error:
                raise value_error(question, f'a thing labelled "{label}": {error.message}') from None
        elif required:
            raise value_error(question, f'a thing labelled "{label}" has no answer for "{one.title or one.name}".')
    return found


def attributes_agree(question: Question, label: str, a: dict[str, Any], b: dict[str, Any]) -> float:
    """The mean agreement over the attributes that either has, 0..1; 1 where neither has any."""
    scores = [
        kind.agreement(one, a[one.name], b[one.name]) if one.name in a and one.name in b else 0.0
        for one, kind, _ in _asked(question, label)
        if one.name in a or one.name in b
    ]
    return sum(scores) / len(scores) if scores else 1.0


def merge_attributes(question: Question, label: str, given: list[dict[str, Any]]) -> dict[str, Any]:
    """Each attribute merged as its kind merges, over the answers that have it, if those are at least half or it is required."""
    found: dict[str, Any] = {}
    for one, kind, required in _asked(question, label):
        values = [answers[one.name] for answers in given if one.name in answers]
        if values and (required or 2 * len(values) >= len(given)):
            found[one.name] = kind.merge(one, values)
    return found


def attributes_schema(question: Question) -> dict[str, Any] | None:
    """The JSON schema of a thing's attributes, for models; None if there are none."""
    asked = cast("list[dict[str, Any]]", question.config.get("attributes") or [])
    if not asked:
        return None
    properties = {
        one["name"]: _KINDS[one.get("type", CHOICE.name)].brief(Question(one["name"], "", config=one["config"])).json_schema
        for one in asked
    }
    return {"type": "object", "properties": properties, "required": [], "additionalProperties": False}


def describe_attributes(question: Question) -> str:
    """The attributes in words for a model; empty if there are none."""
    lines: list[str] = []
    for one in cast("list[dict[str, Any]]", question.config.get("attributes") or []):
        brief = _KINDS[one.get("type", CHOICE.name)].brief(
            Question(one["name"], "", one.get("title"), one.get("help"), one["config"])
        )
        only = f" (only of {', '.join(one['only'])})" if one.get("only") else ""
        needed = " It must be given." if one.get("required") else ""
        lines.append(f"Attribute `{one['name']}`{only}: {brief.instruction}{needed}")
    return "\n".join(lines)

"""`rubric_grid`: several criteria, each scored on a scale whose scores are described.

Stands alone because a rubric is one decision in several parts: the value is {criterion: score}, in the order of the criteria.
In a table the main cell is that object as JSON, and each criterion has a column for reading; only the main cell is read back.
"""

from __future__ import annotations

import json
from math import fsum
from statistics import median_low
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, flag, kept_or_none, known_keys, value_error
from milo.builtin.tasks._labels import instruction
from milo.builtin.tasks._regions import from_cell
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.verdict import Criterion, Level
from milo.kinds.task_type import Brief

MAX_CRITERIA = 50
MAX_SCORES = 11
MAX_NAME = 100
LOWEST, HIGHEST = -100, 1000


class _Strict(Criterion, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A criterion that refuses fields it does not know."""


class RubricGrid:
    """A score for each criterion. Agreement is the weighted mean over criteria of 1 - |a - b| / (highest - lowest); a
    criterion that only one of two scored counts as 0."""

    name = "rubric_grid"
    title = "Rubric"
    shape = "scores"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `criteria`: list of {name, title, description, weight (1), levels}, as in a judge's rubric; `levels`: for
        those without; levels are a list of {score, description}, {"min": 1, "max": 5}, or descriptions from 1 up; `partial`
        (false: every criterion needs a score)."""
        known_keys(question, "criteria", "levels", "partial")
        common = _levels(question, "levels", question.config.get("levels", {"min": 1, "max": 5}))
        raw = question.config.get("criteria")
        if not isinstance(raw, list) or not 1 <= len(cast("list[Any]", raw)) <= MAX_CRITERIA:
            raise config_error(
                question, "criteria", f"it needs 1 to {MAX_CRITERIA} criteria, for example criteria: [accuracy, style]."
            )
        criteria = [_criterion(question, entry, i, common) for i, entry in enumerate(cast("list[Any]", raw))]
        names = [one.name for one in criteria]
        if len(set(names)) < len(names):
            raise config_error(question, "criteria", f"two criteria have one name; each needs its own: {', '.join(names)}.")
        config = {"criteria": _plain(criteria), "levels": _plain(common), "partial": flag(question, "partial", False)}
        return msgspec.structs.replace(question, config=config)

    def check(self, question: Question, value: Any, item: Item | None) -> dict[str, int]:
        """The scores, in the order of the criteria; whole floats (4.0) are taken, true and false are not."""
        if not isinstance(value, dict) or not value:
            raise value_error(question, f"expected an object {{criterion: score}}, got {value!r:.80}.")
        given = cast("dict[Any, Any]", value)
        scales = _scales(question)
        unknown = [name for name in given if name not in scales]
        if unknown:
            raise value_error(question, f"there is no criterion {unknown[0]!r:.80}. Criteria: {', '.join(scales)}.")
        missing = [name for name in scales if given.get(name) is None]
        if missing and not question.config.get("partial"):
            raise value_error(question, f'the criterion "{missing[0]}" has no score.')
        scored = {name: _score(question, name, given[name], scales[name]) for name in scales if given.get(name) is not None}
        if not scored:
            raise value_error(question, "no criterion has a score.")
        return scored

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class."""
        if a == b:
            return 1.0
        scales, weights = _scales(question), _weights(question)
        names = [name for name in scales if name in a or name in b]
        total = fsum(weights[name] for name in names)
        near = fsum(weights[name] * _nearness(a.get(name), b.get(name), scales[name]) for name in names)
        return min(1.0, max(0.0, near / total)) if total else 0.0

    def brief(self, question: Question) -> Brief:
        """An object with a score for each criterion."""
        scales = _scales(question)
        partial = bool(question.config.get("partial"))
        schema = {
            "type": "object",
            "properties": {name: {"type": "integer", "enum": scale} for name, scale in scales.items()},
            "required": [] if partial else list(scales),
            "additionalProperties": False,
        }
        lines = "\n".join(_described(one) for one in question.config["criteria"])
        rest = " Leave out a criterion that does not apply." if partial else ""
        return Brief(instruction(question, f"Answer with a score for each criterion.{rest}\n{lines}"), schema)

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The median by criterion (of two middle scores the lower); criteria that at least half of the answers score, or, if
        there is none, those scored most often."""
        if len(values) == 1:
            return values[0]
        given = {name: [v[name] for v in values if name in v] for name in _scales(question)}
        most = max(len(scores) for scores in given.values())
        needed = min(most, len(values) / 2)
        return {name: median_low(scores) for name, scores in given.items() if len(scores) >= needed}

    def summary(self, question: Question, value: Any) -> list[str]:
        """Each criterion with its score: "accuracy: 4"."""
        return [f"{name}: {score}" for name, score in value.items()]

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """The scores as JSON, and one column for each criterion."""
        return {"": json.dumps(value, ensure_ascii=False, separators=(",", ":")), **value}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The scores from the main cell; also takes an object, as columnar formats give it."""
        return from_cell(question, cells, "object")

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The scores if the new rubric has all their criteria and scores, and asks for no more."""
        return kept_or_none(lambda: self.check(new, value, None))


def _criterion(question: Question, entry: Any, place: int, common: list[Level]) -> Criterion:
    where = f"criteria[{place}]"
    given = {"name": entry} if isinstance(entry, str) else entry
    if not isinstance(given, dict):
        raise config_error(question, where, f"criterion {place + 1} must be a name or an object, got {entry!r:.80}.")
    known = cast("dict[str, Any]", given)
    levels = _levels(question, f"{where}.levels", known["levels"]) if known.get("levels") else common
    try:
        one = msgspec.convert({"title": "", **known, "levels": _plain(levels)}, _Strict)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise config_error(question, where, f"criterion {place + 1} is malformed: {error}.") from None
    if not one.name.strip() or len(one.name) > MAX_NAME:
        raise config_error(question, where, f"criterion {place + 1} needs a name of 1 to {MAX_NAME} characters.")
    if not 0 <= one.weight <= 1000:
        raise config_error(question, where, f'criterion "{one.name}": the weight {one.weight} is not from 0 to 1000.')
    return one


def _plain(structs: list[Any]) -> list[dict[str, Any]]:
    return msgspec.json.decode(msgspec.json.encode(structs))


def _levels(question: Question, where: str, given: Any) -> list[Level]:
    try:
        levels = msgspec.convert(_listed(given), list[Level])
    except (msgspec.ValidationError, ValueError, TypeError, KeyError):
        raise config_error(
            question,
            where,
            f'{given!r:.80} is no scale; use {{"min": 1, "max": 5}}, descriptions, or a list of {{score, description}}.',
        ) from None
    scores = [level.score for level in levels]
    ascending = scores == sorted(set(scores)) and all(LOWEST <= score <= HIGHEST for score in scores)
    if not 2 <= len(scores) <= MAX_SCORES or not ascending:
        raise config_error(
            question, where, f"a scale has 2 to {MAX_SCORES} ascending scores from {LOWEST} to {HIGHEST}; got {scores!r:.80}."
        )
    return levels


def _listed(given: Any) -> list[Any]:
    if isinstance(given, dict):
        known = cast("dict[str, Any]", given)
        low, high = msgspec.convert(known["min"], int), msgspec.convert(known["max"], int)
        if set(known) != {"min", "max"} or high - low >= MAX_SCORES:
            raise ValueError(given)
        return [{"score": score, "description": ""} for score in range(low, high + 1)]
    entries = cast("list[Any]", given) if isinstance(given, list) else []
    if entries and all(isinstance(words, str) for words in entries):
        return [{"score": score, "description": words} for score, words in enumerate(entries, 1)]
    return [{"description": "", **entry} if isinstance(entry, dict) else entry for entry in entries]


def _scales(question: Question) -> dict[str, list[int]]:
    """Scores by criterion, ascending."""
    criteria = cast("list[dict[str, Any]]", question.config.get("criteria") or [])
    return {one["name"]: [level["score"] for level in one["levels"]] for one in criteria}


def _weights(question: Question) -> dict[str, float]:
    return {one["name"]: float(one.get("weight", 1.0)) for one in question.config["criteria"]}


def _score(question: Question, name: str, value: Any, scale: list[int]) -> int:
    whole_float = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (isinstance(value, int) or whole_float) or value not in scale:
        raise value_error(question, f'"{name}": {value!r:.80} is no score; use one of {", ".join(map(str, scale))}.')
    return int(value)


def _nearness(a: int | None, b: int | None, scale: list[int]) -> float:
    return 0.0 if a is None or b is None else 1.0 - abs(a - b) / (scale[-1] - scale[0])


def _described(criterion: dict[str, Any]) -> str:
    about = " - ".join(str(criterion[k]) for k in ("title", "description") if criterion.get(k))
    lines = [f"- {criterion['name']}" + (f": {about}" if about else "")]
    for level in criterion["levels"]:
        lines.append(f"  - {level['score']}" + (f": {level['description']}" if level.get("description") else ""))
    return "\n".join(lines)


PLUGIN = RubricGrid()

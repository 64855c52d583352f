"""`turn_labels`: labels or a rating on single turns of a conversation, and on the calls of tools and results inside them.

Stands alone because a turn is neither a span nor an item: the value is a list of {turn, label} or {turn, rating}, `turn` being
its place in the conversation, from 0, and `step`, where there is one, the place of a call or a result within the turn, from 0
(how they are counted: `_turns`); sorted, without repeats. In a table: the list as JSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import fsum
from statistics import median_low
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, fitting_field, flag, kept_or_none, known_keys, read, value_error, whole
from milo.builtin.tasks._labels import check_label, describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._regions import f1, from_cell, to_cell
from milo.builtin.tasks._turns import WORDS, Place, places
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import TurnMark
from milo.kinds.task_type import Brief

MAX_TURNS = 100_000
MAX_STEPS = 11
_STEPS = (
    "Inside a turn, calls of tools and their results are steps, counted from 0: first those among the parts of its content, "
    "then its tool_calls. Mark each of them by `step`; leave `step` out for the words of the turn, and for turns by a tool."
)


class TurnLabels:
    """Marks on turns. Agreement of labels is F1 over (turn, step, label); of ratings the mean nearness over what was rated."""

    name = "turn_labels"
    title = "Labels on turns"
    shape = "turn_marks"
    field_kinds: tuple[str, ...] = ("chat",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, or `min` and `max` of a rating; `multiple` (false: one label a turn), `roles` ([assistant]: whose
        turns are marked; [] means all), `steps` (false; true: calls of tools in these turns are marked too, and all results),
        `every` (true: each of them needs a mark). Fills in `field`."""
        known_keys(question, "labels", "min", "max", "multiple", "roles", "every", "steps")
        field = fitting_field(question, fields, self.field_kinds)
        roles = question.config.get("roles", ["assistant"])
        if not isinstance(roles, list) or not all(isinstance(r, str) and r for r in cast("list[Any]", roles)):
            raise config_error(question, "roles", f"roles is {roles!r:.80}; it must be a list such as [assistant].")
        config: dict[str, Any] = {"roles": roles, "every": flag(question, "every", True)}
        config |= {"steps": True} if flag(question, "steps", False) else {}
        if question.config.get("labels") is None:
            low = whole(question, "min", 1, -1000, 1000)
            config |= {"min": low, "max": whole(question, "max", low + 4, low + 1, low + MAX_STEPS - 1)}
        elif "min" in question.config or "max" in question.config:
            raise config_error(question, "labels", "turns get labels or a rating (min, max), not both.")
        else:
            config |= {"labels": normalise_labels(question), "multiple": flag(question, "multiple", False)}
        return msgspec.structs.replace(question, config=config, field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> list[dict[str, Any]]:
        """The marks in order, held against the conversation if there is an item."""
        marks = _read(question, value)
        for mark in marks:
            _check_mark(question, mark)
        unique = sorted({(_place(m), _rank(question, m)): m for m in marks}.items(), key=lambda pair: pair[0])
        sorted_marks = [mark for _, mark in unique]
        _check_single(question, sorted_marks)
        turns = _turns_of(question, item)
        if turns is not None:
            _check_places(question, sorted_marks, turns)
        return [cast("dict[str, Any]", msgspec.to_builtins(mark)) for mark in sorted_marks]

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class; two empty answers agree."""
        if a == b:
            return 1.0
        if _rated(question):
            return _rating_agreement(question, a, b)
        ours, theirs = _pairs(a), _pairs(b)
        return f1(len(ours & theirs), len(ours), len(theirs))

    def brief(self, question: Question) -> Brief:
        """A list of marks."""
        what: dict[str, Any] = {"turn": {"type": "integer", "minimum": 0}}
        if _rated(question):
            low, high = _range(question)
            what["rating"] = {"type": "integer", "minimum": low, "maximum": high}
            words = f"a rating from {low} to {high}"
        else:
            what["label"] = {"type": "string", "enum": list(label_set(question).order)}
            words = f"one of these labels:\n{describe_labels(question)}"
        required = list(what)
        steps = bool(question.config.get("steps"))
        if steps:
            what["step"] = {"type": "integer", "minimum": 0}
        mark = {"type": "object", "properties": what, "required": required, "additionalProperties": False}
        roles = question.config.get("roles") or []
        who = f"turns by {' or '.join(roles)}" if roles else "turns"
        several = "; a turn may have several" if question.config.get("multiple") else ""
        how = "Mark every one of them." if question.config.get("every", True) else "Mark only where it applies."
        text = f'Turns of "{question.field}" are counted from 0. Mark {who}{several}. {how} Each mark has {words}'
        if steps:
            text += f"\n{_STEPS}"
        return Brief(instruction(question, text), {"type": "array", "items": mark})

    def merge(self, question: Question, values: list[Any]) -> Any:
        """Labels that at least half of the answers give a turn (where a turn has one: the most frequent); the median rating of
        each turn that at least half rated."""
        if len(values) == 1:
            return values[0]
        found: dict[Place, list[dict[str, Any]]] = {}
        for mark in (mark for value in values for mark in value):
            found.setdefault(_where(mark), []).append(mark)
        return [mark for place in sorted(found) for mark in self._merged(question, place, found[place], len(values))]

    def _merged(self, question: Question, place: Place, marks: list[dict[str, Any]], n: int) -> list[dict[str, Any]]:
        turn = {"turn": place[0]} | ({} if place[1] == WORDS else {"step": place[1]})
        every = question.config.get("every", True)
        if _rated(question):
            enough = every or 2 * len(marks) >= n
            return [turn | {"rating": median_low(m["rating"] for m in marks)}] if enough else []
        votes = Counter(mark["label"] for mark in marks)
        ranked = sorted(votes, key=lambda label: (-votes[label], label_set(question).rank(label)))
        if not question.config.get("multiple"):
            enough = every or 2 * votes[ranked[0]] >= n
            return [turn | {"label": ranked[0]}] if enough else []
        kept = [label for label in ranked if 2 * votes[label] >= n] or (ranked[:1] if every else [])
        return [turn | {"label": label} for label in sorted(kept, key=label_set(question).rank)]

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels or ratings."""
        if _rated(question):
            return [str(rating) for rating in sorted({mark["rating"] for mark in value})]
        return sorted({mark["label"] for mark in value})

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell of JSON."""
        return to_cell(value)

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The list from its cell."""
        return from_cell(question, cells)

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The marks if they all fit and the question still looks at the same field."""
        if old.field != new.field:
            return None
        return kept_or_none(lambda: self.check(new, value, None))


def _rated(question: Question) -> bool:
    return not question.config.get("labels")


def _range(question: Question) -> tuple[int, int]:
    low = int(question.config.get("min", 1))
    return low, int(question.config.get("max", low + 4))


def _read(question: Question, value: Any) -> list[TurnMark]:
    marks = read(question, value, list[TurnMark], "a list of {turn, label} or {turn, rating}")
    if len(marks) > MAX_TURNS:
        raise value_error(question, f"{len(marks):,} marks; at most {MAX_TURNS:,} are allowed.")
    return marks


def _check_mark(question: Question, mark: TurnMark) -> None:
    if not 0 <= mark.turn < MAX_TURNS:
        raise value_error(question, f"there is no turn {mark.turn}; turns count from 0.")
    if mark.step is not None and (not question.config.get("steps") or not 0 <= mark.step < MAX_TURNS):
        raise value_error(
            question, f"turn {mark.turn} has a mark on step {mark.step}; steps count from 0, and need the setting steps."
        )
    if not _rated(question):
        if mark.rating is not None:
            raise value_error(question, f"turn {mark.turn} has a rating; this question asks for labels.")
        check_label(question, label_set(question), mark.label)
        return
    low, high = _range(question)
    if mark.label is not None or mark.rating is None or not low <= mark.rating <= high:
        raise value_error(question, f"turn {mark.turn}: {mark.rating!r} is no rating from {low} to {high}.")


def _rank(question: Question, mark: TurnMark) -> tuple[int, str]:
    return label_set(question).rank(mark.label) if mark.label is not None else (mark.rating or 0, "")


def _check_single(question: Question, marks: list[TurnMark]) -> None:
    if question.config.get("multiple"):
        return
    twice = [place for place, n in Counter(_place(mark) for mark in marks).items() if n > 1]
    if twice:
        raise value_error(question, f"{_named(twice[0])} has several marks; give one (multiple is not set).")


def _turns_of(question: Question, item: Item | None) -> list[Any] | None:
    if item is None or question.field is None:
        return None
    turns = item.data.get(question.field)
    if not isinstance(turns, list):
        raise value_error(question, f'the item has no conversation in the field "{question.field}".')
    return cast("list[Any]", turns)


def _check_places(question: Question, marks: list[TurnMark], turns: list[Any]) -> None:
    roles = cast("list[str]", question.config.get("roles") or [])
    asked = places(turns, roles, bool(question.config.get("steps")))
    for place in map(_place, marks):
        if place not in asked:
            raise value_error(question, f"{_named(place)} {_why_not(place, roles, turns)}; {_counted(turns)}")
    missing = sorted(set(asked) - set(map(_place, marks)))
    if missing and question.config.get("every", True):
        raise value_error(question, f"{_named(missing[0])} has no mark yet.")


def _why_not(place: Place, roles: list[str], turns: list[Any]) -> str:
    if place[0] >= len(turns):
        return "does not exist"
    return f"is not by {' or '.join(roles)}" if place[1] == WORDS else "is not asked about, or does not exist"


def _counted(turns: list[Any]) -> str:
    return f"the conversation has {len(turns)} turns, counted from 0."


def _place(mark: TurnMark) -> Place:
    return mark.turn, WORDS if mark.step is None else mark.step


def _where(mark: dict[str, Any]) -> Place:
    return mark["turn"], mark.get("step", WORDS)


def _named(place: Place) -> str:
    return f"turn {place[0]}" if place[1] == WORDS else f"step {place[1]} of turn {place[0]}"


def _pairs(value: list[dict[str, Any]]) -> set[tuple[Place, str]]:
    return {(_where(mark), mark["label"]) for mark in value}


def _rating_agreement(question: Question, a: Iterable[dict[str, Any]], b: Iterable[dict[str, Any]]) -> float:
    low, high = _range(question)
    ours = {_where(mark): mark["rating"] for mark in a}
    theirs = {_where(mark): mark["rating"] for mark in b}
    turns = sorted(ours.keys() | theirs.keys())
    near = fsum(1 - abs(ours[t] - theirs[t]) / (high - low) for t in turns if t in ours and t in theirs)
    return min(1.0, max(0.0, near / len(turns))) if turns else 1.0


PLUGIN = TurnLabels()

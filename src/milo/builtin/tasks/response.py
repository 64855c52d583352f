"""`response`: prompts and responses that a person writes, in one round or several, in Markdown.

Stands alone because written turns have an order and roles: the value is a list of {role, content}, first the system prompt if
there is one, then whole rounds of the roles asked for. Where only one turn by one role is asked for, a bare text is taken as
well. In a table: the list as JSON; a cell that is no such list is read as the one text.
"""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, flag, kept_or_none, known_keys, read, value_error, whole
from milo.builtin.tasks._distance import similarity
from milo.builtin.tasks._labels import instruction
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import Turn
from milo.kinds.task_type import Brief

MAX_LENGTH = 200_000
MAX_ROUNDS = 50
ROLES = ("user", "assistant")
SYSTEM = ("no", "optional", "required")


class Response:
    """Written turns. Agreement is the token similarity of the whole, roles included."""

    name = "response"
    title = "Written response"
    shape = "turns"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `roles` of a round ([assistant]; [user, assistant] asks for prompt and response), `min_rounds` (1),
        `max_rounds` (1), `system` (no, optional or required: a system prompt in front), `min_length` (1) and `max_length`
        (20,000) of a turn in characters, `preview` (true: Markdown is shown beside what is typed), `placeholder` ("").
        `field` may name the field that is answered."""
        known_keys(
            question, "roles", "min_rounds", "max_rounds", "system", "min_length", "max_length", "preview", "placeholder"
        )
        least = whole(question, "min_rounds", 1, 1, MAX_ROUNDS)
        short = whole(question, "min_length", 1, 1, MAX_LENGTH)
        placeholder = question.config.get("placeholder", "")
        if not isinstance(placeholder, str):
            raise config_error(question, "placeholder", f"placeholder is {placeholder!r:.80}; it must be text.")
        config = {
            "roles": _checked_roles(question),
            "min_rounds": least,
            "max_rounds": whole(question, "max_rounds", max(1, least), least, MAX_ROUNDS),
            "system": _checked_system(question),
            "min_length": short,
            "max_length": whole(question, "max_length", max(20_000, short), short, MAX_LENGTH),
            "preview": flag(question, "preview", True),
            "placeholder": placeholder,
        }
        return msgspec.structs.replace(question, config=config)

    def check(self, question: Question, value: Any, item: Item | None) -> list[dict[str, str]]:
        """The turns; the texts are left as they are."""
        turns = _read(question, value)
        rest = self._without_system(question, turns)
        roles = _roles(question)
        if [turn.role for turn in rest] != roles * (len(rest) // len(roles)):
            raise value_error(
                question, f"the turns go {' > '.join(t.role for t in turns)!s:.120}; asked for: {_asked(question)}."
            )
        rounds, least, most = len(rest) // len(roles), *_rounds(question)
        if not least <= rounds <= most:
            raise value_error(question, f"there are {rounds} rounds; asked for are {least} to {most}.")
        for place, turn in enumerate(turns, 1):
            _check_text(question, turn, place)
        return [{"role": turn.role, "content": turn.content} for turn in turns]

    def _without_system(self, question: Question, turns: list[Turn]) -> list[Turn]:
        rule = question.config.get("system", "no")
        first = bool(turns) and turns[0].role == "system"
        if first and rule == "no":
            raise value_error(question, "a system prompt is not asked for here.")
        if not first and rule == "required":
            raise value_error(question, "the system prompt is missing.")
        return turns[1:] if first else turns

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """Token similarity, 0..1; see `_distance.similarity`."""
        return 1.0 if a == b else similarity(_whole_text(a), _whole_text(b))

    def brief(self, question: Question) -> Brief:
        """A text where one turn is asked for, else the list of turns."""
        limits = {"minLength": question.config.get("min_length", 1), "maxLength": question.config.get("max_length", MAX_LENGTH)}
        content = {"type": "string", **limits}
        if _is_single(question):
            return Brief(instruction(question, "Answer with the text of the response only, in Markdown."), content)
        roles = sorted({*_roles(question), *(["system"] if question.config.get("system", "no") != "no" else [])})
        turn = {
            "type": "object",
            "properties": {"role": {"type": "string", "enum": roles}, "content": content},
            "required": ["role", "content"],
            "additionalProperties": False,
        }
        schema = {"type": "array", "items": turn, "minItems": len(_roles(question)) * _rounds(question)[0]}
        return Brief(instruction(question, f"Answer with a list of turns in Markdown: {_asked(question)}."), schema)

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The text where one turn is asked for, else the turns."""
        return value[-1]["content"] if _is_single(question) else value

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The answer closest to all others (the medoid); of equals the first in code point order."""
        if len(values) == 1:
            return values[0]
        texts = sorted({_whole_text(value): value for value in values}.items())
        every = [_whole_text(value) for value in values]
        closeness = [sum(sorted(similarity(text, other) for other in every)) for text, _ in texts]
        return texts[closeness.index(max(closeness))][1]

    def summary(self, question: Question, value: Any) -> list[str]:
        """Nothing: written turns have no labels."""
        return []

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """The turns as JSON."""
        return {"": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The turns; also takes a list, as columnar formats give it, and a text where one turn is asked for."""
        cell = cells[""]
        if not isinstance(cell, str):
            return cell
        try:
            found = json.loads(cell)
        except ValueError:
            return cell
        return cast("list[Any]", found) if isinstance(found, list) else cell

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The turns if the new question asks for such turns; a text becomes the one turn."""
        return kept_or_none(lambda: self.check(new, value, None))


def _checked_roles(question: Question) -> list[str]:
    roles = question.config.get("roles", ["assistant"])
    if roles not in (["assistant"], ["user"], ["user", "assistant"]):
        raise config_error(question, "roles", f"roles is {roles!r:.80}; use [assistant], [user] or [user, assistant].")
    return roles


def _checked_system(question: Question) -> str:
    rule = question.config.get("system", "no")
    if rule not in SYSTEM:
        raise config_error(question, "system", f"system is {rule!r:.80}; it must be one of {', '.join(SYSTEM)}.")
    return rule


def _roles(question: Question) -> list[str]:
    return list(question.config.get("roles") or ["assistant"])


def _rounds(question: Question) -> tuple[int, int]:
    least = int(question.config.get("min_rounds", 1))
    return least, int(question.config.get("max_rounds", max(1, least)))


def _is_single(question: Question) -> bool:
    return len(_roles(question)) == 1 and _rounds(question)[1] == 1 and question.config.get("system", "no") != "required"


def _asked(question: Question) -> str:
    least, most = _rounds(question)
    rounds = f"{least} to {most} rounds" if most > least else f"{least} rounds" if least > 1 else "1 round"
    system = {"optional": "a system prompt if wanted, then ", "required": "a system prompt, then "}
    return f"{system.get(question.config.get('system', 'no'), '')}{rounds} of {', '.join(_roles(question))}"


def _read(question: Question, value: Any) -> list[Turn]:
    if isinstance(value, str) and _is_single(question):
        return [Turn(_roles(question)[0], value)]
    return read(question, value, list[Turn], "a list of {role, content}")


def _check_text(question: Question, turn: Turn, place: int) -> None:
    least, most = int(question.config.get("min_length", 1)), int(question.config.get("max_length", MAX_LENGTH))
    where = f"turn {place} ({turn.role})"
    if not turn.content.strip():
        raise value_error(question, f"{where} is empty.")
    if not least <= len(turn.content) <= most:
        raise value_error(question, f"{where} has {len(turn.content):,} characters; allowed are {least:,} to {most:,}.")
    if not turn.content.isascii() and any("\ud800" <= c <= "\udfff" for c in turn.content):
        raise value_error(question, f"{where} holds half a character (a lone surrogate); send valid Unicode.")


def _whole_text(turns: list[dict[str, str]]) -> str:
    return "\n\n".join(f"{turn['role']}\n{turn['content']}" for turn in turns)


PLUGIN = Response()

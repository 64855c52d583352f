"""What a model's answer means: JSON out of its text, held against the schema, turned into a checked value of the question.

Stands alone because it never guesses: what does not fit is refused with words that are sent back to the model.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from milo.builtin.predictors._llm_prompt import key_of
from milo.domain.errors import BadAnswer, InvalidValue
from milo.domain.item import Item
from milo.kinds.answers import check_schema, read_json
from milo.kinds.asking import Task
from milo.kinds.provider import Reply
from milo.kinds.task_type import Brief, from_model

_QUOTES = " \t\r\n\"'`*."


class Understood(msgspec.Struct, frozen=True):
    """An answer that fits: the value, the model's reason and stated confidence where it gave them, and what was left out."""

    value: Any
    reason: str = ""
    stated: float | None = None
    left_out: tuple[str, ...] = ()


def read_reply(task: Task, brief: Brief, item: Item, reply: Reply, last: bool) -> Understood:
    """What a reply means. Raises BadAnswer."""
    if reply.finish == "length":
        raise BadAnswer("The answer was cut off before its end; give a shorter one.", raw=reply.text[:1000])
    option = named(brief.json_schema, reply.text)
    whole = option if option is not None else read_json(reply.text)
    key, schema = key_of(task.question), brief.json_schema
    if isinstance(whole, dict) and key in whole:
        given = cast("dict[str, Any]", whole)
        answer, reason, stated = given[key], given.get("reason"), given.get("confidence")
    else:
        answer, reason, stated = whole, None, None
        _bare(schema, answer, key)
    check_schema(schema, answer, f'"{key}"')
    try:
        read = from_model(task.task_type, task.question, answer, item, last)
    except InvalidValue as error:
        raise BadAnswer(error.message, raw=reply.text[:1000]) from None
    return Understood(read.value, reason.strip()[:2000] if isinstance(reason, str) else "", _share(stated), read.left_out)


def named(schema: dict[str, Any], text: str) -> str | None:
    """The option that a bare text names exactly, in quotes or not."""
    options = schema.get("enum")
    if not options or len(text) > 600:
        return None
    bare = text.strip(_QUOTES)
    return bare if bare in options else None


def _bare(schema: dict[str, Any], answer: Any, key: str) -> None:
    """Take an answer without its wrapping only if it is of the schema beyond doubt."""
    try:
        check_schema(schema, answer)
    except BadAnswer as error:
        raise BadAnswer(f'"{key}" is missing: answer with a JSON object that holds it.') from error


def _share(stated: Any) -> float | None:
    """A stated confidence in 0..1; anything else says nothing."""
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= 1:
        return None
    return float(stated)

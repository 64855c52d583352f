"""Candidates: the answers that a question compares, read out of an item.

Stands alone because task types check ids against them, formats write them, and what a person at work is sent of them is
decided in one place. They are either several fields of an item (a candidate's id is the field's name) or the entries of one
field (its id is its place, from "1"). An entry of a list is a text or an object:

    {"text": "..."}  or  {"messages": [{"role", "content"}, ...]}    and, if known, who made it: {"source": "..."}

Candidates may also be made while people work: `live` in the question's settings names the connected models that write them and
what they are asked. Once written they are the entries of the question's field, like any that came with the data; each carries
what was asked for it: {"prompt": [{"role", "content"}, ...]}.

In a chat field the candidates are the assistant's turns behind the last turn of anybody else; what stands before them is
what they answer.
"""

from __future__ import annotations

from typing import Any, Literal, cast

import msgspec

from milo.domain.question import Question

Origin = Literal["fields", "list", "chat"]
TURN_KEYS = frozenset({"role", "content", "tool_calls", "tool_call_id"})
ENTRY_KEYS = frozenset({"text", "content", "messages"})
"""What of a turn or an entry is its content; everything else may tell who made it."""


class Candidate(msgspec.Struct, frozen=True):
    """One answer: a text, a conversation (list of turns) or a media value; `source` is who made it, and `prompt` the turns that
    it answers, where these are known."""

    id: str
    content: Any
    source: str | None = None
    prompt: tuple[dict[str, Any], ...] | None = None


class Contender(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A connected model that writes candidates. `name` stands for it in exports (default: the connection's name). `system`,
    `prompt`, `temperature` and `max_tokens` are its own where they differ from those of the question."""

    connection: str
    name: str = ""
    system: str | None = None
    prompt: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None


class Live(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How candidates are made. `draw` of the `models` write for each item, drawn by chance where that is not all. `prompt`:
    what they are asked, with {{field}} for the item's fields. `follow_ups`: how often a person may write on and have all of
    them answer again."""

    models: tuple[Contender, ...]
    prompt: str = ""
    system: str = ""
    max_tokens: int = 1024
    draw: int = 0
    follow_ups: int = 0


def live_of(question: Question) -> Live | None:
    """How a completed question's candidates are made; None where they come with the data."""
    given = question.config.get("live")
    return None if given is None else msgspec.convert(given, Live)


def origin_of(question: Question) -> Origin:
    """Where the candidates of a completed question are."""
    found = question.config.get("from", "fields")
    return found if found in ("list", "chat") else "fields"


def candidates_of(question: Question, data: dict[str, Any]) -> list[Candidate]:
    """The candidates in an item's content, in its own order; those that are missing are left out."""
    origin = origin_of(question)
    if origin == "fields":
        names = cast("list[str]", question.config.get("candidates") or [])
        return [Candidate(name, data[name]) for name in names if data.get(name) not in (None, "")]
    value = data.get(question.field or "")
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    if origin == "chat":
        entries = entries[answers_from(entries) :]
    return [_entry(str(place), entry) for place, entry in enumerate(entries, 1)]


def answers_from(turns: list[Any]) -> int:
    """Where in a conversation the candidates begin: behind the last turn that is not the assistant's."""
    at = len(turns)
    while at and isinstance(turns[at - 1], dict) and cast("dict[str, Any]", turns[at - 1]).get("role") == "assistant":
        at -= 1
    return at


def _entry(ident: str, entry: Any) -> Candidate:
    if not isinstance(entry, dict):
        return Candidate(ident, entry)
    known = cast("dict[str, Any]", entry)
    source = known.get("source") or known.get("model")
    content = next((known[key] for key in ("messages", "text", "content") if known.get(key) is not None), "")
    prompt = known.get("prompt")
    asked = tuple(turn for turn in cast("list[Any]", prompt) if isinstance(turn, dict)) if isinstance(prompt, list) else None
    return Candidate(ident, content, str(source) if source else None, asked)

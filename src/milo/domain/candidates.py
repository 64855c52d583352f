"""Candidates: the answers that a question compares, read out of an item.

Stands alone because task types check ids against them, formats write them, and what a person at work is sent of them is
decided in one place. They are either several fields of an item (a candidate's id is the field's name) or the entries of one
field (its id is its place, from "1"). An entry of a list is a text or an object:

    {"text": "..."}  or  {"messages": [{"role", "content"}, ...]}    and, if known, who made it: {"source": "..."}

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
    """One answer: a text, a conversation (list of turns) or a media value; `source` is who made it, if that is known."""

    id: str
    content: Any
    source: str | None = None


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
    return Candidate(ident, content, str(source) if source else None)

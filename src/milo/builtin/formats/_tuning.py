"""What files for tuning language models have in common: which question, what was asked, and messages as trainers read them.

Stands alone because supervised tuning and preferences begin with the same prompt. A message is {"role", "content"} with a text
as content, and `tool_calls`, `tool_call_id` or `name` where there are any; see the data set formats of Hugging Face TRL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

import msgspec

from milo.domain.candidates import answers_from, origin_of
from milo.domain.errors import Invalid
from milo.domain.question import Question
from milo.kinds.format import ExportContext, ExportRow

Message = dict[str, Any]
ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
MEDIA = frozenset({"image", "audio", "video", "document"})
_TEXTS = ("text", "markdown", "html")
_KEPT = ("tool_calls", "tool_call_id", "name")
_CHUNK = 1 << 16


def asked(context: ExportContext, shapes: tuple[str, ...], what: str) -> Question:
    """The question named by the option `question`, else the first whose answers have one of the shapes. Raises Invalid."""
    fitting = [q for q in context.spec.questions if context.task_types[q.type].shape in shapes]
    named = context.options.get("question")
    found = [q for q in fitting if q.name == named] if named else sorted(fitting, key=lambda q: _rank(context, q, shapes))
    if not found:
        names = ", ".join(q.name for q in fitting) or "none"
        about = f'"{named}" is not one of them' if named else "there is none"
        raise Invalid(f"This format needs {what}; {about}. Questions that fit: {names}.", place="question")
    return found[0]


def _rank(context: ExportContext, question: Question, shapes: tuple[str, ...]) -> int:
    return shapes.index(context.task_types[question.type].shape)


def field_option(context: ExportContext, name: str) -> str | None:
    """The field that an option names. Raises Invalid if there is none of that name."""
    field = context.options.get(name)
    known = [f.name for f in context.spec.fields]
    if field and field not in known:
        raise Invalid(f'The option {name} is "{field}"; it must name a field: {", ".join(known)}.', place=name)
    return str(field) if field else None


def prompt_field(context: ExportContext, question: Question) -> str | None:
    """The field with what was asked: the option `prompt`, the question's own field, else the first conversation, else the
    first text that is no candidate."""
    named = field_option(context, "prompt")
    if named:
        return named
    candidates = cast("list[str]", question.config.get("candidates") or [])
    compared = question.field if context.task_types[question.type].shape == "ranks" else None
    if question.field and question.field != compared:
        return question.field
    if compared and origin_of(question) == "chat":
        return compared
    free = [f for f in context.spec.fields if f.name not in candidates and f.name != compared]
    chats = [f.name for f in free if f.kind == "chat"]
    texts = [f.name for f in free if f.kind in _TEXTS]
    return next(iter(chats + texts), None)


class Losses:
    """What a file could not carry, counted."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, what: str, n: int = 1) -> None:
        """Count one more."""
        self._counts[what] += n

    def lines(self) -> list[str]:
        """As a report tells it."""
        return [f"{what}: {n:,}" for what, n in self._counts.items() if n]


class Prompts:
    """Makes the messages in front of an answer."""

    def __init__(self, context: ExportContext, question: Question, field: str | None, losses: Losses) -> None:
        self._field, self._question, self._losses = field, question, losses
        self._system = field_option(context, "system")
        self._media = [f.name for f in context.spec.fields if f.kind in MEDIA]
        self._cut = field is not None and field == question.field and origin_of(question) == "chat"

    def of(self, row: ExportRow) -> list[Message]:
        """System prompt and what was asked; nothing where the item has neither."""
        if any(row.data.get(name) is not None for name in self._media):
            self._losses.add("prompts whose picture, sound or document is left out")
        found = messages(row.data.get(self._field), "user", self._losses, self._cut) if self._field else []
        system = row.data.get(self._system) if self._system else None
        if isinstance(system, str) and system.strip() and not (found and found[0]["role"] == "system"):
            return [{"role": "system", "content": system}, *found]
        return found


def messages(value: Any, role: str, losses: Losses, cut: bool = False) -> list[Message]:
    """A text as one message by `role`, a conversation as its messages (`cut`: only those before its candidates)."""
    if isinstance(value, str):
        return [{"role": role, "content": value}] if value.strip() else []
    if not isinstance(value, list):
        if value is not None:
            losses.add("parts that are no text, such as pictures")
        return []
    turns = cast("list[Any]", value)
    if cut:
        turns = turns[: answers_from(turns)]
    return [_message(cast("dict[str, Any]", turn), losses) for turn in turns if isinstance(turn, dict)]


def _message(turn: dict[str, Any], losses: Losses) -> Message:
    role = str(turn.get("role"))
    if role not in ROLES:
        losses.add(f'turns by "{role[:40]}", written as by the user')
        role = "user"
    kept = {key: turn[key] for key in _KEPT if turn.get(key) and (key != "name" or role == "tool")}
    return {"role": role, "content": _text(turn.get("content"), losses), **kept}


def _text(content: Any, losses: Losses) -> str:
    if isinstance(content, str):
        return content
    parts = cast("list[Any]", content) if isinstance(content, list) else []
    texts: list[str] = []
    for part in parts:
        text = cast("dict[str, Any]", part).get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            texts.append(text)
        else:
            losses.add("parts of turns that are no text, such as pictures")
    return "\n\n".join(texts)


def values(row: ExportRow, question: str, everything: bool) -> Iterator[Any]:
    """The resolved value, or every person's answer."""
    if not everything:
        if row.labels.get(question) is not None:
            yield row.labels[question]
        return
    for one in row.annotations:
        if one["question"] == question and one["role"] in ("answer", "gold", "resolution") and one.get("live") is not False:
            yield one["value"]


def ends_well(found: list[Message]) -> bool:
    """Whether the assistant has the last word, and says something."""
    return (
        bool(found) and found[-1]["role"] == "assistant" and bool(found[-1]["content"].strip() or found[-1].get("tool_calls"))
    )


def write_lines(records: Iterable[dict[str, Any]], sink: BinaryIO) -> None:
    """One JSON object a line, in constant memory."""
    encoder, buffer = msgspec.json.Encoder(), bytearray()
    for record in records:
        encoder.encode_into(record, buffer, -1)
        buffer += b"\n"
        if len(buffer) >= _CHUNK:
            sink.write(buffer)
            buffer = bytearray()
    sink.write(buffer)

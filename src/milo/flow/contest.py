"""CONTEST: candidates that connected models write while people work. Pure: which models write for an item, what each is asked,
and how their answers become the entries that a question compares.

Who stands where is drawn by a hash of the item, so that neither place nor id tells which model wrote an answer, and so that the
draw is the same whenever it is made. Follow-ups continue each model's own conversation: all of them get the same words of the
person, and see their own earlier answers only.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from typing import Any, cast

import msgspec

from milo.domain.candidates import Contender, Live
from milo.domain.errors import Invalid
from milo.domain.question import Field
from milo.kinds.asking import Shown
from milo.kinds.provider import Message, Part, Request, TextPart, system, text_of, user

_PLACE = re.compile(r"\{\{\s*([A-Za-z][A-Za-z0-9_-]*)\s*\}\}")
_ROLES = ("system", "user", "assistant")
MOST_WORDS = 20_000


class Made(msgspec.Struct, frozen=True):
    """One answer that a model wrote: at which `turn` (0: to the prompt, from 1 on: to follow-ups) and `place` (from 0) of an
    item. `asked`: the turns it was sent (turn 0), or what the person wrote. `writer`: the contender's name in exports."""

    turn: int
    place: int
    writer: str
    connection: str
    model: str
    asked: list[dict[str, Any]]
    text: str
    cut: bool = False


def drawn(live: Live, item_id: int, question: str) -> list[Contender]:
    """The models that write for an item, in the order of the candidates' ids."""
    seed = hashlib.blake2b(f"{question}:{item_id}".encode(), digest_size=8).digest()
    return random.Random(seed).sample(list(live.models), live.draw)


def fields_in(live: Live, contender: Contender) -> list[str]:
    """The fields that a model is shown by its prompt."""
    return list(dict.fromkeys(_PLACE.findall(contender.prompt or live.prompt)))


def opening(live: Live, contender: Contender, shown: Shown, fields: Sequence[Field]) -> tuple[Message, ...]:
    """What a model is asked about an item. A prompt that is nothing but a conversation hands on its turns as they are. Raises
    Invalid where the item has nothing to ask about."""
    prompt = contender.prompt or live.prompt
    told = contender.system if contender.system is not None else live.system
    before = (system(told.strip()),) if told.strip() else ()
    kinds = {f.name: f.kind for f in fields}
    alone = _PLACE.fullmatch(prompt.strip())
    if alone is not None and kinds.get(alone[1]) == "chat":
        turns = _turns(shown.item.data.get(alone[1]))
        if not turns or turns[-1].role != "user":
            raise Invalid(
                "The conversation does not end with a turn of the user, so that there is nothing to answer.", place=alone[1]
            )
        return (*(() if turns[0].role == "system" else before), *turns)
    text = _PLACE.sub(lambda found: str(shown.data.get(found[1], "")), prompt).strip()
    media: list[Part] = [part for name in fields_in(live, contender) for part in shown.media.get(name, [])]
    if not text and not media:
        raise Invalid("The item has nothing in the fields that the prompt names.", place="live.prompt")
    return (*before, Message("user", (*((TextPart(text),) if text else ()), *media)))


def request_for(live: Live, contender: Contender, before: Sequence[Message], thread: Sequence[Made], follow_up: str) -> Request:
    """The request: the opening, the model's own answers so far with what the person wrote after each, and writes now."""
    messages = list(before)
    for one in thread:
        if one.turn:
            messages.append(user(str(one.asked[-1]["content"])))
        messages.append(Message("assistant", (TextPart(one.text),)))
    if follow_up:
        messages.append(user(follow_up))
    return Request(tuple(messages), contender.max_tokens or live.max_tokens, contender.temperature)


def told(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as they are kept: texts by role; of pictures and other files nothing but the text around them."""
    return [{"role": one.role, "content": text_of(one)} for one in messages]


def checked_words(text: str) -> str:
    """What a person writes on. Raises Invalid for nothing, and for too much."""
    words = text.strip()
    if not words:
        raise Invalid("Write something first.", place="text")
    if len(words) > MOST_WORDS:
        raise Invalid(f"Your text has {len(words):,} characters; at most {MOST_WORDS:,} are passed on.", place="text")
    return words


def entries(made: Sequence[Made]) -> list[dict[str, Any]]:
    """The entries of the question's field: one for each place, with all of its turns."""
    out: list[dict[str, Any]] = []
    for place in sorted({one.place for one in made}):
        thread = sorted((one for one in made if one.place == place), key=lambda one: one.turn)
        entry: dict[str, Any] = {"text": thread[0].text} if len(thread) == 1 else {"messages": _messages(thread)}
        out.append({**entry, "source": thread[0].writer, "model": thread[0].model, "prompt": thread[0].asked})
    return out


def whole_turns(made: Sequence[Made], places: int) -> int:
    """How many turns all of the places have answered, from the first on."""
    turns = 0
    while len({one.place for one in made if one.turn == turns}) >= places:
        turns += 1
    return turns


def _messages(thread: Sequence[Made]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for one in thread:
        if one.turn:
            out += one.asked
        out.append({"role": "assistant", "content": one.text})
    return out


def _turns(value: Any) -> list[Message]:
    out: list[Message] = []
    for turn in cast("list[Any]", value) if isinstance(value, list) else []:
        known = cast("dict[str, Any]", turn) if isinstance(turn, dict) else {}
        role, content = known.get("role"), known.get("content")
        if role in _ROLES and isinstance(content, str) and content.strip():
            out.append(Message(role, (TextPart(content),)))
    return out

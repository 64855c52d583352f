"""MASKING: personal data out before a call, back in afterwards. Pure.

One `Masks` covers one request: equal values get equal placeholders wherever they stand, so that a model can still tell that
two messages name the same person. A placeholder that the texts contain already is never used, so that putting back is exact.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from milo.domain.policy import DataRules
from milo.flow.personal import find
from milo.kinds.provider import Message, Part, Piece, Reply, Request, TextPart

_LOOKALIKE = re.compile(r"\[([A-Z]{2,5})_([0-9]{1,18})\]")


class Masked(msgspec.Struct, frozen=True):
    """A masked text. `cuts` are, for each placeholder, its place there and the place of what it stands for in the own text."""

    text: str
    cuts: tuple[tuple[int, int, int, int], ...] = ()

    def own(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of the masked text as offsets of the own text; what reaches into a placeholder takes it whole."""
        first, last = self._cut(start), self._cut(max(start, end - 1))
        return self._shift(start, first, 0), self._shift(end, last, 1)

    def _cut(self, at: int) -> tuple[int, int, int, int] | None:
        i = bisect_right(self.cuts, at, key=lambda c: c[0]) - 1
        return self.cuts[i] if i >= 0 else None

    @staticmethod
    def _shift(at: int, cut: tuple[int, int, int, int] | None, side: int) -> int:
        if cut is None:
            return at
        start, end, own_start, own_end = cut
        inside = start < at < end or (side == 0 and at == start) or (side == 1 and at == end)
        if inside:
            return own_end if side else own_start
        return at - end + own_end


class Masks:
    """The placeholders of one request. `texts` are all texts that it will be asked to mask."""

    def __init__(self, kinds: Iterable[str], texts: Sequence[str] = ()) -> None:
        self.kinds = tuple(kinds)
        self._reserved = {m[0] for text in texts for m in _LOOKALIKE.finditer(text)}
        self._by_value: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None

    @property
    def count(self) -> int:
        """How many different values were masked."""
        return len(self._values)

    def mask(self, text: str) -> Masked:
        """The text with placeholders."""
        parts: list[str] = []
        cuts: list[tuple[int, int, int, int]] = []
        at = length = 0
        for one in find(text, self.kinds) if self.kinds else ():
            name = self._placeholder(one.kind, text[one.start : one.end])
            parts += (text[at : one.start], name)
            length += one.start - at
            cuts.append((length, length + len(name), one.start, one.end))
            length, at = length + len(name), one.end
        return Masked("".join((*parts, text[at:])), tuple(cuts)) if parts else Masked(text)

    def restore(self, text: str, *, as_json: bool = False) -> str:
        """What the placeholders stand for, put back; `as_json`: the text is JSON, so values are escaped as JSON strings."""
        if not self._values:
            return text
        if self._pattern is None:
            self._pattern = re.compile("|".join(map(re.escape, self._values)))
        if as_json:
            return self._pattern.sub(lambda m: json.dumps(self._values[m[0]], ensure_ascii=False)[1:-1], text)
        return self._pattern.sub(lambda m: self._values[m[0]], text)

    def stream(self, *, as_json: bool = False) -> Stream:
        """Puts back in a text that comes in pieces."""
        return Stream(self, as_json)

    def beginnings(self) -> set[str]:
        """All that a placeholder may begin with."""
        return {name[:n] for name in self._values for n in range(1, len(name))}

    def _placeholder(self, kind: str, value: str) -> str:
        known = self._by_value.get((kind, value))
        if known is not None:
            return known
        name = f"[{kind.upper()}_{self._next(kind)}]"
        while name in self._reserved:
            name = f"[{kind.upper()}_{self._next(kind)}]"
        self._by_value[kind, value] = name
        self._values[name] = value
        self._pattern = None
        return name

    def _next(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]


class Stream:
    """Puts values back piece by piece; the beginning of a placeholder is held until the rest of it has come."""

    def __init__(self, masks: Masks, as_json: bool) -> None:
        self._masks, self._as_json = masks, as_json
        self._beginnings = masks.beginnings()
        self._longest = max(map(len, self._beginnings), default=0)
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown by now."""
        text = self._held + piece
        keep = next((n for n in range(min(len(text), self._longest), 0, -1) if text[-n:] in self._beginnings), 0)
        self._held = text[len(text) - keep :]
        return self._masks.restore(text[: len(text) - keep], as_json=self._as_json)

    def end(self) -> str:
        """What was held to the last."""
        rest, self._held = self._held, ""
        return rest


def kinds_for(rules: DataRules, local: bool) -> tuple[str, ...]:
    """The kinds of personal data that are masked before a call of such a model."""
    return () if local and not rules.mask_local else rules.mask


def mask_request(request: Request, kinds: Iterable[str]) -> tuple[Request, Masks]:
    """The request as it may leave, and what puts the values back. Media cannot be masked and go as they are."""
    texts = [part.text for message in request.messages for part in message.parts if isinstance(part, TextPart)]
    texts += [call.arguments for message in request.messages for call in message.tool_calls]
    masks = Masks(kinds, texts)
    if not masks.kinds:
        return request, masks
    return msgspec.structs.replace(request, messages=tuple(_masked(m, masks) for m in request.messages)), masks


def restore_reply(reply: Reply, masks: Masks, *, as_json: bool) -> Reply:
    """The reply with the values put back: in its text, and in the arguments of tools."""
    if masks.count == 0:
        return reply
    calls = tuple(msgspec.structs.replace(c, arguments=masks.restore(c.arguments, as_json=True)) for c in reply.tool_calls)
    return msgspec.structs.replace(reply, text=masks.restore(reply.text, as_json=as_json), tool_calls=calls)


def restore_piece(piece: Piece, stream: Stream, masks: Masks, *, as_json: bool) -> Piece:
    """A piece of a stream with the values put back; the last one also gives what was held."""
    text = stream.feed(piece.text) if piece.text else ""
    if piece.reply is None:
        return msgspec.structs.replace(piece, text=text)
    return Piece(text + stream.end(), restore_reply(piece.reply, masks, as_json=as_json))


def _masked(message: Message, masks: Masks) -> Message:
    def part_of(part: Part) -> Part:
        return TextPart(masks.mask(part.text).text) if isinstance(part, TextPart) else part

    changes: dict[str, Any] = {"parts": tuple(part_of(p) for p in message.parts)}
    if message.tool_calls:
        changes["tool_calls"] = tuple(
            msgspec.structs.replace(c, arguments=masks.mask(c.arguments).text) for c in message.tool_calls
        )
    return msgspec.structs.replace(message, **changes)

"""MASKING: personal data out before a call, with what puts it back in afterwards. Pure.

One `Masks` covers one request: equal values get equal placeholders wherever they stand, so that a model can still tell that
two messages name the same person. A placeholder that the texts contain already is never used, so that putting back is exact.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from milo.domain.policy import DataRules
from milo.flow.personal import find
from milo.kinds.provider import Message, Part, Request, TextPart

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
    """The placeholders of one request. `texts` are all texts that it will be asked to mask; `values` says what each placeholder
    stands for."""

    def __init__(self, kinds: Iterable[str], texts: Sequence[str] = ()) -> None:
        self.kinds = tuple(kinds)
        self._reserved = {m[0] for text in texts for m in _LOOKALIKE.finditer(text)}
        self._by_value: dict[tuple[str, str], str] = {}
        self.values: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many different values were masked."""
        return len(self.values)

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

    def _placeholder(self, kind: str, value: str) -> str:
        known = self._by_value.get((kind, value))
        if known is not None:
            return known
        name = f"[{kind.upper()}_{self._next(kind)}]"
        while name in self._reserved:
            name = f"[{kind.upper()}_{self._next(kind)}]"
        self._by_value[kind, value] = name
        self.values[name] = value
        return name

    def _next(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]


def kinds_for(rules: DataRules, local: bool) -> tuple[str, ...]:
    """The kinds of personal data that are masked before a call of such a model."""
    return () if local and not rules.mask_local else rules.mask


def mask_request(request: Request, kinds: Iterable[str]) -> tuple[Request, Masks]:
    """The request as it may leave, and what its placeholders stand for. Media cannot be masked and go as they are."""
    texts = [part.text for message in request.messages for part in message.parts if isinstance(part, TextPart)]
    texts += [call.arguments for message in request.messages for call in message.tool_calls]
    masks = Masks(kinds, texts)
    if not masks.kinds:
        return request, masks
    return msgspec.structs.replace(request, messages=tuple(_masked(m, masks) for m in request.messages)), masks


def _masked(message: Message, masks: Masks) -> Message:
    def part_of(part: Part) -> Part:
        return TextPart(masks.mask(part.text).text) if isinstance(part, TextPart) else part

    changes: dict[str, Any] = {"parts": tuple(part_of(p) for p in message.parts)}
    if message.tool_calls:
        changes["tool_calls"] = tuple(
            msgspec.structs.replace(c, arguments=masks.mask(c.arguments).text) for c in message.tool_calls
        )
    return msgspec.structs.replace(message, **changes)

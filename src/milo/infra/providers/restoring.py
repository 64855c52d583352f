"""Puts back what was masked before a call: placeholders in an answer become the originals again, in streams too.

A stream may cut a placeholder in two, so that text which could be the beginning of one is held back until it is clear.
"""

from __future__ import annotations

import json
import re

import msgspec

from milo.kinds.provider import Reply


class Restore:
    """What one request's placeholders stand for. `masked` counts what was replaced."""

    def __init__(self, mapping: dict[str, str] | None = None, masked: int | None = None) -> None:
        self.mapping = mapping or {}
        self.masked = len(self.mapping) if masked is None else masked
        self._held = ""
        longest_first = sorted(self.mapping, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str, in_json: bool = False) -> str:
        """The text with the originals in it; `in_json`: it is JSON, in whose strings they stand."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda m: self._original(m[0], in_json), text)

    def reply(self, reply: Reply, in_json: bool = False) -> Reply:
        """The reply with the originals in its text and in the arguments of tool calls."""
        if self._pattern is None:
            return reply
        calls = tuple(msgspec.structs.replace(c, arguments=self.text(c.arguments, True)) for c in reply.tool_calls)
        return msgspec.structs.replace(reply, text=self.text(reply.text, in_json), tool_calls=calls)

    def piece(self, text: str, in_json: bool = False) -> str:
        """What can be shown of a stream after this piece."""
        if self._pattern is None:
            return text
        text = self._held + text
        keep = self._open_end(text)
        self._held = text[len(text) - keep :] if keep else ""
        return self.text(text[: len(text) - keep] if keep else text, in_json)

    def rest(self) -> str:
        """What was held back at the end of a stream."""
        held, self._held = self._held, ""
        return held

    def _original(self, placeholder: str, in_json: bool) -> str:
        original = self.mapping[placeholder]
        return json.dumps(original, ensure_ascii=False)[1:-1] if in_json else original

    def _open_end(self, text: str) -> int:
        """How many last characters may be the beginning of a placeholder."""
        longest = max(map(len, self.mapping)) - 1
        for length in range(min(longest, len(text)), 0, -1):
            end = text[-length:]
            if any(p.startswith(end) and p != end for p in self.mapping):
                return length
        return 0

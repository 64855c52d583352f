"""ASSIST, the way back: the assistant's answer read while it comes in. Pure; pieces in, events out.

Words go on at once. A passage that claims to be quoted from the guidelines is held until it is whole, and leaves as a quote
only if it stands there; else it leaves as the model's own words. Of a draft in JSON, one field is read out while it comes.
"""

from __future__ import annotations

import re

import msgspec

from milo.flow.guide import Passage, Section, passage

MAX_ANSWER = 200_000
"""Characters of one answer that are read; a server that sends more is left."""


class Words(msgspec.Struct, frozen=True):
    """Words of the assistant."""

    text: str


class Quoting:
    """Reads an answer in Markdown. `unproven` counts the passages that were not found in the guidelines."""

    def __init__(self, sections: list[Section]) -> None:
        self._sections = sections
        self._start = ""
        self._mid_line = False
        self._quote: list[str] = []
        self.unproven = 0

    def feed(self, piece: str) -> list[Words | Passage]:
        """What can be shown by now."""
        out: list[Words | Passage] = []
        for line in piece.splitlines(keepends=True):
            self._take(line, out)
        return _joined(out)

    def end(self) -> list[Words | Passage]:
        """What was held to the last."""
        out: list[Words | Passage] = []
        if self._start.lstrip(" ").startswith(">"):
            self._quote.append(self._start)
        elif self._start:
            self._leave_quote(out)
            out.append(Words(self._start))
        self._start = ""
        self._leave_quote(out)
        return _joined(out)

    def _take(self, text: str, out: list[Words | Passage]) -> None:
        ends = text.endswith(("\n", "\r"))
        if self._mid_line:
            out.append(Words(text))
            self._mid_line = not ends
            return
        self._start += text
        bare = self._start.lstrip(" ")
        if bare.startswith(">"):
            if ends:
                self._quote.append(self._start)
                self._start = ""
            return
        if not bare and not ends:
            return
        self._leave_quote(out)
        out.append(Words(self._start))
        self._start, self._mid_line = "", not ends

    def _leave_quote(self, out: list[Words | Passage]) -> None:
        if not self._quote:
            return
        lines = [re.sub(r"^ *(?:> ?)+", "", line) for line in self._quote]
        self._quote = []
        whole = passage(self._sections, "".join(lines))
        if whole is not None:
            out.append(whole)
            return
        for line in lines:
            found = passage(self._sections, line)
            if found is None and line.strip():
                self.unproven += 1
            out.append(found or Words(line))


class FieldOf:
    """Reads the text of one field out of a JSON object that comes in pieces."""

    def __init__(self, name: str) -> None:
        self._opening = re.compile(rf'"{re.escape(name)}"\s*:\s*"')
        self._raw = ""
        self._at: int | None = None
        self._done = False

    def feed(self, piece: str) -> str:
        """The new text of the field."""
        if self._done:
            return ""
        fresh = len(self._raw)
        self._raw += piece
        if self._at is None:
            found = self._opening.search(self._raw, max(0, fresh - _OVERLAP))
            if found is None:
                return ""
            self._at = found.end()
        text, used, self._done = _string_part(self._raw, self._at)
        self._at += used
        return text


_OVERLAP = 200
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HEX = re.compile(r"[0-9a-fA-F]{4}")


def _string_part(raw: str, at: int) -> tuple[str, int, bool]:
    """(text, characters used, whether the string ended) of the inside of a JSON string from `at`."""
    out: list[str] = []
    start = at
    while at < len(raw):
        char = raw[at]
        if char == '"':
            return "".join(out), at + 1 - start, True
        if char != "\\":
            out.append(char)
            at += 1
            continue
        step = _escape(raw, at)
        if step is None:
            break
        out.append(step[0])
        at += step[1]
    return "".join(out), at - start, False


def _escape(raw: str, at: int) -> tuple[str, int] | None:
    """The character that an escape stands for and its length; None while it is not whole."""
    kind = raw[at + 1 : at + 2]
    if kind != "u":
        return None if not kind else (_ESCAPES.get(kind, ""), 2)
    unit = _unit(raw, at)
    if unit is None:
        return None if len(raw) < at + 6 else ("�", 2)
    if not 0xD800 <= unit < 0xDC00:
        return ("�" if 0xDC00 <= unit < 0xE000 else chr(unit)), 6
    low = _unit(raw, at + 6)
    if low is None:
        return None if len(raw) < at + 12 else ("�", 6)
    if not 0xDC00 <= low < 0xE000:
        return "�", 6
    return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), 12


def _unit(raw: str, at: int) -> int | None:
    digits = raw[at + 2 : at + 6]
    return int(digits, 16) if raw[at : at + 2] == "\\u" and _HEX.fullmatch(digits) else None


def _joined(events: list[Words | Passage]) -> list[Words | Passage]:
    """Neighbouring words as one."""
    out: list[Words | Passage] = []
    for event in events:
        last = out[-1] if out else None
        if isinstance(event, Words) and isinstance(last, Words):
            out[-1] = Words(last.text + event.text)
        else:
            out.append(event)
    return out

"""Splitting a JSON document into the elements of one array, in constant memory.

Stands alone because it is a small parser: it keeps a window of text, decodes one element after the other from it, and
reads on where an element is not complete yet. The array is the document itself, or the first array of objects among the
members of a top-level object (or the member that was named). A document without one is a single element.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

import msgspec

from milo.builtin.formats._stream import MAX_LINE, open_utf8, shown
from milo.kinds.format import BadRow, Source

_SPACE = re.compile(r"[ \t\r\n]*")
_NEXT_OBJECT = re.compile(r"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_CHUNK = 1 << 18


class Broken(Exception):
    """An element that could not be decoded: `reason`, and the beginning of the text."""

    def __init__(self, reason: str, raw: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.raw = raw


def read_array(source: Source, member: str | None = None) -> Iterator[tuple[int, Any | BadRow]]:
    """The elements of a file from `source.start` on, each with its number from 1, or the report that it could not be read."""
    with open_utf8(source) as stream:
        for number, element in enumerate(Elements(stream, member), 1):
            if number <= source.start:
                continue
            yield number, BadRow(number, source.name, element.reason, element.raw) if isinstance(element, Broken) else element


def write_array(records: Iterable[Any], sink: BinaryIO) -> int:
    """One array, an element a line, as they come; how many there were."""
    encode, count = msgspec.json.Encoder().encode, 0
    for count, record in enumerate(records, 1):
        sink.write((b"[\n" if count == 1 else b",\n") + encode(record))
    sink.write(b"\n]\n" if count else b"[]\n")
    return count


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no valid JSON number")


class Elements:
    """Iterate over the elements: each a decoded value, or a Broken in the place of one that is damaged."""

    def __init__(self, stream: BinaryIO, member: str | None = None) -> None:
        self._stream = stream
        self._member = member
        self._bytes = b""
        self._text = ""
        self._at = 0
        self._ended = False
        self._decode = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode

    def __iter__(self) -> Iterator[Any | Broken]:
        first = self._peek()
        if first == "[":
            self._at += 1
            yield from self._array()
            if self._peek():
                yield Broken("there is text after the end of the array", shown(self._text[self._at :][:200]))
        elif first == "{":
            yield from self._object()
            yield from self._following()
        elif first:
            yield Broken("the document is neither a JSON array nor an object", shown(self._text[self._at :][:200]))

    def _read_on(self) -> bool:
        """Drop what was used and double what is there; False at the end of the stream."""
        want = max(_CHUNK, len(self._text) - self._at)
        chunk = self._stream.read(want)
        self._ended = not chunk
        data = self._bytes + chunk
        keep = 0 if self._ended else _incomplete_tail(data)
        self._bytes = data[len(data) - keep :]
        decoded = data[: len(data) - keep].decode("utf-8", "surrogateescape")
        self._text, self._at = self._text[self._at :] + decoded, 0
        return bool(decoded)

    def _peek(self) -> str:
        """The next character that is no white space, or "" at the end."""
        while True:
            self._at = cast("re.Match[str]", _SPACE.match(self._text, self._at)).end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on() and self._ended:
                return ""

    def _value(self) -> Any:
        """The next value. Raises Broken."""
        self._peek()
        while True:
            wrong, reason = -1, ""
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                wrong, reason = error.pos, error.msg
            except (ValueError, RecursionError) as error:
                raise self._broken(str(error) or "nested too deeply") from None
            else:
                if end < len(self._text) or self._ended:
                    return self._sound(value, end)
            if self._is_final(wrong, reason):
                raise self._broken(f"not valid JSON: {reason}", wrong)
            if len(self._text) - self._at > MAX_LINE:
                raise self._broken(f"the element is longer than {MAX_LINE >> 20} MiB")
            self._read_on()

    def _is_final(self, wrong: int, reason: str) -> bool:
        """Whether more text cannot mend the error. An open string points to its start, anything else to the place."""
        if wrong < 0:
            return False
        return self._ended or ("Unterminated" not in reason and wrong < len(self._text) - 32)

    def _sound(self, value: Any, end: int) -> Any:
        start, self._at = self._at, end
        if _UNDECODABLE.search(self._text, start, end):
            raise Broken("not valid UTF-8. If the file is encoded otherwise, set encoding", shown(self._text[start:end]))
        return value

    def _broken(self, reason: str, place: int = 0) -> Broken:
        """Describe the damage and move on from `place` to what looks like the next object."""
        raw = shown(self._text[self._at : self._at + 200])
        self._at = max(self._at, min(place, len(self._text)) - 1)
        while True:
            found = _NEXT_OBJECT.search(self._text, self._at)
            if found is not None:
                self._at = found.end() - 1
                while self._text[self._at] != ",":
                    self._at -= 1
                return Broken(reason, raw)
            self._at = max(self._at, len(self._text) - 64)
            if not self._read_on():
                self._at = len(self._text)
                return Broken(reason + "; nothing after it could be read", raw)

    def _array(self) -> Iterator[Any | Broken]:
        """Elements up to the closing bracket, the opening one being behind us."""
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            try:
                yield self._value()
            except Broken as broken:
                yield broken
            mark = self._peek()
            if mark != ",":
                break
            self._at += 1
        if mark == "]":
            self._at += 1
        else:
            yield Broken("the array is not closed: the file is cut off or damaged", shown(self._text[self._at :][:200]))

    def _object(self) -> Iterator[Any | Broken]:
        """The elements of the array that is meant; without one, the object itself."""
        self._at += 1
        single: dict[str, Any] = {}
        found = False
        try:
            while self._peek() != "}":
                name = self._name()
                self._expect(":")
                if self._peek() == "[" and self._is_meant(name):
                    if found:
                        yield Broken(f'a second array, "{name}", was left out; name one with the option member', "")
                        return
                    self._at, found = self._at + 1, True
                    yield from self._array()
                else:
                    single[name] = self._value()
                if self._peek() == ",":
                    self._at += 1
            self._expect("}")
        except Broken as broken:
            yield broken
            return
        if not found:
            yield single if self._member is None else self._no_such_member(list(single))

    def _following(self) -> Iterator[Any | Broken]:
        """More objects after the first: JSON Lines under the name of JSON."""
        while self._peek() == "{":
            try:
                yield self._value()
            except Broken as broken:
                yield broken
                self._at += self._peek() == ","

    def _no_such_member(self, names: list[str]) -> Broken:
        return Broken(f'there is no array "{self._member}" in the document', shown(", ".join(names)))

    def _name(self) -> str:
        """The name of a member. Raises Broken."""
        name = self._value() if self._peek() == '"' else None
        if not isinstance(name, str):
            raise Broken("not valid JSON: expected a name in double quotes", shown(self._text[self._at :][:200]))
        return name

    def _is_meant(self, name: str) -> bool:
        if self._member is not None:
            return name == self._member
        after = self._text[self._at + 1 : self._at + 65].lstrip()
        while not after and self._read_on():
            after = self._text[self._at + 1 : self._at + 65].lstrip()
        return after.startswith("{")

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise Broken(f'not valid JSON: expected "{mark}"', shown(self._text[self._at :][:200]))
        self._at += 1


def _incomplete_tail(data: bytes) -> int:
    """How many bytes at the end begin a UTF-8 character that is not complete: 0 to 3."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            return back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0

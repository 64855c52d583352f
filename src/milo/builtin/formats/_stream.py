"""Opening a source as UTF-8 bytes, whatever its encoding; nothing is guessed, and what cannot be decoded stays visible.

Stands alone because every text format needs the same answer to "which bytes are these?": the option `encoding`, else a
byte order mark, else UTF-8. Other encodings are recoded on the fly; an undecodable byte becomes 0xFF, which is never
valid UTF-8, so that the reader reports the record it stands in instead of guessing.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from milo.domain.errors import InvalidConfig, NotFound
from milo.kinds.format import BadRow, Source

MAX_LINE = 64 * 1024 * 1024
"""Bytes in one line (or one JSON element); longer ones are reported, so that memory stays bounded."""

RAW_SHOWN = 200
_BUFFER = 1 << 17
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDECODABLE = "\udcff"


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return _UNDECODABLE, error.end
    raise error


codecs.register_error("milo.mark", _mark_undecodable)


class _Recoded(io.RawIOBase):
    """A readable stream of UTF-8 made from a stream in another encoding."""

    def __init__(self, raw: io.BufferedReader, encoding: str) -> None:
        self._raw = raw
        self._decoder = codecs.getincrementaldecoder(encoding)("milo.mark")
        self._left = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._left and not self._ended:
            chunk = self._raw.read(_BUFFER)
            self._ended = not chunk
            self._left = self._decoder.decode(chunk, final=not chunk).encode("utf-8", "surrogateescape")
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


def open_utf8(source: Source) -> io.BufferedReader:
    """The source as buffered UTF-8 bytes without a byte order mark. Raises NotFound, or InvalidConfig for an encoding."""
    given = source.options.get("encoding")
    named = _canonical(str(given)) if given else None
    raw = open_raw(source.path)
    start = raw.peek(4)[:4]
    mark, marked = next(((m, name) for m, name in _MARKS if start.startswith(m)), (b"", "utf-8"))
    encoding = named or _canonical(marked)
    if encoding in ("utf-8", "utf-8-sig", "ascii"):
        if mark == codecs.BOM_UTF8:
            raw.read(len(mark))
        return raw
    return cast("io.BufferedReader", io.BufferedReader(_Recoded(raw, encoding), _BUFFER))


def open_raw(path: Path) -> io.BufferedReader:
    """The file's bytes. Raises NotFound if it is not there or may not be read."""
    try:
        return cast("io.BufferedReader", path.open("rb", buffering=_BUFFER))
    except OSError as error:
        raise NotFound(f"Cannot read {path}: {error.strerror}.", place=str(path)) from None


def _canonical(encoding: str) -> str:
    try:
        "a".encode(encoding)  # refuses codecs that are no encodings of text, such as base64
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise InvalidConfig(
            f'There is no encoding "{encoding}". Use for example utf-8, cp1252 or utf-16.', place="encoding"
        ) from None


def raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines with their ends; a line beyond MAX_LINE comes in pieces of that size."""
    return iter(partial(stream.readline, MAX_LINE), b"")


def numbered_lines(source: Source) -> Iterator[tuple[int, bytes | BadRow]]:
    """Every line with its 1-based number; an overlong one as a single BadRow."""
    with open_utf8(source) as stream:
        for number, raw in enumerate(raw_lines(stream), 1):
            if len(raw) == MAX_LINE and raw[-1:] != b"\n":
                _skip_line(stream)
                yield number, BadRow(number, source.name, f"the line is longer than {MAX_LINE >> 20} MiB", shown(raw))
            else:
                yield number, raw


def _skip_line(stream: BinaryIO) -> None:
    while (piece := stream.readline(MAX_LINE)) and piece[-1:] != b"\n":
        pass


def shown(raw: bytes | str) -> str:
    """The beginning of what stood there, printable."""
    text = raw[:RAW_SHOWN].decode("utf-8", "replace") if isinstance(raw, bytes) else raw[:RAW_SHOWN]
    return text.encode("utf-8", "replace").decode().rstrip("\r\n")


def undecodable(source: Source, error: UnicodeDecodeError) -> str:
    """The reason for a BadRow: which byte is no valid text, and what to do."""
    encoding = source.options.get("encoding") or "UTF-8"
    byte = f"0x{error.object[error.start]:02X} at byte {error.start + 1}"
    if source.options.get("encoding"):
        return f"not valid {encoding}: undecodable bytes near byte {error.start + 1} of the record"
    return f"not valid {encoding}: {byte} of the record. If the file is encoded otherwise, set encoding, e.g. cp1252"

"""Reading XML that is not to be trusted: whole documents, and large ones element by element.

Stands alone because a document that declares entities can expand without end or name files to be fetched: one that declares
anything is refused before it is read. Declarations stand before the first element, so that is how far the guard has to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast
from xml.etree import ElementTree
from xml.parsers import expat

from milo.builtin.formats._tree import Unreadable

_CHUNK = 1 << 16
_MAX_HEAD = 1 << 24
_TROUBLE = (expat.ExpatError, ElementTree.ParseError, UnicodeError, ValueError, LookupError)
DECLARES = "it declares a document type or entities; take these lines out"


class _Begun(Exception):
    """The first element was reached."""


class Guard:
    """Looks at the beginning of a document. `feed` it until `done`; raises Unreadable for one that declares anything."""

    def __init__(self) -> None:
        self.done = False
        self._seen = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._begin

    def feed(self, chunk: bytes) -> None:
        """Some more of it."""
        if self.done:
            return
        self._seen += len(chunk)
        if self._seen > _MAX_HEAD:
            raise Unreadable("no valid XML: it does not begin")
        try:
            self._parser.Parse(chunk, False)
        except _Begun:
            self.done = True
        except _TROUBLE as error:
            raise Unreadable(f"no valid XML: {error}") from None

    def _refuse(self, *_: object) -> None:
        raise Unreadable(DECLARES)

    def _begin(self, *_: object) -> None:
        raise _Begun


def root_of(content: bytes) -> ElementTree.Element:
    """A whole document. Raises Unreadable for what is no XML or declares anything."""
    Guard().feed(content)
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - nothing is declared in it
    except _TROUBLE as error:
        raise Unreadable(f"no valid XML: {error}") from None


def elements(stream: BinaryIO, *tags: str) -> Iterator[ElementTree.Element]:
    """The elements of these names below the root, each forgotten when the next is asked for. Raises Unreadable where the
    document breaks off; what was whole before has been given by then."""
    guard, parser = Guard(), ElementTree.XMLPullParser(["start", "end"])
    path: list[ElementTree.Element] = []
    while True:
        chunk = stream.read(_CHUNK)
        try:
            if chunk:
                guard.feed(chunk)
                parser.feed(chunk)
            else:
                parser.close()
        except _TROUBLE as error:
            raise Unreadable(f"the XML breaks off or is damaged: {error}") from None
        for event, element in cast("Iterator[tuple[str, ElementTree.Element]]", parser.read_events()):
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if len(path) == 1:
                if element.tag in tags:
                    yield element
                path[0].clear()
        if not chunk:
            return


def text_of(element: ElementTree.Element, path: str) -> str:
    """The text of the first element at a path, "" if there is none."""
    return (element.findtext(path) or "").strip()


def number_of(element: ElementTree.Element, path: str) -> float | None:
    """The number that stands there; None if none does."""
    return to_number(element.findtext(path))


def to_number(text: str | None) -> float | None:
    """A finite number; None if it is none."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if -1e9 < found < 1e9 else None


def indent(element: ElementTree.Element, level: int = 0) -> bytes:
    """An element as text, set in by its level."""
    ElementTree.indent(element, "  ", level)
    return b"  " * level + ElementTree.tostring(element, encoding="utf-8", short_empty_elements=True) + b"\n"


def child(parent: ElementTree.Element, tag: str, text: object = None, **attributes: str) -> ElementTree.Element:
    """A new element in another, with a text; characters that XML does not know are left out."""
    found = ElementTree.SubElement(parent, tag, {k: clean(v) for k, v in attributes.items()})
    if text is not None:
        found.text = clean(str(text))
    return found


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"))

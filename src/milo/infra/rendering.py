"""The text of a field as a model reads it. Pure; stands alone because every role of a model must read the same text.

Texts stay as they are, so that what a model quotes can be found again. Turns of a conversation are numbered from 0, other lists
from 1, as task types count them; of who made an entry nothing is told.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, TypeGuard, cast

import msgspec

_HIDDEN = frozenset({"script", "style", "template", "head", "noscript", "svg"})
_BREAKS = frozenset(
    {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table", "ul", "ol"}
)
_CONTENT = ("messages", "text", "content")


def as_text(value: Any, kind: str) -> str:
    """A field's value as text; "" for none, and for media."""
    if value is None or is_media(value):
        return ""
    if isinstance(value, str):
        return text_of_html(value) if kind == "html" else value
    if isinstance(value, list):
        given = cast("list[Any]", value)
        if kind == "chat":
            return "\n".join(f"[{n}] {_turn(turn)}" for n, turn in enumerate(given))
        return "\n".join(_row(n, row) for n, row in enumerate(given, 1))
    if isinstance(value, dict):
        return "\n".join(f"{k}: {_cell(v)}" for k, v in cast("dict[str, Any]", value).items())
    return msgspec.json.encode(value).decode()


def is_media(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a field's value refers to a file."""
    return isinstance(value, dict) and "media" in value and isinstance(cast("dict[str, Any]", value)["media"], int)


def text_of_html(html: str) -> str:
    """What a reader sees of HTML, with line breaks where blocks end; scripts, styles and comments are left out."""
    parser = _Reader()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._inside += 1
        elif tag in _BREAKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" | ")
        elif tag == "img" and not self._inside:
            self.parts.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._inside = max(0, self._inside - 1)
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.parts.append(data)


def _turn(turn: Any) -> str:
    if not isinstance(turn, dict):
        return _cell(turn)
    known = cast("dict[str, Any]", turn)
    return f"{known.get('role', 'unknown')}: {_said(known.get('content'))}"


def _said(content: Any) -> str:
    """A turn's content, which may be a list of parts; addresses of pictures are not followed."""
    if isinstance(content, list):
        return "\n".join(_said(part) for part in cast("list[Any]", content))
    if isinstance(content, dict):
        part = cast("dict[str, Any]", content)
        return str(part["text"]) if isinstance(part.get("text"), str) else f"({part.get('type', 'something else than text')})"
    return _cell(content)


def _row(place: int, row: Any) -> str:
    if isinstance(row, dict):
        entry = cast("dict[str, Any]", row)
        content = next((entry[key] for key in _CONTENT if entry.get(key) is not None), None)
        if isinstance(content, list):
            return f"[{place}]\n" + "\n".join(_turn(turn) for turn in cast("list[Any]", content))
        if content is not None:
            return f"[{place}] {_cell(content)}"
        return f"[{place}] " + "; ".join(f"{k}: {_cell(v)}" for k, v in entry.items())
    if isinstance(row, list):
        return " | ".join(_cell(cell) for cell in cast("list[Any]", row))
    return f"[{place}] {_cell(row)}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

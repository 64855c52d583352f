"""The text of a field as a model reads it. Pure; stands alone because every role of a model must read the same text.

Texts stay as they are, so that what a model quotes can be found again. Turns of a conversation are numbered from 0, other lists
from 1, as task types count them; of who made an entry nothing is told.
"""

from __future__ import annotations

from typing import Any, TypeGuard, cast

import msgspec

from milo.domain.reading import SOURCE, visible_text

_CONTENT = ("messages", "text", "content")


def as_text(value: Any, kind: str, reads: str | None = None) -> str:
    """A field's value as text; "" for none, and for media. `reads`: how a question reads the field that it marks; else HTML is
    its visible text, and Markdown as it was written."""
    if value is None or is_media(value):
        return ""
    if isinstance(value, str):
        return visible_text(value, reads or ("html" if kind == "html" else SOURCE))
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

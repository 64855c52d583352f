"""What of an item a predictor reads: its texts or its image. Pure and tolerant: odd data gives nothing, never an error."""

from __future__ import annotations

from typing import Any, cast

from milo.domain.question import Field, Question

TEXT_KINDS = frozenset({"text", "chat", "html", "markdown", "table", "document"})
LONGEST = 20_000
"""Code points read of one item; what follows is left out."""


def text_fields(question: Question, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields with text: the question's own field if it has one, else all of them."""
    own = [f for f in fields if f.name == question.field]
    return tuple(f for f in own or fields if f.kind in TEXT_KINDS)


def image_fields(question: Question, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The image fields: the question's own field if it has one, else all of them."""
    own = [f for f in fields if f.name == question.field]
    return tuple(f for f in own or fields if f.kind == "image")


def text_of(data: dict[str, Any], fields: tuple[Field, ...]) -> str:
    """The texts of the fields, joined by line breaks; chat turns as "role: content". Empty if there is none."""
    parts = [_flat(data.get(field.name)) for field in fields]
    return "\n".join(p for p in parts if p.strip())[:LONGEST]


def image_path(data: dict[str, Any], fields: tuple[Field, ...]) -> str | None:
    """The file of the first image field that has one."""
    for field in fields:
        value = data.get(field.name)
        if isinstance(value, dict):
            path = cast("dict[str, Any]", value).get("path")
            if isinstance(path, str) and path:
                return path
    return None


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list):
        return "\n".join(_turn(v) for v in cast("list[Any]", value))
    if isinstance(value, dict):
        cells = cast("dict[str, Any]", value)
        return "" if "media" in cells else "\n".join(f"{k}: {_flat(v)}" for k, v in cells.items())
    return ""


def _turn(value: Any) -> str:
    if isinstance(value, dict) and "content" in value:
        turn = cast("dict[str, Any]", value)
        return f"{turn.get('role', '')}: {_flat(turn['content'])}"
    return _flat(value)

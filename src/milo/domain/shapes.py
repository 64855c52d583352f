"""The few shapes that annotation values are made of.

Formats, predictors and viewers bind to these shapes, never to task types. Values travel as plain JSON; the structs here
describe and check that JSON. Units and origins:

- `Span`: offsets in Unicode code points of the field's text, as Python counts them; `start` inclusive, `end` exclusive.
- `Box`: pixels of the image after its EXIF orientation was applied; origin top left, x to the right, y down; floats.
- `Ranks`: ids of candidates as `milo.domain.candidates` gives them; no model's name.
- `Turn`, `TurnMark`: turns of a conversation; `TurnMark` counts them from 0.
- Scores: an object {criterion: whole number}; plain JSON, so there is no struct for it.
"""

from __future__ import annotations

import msgspec

PLACED = frozenset({"spans", "boxes", "ranks", "turn_marks"})
"""Shapes whose values are held against the content of the item when they are checked."""

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry of a label set.

    `value` is what is stored; `title` is what is shown (default: the value); `key` is the shortcut; `parent` is the
    value of the parent label in a tree; `description` is Markdown, shown beside the label while working.
    """

    value: str
    title: str | None = None
    color: str | None = None
    key: str | None = None
    parent: str | None = None
    description: str | None = None


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """A labelled stretch of text: code points `start` (inclusive) to `end` (exclusive).

    `score`, 0..1, is a model's confidence in this one mark; people's answers carry none.
    """

    start: int
    end: int
    label: str
    id: str | None = None
    field: str | None = None
    score: float | None = None


class Box(msgspec.Struct, frozen=True, omit_defaults=True):
    """An axis-aligned rectangle on an image, in pixels of the upright image, origin top left; `score` as in `Span`."""

    x: float
    y: float
    w: float
    h: float
    label: str
    id: str | None = None
    field: str | None = None
    score: float | None = None


class Ranks(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An order of candidates.

    `tiers` are best first; candidates of one tier are level, and every candidate is in one. `order` is how they stood on the
    screen, first to last; None where nothing was shown (a merged value, a model's). `strength`, from 1, is how far the
    first of two is ahead; None where that was not asked.
    """

    tiers: list[list[str]]
    order: list[str] | None = None
    strength: int | None = None


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of a written conversation; `role` is system, user or assistant, `content` is Markdown."""

    role: str
    content: str


class TurnMark(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is said of one turn (counted from 0) of a conversation: a label, or a rating."""

    turn: int
    label: str | None = None
    rating: int | None = None


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0..1; 0 when both are empty."""
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    union = a.w * a.h + b.w * b.h - common
    return min(1.0, common / union) if union > 0 else 0.0

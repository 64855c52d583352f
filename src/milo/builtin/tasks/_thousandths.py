"""Boxes as models write them: corners in thousandths of the picture's width and height.

Stands alone because models see a scaled picture and do not know its size in pixels; thousandths mean the same at any size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from milo.builtin.tasks._config import value_error
from milo.domain.question import Question

SCALE = 1000
SizeOf = Callable[[int], tuple[float, float]]
ASKED = (
    "Answer with the list of all boxes; an empty list if there are none. x1, y1 is the top left corner and x2, y2 the bottom "
    f"right one, in whole numbers from 0 to {SCALE}: 0 is the left or top edge, {SCALE} the right or bottom one."
)
PAGED = "`page` is the page that the box is on, counted from 1."
_CORNERS = ("x1", "y1", "x2", "y2")


def schema(labels: list[str], most: int, *, paged: bool = False) -> dict[str, Any]:
    """The JSON schema of a list of boxes; `paged`: on pages, counted from 1."""
    corner = {"type": "integer", "minimum": 0, "maximum": SCALE}
    page = {"page": {"type": "integer", "minimum": 1}} if paged else {}
    box = {
        "type": "object",
        "properties": {"label": {"type": "string", "enum": labels}, **dict.fromkeys(_CORNERS, corner), **page},
        "required": ["label", *_CORNERS, *page],
        "additionalProperties": False,
    }
    return {"type": "array", "items": box, "maxItems": most}


def in_pixels(
    question: Question, answer: list[dict[str, Any]], size_of: SizeOf, last: bool, least: float
) -> tuple[list[tuple[dict[str, Any], dict[str, Any]]], list[str]]:
    """What was written of each box, with the box in pixels, or points of its page; and what was left out. `size_of` tells the
    size of a page from 0, of an image that of page 0. Raises InvalidValue for a box without area, unless it is the `last`
    attempt and others have some."""
    boxes: list[tuple[dict[str, Any], dict[str, Any]]] = []
    bad: list[str] = []
    for one in answer:
        size = size_of(one.get("page", 1) - 1)
        x, y = one["x1"] * size[0] / SCALE, one["y1"] * size[1] / SCALE
        w, h = one["x2"] * size[0] / SCALE - x, one["y2"] * size[1] / SCALE - y
        if w <= 0 or h <= 0 or w < least or h < least:
            bad.append(", ".join(f"{name}={one[name]}" for name in _CORNERS))
        else:
            boxes.append((one, {"x": x, "y": y, "w": w, "h": h, "label": one["label"]} | _stored_page(one)))
    if bad and not (last and boxes):
        raise value_error(question, f"a box has no area or is too small: {bad[0]}; x2 must be beyond x1, and y2 below y1.")
    return boxes, [f"a box without area ({one})" for one in bad]


def _stored_page(one: dict[str, Any]) -> dict[str, int]:
    return {"page": one["page"] - 1} if "page" in one else {}


def in_thousandths(boxes: list[dict[str, Any]], size_of: SizeOf) -> list[dict[str, Any]]:
    """Boxes in thousandths, rounded outwards where they would vanish."""
    out: list[dict[str, Any]] = []
    for box in boxes:
        size = size_of(box.get("page", 0))
        x1, y1 = round(box["x"] * SCALE / size[0]), round(box["y"] * SCALE / size[1])
        x2, y2 = round((box["x"] + box["w"]) * SCALE / size[0]), round((box["y"] + box["h"]) * SCALE / size[1])
        x1, y1 = min(max(0, x1), SCALE - 1), min(max(0, y1), SCALE - 1)
        corners = {"x1": x1, "y1": y1, "x2": min(SCALE, max(x2, x1 + 1)), "y2": min(SCALE, max(y2, y1 + 1))}
        page = {"page": box["page"] + 1} if "page" in box else {}
        out.append({"label": box["label"], **corners, **page})
    return out

"""Places on the pages of a document: which page, how large it is, and whether a rectangle lies on it.

Stands alone because everything that is placed on pages is held to the same sizes. Pages count from 0; units are points of
the page as shown, from its top left corner; a document that is an image has one page, whose points are its pixels. What the
item's field says of its document: `pages` (their number) and `sizes`, runs of [width, height, how many], or `width` and
`height`.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, cast

from milo.builtin.tasks._config import value_error
from milo.domain.item import Item
from milo.domain.question import Field, Question

DOCUMENT = "document"
MAX_PAGES = 100_000
MAX_POINT = 1_000_000.0
OVERSHOOT = 1.0
Size = tuple[float, float]


def is_paged(name: str | None, fields: tuple[Field, ...]) -> bool:
    """Whether a field holds documents."""
    return any(field.name == name and field.kind == DOCUMENT for field in fields)


def document_of(question: Question, item: Item | None) -> dict[str, Any] | None:
    """What is known of the item's document; None where nothing is."""
    if item is None:
        return None
    value = item.data.get(question.field) if question.field is not None else None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def page_count(document: dict[str, Any] | None) -> int | None:
    """How many pages it has; None where that is not known."""
    if document is None:
        return None
    pages = document.get("pages")
    if isinstance(pages, int):
        return pages
    return 1 if isinstance(document.get("width"), int) else None


def page_size(document: dict[str, Any] | None, page: int) -> Size | None:
    """Width and height of a page; None where they are not known."""
    if document is None:
        return None
    first = 0
    for run in cast("list[Any]", document.get("sizes") or []):
        first += run[2]
        if page < first:
            return float(run[0]), float(run[1])
    width, height = document.get("width"), document.get("height")
    known = page == 0 and isinstance(width, int | float) and isinstance(height, int | float) and not document.get("pages")
    return (float(cast(float, width)), float(cast(float, height))) if known else None


def check_page(question: Question, page: int, document: dict[str, Any] | None) -> Size | None:
    """The size of that page where it is known. Raises InvalidValue for a page that there is not."""
    count = page_count(document)
    if not 0 <= page < (count if count is not None else MAX_PAGES):
        there = f"the document has {count} (0 to {count - 1})" if count else f"at most {MAX_PAGES:,} are taken"
        raise value_error(question, f"there is no page {page}; pages count from 0, and {there}.")
    return page_size(document, page)


def on_page(
    question: Question, rect: tuple[float, float, float, float], size: Size | None, page: int
) -> tuple[float, float, float, float]:
    """A rectangle cut at the edges of its page where it overshoots by at most a point. Raises InvalidValue for one that lies
    further out, has no area or is not finite."""
    x, y, w, h = rect
    where = f"the place x={x:g}, y={y:g}, w={w:g}, h={h:g} on page {page + 1}"
    if not all(isfinite(n) and abs(n) <= MAX_POINT for n in rect):
        raise value_error(question, f"{where} has a number that is not finite or beyond {MAX_POINT:,.0f}.")
    width, height = size or (MAX_POINT, MAX_POINT)
    if x < -OVERSHOOT or y < -OVERSHOOT or x + w > width + OVERSHOOT or y + h > height + OVERSHOOT:
        bounds = f", which is {width:g} x {height:g} points" if size else ""
        raise value_error(question, f"{where} lies outside of the page{bounds}.")
    right, bottom = min(x + w, width), min(y + h, height)
    left, top = max(0.0, x) + 0.0, max(0.0, y) + 0.0
    wide = w if left == x and right == x + w else right - left
    high = h if top == y and bottom == y + h else bottom - top
    if wide <= 0 or high <= 0:
        raise value_error(question, f"{where} has no area; width and height must be above 0.")
    return left, top, wide, high

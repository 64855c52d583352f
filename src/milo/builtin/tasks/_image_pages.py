"""Pages of an image that has several (TIFF, slices of DICOM): whether there is such a page, and how large it is.

Stands alone because everything that is drawn on an image may say its `page`, from 0; what says none is on the first. What the
item's field says of its image: `width` and `height` of the first page, `pages`, and `sizes`, runs of [width, height, how
many].
"""

from __future__ import annotations

from typing import Any, cast

from milo.builtin.tasks._config import value_error
from milo.domain.item import Item
from milo.domain.pages import size_in
from milo.domain.question import Question

MAX_PAGE = 100_000
Size = tuple[float, float]


def image_of(question: Question, item: Item | None) -> dict[str, Any] | None:
    """What is known of the item's image; None where nothing is."""
    if item is None:
        return None
    found = [item.data.get(question.field)] if question.field is not None else list(item.data.values())
    for one in found:
        if isinstance(one, dict) and isinstance(one.get("width"), int) and isinstance(one.get("height"), int):
            return cast("dict[str, Any]", one)
    return None


def size_on(question: Question, item: Item | None, page: int | None) -> Size | None:
    """Width and height of that page, None where unknown. Raises InvalidValue for a page that there is not."""
    image, page = image_of(question, item), page or 0
    count = image.get("pages", 1) if image is not None else MAX_PAGE
    if not 0 <= page < count:
        there = f"the image has {count}" if image is not None else f"at most {MAX_PAGE:,} are taken"
        raise value_error(question, f"there is no page {page}; pages count from 0, and {there}.")
    if image is None:
        return None
    return size_in(image.get("sizes", []), page) or (float(image["width"]), float(image["height"]))

"""`boxes`: labelled rectangles on an image or on the pages of a document, upright or, if the question allows it, turned.

Stands alone because coordinates need their own care: they are pixels of the upright image (EXIF orientation applied), origin
top left, as floats. The value is a list of {x, y, w, h, label, angle?, id?, attributes?, group?, z?}, sorted by y, x, size and
label; equal boxes are kept once. A box that leaves the image by at most one pixel is cut at the edge; further out is an error.
`angle` is in degrees, 0 <= angle < 360: x, y, w, h is the box before it is turned clockwise about its middle. The middle of a
turned box lies on the image, its corners need not. Of an image with several pages, each box may say its `page`, from 0. On a
document it always does (0 where it came without), and its numbers are points of that page as shown, from its top left corner.
Relations between the boxes of an image: `_related`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import isfinite
from typing import Any

import msgspec

from milo.builtin.tasks import _related, _thousandths, _turned
from milo.builtin.tasks._attributes import read_attributes
from milo.builtin.tasks._config import fitting_field, flag, known_keys, number, value_error
from milo.builtin.tasks._drawn import MAX_PIXEL, OVERSHOOT, Given, check_common, common, size_of
from milo.builtin.tasks._image_pages import size_on
from milo.builtin.tasks._labels import check_label, describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._likeness import best_total, most_pairs
from milo.builtin.tasks._matching import consensus, count_matches
from milo.builtin.tasks._paged import DOCUMENT, check_page, document_of, is_paged, page_size
from milo.builtin.tasks._regions import MAX_REGIONS, MarkList, check_ids, check_scores, f1, read_regions
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import Box
from milo.kinds.task_type import Brief, Path, Read


class _Given(Given, forbid_unknown_fields=True, kw_only=True):
    x: float
    y: float
    w: float
    h: float
    angle: float = 0.0


class Boxes(MarkList):
    """Rectangles. Agreement is F1 at IoU >= 0.5 with the same label (and on the same page), over the largest one-to-one
    matching. With attributes, half of the weight of each pair is how far these agree."""

    name = "boxes"
    title = "Bounding boxes"
    shape = "boxes"
    field_kinds: tuple[str, ...] = ("image", DOCUMENT)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `min_size` (1.0: the least width and height in pixels or points), `rotated` (false: boxes may be
        turned), `attributes` (see `_attributes`), `relations` (types of relations between boxes of an image, see `_links`).
        Fills in `field`, and `pages` where that field holds documents."""
        known_keys(question, "labels", "min_size", "rotated", "attributes", "relations", "pages")
        labels = normalise_labels(question)
        config: dict[str, Any] = {"labels": labels, "min_size": number(question, "min_size", 1.0, 0.0, 10_000.0)}
        if flag(question, "rotated", False):
            config["rotated"] = True
        attributes = read_attributes(question, labels)
        if attributes:
            config["attributes"] = attributes
        config |= _related.read_types(question, labels)
        field = fitting_field(question, fields, self.field_kinds)
        if is_paged(field, fields):
            config["pages"] = True
            _related.refuse_types(question, "boxes on the pages of a document take no relations; those of an image do.")
        return msgspec.structs.replace(question, config=config, field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> list[dict[str, Any]]:
        """The boxes in canonical order, held against the size of the item's image where that is known."""
        given = read_regions(question, value, _Given, "boxes")
        check_ids(question, [box.id for box in given])
        check_scores(question, [one.score for box in given for one in (box, *box.relations)])
        links = _related.links_of(question, given)
        labels = label_set(question)
        size_on = _sizes(question, item)
        for box in given:
            if box.label not in labels.order:
                check_label(question, labels, box.label)
            check_common(question, box)
            _check_box(question, box, size_on(box))
        given.sort(key=lambda b: (b.page or 0, b.y, b.x, b.w, b.h, b.angle, b.label, b.id or ""))
        kept = _without_repeats(given)
        now = _kept_ids(given, kept) if links else {}
        return _related.attach(question, [_plain(question, box) for box in kept], links, now)

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """F1 of the largest matching, and of relations; ids do not matter."""
        if question.config.get("relations"):
            first, second = sorted((a, b), key=_order_of)
            total = best_total(_turned.pairs(question, first, second, weighed=True))
            return _related.agreement(question, first, second, total, _turned.pairs(question, first, second, weighed=False))
        if question.config.get("attributes") or question.config.get("rotated"):
            pairs = _turned.pairs(question, a, b, weighed=True)
            return 2 * best_total(pairs) / (len(a) + len(b)) if a or b else 1.0
        pages = {box.get("page") for box in a} & {box.get("page") for box in b}
        matches = sum(count_matches(_boxes(a, page), _boxes(b, page)) for page in pages)
        return f1(matches, len(a), len(b))

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The boxes of `a` that are paired with one of `b` and have the same attributes and relations."""
        return [(i,) for i, _ in _related.told_alike(question, a, b, most_pairs(_turned.same(question, a, b)))]

    def brief(self, question: Question) -> Brief:
        """A list of boxes in pixels."""
        numbers: dict[str, Any] = {key: {"type": "number"} for key in ("x", "y", "w", "h")}
        box: dict[str, Any] = {
            "type": "object",
            "properties": numbers | {"label": {"type": "string", "enum": list(label_set(question).order)}},
            "required": ["x", "y", "w", "h", "label"],
            "additionalProperties": False,
        }
        unit = "pixels of the image"
        if question.config.get("pages"):
            box["properties"]["page"] = {"type": "integer", "minimum": 0}
            box["required"].append("page")
            unit = "points of the page that is given (from 0)"
        related, about = _related.asked(question, "box")
        box["properties"] |= related
        box["required"] += [*related]
        what = (
            f"Answer with the list of all boxes in {unit}: x, y of the top left corner, width w, height h. "
            f"Labels:\n{describe_labels(question)}\n{about}"
        )
        return Brief(instruction(question, what.strip()), {"type": "array", "items": box, "maxItems": MAX_REGIONS})

    def model_brief(self, question: Question) -> Brief:
        """A list of boxes in thousandths of the picture, so that they mean the same at any size."""
        paged = bool(question.config.get("pages"))
        asked = f"{_thousandths.ASKED} {_thousandths.PAGED}" if paged else _thousandths.ASKED
        related, about = _related.asked(question, "box")
        what = f"{asked} Labels:\n{describe_labels(question)}\n{about}"
        schema = _thousandths.schema(list(label_set(question).order), MAX_REGIONS, paged=paged)
        schema["items"]["properties"] |= related
        schema["items"]["required"] += [*related]
        return Brief(instruction(question, what.strip()), schema)

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The boxes in pixels of the item's image."""
        least = float(question.config.get("min_size", 1.0))
        found, bad = _thousandths.in_pixels(question, answer, _known_sizes(question, item), last, least)
        return Read([box for _, box in found], (*bad, *_related.from_answer(question, found, last)))

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The boxes in thousandths."""
        if not question.config.get("pages"):
            size = size_of(question, item) or (1000.0, 1000.0)
            return _related.to_answer(question, value, _thousandths.in_thousandths(value, lambda _: size))
        document = document_of(question, item)
        return _thousandths.in_thousandths(value, lambda page: page_size(document, page) or (1000.0, 1000.0))

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The mean of every group of matching boxes that at least half of the answers contain."""
        if len(values) == 1:
            return values[0]
        if any(question.config.get(name) for name in ("attributes", "rotated", "relations")):
            return self.check(question, _turned.merged(question, values), None)
        found: list[dict[str, Any]] = []
        for page in sorted({box.get("page") for value in values for box in value}, key=lambda p: p or 0):
            agreed = consensus([_boxes(value, page) for value in values])
            found += [msgspec.to_builtins(box) | ({} if page is None else {"page": page}) for box in agreed]
        return self.check(question, found, None)

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels of boxes and relations."""
        return _related.summary(value)


def _sizes(question: Question, item: Item | None) -> Callable[[_Given], tuple[float, float] | None]:
    """What tells the size of that on which a box lies, None where it is not known; it settles the box's page as well.

    It raises InvalidValue for a page where there are none, or that there is not.
    """
    if question.config.get("pages"):
        document = document_of(question, item)

        def on_page(box: _Given) -> tuple[float, float] | None:
            box.page = box.page or 0
            return check_page(question, box.page, document)

        return on_page
    return lambda box: size_on(question, item, box.page)


def _known_sizes(question: Question, item: Item) -> Callable[[int], tuple[float, float]]:
    """The size of a page, or of the image (page 0); the function raises InvalidValue where it is not known."""

    def of(page: int) -> tuple[float, float]:
        paged = question.config.get("pages")
        size = check_page(question, page, document_of(question, item)) if paged else size_of(question, item)
        if size is None:
            raise value_error(question, "the size of the item's image is not known.")
        return size

    of(0)
    return of


def _where(x: float, y: float, w: float, h: float) -> str:
    return f"the box at x={x:g}, y={y:g}, w={w:g}, h={h:g}"


def _check_box(question: Question, box: _Given, size: tuple[float, float] | None) -> None:
    """Raise InvalidValue for a box that is not on the image; cut one that overshoots by at most a pixel."""
    numbers = (box.x, box.y, box.w, box.h)
    if not all(isfinite(n) and abs(n) <= MAX_PIXEL for n in numbers):
        raise value_error(question, f"{_where(*numbers)} has a number that is not finite or beyond {MAX_PIXEL:,.0f}.")
    if box.angle:
        _check_turn(question, box, size)
    else:
        box.x, box.w, box.y, box.h = (
            *_cut(box.x, box.w, size[0] if size else None),
            *_cut(box.y, box.h, size[1] if size else None),
        )
        if box.x < 0 or box.y < 0 or (size and (box.x + box.w > size[0] + 1e-6 or box.y + box.h > size[1] + 1e-6)):
            ground, unit = ("page", "points") if question.config.get("pages") else ("image", "pixels")
            bounds = f", which is {size[0]:g} x {size[1]:g} {unit}" if size else ""
            raise value_error(question, f"{_where(*numbers)} lies outside of the {ground}{bounds}.")
    least = float(question.config.get("min_size", 1.0))
    if box.w <= 0 or box.h <= 0 or box.w < least or box.h < least:
        raise value_error(question, f"{_where(*numbers)} is too small; width and height must be at least {least:g} pixels.")


def _check_turn(question: Question, box: _Given, size: tuple[float, float] | None) -> None:
    if not question.config.get("rotated"):
        raise value_error(
            question, f"a box has the angle {box.angle!r:.20}, but this question takes upright boxes only (rotated)."
        )
    if not isfinite(box.angle) or abs(box.angle) > MAX_PIXEL:
        raise value_error(question, f"the angle {box.angle} of a box is no number of degrees.")
    box.angle = round(box.angle % 360.0, 6) % 360.0
    x, y = box.x + box.w / 2, box.y + box.h / 2
    if x < 0 or y < 0 or (size and (x > size[0] or y > size[1])):
        raise value_error(question, f"the middle of a turned box, ({x:g}, {y:g}), lies outside of the image.")


def _cut(start: float, length: float, limit: float | None) -> tuple[float, float]:
    """One axis cut to 0..limit where it overshoots by at most a pixel; adding 0.0 turns -0.0 into 0.0."""
    if -OVERSHOOT <= start < 0:
        start, length = 0.0, length + start
    if limit is not None and limit < start + length <= limit + OVERSHOOT:
        length = limit - start
    return start + 0.0, length + 0.0


def _boxes(value: list[dict[str, Any]], page: int | None) -> list[Box]:
    """Those on a page; on an image no box has one."""
    return [Box(x=b["x"], y=b["y"], w=b["w"], h=b["h"], label=b["label"]) for b in value if b.get("page") == page]


def _plain(question: Question, box: _Given) -> dict[str, Any]:
    plain: dict[str, Any] = {"x": box.x, "y": box.y, "w": box.w, "h": box.h, "label": box.label}
    if box.angle:
        plain["angle"] = box.angle
    if question.config.get("pages"):
        plain["page"] = box.page or 0
    return plain | common(question, box)


def _place(box: _Given) -> tuple[float, float, float, float, float, str, int]:
    return (box.x, box.y, box.w, box.h, box.angle, box.label, box.page or 0)


def _without_repeats(boxes: list[_Given]) -> list[_Given]:
    kept: dict[tuple[float, float, float, float, float, str, int], _Given] = {}
    for box in boxes:
        place = _place(box)
        if place not in kept or kept[place].id is None:
            kept[place] = box
    return list(kept.values())


def _kept_ids(given: list[_Given], kept: list[_Given]) -> dict[str, str]:
    """Under which id each box that has one is kept."""
    ids = {_place(box): box.id for box in kept}
    return {box.id: ids[_place(box)] or box.id for box in given if box.id is not None}


def _order_of(boxes: list[dict[str, Any]]) -> str:
    return json.dumps(boxes, sort_keys=True)


PLUGIN = Boxes()

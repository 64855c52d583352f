"""`masks`: things on an image pixel by pixel.

Stands alone because a mask is neither a list of corners nor small. It is stored as COCO stores it, so that other programs read
it as it is: {size: [height, width], counts, label, id?, attributes?, group?, z?}, where `counts` are the lengths of runs down
each column of the upright image (EXIF orientation applied), off first, as compressed text. A list of numbers is taken too, and
so are `points` (with `holes`) in place of size and counts: an outline as in polygons, of which the pixels with their middle
inside are taken.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

from milo.builtin.tasks._config import value_error
from milo.builtin.tasks._drawn import MAX_PIXEL, Drawn, Extent, Given, Size, Thing, point_schema, to_pixels, to_thousandths
from milo.domain.question import Question

MAX_COUNTS = 4_000_000
MAX_AREA = 4_000_000_000
MAX_SWEEP = 20_000_000
"""Pixels that an outline may pass from side to side: each costs a number while it is filled."""
_ROWS = 24


class _Given(Given, forbid_unknown_fields=True, kw_only=True):
    size: tuple[int, int] | None = None
    counts: str | list[int] | None = None
    points: list[tuple[float, float]] = []
    holes: list[list[tuple[float, float]]] = []


class Masks(Drawn):
    """Masks. Two are the same from an intersection over union of 0.5 on; several answers merge pixel by pixel, by majority."""

    name = "masks"
    title = "Masks"
    shape = "masks"
    what: ClassVar[str] = "masks"
    given: ClassVar[type[Given]] = _Given

    def place(self, question: Question, mark: Any, size: Size | None) -> None:
        """Compressed counts that fill an image of the right size and hold at least one pixel."""
        from milo.stats import rle

        wanted = (int(size[1]), int(size[0])) if size else None
        if mark.counts is None:
            _draw(question, mark, wanted)
            return
        height, width = mark.size or wanted or (0, 0)
        if not (height > 0 and width > 0 and height * width <= MAX_AREA):
            raise value_error(question, f"a mask has the size {height} x {width}; give size: [height, width] of the image.")
        if wanted is not None and (height, width) != wanted:
            raise value_error(
                question, f"a mask has the size [{height}, {width}]; the image has height {wanted[0]} and width {wanted[1]}."
            )
        counts = _read(question, mark.counts)
        if len(counts) and (int(counts.min()) < 0 or int(counts.max()) > MAX_AREA or int(counts.sum()) != height * width):
            raise value_error(
                question, f"the runs of a mask fill {int(counts.sum()):,} pixels; {height} x {width} has {height * width:,}."
            )
        counts = rle.canonical(counts)
        if rle.area(counts) == 0:
            raise value_error(question, "a mask has no pixel; leave it out.")
        mark.size, mark.counts = (height, width), rle.write_text(counts)

    def geometry(self, mark: Any) -> Thing:
        """Size and compressed counts."""
        return {"size": list(mark.size), "counts": mark.counts}

    def extent(self, thing: Thing) -> Extent:
        """Around its pixels."""
        from milo.stats import rle

        x, y, w, h = rle.extent(rle.read_text(thing["counts"]), thing["size"][0])
        return float(x), float(y), float(w), float(h)

    def alike(self, question: Question, a: Thing, b: Thing) -> float:
        """Intersection over union, exactly; 0 for images of different size."""
        if a["size"] != b["size"]:
            return 0.0
        if a["counts"] == b["counts"]:
            return 1.0
        from milo.stats import rle

        both, either = rle.common(rle.read_text(a["counts"]), rle.read_text(b["counts"]))
        return both / either if either else 0.0

    def blend(self, question: Question, things: list[Thing]) -> Thing:
        """The pixels that at least half of them have."""
        from milo.stats import rle

        height, width = things[0]["size"]
        counts = rle.majority([rle.read_text(thing["counts"]) for thing in things], height * width)
        if rle.area(counts) == 0:
            return super().blend(question, things)
        return {"size": [height, width], "counts": rle.write_text(counts)}

    def written(self, question: Question, size: Size | None) -> tuple[dict[str, Any], list[str], str]:
        """An outline: nobody writes runs by heart."""
        points = {"type": "array", "items": point_schema(size), "minItems": 3, "maxItems": 500}
        return {"points": points}, ["points"], "`points` are the corners of the thing's outline in order."

    def from_written(self, question: Question, one: Thing, size: Size) -> Thing:
        """An outline in pixels, which `check` fills."""
        return {"points": [to_pixels(p, size) for p in one["points"]]}

    def to_written(self, question: Question, thing: Thing, size: Size) -> Thing:
        """A rough outline: the leftmost and rightmost pixels of some rows. For examples."""
        import numpy as np

        from milo.stats import rle

        left, top, bitmap = rle.to_bitmap(rle.read_text(thing["counts"]), tuple(thing["size"]))
        rows = np.flatnonzero(bitmap.any(axis=1))
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, _ROWS).astype(int))]
        first = bitmap[rows].argmax(axis=1)
        last = bitmap.shape[1] - bitmap[rows][:, ::-1].argmax(axis=1)
        up, down = rows.astype(float), rows.astype(float) + 1.0
        right_side = [p for x, a, b in zip(last, up, down, strict=True) for p in ((x, a), (x, b))]
        left_side = [p for x, a, b in zip(first[::-1], down[::-1], up[::-1], strict=True) for p in ((x, a), (x, b))]
        return {"points": [to_thousandths(float(x) + left, float(y) + top, size) for x, y in right_side + left_side]}


def _read(question: Question, given: str | list[int]) -> Any:
    import numpy as np

    from milo.stats import rle

    if len(given) > MAX_COUNTS:
        raise value_error(question, f"a mask has {len(given):,} numbers or characters; at most {MAX_COUNTS:,} are allowed.")
    try:
        return rle.read_text(given) if isinstance(given, str) else np.asarray(given, np.int64)
    except (ValueError, OverflowError) as error:
        raise value_error(question, f"the runs of a mask cannot be read: {error}.") from None


def _draw(question: Question, mark: Any, wanted: tuple[int, int] | None) -> None:
    from milo.stats import rle

    size = mark.size or wanted
    if not mark.points or size is None or min(size) <= 0 or size[0] * size[1] > MAX_AREA:
        raise value_error(question, "a mask needs size and counts (runs as COCO writes them), or the points of an outline.")
    numbers = [n for ring in (mark.points, *mark.holes) for point in ring for n in point]
    if not all(abs(n) <= MAX_PIXEL for n in numbers):
        raise value_error(question, f"the outline of a mask has a number that is not finite or beyond {MAX_PIXEL:,.0f}.")
    rings = [*mark.points, mark.points[0]], *([*hole, hole[0]] for hole in mark.holes if hole)
    if sum(abs(a[0] - b[0]) for ring in rings for a, b in pairwise(ring)) > MAX_SWEEP:
        raise value_error(question, "the outline of a mask winds too often across the image; draw it simpler.")
    counts = rle.from_outlines([ring for ring in (mark.points, *mark.holes) if len(ring) > 2], (size[0], size[1]))
    if len(mark.points) < 3 or rle.area(counts) == 0:
        raise value_error(question, "the outline of a mask holds the middle of no pixel.")
    mark.size, mark.counts = (size[0], size[1]), rle.write_text(counts)


PLUGIN = Masks()

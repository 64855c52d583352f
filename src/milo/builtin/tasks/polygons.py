"""`polygons`: outlined things on an image, with holes.

Stands alone because outlines have rules of their own. Coordinates are pixels of the upright image (EXIF orientation applied),
origin top left, as floats. The value is a list of {points: [[x, y], ...], holes?: [[[x, y], ...], ...], label, id?,
attributes?, group?, z?}; outlines are closed by themselves, and what is inside is decided by the even-odd rule. A point that
leaves the image by at most one pixel is pulled onto its edge; further out is an error.
"""

from __future__ import annotations

from typing import Any, ClassVar

from milo.builtin.tasks._config import value_error
from milo.builtin.tasks._drawn import (
    Drawn,
    Extent,
    Given,
    Size,
    Thing,
    around,
    on_image,
    point_schema,
    to_pixels,
    to_thousandths,
)
from milo.domain.question import Question

MAX_POINTS = 20_000
MAX_HOLES = 1_000
Points = list[tuple[float, float]]


class _Given(Given, forbid_unknown_fields=True, kw_only=True):
    points: Points
    holes: list[Points] = []


class Polygons(Drawn):
    """Outlines. Two are the same from an intersection over union of 0.5 on; several answers merge to the most central one."""

    name = "polygons"
    title = "Polygons"
    shape = "polygons"
    what: ClassVar[str] = "polygons"
    given: ClassVar[type[Given]] = _Given

    def place(self, question: Question, mark: Any, size: Size | None) -> None:
        """Every outline has at least three corners and an area; repeated corners are left out."""
        if len(mark.holes) > MAX_HOLES:
            raise value_error(question, f"a polygon has {len(mark.holes):,} holes; at most {MAX_HOLES:,} are allowed.")
        mark.points = _outline(question, mark.points, size, "a polygon")
        mark.holes = sorted(_outline(question, hole, size, "a hole of a polygon") for hole in mark.holes)

    def geometry(self, mark: Any) -> Thing:
        """Points and holes as lists."""
        plain: Thing = {"points": [list(p) for p in mark.points]}
        if mark.holes:
            plain["holes"] = [[list(p) for p in hole] for hole in mark.holes]
        return plain

    def extent(self, thing: Thing) -> Extent:
        """Around the outer outline."""
        return around(thing["points"])

    def alike(self, question: Question, a: Thing, b: Thing) -> float:
        """Intersection over union of the areas."""
        if a["points"] == b["points"] and a.get("holes") == b.get("holes"):
            return 1.0
        from milo.stats.outlines import overlap

        return overlap(_rings(a), _rings(b))

    def written(self, question: Question, size: Size | None) -> tuple[dict[str, Any], list[str], str]:
        """A list of corners; models write no holes."""
        points = {"type": "array", "items": point_schema(size), "minItems": 3, "maxItems": 500}
        return {"points": points}, ["points"], "`points` are the corners of the outline in order, without repeating the first."

    def from_written(self, question: Question, one: Thing, size: Size) -> Thing:
        """Corners in pixels."""
        return {"points": [to_pixels(p, size) for p in one["points"]]}

    def to_written(self, question: Question, thing: Thing, size: Size) -> Thing:
        """Corners in thousandths; of more than 500, evenly chosen ones."""
        step = max(1, -(-len(thing["points"]) // 500))
        return {"points": [to_thousandths(x, y, size) for x, y in thing["points"][::step]]}


def _outline(question: Question, points: Points, size: Size | None, what: str) -> Points:
    if len(points) > MAX_POINTS:
        raise value_error(question, f"{what} has {len(points):,} corners; at most {MAX_POINTS:,} are allowed.")
    found: Points = []
    for x, y in points:
        point = on_image(question, x, y, size, what)
        if not found or point != found[-1]:
            found.append(point)
    if len(found) > 1 and found[0] == found[-1]:
        found.pop()
    if len(found) < 3:
        raise value_error(question, f"{what} has {len(found)} different corners; it needs at least 3.")
    (x0, y0), area = found[0], 0.0
    for (ax, ay), (bx, by) in zip(found, [*found[1:], found[0]], strict=True):
        area = max(area, abs((ax - x0) * (by - y0) - (bx - x0) * (ay - y0)))
    if area <= 0:
        raise value_error(question, f"{what} has all its corners on one line; give it an area.")
    return found


def _rings(thing: Thing) -> list[Any]:
    return [thing["points"], *thing.get("holes", [])]


PLUGIN = Polygons()

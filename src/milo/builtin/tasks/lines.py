"""`lines`: lines on an image, each through two points or more.

Stands alone because a line has no area: two are compared by how far apart they run. Coordinates are pixels of the upright image
(EXIF orientation applied), origin top left, as floats. The value is a list of {points: [[x, y], ...], label, id?, attributes?,
group?, z?}, each from its first point to its last. A point that leaves the image by at most one pixel is pulled onto its edge.
"""

from __future__ import annotations

from typing import Any, ClassVar

from milo.builtin.tasks._config import number, value_error
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


class _Given(Given, forbid_unknown_fields=True, kw_only=True):
    points: list[tuple[float, float]]


class Lines(Drawn):
    """Lines. Two are the same where they run at most `tolerance` pixels apart on average; direction does not matter. Several
    answers merge to the most central one."""

    name = "lines"
    title = "Lines"
    shape = "polylines"
    what: ClassVar[str] = "lines"
    given: ClassVar[type[Given]] = _Given
    own_keys: ClassVar[tuple[str, ...]] = ("tolerance",)

    def settings(self, question: Question) -> dict[str, Any]:
        """`tolerance` (10.0): pixels that two lines of one thing may lie apart on average."""
        return {"tolerance": number(question, "tolerance", 10.0, 0.1, 10_000.0)}

    def place(self, question: Question, mark: Any, size: Size | None) -> None:
        """At least two different points; repeated ones are left out."""
        if len(mark.points) > MAX_POINTS:
            raise value_error(question, f"a line has {len(mark.points):,} points; at most {MAX_POINTS:,} are allowed.")
        found: list[tuple[float, float]] = []
        for x, y in mark.points:
            point = on_image(question, x, y, size, "a line")
            if not found or point != found[-1]:
                found.append(point)
        if len(found) < 2:
            raise value_error(question, f"a line has {len(found)} different points; it needs at least 2.")
        mark.points = found

    def geometry(self, mark: Any) -> Thing:
        """Points as lists."""
        return {"points": [list(p) for p in mark.points]}

    def extent(self, thing: Thing) -> Extent:
        """Around all points."""
        return around(thing["points"])

    def slack(self, question: Question) -> float:
        """Twice the tolerance: on average no point lies further off."""
        return 2 * _tolerance(question)

    def alike(self, question: Question, a: Thing, b: Thing) -> float:
        """1 for one place, 0.5 at the tolerance, 0 at twice of it."""
        if a["points"] == b["points"]:
            return 1.0
        from milo.stats.outlines import distance

        return max(0.0, 1.0 - distance(a["points"], b["points"]) / (2 * _tolerance(question)))

    def written(self, question: Question, size: Size | None) -> tuple[dict[str, Any], list[str], str]:
        """A list of points."""
        points = {"type": "array", "items": point_schema(size), "minItems": 2, "maxItems": 500}
        return {"points": points}, ["points"], "`points` are the points of the line from one end to the other."

    def from_written(self, question: Question, one: Thing, size: Size) -> Thing:
        """Points in pixels."""
        return {"points": [to_pixels(p, size) for p in one["points"]]}

    def to_written(self, question: Question, thing: Thing, size: Size) -> Thing:
        """Points in thousandths; of more than 500, evenly chosen ones and the last."""
        points = thing["points"]
        if len(points) > 500:
            points = [*points[:: -(-len(points) // 499)], points[-1]][-500:]
        return {"points": [to_thousandths(x, y, size) for x, y in points]}


def _tolerance(question: Question) -> float:
    return float(question.config.get("tolerance", 10.0))


PLUGIN = Lines()

"""`keypoints`: figures of named points, such as the joints of a person.

Stands alone because its points have names, an order and a visibility. Coordinates are pixels of the upright image (EXIF
orientation applied), origin top left, as floats. The value is a list of {points: [[x, y, v], ...], label, id?, attributes?,
group?, z?} with one entry for each of the question's `points`, in that order. v is 0: not there (x and y are then 0), 1:
hidden but known, 2: seen. A point that leaves the image by at most one pixel is pulled onto its edge.
"""

from __future__ import annotations

from math import fsum
from statistics import median_low
from typing import Any, ClassVar, cast

from milo.builtin.tasks._config import config_error, value_error
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

MAX_POINTS = 200
SIGMA = 0.05
"""How far a good annotator's click scatters, as a share of the figure's size, where the question does not say."""
_SEEN = {"seen": 2, "hidden": 1, "not there": 0}


class _Given(Given, forbid_unknown_fields=True, kw_only=True):
    points: list[tuple[float, float, int]]


class Keypoints(Drawn):
    """Figures. Two are the same from an object keypoint similarity of 0.5 on; several answers merge to the mean of each
    point."""

    name = "keypoints"
    title = "Key points"
    shape = "keypoints"
    what: ClassVar[str] = "figures"
    given: ClassVar[type[Given]] = _Given
    own_keys: ClassVar[tuple[str, ...]] = ("points", "edges")

    def settings(self, question: Question) -> dict[str, Any]:
        """`points`: list of names or of {name, title, sigma (0.05)}; `edges`: list of [name, name], the lines between them."""
        points = _read_points(question)
        return {"points": points, "edges": _read_edges(question, [point["name"] for point in points])}

    def place(self, question: Question, mark: Any, size: Size | None) -> None:
        """One entry for each point, at least one of them there."""
        names = _names(question)
        if len(mark.points) != len(names):
            raise value_error(question, f"a figure has {len(mark.points)} points; the question has {len(names)}.")
        found: list[tuple[float, float, int]] = []
        for name, (x, y, v) in zip(names, mark.points, strict=True):
            if v not in (0, 1, 2):
                raise value_error(
                    question, f'the point "{name}" has the visibility {v}; use 0 (not there), 1 (hidden) or 2 (seen).'
                )
            place = on_image(question, x, y, size, f'the point "{name}"') if v else (0.0, 0.0)
            found.append((*place, v))
        if not any(v for _, _, v in found):
            raise value_error(question, "a figure has no point that is there; place at least one.")
        mark.points = found

    def geometry(self, mark: Any) -> Thing:
        """Points as lists."""
        return {"points": [list(p) for p in mark.points]}

    def extent(self, thing: Thing) -> Extent:
        """Around the points that are there."""
        return around([p for p in thing["points"] if p[2]])

    def slack(self, question: Question) -> float:
        """Small figures may resemble each other without touching."""
        return 64.0

    def alike(self, question: Question, a: Thing, b: Thing) -> float:
        """Object keypoint similarity, see `milo.stats.outlines.likeness`."""
        if a["points"] == b["points"]:
            return 1.0
        from milo.stats.outlines import likeness

        return likeness(a["points"], b["points"], [point.get("sigma", SIGMA) for point in question.config["points"]])

    def blend(self, question: Question, things: list[Thing]) -> Thing:
        """Each point where at least half have it: the mean place, and the middle visibility."""
        points: list[list[float]] = []
        for column in zip(*(thing["points"] for thing in things), strict=True):
            there = [p for p in column if p[2]]
            if 2 * len(there) < len(column) or not there:
                points.append([0.0, 0.0, 0])
                continue
            x, y = (fsum(p[d] for p in there) / len(there) for d in (0, 1))
            points.append([x, y, median_low([p[2] for p in there])])
        return {"points": points} if any(p[2] for p in points) else {"points": things[0]["points"]}

    def written(self, question: Question, size: Size | None) -> tuple[dict[str, Any], list[str], str]:
        """An object with each point by its name."""
        point = point_schema(size)
        state = {"type": "string", "enum": list(_SEEN)}
        one = {**point, "properties": {**point["properties"], "state": state}, "required": ["x", "y", "state"]}
        names = _names(question)
        points = {"type": "object", "properties": dict.fromkeys(names, one), "required": names, "additionalProperties": False}
        about = "; ".join(f"{p['name']}: {p['title']}" for p in question.config["points"] if p.get("title"))
        words = "`points` gives each point by its name; `state` is seen, hidden (covered, but its place is known) or not there."
        return {"points": points}, ["points"], words + (f" The names mean: {about}." if about else "")

    def from_written(self, question: Question, one: Thing, size: Size) -> Thing:
        """Points in pixels, in the question's order."""
        given = [one["points"][name] for name in _names(question)]
        return {"points": [(*to_pixels(p, size), _SEEN[p["state"]]) for p in given]}

    def to_written(self, question: Question, thing: Thing, size: Size) -> Thing:
        """Points in thousandths, by name."""
        words = {v: word for word, v in _SEEN.items()}
        named = zip(_names(question), thing["points"], strict=True)
        return {"points": {name: {**to_thousandths(x, y, size), "state": words[v]} for name, (x, y, v) in named}}


def _names(question: Question) -> list[str]:
    return [point["name"] for point in question.config["points"]]


def _read_points(question: Question) -> list[dict[str, Any]]:
    raw = question.config.get("points")
    if not isinstance(raw, list) or not 1 <= len(cast("list[Any]", raw)) <= MAX_POINTS:
        raise config_error(question, "points", f'it needs 1 to {MAX_POINTS} points, for example points: ["head", "tail"].')
    points = [_read_point(question, entry, place) for place, entry in enumerate(cast("list[Any]", raw))]
    names = [point["name"] for point in points]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise config_error(question, "points", f'two points have the name "{twice}"; each needs its own.')
    return points


def _read_point(question: Question, entry: Any, place: int) -> dict[str, Any]:
    where = f"points[{place}]"
    given: Any = {"name": entry} if isinstance(entry, str) else entry
    if not isinstance(given, dict) or set(cast("dict[str, Any]", given)) - {"name", "title", "sigma"}:
        raise config_error(question, where, f"point {place + 1} must be a name or {{name, title, sigma}}, got {entry!r:.80}.")
    point = cast("dict[str, Any]", given)
    name, title, sigma = point.get("name"), point.get("title"), point.get("sigma")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 100:
        raise config_error(question, where, f"point {place + 1} needs a name of 1 to 100 characters.")
    if title is not None and not isinstance(title, str):
        raise config_error(question, where, f'point "{name}": the title must be text.')
    if sigma is not None and (isinstance(sigma, bool) or not isinstance(sigma, int | float) or not 0.001 <= sigma <= 1):
        raise config_error(question, where, f'point "{name}": sigma is {sigma!r:.40}; it must be a number from 0.001 to 1.')
    return {key: value for key, value in (("name", name), ("title", title), ("sigma", sigma)) if value is not None}


def _read_edges(question: Question, names: list[str]) -> list[list[str]]:
    raw = question.config.get("edges", [])
    if not isinstance(raw, list):
        raise config_error(question, "edges", 'edges must be a list such as [["head", "tail"]].')
    found: list[list[str]] = []
    for place, entry in enumerate(cast("list[Any]", raw)):
        pair = cast("list[Any]", entry) if isinstance(entry, list) else []
        if len(pair) != 2 or pair[0] == pair[1] or any(name not in names for name in pair):
            raise config_error(question, f"edges[{place}]", f"edge {place + 1} must name two of the points, got {entry!r:.80}.")
        if pair not in found and pair[::-1] not in found:
            found.append(pair)
    return found


PLUGIN = Keypoints()

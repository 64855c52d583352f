"""`tracks`: things followed through a video.

Stands alone because a thing in a video is a path in time, not a place. The value is a list of {keyframes: [{frame, box:
[x, y, w, h, angle?] | polygon: [[x, y], ...] | points: [[x, y, v], ...], occluded?, outside?, attributes?}, ...], label, id?,
attributes?, group?, z?}. Frames are counted from 0 in the order in which they are shown; places are pixels of the frame as
shown, origin top left. What holds between key frames, `milo.domain.tracks` says. Boxes may reach beyond the picture; outlines
and points lie on it. Things are sorted by their first frame, top, left and label.
"""

from __future__ import annotations

from typing import Any, ClassVar

from milo.builtin.tasks import _track_places
from milo.builtin.tasks._attributes import attributes_agree, read_attributes
from milo.builtin.tasks._config import config_error, flag, value_error
from milo.builtin.tasks._drawn import (
    Drawn,
    Extent,
    Given,
    Size,
    Thing,
    point_schema,
    to_pixels,
    to_thousandths,
)
from milo.builtin.tasks.keypoints import PLUGIN as KEYPOINTS
from milo.domain.item import Item
from milo.domain.question import Question
from milo.domain.shapes import Keyframe

_STATES = ("seen", "occluded", "outside")


class _Given(Given, forbid_unknown_fields=True, kw_only=True):
    keyframes: list[Keyframe]


class Tracks(Drawn):
    """Things through a video. Two are the same if they are alike by 0.5 on average over the frames at which either is there
    (see `_track_places.alike`); several answers merge to the track that is most like the others."""

    name = "tracks"
    title = "Tracks in a video"
    shape = "tracks"
    what: ClassVar[str] = "tracks"
    given: ClassVar[type[Given]] = _Given
    own_keys: ClassVar[tuple[str, ...]] = ("places", "changing", "rotated", "points", "edges")
    related: ClassVar[bool] = False
    field_kinds: tuple[str, ...] = ("video",)

    def settings(self, question: Question) -> dict[str, Any]:
        """`places` (["box"]): what is drawn, of box, polygon, points; `rotated` (false): boxes may be turned; `changing`:
        attributes that may change from key frame to key frame; with points also `points` and `edges`, see `keypoints`."""
        given = question.config.get("places", ["box"])
        if not isinstance(given, list) or not given or any(kind not in _track_places.KINDS for kind in given):
            raise config_error(
                question, "places", f"places must be a list of {', '.join(_track_places.KINDS)}, got {given!r:.80}."
            )
        found: dict[str, Any] = {"places": [kind for kind in _track_places.KINDS if kind in given]}
        if flag(question, "rotated", False):
            found["rotated"] = True
        labels = [one if isinstance(one, dict) else {"value": one} for one in question.config["labels"]]
        changing = read_attributes(question, labels, "changing")
        if changing:
            found["changing"] = changing
        return found | (KEYPOINTS.settings(question) if "points" in given else {})

    def check(self, question: Question, value: Any, item: Item | None) -> list[Thing]:
        """The tracks in canonical order; their frames held against the length of the item's video where that is known."""
        found = super().check(question, value, item)
        frames = frames_of(question, item)
        if frames is not None:
            for thing in found:
                _within(question, thing, frames)
        return found

    def place(self, question: Question, mark: Any, size: Size | None) -> None:
        """Key frames in order, each with one place of the kind that the track has."""
        mark.keyframes = _track_places.settle(question, mark.label, mark.keyframes, size)

    def geometry(self, mark: Any) -> Thing:
        """The key frames."""
        return {"keyframes": mark.keyframes}

    def extent(self, thing: Thing) -> Extent:
        """Around all key frames."""
        return _track_places.extent_of(thing)

    def _order(self, key: str, thing: Thing) -> tuple[int, float, float, str, str]:
        _, y, x, label, last = super()._order(key, thing)
        return (thing["keyframes"][0]["frame"], y, x, label, last)

    def slack(self, question: Question) -> float:
        """Figures may resemble each other without touching."""
        return 64.0 if "points" in question.config.get("places", ()) else 0.0

    def alike(self, question: Question, a: Thing, b: Thing) -> float:
        """The mean likeness over frames."""
        return _track_places.alike(question, a, b)

    def weight(self, question: Question, a: Thing, b: Thing) -> float:
        """With attributes, half of a pair's weight is how far these agree, those that change frame by frame."""
        parts: list[float] = []
        if question.config.get("attributes"):
            parts.append(attributes_agree(question, a["label"], a.get("attributes", {}), b.get("attributes", {})))
        changes = _track_places.changes_agree(question, a, b)
        if changes is not None:
            parts.append(changes)
        return 0.5 + 0.5 * sum(parts) / len(parts) if parts else 1.0

    def written(self, question: Question, size: Size | None) -> tuple[dict[str, Any], list[str], str]:
        """Key frames with a state and a place."""
        number = point_schema(size)["properties"]["x"]
        corners = dict.fromkeys(("x1", "y1", "x2", "y2"), number)
        places: dict[str, Any] = {
            "box": {"type": "object", "properties": corners, "required": [*corners], "additionalProperties": False},
            "polygon": {"type": "array", "items": point_schema(size), "minItems": 3, "maxItems": 500},
        }
        asked = question.config.get("places", ["box"])
        if "points" in asked:
            places["points"] = KEYPOINTS.written(question, size)[0]["points"]
        key: dict[str, Any] = {
            "frame": {"type": "integer", "minimum": 0},
            "state": {"type": "string", "enum": [*_STATES]},
            **{kind: places[kind] for kind in asked},
        }
        schema = {"type": "object", "properties": key, "required": ["frame", "state"], "additionalProperties": False}
        words = (
            "`keyframes` say where the thing is at some frames of the video, counted from 0; between them its place goes "
            f"evenly from one to the next. Each has a state ({', '.join(_STATES)}; outside: gone from this frame on) and, "
            f"unless it is outside, one place: {', '.join(asked)}. A box is given by its left, top, right and bottom edge."
        )
        return {"keyframes": {"type": "array", "items": schema, "minItems": 1, "maxItems": 5_000}}, ["keyframes"], words

    def from_written(self, question: Question, one: Thing, size: Size) -> Thing:
        """Places in pixels."""
        return {"keyframes": [_from_written(question, key, size) for key in one["keyframes"]]}

    def to_written(self, question: Question, thing: Thing, size: Size) -> Thing:
        """Places in thousandths; of more than 5,000 key frames, evenly chosen ones."""
        keys = thing["keyframes"]
        return {"keyframes": [_to_written(question, key, size) for key in keys[:: -(-len(keys) // 5_000)]]}


def frames_of(question: Question, item: Item | None) -> int | None:
    """How many frames the video has, None where unknown."""
    video = item.data.get(question.field or "") if item is not None else None
    frames = video.get("frames") if isinstance(video, dict) else None
    return frames if isinstance(frames, int) and frames > 0 else None


def _within(question: Question, thing: Thing, frames: int) -> None:
    """Raise InvalidValue for a key frame beyond the video; one that only says that it ends there goes."""
    keys = thing["keyframes"]
    if keys[-1]["frame"] == frames and keys[-1].get("outside") and len(keys) > 1:
        keys.pop()
    if keys[-1]["frame"] >= frames:
        at = keys[-1]["frame"]
        raise value_error(question, f"a track has a key frame at {at:,}; the video has the frames 0 to {frames - 1:,}.")


def _from_written(question: Question, key: Thing, size: Size) -> Thing:
    found: Thing = {"frame": key["frame"]}
    if key["state"] != "seen":
        found[key["state"]] = True
    if key.get("box"):
        (x1, y1), (x2, y2) = (to_pixels({"x": key["box"][f"x{n}"], "y": key["box"][f"y{n}"]}, size) for n in (1, 2))
        found["box"] = [x1, y1, x2 - x1, y2 - y1]
    if key.get("polygon"):
        found["polygon"] = [to_pixels(p, size) for p in key["polygon"]]
    if key.get("points"):
        found["points"] = KEYPOINTS.from_written(question, key, size)["points"]
    return found


def _to_written(question: Question, key: Thing, size: Size) -> Thing:
    found: Thing = {"frame": key["frame"], "state": next((s for s in _STATES[1:] if key.get(s)), "seen")}
    if "box" in key:
        x, y, w, h = _track_places.extent_of({"keyframes": [key]})
        (a, b), (c, d) = to_thousandths(x, y, size).values(), to_thousandths(x + w, y + h, size).values()
        found["box"] = {"x1": a, "y1": b, "x2": c, "y2": d}
    if "polygon" in key:
        step = -(-len(key["polygon"]) // 500)
        found["polygon"] = [to_thousandths(x, y, size) for x, y in key["polygon"][::step]]
    if "points" in key:
        found["points"] = KEYPOINTS.to_written(question, key, size)["points"]
    return found


PLUGIN = Tracks()

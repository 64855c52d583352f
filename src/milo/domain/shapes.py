"""The few shapes that annotation values are made of.

Formats, predictors and viewers bind to these shapes, never to task types. Values travel as plain JSON; the structs here
describe and check that JSON. Units and origins:

- `Span`: offsets in Unicode code points of the field's text, as Python counts them; `start` inclusive, `end` exclusive.
- `Box`, `Polygon`, `Polyline`, `Keypoints`: pixels of the image after its EXIF orientation was applied; origin top left, x to
  the right, y down; floats. The middle of the first pixel is (0.5, 0.5). An angle is in degrees, clockwise as seen on the
  screen, about the middle of the box.
- On a page of a document: points (1/72 inch) of the page as it is shown, cropped and turned as the file says; origin top
  left, y down. A document that is an image has one page, and its points are the pixels of the upright image. Pages count
  from 0.
- `Mask`: whole pixels of that image, run by run, column after column, as COCO writes them.
- `Track`: places as above, in pixels of the video's frames as shown (turned as the file says), at frames counted from 0 in the
  order in which they are shown. How a place between two key frames is found: `milo.domain.tracks`.
- `Segment`: seconds from the start of the media as decoded (the first presentation time is 0), as floats; `start` inclusive,
  `end` exclusive. The same for sound and for video, whatever its frame rate.
- `Ranks`: ids of candidates as `milo.domain.candidates` gives them; no model's name.
- `Turn`, `TurnMark`: turns of a conversation; `TurnMark` counts them from 0, and the steps inside each of them too.
- `CellMark`: a cell of a table by its row (from 0, without the names) and the name of its column.
- `Relation`: two spans of one value, by their ids; a value with relations is {"spans": [Span], "relations": [Relation]}.
- `FieldValue`: one typed value read from a document; a value of the shape `fields` is an object {name: FieldValue}.
- Rows of a table: a value of the shape `rows` is a list of objects {column: FieldValue}, in reading order.
- Scores: an object {criterion: whole number}; plain JSON, so there is no struct for it.
"""

from __future__ import annotations

from typing import Any

import msgspec

PLACED = frozenset(
    {"spans", "relations", "boxes", "polygons", "polylines", "keypoints", "masks", "segments", "tracks", "ranks", "turn_marks"}
    | {"fields", "rows", "page_marks", "cell_marks"}
)
"""Shapes whose values are held against the content of the item when they are checked."""


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

    `entity` is the id of an entry of the project's knowledge base, "NIL" for what is not in it. `score`, 0..1, is a model's
    confidence in this one mark; people's answers carry none.
    """

    start: int
    end: int
    label: str
    id: str | None = None
    field: str | None = None
    entity: str | None = None
    score: float | None = None


class Relation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What holds between two spans of the same value, by their ids; `score` as in `Span`."""

    head: str
    tail: str
    label: str
    score: float | None = None


class RelationTo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A relation that starts from the thing that carries it, to another thing of the same value, by its id."""

    to: str
    label: str
    score: float | None = None


class Marked(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What all things marked on an image have in common.

    `score` as in `Span`. `attributes`: answers about this one thing, by the name of the question's attribute. `group`: things
    of one number, from 1, belong together (the parts of a thing that is cut in two, say). `z`: things with a higher one lie in
    front; equal ones in the order of the list. `page`: of an image or a document with several pages, counted from 0.
    `relations`: what leads from this thing to others on the same page.
    """

    id: str | None = None
    field: str | None = None
    score: float | None = None
    attributes: dict[str, Any] = {}
    group: int | None = None
    z: int = 0
    page: int = 0
    relations: list[RelationTo] = []


class Box(Marked, frozen=True, omit_defaults=True):
    """A rectangle on an image, in pixels of the upright image, origin top left; or, with `page` (from 0), on a page of a
    document, in points of that page.

    `angle`, 0 <= angle < 360: x, y, w, h is the rectangle before it is turned by that many degrees clockwise about its middle
    (x + w / 2, y + h / 2).
    """

    x: float
    y: float
    w: float
    h: float
    label: str
    angle: float = 0.0


class Polygon(Marked, frozen=True, omit_defaults=True):
    """An outline of at least three corners, closed by itself, with `holes` of the same kind. What is inside is decided by the
    even-odd rule over all outlines. `points` are [x, y] pairs."""

    points: list[tuple[float, float]]
    label: str
    holes: list[list[tuple[float, float]]] = []


class Polyline(Marked, frozen=True, omit_defaults=True):
    """A line through at least two points, from the first to the last; not closed."""

    points: list[tuple[float, float]]
    label: str


class Keypoints(Marked, frozen=True, omit_defaults=True):
    """One figure: its points as [x, y, v], in the order of the question's `points`. v is 0: not there (x and y are then 0),
    1: hidden but known, 2: seen; as in COCO."""

    points: list[tuple[float, float, int]]
    label: str


class Mask(Marked, frozen=True, omit_defaults=True):
    """The pixels of one thing. `size` is [height, width] of the whole image. `counts` are the lengths of runs, off and on in
    turn and off first, down each column and column after column: a list of numbers, or COCO's compressed text (what Milo
    stores)."""

    size: tuple[int, int]
    counts: str | list[int]
    label: str


class Keyframe(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """Where the thing of a track is at one frame, as somebody or something placed it there.

    The place is one of `box` (x, y, w, h, and an angle if it is turned), `polygon` (x, y of each corner) and `points`
    (x, y, v of each point, v as in `Keypoints`). `occluded`: it is there, but hidden behind something. `outside`: from this
    frame on it is not on the picture; a place given with it says where it was on its way to. `attributes`: what has changed;
    it holds until a later key frame says otherwise.
    """

    frame: int
    box: list[float] | None = None
    polygon: list[tuple[float, float]] | None = None
    points: list[tuple[float, float, int]] | None = None
    occluded: bool = False
    outside: bool = False
    attributes: dict[str, Any] = {}


class Track(Marked, frozen=True, omit_defaults=True, kw_only=True):
    """One thing through a video. `keyframes` are in the order of their frames, each frame once, and all places of one kind.

    It is not there before its first key frame; after the last one it stays where it was, to the end of the video, unless that
    one is `outside`. `attributes` are those that do not change.
    """

    label: str
    keyframes: list[Keyframe]


class Segment(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A labelled stretch of time of an audio or video field, `start` to `end` in seconds.

    `label` is what it is, or who speaks: in a transcript, the label is the speaker. `text` is what is said, None where that
    was not asked, "" where nothing could be understood. `score` and `attributes` as in `Marked`.
    """

    start: float
    end: float
    label: str
    id: str | None = None
    field: str | None = None
    text: str | None = None
    score: float | None = None
    attributes: dict[str, Any] = {}


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
    """What is said of one turn (counted from 0) of a conversation, or of one step in it (a call of a tool or what came back,
    counted from 0 within the turn): a label, or a rating."""

    turn: int
    label: str | None = None
    rating: int | None = None
    step: int | None = None


class Place(msgspec.Struct, frozen=True):
    """A rectangle on a page (from 0) of a document, in points of the page as shown."""

    page: int
    x: float
    y: float
    w: float
    h: float


class FieldValue(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one field of a document says: the typed `value` (a number, a date as YYYY-MM-DD, a label or text; None: the document
    does not say), the `text` as it is written there, and the `places` where it stands, in reading order. `score` as in
    `Span`."""

    value: float | int | str | None
    text: str | None = None
    places: list[Place] = []
    score: float | None = None


class PageMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label on one page (from 0) of a document."""

    page: int
    label: str


class CellMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label on one cell of a table: its row, counted from 0 without the names of the columns, and the name of its column."""

    row: int
    column: str
    label: str


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes as if neither were turned, 0..1; 0 when both are empty."""
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    union = a.w * a.h + b.w * b.h - common
    return min(1.0, common / union) if union > 0 else 0.0

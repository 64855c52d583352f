"""Writing data sets of pictures: an archive, the names of the pictures in it, which questions go in, and sizes and outlines of
things.

Stands alone because all of these formats name pictures by file and split them into subsets; the metadata `subset` of an item
says which. The pictures themselves go in with the option `media`. A picture without an answer is left out and counted:
these formats would say of it that nothing is there.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

import msgspec

from milo.builtin.formats._pictures import is_true
from milo.builtin.formats._tuning import Losses
from milo.domain.errors import Invalid
from milo.domain.question import Question
from milo.kinds.format import ExportContext, ExportRow

Thing = dict[str, Any]
Point = list[float]


class Packed:
    """A picture on its way into an archive: its name (without folders), its subset ("" for none) and its size in pixels."""

    def __init__(self, row: ExportRow, name: str, subset: str, size: tuple[int, int], media: dict[str, Any]) -> None:
        self.row, self.name, self.subset, self.media = row, name, subset, media
        self.width, self.height = size

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0] or self.name

    def values(self, questions: list[Question]) -> Iterator[tuple[Question, list[Thing]]]:
        """The answers to these questions."""
        for question in questions:
            value = self.row.labels.get(question.name)
            if isinstance(value, list):
                yield question, cast("list[Thing]", value)


class Pack:
    """An archive that is written picture by picture."""

    def __init__(self, sink: BinaryIO, context: ExportContext, shapes: tuple[str, ...], what: str) -> None:
        self.archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)
        self.losses, self.rows = Losses(), 0
        self.questions = _asked(context, shapes, what)
        self.shapes = {q.name: str(context.task_types[q.type].shape) for q in self.questions}
        self.labels = labels_of(self.questions)
        self.subsets: dict[str, list[str]] = {}
        self._context = context
        self._taken: set[str] = set()
        self._with_pictures = is_true(context.options.get("media", False))

    def pictures(self, rows: Iterable[ExportRow]) -> Iterator[Packed]:
        """The pictures that have an answer."""
        field = _field(self.questions) or _field(self._context.spec.questions)
        if self._context.everything:
            self.losses.add("answers of single people and suggestions; the resolved answer is written of each picture")
        names = {q.name for q in self.questions}
        for row in rows:
            self.rows += 1
            media = row.data.get(field) if field else None
            if not isinstance(media, dict) or not media.get("width") or not media.get("height"):
                self.losses.add("items without a picture of known size, left out")
                continue
            if not names & row.labels.keys():
                self.losses.add("pictures without an answer, left out")
                continue
            others = row.labels.keys() - names
            if others:
                self.losses.add("answers to other questions", len(others))
            yield self._packed(self._on_first_page(row, names), cast("dict[str, Any]", media))

    def _on_first_page(self, row: ExportRow, names: set[str]) -> ExportRow:
        """The row without what is drawn on later pages: none of these formats knows pages."""
        labels = dict(row.labels)
        for name in names & labels.keys():
            value = labels[name]
            if isinstance(value, list):
                things = cast("list[Any]", value)
                kept = [t for t in things if not (isinstance(t, dict) and cast("Thing", t).get("page"))]
                self.losses.add("things on pages after the first, left out", len(things) - len(kept))
                labels[name] = kept
        return row if labels == row.labels else msgspec.structs.replace(row, labels=labels)

    def _packed(self, row: ExportRow, media: dict[str, Any]) -> Packed:
        given = row.meta.get("subset")
        subset = re.sub(r"[^\w-]+", "_", given)[:60] if isinstance(given, str) else ""
        path = PurePosixPath(str(media.get("name") or f"item-{row.id}").replace("\\", "/"))
        name = _plain(path.name) or f"item-{row.id}"
        if f"{subset}/{PurePosixPath(name).stem}" in self._taken:
            name = f"{_plain(path.parent.name)}-{name}" if path.parent.name else name
        if f"{subset}/{PurePosixPath(name).stem}" in self._taken:
            name = f"item-{row.id}{path.suffix}"
        self._taken.add(f"{subset}/{PurePosixPath(name).stem}")
        self.subsets.setdefault(subset, []).append(name)
        return Packed(row, name, subset, (int(media["width"]), int(media["height"])), media)

    def add_picture(self, one: Packed, path: str) -> None:
        """Put the picture itself in, if that is wanted."""
        if not self._with_pictures:
            return
        file = self._context.file_of(one.media) if self._context.file_of is not None else None
        if file is None:
            self.losses.add("pictures whose file is not at hand")
        else:
            self.archive.write(file, path, zipfile.ZIP_STORED)

    def add_text(self, path: str, text: str) -> None:
        """Put a file in."""
        self.archive.writestr(path, text)

    def plain_losses(self, things: Iterable[Thing], *kept: str) -> None:
        """Count what a format without room for it leaves out of things: depth, groups, attributes, scores, holes, turns."""
        for thing in things:
            for name, what in _EXTRAS.items():
                if name not in kept and thing.get(name):
                    n = len(thing[name]) if isinstance(thing[name], dict | list) else 1
                    self.losses.add(what, n)


_EXTRAS = {
    "z": "depths of things (z)",
    "group": "groups of things",
    "attributes": "attributes of things",
    "score": "scores of things",
    "holes": "holes of polygons",
    "relations": "relations between things",
}


def _plain(name: str) -> str:
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "_", name)[-150:].strip(". ")


def _asked(context: ExportContext, shapes: tuple[str, ...], what: str) -> list[Question]:
    """The questions of these shapes about one field, or the one that the option `question` names. Raises Invalid."""
    fitting = [q for q in context.spec.questions if context.task_types[q.type].shape in shapes]
    named = context.options.get("question")
    field = _field(fitting)
    found = [q for q in fitting if q.name == named] if named else [q for q in fitting if q.field in (field, None)]
    if not found or not any(q.field for q in fitting):
        names = ", ".join(q.name for q in fitting) or "none"
        about = f'"{named}" is not one of them' if named else "there is none"
        raise Invalid(f"This format needs {what}; {about}. Questions that fit: {names}.", place="question")
    return found


def _field(questions: Iterable[Question]) -> str | None:
    """The pictures that are written: those that the first of the questions is about."""
    return next((q.field for q in questions if q.field), None)


def labels_of(questions: Iterable[Question]) -> list[str]:
    """The labels of questions, each once, in order."""
    found: dict[str, None] = {}
    for question in questions:
        for entry in cast("list[Any]", question.config.get("labels") or []):
            found[entry if isinstance(entry, str) else entry["value"]] = None
    return list(found)


def colours_of(questions: Iterable[Question]) -> dict[str, tuple[int, int, int]]:
    """The colour of each label: its own, else one made from its place, as no other has it."""
    found: dict[str, tuple[int, int, int]] = {}
    for place, label in enumerate(labels_of(questions), 1):
        found[label] = made_colour(place)
    for question in questions:
        for entry in cast("list[Any]", question.config.get("labels") or []):
            own = entry.get("color") if isinstance(entry, dict) else None
            if own:
                rgb = (int(own[1:3], 16), int(own[3:5], 16), int(own[5:7], 16))
                if rgb not in found.values() and rgb != (0, 0, 0):
                    found[entry["value"]] = rgb
    return found


def made_colour(place: int) -> tuple[int, int, int]:
    """The bits of a number dealt out to red, green and blue, high bits first: near numbers get far colours."""
    colour = [0, 0, 0]
    for bit in range(24):
        colour[bit % 3] |= (place >> bit & 1) << (7 - bit // 3)
    return colour[0], colour[1], colour[2]


def corners(box: Thing) -> list[Point]:
    """The corners of a box, turned as it is: top left, top right, bottom right, bottom left before turning."""
    x, y, w, h = box["x"], box["y"], box["w"], box["h"]
    if not box.get("angle"):
        return [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
    turn = math.radians(box["angle"])
    cos, sin, cx, cy = math.cos(turn), math.sin(turn), x + w / 2, y + h / 2
    return [
        [cx + dx * cos - dy * sin, cy + dx * sin + dy * cos]
        for dx, dy in ((-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2))
    ]


def around(points: Iterable[Any]) -> tuple[float, float, float, float]:
    """x, y, w, h of the smallest box around points."""
    xs, ys = zip(*((p[0], p[1]) for p in points), strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def area(points: list[Point]) -> float:
    """The area inside of one outline that does not cross itself, in square pixels."""
    ahead = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in ahead)) / 2


def upright(box: Thing) -> tuple[float, float, float, float]:
    """x, y, w, h of the smallest upright box around a box."""
    return around(corners(box)) if box.get("angle") else (box["x"], box["y"], box["w"], box["h"])


def short(value: float) -> float:
    """A number of pixels without digits that say nothing."""
    return round(value, 4) + 0.0


def base_id(thing: Thing) -> str | None:
    """The id of a thing without the number of its part."""
    return thing["id"].partition("/")[0] if thing.get("id") else None


def part_of(thing: Thing) -> int:
    """The number of a part, as its id says; 0 for the first."""
    number = str(thing.get("id") or "").partition("/")[2]
    return int(number) if number.isdecimal() else 0

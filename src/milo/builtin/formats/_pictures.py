"""Data sets of pictures with things marked on them: what their readers have in common.

Stands alone because they all end in the same rows. A row is a picture; its columns are `file` (the path below the folder),
`image` (the file), and by shape what is marked on it: `boxes`, `polygons`, `masks`, `keypoints`, `lines`, `labels` of the
whole picture, `captions`, each a list in Milo's own shapes. What a file says with a model's confidence stands in
`predicted_boxes` and so on. `image_size` is [width, height] as the file has it. Pixels, origin top left, x to the right and y
down; where a format has other units or another origin, its own text says so. What a file says that has no like here is counted
and reported behind the last picture.
"""

from __future__ import annotations

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, cast

import msgspec

from milo.builtin.formats._gathered import NO, YES, Gathered
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.domain.question import NAME_PATTERN
from milo.kinds.format import AnswerColumn, BadRow, ReadPage, Row, Source

_WORDS = {"image": "picture", "video": "video", "document": "document"}
MAX_ANNOTATIONS = 1 << 30
"""Bytes in one annotation file."""
CORNERS = 64
"""Corners of the outline that stands for an ellipse."""
_LOOKED_AT = 5_000
_TOLD = 20


class Picture(msgspec.Struct):
    """One picture of a data set: its running number from 1, its name in the tree (None: it is not there, and `wanted` says what
    was asked for), what is marked on it by column, other columns, bitmaps by column, what was left out, in words, the columns
    whose places are in shares of its width and height, where it was unpacked to if the annotation file itself held it, and
    whether it is an image, a video or a document, and what was read on its pages."""

    number: int
    name: str | None
    wanted: str = ""
    columns: dict[str, list[Any]] = {}
    more: dict[str, Any] = {}
    bitmaps: dict[str, str] = {}
    trouble: list[str] = []
    shares: set[str] = set()
    inside: Path | None = None
    media: str = "image"
    pages: list[ReadPage] = []

    def add(self, column: str, thing: Any) -> None:
        """One more thing. Of an id that is used twice, the second is left out."""
        things = self.columns.setdefault(column, [])
        if isinstance(thing, dict) and "id" in thing:
            known = {one.get("id") for one in things} if len(things) < 200 else self._ids(column)
            if thing["id"] in known:
                self.trouble.append(f'the id "{thing.pop("id")}" is used twice; the second thing is taken without it')
            elif len(things) >= 200:
                known.add(thing["id"])
        things.append(thing)

    def _ids(self, column: str) -> set[Any]:
        held = self.more.setdefault("", {})
        if column not in held:
            held[column] = {one.get("id") for one in self.columns[column]}
        return cast("set[Any]", held[column])


class PictureSet(ABC):
    """A format whose records are the pictures of a data set. A format of this kind gives `pictures` and `fits`."""

    name: str = ""
    title: str = ""
    suffixes: tuple[str, ...] = (".zip",)
    media_type = "application/zip"
    reads, writes, lossless, foreign = True, True, False, True
    files: ClassVar[str] = ""

    @abstractmethod
    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """Every picture in order; `losses` counts what has no like here."""

    @abstractmethod
    def fits(self, tree: Tree) -> bool:
        """Whether the files are a data set of this format."""

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, Any]]:
        """Settings of questions that the files themselves name, by column."""
        return {}

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each picture, and a report beside it of what of its annotations was left out."""
        try:
            tree = Tree(source)
        except Unreadable as error:
            yield BadRow(1, source.name, str(error))
            return
        with tree:
            if source.start < 1:
                yield from (BadRow(1, source.name, one) for one in tree.trouble[:_TOLD])
            losses, last = Losses(), 1
            for one in self.pictures(tree, source, losses):
                last = max(last, one.line if isinstance(one, BadRow) else one.number)
                if last <= source.start:
                    continue
                if isinstance(one, BadRow):
                    yield one
                else:
                    yield from _rows(one, tree, source)
            if losses.lines() and last > source.start:
                yield BadRow(last, source.name, f"not everything in the files has its like here: {'; '.join(losses.lines())}")

    def recognises(self, source: Source) -> bool:
        """See `DataSet`."""
        try:
            with Tree(source) as tree:
                return self.fits(tree)
        except Unreadable:
            return False

    def answers(self, source: Source) -> list[AnswerColumn]:
        """What the files name, and what their first 5,000 pictures use."""
        try:
            tree = Tree(source)
        except Unreadable:
            return []
        with tree:
            found = Gathered(self.known(tree, source))
            for one in islice(self.pictures(tree, source, Losses()), _LOOKED_AT):
                if isinstance(one, Picture):
                    found.take(one.columns, one.bitmaps, one.more.get("class_names", {}))
            return found.columns()


def _rows(one: Picture, tree: Tree, source: Source) -> Iterator[Row | BadRow]:
    if one.name is None and one.inside is None:
        marks = sum(map(len, one.columns.values()))
        lost = f"; its {marks:,} annotations were left out" if marks else ""
        yield BadRow(
            one.number, source.name, f"{one.wanted[:200]}: the {_WORDS[one.media]} is not in the folder or archive{lost}"
        )
        return
    name = one.name or one.wanted
    try:
        files = {one.media: str(one.inside or tree.file(name))}
        files |= {column: str(tree.file(bitmap)) for column, bitmap in one.bitmaps.items()}
        files |= _masks(one, tree)
    except Unreadable as error:
        yield BadRow(one.number, source.name, str(error))
        return
    more = {k: v for k, v in one.more.items() if k}
    if source.options.get("by"):
        more["by"] = str(source.options["by"])
    columns = {c: {"shares": things} if c in one.shares and things else things for c, things in one.columns.items()}
    yield Row(one.number, source.name, {"file": name, **more, **columns}, files, pages=one.pages)
    if one.trouble:
        told = "; ".join(one.trouble[:_TOLD]) + (f"; and {len(one.trouble) - _TOLD:,} more" if len(one.trouble) > _TOLD else "")
        yield BadRow(
            one.number, source.name, f"{name}: the {_WORDS[one.media]} was read, but not all of its annotations: {told}"
        )


def _masks(one: Picture, tree: Tree) -> dict[str, str]:
    """The files of masks that lie in the tree, each a column of its own that its thing names."""
    found: dict[str, str] = {}
    for thing in one.columns.get("masks", []):
        if str(thing.get("png", "")).startswith("file:"):
            column = f"mask_{len(found) + 1}"
            found[column] = str(tree.file(thing.pop("png").removeprefix("file:")))
            thing["png_file"] = column
    return found


def numbers(given: Any, count: int | None = None) -> list[float] | None:
    """A list of finite numbers, of that many if said; None for anything else."""
    if not isinstance(given, list) or (count is not None and len(cast("list[Any]", given)) != count):
        return None
    found = cast("list[Any]", given)
    sound = all(isinstance(n, int | float) and not isinstance(n, bool) and -1e9 < n < 1e9 for n in found)
    return [float(n) for n in found] if sound else None


def pairs(flat: list[float]) -> list[list[float]]:
    """x, y, x, y, ... as points."""
    return [[flat[i], flat[i + 1]] for i in range(0, len(flat) - 1, 2)]


def attributes_of(given: Any) -> dict[str, str]:
    """What a file says besides of a thing: names as attributes may have them, truth values as yes and no, the rest as text."""
    found: dict[str, str] = {}
    for name, value in cast("dict[Any, Any]", given).items() if isinstance(given, dict) else ():
        plain = plain_name(str(name))
        if isinstance(value, bool):
            found[plain] = YES if value else NO
        elif value not in (None, "") and isinstance(value, int | float | str):
            found[plain] = str(value)[:500]
    return found


def plain_name(name: str) -> str:
    """A name as attributes may have it."""
    if re.fullmatch(NAME_PATTERN, name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:60]
    return plain if plain[:1].isalpha() else f"a_{plain}"


def is_true(value: Any) -> bool:
    """Whether a flag is set, however a file writes it."""
    return str(value).strip().lower() in ("1", "true", "yes")


def looks_like(tree: Tree, name: str, *signs: bytes) -> bool:
    """Whether the beginning of a file holds all of these."""
    head = tree.head(name, 1 << 16)
    return all(sign in head for sign in signs)


def folder_of(name: str) -> str:
    """The folder that a file lies in, "" for the top."""
    return name.rpartition("/")[0]


def as_text(value: Any) -> str:
    """A value as it may stand in a text attribute."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def first(values: Iterable[Any]) -> Any:
    """The first that is not None, else None."""
    return next((value for value in values if value is not None), None)


def ellipse(cx: float, cy: float, rx: float, ry: float, angle: float = 0.0) -> list[list[float]]:
    """The outline of an ellipse that is turned clockwise by so many degrees."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    around = (2 * math.pi * k / CORNERS for k in range(CORNERS))
    flat = [(rx * math.cos(along), ry * math.sin(along)) for along in around]
    return [[round(cx + x * cos - y * sin, 4), round(cy + x * sin + y * cos, 4)] for x, y in flat]

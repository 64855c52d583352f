"""YOLO: text files of numbers beside the pictures, for boxes, outlines, figures and turned boxes.

Stands alone because everything in it is a share of the picture's width and height (0..1, origin top left; x, y of a box is its
middle), whose size no file tells. Read: `images/` and `labels/` by subset as Ultralytics lays them out, `train/images` and
`train/labels` as Roboflow does, and pictures with a text beside each; names from `data.yaml`, `*.names` or `classes.txt`,
points of figures from `kpt_shape` and `kpt_names`. A line of 5 numbers is a box (with a 6th, its confidence, a prediction), of
9 a turned box or an outline of 4 corners, of more an outline, or a figure where `kpt_shape` says so; `labelTxt` (corners in
pixels, then the name) is read as well. A picture with an empty text has nothing on it; one without a text has no answer.
Written: `data.yaml`, `labels/` and, with the option `media`, `images/`.

Layout: the data set pages of the Ultralytics manual.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import msgspec

from milo.builtin.formats import _yolo_write
from milo.builtin.formats._gathered import PREDICTED, Thing
from milo.builtin.formats._pictures import Picture, PictureSet
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.builtin.formats._yolo_names import Names, names_of
from milo.domain.errors import InvalidConfig
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

TASKS = ("detect", "segment", "pose", "obb")
MAX_LINES = 16 << 20
_TRIED = 200
_NO_LABELS = ("train.txt", "val.txt", "valid.txt", "test.txt", "trainval.txt", "classes.txt", "labels.txt", "requirements.txt")
_SUBSETS = ("train", "val", "valid", "test")


class _Layout(msgspec.Struct):
    """The pictures of a tree with the text that goes with each (None: there is none), and the texts without a picture."""

    pairs: list[tuple[str, str | None]]
    alone: list[str]


class Yolo(PictureSet):
    """YOLO data sets. Options: `task` (detect, segment, pose, obb; found out if not said); to write: `question`, `media`."""

    name = "yolo"
    title = "YOLO"

    def fits(self, tree: Tree) -> bool:
        """Names of classes, and a text with numbers beside or opposite a picture."""
        if tree.single is not None or not names_of(tree).files:
            return False
        return any(text is not None for _, text in _layout(tree).pairs)

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, Any]]:
        """The classes, and the points of figures."""
        names = names_of(tree)
        labels = list(names.labels.values())
        found: dict[str, dict[str, Any]] = {column: {"labels": labels} for column in ("boxes", "polygons", "keypoints")}
        if names.points:
            found["keypoints"]["points"] = names.point_names()
        return found

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """By name; after them the texts that have no picture."""
        names, layout = names_of(tree), _layout(tree)
        for trouble in names.trouble:
            yield BadRow(1, source.name, trouble)
        task = _task(source, names, [text for _, text in layout.pairs if text], tree)
        for number, (name, text) in enumerate(layout.pairs, 1):
            picture = Picture(number, name, name, {}, _subset(name), {}, [])
            if text is not None:
                _read(tree, text, _Lines(picture, names, task))
            _as_shares(picture)
            yield picture
        for place, text in enumerate(layout.alone, len(layout.pairs) + 1):
            yield BadRow(place, source.name, f"{text}: there is no picture of this name; its labels were left out")

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """See `_yolo_write`."""
        return _yolo_write.write(rows, sink, context)


def _subset(name: str) -> dict[str, Any]:
    found = next((part for part in PurePosixPath(name).parts[:-1] if part in _SUBSETS), None)
    return {"subset": found} if found else {}


def _layout(tree: Tree) -> _Layout:
    texts: dict[str, list[str]] = {}
    for name in tree.ending(".txt"):
        path = PurePosixPath(name)
        if path.name not in _NO_LABELS and "readme" not in path.name.lower():
            texts.setdefault(path.stem, []).append(name)
    pictures = [name for name in tree.names if tree.pictures_of(PurePosixPath(name).name)]
    pairs = [(name, _text_of(name, texts.get(PurePosixPath(name).stem, []))) for name in pictures]
    used = {text for _, text in pairs}
    return _Layout(pairs, sorted(text for some in texts.values() for text in some if text not in used))


_LABEL_FOLDERS = ("labels", "labelTxt", "Annotations", "obj_train_data", "annotations")
_PICTURE_FOLDERS = frozenset({"images", "Images", "JPEGImages"})


def _text_of(picture: str, texts: list[str]) -> str | None:
    """The text of that name beside the picture, or where `labels` stands in place of `images`; else the only one there is."""
    path = PurePosixPath(picture)
    wanted = {str(path.with_suffix(".txt"))}
    for place, part in enumerate(path.parts[:-1]):
        for folder in _LABEL_FOLDERS if part in _PICTURE_FOLDERS else ():
            wanted.add(str(PurePosixPath(*path.parts[:place], folder, *path.parts[place + 1 :]).with_suffix(".txt")))
    found = [text for text in texts if text in wanted]
    return found[0] if found else texts[0] if len(texts) == 1 else None


def _task(source: Source, names: Names, texts: list[str], tree: Tree) -> str:
    """What the lines mean: as told, else by the number of numbers in the first files."""
    given = source.options.get("task")
    if given is not None:
        if given not in TASKS:
            raise InvalidConfig(f'The task is "{given}"; it must be one of {", ".join(TASKS)}.', place="task")
        return str(given)
    if names.points:
        return "pose"
    counts: set[int] = set()
    for text in texts[:_TRIED]:
        counts |= {len(line.split()) for line in tree.head(text, 1 << 16).decode("utf-8", "replace").splitlines()[:_TRIED]}
    if any(count > 10 for count in counts):
        return "segment"
    return "obb" if counts & {9, 10} else "detect"


def _read(tree: Tree, name: str, lines: _Lines) -> None:
    try:
        text = tree.content(name, MAX_LINES).decode("utf-8-sig")
    except (Unreadable, UnicodeDecodeError) as error:
        lines.picture.trouble.append(f"{name}: {error}")
        return
    if not text.strip():
        lines.picture.columns.setdefault(lines.column, [])
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            reason = lines.take(line.split())
            if reason:
                lines.picture.trouble.append(f"line {number}: {reason}")


_COLUMNS = {"detect": "boxes", "segment": "polygons", "pose": "keypoints", "obb": "boxes"}


class _Lines:
    """The lines of one text."""

    def __init__(self, picture: Picture, names: Names, task: str) -> None:
        self.picture, self._names, self._task = picture, names, task
        self.column = _COLUMNS[task]
        self._figures = 0

    def take(self, words: list[str]) -> str:  # noqa: PLR0911 - one for each meaning of a line
        """One line; why it was left out, "" if it was not."""
        if len(words) == 10 and not _is_number(words[8]):
            return self._corners_in_pixels(words)
        if not all(_is_number(word) for word in words):
            return f"not all of it are numbers: {' '.join(words)[:60]}"
        label = self._names.label(words[0])
        if label is None:
            return f"there is no class {words[0]} among the {len(self._names.labels)} that are named"
        values = [float(word) for word in words[1:]]
        if any(not -0.5 <= value <= 1.5 for value in values[:4]):
            return f"not in shares of the picture (0 to 1): {' '.join(words[:5])}"
        if self._task == "pose" and len(values) > 5:
            return self._figure(label, values)
        if len(values) in (4, 5):
            return self._add("boxes", {**_box(values), "label": label}, values[4:])
        if self._task == "obb" and len(values) in (8, 9):
            return self._add("boxes", {"corners": _pairs(values[:8]), "label": label}, values[8:])
        if self._task != "pose" and len(values) >= 6:
            return self._add("polygons", {"points": _pairs(values), "label": label}, values[len(values) // 2 * 2 :])
        return f"{len(words)} numbers mean nothing for the task {self._task}"

    def _add(self, column: str, thing: Thing, score: list[float]) -> str:
        if score and 0 <= score[0] <= 1:
            self.picture.add(PREDICTED + column, {**thing, "score": score[0]})
        else:
            self.picture.add(column, thing)
        return ""

    def _figure(self, label: str, values: list[float]) -> str:
        count, each = self._names.points or (0, 3)
        if not count:
            each = 3 if (len(values) - 4) % 3 == 0 else 2
            count = (len(values) - 4) // each
        if len(values) - 4 not in (count * each, count * each + 1):
            return f"{len(values) - 4} numbers for {count} points of {each} numbers"
        points: list[list[float]] = []
        for i in range(count):
            at = 4 + i * each
            x, y = values[at : at + 2]
            v = int(values[at + 2]) if each == 3 else 2 if x or y else 0
            points.append([x, y, v] if v else [0.0, 0.0, 0])
        self._figures += 1
        score = values[4 + count * each :]
        ident = str(self._figures)
        if any(v for *_, v in points):
            self._add("keypoints", {"points": points, "label": label, "id": ident}, score)
        return self._add("boxes", {**_box(values), "label": label, "id": ident}, score)

    def _corners_in_pixels(self, words: list[str]) -> str:
        if not all(_is_number(word) for word in words[:8]):
            return f"not eight numbers and a name: {' '.join(words)[:60]}"
        self.picture.more["pixels"] = True
        attributes = {"attributes": {"difficult": "yes"}} if words[9] not in ("0", "0.0") else {}
        return self._add("boxes", {"corners": _pairs([float(w) for w in words[:8]]), "label": words[8], **attributes}, [])


def _as_shares(picture: Picture) -> None:
    """Places in shares say so; pixels need not."""
    if picture.more.pop("pixels", False):
        return
    for column in picture.columns:
        picture.shares.add(column)


def _is_number(word: str) -> bool:
    try:
        return abs(float(word)) < 1e9
    except ValueError:
        return False


def _box(values: list[float]) -> Thing:
    x, y, w, h = values[:4]
    return {"x": x - w / 2, "y": y - h / 2, "w": w, "h": h}


def _pairs(values: list[float]) -> list[list[float]]:
    return [[values[i], values[i + 1]] for i in range(0, len(values) - 1, 2)]


PLUGIN = Yolo()

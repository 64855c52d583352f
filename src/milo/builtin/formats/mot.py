"""MOT Challenge: a text of boxes frame by frame, with the number of the thing that each shows.

Stands alone because it has neither key frames nor names: every frame stands for itself. Read: `gt/gt.txt` of each sequence,
its video beside it or named like its folder. Where there are only single frames (`img1/`), these come in as pictures, with
boxes whose group is the number of the thing. A line is frame (from 1), number, x, y, w, h, whether it counts, class (from 1)
and how much of it is seen; below a half it is occluded. Classes are named in `gt/labels.txt`, else as the challenge names
them. Pixels as the file has them; with the option `first_pixel:1` counted from 1. A thing that is missed by a frame is gone
there. Written: a folder for each video, with a line for every frame of every track.

Layout: Milan et al. 2016.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import msgspec

from milo.builtin.formats._gathered import YES, Thing
from milo.builtin.formats._packing import Pack, Packed, around, short, upright
from milo.builtin.formats._pictures import Picture, PictureSet
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.domain.shapes import Keyframe, Track
from milo.domain.tracks import along, stretches
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

CLASSES = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person", "distractor",
    "occluder", "occluder on the ground", "occluder full", "reflection",
)  # fmt: skip
"""As the challenge numbers them, from 1."""
MAX_TEXT = 256 << 20
_HALF = 0.5


class _Line(msgspec.Struct):
    frame: int
    number: int
    box: list[float]
    counts: bool
    label: str
    seen: float


class Mot(PictureSet):
    """MOT Challenge. Options: `first_pixel` (0 or 1); to write: `question`, `media` (true: with the videos)."""

    name = "mot"
    title = "MOT Challenge"

    def fits(self, tree: Tree) -> bool:
        """A sequence with its truth."""
        return tree.single is None and bool(_sequences(tree))

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """By the name of the sequence."""
        offset, number = (1.0 if str(source.options.get("first_pixel", 0)) == "1" else 0.0), 0
        sequences = _sequences(tree)
        if not sequences:
            yield BadRow(1, source.name, "there is no gt/gt.txt")
        for folder in sequences:
            trouble: list[str] = []
            try:
                lines = _lines(tree, folder, offset, trouble)
            except Unreadable as error:
                number += 1
                yield BadRow(number, source.name, str(error))
                continue
            info = _info(tree, folder)
            name = PurePosixPath(folder).name or source.path.stem
            video = tree.video(str(info.get("name") or name), folder) or tree.video(name, folder)
            frames = _frames(tree, folder, str(info.get("imdir") or "img1")) if video is None else {}
            if frames:
                for picture in _as_pictures(frames, lines, number, name):
                    number = picture.number
                    yield picture
                if trouble:
                    yield BadRow(number, source.name, "; ".join(trouble[:20]))
                continue
            number += 1
            size = {"image_size": [info["width"], info["height"]]} if "width" in info and "height" in info else {}
            columns = {"tracks": _tracks(lines, losses)}
            yield Picture(number, video, f"a video of {name}", columns, {**size, "sequence": name}, {}, trouble, media="video")

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """A folder a video."""
        pack = Pack(sink, context, ("tracks",), "a question about tracks in a video")
        offset = 1.0 if str(context.options.get("first_pixel", 0)) == "1" else 0.0
        with pack.archive:
            for one in pack.pictures(rows):
                pack.add_text(f"{one.stem}/gt/gt.txt", "".join(f"{line}\n" for line in _written(pack, one, offset)))
                pack.add_text(f"{one.stem}/gt/labels.txt", "".join(f"{label}\n" for label in pack.labels))
                pack.add_text(f"{one.stem}/seqinfo.ini", _ini(one))
                pack.add_picture(one, f"{one.stem}/{one.name}")
        told = ["key frames (every frame is written), metadata, provenance and keys"] if pack.rows else []
        return Report(pack.rows, pack.losses.lines() + told)


def _sequences(tree: Tree) -> list[str]:
    return [
        name.removesuffix("gt/gt.txt").rstrip("/") for name in tree.names if name == "gt/gt.txt" or name.endswith("/gt/gt.txt")
    ]


def _within(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _info(tree: Tree, folder: str) -> dict[str, Any]:
    name = _within(folder, "seqinfo.ini")
    if name not in tree:
        return {}
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(tree.content(name, 1 << 16).decode("utf-8", "replace"))
        given = dict(parser["Sequence"])
    except (configparser.Error, Unreadable, KeyError):
        return {}
    found: dict[str, Any] = {k: v for k, v in given.items() if k in ("name", "imdir")}
    for key, as_ in (("imwidth", "width"), ("imheight", "height"), ("seqlength", "length")):
        if str(given.get(key, "")).isdecimal():
            found[as_] = int(given[key])
    return found


def _lines(tree: Tree, folder: str, offset: float, trouble: list[str]) -> list[_Line]:
    text = tree.content(_within(folder, "gt/gt.txt"), MAX_TEXT).decode("utf-8", "replace")
    names: list[str] = [*CLASSES]
    if _within(folder, "gt/labels.txt") in tree:
        listed = tree.content(_within(folder, "gt/labels.txt"), 1 << 20).decode("utf-8", "replace")
        names = [line.strip() for line in listed.splitlines() if line.strip()]
    found: list[_Line] = []
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(_line([float(part) for part in line.split(",")], names, offset))
        except (ValueError, IndexError) as error:
            trouble.append(f"line {place} of gt.txt: {str(error) or line[:60]}")
    return found


def _line(values: list[float], names: list[str], offset: float) -> _Line:
    if len(values) < 6:
        raise ValueError(f"{len(values)} numbers; at least 6 are needed")
    if values[0] < 1 or not values[0].is_integer() or not all(abs(value) < 1e9 for value in values):
        raise ValueError(f"the frame {values[0]:g} is no whole number from 1")
    number = int(values[7]) if len(values) > 7 else 1
    if not 1 <= number <= len(names):
        raise ValueError(f"there is no class {number} among the {len(names)} that are named")
    box = [values[2] - offset, values[3] - offset, values[4], values[5]]
    seen = values[8] if len(values) > 8 else 1.0
    return _Line(int(values[0]) - 1, int(values[1]), box, len(values) < 7 or values[6] != 0, names[number - 1], seen)


def _frames(tree: Tree, folder: str, images: str) -> dict[int, str]:
    """The pictures of single frames, by their number from 0."""
    found: dict[int, str] = {}
    inside = _within(folder, images)
    for name in tree.names:
        path = PurePosixPath(name)
        if str(path.parent) == inside and path.stem.isdecimal() and tree.pictures_of(path.name):
            found[int(path.stem) - 1] = name
    return found


def _as_pictures(frames: dict[int, str], lines: list[_Line], number: int, sequence: str) -> Iterator[Picture]:
    by_frame: dict[int, list[_Line]] = {}
    for line in lines:
        by_frame.setdefault(line.frame, []).append(line)
    for frame in sorted(frames):
        number += 1
        boxes = [_as_box(line) for line in by_frame.pop(frame, [])]
        yield Picture(number, frames[frame], "", {"boxes": boxes}, {"sequence": sequence, "frame": frame}, {}, [])
    for frame in sorted(by_frame):
        number += 1
        boxes = [_as_box(line) for line in by_frame[frame]]
        yield Picture(number, None, f"frame {frame + 1} of {sequence}", {"boxes": boxes}, {}, {}, [])


def _as_box(line: _Line) -> Thing:
    x, y, w, h = line.box
    flags = ({"occluded": YES} if line.seen < _HALF else {}) | ({} if line.counts else {"ignored": YES})
    thing: Thing = {"x": x, "y": y, "w": w, "h": h, "label": line.label, **({"attributes": flags} if flags else {})}
    return thing | ({"group": line.number} if line.number > 0 else {})


def _tracks(lines: list[_Line], losses: Losses) -> list[Thing]:
    things: dict[tuple[int, str], list[_Line]] = {}
    for place, line in enumerate(lines):
        things.setdefault((line.number if line.number >= 0 else -place - 1, line.label), []).append(line)
        if 0.0 < line.seen < 1.0:
            losses.add("shares of boxes that are seen, but for whether it is a half")
    out: list[Thing] = []
    for (number, label), own in things.items():
        track: Thing = {"label": label, "keyframes": _keys(own)}
        ids = {thing.get("id") for thing in out}
        track |= {"id": str(number)} if number >= 0 and str(number) not in ids else {}
        out.append(track | ({} if all(line.counts for line in own) else {"attributes": {"ignored": YES}}))
    return out


def _keys(lines: list[_Line]) -> list[Thing]:
    """A key frame for each line, and one that says it is gone behind each stretch."""
    by_frame = {line.frame: line for line in lines}
    out: list[Thing] = []
    for frame in sorted(by_frame):
        if out and not out[-1].get("outside") and out[-1]["frame"] < frame - 1:
            out.append({"frame": out[-1]["frame"] + 1, "outside": True})
        out.append({"frame": frame, "box": by_frame[frame].box, **({"occluded": True} if by_frame[frame].seen < _HALF else {})})
    return [*out, {"frame": out[-1]["frame"] + 1, "outside": True}]


def _written(pack: Pack, one: Packed, offset: float) -> Iterator[str]:
    frames = one.media.get("frames") if isinstance(one.media.get("frames"), int) else None
    found: list[tuple[int, int, str]] = []
    for _, things in one.values(pack.questions):
        pack.plain_losses([t for t in things if t.get("attributes") != {"ignored": YES}])
        for place, thing in enumerate(things, 1):
            track = msgspec.convert(thing, Track)
            ident = int(thing["id"]) if str(thing.get("id")).isdecimal() and len(thing["id"]) < 10 else 10_000 + place
            counts = int(thing.get("attributes", {}).get("ignored") != YES)
            number = pack.labels.index(thing["label"]) + 1
            last = track.keyframes[-1].frame + 1
            for start, end in stretches(track, frames):
                stop = end if end is not None else last
                for key in along(track, range(start, stop)):
                    extent = _extent(key, pack)
                    if key is not None and extent is not None:
                        x, y, w, h = (short(n) for n in extent)
                        seen = 0 if key.occluded else 1
                        line = f"{ident},{x + offset:g},{y + offset:g},{w:g},{h:g},{counts},{number},{seen}"
                        found.append((key.frame + 1, ident, f"{key.frame + 1},{line}"))
    yield from (line for _, _, line in sorted(found))


def _extent(key: Keyframe | None, pack: Pack) -> tuple[float, float, float, float] | None:
    if key is None:
        return None
    if key.box is not None:
        x, y, w, h, *angle = key.box
        if angle and angle[0]:
            pack.losses.add("turned boxes, written as the upright box around them")
        return upright({"x": x, "y": y, "w": w, "h": h, "angle": angle[0] if angle else 0})
    points = key.polygon or [p for p in key.points or [] if p[2]]
    if points:
        pack.losses.add("outlines and figures, written as the box around them")
    return around(points) if points else None


def _ini(one: Packed) -> str:
    frames, rate = one.media.get("frames"), one.media.get("fps")
    lines = ["[Sequence]", f"name={one.stem}", "imDir=img1"]
    lines += [f"frameRate={rate:g}"] if isinstance(rate, int | float) else []
    lines += [f"seqLength={frames}"] if isinstance(frames, int) else []
    return "\n".join([*lines, f"imWidth={one.width}", f"imHeight={one.height}", "imExt=.jpg"]) + "\n"


PLUGIN = Mot()

"""Files that say when what is heard: what subtitles, speaker turns, tiers and label tracks have in common.

Stands alone because they all end in the same rows. A row is one recording with the file that speaks of it (of the same name,
beside it or in another folder of the same data set): `audio` or `video` (the file), `file` (its path below the folder),
`segments` (start, end, label) and, where there are words, `said` (start, end, label of the speaker, text); seconds.
Read from a folder, an archive, or one such file with the recordings beside it. Written: an archive with one file for each
item, and the recordings with the option `media`.
"""

from __future__ import annotations

import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar, cast

import msgspec

from milo.builtin.formats._foreign import Counting, asked, count_plain_losses
from milo.builtin.formats._media import AUDIO_SUFFIXES, VIDEO_SUFFIXES
from milo.builtin.formats._pictures import is_true
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.domain.question import Question
from milo.kinds.format import AnswerColumn, BadRow, ExportContext, ExportRow, Report, Row, Source

MAX_FILE = 64 << 20
_LOOKED_AT = 2_000
_TOLD = 20
SPEAKER = "Speaker 1"
"""Who speaks where a file does not say."""

Segment = dict[str, Any]


class Heard(msgspec.Struct):
    """What one file says: segments with labels, segments with words, and what of it was left out."""

    segments: list[Segment] = []
    said: list[Segment] = []
    trouble: list[str] = []


class TimedSet(ABC):
    """A format of this kind gives `read_text` and `write_text`."""

    name: str = ""
    title: str = ""
    suffixes: tuple[str, ...] = ()
    media_type = "application/zip"
    reads, writes, lossless, foreign = True, True, False, True
    ending: ClassVar[str] = ""
    """Of the files that say when."""
    words: ClassVar[bool] = False
    """It has room for words besides labels."""

    @abstractmethod
    def read_text(self, text: str) -> dict[str, Heard]:
        """What a file says, by the name of the recording; "" stands for the recording of the same name as the file."""

    @abstractmethod
    def write_text(self, name: str, segments: list[Segment], duration: float | None, losses: Losses) -> str:
        """The file about the recording `name`; segments have `text` where the answer is a transcript."""

    def fits(self, head: str) -> bool:
        """Whether a file of that ending that begins so is one of this format."""
        return True

    def recognises(self, source: Source) -> bool:
        """Whether there are such files with recordings of the same names beside them."""
        try:
            with Tree(source) as tree:
                known = _recordings(tree)
                names = (n for n in tree.ending(self.ending.lower())[:500] if PurePosixPath(n).stem in known)
                return any(self.fits(tree.head(name).decode(errors="replace")) for name in islice(names, 3))
        except Unreadable:
            return False

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each recording that a file speaks of, and a report beside it of what was left out."""
        try:
            tree = Tree(source)
        except Unreadable as error:
            yield BadRow(1, source.name, str(error))
            return
        with tree:
            found = self._pairs(tree)
            for number, (recording, name, heard) in enumerate(found, 1):
                if number <= source.start:
                    continue
                yield from _rows(tree, source, number, recording, name, heard)

    def answers(self, source: Source) -> list[AnswerColumn]:
        """What the first 2,000 files are labelled with."""
        labels: dict[str, dict[str, None]] = {"segments": {}, "said": {}}
        try:
            with Tree(source) as tree:
                for _, _, heard in islice(self._pairs(tree), _LOOKED_AT):
                    for column, known in labels.items():
                        known.update(dict.fromkeys(one["label"] for one in getattr(heard, column)))
        except Unreadable:
            return []
        return [AnswerColumn(c, "segments", {"labels": list(known)[:10_000]}) for c, known in labels.items() if known]

    def _pairs(self, tree: Tree) -> Iterator[tuple[str | None, str, Heard]]:
        """(recording, file, what it says); the recording is None where it is not there."""
        known = _recordings(tree)
        for name in tree.ending(self.ending.lower()):
            try:
                text = _decoded(tree.content(name, MAX_FILE))
                said = self.read_text(text)
            except (Unreadable, ValueError) as error:
                yield None, name, Heard(trouble=[str(error)])
                continue
            for wanted, heard in said.items():
                stem = wanted or PurePosixPath(name).stem
                beside = [one for one in known.get(stem, []) if PurePosixPath(one).parent == PurePosixPath(name).parent]
                fitting = beside or known.get(stem, [])
                if len(fitting) != 1:
                    how = "there is no recording" if not fitting else f"there are {len(fitting)} recordings"
                    heard.trouble.append(f'{how} named "{stem[:100]}" in the folder or archive')
                yield (fitting[0] if len(fitting) == 1 else None), name, heard

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One file an item. Options: `question`, `media` (false: with the recordings)."""
        question = asked(context, ("segments",), "a question about segments of time")
        losses, counted, taken = Losses(), Counting(rows), set[str]()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for row in counted:
                count_plain_losses(row, question, losses)
                value = row.labels.get(question.name)
                media = row.data.get(question.field or "")
                if not isinstance(value, list):
                    losses.add("items without an answer, left out")
                    continue
                facts = cast("dict[str, Any]", media) if isinstance(media, dict) else {}
                name = _name(row, facts, taken)
                segments = self._fitting(cast("list[Segment]", value), losses)
                text = self.write_text(PurePosixPath(name).stem, segments, facts.get("duration"), losses)
                archive.writestr(f"{PurePosixPath(name).stem}{self.ending}", text)
                _add_media(archive, context, facts, name, losses)
        told = ["metadata, provenance, and keys beyond the name of the file"] if counted.n else []
        return Report(counted.n, losses.lines() + told)

    def _fitting(self, segments: list[Segment], losses: Losses) -> list[Segment]:
        """The segments with labels on one line; what there is no room for is counted."""
        found: list[Segment] = []
        for one in segments:
            for name in ("attributes", "score"):
                if one.get(name):
                    losses.add(f"{name} of segments", len(one[name]) if name == "attributes" else 1)
            if one.get("text") and not self.words:
                losses.add("words of segments")
            if round(one["start"], 3) != one["start"] or round(one["end"], 3) != one["end"]:
                losses.add("times finer than a millisecond, rounded")
            found.append(one | {"label": " ".join(str(one["label"]).split())})
        return found


def _rows(tree: Tree, source: Source, number: int, recording: str | None, name: str, heard: Heard) -> Iterator[Row | BadRow]:
    if recording is not None:
        kind = "audio" if PurePosixPath(recording).suffix.lower() in AUDIO_SUFFIXES else "video"
        data: dict[str, Any] = {"file": recording, "segments": heard.segments}
        if heard.said:
            data["said"] = heard.said
        try:
            yield Row(number, source.name, data, {kind: str(tree.file(recording))})
        except Unreadable as error:
            yield BadRow(number, source.name, str(error))
            return
    if heard.trouble:
        told = "; ".join(heard.trouble[:_TOLD])
        more = f"; and {len(heard.trouble) - _TOLD:,} more" if len(heard.trouble) > _TOLD else ""
        read = "the recording was read, but not all that is said of it: " if recording is not None else ""
        yield BadRow(number, source.name, f"{name}: {read}{told}{more}")


def _recordings(tree: Tree) -> dict[str, list[str]]:
    """The recordings by their names without endings."""
    found: dict[str, list[str]] = {}
    for name in tree.names:
        path = PurePosixPath(name)
        if path.suffix.lower() in AUDIO_SUFFIXES | VIDEO_SUFFIXES:
            found.setdefault(path.stem, []).append(name)
    return found


def _decoded(content: bytes) -> str:
    """Text as UTF-8, or UTF-16 where its first bytes say so. Raises ValueError."""
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16").replace("\r\n", "\n").replace("\r", "\n")
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"not valid {error.encoding} at byte {error.start + 1}") from None


def _name(row: ExportRow, facts: dict[str, Any], taken: set[str]) -> str:
    """The name of the recording, made fit for any file system, each stem once."""
    given = PurePosixPath(str(facts.get("name") or row.key or "").replace("\\", "/")).name
    plain = re.sub(r'[\x00-\x1f<>:"/\\|?*\s]+', "_", given)[-120:].strip("._ ")
    if not plain or PurePosixPath(plain).stem in taken:
        plain = f"item-{row.id}{PurePosixPath(plain).suffix}"
    taken.add(PurePosixPath(plain).stem)
    return plain


def _add_media(archive: zipfile.ZipFile, context: ExportContext, facts: dict[str, Any], name: str, losses: Losses) -> None:
    if not is_true(context.options.get("media", False)):
        return
    file = context.file_of(facts) if context.file_of is not None and facts else None
    if file is None:
        losses.add("recordings whose file is not at hand")
    else:
        archive.write(file, name, zipfile.ZIP_STORED)


def number(text: str) -> float | None:
    """A finite time in seconds, None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e6 else None


def labels_of(question: Question) -> list[str]:
    """The labels of a question."""
    return [e if isinstance(e, str) else e["value"] for e in cast("list[Any]", question.config.get("labels") or [])]

"""Documents as people look at them: pages as pictures, their words, where a text stands; made once and kept by the file's hash.

The words of a page are those that it was imported with, or those of its text layer; pages without, and images, are read by a
machine (OCR), one after another, in a process and a thread of their own. An image is a document of one page, or of as many as
its file holds (TIFF, DICOM), whose points are the pixels of the upright image.
"""

from __future__ import annotations

import threading
from base64 import b64decode
from collections import deque
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import msgspec

from milo.domain.errors import Invalid, MissingExtra, NotFound
from milo.domain.pages import size_in
from milo.infra.image_worker import ImageWorker
from milo.infra.lines import places_of
from milo.infra.media import MediaStore
from milo.infra.media_kinds import kind_of
from milo.infra.sql.database import Database
from milo.infra.sql.items import MediaRow, PageWordsSql

SCALES = (0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Pixels a point at which pages are drawn; others are rounded up."""
MOST_HITS = 500
LONGEST = 200
_SECONDS = 180.0
_IDLE = 120.0
_WAITING = 200
"""Pages that may wait to be read; those asked for first are dropped beyond that."""
_IMAGE_SIDE = 4_000
Run = list[float]
"""Width, height, how many pages."""
Word = list[Any]


class PageWords(msgspec.Struct, omit_defaults=True):
    """The words of a page: each [line, x, y, w, h, text], read ones with a score. `state` is "ready", "reading" (ask again in a
    moment), "scan" (there is no text layer) or "failed", with the reason."""

    state: Literal["ready", "reading", "scan", "failed"]
    words: list[Word] = []
    source: Literal["", "text", "ocr"] = ""
    reason: str = ""


class TextHit(msgspec.Struct):
    """A place where a text stands: one rectangle [x, y, w, h] for each line."""

    page: int
    places: list[list[float]]


class Documents:
    """Pages and words of the documents in a workspace."""

    def __init__(self, media: MediaStore, db: Database, on_read: Callable[[int], None]) -> None:
        """`on_read` is told, in the reading thread, of the project whose last waiting page was just read."""
        self._media, self._db, self._on_read = media, db, on_read
        self._reader = ImageWorker(_SECONDS, "milo.infra.ocr_work", _IDLE)
        self._lock = threading.Condition()
        self._wanted: deque[tuple[MediaRow, int]] = deque()
        self._failed: dict[tuple[bytes, int], str] = {}
        self._at_work: tuple[bytes, int] | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def close(self) -> None:
        """Read no further page."""
        with self._lock:
            self._closed = True
            self._wanted.clear()
            self._lock.notify_all()
        self._reader.close()

    def sizes(self, row: MediaRow) -> list[Run]:
        """Runs of [width, height, how many pages]. Raises Invalid for what is no readable document."""
        if kind_of(row.mime) == "image":
            if not row.width or not row.height or row.error:
                raise Invalid(f'"{row.name}" cannot be shown: {row.error or "its size is not known"}.', place="media")
            return row.known.get("sizes") or [[float(row.width), float(row.height), 1]]
        self._check(row)
        return row.known.get("sizes") or self._media.ask(row, "sizes")["sizes"]

    def picture(self, row: MediaRow, page: int, scale: float) -> Path:
        """A page as WebP, at the next scale that is large enough; an image at most in its own size, and 4,000 pixels a side.

        Raises NotFound, Invalid or MissingExtra.
        """
        self._page(row, page)
        fitting = next((s for s in SCALES if s >= scale - 1e-6), SCALES[-1])
        image = kind_of(row.mime) == "image"
        if image:
            fitting = min(1.0, fitting)
        target = self._media.cached(row, f"page-{page}-{fitting:g}.webp")
        if target.exists():
            return target
        if image:
            side = min(_IMAGE_SIDE, round(max(size_in(self.sizes(row), page) or (1.0, 1.0)) * fitting))
            self._media.ask(row, "thumbnail", page=page, size=max(1, side), out=str(target))
        else:
            self._media.ask(row, "page", page=page, scale=fitting, out=str(target))
        return target

    def cover(self, row: MediaRow, longest: int) -> Path:
        """The first page as WebP, at the smallest scale that makes its longer side `longest` pixels, at most 1."""
        width, height, _ = self.sizes(row)[0]
        return self.picture(row, 0, min(1.0, longest / max(width, height)))

    def shots(self, row: MediaRow, pages: int, side: int, most: int) -> list[bytes]:
        """The first pages as JPEG, with a longer side of `side` pixels and at most `most` bytes each. Raises Invalid or
        MissingExtra."""
        count = min(pages, sum(int(run[2]) for run in self.sizes(row)))
        asked = (self._media.ask(row, "shot", page=page, side=side, most=most) for page in range(count))
        return [b64decode(one["data"]) for one in asked]

    def text(self, row: MediaRow, pages: int) -> str:
        """The words of the first pages as far as they are known, line by line, with the number of each page; "" where there are
        none. Nothing is read for it."""
        count = min(pages, sum(int(run[2]) for run in self.sizes(row)))
        found = {page + 1: self._ready(row, page).words for page in range(count)}
        return "\n\n".join(f"[page {number}]\n{_in_lines(words)}" for number, words in found.items() if words)

    def words(self, row: MediaRow, page: int) -> PageWords:
        """The words that the file was imported with or has in its text layer; "scan" where there are none. What a machine has
        read is not among them."""
        self._page(row, page)
        given = self._given(row, page)
        if given is not None and given.source == "text":
            return given
        if kind_of(row.mime) == "image":
            return PageWords("scan")
        target = self._media.cached(row, f"words-{page}.json")
        words = _kept(target)
        if words is None:
            words = self._media.ask(row, "words", page=page)["words"]
            _keep(target, words)
        return PageWords("ready", words, "text") if words else PageWords("scan")

    def read(self, row: MediaRow, page: int) -> PageWords:
        """The words of the text layer, or as read by a machine: "reading" until that is done."""
        found = self._ready(row, page)
        if found.state != "scan":
            return found
        key = (row.sha256, page)
        with self._lock:
            if key in self._failed:
                return PageWords("failed", reason=self._failed[key])
            if self._at_work != key and all((one.sha256, n) != key for one, n in self._wanted):
                self._wanted.append((row, page))
                while len(self._wanted) > _WAITING:
                    self._wanted.popleft()
            self._start()
            self._lock.notify_all()
        return PageWords("reading")

    def word_files(self, row: MediaRow, most: int) -> list[str | None]:
        """The files with the words of the first pages, each word [line, x, y, w, h, text, score?]; None for a page without.
        Pages that are pictures are put down to be read, and have words once that is done."""
        if row.error:
            return []
        found: list[str | None] = []
        for page in range(min(most, _count(row))):
            read = self.read(row, page)
            name = {"text": f"words-{page}.json", "ocr": f"ocr-{page}.json"}.get(read.source)
            if name and self._given(row, page) == read:
                name = f"given-{row.project_id}-{page}.json"
                _keep(self._media.cached(row, name), read.words)
            found.append(str(self._media.cached(row, name).absolute()) if name else None)
        return found

    def _ready(self, row: MediaRow, page: int) -> PageWords:
        """The words of a page as far as they are known."""
        found = self.words(row, page)
        if found.state == "scan":
            words = _kept(self._media.cached(row, f"ocr-{page}.json"))
            found = self._given(row, page) or (found if words is None else PageWords("ready", words, "ocr"))
        return found

    def _given(self, row: MediaRow, page: int) -> PageWords | None:
        """The words that came in with the file."""
        found = self._db.read(lambda c: PageWordsSql(c).get(row.project_id, row.sha256, page))
        return found and PageWords("ready", msgspec.json.decode(found[1]), "ocr" if found[0] else "text")

    def find(self, row: MediaRow, text: str, read: bool = False) -> list[TextHit]:
        """Where a text stands in the text layer, or `read`: also in what a machine has read by now; small and capital letters
        alike; at most 500 places, in the order of the pages.

        Raises Invalid for a text that is empty or too long.
        """
        wanted = " ".join(text.split())
        if not wanted or len(wanted) > LONGEST:
            raise Invalid(f"Look for 1 to {LONGEST} characters.", place="text")
        self._check(row)
        own = self._known_words(row, read)
        found = [TextHit(page, places) for page, words in own.items() for places in places_of(words, wanted)]
        if kind_of(row.mime) != "image":
            layer = msgspec.convert(self._media.ask(row, "find", text=wanted, most=MOST_HITS)["hits"], list[TextHit])
            found += [hit for hit in layer if hit.page not in own]
        return sorted(found, key=lambda hit: hit.page)[:MOST_HITS]

    def _known_words(self, row: MediaRow, read: bool) -> dict[int, list[Word]]:
        """The words that pages have besides a text layer, as far as they are known."""
        given = self._db.read(lambda c: PageWordsSql(c).all(row.project_id, row.sha256))
        found = {page: msgspec.json.decode(words) for page, machine, words in given if read or not machine}
        for page in range(sum(int(run[2]) for run in self.sizes(row))) if read else ():
            if page not in found and (words := _kept(self._media.cached(row, f"ocr-{page}.json"))):
                found[page] = words
        return found

    def _check(self, row: MediaRow) -> None:
        if kind_of(row.mime) not in ("image", "document"):
            raise Invalid(f'"{row.name}" is no document: {row.mime}.', place="media")
        if row.error:
            raise Invalid(f'"{row.name}" cannot be shown: {row.error}.', place="media")

    def _page(self, row: MediaRow, page: int) -> None:
        self._check(row)
        count = _count(row)
        if not 0 <= page < count:
            raise NotFound(f'"{row.name}" has no page {page + 1}; it has {count}.', place="page")

    def _start(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="milo-ocr", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        """Read what is wanted, the latest first: it is what somebody looks at."""
        while True:
            with self._lock:
                self._at_work = None
                while not self._wanted and not self._closed:
                    if not self._lock.wait(_IDLE):
                        self._thread = None
                        return
                if self._closed:
                    return
                row, page = self._wanted.pop()
                self._at_work = (row.sha256, page)
            reason = self._read_one(row, page)
            with self._lock:
                if reason:
                    self._failed[(row.sha256, page)] = reason
                last = all(one.project_id != row.project_id for one, _ in self._wanted)
            if last and not reason:
                self._on_read(row.project_id)

    def _read_one(self, row: MediaRow, page: int) -> str:
        """Read a page and keep its words; why it could not be read, "" if it could."""
        try:
            reply = self._reader.ask("read", self._media.file(row), mime=row.mime, page=page)
        except NotFound as error:
            return error.message
        if "missing" in reply:
            return MissingExtra("Reading scanned pages", "ocr").message
        if "error" in reply:
            return f"the page could not be read: {reply['error']}"
        _keep(self._media.cached(row, f"ocr-{page}.json"), reply["words"])
        return ""


def _count(row: MediaRow) -> int:
    return int(row.known.get("pages") or (1 if kind_of(row.mime) == "image" else 0))


def _in_lines(words: list[Word]) -> str:
    return "\n".join(" ".join(str(word[5]) for word in line) for _, line in groupby(words, lambda word: word[0]))


def _kept(path: Path) -> list[Word] | None:
    try:
        return msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None


def _keep(path: Path, words: list[Word]) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(msgspec.json.encode(words))
    part.replace(path)

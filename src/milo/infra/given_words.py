"""Words of pages that came in with the files, read by another reader: put into the page's own units and lines, and kept.

Stands alone from the words that are read here, because what came in is data: it lies in the database and is not made again.
Words without a reader's confidence are taken for what the file says, before its own text layer. Words with one are a machine's:
they come after the text layer and before our own reader, and stay away from blind items as its words do.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from milo.infra.documents import Documents
from milo.infra.lines import Word, in_lines
from milo.infra.sql.database import Connection
from milo.infra.sql.items import MediaRow, PageWordsSql
from milo.kinds.format import ReadPage

MAX_WORDS = 20_000
LONGEST = 500
_SKEW = 0.02
"""How far the sides of the page that was read may be from those of the page here, as a share, once one is made to fit."""
Size = tuple[float, float]


class Kept(msgspec.Struct, frozen=True):
    """The words of one page, ready to be stored."""

    page: int
    machine: bool
    words: bytes


def kept(documents: Documents, row: MediaRow, pages: list[ReadPage]) -> tuple[list[Kept], list[str]]:
    """The words of a file's pages in its own units, and why any were left out. Raises Invalid for no readable document."""
    sizes = [(run[0], run[1]) for run in documents.sizes(row) for _ in range(int(run[2]))]
    found: list[Kept] = []
    wrong: list[str] = []
    for one in pages:
        if not 0 <= one.page < len(sizes):
            wrong.append(f"the words of page {one.page + 1} were left out: there are {len(sizes)}")
            continue
        size = sizes[one.page]
        scale = _scale(one.size, size)
        if scale is None:
            wrong.append(f"the words of page {one.page + 1} were left out: {_told(cast('Size', one.size), size)}")
            continue
        words = [word for given in one.words[:MAX_WORDS] if (word := _word(given, scale, size)) is not None]
        if len(words) < len(one.words):
            wrong.append(
                f"{len(one.words) - len(words):,} words of page {one.page + 1} were left out: they lie outside of the page"
            )
        if words:
            machine = any(len(word) > 5 for word in words)
            found.append(Kept(one.page, machine, msgspec.json.encode(in_lines(words))))
    return found, wrong


def store(connection: Connection, row: MediaRow, pages: list[Kept]) -> None:
    """Record them inside a transaction."""
    for one in pages:
        PageWordsSql(connection).put(row.project_id, row.sha256, one.page, one.machine, one.words)


def _scale(given: Size | None, size: Size) -> Size | None:
    """What places are multiplied with; None if another page was read."""
    if given is None:
        return 1.0, 1.0
    across, down = size[0] / given[0], size[1] / given[1]
    return (across, down) if abs(across - down) <= _SKEW * max(across, down) else None


def _told(given: Size, size: Size) -> str:
    return f"the page was {given[0]:g} x {given[1]:g} when it was read, which is not the shape of {size[0]:g} x {size[1]:g}"


def _word(given: list[Any], scale: Size, size: Size) -> Word | None:
    """A word cut at the edges of its page; None for one that is not on it, or has no text."""
    x, y = max(0.0, given[0] * scale[0]), max(0.0, given[1] * scale[1])
    w, h = min(size[0], (given[0] + given[2]) * scale[0]) - x, min(size[1], (given[1] + given[3]) * scale[1]) - y
    text = " ".join(str(given[4]).split())[:LONGEST]
    if w <= 0 or h <= 0 or not text:
        return None
    return (x, y, w, h, text, float(given[5])) if len(given) > 5 else (x, y, w, h, text)

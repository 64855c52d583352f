"""The words of a document as predictors read them: in lines, parted at wide gaps into pieces, each with its place.

Stands alone because a value and its label are found by where they stand, not by the order in which a program wrote them. Words
come in files, one a page (see `milo.kinds.predictor.Candidate`); nothing is opened here that is not such a file.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

from milo.domain.pages import size_in
from milo.domain.question import Field, Question

MOST_PAGES = 6
MOST_WORDS = 2_500
"""Words of one page that are looked at."""
_GAP = 1.3
"""Words further apart than this many heights are in different pieces of a line."""
_GLUED = re.compile(r"(?<=[^\W\d_])[:=](?=\S)(?!//)|\b[nN][°º](?=\d)")
_EDGE = " \t.,;:|*_#°º()[]{}<>\"'“”„«»"
_DIGITS = re.compile(r"\d+")


class Token(NamedTuple):
    """One word, or what stands before or after the colon (or n°) in one; `norm` is it in small letters, figures as 0."""

    page: int
    line: int
    piece: int
    x: float
    y: float
    w: float
    h: float
    text: str
    norm: str


class Words(NamedTuple):
    """The tokens in reading order, the places in that list where each line begins and ends, by the line's number, and the
    sizes of the pages."""

    tokens: list[Token]
    lines: list[tuple[int, int]]
    sizes: list[tuple[float, float]]


def paper_field(question: Question, fields: tuple[Field, ...]) -> str | None:
    """The field with the document or picture that is asked about."""
    own = [f for f in fields if f.name == question.field] or list(fields)
    return next((f.name for f in own if f.kind in ("document", "image")), None)


def words_of(data: dict[str, Any], name: str | None) -> Words | None:
    """The words of an item's document; None where there are none (no text layer, and not read by a machine yet)."""
    media = data.get(name) if name is not None else None
    given = cast("dict[str, Any]", media).get("words") if isinstance(media, dict) else None
    if not isinstance(given, list):
        return None
    tokens: list[Token] = []
    lines: list[tuple[int, int]] = []
    sizes: list[tuple[float, float]] = []
    for page, file in enumerate(cast("list[Any]", given)[:MOST_PAGES]):
        _add_page(page, _read(file), tokens, lines)
        sizes.append(_size(cast("dict[str, Any]", media), page) or _extent(tokens, page))
    return Words(tokens, lines, sizes) if tokens else None


def _read(file: Any) -> list[list[Any]]:
    """The words in a file; none where there is no such file, or something else in it."""
    if not isinstance(file, str):
        return []
    try:
        found = json.loads(Path(file).read_bytes())
    except (OSError, ValueError):
        return []
    return [w for w in found[:MOST_WORDS] if isinstance(w, list) and len(cast("list[Any]", w)) >= 6 and str(w[5]).strip()]


def _add_page(page: int, words: list[list[Any]], tokens: list[Token], lines: list[tuple[int, int]]) -> None:
    first, before = len(tokens), None
    piece = 0
    for number, x, y, w, h, text, *_ in words:
        if number != before:
            if before is not None:
                lines.append((first, len(tokens)))
            first, before, piece = len(tokens), number, 0
        elif x - (tokens[-1].x + tokens[-1].w) > _GAP * max(h, tokens[-1].h):
            piece += 1
        tokens += _parted(page, len(lines), piece, (float(x), float(y), float(w), float(h)), str(text))
    if before is not None:
        lines.append((first, len(tokens)))


def _parted(page: int, line: int, piece: int, rect: tuple[float, float, float, float], text: str) -> list[Token]:
    """The word, or its parts at a colon between letters and something else ("Date:12/03/2018"), each with its share of the
    width."""
    x, y, w, h = rect
    cuts = [0, *(found.end() for found in _GLUED.finditer(text)), len(text)]
    share = w / max(1, len(text))
    return [
        Token(page, line, piece, x + a * share, y, (b - a) * share, h, text[a:b], norm(text[a:b]))
        for a, b in pairwise(cuts)
        if b > a
    ]


def norm(text: str) -> str:
    """A word as it is compared: small letters, figures as 0, nothing at its ends."""
    return _DIGITS.sub("0", text.strip(_EDGE).casefold())


def trimmed(text: str) -> str:
    """A value without the marks around it."""
    return " ".join(text.split()).strip(' \t,;:|*“”"')


def _size(media: dict[str, Any], page: int) -> tuple[float, float] | None:
    if (known := size_in(media.get("sizes") or [], page)) is not None:
        return known
    width, height = media.get("width"), media.get("height")
    if page == 0 and isinstance(width, int | float) and isinstance(height, int | float) and width and height:
        return float(width), float(height)
    return None


def _extent(tokens: list[Token], page: int) -> tuple[float, float]:
    own = [t for t in tokens if t.page == page]
    return max((t.x + t.w for t in own), default=1.0), max((t.y + t.h for t in own), default=1.0)

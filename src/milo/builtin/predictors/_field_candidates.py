"""What of a document could be the value of a field: stretches of its words that can be read as the field's type.

Stands alone because finding what is possible is a matter of types, and choosing among it one of learning. A stretch lies in one
line, or, for a text in several lines, is a pile of whole pieces of lines that begin at one edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from milo.builtin.predictors._page_words import Token, Words, trimmed
from milo.domain.typed import read_date, read_number

MOST = 6_000
"""Candidates for one field of one document."""
_GROUPED = re.compile(r"[$€£¥₹]?\d{1,3}( \d{3})*( \d{3}([.,]\d+)?)[$€£¥₹]?")
"""Figures that a space parts into thousands, as words one after the other."""
_LETTERS = re.compile(r"[^\W\d_]+")
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "rs": "INR", "rm": "MYR", "kč": "CZK"}
MONEY_SIGNS = (
    frozenset(_CURRENCIES) | {code.casefold() for code in _CURRENCIES.values()} | {"", "chf", "sek", "nok", "dkk", "hkd"}
)
"""Signs and codes of currencies, as words are compared."""
_LONG_PIECE = 14
Value = str | int | float


class Choice(NamedTuple):
    """A stretch that could be a value: tokens `first` to `last` (inclusive); of several lines, `rows` says which of each.
    `value` is in the field's type. A label that stands nowhere has no rows."""

    value: Value
    rows: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        """The token that it begins with, -1 for nowhere."""
        return self.rows[0][0] if self.rows else -1

    @property
    def last(self) -> int:
        """The token that it ends with, -1 for nowhere."""
        return self.rows[-1][1] if self.rows else -1


class Bounds(NamedTuple):
    """How long texts of a field are taken: words in a line, and lines. Learned from the answers."""

    words: int = 6
    lines: int = 1


def candidates(
    part: dict[str, Any], settings: dict[str, Any], words: Words, bounds: Bounds, known: dict[str, str]
) -> list[Choice]:
    """All that could be this field's value. `settings` are the form's (dates, decimal); `known` says which words stand for
    which label of a choice, beside the labels themselves."""
    kind = part.get("type", "text")
    if kind == "date":
        found = _dates(words, settings.get("dates", "dmy"))
    elif kind in ("number", "amount"):
        found = _numbers(words, settings.get("decimal", "auto"), kind == "amount")
    elif kind == "choice":
        found = _labels(words, names_of(part) | known)
    else:
        found = _texts(words, bounds)
    kept: list[Choice] = []
    for one in found:
        kept.append(one)
        if len(kept) >= MOST:
            break
    return kept + ([Choice(label, ()) for label in labels_of(part)] if kind == "choice" else [])


def labels_of(part: dict[str, Any]) -> list[str]:
    """The labels of a choice, in order."""
    return [one if isinstance(one, str) else str(one["value"]) for one in part.get("labels") or []]


def names_of(part: dict[str, Any]) -> dict[str, str]:
    """Words in small letters that mean a label: its value, its title, the sign of a currency."""
    found: dict[str, str] = {}
    for entry in part.get("labels") or []:
        one: dict[str, Any] = {"value": entry} if isinstance(entry, str) else entry
        for text in (one["value"], one.get("title")):
            if text:
                found[str(text).casefold()] = str(one["value"])
    signs = {sign: found[code.casefold()] for sign, code in _CURRENCIES.items() if code.casefold() in found}
    return signs | found


def _dates(words: Words, order: str) -> Iterator[Choice]:
    def read(text: str) -> str | None:
        return read_date(text.strip(" .,;:()[]"), order) if any(c.isdigit() for c in text) else None

    for first, end in words.lines:
        yield from _shortest(words.tokens, first, end, 5, read)


def _numbers(words: Words, decimal: str, amount: bool) -> Iterator[Choice]:
    def read(text: str) -> float | int | None:
        if not any(c.isdigit() for c in text) or (" " in text and not _GROUPED.fullmatch(text)):
            return None
        letters = "".join(_LETTERS.findall(text))
        if len(letters) > 3 or read_date(text.strip(" .,;:()[]")) is not None:
            return None
        number = read_number(text.strip(" ;:*"), decimal, amount=amount)
        return number if number is None or not number.is_integer() else int(number)

    for first, end in words.lines:
        yield from _shortest(words.tokens, first, end, 3, read)


def _labels(words: Words, names: dict[str, str]) -> Iterator[Choice]:
    signs = [name for name in names if not name.isalnum()]

    def read(text: str) -> str | None:
        plain = text.casefold().strip(" .,;:()[]")
        return names.get(plain) or (next((names[s] for s in signs if s in plain), None) if " " not in text else None)

    for first, end in words.lines:
        yield from _shortest(words.tokens, first, end, 4, read)


def _shortest(tokens: list[Token], first: int, end: int, most: int, read: Any) -> Iterator[Choice]:
    """Stretches that can be read; none that has a shorter one of the same value in it."""
    found: list[Choice] = []
    for length in range(1, most + 1):
        for start in range(first, end - length + 1):
            stop = start + length - 1
            value = read(" ".join(t.text for t in tokens[start : stop + 1]))
            if value is None or any(c.value == value and start <= c.first and c.last <= stop for c in found):
                continue
            found.append(Choice(value, ((start, stop),)))
    yield from found


def _texts(words: Words, bounds: Bounds) -> Iterator[Choice]:
    parts = list(pieces(words))
    for start, stop in parts:
        yield from _within(words.tokens, start, stop, bounds.words)
    if bounds.lines > 1:
        yield from _piles(words.tokens, parts, bounds.lines)


def pieces(words: Words) -> Iterator[tuple[int, int]]:
    """First and last token of each piece of a line."""
    for first, end in words.lines:
        start = first
        for i in range(first + 1, end + 1):
            if i == end or words.tokens[i].piece != words.tokens[i - 1].piece:
                yield start, i - 1
                start = i


def _within(tokens: list[Token], start: int, stop: int, longest: int) -> Iterator[Choice]:
    """Stretches of a piece, and the whole of it; of a long one (running text) short stretches only."""
    most = longest if stop - start < _LONG_PIECE else min(longest, 3)
    for i in range(start, stop + 1):
        for j in range(i, min(stop, i + most - 1) + 1):
            yield from _text(tokens, ((i, j),))
    if stop - start >= most:
        yield from _text(tokens, ((start, stop),))


def _piles(tokens: list[Token], pieces: list[tuple[int, int]], lines: int) -> Iterator[Choice]:
    """Pieces one under the other: near, and with a common left edge or middle."""
    for at, head in enumerate(pieces):
        pile = [head]
        for piece in pieces[at + 1 : at + 40]:
            if under(tokens, pile[-1], piece):
                pile.append(piece)
                yield from _text(tokens, tuple(pile))
                if len(pile) >= lines:
                    break


def under(tokens: list[Token], upper: tuple[int, int], lower: tuple[int, int]) -> bool:
    """Whether one piece stands under another as the lines of a pile do."""
    a, b = tokens[upper[0]], tokens[lower[0]]
    if a.page != b.page or not 0 < b.y - a.y < 2.6 * a.h:
        return False
    right_a, right_b = (tokens[i].x + tokens[i].w for i in (upper[1], lower[1]))
    return abs(a.x - b.x) < 1.2 * a.h or abs(a.x + right_a - b.x - right_b) < 3 * a.h


def _text(tokens: list[Token], rows: tuple[tuple[int, int], ...]) -> Iterator[Choice]:
    value = trimmed(" ".join(t.text for a, b in rows for t in tokens[a : b + 1]))
    if any(c.isalnum() for c in value):
        yield Choice(value, rows)


def written(tokens: list[Token], choice: Choice) -> str:
    """The words of a choice as they stand."""
    return " ".join(t.text for a, b in choice.rows for t in tokens[a : b + 1])


def places(words: Words, choice: Choice) -> list[dict[str, Any]]:
    """Where it stands: one rectangle for each line, within the page."""
    found: list[dict[str, Any]] = []
    for a, b in choice.rows:
        row = words.tokens[a : b + 1]
        width, height = words.sizes[row[0].page]
        x, y = max(0.0, min(t.x for t in row)), max(0.0, min(t.y for t in row))
        w = min(width, max(t.x + t.w for t in row)) - x
        h = min(height, max(t.y + t.h for t in row)) - y
        if w > 0 and h > 0:
            found.append({"page": row[0].page, "x": round(x, 2), "y": round(y, 2), "w": round(w, 2), "h": round(h, 2)})
    return found

"""What is known of a candidate: what stands beside and above it, what it looks like, where on the page it is.

Stands alone from learning. A feature is a text, hashed to one of `WIDTH` numbers, with a weight; a model is a weight for each
number. Features with a known name (`NAMED`) have weights before anything is learned; all others begin at none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from milo.builtin.predictors._field_candidates import MONEY_SIGNS, Choice
from milo.builtin.predictors._field_cues import LABELS, Cues, strength
from milo.builtin.predictors._field_names import LEGAL, is_label, is_titled, name_hints
from milo.builtin.predictors._field_sums import sum_hints
from milo.builtin.predictors._page_words import Token, Words, norm
from milo.builtin.predictors._text_patterns import emails, ibans, urls
from milo.domain.typed import read_date

WIDTH = 1 << 18
NAMED: dict[str, float] = {
    "cue left": 4.0, "cue left part": 2.0, "cue above": 3.0, "cue above part": 1.5, "cue head": 1.5,
    "not left": -3.0, "not above": -1.0, "like": 3.0, "like value": 4.0, "like place": 2.0, "value seen": 1.0,
}  # fmt: skip
"""Weights that features have before anything is learned; those of `like` compare with answered documents."""
_SHAPES = ((re.compile(r"[^\W\d_]+"), "a"), (re.compile(r"\d+"), "0"))
_NEAR_LINES = 12
_MARKS = frozenset(("", "n", "no", "nr", "num", "number", "id"))
Row = list[tuple[int, float]]


class Around(NamedTuple):
    """What stands around a token: the words left of it on its line (nearest first), the piece of line left of it, the piece
    above it, the head of its column, and the words right of it."""

    left: tuple[str, ...]
    beside: tuple[str, ...]
    above: tuple[str, ...]
    head: tuple[str, ...]
    right: tuple[str, ...]


class Page(NamedTuple):
    """A document with what is worked out once for all of its fields."""

    words: Words
    around: list[Around]
    height: float


@lru_cache(maxsize=200_000)
def number_of(feature: str) -> int:
    """The number of a feature."""
    return crc32(feature.encode()) % WIDTH


def prepared(words: Words) -> Page:
    """The document with the surroundings of each token."""
    tokens = words.tokens
    heights = sorted(t.h for t in tokens)
    around = [_around(words, first, end, i) for first, end in words.lines for i in range(first, end)]
    return Page(words, around, heights[len(heights) // 2] or 1.0)


def _around(words: Words, first: int, end: int, i: int) -> Around:
    tokens = words.tokens
    left = tuple(t.norm for t in reversed(tokens[max(first, i - 4) : i]))
    beside = _beside(tokens, first, i)
    above, head = _over(words, tokens[i])
    right = tuple(t.norm for t in tokens[i + 1 : min(end, i + 3)])
    return Around(left, beside, above, head, right)


def _beside(tokens: list[Token], first: int, i: int) -> tuple[str, ...]:
    """The words from the start of the piece to this token; of the piece before it, where it begins one. A sign of
    money before it counts as part of it."""
    start = i
    while start > first and tokens[start - 1].piece == tokens[i].piece:
        start -= 1
    if start > first and all(t.norm in MONEY_SIGNS for t in tokens[start:i]):
        piece = tokens[start - 1].piece
        while start > first and tokens[start - 1].piece == piece:
            start -= 1
    return tuple(t.norm for t in tokens[max(start, i - 8) : i] if t.norm and t.norm not in MONEY_SIGNS)


def _over(words: Words, token: Token) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The nearest words above that overlap this one sideways, and the nearest above that hold no figure."""
    near: tuple[str, ...] = ()
    for number in range(token.line - 1, max(-1, token.line - 1 - _NEAR_LINES), -1):
        first, end = words.lines[number]
        row = words.tokens[first:end]
        if row[0].page != token.page:
            break
        pieces = {t.piece for t in row if t.x < token.x + token.w and token.x < t.x + t.w}
        found = tuple(t.norm for t in row if t.piece in pieces and t.norm)[:8]
        if not found:
            continue
        if not near and token.y - row[0].y < 4 * token.h:
            near = found
        if not any("0" in word for word in found):
            return near, found
    return near, ()


def rows_of(page: Page, choices: Sequence[Choice], part: dict[str, Any], cues: Cues) -> list[Row]:
    """The features of each candidate."""
    kind = part.get("type", "text")
    ranks = _ranks(choices, kind)
    starts = {one.first for one in choices if one.rows}
    cued = {at: [(number_of(name), weight) for name, weight in _cued(page.around[at], cues)] for at in starts}
    near = {at: [number_of(name) for name in _near(page.around[at])] for at in starts}
    hints = _hints(page, choices, kind, cues)
    return [
        _row(near[one.first], _looks(page, one) + ranks.get(one.value, []), cued[one.first] + more)
        if one.rows
        else _nowhere(one)
        for one, more in zip(choices, hints, strict=True)
    ]


def _hints(page: Page, choices: Sequence[Choice], kind: str, cues: Cues) -> list[Row]:
    """What is generally true of papers, where it bears on this field: sums of amounts, names and addresses of firms."""
    found: list[list[tuple[str, float]]] = [[] for _ in choices]
    likely = {name for name, _ in cues.likely}
    if kind in ("number", "amount"):
        found = sum_hints(page.words, choices, cues)
    elif kind == "text":
        found = [[("a label", 1.0)] if one.rows and is_label(str(one.value), LABELS) else [] for one in choices]
        if likely & {"legal", "address"}:
            named = name_hints(page.words, choices)
            found = [a + [(name, 1.0) for name in b] for a, b in zip(found, named, strict=True)]
        if "k=digits" in likely:
            found = [a + _marked(page.words.tokens, b) for a, b in zip(found, choices, strict=True)]
    elif kind == "date":
        found = [[("titled", 1.0)] if one.rows and is_titled(page.words, one) else [] for one in choices]
    return [[(number_of(name), weight) for name, weight in row] for row in found]


def _marked(tokens: list[Token], one: Choice) -> list[tuple[str, float]]:
    """Whether a stretch begins with what only says that a number follows, lacks figures, or is a date."""
    row = tokens[one.first : one.last + 1]
    first = len(row) > 1 and (row[0].norm in _MARKS or any(t.text.endswith(":") for t in row[:-1]))
    figures = any("0" in t.norm for t in row)
    dated = figures and len(row) < 5 and read_date(str(one.value)) is not None
    return [(name, 1.0) for name, holds in (("mark first", first), ("no figures", not figures), ("a date", dated)) if holds]


def _row(near: list[int], own: list[str], cued: Row) -> Row:
    return [*((number, 1.0) for number in near), *((number_of(name), 1.0) for name in own), *cued]


def _nowhere(choice: Choice) -> Row:
    return [(number_of("nowhere"), 1.0), (number_of(f"label={choice.value}"), 1.0)]


def _near(around: Around) -> list[str]:
    found = [f"l{i}={word}" for i, word in enumerate(around.left[:3])]
    found += [f"l={word}" for word in around.left if word] or ["l="]
    found += [f"b={' '.join(around.beside)}", f"a={' '.join(around.above)}", f"h={' '.join(around.head)}"]
    found += [f"bw={word}" for word in around.beside] + [f"aw={word}" for word in around.above[:5]]
    return found


def _cued(around: Around, cues: Cues) -> list[tuple[str, float]]:
    """How strongly the words around are what such a field is called."""
    found: list[tuple[str, float]] = []
    last = tuple(word for word in around.left[2::-1] if word not in MONEY_SIGNS)
    beside = max(strength(around.beside, cues.names), 0.9 * strength(last, cues.names))
    above, head = strength(around.above, cues.names), strength(around.head, cues.names)
    found.append(("cue left" if beside > 0.6 else "cue left part", beside))
    found.append(("cue above" if above > 0.6 else "cue above part", above))
    found.append(("cue head", head))
    found.append(("not left", max(strength(around.beside, cues.against), strength(last, cues.against)) ** 0.5))
    found.append(("not above", strength(around.above, cues.against)))
    return [(name, weight) for name, weight in found if weight > 0]


def _looks(page: Page, choice: Choice) -> list[str]:
    tokens, sizes = page.words.tokens, page.words.sizes
    head, tail = tokens[choice.first], tokens[choice.last]
    text = " ".join(t.text for a, b in choice.rows for t in tokens[a : b + 1])
    width, height = sizes[head.page]
    count = sum(b - a + 1 for a, b in choice.rows)
    found = [
        f"shape={_shape(text)}", f"words={min(count, 8)}", f"long={min(len(text) // 3, 12)}", f"rows={len(choice.rows)}",
        f"y={int(8 * head.y / height)}", f"x={int(5 * head.x / width)}", f"page={min(head.page, 2)}",
        f"line={min(head.line, 8)}",
        f"case={'upper' if text.isupper() else 'title' if text.istitle() else 'mixed'}", f"start={norm(head.text)[:3]}",
    ]  # fmt: skip
    found += [f"r={word}" for word in page.around[choice.last].right[:1]]
    found += [f"w={t.norm}" for t in tokens[choice.first : choice.first + 4]] if len(choice.rows) == 1 else []
    if choice.first == 0 or tokens[choice.first - 1][1:3] != head[1:3]:
        found.append("begins")
        if choice.last + 1 == len(tokens) or tokens[choice.last + 1][1:3] != tail[1:3]:
            found.append("whole")
    elif tokens[choice.first - 1].text.endswith((":", "=", "#", "°")):
        found.append("after colon")
    found += [name for name, holds in _marks(page, choice, text, head) if holds]
    return found


def _marks(page: Page, choice: Choice, text: str, head: Token) -> list[tuple[str, bool]]:
    return [
        ("top", head.page == 0 and head.line < 4),
        ("tall", head.h > 1.25 * page.height),
        ("legal", LEGAL.search(text) is not None),
        ("rows", len(choice.rows) > 1),
        ("cents", re.search(r"[.,]\d\d\D*$", text) is not None),
        ("money", re.search(r"[$€£¥₹]|\b[A-Z]{3}\b|\bRM\b", text) is not None),
        ("k=digits", any(c.isdigit() for c in text) and len(choice.rows) == 1),
        ("k=email", "@" in text and any(True for _ in emails(text))),
        ("k=url", "." in text and any(True for _ in urls(text))),
        ("k=iban", len(text) > 14 and any(True for _ in ibans(text))),
        ("k=phone", sum(c.isdigit() for c in text) >= 7 and not any(c.isalpha() for c in text)),
        ("k=here", True),
    ]


@lru_cache(maxsize=50_000)
def _shape(text: str) -> str:
    for pattern, sign in _SHAPES:
        text = pattern.sub(sign, text)
    return text[:24]


def _ranks(choices: Sequence[Choice], kind: str) -> dict[Any, list[str]]:
    """What a value is among all of its document: the largest, the first, the only one, one that stands there often."""
    counts = Counter(c.value for c in choices if c.rows)
    found: dict[Any, list[str]] = {value: ["n=often"] for value, n in counts.items() if n > 1} if kind != "text" else {}
    if not counts:
        return found

    def mark(value: Any, name: str) -> None:
        found.setdefault(value, []).append(name)

    if kind in ("number", "amount"):
        for place, value in enumerate(sorted((v for v in counts if not isinstance(v, str)), reverse=True)[:3]):
            mark(value, "n=max" if place == 0 else f"n=max{place}")
        mark(choices[-1].value, "n=last")
    if kind == "date":
        mark(next(c.value for c in choices if c.rows), "d=first")
        mark(min(map(str, counts)), "d=earliest")
        mark(max(map(str, counts)), "d=latest")
        if len(counts) == 1:
            mark(next(iter(counts)), "d=only")
    return found


def told(around: Around, cued: bool) -> str:
    """Where a value stands, in words: beside or under what."""
    beside, above = " ".join(around.beside[-4:]), " ".join((around.above or around.head)[:4])
    if beside and (cued or not above):
        return f"beside “{beside}”"
    return f"under “{above}”" if above else "by how it looks and where it stands"

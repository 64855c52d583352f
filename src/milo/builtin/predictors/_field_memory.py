"""Documents answered before, kept to be compared with: the next bill of the same firm looks like the last one.

Stands alone from the weights, which hold for all documents: here one answered document speaks for those like it. Two documents
are alike by the words that they share, rare words counting more (cosine of sets, weighted by inverse document frequency).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import exp, hypot, log, sqrt
from typing import Any, NamedTuple
from zlib import crc32

from milo.builtin.predictors._field_candidates import Choice
from milo.builtin.predictors._field_features import Page, Row, number_of

MOST = 400
"""Documents kept, the latest."""
_MOST_WORDS = 250
_MOST_PLACES = 4
_ALIKE = 0.3
_NEAR = 0.04
Spot = tuple[int, float, float, int, str]
"""Page, x and y as shares of the page, what stands beside or above it (hashed), the value in plain writing."""


class Answered(NamedTuple):
    """A document with its words (hashed) and where the value of each field stands in it."""

    item: int
    words: frozenset[int]
    spots: dict[str, list[Spot]]


def words_in(page: Page) -> frozenset[int]:
    """The words of a document, without figures and short ones."""
    found = {t.norm for t in page.words.tokens if len(t.norm) > 2 and "0" not in t.norm}
    return frozenset(crc32(word.encode()) for word in sorted(found)[:_MOST_WORDS])


def spots(page: Page, choices: Sequence[Choice], right: Sequence[bool]) -> list[Spot]:
    """Where the right candidates stand."""
    return [_spot(page, c) for c, good in zip(choices, right, strict=True) if good][:_MOST_PLACES]


def plain(value: Any) -> str:
    """A value as it is compared with others: small letters, single spaces."""
    return " ".join(str(value).split()).casefold()


def _spot(page: Page, choice: Choice) -> Spot:
    if choice.first < 0:
        return -1, 0.0, 0.0, 0, plain(choice.value)
    token, around = page.words.tokens[choice.first], page.around[choice.first]
    width, height = page.words.sizes[token.page]
    label = " ".join(around.beside) + "|" + " ".join(around.head or around.above)
    return token.page, round(token.x / width, 4), round(token.y / height, 4), crc32(label.encode()), plain(choice.value)


class Memory:
    """Answered documents; `without` leaves one out, so that a document is not compared with itself."""

    def __init__(self, answered: Sequence[Answered]) -> None:
        self.answered = list(answered)[-MOST:]
        counts = Counter(word for one in self.answered for word in one.words)
        self._rare = {word: log((1 + len(self.answered)) / (1 + n)) + 0.2 for word, n in counts.items()}
        self._weight = [sum(self._rare[w] for w in one.words) for one in self.answered]

    def like(self, words: frozenset[int], without: int | None = None) -> list[tuple[float, Answered]]:
        """The documents most like this one, with how much (0..1), best first; at most three."""
        own = sum(self._rare.get(w, 2.0) for w in words)
        found: list[tuple[float, int]] = []
        for n, one in enumerate(self.answered):
            if one.item != without and own and self._weight[n]:
                shared = sum(self._rare[w] for w in words & one.words)
                found.append((shared / sqrt(own * self._weight[n]), -n))
        best = sorted(found, reverse=True)[:3]
        return [(alike, self.answered[-n]) for alike, n in best if alike >= _ALIKE]

    def seen(self, name: str, without: int | None) -> set[str]:
        """Values that this field had, in plain writing."""
        return {spot[4] for one in self.answered if one.item != without for spot in one.spots.get(name, [])[:1]}


def reminders(
    page: Page, name: str, kind: str, choices: Sequence[Choice], like: list[tuple[float, Answered]], seen: set[str]
) -> list[Row]:
    """Further features of each candidate: how it compares with what was answered before."""
    found: list[Row] = []
    known = [(alike, one.spots[name]) for alike, one in like if one.spots.get(name)]
    names = kind in ("text", "choice")
    for choice in choices:
        spot = _spot(page, choice)
        row: Row = [(number_of("value seen"), 1.0)] if names and spot[4] in seen else []
        for alike, others in known[:1]:
            label = alike if choice.first >= 0 and any(spot[3] == o[3] for o in others) else 0.0
            near = max((_nearness(spot, o) for o in others), default=0.0) * alike
            row += [(number_of(n), w) for n, w in (("like", label), ("like place", near)) if w > 0.01]
        if names and any(spot[4] == o[4] for _, others in known for o in others):
            row.append((number_of("like value"), known[0][0]))
        found.append(row)
    return found


def _nearness(a: Spot, b: Spot) -> float:
    return exp(-hypot(a[1] - b[1], a[2] - b[2]) / _NEAR) if a[0] == b[0] >= 0 else 0.0


def stored(memory: Memory) -> list[Any]:
    """The memory as plain data."""
    return [[one.item, sorted(one.words), one.spots] for one in memory.answered]


def restored(given: list[Any]) -> Memory:
    """The memory from plain data."""
    return Memory(
        [
            Answered(item, frozenset(words), {name: [(*s,) for s in rows] for name, rows in spots.items()})  # type: ignore[misc]
            for item, words, spots in given
        ]
    )

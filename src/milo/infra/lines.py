"""Words on a page put into lines, in reading order: from top to bottom, and from left to right within a line. Pure.

Stands alone because words come in the order in which a program drew them, or in which a reader found them; people read lines.
A wide gap does not end a line: a label and its amount at the far side belong together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import Any

Word = tuple[float, float, float, float, str] | tuple[float, float, float, float, str, float]
"""x, y, w, h, text, and a reader's score if it was read."""
_SAME = 0.65
"""Words whose heights overlap by this share of the lower one stand on one line."""


def in_lines(words: Sequence[Word]) -> list[list[Any]]:
    """Each word as [line, x, y, w, h, text, score?], to a hundredth of a point, line by line; lines count from 0."""
    lines: list[tuple[list[float], list[Word]]] = []
    for word in sorted(words, key=lambda w: (w[1] + w[3] / 2, w[0])):
        home = next((line for line in reversed(lines[-8:]) if _on(line[0], word)), None)
        if home is None:
            lines.append(([word[1], word[1] + word[3]], [word]))
        else:
            home[1].append(word)
            home[0][:] = _middle(home[1])
    lines.sort(key=lambda line: line[0])
    return [
        [n, *(round(v, 2) for v in word[:4]), *word[4:]]
        for n, (_, members) in enumerate(lines)
        for word in sorted(members, key=lambda w: w[0])
    ]


def places_of(words: Sequence[list[Any]], text: str) -> list[list[list[float]]]:
    """Where a text stands among the words of a page, over the ends of lines too, small and capital letters alike: for each hit
    a rectangle [x, y, w, h] around its words in each line."""
    wanted = " ".join(text.split()).casefold()
    said = [str(word[5]).casefold() for word in words]
    ends = list(accumulate(len(one) + 1 for one in said))
    whole, found, at = " ".join(said), list[list[list[float]]](), 0
    while wanted and (at := whole.find(wanted, at)) >= 0:
        hit = words[bisect_right(ends, at) : bisect_right(ends, at + len(wanted) - 1) + 1]
        found.append([_around(list(line)) for _, line in groupby(hit, lambda word: word[0])])
        at += len(wanted)
    return found


def _around(words: list[list[Any]]) -> list[float]:
    x, y = min(w[1] for w in words), min(w[2] for w in words)
    return [x, y, round(max(w[1] + w[3] for w in words) - x, 2), round(max(w[2] + w[4] for w in words) - y, 2)]


def _on(band: list[float], word: Word) -> bool:
    common = min(band[1], word[1] + word[3]) - max(band[0], word[1])
    return common >= _SAME * min(band[1] - band[0], word[3])


def _middle(words: list[Word]) -> list[float]:
    """The band of a line: the mean top and bottom, so that one tall word does not draw the next line in."""
    return [sum(w[1] for w in words) / len(words), sum(w[1] + w[3] for w in words) / len(words)]

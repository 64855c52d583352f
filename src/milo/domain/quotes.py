"""Quotes: where the words that a model names stand in our own text. A quote that is not there has no place.

Stands alone because models count characters badly but copy words well: they are asked for words, and the offsets are ours.
A quote is first looked for as it is, then with white space, quotation marks, dashes and capitals taken as alike, and never
by similarity. Offsets count Unicode code points; `end` is exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable

Place = tuple[int, int]
MOST = 10_000
"""Places of one quote that are looked at; a quote of one letter may stand everywhere."""

_MARKS = (("'", "‘’‚‛′`´"), ('"', "“”„‟″«»"), ("-", "‐‑‒–—―−"), ("...", "…"), ("", "\u00ad"))
_ALIKE = {ord(c): to for to, chars in _MARKS for c in chars}


def places(text: str, quote: str) -> list[Place]:
    """All places of a quote, in order, not overlapping; empty where it does not stand in the text, or is blank."""
    if not quote.strip():
        return []
    exact = _find_all(text, quote)
    if exact:
        return exact
    plain, owner = _folded(text)
    wanted = _folded(quote.strip())[0].strip()
    return [(owner[start], owner[end - 1] + 1) for start, end in _find_all(plain, wanted)] if wanted else []


def place_all(text: str, quotes: Iterable[str]) -> list[Place | None]:
    """One place for each quote: the first time that words are quoted is their first occurrence, the second time the second,
    and so on; None where there is none (left)."""
    used: dict[str, int] = {}
    known: dict[str, list[Place]] = {}
    out: list[Place | None] = []
    for quote in quotes:
        found = known[quote] if quote in known else known.setdefault(quote, places(text, quote))
        nth = used.get(quote, 0)
        used[quote] = nth + 1
        out.append(found[nth] if nth < len(found) else None)
    return out


def _find_all(text: str, wanted: str) -> list[Place]:
    out: list[Place] = []
    at = text.find(wanted)
    while at >= 0 and len(out) < MOST:
        out.append((at, at + len(wanted)))
        at = text.find(wanted, at + len(wanted))
    return out


def _folded(text: str) -> tuple[str, list[int]]:
    """The text with what counts as alike made equal, and for each of its characters the place of the own one."""
    parts: list[str] = []
    owner: list[int] = []
    blank = False
    for i, own in enumerate(text):
        if own.isspace():
            if not blank:
                parts.append(" ")
                owner.append(i)
            blank = True
            continue
        blank = False
        alike = own.translate(_ALIKE).casefold()
        parts.append(alike)
        owner += [i] * len(alike)
    return "".join(parts), owner

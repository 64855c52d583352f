"""KNOWLEDGE: reading the entries of a knowledge base, and ranking those that some words may mean.

An entry is a row with `id`, `name`, and, if there are any, `aliases` (a list, or a text with | between them) and
`description`. Ranking puts entries whose name is the words first, then those with such an alias (of equals, those with more
aliases first), then those whose name or alias begins with the words, then the rest by how telling the words are; upper and
lower case and marks on letters do not matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import msgspec

from milo.domain.errors import Invalid

NIL = "NIL"
MAX_KEY, MAX_NAME, MAX_ALIASES, MAX_DESCRIPTION = 200, 1_000, 200, 5_000
SHOWN_BAD = 50


class Entry(msgspec.Struct, frozen=True):
    """One thing that text may mean; `id` is what is stored with a span."""

    id: str
    name: str
    aliases: list[str]
    description: str


class Hit(msgspec.Struct, frozen=True):
    """An entry that may be meant. `by`: how it was found (name, alias, beginning, words); `score`: 0 to 1, for order only."""

    id: str
    name: str
    aliases: list[str]
    description: str
    by: str
    score: float


class Refused(msgspec.Struct, frozen=True):
    """A row that is no entry, and why."""

    line: int
    reason: str


def entries_of(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[Entry | Refused]:
    """Entries, or why a row is none; each id once."""
    seen: set[str] = set()
    for line, row in rows:
        key, name = _text(row.get("id")), _text(row.get("name"))
        if not key or not name:
            yield Refused(line, "an entry needs an id and a name")
        elif len(key) > MAX_KEY or len(name) > MAX_NAME:
            yield Refused(line, f"the id may have {MAX_KEY} characters and the name {MAX_NAME:,}")
        elif key == NIL:
            yield Refused(line, f'the id "{NIL}" stands for what is in no knowledge base')
        elif key in seen:
            yield Refused(line, f'the id "{key[:80]}" is there already')
        else:
            seen.add(key)
            yield Entry(key, name, _aliases(row.get("aliases")), _text(row.get("description"))[:MAX_DESCRIPTION])


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _aliases(value: Any) -> list[str]:
    given = cast("list[Any]", value) if isinstance(value, list) else _text(value).split("|")
    return list(dict.fromkeys(a[:MAX_NAME] for one in given if (a := _text(one))))[:MAX_ALIASES]


def folded(text: str) -> str:
    """Without case, marks on letters, and white space that says nothing."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.split())


def ranked(words: str, found: Sequence[tuple[Entry, float]], limit: int) -> list[Hit]:
    """The entries, best first; each comes with how telling the words are in it (higher is better)."""
    wanted = folded(words)
    most = max((worth for _, worth in found), default=0.0) or 1.0
    hits = [_hit(entry, wanted, max(0.0, worth) / most) for entry, worth in found]
    return sorted(hits, key=lambda h: (-h.score, len(h.name), h.name, h.id))[:limit]


def _hit(entry: Entry, wanted: str, worth: float) -> Hit:
    name, aliases = folded(entry.name), [folded(a) for a in entry.aliases]
    if name == wanted:
        by, base = "name", 0.9
    elif wanted in aliases:
        by, base = "alias", 0.75
    elif wanted and any(one.startswith(wanted) for one in (name, *aliases)):
        by, base = "beginning", 0.5
    else:
        by, base = "words", 0.0
    if by != "words":
        worth = len(aliases) / (len(aliases) + 5)  # of equal names, the one with more aliases is the better known
    room = {"name": 0.1, "alias": 0.14, "beginning": 0.24, "words": 0.49}[by]
    return Hit(entry.id, entry.name, entry.aliases, entry.description, by, round(base + room * worth, 4))


def check_name(name: str) -> str:
    """The name if it may be one. Raises Invalid."""
    import re

    from milo.domain.question import NAME_PATTERN

    if not re.match(NAME_PATTERN, name):
        raise Invalid(
            f'"{name[:80]}" cannot be the name of a knowledge base: letters, digits, - and _, beginning with a letter.',
            place="name",
        )
    return name

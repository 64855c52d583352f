"""Adds a note to a project's guidelines at the right place. Pure text: headings of Markdown in, Markdown out.

Stands alone because what is added there changes the rules for people and models alike: it goes below the heading that it
belongs to, and nothing else is touched.
"""

from __future__ import annotations

import re

import msgspec

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


class Section(msgspec.Struct, frozen=True):
    """A heading: its depth, its words, and the lines of its own text: from `first` to before `end`."""

    depth: int
    title: str
    first: int
    end: int


def sections(markdown: str) -> list[Section]:
    """The headings in order. A section's own text ends where the next heading, of whatever depth, begins."""
    heads: list[tuple[int, str, int]] = []
    lines = markdown.splitlines()
    fenced = False
    for number, line in enumerate(lines):
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.match(line)
        if found:
            heads.append((len(found[1]), found[2], number))
    ends = [*(n for _, _, n in heads), len(lines)][1:]
    return [Section(depth, title, at + 1, end) for (depth, title, at), end in zip(heads, ends, strict=False)]


def section_for(markdown: str, names: list[str]) -> str | None:
    """The heading that is one of these names (of labels, of the question), the first name first; None if there is none."""
    titles = {_plain(s.title): s.title for s in reversed(sections(markdown))}
    return next((titles[_plain(name)] for name in names if _plain(name) in titles), None)


def with_note(markdown: str, section: str | None, note: str) -> str:
    """The guidelines with the note at the end of a section's own text; at the end of all if there is no such section, under
    a new heading if it has a name."""
    lines = markdown.splitlines()
    body = note.strip().splitlines()
    found = next((s for s in sections(markdown) if section is not None and _plain(s.title) == _plain(section)), None)
    if found is None:
        head = [f"## {section}", ""] if section else []
        return "\n".join([*_trimmed(lines), *([""] if lines else []), *head, *body]) + "\n"
    before, after = _trimmed(lines[: found.end]), lines[found.end :]
    return "\n".join([*before, "", *body, *(["", *after] if after else [])]) + "\n"


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _plain(title: str) -> str:
    return re.sub(r"[^\w]+", " ", title).strip().casefold()

"""GUIDE: the guidelines cut into sections, and passages found in them. Pure.

A section begins at a `##` heading; a label that has a description and no section of its own gets one. The guide in the
workbench cuts in the same way, so that a passage that is quoted here can be opened there.
"""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from milo.domain.question import Question
from milo.domain.quotes import places

_FENCE = re.compile(r"\s*(```|~~~)")
_HEADING = re.compile(r"##\s+(.+?)\s*#*\s*$")
_SHORTEST = 12


class Section(msgspec.Struct, frozen=True):
    """`heading` is empty for what stands before the first heading; `text` is Markdown, heading included."""

    heading: str
    text: str


class Passage(msgspec.Struct, frozen=True):
    """Words of the guidelines as they stand there, and the heading of their section."""

    text: str
    heading: str


def sections_of(guidelines: str, *questions: Question) -> list[Section]:
    """The sections in order, those of described labels at the end."""
    sections = _cut(guidelines)
    known = {s.heading.strip().casefold() for s in sections}
    for question in questions:
        for label in cast("list[Any]", question.config.get("labels") or []):
            if not isinstance(label, dict):
                continue
            entry = cast("dict[str, Any]", label)
            title = str(entry.get("title") or entry.get("value"))
            if entry.get("description") and not {title.casefold(), str(entry.get("value")).casefold()} & known:
                sections.append(Section(title, f"## {title}\n\n{entry['description']}"))
    return sections


def passage(sections: list[Section], quote: str) -> Passage | None:
    """Where quoted words stand in the guidelines; None if they do not, or are too few to prove anything."""
    wanted = quote.strip().strip("\"'“”„«»*_ ").strip()
    if len(wanted) < _SHORTEST:
        return None
    for section in sections:
        found = places(section.text, wanted)
        if found:
            start, end = found[0]
            return Passage(section.text[start:end], section.heading)
    return None


def _cut(guidelines: str) -> list[Section]:
    sections: list[Section] = []
    lines: list[str] = []
    heading, fenced = "", False
    for line in guidelines.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.match(line)
        if found:
            _close(sections, heading, lines)
            heading, lines = re.sub(r"[*_`]", "", found[1]), []
        lines.append(line)
    _close(sections, heading, lines)
    return sections


def _close(sections: list[Section], heading: str, lines: list[str]) -> None:
    text = "\n".join(lines).strip()
    if text:
        sections.append(Section(heading, text))

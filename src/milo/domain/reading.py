"""What a person reads of HTML or Markdown: its visible text, with just enough of its looks to be drawn again.

Stands alone because offsets of marks count in this text, so that there may be only one way to derive it: the server derives it,
the page draws what it is given, models are shown it, and exports cut their words out of it. The rule for HTML stands in
`html_text`; Markdown (CommonMark with tables and strikethrough; HTML in it is text) is made HTML first, then read the same way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from milo.domain.errors import InvalidConfig
from milo.domain.html_text import Line, Reading, Style, read_html
from milo.domain.question import Question

__all__ = [
    "Line",
    "Reading",
    "Style",
    "already_read",
    "marked_text",
    "read_data",
    "reading_kept",
    "reading_of",
    "reads_by_field",
    "visible_text",
]

SOURCE = "source"
READ_KINDS = ("html", "markdown")
"""Kinds of fields that are read; a setting `reads` names one of them, or "source" for the characters as imported."""


@lru_cache(maxsize=64)
def reading_of(source: str, kind: str) -> Reading:
    """HTML or Markdown, read."""
    return read_html(_html_of(source) if kind == "markdown" else source)


def visible_text(source: str, kind: str) -> str:
    """The text that offsets of marks on a field of this kind count in; other kinds stay as they are."""
    return reading_of(source, kind).text if kind in READ_KINDS else source


def marked_text(question: Question, source: str) -> str:
    """The text that a question marks, given its field's."""
    return visible_text(source, question.config.get("reads", SOURCE))


def read_data(question: Question, data: dict[str, Any]) -> dict[str, Any]:
    """An item's data as a question reads it: the text of its own field is the one that it marks, all else stays."""
    source = data.get(question.field or "")
    return data if not isinstance(source, str) else {**data, str(question.field): marked_text(question, source)}


def already_read(question: Question) -> Question:
    """The question as it stands to texts that were read before."""
    config = {key: value for key, value in question.config.items() if key != "reads"}
    return msgspec.structs.replace(question, config=config)


def reading_kept(before: Question | None, given: Question, completed: Question) -> Question:
    """A completed question that reads as it did `before` where `given`, as it was written, does not say how: its answers would
    mean other words otherwise."""
    default = completed.config.get("reads")
    if before is None or default is None or "reads" in given.config or before.field != completed.field:
        return completed
    reads = before.config.get("reads", SOURCE)
    if reads not in (default, SOURCE):
        return completed
    return msgspec.structs.replace(completed, config=completed.config | {"reads": reads})


def reads_by_field(questions: tuple[Question, ...]) -> dict[str, str]:
    """How fields with marks are read, by name. Raises InvalidConfig where one field is read in two ways."""
    found: dict[str, str] = {}
    for question in questions:
        reads = question.config.get("reads")
        if not isinstance(reads, str) or not question.field:
            continue
        if found.setdefault(question.field, reads) != reads:
            raise InvalidConfig(
                f'Question "{question.name}" reads the field "{question.field}" as {reads}, another one as '
                f"{found[question.field]}. Models are shown one text: let both read it alike.",
                place=f"questions.{question.name}.config.reads",
            )
    return found


def _html_of(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(markdown)

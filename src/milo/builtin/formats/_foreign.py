"""What formats of other tools have in common: records from JSON Lines, the question that is written, spans and relations of a
value whatever task type it is of, words of a text, and a count of what could not be carried.

Stands alone because these files know neither keys nor provenance: what they hold is mapped like any other data, also where
Milo wrote it (`foreign`), and every difference between their model and ours is told rather than bridged in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec
import regex

from milo.builtin.formats._stream import numbered_lines, shown, undecodable
from milo.builtin.formats._tuning import Losses, asked, values, write_lines
from milo.domain.question import Question
from milo.domain.reading import marked_text
from milo.kinds.format import BadRow, ExportContext, ExportRow, Source

__all__ = ["Losses", "asked", "values", "write_lines"]

Span = dict[str, Any]
Link = dict[str, Any]
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]")


class Counting:
    """Rows, counted as they go by."""

    def __init__(self, rows: Iterable[ExportRow]) -> None:
        self._rows, self.n = rows, 0

    def __iter__(self) -> Iterator[ExportRow]:
        for row in self._rows:
            self.n += 1
            yield row


def json_lines(source: Source) -> Iterator[tuple[int, dict[str, Any] | BadRow]]:
    """Every line that is not blank: an object, or the report that it is none."""
    decode = msgspec.json.Decoder().decode
    for number, raw in numbered_lines(source):
        if number <= source.start:
            continue
        if isinstance(raw, BadRow):
            yield number, raw
            continue
        if not raw.strip():
            continue
        try:
            record = decode(raw)
        except UnicodeDecodeError as error:
            yield number, BadRow(number, source.name, undecodable(source, error), shown(raw))
            continue
        except msgspec.DecodeError as error:
            yield number, BadRow(number, source.name, f"not valid JSON: {error}", shown(raw))
            continue
        if isinstance(record, dict):
            yield number, cast("dict[str, Any]", record)
        else:
            yield number, BadRow(number, source.name, "expected an object in each line", shown(raw))


def span_of(start: Any, end: Any, label: Any) -> Span | None:
    """A span if these are whole numbers and a label; None otherwise."""
    sound = all(isinstance(n, int) and not isinstance(n, bool) for n in (start, end))
    return {"start": start, "end": end, "label": str(label)} if sound and isinstance(label, str | int) else None


def graph_of(value: Any) -> tuple[list[Span], list[Link]]:
    """The spans and relations of a value of the shape spans or relations."""
    if isinstance(value, dict):
        graph = cast("dict[str, Any]", value)
        return graph["spans"], graph["relations"]
    return cast("list[Span]", value), []


def text_of(row: ExportRow, question: Question, context: ExportContext) -> str | None:
    """The text that a question marks: its field's, else the first text of the project."""
    names = [question.field] if question.field else [f.name for f in context.spec.fields if f.kind in ("text", "markdown")]
    return next((marked_text(question, row.data[n]) for n in names if isinstance(row.data.get(n), str)), None)


def words_of(text: str, edges: set[int] | None = None) -> list[tuple[int, int]]:
    """Words and single signs as code point ranges, cut at `edges` as well, so that spans begin and end at words."""
    out: list[tuple[int, int]] = []
    cuts = sorted(edges or ())
    at = 0
    for found in _WORD.finditer(text):
        start, end = found.span()
        while at < len(cuts) and cuts[at] <= start:
            at += 1
        inside = at
        while inside < len(cuts) and cuts[inside] < end:
            out.append((start, cuts[inside]))
            start = cuts[inside]
            inside += 1
        out.append((start, end))
    return out


def apart(spans: list[Span], losses: Losses) -> list[Span]:
    """The spans that can stand side by side: of overlapping ones the first and longest; the others are counted as lost."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s["start"], -s["end"])):
        if kept and span["start"] < kept[-1]["end"]:
            losses.add("spans that overlap another one")
        else:
            kept.append(span)
    return kept


def count_plain_losses(row: ExportRow, question: Question, losses: Losses) -> None:
    """What none of these formats has room for: answers to other questions."""
    others = [name for name in row.labels if name != question.name]
    if others:
        losses.add("answers to other questions", len(others))

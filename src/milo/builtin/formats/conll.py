"""CoNLL: one word a line with its tag in the last column, sentences apart by blank lines; IOB1, IOB2, BIOES and BILOU.

Stands alone because tags are about words and spans are about characters. Read: any of the schemes, told apart by the tags
themselves; words are joined by the option `join` (a blank), and the spans are in the column `spans`. Further columns are
left out. A sentence with a line that has no tag, or one that is none, is reported and left out. Written: one sentence an
item, the word and its tag with a tab between; option `scheme`: iob2 (the default), iob1 or bioes. Words are runs of letters
and digits and single signs, cut where a span begins or ends, so that no span is moved.

The layout is that of the CoNLL-2003 shared task (Tjong Kim Sang and De Meulder, 2003).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from milo.builtin.formats import _foreign as foreign
from milo.builtin.formats._stream import numbered_lines, shown, undecodable
from milo.domain.errors import InvalidConfig
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

SCHEMES = ("iob2", "iob1", "bioes")
_BEGINS = {"B", "S", "U"}
_ENDS = {"E", "S", "L", "U"}
_PREFIXES = {"B", "I", "E", "S", "L", "U"}

Tagged = tuple[str, str]


class Conll:
    """Words with tags. Options: `join` and `encoding` to read, `scheme` and `question` to write."""

    name = "conll"
    title = "CoNLL (IOB, BIOES)"
    suffixes: tuple[str, ...] = (".conll", ".iob", ".iob2", ".bio")
    media_type = "text/plain"
    reads, writes, lossless, foreign = True, True, False, True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each sentence; `line` is where it begins."""
        join = str(source.options.get("join", " "))
        for start, lines in _sentences(source):
            if start > source.start:
                yield _row(start, lines, source, join)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One sentence an item; spans that overlap another one cannot be carried."""
        scheme = str(context.options.get("scheme") or "iob2")
        if scheme not in SCHEMES:
            raise InvalidConfig(f"The scheme {scheme!r} is none of {', '.join(SCHEMES)}.", place="scheme")
        question = foreign.asked(context, ("spans", "relations"), "a question whose answers are spans")
        losses, counted = foreign.Losses(), foreign.Counting(rows)
        for row in counted:
            text = foreign.text_of(row, question, context)
            foreign.count_plain_losses(row, question, losses)
            if text is None or not text.strip():
                losses.add("items without a text")
                continue
            spans, links = foreign.graph_of(row.labels.get(question.name) or [])
            if links:
                losses.add("relations", len(links))
            sink.write(_written(text, foreign.apart(spans, losses), scheme, losses).encode())
        return Report(counted.n, losses.lines() + (["white space between words, keys and metadata"] if counted.n else []))


def _sentences(source: Source) -> Iterator[tuple[int, list[tuple[int, bytes | BadRow]]]]:
    """(first line, its lines); comments and document marks are no part of a sentence."""
    lines: list[tuple[int, bytes | BadRow]] = []
    for number, raw in numbered_lines(source):
        if isinstance(raw, bytes) and (not raw.strip() or raw.startswith((b"-DOCSTART-", b"# "))):
            if lines and not raw.startswith(b"# "):
                yield lines[0][0], lines
                lines = []
            continue
        lines.append((number, raw))
    if lines:
        yield lines[0][0], lines


def _row(start: int, lines: list[tuple[int, bytes | BadRow]], source: Source, join: str) -> Row | BadRow:
    words: list[Tagged] = []
    for number, raw in lines:
        if isinstance(raw, BadRow):
            return raw
        try:
            line = raw.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            return BadRow(start, source.name, undecodable(source, error), shown(raw))
        parts = line.split("\t") if "\t" in line else line.split()
        tag = parts[-1].strip() if len(parts) > 1 else ""
        if not _is_tag(tag):
            reason = f"line {number}: {tag[:40]!r} is no tag; expected O, or a letter of BIESLU, a hyphen and a label"
            return BadRow(start, source.name, reason, shown(raw))
        words.append((parts[0], tag))
    text, spans = decoded(words, join)
    return Row(start, source.name, {"text": text, "spans": spans})


def _is_tag(tag: str) -> bool:
    prefix, hyphen, label = tag.partition("-")
    return tag == "O" or (prefix in _PREFIXES and bool(hyphen) and bool(label))


def decoded(words: list[Tagged], join: str) -> tuple[str, list[dict[str, Any]]]:
    """The text and the spans that the tags mean, whichever scheme they are of."""
    parts: list[str] = []
    spans: list[dict[str, Any]] = []
    at, going = 0, False
    for word, tag in words:
        at += len(join) if parts else 0
        prefix, _, label = tag.partition("-")
        if tag == "O":
            going = False
        elif going and prefix not in _BEGINS and spans[-1]["label"] == label:
            spans[-1]["end"] = at + len(word)
        else:
            spans.append({"start": at, "end": at + len(word), "label": label})
        going = tag != "O" and prefix not in _ENDS
        parts.append(word)
        at += len(word)
    return join.join(parts), spans


def _written(text: str, spans: list[dict[str, Any]], scheme: str, losses: foreign.Losses) -> str:
    edges = {edge for span in spans for edge in (span["start"], span["end"])}
    words = foreign.words_of(text, edges)
    lines: list[str] = []
    number, before = 0, ""
    for i, (start, end) in enumerate(words):
        while number < len(spans) and spans[number]["end"] <= start:
            number += 1
        inside = number < len(spans) and spans[number]["start"] <= start
        label = spans[number]["label"].replace("\t", " ").replace("\n", " ") if inside else ""
        first = inside and not any(spans[number]["start"] <= s < start for s, _ in words[max(0, i - 1) : i])
        last = inside and not (i + 1 < len(words) and words[i + 1][0] < spans[number]["end"])
        lines.append(f"{text[start:end]}\t{_tag(scheme, label, first, last, before)}")
        before = label
    empty = sum(1 for s in spans if not any(s["start"] <= a < s["end"] for a, _ in words))
    if empty:
        losses.add("spans over white space only", empty)
    return "\n".join(lines) + "\n\n"


def _tag(scheme: str, label: str, first: bool, last: bool, before: str) -> str:
    if not label:
        return "O"
    if scheme == "iob1":
        return f"{'B' if first and before == label else 'I'}-{label}"
    if scheme == "bioes":
        return f"{'S' if first and last else 'B' if first else 'E' if last else 'I'}-{label}"
    return f"{'B' if first else 'I'}-{label}"


PLUGIN = Conll()

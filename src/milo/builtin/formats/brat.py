"""brat: a ZIP of texts (.txt) with stand-off annotations (.ann) beside them.

Stands alone because one item is two files, and because of what the stand-off format knows and Milo does not. Read into the
columns `text`, `spans`, `graph` (spans with relations, where there are any) and `file`. T lines become spans, R lines
relations, `*` lines (Equiv) a chain, N lines the entity that a span is linked to. Events, attributes, notes and spans in
several pieces are not read; how many of each is reported beside the row. Written: one pair of files an item, and an
`annotation.conf` with the labels. Offsets are code points in brat as here. Members are read one by one with limits on their
size, and never written to disk.

Layout: the stand-off format page of the brat manual.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from milo.builtin.formats import _foreign as foreign
from milo.builtin.formats._media import MAX_TEXT
from milo.builtin.formats._stream import open_raw
from milo.domain.question import Question
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
_CHUNK = 1 << 18
_MAX_RATIO = 200
_UNREAD = {"E": "events", "A": "attributes", "M": "attributes", "#": "notes"}
EQUIV = "Equiv"


class Brat:
    """brat stand-off files. Options: `question` to write."""

    name = "brat"
    title = "brat (ZIP of .txt and .ann)"
    suffixes: tuple[str, ...] = (".zip",)
    media_type = "application/zip"
    reads, writes, lossless, foreign = True, True, False, True

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """A row for each text, and a report beside it of what of its annotations was not read."""
        with open_raw(source.path) as stream:
            try:
                archive = zipfile.ZipFile(stream)
            except _DAMAGE as error:
                yield BadRow(1, source.name, f"not a readable ZIP archive: {error}")
                return
            with archive:
                members = {m.filename: m for m in archive.infolist()}
                for number, member in enumerate(archive.infolist(), 1):
                    if number > source.start and member.filename.endswith(".txt"):
                        yield from _rows(archive, member, members.get(f"{member.filename[:-4]}.ann"), number, source)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """Two files an item."""
        question = foreign.asked(context, ("relations", "spans"), "a question whose answers are spans or relations")
        losses, counted = foreign.Losses(), foreign.Counting(rows)
        names: set[str] = set()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("annotation.conf", _configuration(question))
            for row in counted:
                foreign.count_plain_losses(row, question, losses)
                text = foreign.text_of(row, question, context)
                if text is None:
                    losses.add("items without a text, written as empty files")
                name = _name(row, names)
                archive.writestr(f"{name}.txt", text or "")
                value = row.labels.get(question.name)
                archive.writestr(f"{name}.ann", "" if value is None else _annotations(value, text or "", question, losses))
        return Report(
            counted.n, losses.lines() + (["metadata, provenance, and keys beyond the name of the file"] if counted.n else [])
        )


def _rows(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, notes: zipfile.ZipInfo | None, number: int, source: Source
) -> Iterator[Row | BadRow]:
    name = member.filename[:200].encode("utf-8", "replace").decode()
    try:
        text = _content(archive, member).decode()
        lines = _content(archive, notes).decode() if notes is not None else ""
    except UnicodeDecodeError as error:
        yield BadRow(number, source.name, f"{name}: not valid UTF-8 at byte {error.start + 1}")
        return
    except _DAMAGE as error:
        yield BadRow(number, source.name, f"{name}: cannot be unpacked: {error}")
        return
    found = _Standoff(lines)
    data: dict[str, Any] = {"text": text, "file": name, "spans": list(found.spans.values())}
    if found.links:
        data["graph"] = {"spans": data["spans"], "relations": found.links}
    yield Row(number, source.name, data)
    if found.unread:
        what = ", ".join(f"{kind}: {n}" for kind, n in sorted(found.unread.items()))
        yield BadRow(number, source.name, f"{name}: the text was read, but not all of its annotations ({what})")


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What a member unpacks to. Raises ValueError beyond the limits: what counts is the bytes that come out."""
    if member.flag_bits & 1:
        raise ValueError("encrypted")
    out = bytearray()
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            out += chunk
            if len(out) > MAX_TEXT:
                raise ValueError(f"unpacks to more than {MAX_TEXT >> 20} MiB")
            if len(out) > 1 << 20 and len(out) > _MAX_RATIO * max(1, member.compress_size):
                raise ValueError(f"grows more than {_MAX_RATIO}-fold when unpacked, as a ZIP bomb does")
    return bytes(out)


class _Standoff:
    """The lines of one .ann file."""

    def __init__(self, text: str) -> None:
        self.spans: dict[str, dict[str, Any]] = {}
        self.links: list[dict[str, Any]] = []
        self.unread: Counter[str] = Counter()
        lines = [line.split("\t") for line in text.split("\n") if line.strip()]
        for parts in (p for p in lines if p[0][:1] == "T"):
            self._span(parts)
        for parts in (p for p in lines if p[0][:1] != "T"):
            self._other(parts)

    def _span(self, parts: list[str]) -> None:
        words = parts[1].split() if len(parts) > 1 else []
        if len(words) != 3 or not (words[1].isdecimal() and words[2].isdecimal()):
            self.unread["spans in several pieces" if len(parts) > 1 and ";" in parts[1] else "lines that are damaged"] += 1
            return
        span: dict[str, Any] = {"start": int(words[1]), "end": int(words[2]), "label": words[0], "id": parts[0].strip()}
        self.spans[str(span["id"])] = span

    def _other(self, parts: list[str]) -> None:
        kind, words = parts[0][:1], parts[1].split() if len(parts) > 1 else []
        if kind == "R" and len(words) == 3:
            self._link(words[0], [word.partition(":")[2] for word in words[1:]])
        elif kind == "*" and len(words) > 2:
            for pair in pairwise(words[1:]):
                self._link(words[0], list(pair))
        elif kind == "N" and len(words) == 3 and words[1] in self.spans:
            self.spans[words[1]]["entity"] = words[2]
        else:
            self.unread[_UNREAD.get(kind, "lines that are damaged")] += 1

    def _link(self, label: str, ends: list[str]) -> None:
        if all(end in self.spans for end in ends):
            self.links.append({"head": ends[0], "tail": ends[1], "label": label})
        else:
            self.unread["relations of what is no span"] += 1


def _name(row: ExportRow, taken: set[str]) -> str:
    """The key as a file name, else the item's number."""
    key = PurePosixPath(row.key.replace("\\", "/")).name if row.key else ""
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in key.removesuffix(".txt"))[:100].strip(".")
    name = name if name and name not in taken else f"item-{row.id}"
    taken.add(name)
    return name


def _plain(label: str) -> str:
    """A label without white space, which brat does not allow."""
    return "_".join(label.split())


def _kinds(question: Question) -> dict[str, str]:
    given = cast("list[Any]", question.config.get("relations") or [])
    return {
        (e if isinstance(e, str) else e["value"]): ("directed" if isinstance(e, str) else e.get("kind", "directed"))
        for e in given
    }


def _configuration(question: Question) -> str:
    labels = [e if isinstance(e, str) else e["value"] for e in cast("list[Any]", question.config.get("labels") or [])]
    links = [f"{_plain(name)}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name, kind in _kinds(question).items() if kind != "chain"]
    chains = [
        f"{_plain(name)}\t<ENTITY>, <ENTITY>, <REL-TYPE>:symmetric-transitive"
        for name, kind in _kinds(question).items()
        if kind == "chain"
    ]
    out = io.StringIO()
    out.write("[entities]\n" + "".join(f"{_plain(label)}\n" for label in labels))
    out.write("\n[relations]\n" + "".join(f"{line}\n" for line in (*links, *chains)))
    out.write("\n[events]\n\n[attributes]\n")
    return out.getvalue()


def _annotations(value: Any, text: str, question: Question, losses: foreign.Losses) -> str:
    spans, links = foreign.graph_of(value)
    lines: list[str] = []
    names: dict[str, str] = {}
    linked = 0
    for n, span in enumerate(spans, 1):
        if "id" in span:
            names[span["id"]] = f"T{n}"
        if _plain(span["label"]) != span["label"]:
            losses.add("labels with white space, written with underscores")
        words = text[span["start"] : span["end"]].replace("\n", " ")
        lines.append(f"T{n}\t{_plain(span['label'])} {span['start']} {span['end']}\t{words}")
        if "entity" in span:
            linked += 1
            lines.append(f"N{linked}\tReference T{n} {_plain(span['entity'])}\t{words}")
    kinds, number = _kinds(question), 0
    for link in links:
        head, tail = names[link["head"]], names[link["tail"]]
        if kinds.get(link["label"]) == "chain":
            lines.append(f"*\t{_plain(link['label'])} {head} {tail}")
            continue
        number += 1
        lines.append(f"R{number}\t{_plain(link['label'])} Arg1:{head} Arg2:{tail}")
    return "".join(f"{line}\n" for line in lines)


PLUGIN = Brat()

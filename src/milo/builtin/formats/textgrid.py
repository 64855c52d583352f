"""Praat TextGrid: tiers of intervals, in its long and its short form.

Stands alone because a tier is filled from end to end and nothing in it overlaps. Read: a tier is a speaker and the texts of
its intervals are what is said (`said`); or, where the texts are labels, the segments are labelled with them
(`segments`). Empty intervals are silence. Points are counted as left out. Written: a tier for each label with its words (a
segment without any is written as "-"); where segments of a label overlap, the later ones go to a second tier "label (2)",
which is put back together when it is read.

Layout: the TextGrid file formats page of the Praat manual. Both forms are one list of numbers and quoted texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from milo.builtin.formats._timed_set import Heard, Segment, TimedSet, number
from milo.builtin.formats._tuning import Losses

_TOKEN = re.compile(r'"((?:[^"]|"")*)"|<exists>|(?<![^\s=])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=\s|$)')
_SECOND = re.compile(r"^(.*) \(\d+\)$")
NOTHING = "-"


class TextGrid(TimedSet):
    """TextGrid files with the recordings. Options to write: `question`, `media` (false: with the recordings)."""

    name = "textgrid"
    title = "Praat TextGrid (with recordings)"
    suffixes: tuple[str, ...] = (".zip", ".textgrid")
    ending = ".TextGrid"
    words = True

    def read_text(self, text: str) -> dict[str, Heard]:
        """The tiers. Raises ValueError for what is no TextGrid."""
        if "ooTextFile" not in text[:200] and "TextGrid" not in text[:200]:
            raise ValueError("it does not begin as a TextGrid does")
        tokens = _tokens(text)
        heard = Heard()
        try:
            _header(tokens)
            for _ in range(int(_number(tokens))):
                _tier(tokens, heard)
        except StopIteration:
            heard.trouble.append("the file ends before its tiers do")
        names = {one["label"] for one in heard.said}
        for one in heard.said:
            second = _SECOND.match(one["label"])
            if second and second[1] in names:
                one["label"] = second[1]
        heard.said.sort(key=lambda one: (one["start"], one["end"]))
        heard.segments.sort(key=lambda one: (one["start"], one["end"]))
        return {"": heard}

    def write_text(self, name: str, segments: list[Segment], duration: float | None, losses: Losses) -> str:
        """The long form."""
        end = max([duration or 0.0, *(round(one["end"], 6) for one in segments)], default=0.0) or 1.0
        tiers = list(_tiers(segments))
        out = [
            'File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {end!r}", "tiers? <exists>",
            f"size = {len(tiers)}", "item []:",
        ]  # fmt: skip
        for place, (label, held) in enumerate(tiers, 1):
            filled = list(_filled(held, end))
            out += [
                f"    item [{place}]:",
                '        class = "IntervalTier"', f"        name = {_quoted(label)}", "        xmin = 0",
                f"        xmax = {end!r}", f"        intervals: size = {len(filled)}",
            ]  # fmt: skip
            for n, (start, stop, words) in enumerate(filled, 1):
                out += [
                    f"        intervals [{n}]:", f"            xmin = {start!r}", f"            xmax = {stop!r}",
                    f"            text = {_quoted(words)}",
                ]  # fmt: skip
        return "\n".join(out) + "\n"


def _tokens(text: str) -> Iterator[str | float]:
    """The numbers, texts and <exists> of either form; names of fields and places in square brackets are passed over."""
    for match in _TOKEN.finditer(text):
        if match[2] is not None:
            yield float(match[2])
        elif match[0] == "<exists>":
            yield match[0]
        else:
            yield "\0" + match[1].replace('""', '"')


def _text(tokens: Iterator[str | float]) -> str:
    for token in tokens:
        if isinstance(token, str) and token.startswith("\0"):
            return token[1:]
    raise StopIteration


def _number(tokens: Iterator[str | float]) -> float:
    for token in tokens:
        if isinstance(token, float):
            return token
    raise StopIteration


def _header(tokens: Iterator[str | float]) -> None:
    for _ in range(2):
        _text(tokens)
    for _ in range(2):
        _number(tokens)


def _tier(tokens: Iterator[str | float], heard: Heard) -> None:
    kind, name = _text(tokens), " ".join(_text(tokens).split()) or "tier"
    for _ in range(2):
        _number(tokens)
    count = int(_number(tokens))
    if kind != "IntervalTier":
        for _ in range(count):
            _number(tokens)
            _text(tokens)
        heard.trouble.append(f'the points of tier "{name}", which are no segments: {count}')
        return
    for _ in range(count):
        start, end, words = _number(tokens), _number(tokens), _text(tokens).strip()
        if not words or end <= start or number(str(start)) is None:
            continue
        said = "" if words == NOTHING else words
        heard.said.append({"start": start, "end": end, "label": name, "text": said})
        heard.segments.append(
            {"start": start, "end": end, "label": name if words == NOTHING else " ".join(words.split())[:200]}
        )


def _tiers(segments: list[Segment]) -> Iterator[tuple[str, list[Segment]]]:
    """Segments by label, in as many tiers as it takes so that none overlap."""
    tiers: dict[str, list[list[Segment]]] = {}
    for one in sorted(segments, key=lambda s: (s["start"], s["end"])):
        rows = tiers.setdefault(one["label"], [])
        free = next((row for row in rows if row[-1]["end"] <= one["start"]), None)
        if free is None:
            rows.append(free := [])
        free.append(one)
    for label, rows in tiers.items():
        for place, row in enumerate(rows, 1):
            yield (label if place == 1 else f"{label} ({place})"), row


def _filled(segments: list[Segment], end: float) -> Iterator[tuple[float, float, str]]:
    """The intervals of a tier, with silence in between."""
    at = 0.0
    for one in segments:
        if one["start"] > at:
            yield at, one["start"], ""
        words = str(one.get("text") or "")
        yield one["start"], one["end"], words if words.strip() else NOTHING
        at = one["end"]
    if at < end:
        yield at, end, ""


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


PLUGIN = TextGrid()

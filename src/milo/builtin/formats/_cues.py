"""Subtitles: cues with two times and words, as WebVTT and SRT write them.

Stands alone because the two differ in a comma and in who says how a speaker is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from milo.builtin.formats._timed_set import SPEAKER, Heard, Segment

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)")
_NAMED = re.compile(r"^([^:\n]{1,60}):\s+(.*)$", re.DOTALL)
_MOST_SPEAKERS = 30

Said = Callable[[str], tuple[str | None, str]]
"""Who speaks, if the cue says so, and the words."""


def read(text: str, said: Said, skip: tuple[str, ...] = ()) -> Heard:
    """The cues of a file. A block that is none, and does not begin with a word of `skip`, is told."""
    found: list[tuple[float, float, str | None, str]] = []
    heard = Heard()
    for place, block in enumerate(re.split(r"\n{2,}", text.strip("\n"))):
        lines = block.split("\n")
        at = next((i for i, line in enumerate(lines[:2]) if "-->" in line), None)
        times = _TIMES.match(lines[at]) if at is not None else None
        if times is None or at is None:
            if block.strip() and not block.lstrip().startswith(skip):
                heard.trouble.append(f"block {place + 1} is no cue: {block.strip()[:60]!r}")
            continue
        start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
        if end <= start:
            heard.trouble.append(f"the cue at {start:.3f} s does not end after it starts")
            continue
        found.append((start, end, *said("\n".join(lines[at + 1 :]))))
    return _heard(heard, found)


def _heard(heard: Heard, found: list[tuple[float, float, str | None, str]]) -> Heard:
    named = found
    if found and all(speaker is None for _, _, speaker, _ in found):
        split = [(start, end, _NAMED.match(words)) for start, end, _, words in found]
        if all(match for _, _, match in split) and len({m[1] for _, _, m in split if m}) <= _MOST_SPEAKERS:
            named = [(start, end, m[1].strip(), m[2]) for start, end, m in split if m]
    for start, end, speaker, words in named:
        who = speaker or SPEAKER
        heard.segments.append({"start": start, "end": end, "label": who})
        heard.said.append({"start": start, "end": end, "label": who, "text": words.strip()})
    return heard


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return (whole * 1000 + int((thousandths or "0").ljust(3, "0"))) / 1000


def clock(seconds: float, point: str) -> str:
    """00:01:02.345, with that point."""
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"


def words_of(one: Segment) -> str:
    """The words of a segment without empty lines, which would end the cue."""
    return re.sub(r"\n\s*\n+", "\n", str(one.get("text") or "").strip()).replace("-->", "->")

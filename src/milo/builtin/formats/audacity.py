"""Audacity label tracks: a start, an end and a text on each line.

Stands alone because a label of no length is a point there, which is no segment here: such labels are counted as left out, as
are the frequencies of spectral labels. What is written in a label is its label here.

Layout: the page on importing and exporting labels of the Audacity manual.
"""

from __future__ import annotations

import re

from milo.builtin.formats._timed_set import Heard, Segment, TimedSet, number
from milo.builtin.formats._tuning import Losses


class Audacity(TimedSet):
    """Label tracks (.txt) with the recordings. Options to write: `question`, `media` (false: with the recordings)."""

    name = "audacity"
    title = "Audacity labels (.txt with recordings)"
    suffixes: tuple[str, ...] = (".zip", ".txt")
    ending = ".txt"

    def fits(self, head: str) -> bool:
        """Two times and a tab, as no ordinary text begins."""
        return re.match(r"\d+[.,]\d+\t\d+[.,]\d+(?:\t|\n|$)", head) is not None

    def read_text(self, text: str) -> dict[str, Heard]:
        """The labels of a track. Raises ValueError for a text that is none."""
        heard, points, spectral = Heard(), 0, 0
        lines = text.split("\n")
        for place, line in enumerate(lines, 1):
            if not line.strip():
                continue
            if line.startswith("\\"):
                spectral += 1
                continue
            parts = line.split("\t", 2)
            start, end = (number(p.strip().replace(",", ".")) for p in parts[:2]) if len(parts) > 1 else (None, None)
            if start is None or end is None:
                if place == 1:
                    raise ValueError("it is no label track: the first line does not begin with two times")
                heard.trouble.append(f"line {place} does not begin with two times: {line[:60]!r}")
            elif end <= start:
                points += 1
            else:
                label = " ".join(parts[2].split()) if len(parts) > 2 and parts[2].strip() else "label"
                heard.segments.append({"start": start, "end": end, "label": label})
        if points:
            heard.trouble.append(f"points in time, which are no segments: {points}")
        if spectral:
            heard.trouble.append(f"frequencies of spectral labels: {spectral}")
        return {"": heard}

    def write_text(self, name: str, segments: list[Segment], duration: float | None, losses: Losses) -> str:
        """A line for each segment."""
        return "".join(f"{one['start']:.6f}\t{one['end']:.6f}\t{one['label']}\n" for one in segments)


PLUGIN = Audacity()

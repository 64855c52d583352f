"""RTTM: who speaks when, one line a turn, as evaluations of speaker diarization use it.

Stands alone because one file may speak of many recordings, each named in its lines. SPEAKER lines become segments; lines of
other types (words, noises, facts about speakers) are counted as left out. The confidence, where it is given, becomes the score.

Layout: Rich Transcription Time Marked, NIST RT-09 evaluation plan, appendix A.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from milo.builtin.formats._timed_set import Heard, Segment, TimedSet, number
from milo.builtin.formats._tuning import Losses


class Rttm(TimedSet):
    """RTTM files with the recordings. Options to write: `question`, `media` (false: with the recordings)."""

    name = "rttm"
    title = "RTTM (speaker turns with recordings)"
    suffixes: tuple[str, ...] = (".zip", ".rttm")
    ending = ".rttm"

    def read_text(self, text: str) -> dict[str, Heard]:
        """The turns of each recording."""
        found: defaultdict[str, Heard] = defaultdict(Heard)
        others: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for place, line in enumerate(text.split("\n"), 1):
            parts = line.split()
            if not parts or parts[0].startswith(";"):
                continue
            name = parts[1] if len(parts) > 1 else ""
            if parts[0] != "SPEAKER":
                others[name][parts[0][:30]] += 1
                continue
            start, length = (number(p) for p in parts[3:5]) if len(parts) > 7 else (None, None)
            if start is None or length is None or length <= 0:
                found[name].trouble.append(f"line {place} has no start, length and speaker: {line[:80]!r}")
                continue
            segment: Segment = {"start": start, "end": round(start + length, 6), "label": parts[7]}
            score = number(parts[8]) if len(parts) > 8 else None
            found[name].segments.append(segment | ({"score": score} if score is not None and score <= 1 else {}))
        for name, kinds in others.items():
            told = ", ".join(f"{kind}: {n}" for kind, n in kinds.items())
            found[name].trouble.append(f"lines of other types were left out ({told})")
        return dict(found)

    def write_text(self, name: str, segments: list[Segment], duration: float | None, losses: Losses) -> str:
        """A SPEAKER line for each segment."""
        lines: list[str] = []
        for one in segments:
            speaker = "_".join(one["label"].split())
            if speaker != one["label"]:
                losses.add("labels with white space, written with underscores")
            start, length = round(one["start"], 3), round(round(one["end"], 3) - round(one["start"], 3), 3)
            lines.append(f"SPEAKER {name} 1 {start:.3f} {length:.3f} <NA> <NA> {speaker} <NA> <NA>\n")
        return "".join(lines)


PLUGIN = Rttm()

"""SRT (SubRip): numbered subtitles.

Stands alone because it has no voices: where every cue begins with "Name: ", that is the speaker, and so it is written. Tags
like <i> are taken off. There is no standard; this is what players agree on.
"""

from __future__ import annotations

import re

from milo.builtin.formats import _cues
from milo.builtin.formats._timed_set import Heard, Segment, TimedSet
from milo.builtin.formats._tuning import Losses

_TAG = re.compile(r"</?(?:i|b|u|font)\b[^>]*>|\{\\an?\d\}", re.IGNORECASE)


class Srt(TimedSet):
    """SRT files with the recordings. Options to write: `question`, `media` (false: with the recordings)."""

    name = "srt"
    title = "SRT (.srt with recordings)"
    suffixes: tuple[str, ...] = (".zip", ".srt")
    ending = ".srt"
    words = True

    def read_text(self, text: str) -> dict[str, Heard]:
        """The cues."""
        return {"": _cues.read(text, lambda payload: (None, _TAG.sub("", payload)))}

    def write_text(self, name: str, segments: list[Segment], duration: float | None, losses: Losses) -> str:
        """A numbered cue for each segment."""
        blocks: list[str] = []
        for place, one in enumerate(segments, 1):
            times = f"{_cues.clock(one['start'], ',')} --> {_cues.clock(one['end'], ',')}"
            label = one["label"].replace(":", "")
            if label != one["label"]:
                losses.add("colons in labels")
            blocks.append(f"{place}\n{times}\n{label}: {_cues.words_of(one)}")
        return "".join(f"{block}\n\n" for block in blocks)


PLUGIN = Srt()

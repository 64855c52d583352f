"""WebVTT: the subtitles of the web, with voices.

Stands alone because of its voice tags and escapes. The voice of a cue (`<v Name>`) is the speaker; a cue without one, or a
file in which every cue begins with "Name: ", is read accordingly. Other tags (classes, italics, times within a cue) are taken
off; settings of cues, notes, styles and regions are not kept.

Layout: WebVTT, W3C Candidate Recommendation.
"""

from __future__ import annotations

import html
import re

from milo.builtin.formats import _cues
from milo.builtin.formats._timed_set import Heard, Segment, TimedSet
from milo.builtin.formats._tuning import Losses

_VOICE = re.compile(r"<v(?:\.[^\s>]*)*[ \t\n]+([^>]+)>")
_TAG = re.compile(r"</?[a-z0-9][^>]*>", re.IGNORECASE)


class WebVtt(TimedSet):
    """WebVTT files with the recordings. Options to write: `question`, `media` (false: with the recordings)."""

    name = "webvtt"
    title = "WebVTT (.vtt with recordings)"
    suffixes: tuple[str, ...] = (".zip", ".vtt")
    ending = ".vtt"
    words = True

    def read_text(self, text: str) -> dict[str, Heard]:
        """The cues. Raises ValueError where the file does not begin as WebVTT does."""
        if not text.startswith("WEBVTT"):
            raise ValueError('it does not begin with "WEBVTT"')
        return {"": _cues.read(text, _said, ("WEBVTT", "NOTE", "STYLE", "REGION"))}

    def write_text(self, name: str, segments: list[Segment], duration: float | None, losses: Losses) -> str:
        """A cue for each segment; its words, else its label."""
        blocks = ["WEBVTT"]
        for one in segments:
            times = f"{_cues.clock(one['start'], '.')} --> {_cues.clock(one['end'], '.')}"
            blocks.append(
                f"{times}\n<v {html.escape(one['label'], quote=False)}>{html.escape(_cues.words_of(one), quote=False)}"
            )
        return "\n\n".join(blocks) + "\n"


def _said(payload: str) -> tuple[str | None, str]:
    voice = _VOICE.search(payload)
    words = html.unescape(_TAG.sub("", payload))
    return (html.unescape(voice[1]).strip() if voice else None), words


PLUGIN = WebVtt()

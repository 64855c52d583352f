"""Recipe: who speaks when, in recordings of several people."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Who speaks when?

Mark every stretch in which somebody speaks, in the lane of that person. A stretch begins with the first sound of a word and
ends with the last. A pause of less than half a second does not end it. Where two people speak at once, both are marked.
Coughs, laughter and breathing without words are not speech.

## first speaker

Whoever speaks first in the recording.

> "Hello?" at the beginning of a call: `first speaker`.

## second speaker

The second one to be heard; by voice, not by who they say they are.

> "Hello, this is Sheila." in answer: `second speaker`.

## third speaker

The third one to be heard.

> Somebody joins the call after a minute: `third speaker`.

## others

Everybody else, also several people at once who cannot be told apart.

> An audience answers in chorus: `others`.

## no person

Speech from machines: announcements, radio, telephone menus.

> "Please hold the line.": `no person`.
"""

PLUGIN = Recipe(
    name="speaker_turns",
    title="Speaker turns",
    summary="Mark who speaks when in a recording, also where several speak at once.",
    spec=ProjectSpec(
        name="Speaker turns",
        description="Recordings with several people.",
        guidelines=GUIDELINES,
        fields=(Field("recording", "audio", "Recording"),),
        questions=(
            Question(
                name="turns",
                type="segments",
                title="Who speaks when?",
                field="recording",
                config={
                    "labels": [
                        label("first speaker", BLUE, "Speaks first in the recording"),
                        label("second speaker", ORANGE, "The second one to be heard"),
                        label("third speaker", GREEN, "The third one to be heard"),
                        label("others", PURPLE, "Everybody else"),
                        label("no person", VERMILLION, "Machines"),
                    ],
                    "overlap": "labels",
                    "agree_by": "time",
                },
            ),
        ),
    ),
)

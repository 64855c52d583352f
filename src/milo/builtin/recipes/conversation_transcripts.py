"""Recipe: conversations written down, with who speaks, when, and how."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, ORANGE, PURPLE, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# What is said?

Write down every word as it is said, also words that are repeated or broken off (with a hyphen: "I wan- I want"). One segment
holds one thought: cut at pauses and where the speaker changes. Numbers are written as words. What cannot be understood stays
empty. Use the punctuation of ordinary writing; write no sounds that are no words.

## caller

Whoever calls.

> "Hi, I wanted to ask about my bill.": `caller`.

## agent

Whoever takes the call.

> "Of course, may I have your name?": `agent`.

## other

Anybody else who is heard, and machines.

> A child in the background: `other`.
"""

PLUGIN = Recipe(
    name="conversation_transcripts",
    title="Conversation transcripts",
    summary="Write down what is said in a conversation, with speakers, their language and age group, mood and intention.",
    spec=ProjectSpec(
        name="Conversation transcripts",
        description="Telephone calls, written down.",
        guidelines=GUIDELINES,
        fields=(Field("recording", "audio", "Recording"),),
        questions=(
            Question(
                name="talk",
                type="transcript",
                title="What is said?",
                field="recording",
                config={
                    "labels": [
                        label("caller", BLUE, "Whoever calls"),
                        label("agent", ORANGE, "Whoever takes the call"),
                        label("other", PURPLE, "Anybody else"),
                    ],
                    "attributes": [
                        {"name": "language", "title": "Language", "type": "text", "config": {}},
                        {"name": "age_group", "title": "Age group", "config": {"labels": ["child", "adult", "senior"]}},
                        {"name": "mood", "title": "Mood", "config": {"labels": ["calm", "happy", "upset", "angry"]}},
                        {
                            "name": "intention",
                            "title": "Intention",
                            "type": "choices",
                            "config": {"labels": ["ask", "tell", "request", "promise"]},
                        },
                    ],
                    "of_speaker": ["language", "age_group"],
                },
            ),
        ),
    ),
)

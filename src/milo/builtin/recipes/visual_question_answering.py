"""Recipe: an image and a question in, an open answer out; the assistant may draft."""

from __future__ import annotations

from milo.builtin.recipes._palette import GREEN, GREY, ORANGE, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Condition, Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Answer the question about the picture

Look first, then read the question, then look again. Answer in a full sentence, from what can be **seen**; what you know of the
world may help you to name things, not to guess what is outside of the frame.

## answerable

The picture shows what is asked for.

> Q: How many people wear a helmet? A: Three of the four cyclists wear a helmet.

## not in the picture

The question is sound, but the picture does not show it.

> Q: What is behind the door? The door is closed.

## unclear

The question cannot be understood, or the picture cannot be made out.

> Q: Which one is it? Nothing says what "it" is.
"""

PLUGIN = Recipe(
    name="visual_question_answering",
    title="Questions about pictures",
    summary="Say whether a question about a picture can be answered, and answer it in your own words.",
    spec=ProjectSpec(
        name="Questions about pictures",
        description="Open answers to questions about pictures.",
        guidelines=GUIDELINES,
        fields=(Field("image", "image", "Picture"), Field("question", "text", "Question")),
        questions=(
            Question(
                name="answerable",
                type="choice",
                title="Can it be answered?",
                config={
                    "labels": [
                        label("answerable", GREEN, "The picture shows it", title="Yes"),
                        label("not in the picture", ORANGE, "The picture does not show it"),
                        label("unclear", GREY, "The question or the picture is unclear"),
                    ]
                },
            ),
            Question(
                name="answer",
                type="text",
                title="Your answer",
                when=Condition("answerable", ["answerable"]),
                config={"max_length": 2000, "min_length": 1, "placeholder": "A full sentence"},
            ),
        ),
    ),
)

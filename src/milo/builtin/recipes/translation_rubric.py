"""Recipe: how good is a translation? Scored by a rubric, with room for a better one."""

from __future__ import annotations

from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# How good is the translation?

Read the source first, then the translation as its reader would, then compare sentence by sentence. Score each criterion by
itself: a fluent sentence may be wrong, an awkward one may be right. If you do not know a term, look it up.

## accuracy

The meaning of the source, no more and no less.

> Source: He did not come on Friday. Translation: He came on Friday. (1: the meaning is turned round)

## fluency

Reads as if it had been written in the target language.

> "He makes a photo" for "he takes a photo" (2: one sees the source through it)

## terminology

The words of the field, the same word for the same thing.

> "Contract" in one sentence, "treaty" in the next, for one and the same paper (2)

## style

The tone and the form of address fit the text and its readers.

> A notice to customers in slang (1)
"""

PLUGIN = Recipe(
    name="translation_rubric",
    title="Rate translations",
    summary="Score a translation for accuracy, fluency, terminology and style, and write a better one where it is needed.",
    spec=ProjectSpec(
        name="Rate translations",
        description="Machine translations judged by a rubric.",
        guidelines=GUIDELINES,
        fields=(
            Field("source", "text", "Source"),
            Field("translation", "text", "Translation"),
            Field("reference", "text", "Reference, where there is one"),
        ),
        questions=(
            Question(
                name="quality",
                type="rubric_grid",
                title="Score the translation",
                subjective=True,
                config={
                    "criteria": [
                        {
                            "name": "accuracy",
                            "description": "The meaning of the source, no more and no less.",
                            "weight": 3,
                            "levels": ["The meaning is lost or turned round", "Errors that mislead", "Small errors", "Exact"],
                        },
                        {
                            "name": "fluency",
                            "description": "Reads as if written in the target language.",
                            "weight": 2,
                            "levels": ["Hard to understand", "Awkward throughout", "Awkward in places", "Natural"],
                        },
                        {
                            "name": "terminology",
                            "description": "The words of the field, used consistently.",
                            "levels": ["Wrong terms", "Inconsistent terms", "Right, with a slip", "Right throughout"],
                        },
                        {
                            "name": "style",
                            "description": "Tone and form of address fit.",
                            "levels": ["Does not fit", "Fits in part", "Fits", "Fits well"],
                        },
                    ]
                },
            ),
            Question(
                name="better",
                type="text",
                title="A better translation",
                required=False,
                config={"max_length": 20_000, "placeholder": "Optional"},
            ),
        ),
    ),
)

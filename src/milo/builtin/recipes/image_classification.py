"""Recipe: one class for each image, and a second question where the image cannot be used."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Condition, Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# What does the picture show?

Choose what the picture is **of**: the thing in focus, or the one that takes up most of it. Do not guess from the
background. A picture in which you cannot tell is `unusable`; say why.

## person

One or more people are the subject, in whole or in part.

> A portrait; a crowd on a square; two hands at a keyboard.

## animal

An animal is the subject.

> A dog on a sofa. A rider on a horse is `person`.

## vehicle

Anything that carries people or goods on land, water or in the air.

> A parked bicycle; the deck of a ferry.

## building

A building or its rooms, from outside or inside.

> A church tower; an empty kitchen.

## landscape

Nature or a town as a whole, with no single subject.

> A valley in fog; a skyline at night.

## unusable

Too dark, too blurred, empty, or not a photograph.

> A screenshot of an error message.
"""

PLUGIN = Recipe(
    name="image_classification",
    title="Image classification",
    summary="Choose one class for each image, and sort out those that cannot be used.",
    spec=ProjectSpec(
        name="Image classification",
        description="One class for each picture.",
        guidelines=GUIDELINES,
        fields=(Field("image", "image", "Picture"),),
        questions=(
            Question(
                name="subject",
                type="choice",
                title="What does the picture show?",
                config={
                    "labels": [
                        label("person", BLUE, "People are the subject"),
                        label("animal", ORANGE, "An animal is the subject"),
                        label("vehicle", VERMILLION, "Carries people or goods"),
                        label("building", PURPLE, "From outside or inside"),
                        label("landscape", GREEN, "Nature or a town as a whole"),
                        label("unusable", GREY, "Cannot be told"),
                    ]
                },
            ),
            Question(
                name="problem",
                type="choices",
                title="Why can it not be used?",
                when=Condition("subject", ["unusable"]),
                config={
                    "labels": [
                        label("too dark", GREY, "Nothing can be made out"),
                        label("blurred", SKY, "Out of focus or moved"),
                        label("not a photo", ORANGE, "A screenshot, drawing or scan"),
                        label("empty", PURPLE, "One colour, or the lens covered"),
                    ],
                    "min": 1,
                },
            ),
        ),
    ),
)

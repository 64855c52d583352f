"""Recipe: how good is an answer? A score, what is wrong with it, and a better one."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREY, ORANGE, PURPLE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Condition, Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# How good is the answer?

Read the question first and decide what you would want to know. Then read the answer and give it **one score for
usefulness**. Length is no merit. A polite refusal to a harmless question is a bad answer. Check facts that can be checked
within a minute. Below 4, say what is wrong; if you can, write what you would have wanted to read.

## 1

Useless or harmful: wrong in substance, off the topic, or empty.

> Q: What is the capital of Australia? A: Sydney.

## 2

Poor: a grain of truth, but it would mislead.

> A: Canberra or Sydney, depending on whom you ask.

## 3

Half useful: right in the main, with gaps or a lesser error.

> A: Canberra, founded in 1813.  (It was 1913.)

## 4

Good: right and complete, though not well put.

> A: The capital, which is in the country's south-east, is Canberra.

## 5

Very good: right, complete, clear, no longer than it needs to be.

> A: Canberra.

## factual error

It says something that is not so.

> "Founded in 1813."

## incomplete

A part of the question is left open.

> Asked for three reasons, it gives two.

## off topic

It answers another question.

> Asked for a recipe, it praises the dish.

## unclear

It cannot be followed without effort.

> Steps out of order; "it" without a referent.

## other

Anything else, such as tone or form.

> A sermon where a number was asked for.
"""

PLUGIN = Recipe(
    name="rating",
    title="Rate answers",
    summary="Score a text from 1 to 5, name what is wrong, and write a better one.",
    spec=ProjectSpec(
        name="Rate answers",
        description="How good is the answer to the question?",
        guidelines=GUIDELINES,
        fields=(Field("question", "text", "Question"), Field("answer", "markdown", "Answer")),
        questions=(
            Question(
                name="score",
                type="rating",
                title="How useful is the answer?",
                config={"min": 1, "max": 5, "labels": ["useless", "poor", "half useful", "good", "very good"]},
            ),
            Question(
                name="faults",
                type="choices",
                title="What is wrong with it?",
                when=Condition("score", [1, 2, 3]),
                config={
                    "labels": [
                        label("factual error", VERMILLION, "Says what is not so"),
                        label("incomplete", BLUE, "Leaves a part open"),
                        label("off topic", PURPLE, "Answers another question"),
                        label("unclear", ORANGE, "Hard to follow"),
                        label("other", GREY, "Tone, form, anything else"),
                    ],
                    "min": 1,
                },
            ),
            Question(
                name="better",
                type="text",
                title="What should it have said?",
                required=False,
                when=Condition("score", [1, 2, 3]),
                config={"multiline": True, "max_length": 4000, "placeholder": "Optional"},
            ),
        ),
    ),
)

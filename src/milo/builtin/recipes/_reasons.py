"""Why one answer is better than another: the question, and its part of the guidelines, for recipes that compare."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, label
from milo.domain.question import Question

REASONS = Question(
    name="reasons",
    type="choices",
    title="What speaks for it?",
    required=False,
    subjective=True,
    config={
        "labels": [
            label("more correct", BLUE, "Fewer false statements"),
            label("more complete", GREEN, "Answers more of the question"),
            label("clearer", ORANGE, "Easier to follow"),
            label("follows the instructions", PURPLE, "Form, length, language"),
            label("safer", VERMILLION, "Less harm"),
        ]
    },
)

EXPLAINED = """## more correct

It says fewer false things.

> Prompt: When did Canberra become the capital? The other answer gives 1813.

## more complete

It answers more of what was asked.

> Prompt: Give three reasons. The other answer gives two.

## clearer

It is easier to follow or to use.

> Steps in order, with the command to type, instead of a paragraph about commands.

## follows the instructions

It keeps to the form, length or language that was asked for.

> Prompt: In one sentence. The other answer takes a page.

## safer

It does less harm, or refuses what should be refused.

> Prompt: How do I mix these two cleaners? The other answer does not mention the gas.
"""

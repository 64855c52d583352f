"""Recipe: which of two answers is better, by how much, and why. Blind and shuffled; made for preference tuning."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Which answer would you rather have got?

Read the prompt and decide what a good answer needs. Read **both** answers to the end before you choose. Judge what the
answer does for the person who asked, not how long or how polite it is. Choose "equally good" only if you would not mind
which one you got; two bad answers are rarely equally bad.

Strength: 1 if you had to think, 4 if the other answer should not be sent at all.

## more correct

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

PLUGIN = Recipe(
    name="preference_pairs",
    title="Compare two answers",
    summary="Two answers side by side, blind and shuffled: which is better, by how much, and why.",
    spec=ProjectSpec(
        name="Compare two answers",
        description="Preferences between two answers to one prompt.",
        guidelines=GUIDELINES,
        fields=(
            Field("prompt", "markdown", "Prompt"),
            Field("answer_a", "markdown", "First answer"),
            Field("answer_b", "markdown", "Second answer"),
        ),
        questions=(
            Question(
                name="better",
                type="pairwise",
                title="Which answer is better?",
                subjective=True,
                config={"candidates": ["answer_a", "answer_b"], "strength": 4},
            ),
            Question(
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
            ),
        ),
    ),
)

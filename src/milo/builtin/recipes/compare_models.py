"""Recipe: two connected models answer each prompt while people work; which is better? For choosing a model, and for tuning."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, label
from milo.domain.policy import Allowance, DataRules, Policy
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

FIRST, SECOND = "first-model", "second-model"

GUIDELINES = """# Which model answered better?

Two models answer the same prompt; you are not told which is which. Decide what a good answer needs before you read, then read
**both** to the end. Judge what the answer does for the person who asked, not its length, its manners or its layout.

You may write on, up to three times: both models get your words and answer again. Ask what a person would ask next, the same for
good and bad answers, and judge the conversation as a whole.

Choose "equally good" only if you would not mind which one you got. If an answer breaks off in the middle, judge what is there.

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
    name="compare_models",
    title="Compare two models",
    summary=f'Two connected models (named "{FIRST}" and "{SECOND}" until you choose yours) answer while people compare, blind.',
    spec=ProjectSpec(
        name="Compare two models",
        description="Preferences between the answers of two connected models.",
        guidelines=GUIDELINES,
        fields=(Field("prompt", "markdown", "Prompt"), Field("answers", "table", "Answers")),
        questions=(
            Question(
                name="better",
                type="pairwise",
                title="Which answer is better?",
                field="answers",
                subjective=True,
                config={
                    "strength": 4,
                    "live": {"models": [FIRST, SECOND], "prompt": "{{prompt}}", "max_tokens": 1024, "follow_ups": 3},
                },
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
        policy=Policy(data=DataRules(models=(FIRST, SECOND)), budgets={"candidates": Allowance(tokens=2_000_000)}),
    ),
)

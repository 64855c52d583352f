"""Recipe: people write a prompt and the response that it should get; made for supervised tuning."""

from __future__ import annotations

from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Write a prompt and its response

The topic says what it should be about. Write what somebody could really ask, and the response that you would be glad to get.
Markdown is shown beside what you type.

## A good prompt

Is clear to somebody who cannot ask back, needs more than one sentence of answer, and differs from the last ones you wrote.

> I have 20 minutes and no oven. What can I cook for two from eggs, spinach and stale bread?

## A good response

Is correct, answers all of it, begins with what matters most, and stops when it is done. Say what you do not know.

> **Spinach strata in a pan.** 1. Tear the bread ... It keeps its shape if you let it rest for two minutes.

## What does not belong here

Names and data of real people, text copied from elsewhere, anything written by a model.

> "As an AI language model ..."
"""

PLUGIN = Recipe(
    name="instruction_writing",
    title="Write prompts and responses",
    summary="People write a prompt and its ideal response about a topic, in one round or several.",
    spec=ProjectSpec(
        name="Write prompts and responses",
        description="Conversations written by people, for supervised tuning.",
        guidelines=GUIDELINES,
        fields=(Field("topic", "text", "Topic"),),
        questions=(
            Question(
                name="conversation",
                type="response",
                title="Write a prompt about the topic, and the response that it should get",
                subjective=True,
                config={"roles": ["user", "assistant"], "max_rounds": 3, "system": "optional", "min_length": 10},
            ),
        ),
    ),
)

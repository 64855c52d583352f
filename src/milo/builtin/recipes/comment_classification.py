"""Recipe: what a comment wants, with a model's label to accept or to change."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION, label
from milo.domain.policy import Policy
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# What does the comment want?

Choose the label for what the writer wants **most**. Read the whole comment: the last sentence often says it. Where a model
suggests a label, decide first and look then; a suggestion is right only if you would have chosen it.

## question

Asks for information.

> Does this also work on the older version?

## request

Asks for something to be done or changed.

> Please add a dark theme.

## problem

Reports that something does not work, or went wrong.

> It crashes whenever I open the second tab.

## praise

Says that something is good, and wants nothing.

> Thank you, this saved my week!

## abuse

Insults, threatens or harasses.

> You people are idiots, all of you.

## other

Anything else: spam, quotations, empty remarks.

> First!
"""

PLUGIN = Recipe(
    name="comment_classification",
    title="Comments",
    summary="Sort comments by what they want; a model's suggestion is accepted or changed with one key.",
    spec=ProjectSpec(
        name="Comments",
        description="One label for each comment, pre-annotated by a model.",
        guidelines=GUIDELINES,
        fields=(Field("comment", "text", "Comment"),),
        questions=(
            Question(
                name="intent",
                type="choice",
                title="What does it want?",
                config={
                    "labels": [
                        label("question", BLUE, "Asks for information", title="Question"),
                        label("request", GREEN, "Asks for a change", title="Request"),
                        label("problem", ORANGE, "Something does not work", title="Problem"),
                        label("praise", PURPLE, "Something is good", title="Praise"),
                        label("abuse", VERMILLION, "Insults or threatens", title="Abuse"),
                        label("other", GREY, "Anything else", title="Other"),
                    ]
                },
            ),
        ),
        policy=Policy(order="uncertainty", blind_share=0.1),
    ),
)

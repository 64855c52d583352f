"""Recipe: several answers to one prompt, best first. Blind and shuffled; made for preference tuning."""

from __future__ import annotations

from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Best answer first

Read the prompt, then skim all answers, then read them. Look for the best one, then for the worst one, and then sort what is
left between them. Answers may share a rank if you would not mind which of them you got.

## What makes an answer better

In this order: it is correct, it answers what was asked, it can be used as it stands, it is no longer than it needs to be.

> A short answer that is right comes before a long one with an error in it.

## What does not count

Politeness, headings, emphasis, and whether you would have put it that way.

> "Great question!" makes an answer neither better nor worse.

## What cannot be judged

Skip the item, and say why, if you lack the knowledge to tell right from wrong.

> A proof in a field that you have not studied.
"""

PLUGIN = Recipe(
    name="answer_ranking",
    title="Rank answers",
    summary="Put several answers to one prompt in order, blind and shuffled; answers may share a rank.",
    spec=ProjectSpec(
        name="Rank answers",
        description="Rankings of several answers to one prompt. `answers` is a list of texts, or of {text, source}.",
        guidelines=GUIDELINES,
        fields=(Field("prompt", "markdown", "Prompt"), Field("answers", "table", "Answers")),
        questions=(
            Question(name="ranking", type="ranking", title="Best answer first", field="answers", subjective=True),
            Question(
                name="note",
                type="text",
                title="What decided?",
                required=False,
                config={"max_length": 2000, "placeholder": "Optional"},
            ),
        ),
    ),
)

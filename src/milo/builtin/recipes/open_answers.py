"""Recipe: people answer open questions, and the answers are held against a rubric, by a judge or by themselves."""

from __future__ import annotations

from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Answer the question in your own words

Write the answer that you would want to get: in full sentences, as long as it needs to be, for a reader who knows nothing of
the matter. Before you submit, hold it against these criteria; a judge does the same.

## accuracy

Everything it says is so, and what is uncertain is called uncertain.

> "Coffee was probably first drunk in Yemen" rather than "Coffee was invented in Italy".

## completeness

Every part of the question is answered.

> Asked for advantages and drawbacks, it gives both.

## clarity

It can be followed at the first reading.

> One thought a sentence; the result first, the reasons after it.

## usefulness

The reader can do something with it.

> "Soak the beans overnight" rather than "Preparation is important".
"""

PLUGIN = Recipe(
    name="open_answers",
    title="Open questions",
    summary="Write answers to open questions, and check them by a rubric that a judge can use too.",
    spec=ProjectSpec(
        name="Open questions",
        description="Open-ended answers with a rubric.",
        guidelines=GUIDELINES,
        fields=(Field("question", "markdown", "Question"),),
        questions=(
            Question(
                name="answer",
                type="response",
                title="Your answer",
                field="question",
                subjective=True,
                config={"min_length": 20, "max_length": 20_000, "placeholder": "Write for somebody who knows nothing of it"},
            ),
            Question(
                name="check",
                type="rubric_grid",
                title="How good is your answer?",
                required=False,
                subjective=True,
                config={
                    "criteria": [
                        {
                            "name": "accuracy",
                            "description": "Everything it says is so.",
                            "weight": 2,
                            "levels": ["Wrong in substance", "Errors that mislead", "Small errors", "Right"],
                        },
                        {
                            "name": "completeness",
                            "description": "Every part of the question is answered.",
                            "levels": ["Hardly anything", "Half of it", "Nearly all", "All of it"],
                        },
                        {
                            "name": "clarity",
                            "description": "It can be followed at the first reading.",
                            "levels": ["Cannot be followed", "With effort", "Mostly", "Throughout"],
                        },
                        {
                            "name": "usefulness",
                            "description": "The reader can do something with it.",
                            "levels": ["No use", "Little use", "Useful", "Just what is needed"],
                        },
                    ]
                },
            ),
        ),
    ),
)

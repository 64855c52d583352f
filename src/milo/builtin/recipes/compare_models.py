"""Recipe: two connected models answer each prompt while people work; which is better? For choosing a model, and for tuning."""

from __future__ import annotations

from milo.builtin.recipes._reasons import EXPLAINED, REASONS
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

"""

PLUGIN = Recipe(
    name="compare_models",
    title="Compare two models",
    summary=f'Two connected models (named "{FIRST}" and "{SECOND}" until you choose yours) answer while people compare, blind.',
    spec=ProjectSpec(
        name="Compare two models",
        description="Preferences between the answers of two connected models.",
        guidelines=GUIDELINES + EXPLAINED,
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
            REASONS,
        ),
        policy=Policy(data=DataRules(models=(FIRST, SECOND)), budgets={"candidates": Allowance(tokens=2_000_000)}),
    ),
)

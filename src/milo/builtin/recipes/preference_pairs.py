"""Recipe: which of two answers is better, by how much, and why. Blind and shuffled; made for preference tuning."""

from __future__ import annotations

from milo.builtin.recipes._reasons import EXPLAINED, REASONS
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Which answer would you rather have got?

Read the prompt and decide what a good answer needs. Read **both** answers to the end before you choose. Judge what the
answer does for the person who asked, not how long or how polite it is. Choose "equally good" only if you would not mind
which one you got; two bad answers are rarely equally bad.

Strength: 1 if you had to think, 4 if the other answer should not be sent at all.

"""

PLUGIN = Recipe(
    name="preference_pairs",
    title="Compare two answers",
    summary="Two answers side by side, blind and shuffled: which is better, by how much, and why.",
    spec=ProjectSpec(
        name="Compare two answers",
        description="Preferences between two answers to one prompt.",
        guidelines=GUIDELINES + EXPLAINED,
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
            REASONS,
        ),
    ),
)

"""`rubric`: one model scores an answer criterion by criterion, with the words that each score rests on, and one advice.

Stands alone as the plain judge. A score comes with its distribution where the server gives token probabilities (renormalised
over the options of the scale, the expected score as in Liu et al., "G-Eval", EMNLP 2023) or where several samples are asked
for.
"""

from __future__ import annotations

from typing import Any

from milo.builtin.judges._asking import DEFAULTS, review, settled, verdict
from milo.domain.question import Question
from milo.domain.verdict import Rubric, Verdict
from milo.kinds.asking import Ask, Judged, Shown, Task


class RubricJudge:
    """Scores one answer."""

    name = "rubric"
    title = "Rubric, by one model"
    compares = False

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """Settings: `connection`, `instructions`, `samples` (1 to 20), `logprobs`, `temperature`, `max_tokens`, `retries`,
        `propose`."""
        return settled(config, DEFAULTS)

    def connections(self, config: dict[str, Any]) -> list[str]:
        """The one connection."""
        return [config["connection"]]

    async def judge(
        self, task: Task, config: dict[str, Any], rubric: Rubric, shown: Shown, judged: Judged, ask: Ask
    ) -> Verdict:
        """The verdict of one model."""
        scores, advice, notes = await review(task, config, rubric, shown, judged, ask)
        return verdict(rubric, scores, advice, config["connection"] in judged.suggested_by, notes)


PLUGIN = RubricJudge()

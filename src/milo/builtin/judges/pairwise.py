"""`pairwise`: which of two answers is better. Asked in both orders; only what holds in both counts, all else is a tie.

Stands alone because models prefer a place: what comes first, or last (Zheng et al., "Judging LLM-as-a-Judge", NeurIPS 2023).
Both orders are asked at once, so that the swap costs no time. A criterion's score is 1 (the first answer), -1 (the
other) or 0; `total` is 1, 0 or 0.5 alike, and `passed` says that the first is not worse.
"""

from __future__ import annotations

import asyncio
from typing import Any

from milo.builtin.judges._asking import DEFAULTS, TOP, ask_until_it_fits, settled
from milo.builtin.judges._prompt import COMPARE, compare_schema, head, material
from milo.builtin.judges._reading import Comparison, read_comparison
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.domain.verdict import CriterionScore, Rubric, Verdict
from milo.kinds.asking import Ask, Judged, Shown, Task
from milo.kinds.provider import Request

_DEFAULTS = {k: v for k, v in DEFAULTS.items() if k not in ("samples", "propose")}
_FORWARD = {"A": 1, "B": -1, "T": 0}


class PairwiseJudge:
    """Compares two answers to one question."""

    name = "pairwise"
    title = "Which of two answers is better"
    compares = True

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """Settings: `connection`, `instructions`, `logprobs`, `temperature`, `max_tokens`, `retries`."""
        return settled(config, _DEFAULTS)

    def connections(self, config: dict[str, Any]) -> list[str]:
        """The one connection."""
        return [config["connection"]]

    async def judge(
        self, task: Task, config: dict[str, Any], rubric: Rubric, shown: Shown, judged: Judged, ask: Ask
    ) -> Verdict:
        """The verdict over both orders. Raises InvalidValue without a second answer."""
        if judged.other is None:
            raise InvalidValue("A comparison needs a second answer.", place="other")
        orders = ((judged.value, judged.other), (judged.other, judged.value))
        (there, reply, n), (back, _, m) = await asyncio.gather(
            *(
                ask_until_it_fits(
                    ask, config["connection"], _request(task, config, rubric, shown, order), config["retries"],
                    lambda reply: read_comparison(reply, rubric),
                )
                for order in orders
            )
        )  # fmt: skip
        overall = decide(_FORWARD[there.better], -_FORWARD[back.better])
        scores = [_criterion(c.name, there, back) for c in rubric.criteria]
        notes: dict[str, Any] = {
            "model": reply.model, "attempts": n + m, "forward": _FORWARD[there.better], "swapped": -_FORWARD[back.better],
            "consistent": _FORWARD[there.better] == -_FORWARD[back.better], "reasons": [there.reason, back.reason],
        }  # fmt: skip
        if there.a_share is not None and back.a_share is not None:
            notes["first_probability"] = (there.a_share + 1 - back.a_share) / 2
        own = config["connection"] in judged.suggested_by
        return Verdict(tuple(scores), (overall + 1) / 2, overall >= 0, there.reason if overall else "", own, notes)


def decide(forward: int, swapped: int) -> int:
    """1, -1 or 0 from the preference in both orders, each told for the first answer: what differs is a tie."""
    return forward if forward == swapped else 0


def _criterion(name: str, there: Comparison, back: Comparison) -> CriterionScore:
    (a, why), (b, _) = there.by_criterion[name], back.by_criterion[name]
    score = decide(_FORWARD[a], -_FORWARD[b])
    return CriterionScore(name, float(score), reason=why if score else "")


def _request(task: Task, config: dict[str, Any], rubric: Rubric, shown: Shown, order: tuple[Any, Any]) -> Request:
    return Request(
        (
            head(task, rubric, config["instructions"]),
            material(task, shown, [("A", order[0]), ("B", order[1])], COMPARE),
        ),
        max_tokens=config["max_tokens"],
        temperature=config["temperature"] if config["temperature"] is not None else 0.0,
        json_schema=compare_schema(rubric),
        schema_name="comparison",
        top_logprobs=TOP if config["logprobs"] else 0,
    )


PLUGIN = PairwiseJudge()

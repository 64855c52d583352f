"""Which of several suggestions a person sees: those of one predictor, or of a workflow - a chain of predictors in which the
first one that is confident enough speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from milo.domain.policy import Policy, Workflow


class Suggested(Protocol):
    """What the choice looks at."""

    question: str
    source: str
    score: float | None


S = TypeVar("S", bound=Suggested)


def choose(suggestions: Sequence[S], policy: Policy, wanted: str | None) -> list[S]:
    """The suggestions of the predictor or workflow in force: the policy's, or the person's `wanted` where the policy leaves
    it open. None means all of them."""
    source = wanted if policy.annotators_choose and wanted else policy.suggest_from
    if not source:
        return list(suggestions)
    for workflow in policy.workflows:
        if workflow.name == source:
            return _run_chain(suggestions, workflow)
    return [s for s in suggestions if s.source == source]


def _run_chain(suggestions: Sequence[S], workflow: Workflow) -> list[S]:
    out: list[S] = []
    for question in dict.fromkeys(s.question for s in suggestions):
        for step in workflow.steps:
            sure = [
                s
                for s in suggestions
                if s.question == question and s.source == step.predictor and (s.score or 0.0) >= step.min_score
            ]
            if sure:
                out += sure
                break
    return out

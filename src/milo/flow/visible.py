"""The one gate: what model output a person may see. Every read of suggestions asks here; of an item's own content, `veil`.

On a blind item no byte of model output leaves the server, to anyone, in any form. Elsewhere the policy decides per
question: what is "on demand" or "after the first answer" is sent and the page waits, since it must work offline.
"""

from __future__ import annotations

from milo.domain.policy import Policy, Show
from milo.domain.question import Question

SHOWS: tuple[Show, ...] = ("shown", "on_demand", "after_first_answer", "hidden")


def show_for(policy: Policy, question: Question) -> Show:
    """When suggestions for this question are visible: the question's own rule, else the project's; a subjective question's
    own rule is "after the first answer" unless it has another, or the project hides all."""
    for show in SHOWS:
        if question.show == show:
            return show
    if question.subjective and policy.show != "hidden":
        return "after_first_answer"
    return policy.show


def suggestions_leave(blind: bool, show: Show) -> bool:
    """Whether suggestions for a question of an item may leave the server at all for a person at work."""
    return not blind and show != "hidden"

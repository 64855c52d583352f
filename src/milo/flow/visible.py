"""The one gate: what model output a person may see. Every read of suggestions asks here; of an item's own content, `veil`.

On a blind item no byte of model output leaves the server, to anyone, in any form. Elsewhere the policy decides per
question: what is "on demand" or "after the first answer" is sent and the page waits, since it must work offline. For a person
who takes part in a study, the arm decides instead (`Sight`), item by item.
"""

from __future__ import annotations

import msgspec

from milo.domain.policy import Policy, Show
from milo.domain.question import Question
from milo.domain.study import Arm

SHOWS: tuple[Show, ...] = ("shown", "on_demand", "after_first_answer", "hidden")


class Sight(msgspec.Struct, frozen=True):
    """What a study lets one person see of one item: the arm (None: while warming up), whether its suggestion is withheld, and
    the suggestions as they were when the study began (JSON)."""

    arm: Arm | None
    withheld: bool
    offered: bytes

    @property
    def show(self) -> Show:
        """When suggestions are visible."""
        return "hidden" if self.arm is None or self.withheld else self.arm.show

    @property
    def assistant(self) -> bool:
        """Whether the assistant may be asked."""
        return self.arm is not None and self.arm.assistant

    @property
    def judge(self) -> bool:
        """Whether judges may speak."""
        return self.arm is not None and self.arm.judge


def show_for(policy: Policy, question: Question, sight: Sight | None = None) -> Show:
    """When suggestions for this question are visible: as the study says; else the question's own rule, else the project's; a
    subjective question's own rule is "after the first answer" unless it has another, or the project hides all."""
    if sight is not None:
        return sight.show
    for show in SHOWS:
        if question.show == show:
            return show
    if question.subjective and policy.show != "hidden":
        return "after_first_answer"
    return policy.show


def suggestions_leave(blind: bool, show: Show) -> bool:
    """Whether suggestions for a question of an item may leave the server at all for a person at work."""
    return not blind and show != "hidden"

"""CHECK: weave items with a known truth into what people get - gold in hiding, wrong suggestions on purpose, a first round.

What a person gets does not tell them apart: purpose and odds are replaced, and nobody's remarks come with them. Items of the
blind slice are never planted on. The draw is by chance for each item lent, with the shares of the policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from milo.domain.policy import Policy
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow.planting import caught, wrong_value
from milo.flow.ports.checks import CHECKS, GOLD, PLANTED, QUALIFY, ChecksPort, Compared, Offered, Plant, Round
from milo.flow.ports.work import Lease
from milo.flow.visible import show_for
from milo.kinds.task_type import TaskType

_TRIES = 5


class Feedback(msgspec.Struct, frozen=True):
    """One answer of the round beside gold; `agreement` 0..1."""

    item_id: int
    question: str
    given: Any
    gold: Any
    agreement: float


class QualificationView(msgspec.Struct, frozen=True):
    """Where a person stands: `needed` items in a round, `done` of them; `score` once it is decided, `pass_mark` to reach.

    state: none (there is no round), open, passed, failed. `feedback` as far as the policy tells it.
    """

    state: str
    needed: int
    done: int
    round: int
    score: float | None
    pass_mark: float
    feedback: list[Feedback]


class Weaving:
    """Checks for one person in one transaction."""

    def __init__(
        self, port: ChecksPort, task_types: Mapping[str, TaskType], project: Project, user_id: int, now: float
    ) -> None:
        self._port, self._tasks, self._project, self._user, self._now = port, task_types, project, user_id, now
        self._policy: Policy = project.spec.policy
        self._rng = np.random.default_rng([user_id, int(now * 1000)])

    def lend(self, wanted: int) -> list[Lease]:
        """Of the next `wanted` items those that are checks, lent to the person."""
        out: list[Lease] = []
        for _ in range(wanted):
            draw = float(self._rng.random())
            lease = None
            if draw < self._policy.gold_share:
                lease = self._gold(GOLD)
            elif draw < self._policy.gold_share + self._policy.planted_share:
                lease = self._planted()
            if lease is not None:
                out.append(lease)
        return out

    def mixed(self, leases: list[Lease]) -> list[Lease]:
        """The leases with the checks among them at random places."""
        checks = [one for one in leases if one.purpose in CHECKS]
        out = [one for one in leases if one.purpose not in CHECKS]
        for one in checks:
            out.insert(int(self._rng.integers(0, len(out) + 1)), one)
        return out

    def _gold(self, purpose: str) -> Lease | None:
        seed = int(self._rng.integers(2**31))
        found = self._port.gold_for(self._project.id, self._user, unassisted=purpose == QUALIFY, limit=1, seed=seed)
        return self._lent(found[0], purpose) if found else None

    def _lent(self, item: int, purpose: str) -> Lease:
        until = self._now + self._policy.lease_minutes * 60
        ident = self._port.lend(self._project.id, self._user, item, purpose, self._policy.overlap, until, self._now)
        return Lease(ident, item, until, purpose, None)

    def _planted(self) -> Lease | None:
        asked = [q for q in self._project.spec.questions if show_for(self._policy, q) != "hidden"]
        for at in self._rng.permutation(len(asked)).tolist():
            question = asked[at]
            typical = self._port.typical(self._project.id, question.name, int(self._rng.integers(2**31)))
            if not typical:
                continue
            seed = int(self._rng.integers(2**31))
            for item in self._port.plantable(self._project.id, self._user, question.name, _TRIES, seed):
                shown, truth = self._wrong(item, question, typical)
                if shown is not None:
                    lease = self._lent(item, PLANTED)
                    self._port.add_plant(item, self._user, question.name, shown, truth, self._now)
                    return lease
        return None

    def _wrong(self, item: int, question: Question, typical: list[Offered]) -> tuple[Offered | None, Any]:
        """A wrong suggestion for the item: a model's own mistake on it, else one that is made to look like the others."""
        task = self._tasks[question.type]
        truth = self._port.truth(item).values.get(question.name)
        if truth is None:
            return None, None
        own = self._port.offered(item, question.name)
        mistakes = [o for o in own if task.agreement(question, o.value, truth) < 1]
        if mistakes:
            return mistakes[0], truth
        like = typical[int(self._rng.integers(len(typical)))]
        value = wrong_value(question, task, truth, [o.value for o in typical], self._rng)
        if value is None:
            return None, truth
        face = own[0] if own else like
        if face.reason or like.reason:  # a reason cannot be made up, and one that is missing would stand out
            return None, truth
        return msgspec.structs.replace(face, value=value, score=like.score, reason=None), truth

    def qualify(self) -> tuple[str, list[Lease]]:
        """Where the person stands in the qualification, and one more gold item if the round is open and wants one."""
        rules = self._policy.qualification
        if rules.items == 0:
            return "none", []
        found = self._port.rounds(self._project.id, self._user)
        if found is None:
            self._port.begin_round(self._project.id, self._user, 1, self._now)
            found = Round(1, "open", 0, None)
        if found.state != "open":
            return self._after(found), []
        before = (found.round - 1) * rules.items
        held, done = self._port.in_round(self._project.id, self._user)
        if held == 0 and done - before >= rules.items:
            return self._decide(found, before), []
        leases: list[Lease] = []
        if held == 0:
            lease = self._gold(QUALIFY)
            if lease is None:
                return (self._decide(found, before), []) if done > before else ("none", [])
            leases.append(lease)
        return "open", leases

    def _decide(self, found: Round, before: int) -> str:
        rules = self._policy.qualification
        rows = self._feedback(self._port.compared(self._project.id, self._user, before))
        passed_over = max(0, rules.items - len({row.item_id for row in rows}))
        score = sum(row.agreement for row in rows) / max(1, len(rows) + passed_over)
        passed = score >= rules.pass_mark
        decided = Round(found.round, "passed" if passed else "failed", rules.items, score)
        self._port.decide_round(self._project.id, self._user, decided, self._now)
        return self._after(decided)

    def _after(self, found: Round) -> str:
        rules = self._policy.qualification
        if found.state == "failed" and rules.on_fail == "again":
            if self._port.gold_for(self._project.id, self._user, unassisted=True, limit=1, seed=0):
                self._port.begin_round(self._project.id, self._user, found.round + 1, self._now)
                return "open"
            return "failed"
        return "passed" if found.state == "failed" and rules.on_fail == "go_on" else found.state

    def _feedback(self, rows: list[Compared]) -> list[Feedback]:
        out: list[Feedback] = []
        for row in rows:
            question = self._project.schema.get(row.question)
            like = self._tasks[question.type].agreement(question, row.given, row.gold)
            out.append(Feedback(row.item_id, row.question, row.given, row.gold, like))
        return out

    def view(self) -> QualificationView:
        """Where the person stands, as they may see it."""
        rules = self._policy.qualification
        found = self._port.rounds(self._project.id, self._user)
        if rules.items == 0 or found is None:
            return QualificationView("none" if rules.items == 0 else "open", rules.items, 0, 1, None, rules.pass_mark, [])
        before = (found.round - 1) * rules.items
        _, done = self._port.in_round(self._project.id, self._user)
        told = rules.feedback == "each" or (rules.feedback == "end" and found.state != "open")
        rows = self._feedback(self._port.compared(self._project.id, self._user, before)) if told else []
        return QualificationView(
            found.state, rules.items, max(0, min(rules.items, done - before)), found.round, found.score, rules.pass_mark, rows
        )


def judge_plant(
    port: ChecksPort, task_types: Mapping[str, TaskType], project: Project, user_id: int, item_id: int,
    values: dict[str, Any], shown: dict[str, Any], now: float,
) -> None:  # fmt: skip
    """After an answer: did the person catch what was planted? Only the first answer counts, and only if it was on the screen.
    The answer is set apart either way, so that it trains nothing and is never merged."""
    plant = port.plant(item_id, user_id)
    if plant is None or plant.question not in values:
        return
    outcome = None
    if plant.outcome is None:
        question = project.schema.get(plant.question)
        task = task_types[question.type]
        outcome = _outcome(question, task, plant, values[plant.question]) if shown.get(plant.question) else "unseen"
    port.settle_plant(plant, user_id, outcome, now)


def _outcome(question: Question, task: TaskType, plant: Plant, value: Any) -> str:
    canonical = task.check(question, value, None)
    return "caught" if caught(question, task, canonical, plant.shown.value, plant.truth) else "missed"

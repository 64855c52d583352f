"""REVIEW: what a reviewer decides about answers - this one is right, this is right instead, do it again and why.

What is decided becomes gold, which counts before everything else. Gold that was made with a suggestion on somebody's screen
says so (basis "shown") and never tests a model. An answer that is sent back is lent to its author again, with the reason; what
they make of it comes back to review. The last decision on a case can be taken back; everything stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec

from milo.domain.errors import Conflict, Invalid, InvalidValue, NotFound
from milo.domain.item import Item
from milo.domain.project import Project
from milo.domain.shapes import PLACED
from milo.flow.annotate import done_before
from milo.flow.labels import label_text
from milo.flow.ports.work import ANSWERED, LENT, WorkPort
from milo.kinds.task_type import TaskType

Kind = Literal["conflict", "alarm", "error", "sample"]
Choice = Literal["accept", "fix", "return", "skip"]
LEASE_SECONDS = 15 * 60
RETURN_SECONDS = 14 * 24 * 3600
MAX_REASON = 2_000
_SEES_MODEL = ("alarm", "error")
"""Kinds of cases in which the reviewer sees what a model said."""
_encode = msgspec.json.encode


class Case(msgspec.Struct, frozen=True):
    """Something to look at: one question of one item, and why. `worth` orders the cases, the highest first. `purpose`: settle,
    or audit for random samples, whose `odds` are the probability of the draw. `to_user`: whose answer was sent back."""

    id: int
    project_id: int
    item_id: int
    question: str
    kind: str
    state: str
    worth: float
    purpose: str
    odds: float | None
    detail: dict[str, Any]
    decision: str | None
    decided_by: int | None
    decided_at: float | None
    undo: dict[str, Any] | None
    to_user: int | None
    reason: str


class Given(msgspec.Struct, frozen=True):
    """A person's answer to the question of a case. `user_id` None: it came in with the data, by `author`."""

    id: int
    value: Any
    user_id: int | None
    author: str | None
    basis: str
    shown: bytes | None
    created_at: float
    live: bool


class NewCase(msgspec.Struct, frozen=True):
    """A case to be opened."""

    item_id: int
    question: str
    kind: Kind
    worth: float
    detail: dict[str, Any] = {}
    purpose: str = "settle"
    odds: float | None = None


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reviewer decided about a case. accept: `annotation` is right; fix: `value` is right; return: the author of
    `annotation` answers again, for this `reason`; skip: somebody else decides. `op_id` makes it idempotent."""

    op_id: str
    case: int
    decision: Choice
    annotation: int | None = None
    value: Any = None
    reason: str = ""
    events: list[dict[str, Any]] = []


class Undo(msgspec.Struct, frozen=True):
    """Take the decision about a case back."""

    op_id: str
    case: int


class Decided(msgspec.Struct, frozen=True):
    """What became of a decision: the case's state, and the gold annotation that it made."""

    ok: bool
    state: str
    gold: int | None = None


class ReviewPort(Protocol):
    """One transaction's view of the cases."""

    def case(self, ident: int) -> Case | None:
        """A case."""
        ...

    def answers(self, item_id: int, question: str) -> list[Given]:
        """People's live answers to a question of an item."""
        ...

    def answer(self, ident: int) -> tuple[int, str, Given] | None:
        """(item, question, answer) of that id, live or not."""
        ...

    def is_blind(self, item_id: int) -> bool:
        """Whether the item belongs to the blind slice."""
        ...

    def add_gold(
        self, item_id: int, question: str, user_id: int, value: bytes, label: str | None, basis: str, shown: bytes | None,
        origin: dict[str, Any], schema_version: int, now: float,
    ) -> tuple[int, list[int]]:  # fmt: skip
        """Store gold in the place of what gold there is; its id, and the ids of those that no longer hold."""
        ...

    def close(
        self, case: Case, state: str, decision: str, user_id: int, undo: dict[str, Any], now: float, *,
        to_user: int | None = None, reason: str = "",
    ) -> None:  # fmt: skip
        """Note a decision; other open cases of the same question are closed with it, and named in `undo`."""
        ...

    def reopen(self, case: Case) -> None:
        """Open a case again, and those that were closed with it."""
        ...

    def skip(self, case_id: int, user_id: int, now: float) -> None:
        """Do not offer the case to this person again."""
        ...

    def unskip(self, case_id: int, user_id: int) -> None:
        """Offer it again."""
        ...

    def switch(self, annotations: list[int], live: bool) -> None:
        """Make annotations count, or not."""
        ...


def decide(
    port: ReviewPort, work: WorkPort, task_types: Mapping[str, TaskType], project: Project, user_id: int, given: Decision,
    now: float,
) -> Decided:  # fmt: skip
    """Carry out a decision. Raises NotFound, Invalid, InvalidValue, or Conflict where there is nobody to send it back to."""
    case = _case(port, project, given.case)
    earlier = done_before(work, given.op_id, user_id, case.item_id, "review")
    if earlier is not None:
        return msgspec.json.decode(earlier, type=Decided)
    if given.decision == "skip":
        port.skip(case.id, user_id, now)
        outcome = Decided(True, case.state)
    elif given.decision == "return":
        outcome = _send_back(port, work, project, user_id, case, given, now)
    else:
        outcome = _settle(port, work, task_types, project, user_id, case, given, now)
    facts = {"case": case.id, "kind": case.kind, "decision": given.decision, "question": case.question, "gold": outcome.gold}
    if given.decision == "return":
        facts |= {"annotation": given.annotation, "reason": given.reason.strip()[:MAX_REASON]}
    work.log(project.id, case.item_id, user_id, "review", _encode(facts), now)
    if given.events:
        work.log_time(case.item_id, user_id, given.op_id, _encode(given.events), now)
    work.remember(given.op_id, user_id, case.item_id, "review", _encode(outcome), now)
    return outcome


def _settle(
    port: ReviewPort, work: WorkPort, task_types: Mapping[str, TaskType], project: Project, user_id: int, case: Case,
    given: Decision, now: float,
) -> Decided:  # fmt: skip
    question = project.schema.get(case.question)
    task = task_types[question.type]
    source: Given | None = None
    if given.decision == "accept":
        source = _answer(port, case, given.annotation)
    item = Item(case.item_id, project.id, 0, work.content(case.item_id)) if task.shape in PLACED else None
    try:
        value = task.check(question, source.value if source else given.value, item)
    except InvalidValue as error:
        raise InvalidValue(error.message, place="value") from error
    looked_at = port.answers(case.item_id, case.question)
    basis, shown = _basis(case, port.is_blind(case.item_id), source, looked_at)
    origin: dict[str, Any] = {"case": case.id, "kind": case.kind, "decision": given.decision}
    if source:
        origin["of"] = source.id
    label = label_text(task.summary(question, value))
    gold, before = port.add_gold(
        case.item_id, case.question, user_id, _encode(value), label, basis, shown, origin, project.schema_version, now
    )
    port.close(case, "done", given.decision, user_id, {"gold": gold, "before": before}, now)
    return Decided(True, "done", gold)


def _basis(case: Case, blind: bool, source: Given | None, looked_at: list[Given]) -> tuple[str, bytes | None]:
    """How the gold came about: with a suggestion on screen if the reviewer saw a model's word, or any of the answers that
    they chose from was given with one."""
    if blind:
        return "blind", None
    seen = [*looked_at, *([source] if source else [])]
    assisted = case.kind in _SEES_MODEL or any(a.basis in ("shown", "bulk") for a in seen)
    shown = source.shown if source else None
    return ("shown", shown) if assisted else ("unassisted", None)


def _send_back(
    port: ReviewPort, work: WorkPort, project: Project, user_id: int, case: Case, given: Decision, now: float
) -> Decided:
    reason = given.reason.strip()[:MAX_REASON]
    if not reason:
        raise Invalid("Say why the answer is sent back; its author reads it.", place="reason")
    source = _answer(port, case, given.annotation)
    if source.user_id is None:
        raise Conflict("This answer came in with the data; there is nobody here to send it back to.", place="annotation")
    held = work.standing(case.item_id, source.user_id)
    if not source.live or held is None or held.state != ANSWERED:
        raise Conflict("This answer was taken back or changed meanwhile.", place="annotation")
    mine = work.my_answers(case.item_id, source.user_id)
    work.withdraw(case.item_id, source.user_id)
    work.set_assignment(case.item_id, source.user_id, LENT, now + RETURN_SECONDS, now)
    work.settle(project.id, case.item_id, project.spec.policy.overlap, -1, now)
    work.save_draft(case.item_id, source.user_id, _encode({q: value for q, (_, value) in mine.items()}), now)
    undo = {"answers": [ident for ident, _ in mine.values()], "user": source.user_id}
    port.close(case, "returned", "return", user_id, undo, now, to_user=source.user_id, reason=reason)
    return Decided(True, "returned")


def take_back(port: ReviewPort, work: WorkPort, project: Project, user_id: int, given: Undo, now: float) -> Decided:
    """Undo the last decision about a case. Raises Conflict if somebody else made it, or the author has answered again."""
    case = _case(port, project, given.case)
    earlier = done_before(work, given.op_id, user_id, case.item_id, "review.undo")
    if earlier is not None:
        return msgspec.json.decode(earlier, type=Decided)
    if case.decided_by not in (None, user_id):
        raise Conflict("Somebody else decided this meanwhile.", place="case")
    undo = case.undo or {}
    if case.state == "done":
        port.switch([undo["gold"]], False)
        port.switch(undo["before"], True)
        port.reopen(case)
    elif case.state == "returned":
        _call_back(port, work, project, case, undo, now)
    port.unskip(case.id, user_id)
    outcome = Decided(True, "open")
    work.log(project.id, case.item_id, user_id, "review.undo", _encode({"case": case.id}), now)
    work.remember(given.op_id, user_id, case.item_id, "review.undo", _encode(outcome), now)
    return outcome


def _call_back(port: ReviewPort, work: WorkPort, project: Project, case: Case, undo: dict[str, Any], now: float) -> None:
    author = int(undo["user"])
    held = work.standing(case.item_id, author)
    if held is None or held.state == ANSWERED:
        raise Conflict("Its author has answered again already.", place="case")
    port.switch(undo["answers"], True)
    work.set_assignment(case.item_id, author, ANSWERED, now, now)
    work.settle(project.id, case.item_id, project.spec.policy.overlap, 1, now)
    work.drop_draft(case.item_id, author)
    port.reopen(case)


def _case(port: ReviewPort, project: Project, ident: int) -> Case:
    case = port.case(ident) if 0 < ident < 2**63 else None
    if case is None or case.project_id != project.id:
        raise NotFound(f"There is no case {ident} in this project.", place="case")
    return case


def _answer(port: ReviewPort, case: Case, ident: int | None) -> Given:
    if ident is None:
        raise Invalid("Say which answer: `annotation` is missing.", place="annotation")
    found = port.answer(ident) if 0 < ident < 2**63 else None
    if found is None or found[:2] != (case.item_id, case.question):
        raise NotFound(f"There is no answer {ident} to this question.", place="annotation")
    return found[2]

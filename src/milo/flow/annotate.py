"""ANNOTATE: take a person's answers in - checked, idempotent, never refused for being late.

An operation is known by its `op_id`: sent twice, it is done once. An answer from someone whose lease ran out is kept, as
surplus if the item has enough answers by now. Taking an answer back keeps it on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from milo.domain.errors import Conflict, InvalidValue, NotFound
from milo.domain.ids import project_of
from milo.domain.item import Item
from milo.domain.project import Project
from milo.domain.question import Question, is_asked
from milo.domain.shapes import PLACED
from milo.flow.labels import label_text
from milo.flow.ports.work import ANSWERED, ASIDE, EXPIRED, LENT, RELEASED, SKIPPED, STATUS_NAMES, Held, NewAnswer, WorkPort
from milo.flow.visible import Sight
from milo.kinds.task_type import TaskType

_encode = msgspec.json.encode


class Submission(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's answers to one item. `shown` says, by question, which suggestions were on the screen; `accepted` which
    suggestion, if any, the answer was taken from; `events` are raw time events; `op_id` makes it idempotent."""

    op_id: str
    item_id: int
    values: dict[str, Any]
    schema_version: int = 0
    assignment_id: int | None = None
    shown: dict[str, list[dict[str, Any]]] = {}
    accepted: dict[str, int | None] = {}
    keystrokes: int | None = None
    events: list[dict[str, Any]] = []
    client_at: float | None = None
    reopen: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """What became of a submission. `surplus`: the item had enough answers without it; it is kept all the same."""

    ok: bool
    annotations: list[int]
    item_status: str
    surplus: bool


def submit(
    work: WorkPort,
    task_types: Mapping[str, TaskType],
    project: Project,
    user_id: int,
    given: Submission,
    now: float,
    sight: Sight | None = None,
) -> Outcome:
    """Store the answers; `sight`: what a study let the person see. Raises NotFound, or InvalidValue naming the question."""
    earlier = done_before(work, given.op_id, user_id, given.item_id, "answer")
    if earlier is not None:
        return msgspec.json.decode(earlier, type=Outcome)
    held = _standing(work, project, given.item_id, user_id)
    if sight is not None:
        given = msgspec.structs.replace(given, shown=_seen(given, sight))
    answers = _check(work, task_types, project, user_id, given, held)
    again = held.state == ANSWERED
    if again:
        work.withdraw(given.item_id, user_id)
    ids = work.add_answers(given.item_id, user_id, answers, given.op_id, project.schema_version, now)
    surplus = not again and held.state != LENT and held.free <= 0
    named = {answer.question: ident for answer, ident in zip(answers, ids, strict=True)}
    replaced = work.close_draws(project.id, given.item_id, named, now) if held.blind else 0
    work.set_assignment(given.item_id, user_id, ANSWERED, now, now)
    status = work.settle(project.id, given.item_id, project.spec.policy.overlap, (0 if again else 1) - replaced, now)
    work.revised(given.item_id, user_id)
    outcome = Outcome(True, ids, STATUS_NAMES[status], surplus)
    work.drop_draft(given.item_id, user_id)
    work.log(project.id, given.item_id, user_id, "answer", _facts(given, ids, again, surplus), now)
    if given.events:
        work.log_time(given.item_id, user_id, given.op_id, _encode(given.events), now)
    work.remember(given.op_id, user_id, given.item_id, "answer", _encode(outcome), now)
    return outcome


def skip(
    work: WorkPort, project: Project, user_id: int, op_id: str, item_id: int, reason: str, events: list[Any], now: float
) -> Outcome:
    """Pass over an item, saying why; it goes to others, not to this person again."""
    earlier = done_before(work, op_id, user_id, item_id, "skip")
    if earlier is not None:
        return msgspec.json.decode(earlier, type=Outcome)
    held = _standing(work, project, item_id, user_id)
    if held.state == ANSWERED:
        raise Conflict("You have answered this item already. Take the answer back first, then skip it.", place="item_id")
    work.set_assignment(item_id, user_id, SKIPPED, now, now)
    status = work.settle(project.id, item_id, project.spec.policy.overlap, 0, now)
    work.revised(item_id, user_id)
    outcome = Outcome(True, [], STATUS_NAMES[status], False)
    work.log(project.id, item_id, user_id, "skip", _encode({"reason": reason[:2000]}), now)
    if events:
        work.log_time(item_id, user_id, op_id, _encode(events), now)
    work.remember(op_id, user_id, item_id, "skip", _encode(outcome), now)
    return outcome


def unsubmit(work: WorkPort, project: Project, user_id: int, op_id: str, item_id: int, now: float) -> None:
    """Take back my last answer or skip of an item: it is lent to me again, with my answers as a draft."""
    if done_before(work, op_id, user_id, item_id, "unsubmit") is not None:
        return
    held = _standing(work, project, item_id, user_id)
    if held.state not in (ANSWERED, SKIPPED):
        raise Conflict("There is no answer of yours on this item to take back.", place="item_id")
    values = {question: value for question, (_, value) in work.my_answers(item_id, user_id).items()}
    work.withdraw(item_id, user_id)
    until = now + project.spec.policy.lease_minutes * 60
    work.set_assignment(item_id, user_id, LENT, until, now)
    work.settle(project.id, item_id, project.spec.policy.overlap, -1 if held.state == ANSWERED else 0, now)
    if values:
        work.save_draft(item_id, user_id, _encode(values), now)
    work.log(project.id, item_id, user_id, "unsubmit", None, now)
    work.remember(op_id, user_id, item_id, "unsubmit", _encode(Outcome(True, [], "open", False)), now)


def open_item(work: WorkPort, project: Project, user_id: int, item_id: int, now: float) -> Held:
    """Lend one chosen item to a person, even beyond the overlap: who opens an item by hand means it."""
    held = _standing(work, project, item_id, user_id)
    if held.state in (None, EXPIRED, RELEASED, SKIPPED):
        if held.status == ASIDE:
            raise Conflict(
                "This item is set aside for everybody. A manager can take it back on the data page.", place="item_id"
            )
        until = now + project.spec.policy.lease_minutes * 60
        work.set_assignment(item_id, user_id, LENT, until, now, "chosen")
        work.settle(project.id, item_id, project.spec.policy.overlap, 0, None)
    return _standing(work, project, item_id, user_id)


def done_before(work: WorkPort, op_id: str, user_id: int, item_id: int, kind: str) -> bytes | None:
    """The outcome of an operation that was sent before. Raises Conflict if the id stands for something else, so that no answer
    is taken for another one and dropped."""
    if not 8 <= len(op_id) <= 64:
        raise InvalidValue("op_id must be a fresh unique id of 8 to 64 characters, such as a UUID.", place="op_id")
    known = work.known(op_id)
    if known is None:
        return None
    if (known.user_id, known.item_id, known.kind) != (user_id, item_id, kind):
        raise Conflict("This op_id belongs to another operation. Use a fresh one for each.", place="op_id")
    return known.result


def _standing(work: WorkPort, project: Project, item_id: int, user_id: int) -> Held:
    held = work.standing(item_id, user_id) if project_of(item_id) == project.id else None
    if held is None:
        raise NotFound(f"There is no item {item_id} in this project.", place="item_id")
    return held


def _check(
    work: WorkPort,
    task_types: Mapping[str, TaskType],
    project: Project,
    user_id: int,
    given: Submission,
    held: Held,
) -> list[NewAnswer]:
    questions = project.spec.questions
    unknown = sorted(given.values.keys() - {q.name for q in questions})
    if unknown:
        raise InvalidValue(
            f"This project asks no question {', '.join(unknown)}. It may have changed since you opened the item.",
            place=unknown[0],
        )
    item = None
    if any(task_types[q.type].shape in PLACED for q in questions):
        item = Item(given.item_id, project.id, 0, work.content(given.item_id))
    mine = work.my_answers(given.item_id, user_id) if held.state == ANSWERED else {}
    answers: list[NewAnswer] = []
    for question in questions:
        if not is_asked(question, given.values):
            continue
        value = given.values.get(question.name)
        if value is None:
            _refuse_missing(question)
            continue
        answers.append(_answer(task_types[question.type], question, value, item, given, held, mine))
    return answers


def _seen(given: Submission, sight: Sight) -> dict[str, list[dict[str, Any]]]:
    """What was on the screen, without what the arm cannot have shown: a browser may be mistaken, a record must not."""

    def possible(one: dict[str, Any]) -> bool:
        kind = one.get("kind")
        if kind is None:
            return sight.show != "hidden"
        return sight.judge if kind == "judge" else sight.assistant

    kept = {question: [one for one in shown if possible(one)] for question, shown in given.shown.items()}
    return {question: shown for question, shown in kept.items() if shown}


def _refuse_missing(question: Question) -> None:
    if question.required:
        raise InvalidValue(f'"{question.title or question.name}" has no answer yet.', place=f"values.{question.name}")


def _answer(
    task: TaskType,
    question: Question,
    value: Any,
    item: Item | None,
    given: Submission,
    held: Held,
    mine: dict[str, tuple[int, Any]],
) -> NewAnswer:
    try:
        canonical = task.check(question, value, item)
    except InvalidValue as error:
        raise InvalidValue(error.message, place=f"values.{question.name}") from error
    shown = None if held.blind else given.shown.get(question.name)
    basis = "audit" if held.audited else "blind" if held.blind else "shown" if shown else "unassisted"
    return NewAnswer(
        question.name,
        _encode(canonical),
        label_text(task.summary(question, canonical)),
        basis,
        _encode(shown) if shown else None,
        mine[question.name][0] if question.name in mine else None,
    )


def _facts(given: Submission, ids: list[int], again: bool, surplus: bool) -> bytes:
    facts: dict[str, Any] = {"op": given.op_id, "annotations": ids}
    if again:
        facts["replaced"] = True
    if surplus:
        facts["surplus"] = True
    if given.accepted:
        facts["accepted"] = given.accepted
    if given.keystrokes is not None:
        facts["keystrokes"] = given.keystrokes
    if given.client_at is not None:
        facts["client_at"] = given.client_at
    return _encode(facts)

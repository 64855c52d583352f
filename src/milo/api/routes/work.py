"""The annotators' routes: lend, answer, skip, take back, drafts, flags, comments, time events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.work_item import Draft, WorkItem, work_item
from milo.domain.errors import Invalid, MiloError, NotFound
from milo.domain.ids import project_of
from milo.flow import annotate, ask
from milo.flow.annotate import Outcome, Submission
from milo.flow.checks import judge_plant
from milo.infra.lending import Lending
from milo.infra.sql.checks import ChecksSql
from milo.infra.sql.database import ANSWERS, Connection
from milo.infra.sql.look import CommentView, Look, NotesSql
from milo.infra.sql.work import WorkSql

_MAX_BATCH = 500


class QueueQuery(msgspec.Struct):
    """`n` items in all; `have`: ids the browser holds already, by comma; `source`: whose suggestions."""

    n: int = 5
    have: str = ""
    source: str | None = None


class SourceQuery(msgspec.Struct):
    """`source`: the predictor or workflow whose suggestions are wanted."""

    source: str | None = None


class Batch(msgspec.Struct):
    """Several submissions at once, as a browser sends that was offline."""

    submissions: list[Submission]


class BatchLine(msgspec.Struct):
    """What became of one of them."""

    op_id: str
    ok: bool
    outcome: Outcome | None = None
    error: dict[str, Any] | None = None


class BatchReply(msgspec.Struct):
    """One line per submission, in order."""

    results: list[BatchLine]


class Skip(msgspec.Struct):
    """Pass over an item, and why."""

    op_id: str
    item_id: int
    reason: str = ""
    events: list[dict[str, Any]] = []


class TakeBack(msgspec.Struct):
    """Take the answer or skip of an item back."""

    op_id: str
    item_id: int


class Flag(msgspec.Struct):
    """Mark an item for somebody's attention, or unmark it."""

    flagged: bool
    text: str = ""


class NewComment(msgspec.Struct):
    """A remark, 1 to 10,000 characters."""

    text: str


class Holding(msgspec.Struct):
    """Items that the browser still holds."""

    item_ids: list[int]


class Until(msgspec.Struct):
    """The time until which the items stay lent."""

    until: float
    kept: list[int]


class Telemetry(msgspec.Struct):
    """Raw time events, kept as they are."""

    events: list[dict[str, Any]]


class Rejection(msgspec.Struct):
    """A suggestion the person said no to."""

    op_id: str
    reason: str = ""


class Done(msgspec.Struct):
    """It was done."""

    ok: bool = True


@endpoint("GET", "/projects/{p}/queue", "work.lease", query=QueueQuery, reply=list[WorkItem])
async def lease_items(call: Call) -> list[WorkItem]:
    """Lend the caller the next items: `n` in all, of which they hold `have`; only the new ones are returned."""
    project = call.workspace.projects.get(call.project_id)
    have = _ids(call.query.have)
    n = max(0, min(call.query.n, ask.MAX_LEASES))

    def lend(c: Connection) -> list[WorkItem]:
        policy, now = project.spec.policy, call.workspace.clock()
        part = call.workspace.studies.part(c, project.id, call.actor.user_id)
        if part is not None:
            leases = ask.lease_block(WorkSql(c, call.workspace.hints), part, project.id, policy, n, have, now)
        else:
            lending = Lending(c, call.workspace, project, call.actor.user_id)
            leases = lending.next(n, have, checked=not call.may("quality.view"))
        return [work_item(c, call, project, lease, call.query.source) for lease in leases]

    return await asyncio.wrap_future(call.workspace.db.write_later(lend, ANSWERS))


@endpoint("GET", "/projects/{p}/items/{i}/work", "work.lease", query=SourceQuery, reply=WorkItem)
def open_work_item(call: Call) -> WorkItem:
    """Open one chosen item to label it: it is lent to the caller."""
    project = call.workspace.projects.get(call.project_id)
    item_id = call.params["i"]

    def open_it(c: Connection) -> WorkItem:
        call.workspace.studies.gate(c, project.id, call.actor.user_id, item_id)
        annotate.open_item(WorkSql(c), project, call.actor.user_id, item_id, call.workspace.clock())
        return work_item(c, call, project, None, call.query.source, item_id)

    return call.workspace.db.write(open_it, ANSWERS)


@endpoint("POST", "/projects/{p}/answers", "work.submit", body=Submission, reply=Outcome)
async def submit_answer(call: Call) -> Outcome:
    """Store one person's answers to one item. Safe to repeat: the same `op_id` is done once."""
    outcome = await asyncio.wrap_future(call.workspace.db.write_later(_submit(call, call.body), ANSWERS))
    _tell(call, 1)
    call.workspace.judging.answered(call.project_id, call.body.item_id, call.actor.user_id)
    return outcome


@endpoint("POST", "/projects/{p}/answers/batch", "work.submit", body=Batch, reply=BatchReply)
async def submit_answers(call: Call) -> BatchReply:
    """Store several submissions; each is judged alone, a refused one does not hold up the others."""
    if len(call.body.submissions) > _MAX_BATCH:
        raise Invalid(f"At most {_MAX_BATCH} submissions at once.", place="submissions")
    waiting = [call.workspace.db.write_later(_submit(call, s), ANSWERS) for s in call.body.submissions]
    lines: list[BatchLine] = []
    for given, future in zip(call.body.submissions, waiting, strict=True):
        try:
            lines.append(BatchLine(given.op_id, True, await asyncio.wrap_future(future)))
            call.workspace.judging.answered(call.project_id, given.item_id, call.actor.user_id)
        except MiloError as error:
            detail = {"code": type(error).__name__, "message": error.message, "place": error.place}
            lines.append(BatchLine(given.op_id, False, None, detail))
    _tell(call, len(lines))
    return BatchReply(lines)


@endpoint("POST", "/projects/{p}/skip", "work.submit", body=Skip, reply=Outcome)
def skip_item(call: Call) -> Outcome:
    """Pass over an item; it is not offered to the caller again."""
    project = call.workspace.projects.get(call.project_id)
    given: Skip = call.body

    def pass_over(c: Connection) -> Outcome:
        call.workspace.studies.answering(c, project.id, call.actor.user_id, given.item_id)
        return annotate.skip(
            WorkSql(c), project, call.actor.user_id, given.op_id, given.item_id, given.reason, given.events,
            call.workspace.clock(),
        )  # fmt: skip

    outcome = call.workspace.db.write(pass_over, ANSWERS)
    _tell(call, 0)
    return outcome


@endpoint("POST", "/projects/{p}/unsubmit", "work.submit", body=TakeBack, reply=WorkItem)
def unsubmit_item(call: Call) -> WorkItem:
    """Take the caller's last answer (or skip) of an item back; it is lent to them again, with the answer as a draft."""
    project = call.workspace.projects.get(call.project_id)
    given: TakeBack = call.body

    def take_back(c: Connection) -> WorkItem:
        annotate.unsubmit(WorkSql(c), project, call.actor.user_id, given.op_id, given.item_id, call.workspace.clock())
        return work_item(c, call, project, None, None, given.item_id)

    result = call.workspace.db.write(take_back, ANSWERS)
    _tell(call, 0)
    return result


@endpoint("PUT", "/projects/{p}/items/{i}/draft", "work.submit", body=Draft, reply=Done)
def save_draft(call: Call) -> Done:
    """Keep the caller's unfinished answer; it comes back with the item."""
    values = msgspec.json.encode(call.body.values)
    if len(values) > 4_000_000:
        raise Invalid("The draft is larger than 4 MB.", place="values")
    _own_item(call)
    call.workspace.db.write(
        lambda c: WorkSql(c).save_draft(call.params["i"], call.actor.user_id, values, call.workspace.clock()), ANSWERS
    )
    return Done()


@endpoint("DELETE", "/projects/{p}/items/{i}/draft", "work.submit", reply=Done)
def drop_draft(call: Call) -> Done:
    """Forget the caller's unfinished answer."""
    _own_item(call)
    call.workspace.db.write(lambda c: WorkSql(c).drop_draft(call.params["i"], call.actor.user_id), ANSWERS)
    return Done()


@endpoint("POST", "/projects/{p}/items/{i}/flag", "work.comment", body=Flag, reply=Done)
def flag_item(call: Call) -> Done:
    """Mark an item for attention (with a comment, if one is given), or take the mark off."""
    _own_item(call)
    item_id, given = call.params["i"], call.body

    def change(c: Connection) -> None:
        NotesSql(c).flag(call.project_id, item_id, given.flagged)
        if given.text.strip():
            NotesSql(c).comment(item_id, call.actor.user_id, given.text.strip()[:10_000], call.workspace.clock())
        WorkSql(c).log(
            call.project_id, item_id, call.actor.user_id, "flag", msgspec.json.encode({"flagged": given.flagged}),
            call.workspace.clock(),
        )  # fmt: skip

    call.workspace.db.write(change)
    _tell(call, 0)
    return Done()


@endpoint("GET", "/projects/{p}/items/{i}/comments", "item.view", reply=list[CommentView])
def list_comments(call: Call) -> list[CommentView]:
    """All comments on an item, oldest first; none for who has the item in a study."""
    _own_item(call)
    item_id, user_id, studies = call.params["i"], call.actor.user_id, call.workspace.studies

    def look(c: Connection) -> list[CommentView]:
        hidden = studies.sight(c, call.project_id, user_id, item_id) is not None
        return [] if hidden else Look(c).comments(item_id)

    return call.workspace.db.read(look)


@endpoint("POST", "/projects/{p}/items/{i}/comments", "work.comment", body=NewComment, reply=CommentView)
def add_comment(call: Call) -> CommentView:
    """Leave a remark on an item."""
    _own_item(call)
    text = call.body.text.strip()
    if not 1 <= len(text) <= 10_000:
        raise Invalid("A comment has 1 to 10,000 characters.", place="text")
    now = call.workspace.clock()
    ident = call.workspace.db.write(lambda c: NotesSql(c).comment(call.params["i"], call.actor.user_id, text, now))
    return CommentView(ident, call.params["i"], call.actor.login, text, now)


@endpoint("POST", "/projects/{p}/heartbeat", "work.lease", body=Holding, reply=Until)
def heartbeat(call: Call) -> Until:
    """Prolong the caller's leases of these items."""
    minutes = call.workspace.projects.get(call.project_id).spec.policy.lease_minutes
    until = call.workspace.clock() + minutes * 60
    mine = [i for i in call.body.item_ids[: ask.MAX_LEASES] if project_of(i) == call.project_id]
    kept = call.workspace.db.write(lambda c: WorkSql(c).renew(call.actor.user_id, mine, until), ANSWERS)
    return Until(until, kept)


@endpoint("POST", "/projects/{p}/telemetry", "work.submit", body=Telemetry, reply=Done)
def add_telemetry(call: Call) -> Done:
    """Store raw time events that belong to no submission."""
    events = msgspec.json.encode(call.body.events)
    if len(events) > 1_000_000:
        raise Invalid("More than 1 MB of events at once.", place="events")
    call.workspace.db.write(lambda c: WorkSql(c).log_time(None, call.actor.user_id, None, events, call.workspace.clock()))
    return Done()


@endpoint("POST", "/projects/{p}/suggestions/{s}/reject", "work.submit", body=Rejection, reply=Done)
def reject_suggestion(call: Call) -> Done:
    """Record that the caller said no to a suggestion."""
    data = msgspec.json.encode({"suggestion": call.params["s"], "reason": call.body.reason[:2000]})
    op_id, user_id, now = call.body.op_id, call.actor.user_id, call.workspace.clock()

    def change(c: Connection) -> None:
        work = WorkSql(c)
        if annotate.done_before(work, op_id, user_id, 0, "reject") is None:
            work.log(call.project_id, None, user_id, "suggestion.rejected", data, now)
            work.remember(op_id, user_id, 0, "reject", b"{}", now)

    call.workspace.db.write(change)
    return Done()


def _submit(call: Call, given: Submission) -> Callable[[Connection], Outcome]:
    workspace = call.workspace
    project = workspace.projects.get(call.project_id)

    def change(c: Connection) -> Outcome:
        now, user_id = workspace.clock(), call.actor.user_id
        sight = workspace.studies.answering(c, project.id, user_id, given.item_id)
        outcome = annotate.submit(WorkSql(c), workspace.task_types, project, user_id, given, now, sight)
        judge_plant(ChecksSql(c), workspace.task_types, project, user_id, given.item_id, given.values, given.shown, now)
        return outcome

    return change


def _own_item(call: Call) -> None:
    if project_of(call.params["i"]) != call.project_id or call.workspace.db.read(
        lambda c: WorkSql(c).standing(call.params["i"], call.actor.user_id) is None
    ):
        raise NotFound(f"There is no item {call.params['i']} in this project.", place="i")


def _tell(call: Call, answers: int) -> None:
    call.workspace.bus.publish(call.project_id, "counts")
    if answers:
        call.workspace.loop_models.answered(call.project_id, answers)


def _ids(text: str) -> list[int]:
    parts = [p for p in text.split(",") if p]
    if any(not p.isdecimal() or len(p) > 16 for p in parts) or len(parts) > 200:
        raise Invalid('"have" lists item ids separated by commas.', place="have")
    return [int(p) for p in parts]

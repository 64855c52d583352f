"""Candidates that connected models write while people work: have them made, write on, and see what each model took."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Conflict, Forbidden, NotFound
from milo.domain.ids import project_of
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow.ports.work import ANSWERED, LENT, Held
from milo.flow.veil import Veil
from milo.infra.contesting import Standing, StateName
from milo.infra.sql.contest import ContestSql, WriterStanding
from milo.infra.sql.work import WorkSql

_MOST_SECONDS = 25.0


class WantedCandidates(msgspec.Struct):
    """Whose candidates. `wait`: so many seconds before "making" is answered, 25 at most; ask again to go on waiting."""

    question: str
    wait: float = 20.0


class FollowUp(msgspec.Struct):
    """What a person writes on, to which all models answer again."""

    question: str
    text: str
    wait: float = 20.0


class CandidatesView(msgspec.Struct):
    """How far the candidates are: ready, making, failed (trying again may help), refused (a rule or the set-up says no) or
    spent (a budget is used up). `entries`: the value of the question's field, as the caller may see it. `follow_ups`: how many
    more may be written. `message` names no model; `detail` does, and is told to those who may see models."""

    state: StateName
    field: str
    entries: list[Any]
    turns: int = 0
    follow_ups: int = 0
    message: str = ""
    detail: str = ""
    place: str | None = None


@endpoint("POST", "/projects/{p}/items/{i}/candidates", "work.submit", body=WantedCandidates, reply=CandidatesView)
async def make_candidates(call: Call) -> CandidatesView:
    """Have the candidates of an item made that is lent to the caller, and wait for them. Those that are there are not asked for
    again, whoever asks and however often."""
    project, question = await _begin(call)
    work = call.workspace.contesting.start(project, question, call.params["i"], call.actor.user_id)
    return await _wait(call, project, question, work, call.body.wait)


@endpoint("POST", "/projects/{p}/items/{i}/candidates/follow-up", "work.submit", body=FollowUp, reply=CandidatesView)
async def write_follow_up(call: Call) -> CandidatesView:
    """Write on: every model gets these words after its own answer, and answers again. Raises Conflict where somebody has
    compared the answers already, has the item in hand, or no more may be written."""
    project, question = await _begin(call)
    work = call.workspace.contesting.start(project, question, call.params["i"], call.actor.user_id, call.body.text)
    return await _wait(call, project, question, work, call.body.wait)


@endpoint("GET", "/projects/{p}/candidates", "model.view", reply=dict[str, list[WriterStanding]])
def list_writers(call: Call) -> dict[str, list[WriterStanding]]:
    """What each model wrote and took, by question with live candidates."""
    spec = call.workspace.projects.get(call.project_id).spec
    names = [q.name for q in spec.questions if q.config.get("live") is not None]
    return {name: call.workspace.db.read(lambda c, n=name: ContestSql(c).standing(call.project_id, n)) for name in names}


async def _begin(call: Call) -> tuple[Project, Question]:
    """Raises NotFound, Forbidden unless the item is the caller's or they may see all, Conflict where nothing is made live."""
    item_id, user_id = call.params["i"], call.actor.user_id
    held: Held | None = None
    if project_of(item_id) == call.project_id:
        held = await asyncio.wrap_future(call.workspace.db.read_later(lambda c: WorkSql(c).standing(item_id, user_id)))
    if held is None:
        raise NotFound(f"There is no item {item_id} in this project.", place="i")
    if held.state not in (LENT, ANSWERED) and not call.may("item.list"):
        raise Forbidden("Answers are made for items that are lent to you. Open the item first.")
    project = call.workspace.projects.get(call.project_id)
    question = project.schema.get(call.body.question)
    if question.config.get("live") is None:
        raise Conflict(f'The answers that "{question.name}" compares come with the data; none are made.', place="question")
    return project, question


async def _wait(call: Call, project: Project, question: Question, work: Future[Standing], seconds: float) -> CandidatesView:
    """The outcome, or "making" if it takes longer. What was begun goes on in any case."""
    waiting = asyncio.wrap_future(work)
    done, _ = await asyncio.wait({waiting}, timeout=min(max(0.0, seconds), _MOST_SECONDS))
    if not done:
        waiting.add_done_callback(lambda future: future.cancelled() or future.exception())
        return CandidatesView("making", question.field or "", [])
    found = waiting.result()
    entries = await asyncio.wrap_future(call.workspace.db.read_later(lambda c: ContestSql(c).content(call.params["i"])))
    seen = Veil(project.spec).content(entries or {}).get(question.field or "") or []
    detail = found.detail if call.may("model.view") else ""
    return CandidatesView(
        found.state, question.field or "", seen if found.state == "ready" else [], found.turns, found.follow_ups, found.message,
        detail, found.place,
    )  # fmt: skip

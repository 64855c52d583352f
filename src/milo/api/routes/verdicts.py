"""What judges say: live advice before an answer is submitted, comparisons, the list of verdicts, and what was done with
them."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.explicit import explicit
from milo.api.routes.judges import row_of
from milo.domain.errors import Conflict, Invalid, NotFound
from milo.domain.ids import project_of
from milo.domain.item import Item
from milo.domain.verdict import Response, Verdict
from milo.infra.judging import Bench
from milo.infra.sql.database import Connection
from milo.infra.sql.look import Look
from milo.infra.sql.verdicts import NewVerdict, VerdictRow, VerdictsSql
from milo.infra.sql.work import WorkSql
from milo.kinds.asking import Judged

if TYPE_CHECKING:
    FullVerdict = Any
else:
    FullVerdict = explicit(Verdict, "Verdict")
_PAGE = 200
_LOOK_SECONDS = 0.2
_TELLS = (
    "model", "proposal", "quotes_not_found", "disagreement", "members", "failed", "consistent", "first_probability", "forward",
    "swapped", "reasons",
)  # fmt: skip


class ToReview(msgspec.Struct):
    """An answer that is not submitted yet."""

    item_id: int
    question: str
    value: Any


class ToCompare(msgspec.Struct):
    """Two answers to the same question about an item."""

    item_id: int
    value: Any
    other: Any


class VerdictView(msgspec.Struct):
    """A verdict as clients see it."""

    id: int
    item_id: int
    question: str
    judge_id: int | None
    annotation_id: int | None
    rubric_id: int
    mode: str
    verdict: FullVerdict
    response: Response
    created_at: float


class Advice(msgspec.Struct):
    """Live advice. `available` false: there is none for this item, for no reason that it would tell."""

    available: bool
    verdict: VerdictView | None = None


class AdviceResponse(msgspec.Struct):
    """What the annotator did with advice: dismissed it, or took the proposal."""

    response: Response


class VerdictQuery(msgspec.Struct):
    """Which verdicts: of a judge, of an item, passed or not (1 or 0), by response; `before`: older than this id."""

    judge: int | None = None
    item: int | None = None
    passed: bool | None = None
    response: str | None = None
    before: int | None = None
    limit: int = 50


@endpoint("POST", "/projects/{p}/judges/{j}/review", "work.submit", body=ToReview, reply=Advice)
async def review_live(call: Call) -> Advice:
    """Advice on an answer before it is submitted. Closing the request ends the call of the model."""
    given: ToReview = call.body
    pool = asyncio.get_running_loop()
    prepared = await pool.run_in_executor(call.workspace.db.pool, _prepare, call, given)
    if prepared is None:
        return Advice(False)
    bench, judged = prepared
    found = await _waiting(call, await _started(call, bench, given.item_id, judged))
    new = NewVerdict(
        call.project_id, given.item_id, given.question, judged.value, bench.rubric.id, "live", found, judge_id=bench.row.id,
        for_user=call.actor.user_id,
    )  # fmt: skip
    return Advice(True, await pool.run_in_executor(call.workspace.db.pool, _keep, call, new))


@endpoint("POST", "/projects/{p}/judges/{j}/compare", "quality.view", body=ToCompare, reply=Advice)
async def compare_answers(call: Call) -> Advice:
    """Which of two answers is better, asked in both orders."""
    given: ToCompare = call.body
    pool = asyncio.get_running_loop()
    bench = await pool.run_in_executor(call.workspace.db.pool, _pairing, call)
    first = ToReview(given.item_id, bench.row.question, given.value)
    second = ToReview(given.item_id, bench.row.question, given.other)
    pair = [await pool.run_in_executor(call.workspace.db.pool, _checked, call, one) for one in (first, second)]
    if pair[0] is None or pair[1] is None:
        return Advice(False)
    judged = Judged(pair[0].value, pair[1].value)
    found = await _waiting(call, await _started(call, bench, given.item_id, judged))
    new = NewVerdict(
        call.project_id, given.item_id, bench.row.question, judged.value, bench.rubric.id, "pairwise", found,
        judge_id=bench.row.id,
    )  # fmt: skip
    return Advice(True, await pool.run_in_executor(call.workspace.db.pool, _keep, call, new))


@endpoint("GET", "/projects/{p}/verdicts", "quality.view", query=VerdictQuery, reply=list[VerdictView])
def list_verdicts(call: Call) -> list[VerdictView]:
    """What judges said, newest first; nothing about answers that wait for their audit."""
    asked: VerdictQuery = call.query
    rows = call.workspace.db.read(
        lambda c: VerdictsSql(c).page(
            call.project_id, judge_id=asked.judge, item_id=asked.item, passed=asked.passed, response=asked.response,
            before=asked.before, limit=max(1, min(asked.limit, _PAGE)),
        )
    )  # fmt: skip
    return [_told(row) for row in rows]


@endpoint("POST", "/projects/{p}/verdicts/{v}/respond", "work.submit", body=AdviceResponse, reply=VerdictView)
def respond_to_verdict(call: Call) -> VerdictView:
    """Say what became of live advice that was given to the caller: dismissed, or taken as proposed."""
    if call.body.response not in ("dismissed", "taken"):
        raise Invalid('The response is "dismissed" or "taken"; what was changed is seen from the answer.', place="response")

    def change(c: Connection) -> VerdictRow:
        row = VerdictsSql(c).get(call.params["v"])
        if row is None or row.project_id != call.project_id or row.for_user != call.actor.user_id:
            raise NotFound(f"There is no advice {call.params['v']} for you in this project.", place="v")
        now = call.workspace.clock()
        VerdictsSql(c).respond(row.id, call.body.response, row.response_info, now)
        told = msgspec.json.encode({"verdict": row.id, "judge": row.judge_id})
        WorkSql(c).log(call.project_id, row.item_id, call.actor.user_id, f"advice.{call.body.response}", told, now)
        return msgspec.structs.replace(row, response=call.body.response)

    return _told(call.workspace.db.write(change))


async def _started(call: Call, bench: Bench, item_id: int, judged: Judged) -> Future[Verdict]:
    workspace, user = call.workspace, call.actor.user_id
    running = asyncio.get_running_loop().run_in_executor(
        workspace.db.pool, workspace.judging.start, bench, item_id, judged, user
    )
    return await running


async def _waiting(call: Call, future: Future[Verdict]) -> Verdict:
    """The verdict, unless the caller goes away, which ends the call of the model."""
    waiting = asyncio.wrap_future(future)
    try:
        while True:
            done, _ = await asyncio.wait([waiting], timeout=_LOOK_SECONDS)
            if done:
                return waiting.result()
            if await call.request.is_disconnected():
                future.cancel()
                raise Conflict("The review was stopped.")
    except (asyncio.CancelledError, CancelledError):
        future.cancel()
        raise


def _prepare(call: Call, given: ToReview) -> tuple[Bench, Judged] | None:
    row = row_of(call, call.params["j"])
    if row.live == "off" or not row.enabled:
        raise Conflict(f'"{row.name}" gives no live advice.', place="j")
    if given.question != row.question:
        raise Invalid(f'"{row.name}" judges the question "{row.question}".', place="question")
    project = call.workspace.projects.get(call.project_id)
    user = call.actor.user_id
    sight = call.workspace.db.read(lambda c: call.workspace.studies.gate(c, project.id, user, given.item_id))
    judged = None if sight is not None and not sight.judge else _checked(call, given)
    return None if judged is None else (call.workspace.judging.bench(project, row), judged)


def _checked(call: Call, given: ToReview) -> Judged | None:
    """The value in canonical form, with who suggested on this item; None for an item of which no model may speak."""
    project = call.workspace.projects.get(call.project_id)
    question = project.schema.get(given.question)
    found = call.workspace.db.read(lambda c: Look(c).item(given.item_id)) if project_of(given.item_id) == project.id else None
    if found is None:
        raise NotFound(f"There is no item {given.item_id} in this project.", place="item_id")
    if found[1]:
        return None
    item = Item(given.item_id, project.id, 0, msgspec.json.decode(found[0].data))
    value = call.workspace.task_types[question.type].check(question, given.value, item)
    offered = call.workspace.db.read(lambda c: Look(c).suggestions(given.item_id))
    sources = {s.source for s in offered if s.question == question.name}
    return Judged(value, suggested_by=call.workspace.judging.speakers(project, sources))


def _pairing(call: Call) -> Bench:
    row = row_of(call, call.params["j"])
    if not call.workspace.registry.judges.get(row.plugin).compares:
        raise Conflict(f'"{row.name}" judges one answer at a time.', place="j")
    return call.workspace.judging.bench(call.workspace.projects.get(call.project_id), row)


def _keep(call: Call, new: NewVerdict) -> VerdictView:
    ident = call.workspace.db.write(lambda c: VerdictsSql(c).add(new, call.workspace.clock()))
    row = call.workspace.db.read(lambda c: VerdictsSql(c).get(ident))
    assert row is not None
    return _told(row)


def _told(row: VerdictRow) -> VerdictView:
    """Without the marks that are ours."""
    info = {name: row.verdict.info[name] for name in _TELLS if name in row.verdict.info}
    told = msgspec.convert(msgspec.structs.replace(row.verdict, info=info), FullVerdict, from_attributes=True)
    return VerdictView(
        row.id, row.item_id, row.question, row.judge_id, row.annotation_id, row.rubric_id, row.mode,
        told, row.response, row.created_at,
    )  # fmt: skip

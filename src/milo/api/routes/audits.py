"""Auditing a judge: people rate a random sample of answers by the same rubric, without seeing what it said; and the report."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.judges import row_of
from milo.api.routes.rubrics import FullRubric, full_rubric
from milo.domain.errors import Conflict, NotFound
from milo.domain.rubric import rated
from milo.flow.judge_report import NEEDED, AdviceCounts, JudgeReport, Response, Seen, count_advice, report
from milo.infra.sql.database import Connection
from milo.infra.sql.judges import AuditSql, JudgeRow, PickRow
from milo.infra.sql.look import ItemView, Look
from milo.infra.sql.rubrics import RubricRow, RubricsSql
from milo.infra.sql.verdicts import NewVerdict, VerdictRow, VerdictsSql
from milo.infra.sql.work import WorkSql

_AT_ONCE = 10
_MOST_NOTE = 2_000


class AuditTask(msgspec.Struct):
    """An answer to rate. `pick` null: there is nothing to rate now, and `why` says so. Who answered, and what the judge said,
    is left out. `needed`: about how many ratings it takes until the judge counts as tested."""

    pick: int | None
    rated: int
    needed: int
    question: str
    rubric: FullRubric
    rubric_version: int
    item: ItemView | None = None
    value: Any = None
    why: str = ""


class AuditRating(msgspec.Struct):
    """Scores by criterion for one pick, and a note."""

    pick: int
    scores: dict[str, int]
    note: str = ""


@endpoint("POST", "/projects/{p}/judges/{j}/audit/next", "quality.audit", reply=AuditTask)
def next_audit(call: Call) -> AuditTask:
    """The next answer for the caller to rate. Answers are drawn at random, each with the same odds, which are kept."""
    row = row_of(call, call.params["j"])
    if call.workspace.registry.judges.get(row.plugin).compares:
        raise Conflict("Audits are for judges of single answers; comparisons are checked by their order.", place="j")
    rubric = _rubric(call, row)

    def take(c: Connection) -> AuditTask:
        audits = AuditSql(c)
        pick = audits.waiting(row, call.actor.user_id)
        if pick is None and _draw(audits, row, call.workspace.clock()):
            pick = audits.waiting(row, call.actor.user_id)
        task = AuditTask(
            None, audits.counts(row.id, rubric.id)[0], NEEDED, row.question, full_rubric(rubric.rubric), rubric.version
        )
        found = Look(c).item(pick.item_id) if pick else None
        if pick is None or found is None:
            task.why = "Every answer that can be audited was drawn, or is your own."
            return task
        task.pick, task.item, task.value = pick.id, found[0], pick.value
        return task

    return call.workspace.db.write(take)


@endpoint("POST", "/projects/{p}/judges/{j}/audit", "quality.audit", body=AuditRating, reply=AuditTask)
def rate_answer(call: Call) -> AuditTask:
    """Store the caller's rating of a pick; the next one comes back."""
    given: AuditRating = call.body
    row = row_of(call, call.params["j"])
    rubric = _rubric(call, row)
    verdict = rated(rubric.rubric, given.scores, given.note.strip()[:_MOST_NOTE])

    def store(c: Connection) -> None:
        pick = _open_pick(AuditSql(c), row, given.pick, call.actor.user_id)
        now = call.workspace.clock()
        new = NewVerdict(
            call.project_id, pick.item_id, row.question, pick.value, rubric.id, "audit", verdict,
            annotation_id=pick.annotation_id, user_id=call.actor.user_id, odds=pick.odds,
        )  # fmt: skip
        ident = VerdictsSql(c).add(new, now)
        AuditSql(c).rate(pick.id, call.actor.user_id, ident)
        told = msgspec.json.encode({"judge": row.id, "verdict": ident})
        WorkSql(c).log(call.project_id, pick.item_id, call.actor.user_id, "audit", told, now)

    call.workspace.db.write(store)
    return next_audit(call)


@endpoint("GET", "/projects/{p}/judges/{j}/report", "quality.view", reply=JudgeReport)
def get_judge_report(call: Call) -> JudgeReport:
    """How far the judge can be believed in this project: agreement with auditors, the worth of its alarms, its leanings, and
    the pass rate once its errors are known. Each figure has its interval."""
    row = row_of(call, call.params["j"])
    rubric = _rubric(call, row)

    def look(c: Connection) -> JudgeReport:
        verdicts = VerdictsSql(c)
        compares = call.workspace.registry.judges.get(row.plugin).compares
        seen = [Seen(p.judge, p.auditor, p.odds, _length(p.value)) for p in verdicts.pairs(row)]
        orders = verdicts.pairwise(row) if compares else []
        return report(
            rubric.rubric,
            seen,
            verdicts.tally(row),
            AuditSql(c).counts(row.id, rubric.id)[0],
            orders,
            _advice(call, row, verdicts),
        )

    return call.workspace.db.read(look)


def _advice(call: Call, row: JudgeRow, verdicts: VerdictsSql) -> AdviceCounts:
    given = list(verdicts.advice(row))
    gold = verdicts.gold(row.question, [r.item_id for r in given if r.response in ("taken", "changed")])
    question = call.workspace.projects.get(call.project_id).schema.get(row.question)
    task = call.workspace.task_types[question.type]
    return count_advice([_response(r, gold) for r in given], lambda a, b: task.agreement(question, a, b))


def _response(row: VerdictRow, gold: dict[int, Any]) -> Response:
    info = row.response_info
    return Response(not row.verdict.passed, row.response, info.get("before"), info.get("after"), gold.get(row.item_id))


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(msgspec.json.encode(value))


def _draw(audits: AuditSql, row: JudgeRow, now: float) -> int:
    """Draw some more answers, each with the same odds; how many."""
    pool = audits.pool(row)
    if not pool:
        return 0
    n = min(_AT_ONCE, len(pool))
    audits.draw(row, random.SystemRandom().sample(pool, n), n / len(pool), now)
    return n


def _open_pick(audits: AuditSql, row: JudgeRow, ident: int, user_id: int) -> PickRow:
    found = audits.pick(ident)
    if found is None or found[0].judge_id != row.id:
        raise NotFound(f"There is no pick {ident} of this judge.", place="pick")
    pick, verdict_id, author = found
    if verdict_id is not None:
        raise Conflict("This answer was rated meanwhile.", place="pick")
    if author == user_id:
        raise Conflict("This is your own answer; somebody else rates it.", place="pick")
    return pick


def _rubric(call: Call, row: JudgeRow) -> RubricRow:
    found = call.workspace.db.read(lambda c: RubricsSql(c).find(call.project_id, row.rubric, row.rubric_version))
    if found is None:
        raise NotFound(f'There is no rubric "{row.rubric}" in version {row.rubric_version}.', place="rubric")
    return found

"""Review: what waits for a reviewer, answers side by side, decisions, random samples, undo."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Invalid, NotFound
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow import review
from milo.flow.differing import Unlike, bare, differences, paths
from milo.flow.resolve import mean_agreement
from milo.flow.review import Case, Decided, Decision, Given, Undo
from milo.infra.sql.database import ANSWERS, Connection
from milo.infra.sql.look import CommentView, ItemView, Look, veiled
from milo.infra.sql.resolutions import ResolutionsSql
from milo.infra.sql.reviews import ReviewSql
from milo.infra.sql.work import WorkSql

CaseKind = Literal["conflict", "alarm", "error", "sample", "revised"]
_MOST = 20
_PAGE = 200


class GivenView(msgspec.Struct):
    """One of the answers to choose from. `author` null: the project hides who answered. `assisted`: a suggestion was on the
    screen. `mine`: the caller gave it. `returnable`: it can be sent back to its author. `different`: its parts that not all of
    the answers have, as the task type sees it (null: the value has no parts)."""

    id: int
    value: Any
    author: str | None
    mine: bool
    assisted: bool
    returnable: bool
    created_at: float
    different: list[Unlike] | None


class TogetherView(msgspec.Struct):
    """What the answers come to together. `certainty` 0..1; `by`: merge, or the aggregator; `same_as`: the answer, by id, that
    says the same."""

    value: Any
    certainty: float
    by: str
    soft: dict[str, float] | None = None
    same_as: int | None = None


class CaseView(msgspec.Struct):
    """A case with all that is needed to decide it. `kind` revised: an answer that was sent back for `reason` came again.
    `detail`: certainty of a conflict; judge, advice and scores of an alarm; what a model predicted instead. `gold`: what was
    decided before."""

    id: int
    kind: CaseKind
    question: str
    item: ItemView
    answers: list[GivenView]
    together: TogetherView | None
    agreement: float
    detail: dict[str, Any]
    purpose: str
    odds: float | None
    reason: str
    gold: Any
    comments: list[CommentView]


class ReviewQuery(msgspec.Struct):
    """`n` cases in all; `have`: ids the browser holds already, by comma; only of this `kind` or `question`."""

    n: int = 4
    have: str = ""
    kind: CaseKind | None = None
    question: str | None = None


class CaseLine(msgspec.Struct):
    """A case in a list."""

    id: int
    kind: CaseKind
    question: str
    item_id: int
    worth: float
    certainty: float | None


class CasePage(msgspec.Struct):
    """A part of the list, and how many there are in all."""

    total: int
    rows: list[CaseLine]


class CasesQuery(msgspec.Struct):
    """Which part of the list."""

    kind: CaseKind | None = None
    question: str | None = None
    offset: int = 0
    limit: int = 50


class WaitingLine(msgspec.Struct):
    """How many cases of a kind wait, by question."""

    kind: CaseKind
    question: str
    n: int


class ReviewSummary(msgspec.Struct):
    """What waits and what was decided (by decision)."""

    open: int
    waiting: list[WaitingLine]
    decided: dict[str, int]


class Sampling(msgspec.Struct):
    """Draw `n` finished items at random, each with the same odds, to check the answers to a question."""

    question: str
    n: int


class Sampled(msgspec.Struct):
    """How many were drawn."""

    drawn: int


@endpoint("GET", "/projects/{p}/review/queue", "quality.audit", query=ReviewQuery, reply=list[CaseView])
def lease_cases(call: Call) -> list[CaseView]:
    """Lend the caller the next cases, most worth first: `n` in all, of which they hold `have`; only new ones are returned."""
    project, asked = call.workspace.projects.get(call.project_id), call.query
    have = _ids(asked.have)
    call.workspace.resolving.alarms(project)
    call.workspace.resolving.errors(project)
    now = call.workspace.clock()

    def lend(c: Connection) -> list[CaseView]:
        n = max(0, min(asked.n, _MOST) - len(have))
        cases = ReviewSql(c).lend(
            project.id, call.actor.user_id, n, have, asked.kind, asked.question, now + review.LEASE_SECONDS, now
        )
        return [view for case in cases if (view := _view(c, call, project, case)) is not None]

    return call.workspace.db.write(lend, ANSWERS)


@endpoint("GET", "/projects/{p}/review/cases/{case}", "quality.audit", reply=CaseView)
def get_case(call: Call) -> CaseView:
    """One case, also a decided one."""
    project = call.workspace.projects.get(call.project_id)

    def look(c: Connection) -> CaseView | None:
        case = ReviewSql(c).case(call.params["case"])
        return _view(c, call, project, case) if case is not None and case.project_id == project.id else None

    found = call.workspace.db.read(look)
    if found is None:
        raise NotFound(f"There is no case {call.params['case']} in this project.", place="case")
    return found


@endpoint("GET", "/projects/{p}/review/cases", "quality.view", query=CasesQuery, reply=CasePage)
def list_cases(call: Call) -> CasePage:
    """What waits for review, most worth first."""
    asked: CasesQuery = call.query

    def look(c: Connection) -> CasePage:
        sql = ReviewSql(c)
        rows = sql.page(call.project_id, asked.kind, asked.question, max(0, asked.offset), max(1, min(asked.limit, _PAGE)))
        total = sum(
            n
            for (kind, question), n in sql.waiting(call.project_id).items()
            if asked.kind in (None, kind) and asked.question in (None, question)
        )
        return CasePage(
            total, [CaseLine(r.id, kind_of(r), r.question, r.item_id, r.worth, r.detail.get("certainty")) for r in rows]
        )

    return call.workspace.db.read(look)


@endpoint("GET", "/projects/{p}/review", "quality.view", reply=ReviewSummary)
def get_review(call: Call) -> ReviewSummary:
    """What waits for review, and what was decided."""

    def look(c: Connection) -> ReviewSummary:
        sql = ReviewSql(c)
        waiting = [WaitingLine(k, q, n) for (k, q), n in sorted(sql.waiting(call.project_id).items())]  # pyright: ignore[reportArgumentType]
        return ReviewSummary(sum(w.n for w in waiting), waiting, sql.decided(call.project_id))

    return call.workspace.db.read(look)


@endpoint("POST", "/projects/{p}/review/decisions", "quality.audit", body=Decision, reply=Decided)
def decide_case(call: Call) -> Decided:
    """Accept an answer, put another one in its place, send it back to its author, or pass over the case. Accepted and corrected
    answers become gold. Safe to repeat: the same `op_id` is done once."""
    project, ws = call.workspace.projects.get(call.project_id), call.workspace
    outcome = ws.db.write(
        lambda c: review.decide(ReviewSql(c), WorkSql(c), ws.task_types, project, call.actor.user_id, call.body, ws.clock()),
        ANSWERS,
    )
    ws.bus.publish(project.id, "counts")
    return outcome


@endpoint("POST", "/projects/{p}/review/undo", "quality.audit", body=Undo, reply=Decided)
def undo_decision(call: Call) -> Decided:
    """Take the caller's last decision about a case back; the case is open again."""
    project, ws = call.workspace.projects.get(call.project_id), call.workspace
    outcome = ws.db.write(
        lambda c: review.take_back(ReviewSql(c), WorkSql(c), project, call.actor.user_id, call.body, ws.clock()), ANSWERS
    )
    ws.bus.publish(project.id, "counts")
    return outcome


@endpoint("POST", "/projects/{p}/review/sample", "quality.audit", body=Sampling, reply=Sampled)
def draw_sample(call: Call) -> Sampled:
    """Draw finished items at random for review. What is drawn is stored with its odds, so that estimates can weigh it."""
    given: Sampling = call.body
    question = call.workspace.projects.get(call.project_id).schema.get(given.question)
    if not 1 <= given.n <= 10_000:
        raise Invalid(f"n is {given.n}; it must be between 1 and 10,000.", place="n")
    now = call.workspace.clock()
    drawn = call.workspace.db.write(lambda c: ReviewSql(c).draw(call.project_id, question.name, given.n, now))
    call.workspace.bus.publish(call.project_id, "counts")
    return Sampled(drawn)


def kind_of(case: Case) -> CaseKind:
    """The kind as it is shown: what came back from its author is one of its own."""
    return "revised" if case.to_user is not None else case.kind  # pyright: ignore[reportReturnType]


def _view(c: Connection, call: Call, project: Project, case: Case) -> CaseView | None:
    """None where the item or the question is gone."""
    found = Look(c).item(case.item_id)
    question = next((q for q in project.spec.questions if q.name == case.question), None)
    if found is None or question is None:
        return None
    sql = ReviewSql(c)
    given = sorted(sql.answers(case.item_id, case.question), key=lambda a: _place(case.id, a.id))
    task = call.workspace.task_types[question.type]
    gold = ResolutionsSql(c).decision(case.item_id, case.question)
    values = [a.value for a in given]
    unlike = zip(values, differences(task, question, values), strict=True)
    different = [own if isinstance(value, list) or paths(value) else None for value, own in unlike]
    return CaseView(
        case.id, kind_of(case), case.question, veiled(found[0], project),
        [_given(call, project, a, own) for a, own in zip(given, different, strict=True)],
        _together(c, call, question, case, given), round(mean_agreement(question, task, values), 4),
        case.detail, case.purpose, case.odds, case.reason, gold, Look(c).comments(case.item_id),
    )  # fmt: skip


def _given(call: Call, project: Project, a: Given, different: list[Unlike] | None) -> GivenView:
    hidden = project.spec.policy.review.blind
    return GivenView(
        a.id, a.value, None if hidden else a.author, a.user_id == call.actor.user_id, a.basis in ("shown", "bulk"),
        a.user_id is not None and a.basis not in ("bulk", "imported"), a.created_at, different,
    )  # fmt: skip


def _together(c: Connection, call: Call, question: Question, case: Case, given: list[Given]) -> TogetherView | None:
    """The stored resolution, or what the task type makes of the answers."""
    if len(given) < 2:
        return None
    stored = ResolutionsSql(c).machine(case.item_id, case.question)
    if stored is not None:
        value, score, origin = stored
        by = str(origin.get("author", "")).partition(":")[2]
        return TogetherView(value, score, by, origin.get("soft"), _same_as(value, given))
    task = call.workspace.task_types[question.type]
    values = [a.value for a in given]
    value, certainty = task.merge(question, values), round(mean_agreement(question, task, values), 4)
    return TogetherView(value, certainty, "merge", None, _same_as(value, given))


def _same_as(value: Any, given: list[Given]) -> int | None:
    wanted = bare(value)
    return next((a.id for a in given if bare(a.value) == wanted), None)


def _place(case: int, answer: int) -> bytes:
    """A fixed order of a case's answers that tells nothing of who gave them."""
    return hashlib.blake2b(f"{case} {answer}".encode(), digest_size=8).digest()


def _ids(text: str) -> list[int]:
    parts = [p for p in text.split(",") if p]
    if any(not p.isdecimal() or len(p) > 16 for p in parts) or len(parts) > _MOST:
        raise Invalid('"have" lists ids of cases separated by commas.', place="have")
    return [int(p) for p in parts]

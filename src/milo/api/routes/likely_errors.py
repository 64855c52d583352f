"""Likely errors: search for answers that a model contradicts, and list them."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.domain.question import Question
from milo.flow.likely_errors import Checked, CheckedErrors, ErrorSearch, checked_errors
from milo.infra.sql.database import Connection
from milo.infra.sql.jobs import JobsSql
from milo.infra.sql.likely_errors import LikelyErrorsSql

_MOST = 500


class ErrorsQuery(msgspec.Struct):
    """`question`: only of this one; a page of `limit` from `offset` on."""

    question: str | None = None
    limit: int = 100
    offset: int = 0


class LikelyError(msgspec.Struct):
    """An answer worth a second look: the chance that it is wrong, what was given, what the model says, and why."""

    item_id: int
    question: str
    chance: float
    given: Any
    suggested: Any
    reason: str


class ErrorsReply(msgspec.Struct):
    """A page of likely errors, how many there are in all, and the searches that found them. `checks`: for each question of
    which answers were drawn by chance for review, how many are wrong."""

    rows: list[LikelyError]
    total: int
    sweeps: list[ErrorSearch]
    checks: list[CheckedErrors]


class FindErrors(msgspec.Struct):
    """Search the answers to a question."""

    question: str


@endpoint("GET", "/projects/{p}/quality/errors", "quality.view", query=ErrorsQuery, reply=ErrorsReply)
def list_likely_errors(call: Call) -> ErrorsReply:
    """Answers that a model contradicts which did not see them, most suspicious first; not what was settled since."""
    given: ErrorsQuery = call.query
    limit, offset = max(0, min(given.limit, _MOST)), max(0, min(given.offset, 2**53))
    questions = call.workspace.projects.get(call.project_id).spec.questions
    drawn: list[tuple[Question, list[Checked], int]] = []

    def look(c: Connection) -> ErrorsReply:
        errors = LikelyErrorsSql(c)
        rows = [
            LikelyError(s.item_id, s.question, s.chance, s.given, s.suggested, s.reason)
            for s in errors.open(call.project_id, given.question, limit, offset)
        ]
        sweeps = [s for q in questions if (s := errors.sweep(call.project_id, q.name)) is not None]
        drawn.extend((q, *errors.checks(call.project_id, q.name)) for q in questions if given.question in (None, q.name))
        return ErrorsReply(rows, errors.count(call.project_id, given.question), sweeps, [])

    reply, types = call.workspace.db.read(look), call.workspace.task_types
    reply.checks = [checked_errors(q, types[q.type], checks, of) for q, checks, of in drawn if checks]
    return reply


@endpoint("POST", "/projects/{p}/quality/errors", "model.run", body=FindErrors, reply=JobView, status=202)
def search_likely_errors(call: Call) -> JobView:
    """Search for likely errors with models trained on the other answers; a job."""
    job = call.workspace.likely_errors.search(call.project_id, call.body.question, call.actor.user_id)
    row = call.workspace.db.read(lambda c: JobsSql(c).get(job))
    assert row is not None
    return view(row, call.workspace.clock())

"""Background jobs: what runs, how far it is, stop it, let it go on."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden, NotFound
from milo.infra.sql.jobs import FINISHED, JobRow, JobsSql


class JobView(msgspec.Struct):
    """A job as clients see it. `rate` is steps per second, `eta` seconds left; both null where they mean nothing."""

    id: int
    project_id: int | None
    kind: str
    state: str
    done: int
    total: int | None
    rate: float | None
    eta: float | None
    message: str
    error: str | None
    result: dict[str, Any] | None
    created_at: float
    started_at: float | None
    finished_at: float | None


class JobsQuery(msgspec.Struct):
    """`project`: only jobs of this project."""

    project: int | None = None
    limit: int = 50


def view(row: JobRow, now: float) -> JobView:
    """The job with its pace worked out."""
    seconds = ((row.finished_at or now) - row.started_at) if row.started_at else 0.0
    rate = row.done / seconds if seconds > 0 and row.done else None
    left = (row.total - row.done) / rate if rate and row.total and row.state == "running" else None
    return JobView(
        row.id, row.project_id, row.kind, row.state, row.done, row.total, rate, left, row.message, row.error, row.result,
        row.created_at, row.started_at, row.finished_at,
    )  # fmt: skip


@endpoint("GET", "/jobs", "self", query=JobsQuery, reply=list[JobView])
def list_jobs(call: Call) -> list[JobView]:
    """The latest jobs that the caller may see, newest first."""
    rows = call.workspace.db.read(lambda c: JobsSql(c).listing(call.query.project, max(1, min(call.query.limit, 200))))
    return [view(row, call.workspace.clock()) for row in rows if _allowed(call, row, "job.view")]


@endpoint("GET", "/jobs/{id}", "self", reply=JobView)
def get_job(call: Call) -> JobView:
    """One job."""
    return view(_job(call, "job.view"), call.workspace.clock())


@endpoint("POST", "/jobs/{id}/cancel", "self", reply=JobView)
def cancel_job(call: Call) -> JobView:
    """Stop a job after its current step; what it did stays."""
    row = _job(call, "job.control")
    if row.state not in FINISHED:
        call.workspace.jobs.cancel(row.id)
    return get_job(call)


@endpoint("POST", "/jobs/{id}/resume", "self", reply=JobView)
def resume_job(call: Call) -> JobView:
    """Let a cancelled or failed job go on from where it stopped."""
    call.workspace.jobs.resume(_job(call, "job.control").id)
    return get_job(call)


def _job(call: Call, action: Any) -> JobRow:
    row = call.workspace.db.read(lambda c: JobsSql(c).get(call.params["id"]))
    if row is None:
        raise NotFound(f"There is no job {call.params['id']}.")
    if not _allowed(call, row, action):
        raise Forbidden("This job belongs to a project in which you may not do this.")
    return row


def _allowed(call: Call, row: JobRow, action: Any) -> bool:
    return call.workspace.auth.allowed(call.actor, action, row.project_id)

"""Resolving several answers: start it, and compare the ways of doing it where the right answers are known."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.infra.sql.jobs import JobsSql


class ToCompareWays(msgspec.Struct):
    """The question whose answers are resolved in every way."""

    question: str


@endpoint("POST", "/projects/{p}/resolve", "item.bulk", reply=JobView, status=202)
def resolve_answers(call: Call) -> JobView:
    """Work out what several answers come to, by the project's policy, and find what reviewers should see."""
    return _job(call, call.workspace.resolving.start(call.project_id, call.actor.user_id))


@endpoint("POST", "/projects/{p}/resolve/compare", "quality.view", body=ToCompareWays, reply=JobView, status=202)
def compare_ways(call: Call) -> JobView:
    """Compare all aggregators on the items with gold. The result of the job has a row for each: the share that is right with
    its interval, what it claims, and the seconds that it takes."""
    question = call.workspace.projects.get(call.project_id).schema.get(call.body.question)
    args = {"question": question.name}
    key = f"compare_aggregators:{call.project_id}:{question.name}"
    job = call.workspace.jobs.submit("compare_aggregators", call.project_id, args, call.actor.user_id, key=key)
    return _job(call, job)


def _job(call: Call, ident: int) -> JobView:
    row = call.workspace.db.read(lambda c: JobsSql(c).get(ident))
    assert row is not None
    return view(row, call.workspace.clock())

"""How long answers take: median active time and keystrokes, by question and by whether a suggestion was shown."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.flow.effort import Effort, effort
from milo.infra.sql.effort import Row, latest

_LATEST = 2_000


class EffortQuery(msgspec.Struct):
    """`idle`: seconds without a sign of life after which time stops counting; `mine`: only the caller's own answers."""

    idle: float = 30.0
    mine: bool = True


class EffortLine(msgspec.Struct):
    """One question under one basis (unassisted, shown, blind)."""

    question: str
    basis: str
    effort: Effort


@endpoint("GET", "/projects/{p}/effort", "work.lease", query=EffortQuery, reply=list[EffortLine])
def get_effort(call: Call) -> list[EffortLine]:
    """Medians over the latest answers: the caller's own, or everybody's for those who may see quality figures. Nothing for
    those who are at work in a study: what they believe about their pace shall be theirs."""
    if call.workspace.studies.at_work(call.project_id, call.actor.user_id):
        return []
    mine = call.query.mine or not call.may("quality.view")
    user_id = call.actor.user_id if mine else None
    rows = call.workspace.db.read(lambda c: latest(c, call.project_id, user_id, _LATEST))
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row[0], row[1]), []).append(row)
    idle = min(max(call.query.idle, 1.0), 3600.0)
    return [
        EffortLine(question, basis, effort(((r[2], r[3]) for r in group), idle))
        for (question, basis), group in sorted(groups.items())
    ]

"""Totals: shares, means, differences and the quality of a model over all items, with intervals."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Invalid
from milo.infra.totalling import Totals


class TotalsQuery(msgspec.Struct):
    """`source`: the model whose word is used, where several answer the question; `by`: a key of the metadata, for its values
    apart; `level`: of the intervals."""

    question: str
    source: str | None = None
    by: str | None = None
    level: float = 0.95


@endpoint("GET", "/projects/{p}/totals", "quality.view", query=TotalsQuery, reply=Totals)
def get_totals(call: Call) -> Totals:
    """What share of all items is what, how high is the mean, how good is the model; and how many more labels would halve each
    interval."""
    query: TotalsQuery = call.query
    if not 0.5 <= query.level <= 0.999:
        raise Invalid(f"The level is {query.level}; give one from 0.5 to 0.999.", place="level")
    project = call.workspace.projects.get(call.project_id)
    return call.workspace.totalling.make(project, query.question, query.source, query.by, query.level)

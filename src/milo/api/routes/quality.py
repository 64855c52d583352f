"""Quality: how far people agree, how good each of them is, and whether a model may stand in for one."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Invalid, NotFound
from milo.flow.agreement import AgreementReport
from milo.flow.contributors import ContributorReport, OwnView, own_view
from milo.flow.ports.quality import Help
from milo.flow.stand_in import StandInReport
from milo.infra.sql.models import ModelsSql


class AgreementQuery(msgspec.Struct):
    """`question`; `help`: "none" leaves out answers that were given with a suggestion on the screen."""

    question: str
    help: Help = "any"


class AgreementReply(msgspec.Struct):
    """The report (null while the first one is being made), whether it is of the present answers, and the job that makes a newer
    one."""

    report: AgreementReport | None
    fresh: bool
    job: int | None


@endpoint("GET", "/projects/{p}/quality/agreement", "quality.view", query=AgreementQuery, reply=AgreementReply)
def get_agreement(call: Call) -> AgreementReply:
    """How far people agree on a question: overall, by label, by pair of people and by item, with intervals."""
    found = call.workspace.quality.agreement(call.project_id, call.query.question, call.query.help)
    return AgreementReply(found.report, found.fresh, found.job)


class PeopleQuery(msgspec.Struct):
    """`question`: people are measured on one at a time."""

    question: str


class PeopleReply(msgspec.Struct):
    """As for agreement: the report, whether it is of the present, and the job that makes a newer one."""

    report: ContributorReport | None
    fresh: bool
    job: int | None


class OwnReply(msgspec.Struct):
    """The caller's own figures."""

    report: OwnView | None
    fresh: bool


class StandInQuery(msgspec.Struct):
    """`model`: the id of a model of the project; `epsilon`: the advantage that a person's work has to bring for its price."""

    question: str
    model: int
    epsilon: float = 0.2


@endpoint("GET", "/projects/{p}/quality/people", "quality.view", query=PeopleQuery, reply=PeopleReply)
def list_contributors(call: Call) -> PeopleReply:
    """Everybody who answers a question, by name: agreement with others, ability, gold, speed, catch rate and drift."""
    found = call.workspace.quality.people(call.project_id, call.query.question)
    return PeopleReply(found.report, found.fresh, found.job)


@endpoint("GET", "/projects/{p}/quality/me", "work.lease", query=PeopleQuery, reply=OwnReply)
def get_own_quality(call: Call) -> OwnReply:
    """The caller's own figures. What would tell gold and checks from other items is counted in full tens."""
    found = call.workspace.quality.people(call.project_id, call.query.question)
    policy = call.workspace.projects.get(call.project_id).spec.policy
    report: ContributorReport | None = found.report
    return OwnReply(None if report is None else own_view(report, call.actor.user_id, policy), found.fresh)


@endpoint("GET", "/projects/{p}/quality/stand-in", "quality.view", query=StandInQuery, reply=StandInReport)
def get_stand_in(call: Call) -> StandInReport:
    """May this model stand in for a person here? The alternative annotator test, with its verdict in words."""
    given: StandInQuery = call.query
    if not 0 <= given.epsilon < 1:
        raise Invalid(f"epsilon is {given.epsilon}; it must lie in 0..1, for example 0.2.", place="epsilon")
    model = call.workspace.db.read(lambda c: ModelsSql(c).predictor(given.model))
    if model is None or model.project_id != call.project_id or model.question != given.question:
        raise NotFound(f'There is no model {given.model} that answers "{given.question}" here.', place="model")
    return call.workspace.quality.stand_in(call.project_id, given.question, model, given.epsilon)

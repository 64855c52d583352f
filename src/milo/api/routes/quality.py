"""Quality: how far people agree on each question."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.flow.agreement import AgreementReport
from milo.flow.ports.quality import Help


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

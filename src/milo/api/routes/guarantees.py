"""Guarantees: what may be accepted unseen, and what is promised then."""

from __future__ import annotations

import secrets

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.models import model_row
from milo.domain.errors import Invalid
from milo.flow.guarantee import Wish
from milo.infra.calibrating import Calibration, calibration
from milo.infra.guaranteeing import Offer
from milo.infra.permissions import PermissionView


class Look(msgspec.Struct):
    """A look at what may be accepted of a model (`source`; needed where several answer the question). `wish`: the promise and
    the most errors; without it at most 5 % of all items, the default. `slice`: a key of the metadata, to see its values
    apart."""

    question: str
    source: str | None = None
    wish: Wish | None = None
    slice: str | None = None


@endpoint("POST", "/projects/{p}/guarantee", "item.bulk", body=Look, reply=Offer)
def look_at_guarantee(call: Call) -> Offer:
    """How many suggestions may be accepted at which confidence, and the most errors that this can bring. Looks are counted."""
    body: Look = call.body
    project = call.workspace.projects.get(call.project_id)
    return call.workspace.guaranteeing.look(project, body.question, body.source, body.wish, call.actor.user_id, body.slice)


class MoreAnswers(msgspec.Struct):
    """How many more items shall be answered blind, for which model."""

    question: str
    n: int
    source: str | None = None


class Drawn(msgspec.Struct):
    """How many items were drawn; fewer than asked for where not so many are untouched."""

    drawn: int


@endpoint("POST", "/projects/{p}/guarantee/ask", "item.bulk", body=MoreAnswers, reply=Drawn)
def ask_for_blind_answers(call: Call) -> Drawn:
    """Draw open items at random into the blind slice; people are asked for them next, with every suggestion withheld."""
    body: MoreAnswers = call.body
    if not 1 <= body.n <= 100_000:
        raise Invalid(f"n is {body.n}; ask for 1 to 100,000 blind answers.", place="n")
    project = call.workspace.projects.get(call.project_id)
    guaranteeing = call.workspace.guaranteeing
    return Drawn(guaranteeing.ask_for(project, body.question, body.source, body.n, secrets.randbits(63)))


@endpoint("GET", "/projects/{p}/permissions", "model.view", reply=list[PermissionView])
def list_permissions(call: Call) -> list[PermissionView]:
    """Every promise that suggestions were accepted under, newest first: in force, lapsed and why, or taken back; its audits."""
    project = call.workspace.projects.get(call.project_id)
    return call.workspace.guaranteeing.permissions.all(project)


@endpoint("GET", "/projects/{p}/models/{m}/calibration", "model.view", reply=Calibration)
def get_calibration(call: Call) -> Calibration:
    """How well the scores of a model's present version say how often it is right, by answers that people gave blind."""
    project = call.workspace.projects.get(call.project_id)
    return calibration(call.workspace, project, model_row(call, call.params["m"]))

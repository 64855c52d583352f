"""Models of the owner's own, registered by name: ONNX files on the server's disk, services by address."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden
from milo.infra.sql.own import OwnRow

_MANAGES = ("owner", "manager")


class OwnModelView(msgspec.Struct):
    """A registered model. `task`: classify, detect, segment or answer; `labels`: what it knows, as far as it says. `place` and
    `settings` are told to owners only."""

    id: int
    name: str
    kind: str
    task: str
    detail: str
    labels: list[str]
    created_at: float
    place: str | None = None
    settings: dict[str, Any] | None = None


class NewOwnModel(msgspec.Struct):
    """A model to register. `kind` "onnx": `place` is a path on the server's disk, of a file or of a folder with an encoder
    and a decoder; `kind` "whisper": of a folder in the form of CTranslate2; `kind` "service": `place` is the address of a
    Label Studio ML backend."""

    name: str
    kind: str
    place: str
    settings: dict[str, Any] = {}


@endpoint("GET", "/own-models", "self", reply=list[OwnModelView])
def list_own_models(call: Call) -> list[OwnModelView]:
    """What is registered, for owners and for managers of a project."""
    owner = call.actor.role == "owner"
    roles = {call.actor.role, *call.workspace.auth.memberships(call.actor.user_id).values()}
    if not owner and not roles & set(_MANAGES):
        raise Forbidden("Registered models are shown to managers of projects.")
    return [_view(row, owner) for row in call.workspace.own.all()]


@endpoint("POST", "/own-models", "workspace.manage", body=NewOwnModel, reply=OwnModelView, status=201)
def add_own_model(call: Call) -> OwnModelView:
    """Register a file or service, after a look at it."""
    given: NewOwnModel = call.body
    row = call.workspace.own.add(given.name, given.kind, given.place, given.settings, call.actor.user_id)
    return _view(row, True)


@endpoint("POST", "/own-models/{k}/test", "workspace.manage", reply=OwnModelView)
def test_own_model(call: Call) -> OwnModelView:
    """Look at it again: is the file there, does the service answer?"""
    return _view(call.workspace.own.test(call.params["k"]), True)


@endpoint("DELETE", "/own-models/{k}", "workspace.manage", status=204)
def delete_own_model(call: Call) -> Response:
    """Forget one; the file stays. Models of projects that use it fail with a word on it."""
    call.workspace.own.remove(call.params["k"])
    return Response(status_code=204)


def _view(row: OwnRow, owner: bool) -> OwnModelView:
    about = row.about or {}
    labels = [str(label) for label in about.get("labels", [])]
    view = OwnModelView(
        row.id, row.name, row.kind, str(about.get("task", "")), str(about.get("kind", "")), labels, row.created_at
    )
    if owner:
        view.place, view.settings = row.place, row.settings
    return view

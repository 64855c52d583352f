"""Rubrics: criteria with scales and pass marks, kept in versions, of one project or of the whole workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.api.explicit import explicit
from milo.builtin.rubrics import READY
from milo.domain.errors import Conflict, NotFound
from milo.domain.rubric import check_rubric
from milo.domain.verdict import Rubric
from milo.flow.rubric_file import read_rubric, write_rubric
from milo.infra.sql.database import Connection
from milo.infra.sql.rubrics import RubricRow, RubricsSql

if TYPE_CHECKING:
    FullRubric = Any
else:
    FullRubric = explicit(Rubric, "Rubric")


class RubricView(msgspec.Struct):
    """One version of a rubric. `shared`: it belongs to the workspace, and every project may use it."""

    id: int
    name: str
    version: int
    shared: bool
    rubric: FullRubric
    at: float


class NewRubric(msgspec.Struct):
    """A rubric as data, or as the text of a YAML or JSON file."""

    rubric: Rubric | None = None
    text: str | None = None


class FileQuery(msgspec.Struct):
    """The form of a rubric's file."""

    format: Literal["yaml", "json"] = "yaml"


@endpoint("GET", "/rubrics/ready", "self", reply=list[FullRubric])
def list_ready_rubrics(call: Call) -> list[Any]:
    """Rubrics to start from: for open-ended answers, translations, and labels of comments."""
    return [full_rubric(rubric) for rubric in READY]


@endpoint("POST", "/rubrics", "workspace.manage", body=NewRubric, reply=RubricView, status=201)
def share_rubric(call: Call) -> RubricView:
    """Store a rubric that every project may use; a name that exists gets a new version."""
    return _view(
        call.workspace.db.write(lambda c: RubricsSql(c).add(None, _given(call), call.actor.user_id, call.workspace.clock()))
    )


@endpoint("GET", "/projects/{p}/rubrics", "project.view", reply=list[RubricView])
def list_rubrics(call: Call) -> list[RubricView]:
    """The newest version of each rubric that the project may use."""
    return [_view(row) for row in call.workspace.db.read(lambda c: RubricsSql(c).latest(call.project_id))]


@endpoint("POST", "/projects/{p}/rubrics", "project.edit", body=NewRubric, reply=RubricView, status=201)
def add_rubric(call: Call) -> RubricView:
    """Store a rubric of the project. A name that exists gets a new version; judges and verdicts keep the one they have."""
    given = _given(call)

    def add(c: Connection) -> RubricRow:
        rubrics = RubricsSql(c)
        if rubrics.versions(None, given.name) and not rubrics.versions(call.project_id, given.name):
            raise Conflict(f'The workspace has a rubric "{given.name}" already; give yours another name.', place="name")
        return rubrics.add(call.project_id, given, call.actor.user_id, call.workspace.clock())

    return _view(call.workspace.db.write(add))


@endpoint("GET", "/projects/{p}/rubrics/{r}", "project.view", reply=list[RubricView])
def list_rubric_versions(call: Call) -> list[RubricView]:
    """All versions of one rubric, newest first."""
    row = _row(call)
    return [_view(r) for r in call.workspace.db.read(lambda c: RubricsSql(c).versions(row.project_id, row.name))]


@endpoint("GET", "/projects/{p}/rubrics/{r}/file", "project.view", query=FileQuery, media_type="text/plain")
def get_rubric_file(call: Call) -> Response:
    """One version of a rubric as a YAML or JSON file."""
    row = _row(call)
    disposition = f'attachment; filename="{row.name}.{call.query.format}"'
    text = write_rubric(row.rubric, call.query.format)
    return Response(text, media_type="text/plain", headers={"Content-Disposition": disposition})


def _given(call: Call) -> Rubric:
    given: NewRubric = call.body
    if given.text is not None:
        return read_rubric(given.text)
    if given.rubric is None:
        raise NotFound("Give a rubric, or the text of its file.", place="rubric")
    return check_rubric(given.rubric)


def _row(call: Call) -> RubricRow:
    row = call.workspace.db.read(lambda c: RubricsSql(c).get(call.params["r"]))
    if row is None or row.project_id not in (None, call.project_id):
        raise NotFound(f"There is no rubric {call.params['r']} in this project.", place="r")
    return row


def _view(row: RubricRow) -> RubricView:
    return RubricView(row.id, row.name, row.version, row.project_id is None, full_rubric(row.rubric), row.at)


def full_rubric(rubric: Rubric) -> Any:
    """The rubric with every value written out."""
    return msgspec.convert(rubric, FullRubric, from_attributes=True)

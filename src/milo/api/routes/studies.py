"""Studies for those who run them: designs, how large they must be, rehearsals, the frozen plan, progress and the report."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.api.explicit import explicit
from milo.domain.errors import Conflict, Forbidden, Invalid
from milo.domain.study import Design, check_design
from milo.flow import rehearse
from milo.flow.effort import active_seconds
from milo.flow.study.data import write_data
from milo.flow.study.figures import Report
from milo.flow.study.rehearsal import Forecast, Scene, check_crowd, check_scene, rehearse_study
from milo.flow.study.report import report
from milo.flow.study.size import Pilot, Sizing, StudySize, pilot, size
from milo.infra.sql.database import Connection
from milo.infra.sql.studies import Standing, StudiesSql, StudyRow
from milo.infra.sql.study_data import pace, recorded
from milo.infra.sql.work import WorkSql

if TYPE_CHECKING:
    FullDesign = FullReport = FullForecast = Any
else:
    FullDesign, FullReport, FullForecast = (
        explicit(Design, "FullDesign"), explicit(Report, "StudyReport"), explicit(Forecast, "StudyForecast")
    )  # fmt: skip
_LATEST = 2_000
_SIZE_RANGES = {"saving": (0.01, 0.95), "per_arm": (1, 10_000), "people": (1, 1000), "arms": (2, 6), "withhold": (0, 0.5)}


class StudyView(msgspec.Struct):
    """A study. `people`: how far each is, once it runs. `fits`: how many items a draft could draw from, of `needs`."""

    id: int
    state: str
    design: FullDesign
    plan_hash: str | None
    peeks: int
    created_at: float
    frozen_at: float | None
    ended_at: float | None
    people: list[Standing]
    needs: int
    fits: int | None = None


class ReportQuery(msgspec.Struct):
    """`peek`: look although the study still runs; that is counted, and printed in the report."""

    peek: bool = False


class PilotQuery(msgspec.Struct):
    """`idle`: the cap of a pause in seconds; `question`: whose suggestions are held against gold."""

    question: str
    idle: float = 60.0


@endpoint("GET", "/projects/{p}/studies", "study.view", reply=list[StudyView])
def list_studies(call: Call) -> list[StudyView]:
    """All studies of the project, newest first."""
    rows = call.workspace.db.read(lambda c: StudiesSql(c).of(call.project_id))
    return [_view(call, row) for row in rows]


@endpoint("POST", "/projects/{p}/studies", "study.edit", body=Design, reply=StudyView, status=201)
def add_study(call: Call) -> StudyView:
    """Store a design as a draft."""
    project = call.workspace.projects.get(call.project_id)
    design = call.workspace.studies.check(project, call.body)
    ident = call.workspace.db.write(lambda c: StudiesSql(c).add(project.id, design, call.actor.user_id, call.workspace.clock()))
    return _view(call, call.workspace.studies.get(project.id, ident))


@endpoint("POST", "/projects/{p}/studies/size", "study.view", body=Sizing, reply=StudySize)
def size_study(call: Call) -> StudySize:
    """How likely a study of this size is to find the saving, and how large it must be."""
    given: Sizing = call.body
    for name, (low, high) in _SIZE_RANGES.items():
        _in_range(name, getattr(given, name), low, high)
    _in_range("level", given.level, 0.5, 0.999)
    for name in ("residual", "item", "help", "annotator") if given.spread is not None else ():
        _in_range(f"spread.{name}", getattr(given.spread, name), 0 if name != "residual" else 0.01, 10)
    return size(given)


@endpoint("GET", "/projects/{p}/studies/pilot", "study.edit", query=PilotQuery, reply=Pilot)
def get_pilot(call: Call) -> Pilot:
    """What the project's own answers say about times, and its gold labels about suggestions: better than typical values."""
    idle = min(max(call.query.idle, 1.0), 3600.0)
    hits = _recorded(call, call.query.question)
    rows = call.workspace.db.read(lambda c: pace(c, call.project_id, _LATEST))
    return pilot([(user, active_seconds(events, idle)) for user, events in rows], hits)


@endpoint("POST", "/projects/{p}/studies/rehearse", "study.edit", body=Scene, reply=FullForecast)
def rehearse_a_study(call: Call) -> Any:
    """Run a study many times with simulated people: how often would it find what is put in, what would it cost?"""
    check_design(call.body.design)
    check_scene(call.body)
    found = rehearse_study(call.body)
    return msgspec.convert(found, FullForecast, from_attributes=True)


@endpoint("POST", "/projects/{p}/rehearse", "study.edit", body=rehearse.WholeProject, reply=list[rehearse.Way])
def rehearse_the_project(call: Call) -> list[rehearse.Way]:
    """What would labelling a whole project cost, and how good would it be, in several ways of working?"""
    given: rehearse.WholeProject = call.body
    check_crowd(given.crowd, given.work)
    return rehearse.rehearse_project(given)


@endpoint("GET", "/projects/{p}/studies/{s}", "study.view", reply=StudyView)
def get_study(call: Call) -> StudyView:
    """One study, with how far everybody is; nothing of what was found."""
    row = call.workspace.studies.get(call.project_id, call.params["s"])
    view = _view(call, row)
    if row.state == "draft":
        project = call.workspace.projects.get(call.project_id)
        view.fits = call.workspace.studies.fits(project, row.design)
    return view


@endpoint("PUT", "/projects/{p}/studies/{s}", "study.edit", body=Design, reply=StudyView)
def change_study(call: Call) -> StudyView:
    """Another design for a draft."""
    project, row = call.workspace.projects.get(call.project_id), _draft(call)
    design = call.workspace.studies.check(project, call.body)
    call.workspace.db.write(lambda c: StudiesSql(c).change(row.id, design))
    return get_study(call)


@endpoint("DELETE", "/projects/{p}/studies/{s}", "study.edit", status=204)
def delete_study(call: Call) -> Response:
    """Forget a draft. A study that began stays on record."""
    row = _draft(call)
    call.workspace.db.write(lambda c: StudiesSql(c).remove(row.id))
    return Response(status_code=204)


@endpoint("POST", "/projects/{p}/studies/{s}/freeze", "study.edit", reply=StudyView)
def freeze_study(call: Call) -> StudyView:
    """Draw the plan, freeze and hash it, and open the study to its people. Nothing of it changes from here on."""
    project = call.workspace.projects.get(call.project_id)
    row = call.workspace.studies.freeze(project, call.params["s"])
    _note(call, row.id, "study.frozen", {"hash": row.plan_hash})
    call.workspace.bus.publish(call.project_id, "study")
    return _view(call, row)


@endpoint("POST", "/projects/{p}/studies/{s}/end", "study.edit", reply=StudyView)
def end_study(call: Call) -> StudyView:
    """End a running study. What came in until now counts."""
    row = call.workspace.studies.end(call.project_id, call.params["s"])
    _note(call, row.id, "study.ended", {})
    call.workspace.bus.publish(call.project_id, "study")
    return _view(call, row)


@endpoint("GET", "/projects/{p}/studies/{s}/plan", "study.view", media_type="application/json")
def get_study_plan(call: Call) -> Response:
    """The frozen plan as a file."""
    plan = call.workspace.studies.plan(call.project_id, call.params["s"])
    return _file(call, msgspec.json.format(msgspec.json.encode(plan), indent=1), "plan.json", "application/json")


@endpoint("GET", "/projects/{p}/studies/{s}/data", "study.view", query=ReportQuery, media_type="application/x-ndjson")
def get_study_data(call: Call) -> Response:
    """The data as a file: with the plan, all that the report is worked out from. After the end, or as a counted peek."""
    row = _to_look_at(call)
    data = call.workspace.studies.data(call.workspace.projects.get(call.project_id), row)
    return _file(call, write_data(data), "data.jsonl", "application/x-ndjson")


@endpoint("GET", "/projects/{p}/studies/{s}/report", "study.view", query=ReportQuery, reply=FullReport)
async def get_study_report(call: Call) -> Any:
    """What was found. After the end, or as a counted peek."""

    def work() -> Any:
        row = _to_look_at(call)
        data = call.workspace.studies.data(call.workspace.projects.get(call.project_id), row)
        found = report(call.workspace.studies.plan(call.project_id, row.id), data)
        return msgspec.convert(found, FullReport, from_attributes=True)

    return await asyncio.to_thread(work)


def _to_look_at(call: Call) -> StudyRow:
    """A study whose results may be seen. Raises Forbidden for those at work in one, Conflict before the end."""
    studies, user = call.workspace.studies, call.actor.user_id
    row = studies.get(call.project_id, call.params["s"])
    if studies.at_work(call.project_id, user):
        raise Forbidden("You are taking part in a study of this project: results are closed to you until you have finished.")
    if row.state == "draft":
        raise Conflict("This study has not begun.", place="s")
    if row.state == "running":
        if not call.query.peek:
            raise Conflict(
                "This study still runs. Results come at its end; to look earlier is counted, and said in the report.", place="s"
            )
        call.workspace.db.write(lambda c: StudiesSql(c).peek(row.id))
        _note(call, row.id, "study.peek", {})
        row = studies.get(call.project_id, row.id)
    return row


def _draft(call: Call) -> StudyRow:
    row = call.workspace.studies.get(call.project_id, call.params["s"])
    if row.state != "draft":
        raise Conflict("This study has begun: its plan is frozen.", place="s")
    return row


def _view(call: Call, row: StudyRow) -> StudyView:
    people = [] if row.state == "draft" else call.workspace.db.read(lambda c: StudiesSql(c).standings(row.id))
    design = msgspec.convert(row.design, FullDesign, from_attributes=True)
    return StudyView(
        row.id, row.state, design, row.plan_hash, row.peeks, row.created_at, row.frozen_at, row.ended_at, people,
        row.design.items + row.design.warm_up,
    )  # fmt: skip


def _recorded(call: Call, question: str) -> list[bool]:
    """Whether the surest suggestion was right, on items that have a gold label."""
    asked = call.workspace.projects.get(call.project_id).schema.get(question)
    task = call.workspace.task_types[asked.type]
    pairs = call.workspace.db.read(lambda c: recorded(c, call.project_id, question, _LATEST))
    return [task.agreement(asked, said, gold) >= 1 for said, gold in pairs]


def _note(call: Call, study: int, kind: str, facts: dict[str, Any]) -> None:
    told, now = msgspec.json.encode({"study": study, **facts}), call.workspace.clock()

    def write(c: Connection) -> None:
        WorkSql(c).log(call.project_id, None, call.actor.user_id, kind, told, now)

    call.workspace.db.write(write)


def _file(call: Call, content: bytes, ending: str, media_type: str) -> Response:
    row = call.workspace.studies.get(call.project_id, call.params["s"])
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", row.design.name).strip("-")[:60] or "study"
    headers = {"Content-Disposition": f'attachment; filename="{name}-{ending}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise Invalid(f"{name} is {value}; it must be between {low:g} and {high:g}.", place=name)

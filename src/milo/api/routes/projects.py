"""Projects: create, look, change, remove; project as code."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.api.routes.kinds import SpecView
from milo.domain.people import Role
from milo.domain.policy import Policy
from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Field, Question
from milo.flow import projects as verbs
from milo.flow.people import join
from milo.flow.project_file import read_project, write_project
from milo.flow.projects import SchemaReport
from milo.infra.sql.database import Connection
from milo.infra.sql.jobs import FINISHED, JobsSql
from milo.infra.sql.people import PeopleSql
from milo.infra.sql.projects import Counts, ProjectsSql


class ProjectView(msgspec.Struct):
    """A project as the caller sees it. `change` is there after a change: what it meant for the answers."""

    id: int
    spec: SpecView  # pyright: ignore[reportInvalidTypeForm] - derived at run time
    schema_version: int
    created_at: float
    archived: bool
    my_role: Role
    counts: Counts
    change: SchemaReport | None = None


class ProjectChange(msgspec.Struct):
    """What to change; what is left out stays. Changed questions make a new schema version. Predictors are added, or changed
    by name; they are removed on the models page."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    guidelines: str | UnsetType = UNSET
    fields: tuple[Field, ...] | UnsetType = UNSET
    questions: tuple[Question, ...] | UnsetType = UNSET
    policy: Policy | UnsetType = UNSET
    predictors: tuple[dict[str, Any], ...] | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class ChangeQuery(msgspec.Struct):
    """`dry_run`: only say what the change would mean."""

    dry_run: bool = False


class FileQuery(msgspec.Struct):
    """The form of a project file."""

    format: Literal["yaml", "json"] = "yaml"


class ProjectFile(msgspec.Struct):
    """A project as code: YAML or JSON."""

    text: str


@endpoint("GET", "/projects", "project.list", reply=list[ProjectView])
def list_projects(call: Call) -> list[ProjectView]:
    """The projects that I may see."""
    auth = call.workspace.auth
    shown = [p for p in call.workspace.projects.all() if auth.allowed(call.actor, "project.view", p.id)]
    return call.workspace.db.read(lambda c: [_view(call, c, project) for project in shown])


@endpoint("POST", "/projects", "project.create", body=ProjectSpec, reply=ProjectView, status=201)
def create_project(call: Call) -> ProjectView:
    """Create a project. Without predictors, each question gets one that learns, where there is one for it."""
    return _create(call, call.body)


@endpoint("POST", "/projects/from-file", "project.create", body=ProjectFile, reply=ProjectView, status=201)
def create_project_from_file(call: Call) -> ProjectView:
    """Create a project from a file's text."""
    return _create(call, read_project(call.body.text))


@endpoint("GET", "/projects/{p}", "project.view", reply=ProjectView)
def get_project(call: Call) -> ProjectView:
    """One project."""
    project = call.workspace.projects.get(call.project_id)
    return call.workspace.db.read(lambda c: _view(call, c, project))


@endpoint("PATCH", "/projects/{p}", "project.edit", body=ProjectChange, query=ChangeQuery, reply=ProjectView)
def change_project(call: Call) -> ProjectView:
    """Change a project. Answers that do not fit changed questions any more are counted and kept."""
    workspace, before = call.workspace, call.workspace.projects.get(call.project_id)
    spec, archived = _changed(call.body, before)
    spec = verbs.complete(spec, workspace.registry, before.spec)
    entries = verbs.predictors_of(spec, workspace.registry, trusted=workspace.settings.trust_code) if spec.predictors else []
    report = workspace.db.read(lambda c: verbs.report(ProjectsSql(c), before, spec, workspace.registry))
    if not call.query.dry_run:
        user_id, now = call.actor.user_id, workspace.clock()
        workspace.db.write(lambda c: verbs.change(ProjectsSql(c), before, spec, entries, archived, user_id, now))
        workspace.projects.invalidate(before.id)
        if spec.policy.overlap != before.spec.policy.overlap:
            workspace.jobs.submit("overlap", before.id, {}, user_id)
        workspace.bus.publish(before.id, "counts")
    view = get_project(call)
    view.change = report
    return view


@endpoint("DELETE", "/projects/{p}", "project.delete", status=204)
def delete_project(call: Call) -> Response:
    """Remove a project with all its items and answers, for good. Gone at once; the space is freed in the background."""
    workspace, project_id = call.workspace, call.project_id
    for job in workspace.db.read(lambda c: JobsSql(c).listing(project_id, 200)):
        if job.state not in FINISHED:
            workspace.jobs.cancel(job.id)
    workspace.db.write(lambda c: ProjectsSql(c).remove(project_id))
    workspace.projects.invalidate(project_id)
    workspace.auth.forget()
    workspace.jobs.submit("delete", None, {"project_id": project_id}, call.actor.user_id)
    return Response(status_code=204)


@endpoint("GET", "/projects/{p}/file", "project.view", query=FileQuery, media_type="text/plain")
def get_project_file(call: Call) -> Response:
    """The project as code."""
    project = call.workspace.projects.get(call.project_id)
    predictors = call.workspace.db.read(lambda c: ProjectsSql(c).predictors(project.id))
    text = write_project(msgspec.structs.replace(project.spec, predictors=predictors), call.query.format)
    disposition = f'attachment; filename="project-{project.id}.{call.query.format}"'
    return Response(text, media_type="text/plain", headers={"Content-Disposition": disposition})


def _create(call: Call, given: ProjectSpec) -> ProjectView:
    workspace = call.workspace
    spec = verbs.complete(given, workspace.registry)
    entries = verbs.predictors_of(spec, workspace.registry, trusted=workspace.settings.trust_code)
    user_id, now = call.actor.user_id, workspace.clock()

    def add(c: Connection) -> int:
        project_id = verbs.create(ProjectsSql(c), spec, entries, secrets.token_bytes(32), user_id, now)
        join(PeopleSql(c), project_id, user_id, "owner")
        return project_id

    project_id = workspace.db.write(add)
    workspace.auth.forget()
    project = workspace.projects.get(project_id)
    return workspace.db.read(lambda c: _view(call, c, project))


def _changed(given: ProjectChange, before: Project) -> tuple[ProjectSpec, bool]:
    changes = {name: value for name in ProjectSpec.__struct_fields__ if (value := getattr(given, name)) is not UNSET}
    archived = before.archived if isinstance(given.archived, UnsetType) else given.archived
    return msgspec.structs.replace(before.spec, **changes), archived


def _view(call: Call, c: Connection, project: Project) -> ProjectView:
    port = ProjectsSql(c)
    full = msgspec.structs.replace(project.spec, predictors=port.predictors(project.id))
    return ProjectView(
        project.id,
        msgspec.convert(full, SpecView, from_attributes=True),
        project.schema_version,
        project.created_at,
        project.archived,
        _role(call, project.id),
        port.counts(project.id, call.actor.user_id),
    )


def _role(call: Call, project_id: int) -> Role:
    if call.actor.role == "owner":
        return "owner"
    return call.workspace.auth.membership(call.actor, project_id) or "annotator"

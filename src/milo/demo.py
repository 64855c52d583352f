"""Puts the sample projects into a workspace, by the same verbs and the same import job as a user's own data.

Stands beside the server and the command line, on top of `bootstrap`: the samples themselves, in `milo.builtin.demo`, are
content and know nothing of workspaces.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from milo.builtin.demo import Sample, samples
from milo.domain.errors import Conflict
from milo.flow import projects as verbs
from milo.infra.imports import ImportArgs
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.projects import ProjectsSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


def create(workspace: Workspace) -> list[int]:
    """The ids of the sample projects, made and filled where they do not exist yet (told by their names).

    Raises Conflict if a sample could not be imported, with the reason.
    """
    known = {project.spec.name: project.id for project in workspace.projects.all()}
    return [known.get(sample.spec.name) or _create(workspace, sample) for sample in samples()]


def _create(workspace: Workspace, sample: Sample) -> int:
    spec = verbs.complete(sample.spec, workspace.registry)
    entries = verbs.predictors_of(spec, workspace.registry)
    secret, now = secrets.token_bytes(32), workspace.clock()
    project_id = workspace.db.write(lambda c: verbs.create(ProjectsSql(c), spec, entries, secret, None, now))
    workspace.auth.forget()
    _fill(workspace, project_id, sample)
    _suggest(workspace, project_id)
    return project_id


def _fill(workspace: Workspace, project_id: int, sample: Sample) -> None:
    imports = workspace.data.imports
    upload: str | None = None
    for name, content in sample.files():
        upload, target = imports.uploads.begin(project_id, name, upload)
        target.write_bytes(content)
    args = ImportArgs(upload=upload, format="jsonl")
    job = workspace.jobs.wait(imports.submit(workspace.projects.get(project_id), args, None))
    if job.state != "done":
        raise Conflict(f'The sample project "{sample.spec.name}" could not be filled: {job.error or job.state}.')


def _suggest(workspace: Workspace, project_id: int) -> None:
    """Let the rules speak at once; what learns waits for answers."""
    for row in workspace.db.read(lambda c: ModelsSql(c).predictors(project_id)):
        if not workspace.registry.predictors.get(row.plugin).learns:
            workspace.loop_models.suggest_now(row, True, None)

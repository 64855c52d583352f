"""Puts the sample projects into a workspace, by the same verbs and the same import job as a user's own data.

Stands beside the server and the command line, on top of `bootstrap`: the samples themselves, in `milo.builtin.demo`, are
content and know nothing of workspaces.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from milo.builtin.demo import Sample, by_recipe, samples
from milo.builtin.demo.sample import Rehearsal
from milo.domain.errors import Conflict, NotFound
from milo.flow import projects as verbs
from milo.flow.annotating import Bounds, Selection
from milo.infra.imports import ImportArgs
from milo.infra.sql.connections import ConnectionsSql
from milo.infra.sql.database import Connection
from milo.infra.sql.judges import JudgesSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.projects import ProjectsSql
from milo.infra.sql.rubrics import RubricsSql
from milo.kinds.asking import asks

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


def create(workspace: Workspace, recipe: str | None = None) -> list[int]:
    """The ids of the sample projects, or of that of a recipe, made and filled where there are none of their names yet.

    Raises NotFound for a recipe without a sample, Conflict if a sample could not be imported, with the reason.
    """
    chosen = samples() if recipe is None else [_sample_of(recipe)]
    known = {project.spec.name: project.id for project in workspace.projects.all()}
    return [known.get(sample.spec.name) or _create(workspace, sample) for sample in chosen]


def _sample_of(recipe: str) -> Sample:
    known = by_recipe()
    if recipe not in known:
        raise NotFound(
            f'There is no sample for the recipe "{recipe}", only for {", ".join(known)}. Give your own data: --data.'
        )
    return known[recipe]


def _create(workspace: Workspace, sample: Sample) -> int:
    spec = verbs.complete(sample.spec, workspace.registry)
    entries = verbs.predictors_of(spec, workspace.registry)
    secret, now = secrets.token_bytes(32), workspace.clock()
    if sample.rehearsal is not None:
        _connect(workspace, sample.rehearsal)
    project_id = workspace.db.write(lambda c: verbs.create(ProjectsSql(c), spec, entries, secret, None, now))
    workspace.auth.forget()
    _fill(workspace, project_id, sample)
    _suggest(workspace, project_id)
    if sample.rehearsal is not None:
        _rehearse(workspace, project_id, sample.rehearsal)
    return project_id


def _connect(workspace: Workspace, rehearsal: Rehearsal) -> None:
    """Connect the script, unless the workspace has a connection of that name."""
    config = workspace.registry.providers.get("scripted").check_config(rehearsal.config)

    def connect(c: Connection) -> None:
        sql = ConnectionsSql(c)
        if sql.by_name(rehearsal.connection) is None:
            sql.add(rehearsal.connection, "scripted", "script", config, None, {}, {}, True, None, workspace.clock())

    workspace.db.write(connect)


def _rehearse(workspace: Workspace, project_id: int, rehearsal: Rehearsal) -> None:
    """Let the script answer a part of the items, as a connected model would, and set up a judge of its question."""
    row = next(r for r in workspace.db.read(lambda c: ModelsSql(c).predictors(project_id)) if r.name == rehearsal.model)
    annotating = workspace.annotating
    annotating.start(annotating.plan(row, None, None), Selection("sample", rehearsal.items), Bounds(tokens=1_000_000), None)
    project, now = workspace.projects.get(project_id), workspace.clock()
    config = workspace.judging.check(project, "rubric", row.question, {"connection": rehearsal.connection})

    def judge(c: Connection) -> None:
        held = RubricsSql(c).add(project_id, rehearsal.rubric, None, now)
        JudgesSql(c).add(
            project_id, rehearsal.judge, "rubric", row.question, held.rubric.name, held.version, config, "off", 0, now
        )

    workspace.db.write(judge)
    workspace.judging.forget(project_id)


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
        plugin = workspace.registry.predictors.get(row.plugin)
        if not plugin.learns and not asks(plugin):
            workspace.loop_models.suggest_now(row, True, None)

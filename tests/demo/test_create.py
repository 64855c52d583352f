"""Putting the samples into a workspace: once, through the import job, with the rules speaking at once."""

import time

import pytest

from milo.bootstrap import open_workspace
from milo.demo import create
from milo.infra.sql.jobs import FINISHED, JobsSql
from milo.infra.sql.projects import ProjectsSql


@pytest.fixture
def workspace(tmp_path):
    workspace = open_workspace(tmp_path / "ws")
    yield workspace
    workspace.close()


def quiet(workspace, project_id):
    for _ in range(600):
        jobs = workspace.db.read(lambda c: JobsSql(c).listing(project_id, 50))
        if all(job.state in FINISHED for job in jobs):
            return jobs
        time.sleep(0.1)
    raise AssertionError("the jobs did not end")


def test_create_makes_two_filled_projects_once(workspace):
    ids = create(workspace)
    assert create(workspace) == ids
    assert [workspace.projects.get(i).spec.name for i in ids] == ["Support messages", "Handwritten digits"]
    jobs = quiet(workspace, ids[0])
    assert [j.state for j in jobs if j.kind == "suggest"] == ["done", "done"]
    text, digits = (workspace.db.read(lambda c, i=i: ProjectsSql(c).counts(i, 0)) for i in ids)
    assert text.items >= 360
    assert digits.items == 300
    assert text.answers == digits.answers == 0
    assert text.suggested > 150

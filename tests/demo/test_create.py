"""Putting the samples into a workspace: once, through the import job, with the rules speaking at once."""

import json
import time
from importlib import resources

import pytest

from milo.bootstrap import open_workspace
from milo.demo import create
from milo.domain.errors import NotFound
from milo.flow.assist import Wish, request_for, value_of
from milo.flow.guide import passage, sections_of
from milo.infra.gateway import CallFor
from milo.infra.showing import Showing
from milo.infra.sql.jobs import FINISHED, JobsSql
from milo.infra.sql.judges import JudgesSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.projects import ProjectsSql
from milo.infra.sql.rubrics import RubricsSql
from milo.kinds.asking import Judged

GOLD = json.loads(resources.files("milo.builtin.demo").joinpath("gold.json").read_text())


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


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    workspace = open_workspace(tmp_path_factory.mktemp("made") / "ws")
    create(workspace)
    yield workspace
    workspace.close()


def test_a_script_stands_in_for_a_language_model_and_is_called_one(made):
    project_id = create(made)[0]
    jobs = quiet(made, project_id)
    assert [j.state for j in jobs if j.kind == "annotate"] == ["done"]

    connection = made.gateway.connection("rehearsal-script")
    assert (connection.plugin, connection.local) == ("scripted", True)
    model = next(r for r in made.db.read(lambda c: ModelsSql(c).predictors(project_id)) if r.plugin == "llm")
    said = made.db.read(
        lambda c: c.execute(
            "SELECT i.key, a.label, a.reason FROM annotation a JOIN item i ON i.id = a.item_id WHERE a.predictor_id = ?",
            (model.id,),
        ).fetchall()
    )
    assert len(said) > 120
    right = sum(GOLD[key] == label for key, label, _ in said) / len(said)
    assert 0.6 < right < 0.95, "believable: often right, sometimes wrong"
    assert all(reason for _, _, reason in said)
    assert made.db.read(lambda c: c.execute("SELECT count(*) FROM run_error").fetchone()[0]) == 0


@pytest.mark.parametrize("kind", ["draft", "explain", "guide", "check"])
def test_the_script_plays_the_assistant_with_quotes_that_are_in_the_guidelines(made, kind):
    project = made.projects.get(create(made)[0])
    item = made.db.read(
        lambda c: c.execute(
            "SELECT i.id FROM item i WHERE i.key = 'M-0001' AND i.id / 1000000000 = ?", (project.id,)
        ).fetchone()[0]
    )
    showing = Showing(made, project, ["rehearsal-script"])
    task, shown = showing.task("topic"), showing.shown(item)
    suggestion = {"value": "delivery", "source": "topic_script"}
    wish = Wish(kind, draft="delivery", suggestion=suggestion)
    asked = request_for(project.spec.policy.assistant, task, shown, wish)
    call = CallFor("assist", project, item, fields=showing.names)
    reply = made.gateway.run(made.gateway.complete("rehearsal-script", asked, call)).result(10)
    assert "script" in reply.text
    if kind == "draft":
        assert value_of(task, shown, reply.text)[0] == "delivery"
    quotes = [line[2:] for line in reply.text.splitlines() if line.startswith("> ")]
    assert len(quotes) == (1 if kind in ("explain", "guide") else 0)
    assert all(passage(sections_of(task.guidelines, task.question), quote) is not None for quote in quotes)


def test_the_script_plays_the_judge(made):
    project = made.projects.get(create(made)[0])
    judge = made.db.read(lambda c: JudgesSql(c).of(project.id))[0]
    held = made.db.read(lambda c: RubricsSql(c).find(project.id, judge.rubric, judge.rubric_version))
    item = made.db.read(
        lambda c: c.execute(
            "SELECT i.id FROM item i WHERE i.key = 'M-0001' AND i.id / 1000000000 = ?", (project.id,)
        ).fetchone()[0]
    )
    showing = Showing(made, project, ["rehearsal-script"])

    async def ask(connection, request):
        return await made.gateway.complete(connection, request, CallFor("judge", project, item, fields=showing.names))

    plugin = made.registry.judges.get(judge.plugin)
    task, shown = showing.task("topic"), showing.shown(item)
    passed = []
    for value in ("delivery", "refund"):
        work = plugin.judge(task, judge.config, held.rubric, shown, Judged(value), ask)
        passed.append(made.gateway.run(work).result(10).passed)
    assert passed == [True, False]


def test_the_sample_of_a_recipe_has_papers_that_are_filled_in_at_once(workspace):
    pytest.importorskip("pypdfium2", reason="documents need pypdfium2: pip install milo[documents]")
    (ident,) = create(workspace, "invoice_fields")
    assert [j.state for j in quiet(workspace, ident) if j.kind == "suggest"] == ["done"]
    counts = workspace.db.read(lambda c: ProjectsSql(c).counts(ident, 0))
    assert counts.items == 60
    assert counts.suggested > 40
    with pytest.raises(NotFound, match="only for invoice_fields"):
        create(workspace, "rating")

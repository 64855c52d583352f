"""Projects over HTTP: defaults, changes, files, removal."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.conftest import SPEC, People
from milo.bootstrap import Workspace
from milo.infra.sql.ids import item_id


def test_the_answer_spells_out_every_default(client: TestClient, people: People) -> None:
    spec = client.get(f"/api/projects/{people.project}").json()["spec"]
    assert spec["policy"]["blind_share"] == 0.05
    assert spec["questions"][0]["required"] is True
    assert spec["questions"][0]["shape"] == "label"
    assert spec["questions"][0]["config"]["labels"][0]["value"] == "bug"


def test_a_project_without_predictors_gets_one_that_learns(client: TestClient, people: People) -> None:
    found = client.get(f"/api/projects/{people.project}").json()["spec"]["predictors"]
    assert [(p["plugin"], p["question"]) for p in found] == [("text_classifier", "topic")]
    images = {**SPEC, "fields": [{"name": "photo", "kind": "image"}]}
    found = client.post("/api/projects", json=images).json()["spec"]["predictors"]
    assert [p["plugin"] for p in found] == ["image_classifier"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": " "}, "name"),
        ({"fields": []}, "fields"),
        ({"questions": [{"name": "topic", "type": "choise"}]}, "questions.topic.type"),
        ({"questions": [{"name": "topic", "type": "choice", "config": {"labels": ["a", "a"]}}]}, "questions.topic"),
        ({"predictors": [{"plugin": "oracle", "question": "topic"}]}, "predictors.0.plugin"),
        ({"predictors": [{"plugin": "rules", "question": "what"}]}, "predictors.0.question"),
        ({"policy": {"overlap": 0}}, "policy.overlap"),
        ({"policy": {"order": "best"}}, "body"),
    ],
)
def test_a_mistake_is_named_with_its_place(client: TestClient, change: dict[str, Any], place: str) -> None:
    reply = client.post("/api/projects", json={**SPEC, **change})
    assert reply.status_code == 422, reply.text
    assert reply.json()["error"]["place"].startswith(place)


def test_python_rules_never_enter_over_the_network(client: TestClient) -> None:
    config = {"trusted": True, "rules": [{"kind": "python", "function": "os:system"}]}
    spec = {**SPEC, "predictors": [{"plugin": "rules", "question": "topic", "config": config}]}
    reply = client.post("/api/projects", json=spec)
    assert reply.status_code == 422
    assert "command line" in reply.json()["error"]["message"]


def add_answers(workspace: Workspace, project: int, labels: list[str]) -> None:
    def write(c: Any) -> None:
        for number, label in enumerate(labels, 1):
            c.execute(
                "INSERT INTO annotation (item_id, question, role, author_kind, user_id, value, label, basis, "
                "schema_version, created_at) VALUES (?, 'topic', 'answer', 'person', 1, ?, ?, 'unassisted', 1, 0)",
                (item_id(project, number), f'"{label}"', label),
            )

    workspace.db.write(write)


def test_changed_questions_make_a_new_version_and_tell_what_no_longer_fits(
    client: TestClient, people: People, peopled: Workspace
) -> None:
    add_answers(peopled, people.project, ["bug"] * 2500 + ["praise"] * 3)
    at = f"/api/projects/{people.project}"
    questions = [{"name": "topic", "type": "choice", "config": {"labels": ["bug", "question"]}}]
    dry = client.patch(at, params={"dry_run": "true"}, json={"questions": questions}).json()
    assert dry["change"] == {"new_version": True, "checked": 2503, "misfits": {"topic": 3}}
    assert dry["schema_version"] == 1
    done = client.patch(at, json={"questions": questions}).json()
    assert done["change"] == dry["change"]
    assert done["schema_version"] == 2
    assert [q["value"] for q in done["spec"]["questions"][0]["config"]["labels"]] == ["bug", "question"]
    answers = peopled.db.read(lambda c: c.execute("SELECT count(*) FROM annotation WHERE live = 1").fetchone()[0])
    assert answers == 2503


def test_a_removed_question_counts_all_its_answers(client: TestClient, people: People, peopled: Workspace) -> None:
    add_answers(peopled, people.project, ["bug"] * 4)
    questions = [{"name": "other", "type": "text"}]
    change = client.patch(f"/api/projects/{people.project}", json={"questions": questions}).json()["change"]
    assert change["misfits"] == {"topic": 4}


def test_other_changes_make_no_new_version(client: TestClient, people: People) -> None:
    at = f"/api/projects/{people.project}"
    done = client.patch(at, json={"guidelines": "# Rules", "archived": True}).json()
    assert done["schema_version"] == 1
    assert done["archived"] is True
    assert done["spec"]["guidelines"] == "# Rules"
    assert done["spec"]["name"] == SPEC["name"]


def test_a_higher_overlap_opens_what_was_done(client: TestClient, people: People, peopled: Workspace) -> None:
    at = f"/api/projects/{people.project}"
    client.post(f"{at}/items", json=[{"data": {"text": f"row {n}"}} for n in range(1200)])
    annotator = people.client("annotator")
    lent = annotator.get(f"{at}/queue", params={"n": 2}).json()
    for number, work in enumerate(lent):
        body = {"op_id": str(uuid.UUID(int=number)), "item_id": work["item"]["id"], "values": {"topic": "bug"}}
        assert annotator.post(f"{at}/answers", json=body).json()["item_status"] == "done"
    client.patch(at, json={"policy": {"overlap": 2}})
    job = next(j for j in client.get("/api/jobs").json() if j["kind"] == "overlap")
    assert peopled.jobs.wait(job["id"], 30).result == {"items": 1200}
    counts = client.get(at).json()["counts"]
    assert (counts["done"], counts["open"], counts["new"]) == (0, 2, 1198)
    again = people.client("reviewer").get(f"{at}/queue", params={"n": 50}).json()
    assert len(again) == 50


def test_a_project_file_makes_the_same_project(client: TestClient, people: People) -> None:
    at = f"/api/projects/{people.project}"
    for form in ("yaml", "json"):
        text = client.get(f"{at}/file", params={"format": form}).text
        made = client.post("/api/projects/from-file", json={"text": text}).json()
        assert made["spec"] == client.get(at).json()["spec"]


def test_a_wrong_file_is_told_by_line(client: TestClient) -> None:
    text = "name: x\nfields:\n- name: text\nquestions:\n- name: q\n  type: choice\n  requird: true\n"
    error = client.post("/api/projects/from-file", json={"text": text}).json()["error"]
    assert "Line 5" in error["message"]
    assert "requird" in error["message"]


def test_everybody_sees_their_own_projects(people: People) -> None:
    second = people.client("owner").post("/api/projects", json={**SPEC, "name": "Second"}).json()["id"]
    assert [p["id"] for p in people.client("owner").get("/api/projects").json()] == [people.project, second]
    assert [p["id"] for p in people.client("annotator").get("/api/projects").json()] == [people.project]
    assert people.client("outsider").get("/api/projects").json() == []
    assert people.client("manager").get("/api/projects").json()[0]["my_role"] == "manager"


def test_a_workspace_manager_creates_projects_and_owns_them(people: People) -> None:
    at = f"/api/users/{people.ids['outsider']}"
    people.client("owner").patch(at, json={"role": "manager"})
    made = people.client("outsider").post("/api/projects", json=SPEC).json()
    assert made["my_role"] == "owner"
    assert people.client("outsider").delete(f"/api/projects/{made['id']}").status_code == 204


def test_removal_is_at_once_and_leaves_nothing(client: TestClient, people: People, peopled: Workspace) -> None:
    at = f"/api/projects/{people.project}"
    rows = [{"data": {"text": f"row {n}"}} for n in range(250)]
    assert client.post(f"{at}/items", json=rows).json()["added"] == 250
    add_answers(peopled, people.project, ["bug"] * 30)
    assert client.delete(at).status_code == 204
    assert client.get(at).status_code == 404
    assert client.get("/api/projects").json() == []
    job = next(j for j in client.get("/api/jobs").json() if j["kind"] == "delete")
    assert peopled.jobs.wait(job["id"], 30).state == "done"

    def count(c: Any) -> dict[str, int]:
        tables = ("project", "item", "content", "annotation", "member", "predictor", "schema_version", "project_count")
        return {t: c.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}

    assert set(peopled.db.read(count).values()) == {0}


def test_recipes_and_kinds_are_listed(client: TestClient, people: People) -> None:
    recipes = client.get("/api/recipes").json()
    assert {"text_classification", "entity_spans"} <= {r["name"] for r in recipes}
    for recipe in recipes:
        assert client.post("/api/projects", json=recipe["spec"]).status_code == 201, recipe["name"]
    kinds = client.get("/api/kinds", params={"project": people.project}).json()
    assert {"choice", "spans"} <= {t["name"] for t in kinds["task_types"]}
    answers = {p["name"]: p["questions"] for p in kinds["predictors"]}
    assert answers["text_classifier"] == ["topic"]
    assert answers["image_classifier"] == []

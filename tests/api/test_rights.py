"""Who may do what, over every declared route."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.conftest import People, populate
from milo.api.app import ROUTES, create_app
from milo.api.endpoint import ENDPOINTS, Endpoint
from milo.bootstrap import open_workspace
from milo.domain.people import Actor, Role, may

PROTECTED = [end for end in ENDPOINTS if end.action is not None]
PUBLIC = {"get_status", "set_up", "sign_in"}
ROLES: dict[str, Role | None] = {
    "outsider": None, "annotator": "annotator", "reviewer": "reviewer", "manager": "manager"
}  # fmt: skip
ACTIONS_AT_ADMISSION = {"self", "project.list"}
"""Everybody signed in may; the handler looks at what belongs to whom."""


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    crowd = populate(tmp_path_factory.mktemp("rights") / "ws")
    workspace = open_workspace(crowd.folder)
    yield People(create_app(workspace), crowd)
    workspace.close()


def ask(client: TestClient, end: Endpoint, project: int) -> int:
    path = end.path.replace("{p}", str(project))
    path = re.sub(r"{\w+}", "999999", path)
    return client.request(end.method, path, content=b"{}").status_code


def name_of(end: Endpoint) -> str:
    return f"{end.method} {end.path}"


def test_only_three_routes_are_public() -> None:
    assert {end.tag for end in ENDPOINTS} == {module.__name__.rsplit(".", 1)[-1] for module in ROUTES}
    assert {end.name for end in ENDPOINTS if end.action is None} == PUBLIC


@pytest.mark.parametrize("end", PROTECTED, ids=name_of)
def test_anonymous_is_asked_to_sign_in(everybody: People, end: Endpoint) -> None:
    assert ask(everybody.client("anonymous"), end, everybody.project) == 401


@pytest.mark.parametrize("end", PROTECTED, ids=name_of)
def test_a_wrong_token_is_refused(everybody: People, end: Endpoint) -> None:
    client = everybody.client("anonymous")
    client.headers["Authorization"] = "Bearer milo_nonsense"
    assert ask(client, end, everybody.project) == 401


def refused() -> list[tuple[str, Endpoint]]:
    out: list[tuple[str, Endpoint]] = []
    for name, membership in ROLES.items():
        actor = Actor(2, name, "annotator")
        for end in PROTECTED:
            held = membership if "{p}" in end.path else None
            if end.action is not None and not may(actor, end.action, held):
                out.append((name, end))
    return out


@pytest.mark.parametrize(("name", "end"), refused(), ids=lambda v: v if isinstance(v, str) else name_of(v))
def test_who_may_not_gets_403_before_anything_is_looked_at(everybody: People, name: str, end: Endpoint) -> None:
    assert ask(everybody.client(name), end, everybody.project) == 403


def test_the_table_of_refusals_is_the_expected_one() -> None:
    """Guards the table itself: a route that becomes open to a role by mistake shows up here."""
    by_role = {name: {f"{e.method} {e.path}" for n, e in refused() if n == name} for name in ROLES}
    inside = {name_of(e) for e in PROTECTED if "{p}" in e.path}
    assert inside <= by_role["outsider"]
    for route in (
        "GET /api/projects/{p}/items", "GET /api/projects/{p}/export", "GET /api/projects/{p}/models",
        "GET /api/projects/{p}/members", "POST /api/projects/{p}/items", "PATCH /api/projects/{p}",
    ):  # fmt: skip
        assert route in by_role["annotator"], route
    for route in ("GET /api/projects/{p}/export", "POST /api/projects/{p}/bulk/accept", "PATCH /api/projects/{p}"):
        assert route in by_role["reviewer"], route
    assert by_role["manager"] == {
        "DELETE /api/projects/{p}", "GET /api/users", "PATCH /api/users/{id}", "POST /api/users",
        "POST /api/projects", "POST /api/projects/from-file", "POST /api/rubrics", "POST /api/label-config",
        "GET /api/providers", "POST /api/connections", "GET /api/connections/{k}", "PATCH /api/connections/{k}",
        "DELETE /api/connections/{k}", "POST /api/connections/{k}/test", "POST /api/connections/{k}/forget-answers",
        "GET /api/ledger", "GET /api/ledger/totals",
        "POST /api/own-models", "POST /api/own-models/{k}/test", "DELETE /api/own-models/{k}",
    }  # fmt: skip


@pytest.mark.parametrize("end", [e for e in PROTECTED if "{p}" in e.path], ids=name_of)
def test_another_project_is_closed_to_members_of_this_one(everybody: People, end: Endpoint) -> None:
    assert ask(everybody.client("manager"), end, everybody.project + 1) == 403


@pytest.mark.parametrize("end", [e for e in PROTECTED if "{p}" in e.path], ids=name_of)
def test_the_owner_is_told_that_there_is_no_such_project(everybody: People, end: Endpoint) -> None:
    assert ask(everybody.client("owner"), end, 424242) == 404


def test_only_an_owner_makes_owners(everybody: People) -> None:
    at = f"/api/projects/{everybody.project}/members/{everybody.ids['outsider']}"
    manager = everybody.client("manager")
    assert manager.put(at, json={"role": "owner"}).status_code == 403
    assert manager.put(at, json={"role": "annotator"}).status_code == 200
    assert manager.delete(at).status_code == 204
    owner = f"/api/projects/{everybody.project}/members/{everybody.ids['owner']}"
    assert manager.put(owner, json={"role": "annotator"}).status_code == 403

"""A workspace with people of every role, and clients for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from milo.api.app import create_app
from milo.bootstrap import Workspace, open_workspace
from milo.settings import Settings

PASSWORD = "correct horse"
SPEC: dict[str, Any] = {
    "name": "Tickets",
    "fields": [{"name": "text"}],
    "questions": [{"name": "topic", "type": "choice", "config": {"labels": ["bug", "praise"]}}],
}


class MovableClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Crowd(NamedTuple):
    """A workspace folder with people in it: their ids and tokens by name, and a project."""

    folder: Path
    ids: dict[str, int]
    tokens: dict[str, str]
    project: int


def populate(folder: Path) -> Crowd:
    """Make a workspace with an owner, a manager, a reviewer and an annotator of one project, and an outsider."""
    workspace = open_workspace(folder, Settings(workspace=folder), MovableClock())
    owner = TestClient(create_app(workspace))
    ids = {"owner": owner.post("/api/setup", json={"login": "owner", "password": PASSWORD}).json()["user"]["id"]}
    owner.headers["Authorization"] = f"Bearer {workspace.auth.local_token()}"
    for name in ("manager", "reviewer", "annotator", "outsider"):
        ids[name] = owner.post("/api/users", json={"login": name, "password": PASSWORD}).json()["id"]
    project = owner.post("/api/projects", json=SPEC).json()["id"]
    for name in ("manager", "reviewer", "annotator"):
        at = f"/api/projects/{project}/members/{ids[name]}"
        assert owner.put(at, json={"role": name}).status_code == 200
    tokens = {name: workspace.auth.add_token(user_id, "test")[1] for name, user_id in ids.items()}
    workspace.close()
    return Crowd(folder, ids, tokens, project)


class People:
    """Clients by name: owner, manager, reviewer, annotator (of one project), outsider, anonymous."""

    def __init__(self, app: Any, crowd: Crowd) -> None:
        self._app = app
        self.ids, self.tokens, self.project = crowd.ids, crowd.tokens, crowd.project

    def client(self, name: str) -> TestClient:
        """A client that acts for this person by token; anonymous: without."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name in self.tokens else {}
        return TestClient(self._app, headers=headers, raise_server_exceptions=False)

    def browser(self, name: str) -> TestClient:
        """A client that signed in with a password, its csrf token not yet set."""
        client = TestClient(self._app)
        assert client.post("/api/login", json={"login": name, "password": PASSWORD}).status_code == 200
        return client


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return populate(tmp_path_factory.mktemp("crowd") / "ws")


@pytest.fixture
def workspace(tmp_path: Path, clock: MovableClock) -> Iterator[Workspace]:
    """A workspace without anybody."""
    found = open_workspace(tmp_path / "empty", Settings(workspace=tmp_path / "empty"), clock)
    yield found
    found.close()


@pytest.fixture
def peopled(tmp_path: Path, clock: MovableClock, crowd: Crowd) -> Iterator[Workspace]:
    """A workspace of one's own with the crowd in it."""
    folder = tmp_path / "ws"
    shutil.copytree(crowd.folder, folder)
    found = open_workspace(folder, Settings(workspace=folder), clock)
    yield found
    found.close()


@pytest.fixture
def people(peopled: Workspace, crowd: Crowd) -> People:
    return People(create_app(peopled), crowd)


@pytest.fixture
def client(people: People) -> TestClient:
    """The owner, by token."""
    return people.client("owner")

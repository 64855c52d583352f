"""A server inside the test process, and the owner's client for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from milo import Client
from milo.api.server import PrivateServer
from milo.sdk import Project
from milo.settings import Settings

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    folder: Path = tmp_path_factory.mktemp("sdk") / "ws"
    found = PrivateServer(Settings(workspace=folder))
    with Client(found.url) as visitor:
        visitor.set_up("owner", PASSWORD)
    yield found
    found.close()


@pytest.fixture(scope="module")
def client(server: PrivateServer) -> Iterator[Client]:
    with Client(server.url, token=server.token) as found:
        yield found


@pytest.fixture
def project(client: Client) -> Iterator[Project]:
    made = client.create_project(
        {
            "name": "Tickets",
            "fields": [{"name": "text"}],
            "questions": [{"name": "topic", "type": "choice", "config": {"labels": ["bug", "praise"]}}],
            "policy": {"blind_share": 0.0, "order": "imported"},
        }
    )
    yield made
    made.delete()

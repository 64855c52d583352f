"""A server inside the test process, and the owner's client for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from milo import Client
from milo.api.server import PrivateServer
from milo.kinds.registry import Registry
from milo.settings import Settings

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sockets") / "ws"


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[PrivateServer]:
    found = PrivateServer(Settings(workspace=folder))
    with Client(found.url) as visitor:
        visitor.set_up("owner", PASSWORD)
    yield found
    found.close()


@pytest.fixture(scope="module")
def client(server: PrivateServer) -> Iterator[Client]:
    with Client(server.url, token=server.token) as found:
        yield found


@pytest.fixture(scope="session")
def registry() -> Registry:
    found = Registry()
    found.load_package("milo.builtin")
    return found

"""Fixtures for tests with connected models."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from llm.servers import FixtureServer, Handler
from llm_bench import LlmBench
from milo.bootstrap import Workspace, open_workspace


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., LlmBench]]:
    """Makes benches that end with the test."""
    made: list[LlmBench] = []

    def make(spec: dict[str, Any] | None = None, **policy: Any) -> LlmBench:
        made.append(LlmBench(tmp_path / str(len(made)), spec, **policy))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace in which nothing is; making one takes two seconds."""
    folder = tmp_path_factory.mktemp("blank") / "ws"
    open_workspace(folder).close()
    return folder


@pytest.fixture
def workspace(blank: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of one's own."""
    folder = tmp_path / "ws"
    shutil.copytree(blank, folder)
    found = open_workspace(folder)
    yield found
    found.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Handler], FixtureServer]]:
    """Starts servers that end with the test."""
    open_ones: list[FixtureServer] = []

    def start(handler: Handler) -> FixtureServer:
        server = FixtureServer(handler)
        open_ones.append(server)
        return server

    yield start
    for server in open_ones:
        server.close()

"""Fixtures for tests with connected models."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data_bench import Bench
from llm.assist_bench import GUIDE, HOUSE, MOOD, OPEN_TO_ALL, TEXT, WHY, WORDS
from llm.court import Court, Crowd, crowd_in
from llm.puppet import Puppet, connect
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


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    """A workspace with people of every role, to be copied."""
    return crowd_in(tmp_path_factory.mktemp("court") / "ws")


@pytest.fixture
def court(tmp_path: Path, crowd: Crowd) -> Iterator[Court]:
    """A workspace with a rubric, a scripted model, and those people."""
    found = Court(tmp_path / "ws", crowd)
    yield found
    found.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, Puppet]]:
    """A workspace with a connected model that says what a test tells it to."""
    made, model = Bench(tmp_path_factory.mktemp("assist")), Puppet(["Hello"])
    connect(made.ws, model)
    yield made, model
    made.close()


@pytest.fixture
def puppet(world: tuple[Bench, Puppet]) -> Puppet:
    """The model, saying hello."""
    world[1].reset(["Hello"])
    return world[1]


@pytest.fixture
def desk(world: tuple[Bench, Puppet], puppet: Puppet) -> Bench:
    """The workspace."""
    return world[0]


@pytest.fixture
def house(desk: Any) -> Any:
    """A project with an assistant, one item in the owner's hands."""
    desk.project(MOOD, WORDS, WHY, assistant=HOUSE, data=OPEN_TO_ALL)
    desk.call("PATCH", "", {"guidelines": GUIDE})
    desk.item = desk.add(TEXT)[0]
    desk.call("GET", f"/items/{desk.item}/work")
    return desk

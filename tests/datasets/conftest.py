"""A workspace of its own for each test module, and pictures to fill data sets with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bench import Bench
from datasets.desk import Desk
from milo.kinds.registry import Registry


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    found = Bench(tmp_path_factory.mktemp("datasets"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def registry() -> Registry:
    found = Registry()
    found.load_package("milo.builtin")
    return found


@pytest.fixture
def desk(registry: Registry, bench: Bench, tmp_path: Path) -> Desk:
    return Desk(registry, bench, tmp_path)

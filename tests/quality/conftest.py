"""The bench for tests of measured quality."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data_bench import Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A workspace with its owner signed in; each test makes a project of its own in it."""
    made = Bench(tmp_path_factory.mktemp("quality"))
    yield made
    made.close()

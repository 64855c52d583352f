"""The crew, for every test here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review.crew_bench import MOOD, Crew


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A workspace with its people."""
    it = Crew(tmp_path_factory.mktemp("crew"))
    yield it
    it.close()


@pytest.fixture
def crew(house: Crew) -> Crew:
    """A new project in which two people answer each item, and a reviewer."""
    house.project(MOOD, overlap=2)
    house.join("ann", "bob", "cyd")
    house.join("rita", role="reviewer")
    return house

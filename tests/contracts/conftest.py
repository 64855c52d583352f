"""Every plug-in that ships, found by the same door as a stranger's."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.foreign_desk import Desk
from milo.kinds.registry import Registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    found = Registry()
    found.load_package("milo.builtin")
    return found


@pytest.fixture
def desk(registry: Registry, tmp_path: Path) -> Desk:
    """Writes rows in formats of other tools and reads them back."""
    return Desk(registry, tmp_path)

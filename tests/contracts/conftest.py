"""Every plug-in that ships, found by the same door as a stranger's."""

from __future__ import annotations

import pytest

from milo.kinds.registry import Registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    found = Registry()
    found.load_package("milo.builtin")
    return found

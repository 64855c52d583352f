"""For all tests: property tests have no deadline, and on CI they draw the same examples each time.

What drives real servers, jobs, models and browsers has limits in seconds, which a loaded machine may break. Such a test is tried once
more before it counts as failed; the report lists every one that needed it. Computation (domain, stats, formats, ...) gets one try.

Passwords of workspaces in this process are hashed by the same algorithm at its least cost; those of real servers at the full one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

settings.register_profile("milo", deadline=None)
settings.register_profile("milo-ci", deadline=None, derandomize=True)
settings.load_profile("milo-ci" if os.environ.get("CI") else "milo")


def _quick() -> PasswordHash:
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


PasswordHash.recommended = _quick

_HERE = Path(__file__).parent
_REAL = (
    "api",
    "browser",
    "cli",
    "demo",
    "flow",
    "fuzz",
    "infra",
    "llm",
    "models",
    "quality",
    "review",
    "sdk",
    "solid",
    "study",
    "work",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A second try for what runs on real servers."""
    for item in items:
        if item.path.relative_to(_HERE).parts[0] in _REAL:
            item.add_marker(pytest.mark.flaky(reruns=1))

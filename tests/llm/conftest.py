"""Fixtures for tests with connected models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from llm_bench import LlmBench


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

"""Promises through a whole workspace on SQLite: they are kept, and this would be seen if they were not."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from milo.stats import guarantees

sys.path.append(str(Path(__file__).parents[2] / "bench" / "trust"))
_house, projects, worlds = (importlib.import_module(name) for name in ("house", "projects", "worlds"))

RUNS, ITEMS = 12, 400


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = _house.House(tmp_path_factory.mktemp("house") / "ws")
    yield made
    made.close()


def broken(house: Any, start: int) -> tuple[int, float]:
    """In how many projects a promise was broken, and the mean share accepted."""
    runs = [projects.one_project(house, worlds.WORLDS["useless score"], "total", start + s, ITEMS) for s in range(RUNS)]
    return sum(r.broken for r in runs), float(np.mean([r.accepted for r in runs]))


def test_promises_are_kept_whatever_the_score_says(house: Any) -> None:
    """At 5 % as many as 4 of 12 break with a chance of 2 in a thousand; the seeds are fixed all the same."""
    found, accepted = broken(house, 0)
    assert found < 4
    assert accepted > 0.02


def test_a_bound_that_is_wrong_would_be_seen(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain_mean(losses: Any, *_: Any) -> float:
        return float(np.mean(losses)) if len(losses) else 1.0

    monkeypatch.setattr(guarantees, "upper_bound", plain_mean)
    found, _ = broken(house, 0)
    assert found >= 4


def test_drift_is_noticed_within_what_was_stated(house: Any) -> None:
    """It is in 95 % of drifts: less than half of 4 are missed with a chance of 5 in ten thousand."""
    errors = [projects.worse(house, 300 + s, 0.5) for s in range(4)]
    assert sum(e.noticed for e in errors) >= 2
    assert sum(e.falsely for e in errors) <= 2
    assert projects.other(house, 310).noticed

"""Runs of simulations that are kept in a file, so that a long one can be stopped and goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])


class Kept:
    """Finished runs by name, in the order of their seeds. Without a file they are kept in memory only."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._runs: dict[str, list[list[Any]]] = {}
        if file is not None and file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                name, row = json.loads(line)
                self._runs.setdefault(name, []).append(row)

    def done(self, name: str) -> int:
        """How many runs there are."""
        return len(self._runs.get(name, []))

    def add(self, name: str, rows: list[Any]) -> None:
        """Keep some more."""
        self._runs.setdefault(name, []).extend(list(row) for row in rows)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as out:
                out.writelines(json.dumps([name, list(row)]) + "\n" for row in rows)

    def rows(self, name: str, kind: Callable[..., Row]) -> list[Row]:
        """The runs as they were."""
        return [kind(*row) for row in self._runs.get(name, [])]


def in_turn(kept: Kept, names: list[str], runs: int, some: Callable[[str, int, int], list[Any]], at_once: int = 25) -> None:
    """Make what is missing, a part of each in turn, so that all have about as many when it is stopped. `some`: the runs of a
    name with the seeds from one number to another."""
    for upto in range(at_once, runs + at_once, at_once):
        for name in names:
            start, end = kept.done(name), min(upto, runs)
            if start < end:
                kept.add(name, some(name, start, end))

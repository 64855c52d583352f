"""The child process that looks for near-duplicates: one request a line in, one reply a line out.

A process of its own because comparing a hundred thousand texts keeps a processor busy for minutes, which would slow down
whoever works with the server. Requests: `texts` and `pictures` (rows of an item's id and its text or small picture), `step` (go
on comparing: {"done": share}, at the end with the groups). Each says how many rows were `given` before, so that a child which
began anew is noticed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from milo.infra.child import serve
from milo.stats.near_duplicates import NearDuplicates, groups
from milo.stats.near_pictures import SIDE, NearPictures

_STEP_SECONDS = 0.5


class _Search:
    """What was handed over so far, and how far the comparison is."""

    def __init__(self) -> None:
        self._near: NearDuplicates | NearPictures | None = None
        self._steps: Iterator[tuple[float, dict[tuple[int, int], float]]] | None = None
        self._pairs: set[tuple[int, int]] = set()
        self._given = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to a request. Raises ValueError where this is not the process that was given the rows before."""
        if request["given"] != self._given:
            raise ValueError("the process that compared ended early, most likely because memory ran out")
        if request["do"] == "step":
            return self._step(request["least"])
        self._given += len(request["rows"])
        return (self._texts if request["do"] == "texts" else self._pictures)(request["rows"])

    def _texts(self, rows: list[tuple[int, str]]) -> dict[str, Any]:
        near = self._near if isinstance(self._near, NearDuplicates) else NearDuplicates()
        self._near = near
        for item, text in rows:
            near.add(item, text)
        return {"unread": []}

    def _pictures(self, rows: list[tuple[int, str]]) -> dict[str, Any]:
        """Pictures are files that the server has made; those that cannot be read are told."""
        near = self._near if isinstance(self._near, NearPictures) else NearPictures()
        self._near = near
        unread: list[int] = []
        for item, path in rows:
            try:
                grey = _grey(Path(path))
            except (OSError, ValueError):
                unread.append(item)
                continue
            near.add(item, grey)
        return {"unread": unread}

    def _step(self, least: float) -> dict[str, Any]:
        if self._near is None:
            return {"done": 1.0, "groups": []}
        if self._steps is None:
            self._steps = self._near.compare(least)
        end = time.perf_counter() + _STEP_SECONDS
        for done, more in self._steps:
            self._pairs |= more.keys()
            if time.perf_counter() > end:
                return {"done": min(done, 0.999)}
        return {"done": 1.0, "groups": [self._group(group) for group in groups(sorted(self._pairs))]}

    def _group(self, group: list[int]) -> list[tuple[int, float]]:
        """The items of a group with their likeness to the first."""
        assert self._near is not None
        first = group[0]
        return [(item, 1.0 if item == first else self._near.between(first, item)) for item in group]


def _grey(path: Path) -> Any:
    import numpy as np
    from PIL import Image

    with Image.open(path, formats=["WEBP"]) as small:
        return np.asarray(small.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX))


if __name__ == "__main__":
    serve(_Search().answer)

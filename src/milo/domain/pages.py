"""Sizes of the pages of a file as they are kept with it: runs of [width, height, how many]."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def size_in(runs: Iterable[Any], page: int) -> tuple[float, float] | None:
    """Width and height of a page, counted from 0; None for one that is not among them."""
    first = 0
    for width, height, many in runs:
        first += int(many)
        if page < first:
            return float(width), float(height)
    return None

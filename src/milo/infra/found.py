"""Remembers which items a filter found, so that deep pages of a long list cost no more than the first.

A remembered list is dropped when this process changes items in bulk, or by age: sooner for a first page, which people
reload to see what is new, than for the pages that follow it, which should not shift while one scrolls.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_ENTRIES = 64
_BYTES = 64 * 1024 * 1024
_FRESH, _SCROLL = 1.0, 60.0
_COST_FACTOR = 20.0


class _Entry(msgspec.Struct):
    value: Any
    size: int
    at: float
    took: float


class Found:
    """A least-recently-used store of what was found, by project and key; bounded in number and bytes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[int, Hashable], _Entry] = OrderedDict()

    def get(self, project_id: int, key: Hashable, find: Callable[[], T], *, scrolling: bool = False) -> T:
        """What `find` gave before, unless that is too long ago: then what it gives now. The dearer, the longer it is kept."""
        with self._lock:
            entry = self._entries.get((project_id, key))
            if entry is not None:
                age = self._clock() - entry.at
                if age < max(_FRESH, entry.took * _COST_FACTOR) or (scrolling and age < _SCROLL):
                    self._entries.move_to_end((project_id, key))
                    return entry.value
        start = time.perf_counter()
        value = find()
        took = time.perf_counter() - start
        with self._lock:
            size = int(getattr(value, "nbytes", 1000))
            self._entries[(project_id, key)] = _Entry(value, size, self._clock(), took)
            self._entries.move_to_end((project_id, key))
            self._trim()
        return value

    def forget(self, project_id: int) -> None:
        """Items of the project changed."""
        with self._lock:
            for known in [k for k in self._entries if k[0] == project_id]:
                del self._entries[known]

    def _trim(self) -> None:
        total = sum(e.size for e in self._entries.values())
        while len(self._entries) > 1 and (len(self._entries) > _ENTRIES or total > _BYTES):
            _, gone = self._entries.popitem(last=False)
            total -= gone.size

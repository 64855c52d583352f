"""News for open browsers: in-process publish and subscribe, fed by writes and read by the live-update streams.

News are hints to look again, never data; a slow listener loses the oldest ones and nothing else.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any


class Bus:
    """Listeners per project (None: the whole workspace). Publishing is safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int | None, set[tuple[asyncio.AbstractEventLoop, asyncio.Queue[dict[str, Any]]]]] = {}

    def publish(self, project_id: int | None, kind: str, **data: Any) -> None:
        """Tell everyone who listens to this project."""
        with self._lock:
            listeners = list(self._listeners.get(project_id, ()))
        for loop, waiting in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_offer, waiting, {"kind": kind, **data})

    def subscribe(self, project_id: int | None) -> asyncio.Queue[dict[str, Any]]:
        """A queue that receives the news from now on. Call on the event loop."""
        waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=200)
        with self._lock:
            self._listeners.setdefault(project_id, set()).add((asyncio.get_running_loop(), waiting))
        return waiting

    def unsubscribe(self, project_id: int | None, waiting: asyncio.Queue[dict[str, Any]]) -> None:
        """Stop listening."""
        with self._lock:
            entries = self._listeners.get(project_id, set())
            self._listeners[project_id] = {e for e in entries if e[1] is not waiting}

    def close(self) -> None:
        """Wake every listener, so that streams notice that the server is closing."""
        with self._lock:
            projects = list(self._listeners)
        for project_id in projects:
            self.publish(project_id, "closing")


def _offer(waiting: asyncio.Queue[dict[str, Any]], news: dict[str, Any]) -> None:
    if waiting.full():
        waiting.get_nowait()
    waiting.put_nowait(news)

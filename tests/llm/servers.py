"""Servers to connect to: one that answers as told, kept in a thread, and the workspace around a test."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def completion(content: Any = "ready", **more: Any) -> dict[str, Any]:
    """An answer of a chat completion; `more` replaces parts of the choice, `usage` and `model` those of the whole."""
    usage = more.pop("usage", {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15})
    model = more.pop("model", "tiny")
    tools = more.pop("tool_calls", None)
    message = {"role": "assistant", "content": content, **({"tool_calls": tools} if tools else {})}
    choice = {"index": 0, "message": message, "finish_reason": "stop", **more}
    return {"id": "x", "object": "chat.completion", "model": model, "choices": [choice], "usage": usage}


class FixtureServer:
    """An HTTP server on a port of its own. `seen` holds what came: method, path, headers and decoded body."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.seen: list[dict[str, Any]] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[Any]:
        """The bodies that came."""
        return [one["body"] for one in self.seen]

    def close(self) -> None:
        """End it."""
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else None
        except (json.JSONDecodeError, UnicodeDecodeError):
            body = raw
        self.seen.append(
            {"method": request.method, "path": request.path_qs, "headers": dict(request.headers), "body": body, "raw": raw}
        )
        return await self._handler(request)


async def send_events(request: web.Request, events: list[Any], *, cut: bool = False, pause: float = 0.0) -> web.StreamResponse:
    """A stream of server-sent events; `cut`: the connection breaks at the end."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for event in events:
        data = event if isinstance(event, str) else json.dumps(event)
        await response.write(f"data: {data}\n\n".encode())
        if pause:
            await asyncio.sleep(pause)
    if cut:
        assert request.transport is not None
        request.transport.abort()
    else:
        await response.write_eof()
    return response

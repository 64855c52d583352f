"""Live updates: a stream of hints that something changed (Server-Sent Events)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
from starlette.responses import StreamingResponse

from milo.api.endpoint import Call, endpoint

_PING_SECONDS = 20
_GATHER_SECONDS = 0.3


@endpoint("GET", "/projects/{p}/events", "project.view", media_type="text/event-stream")
async def stream_events(call: Call) -> StreamingResponse:
    """Hints to look again: `counts`, `job`, `model`, `item`. Equal hints that come together are sent once."""
    return StreamingResponse(
        _stream(call), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


async def _stream(call: Call) -> AsyncIterator[bytes]:
    waiting = call.workspace.bus.subscribe(call.project_id)
    try:
        yield b"retry: 2000\n\n"
        while not call.workspace.closing:
            try:
                news = [await asyncio.wait_for(waiting.get(), _PING_SECONDS)]
            except TimeoutError:
                yield b": ping\n\n"
                continue
            await asyncio.sleep(_GATHER_SECONDS)
            while not waiting.empty():
                news.append(waiting.get_nowait())
            for line in dict.fromkeys(msgspec.json.encode(one) for one in news):
                yield b"event: change\ndata: " + line + b"\n\n"
    finally:
        call.workspace.bus.unsubscribe(call.project_id, waiting)

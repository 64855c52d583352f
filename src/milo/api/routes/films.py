"""The frames of a video, for members of its project: when each is shown, any one as a picture, a strip of small ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.responses import FileResponse, Response

from milo.api.endpoint import Call, endpoint
from milo.api.routes.media import media_row
from milo.infra.sql.items import MediaRow

_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


class FrameTable(msgspec.Struct):
    """`times`: when each of the `frames` is shown, in seconds from the first one; `keys`: the numbers of those that are decoded
    without others. `width` and `height` are of the frames as shown."""

    frames: int
    width: int
    height: int
    times: list[float]
    keys: list[int]


class StillQuery(msgspec.Struct):
    """The longer side in pixels at most: 320, 640 or 1280; 0: as it is."""

    size: int = 0


class StripQuery(msgspec.Struct):
    """How many small pictures: 8, 16 or 32; others are rounded up."""

    count: int = 16


@endpoint("GET", "/media/{m}/frames", "self", reply=FrameTable)
async def get_frames(call: Call) -> Response:
    """The frames of a video. They are counted when it is first asked for, which takes a moment for a long one."""
    return await _apart(call, call.workspace.data.films.frames, "application/json")


@endpoint("GET", "/media/{m}/frames/{n}", "self", query=StillQuery, reply=bytes, media_type="image/jpeg")
async def get_frame(call: Call) -> Response:
    """One frame, counted from 0 in the order in which they are shown, as a JPEG."""
    films, number, size = call.workspace.data.films, call.params["n"], max(0, call.query.size)
    return await _apart(call, lambda row: films.still(row, number, size), "image/jpeg")


@endpoint("GET", "/media/{m}/strip", "self", query=StripQuery, reply=bytes, media_type="image/jpeg")
async def get_strip(call: Call) -> Response:
    """Small pictures side by side, evenly spread over the video; of a long one, of each moment the last key frame before it."""
    films, count = call.workspace.data.films, max(1, call.query.count)
    return await _apart(call, lambda row: films.strip(row, count), "image/jpeg")


async def _apart(call: Call, make: Callable[[MediaRow], Path], media_type: str) -> Response:
    """Decoding must not hold up the threads that answer everything else."""
    loop = asyncio.get_running_loop()
    row = await loop.run_in_executor(call.workspace.db.pool, media_row, call)
    path = await loop.run_in_executor(call.workspace.data.films.threads, make, row)
    return FileResponse(path, media_type=media_type, headers=_HEADERS)

"""Pages and tiles of images that a browser does not show as they are, for members of their project."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.responses import FileResponse, Response

from milo.api.endpoint import Call, endpoint
from milo.api.routes.media import media_row
from milo.domain.errors import Invalid
from milo.infra.pyramids import Pyramid
from milo.infra.sql.items import MediaRow

_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_MOST_PAGES = 100_000


class ImagePageQuery(msgspec.Struct):
    """`page` counts from 0. `low` and `high`: the levels of grey that are shown as black and white; both, or neither for those
    that the file names."""

    page: int = 0
    low: float | None = None
    high: float | None = None


class WhichPage(msgspec.Struct):
    """`page` counts from 0."""

    page: int = 0


@endpoint("GET", "/media/{m}/image-page", "self", query=ImagePageQuery, reply=bytes, media_type="image/png")
async def get_image_page(call: Call) -> Response:
    """A page of a TIFF file or a slice of a DICOM file as an upright picture, PNG or JPEG."""
    asked = call.query
    _check(asked.page)
    if (asked.low is None) != (asked.high is None) or (asked.low is not None and not asked.low < asked.high):
        raise Invalid("A window needs low and high, and low must be below high.", place="low")
    window = None if asked.low is None else (asked.low, asked.high)
    data, mime = await _apart(call, lambda row: call.workspace.data.pyramids.page(row, asked.page, window))
    return Response(data, media_type=mime, headers=_FOREVER)


@endpoint("GET", "/media/{m}/pyramid", "self", query=WhichPage, reply=Pyramid)
async def get_image_pyramid(call: Call) -> Pyramid:
    """What there is of tiles of an image. They are cut when they are first asked for; ask again until they are ready."""
    _check(call.query.page)
    return await _apart(call, lambda row: call.workspace.data.pyramids.pyramid(row, call.query.page))


@endpoint("GET", "/media/{m}/tiles/{page}/{level}/{column}/{row}", "self", reply=bytes, media_type="image/jpeg")
async def get_image_tile(call: Call) -> Response:
    """One tile of an image, JPEG."""
    level, column, tile_row = (call.params[name] for name in ("level", "column", "row"))
    page = call.params["page"]
    path = await _apart(call, lambda row: call.workspace.data.pyramids.tile(row, page, level, column, tile_row))
    return FileResponse(path, media_type="image/jpeg", headers=_FOREVER)


def _check(page: int) -> None:
    if not 0 <= page < _MOST_PAGES:
        raise Invalid(f"There is no page {page}; pages count from 0.", place="page")


async def _apart(call: Call, make: Callable[[MediaRow], Any]) -> Any:
    """Decoding must not hold up the event loop."""
    loop = asyncio.get_running_loop()
    row = await loop.run_in_executor(call.workspace.db.pool, media_row, call)
    return await loop.run_in_executor(call.workspace.data.pyramids.threads, make, row)

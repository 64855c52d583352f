"""Files of items and their thumbnails. Whatever a file holds, it cannot run script in a browser."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

import msgspec
from starlette.responses import FileResponse, Response

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden, Invalid, NotFound
from milo.infra.media import SHOWN_INLINE
from milo.infra.media_kinds import kind_of
from milo.infra.sql.items import MediaRow, MediaSql

_MAX_PICTURE = 20 * 1024 * 1024
_FOREVER = "private, max-age=31536000, immutable"
_NO_SCRIPT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


class ThumbQuery(msgspec.Struct):
    """The longer side in pixels: 64, 128, 256, 512 or 1024; others are rounded up."""

    size: int = 256


@endpoint("GET", "/media/{m}", "self", reply=bytes, media_type="application/octet-stream")
def get_media(call: Call) -> Response:
    """A file of an item, for members of its project. Takes ranges."""
    row = media_row(call)
    return media_file(call.workspace.data.media.file(row), row.mime, row)


class PictureQuery(msgspec.Struct):
    """`name`: what the picture is called."""

    name: str = "picture"


class Picture(msgspec.Struct):
    """A picture in the project's keeping; `url` is what to write in the guidelines' Markdown."""

    media: int
    url: str


@endpoint("POST", "/projects/{p}/pictures", "project.edit", query=PictureQuery, reply=Picture, status=201, raw_body=True)
async def add_picture(call: Call) -> Picture:
    """Keep a picture (the body) for the guidelines, 20 MiB at most."""
    data = bytearray()
    async for part in call.request.stream():
        data += part
        if len(data) > _MAX_PICTURE:
            raise Invalid("The picture is larger than 20 MiB. Make it smaller, then add it again.", place="body")
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(call.workspace.db.pool, _keep_picture, call, bytes(data))


def _keep_picture(call: Call, data: bytes) -> Picture:
    media = call.workspace.data.media
    with NamedTemporaryFile(dir=call.workspace.path / "uploads") as file:
        file.write(data)
        file.flush()
        found = media.look_at(call.project_id, Path(file.name), call.query.name, copy=True, kind="image")
    if found.row.error or found.row.mime == "image/svg+xml":
        raise Invalid(f"This picture cannot be shown: {found.row.error or 'SVG is not taken here'}. Use PNG, JPEG or WebP.")
    ident = call.workspace.db.write(lambda c: media.put(c, found))["media"]
    return Picture(ident, f"/api/media/{ident}")


@endpoint("GET", "/media/{m}/thumb", "self", query=ThumbQuery, reply=bytes, media_type="image/webp")
def get_thumbnail(call: Call) -> Response:
    """A small upright picture of an image, of the first page of a document (at least as large) or of a frame of a video, for
    members of its project. Made when it is first asked for, and kept."""
    row, data, size = media_row(call), call.workspace.data, max(1, call.query.size)
    kind = kind_of(row.mime)
    if kind == "document":
        return media_file(data.documents.cover(row, size), "image/webp", row)
    if kind == "video":
        return media_file(data.films.poster(row, size), "image/jpeg", row)
    if row.mime == "image/svg+xml":
        return media_file(data.media.file(row), row.mime, row)
    return media_file(data.media.thumbnail(row, size), "image/webp", row)


def media_row(call: Call) -> MediaRow:
    """The file in the path (`m`), if the caller may see it. Raises Forbidden or NotFound."""
    row = call.workspace.db.read(lambda c: MediaSql(c).get(call.params["m"]))
    if row is None:
        if call.actor.role != "owner":
            raise Forbidden("You are not a member of the project that this file belongs to.")
        raise NotFound(f"There is no file {call.params['m']}.", place="m")
    if not call.workspace.auth.allowed(call.actor, "item.view", row.project_id):
        raise Forbidden("You are not a member of the project that this file belongs to.")
    return row


def media_file(path: Path, mime: str, row: MediaRow) -> Response:
    """A file, or what was made of it, kept by the browser and never run as script. Takes ranges."""
    shown = "inline" if mime in SHOWN_INLINE or mime.startswith(("audio/", "video/")) else "attachment"
    name = quote(row.name.rsplit("/", 1)[-1], safe="")
    headers = {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{name}",
        "Content-Security-Policy": _NO_SCRIPT,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": _FOREVER,
    }
    return FileResponse(path, media_type=mime, headers=headers)

"""The page `/docs`: lists the operations of the OpenAPI document. It needs nothing from the network."""

from __future__ import annotations

from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from milo.api.openapi import document

_HERE = Path(__file__).parent
_document: list[bytes] = []


async def page(request: Request) -> Response:
    """The page."""
    return HTMLResponse((_HERE / "index.html").read_text(encoding="utf-8"))


async def script(request: Request) -> Response:
    """Its script."""
    return FileResponse(_HERE / "docs.js", media_type="text/javascript")


async def style(request: Request) -> Response:
    """Its style sheet."""
    return FileResponse(_HERE / "docs.css", media_type="text/css")


async def openapi(request: Request) -> Response:
    """The document, made once."""
    if not _document:
        _document.append(msgspec.json.encode(document()))
    return Response(_document[0], media_type="application/json", headers={"Cache-Control": "no-cache"})


ROUTES = [
    Route("/docs", page),
    Route("/docs/docs.js", script),
    Route("/docs/docs.css", style),
    Route("/api/openapi.json", openapi),
]

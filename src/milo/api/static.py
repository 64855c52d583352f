"""Serves the built web app from inside the package, or a page that says how to build it."""

from __future__ import annotations

import html
import mimetypes
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

UI = Path(__file__).parent.parent / "_ui"
_FOREVER = "public, max-age=31536000, immutable"
_MISSING = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Milo</title></head>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The web app is not built yet</h1>
<p>Milo's server runs, but the pages it serves are missing at <code>{path}</code>.</p>
<p>In a source checkout with Node 20.19 or newer, run <code>make web</code> and reload.
The programming interface works without it: see <a href="docs">/docs</a>.</p></body></html>"""


class WebApp:
    """An ASGI application: files under their names, and the app's one page for every other page address."""

    def __init__(self, folder: Path = UI) -> None:
        self._folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD."""
        request = Request(scope, receive, send)
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        await self._response(request)(scope, receive, send)

    def _response(self, request: Request) -> Response:
        file = self._file(scope_path(request))
        if file is not None:
            return self._send(request, file)
        path = scope_path(request)
        wants_page = "text/html" in request.headers.get("accept", "") and not path.startswith("assets/")
        if path and not wants_page:
            raise HTTPException(404)
        return self._page()

    def _file(self, path: str) -> Path | None:
        if not path or path == "index.html" or "\0" in path:
            return None
        try:
            file = (self._folder / path).resolve()
            return file if file.is_relative_to(self._folder) and file.is_file() else None
        except (OSError, ValueError):  # a name that no file can have
            return None

    def _send(self, request: Request, file: Path) -> Response:
        hashed = scope_path(request).startswith("assets/")
        headers = {"Cache-Control": _FOREVER if hashed else "no-cache", "Vary": "Accept-Encoding"}
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        packed = file.with_name(file.name + ".gz")
        if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
            return FileResponse(packed, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
        return FileResponse(file, media_type=kind, headers=headers)

    def _page(self) -> Response:
        index = self._folder / "index.html"
        if not index.is_file():
            return HTMLResponse(_MISSING.format(path=html.escape(str(self._folder))), 503)
        return HTMLResponse(index.read_text(encoding="utf-8"), headers={"Cache-Control": "no-cache"})


def scope_path(request: Request) -> str:
    """The path without its first slash."""
    return request.url.path.lstrip("/")

"""A JSON client on one kept-alive connection, on the standard library alone, the same for every product."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit


class Refused(Exception):
    """The server answered with an error status."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"HTTP {status}: {body[:300]!r}")
        self.status = status


class Wire:
    """One connection with its headers and cookies."""

    def __init__(self, base: str, headers: dict[str, str] | None = None) -> None:
        parts = urlsplit(base)
        self.base, self._where = base, (parts.hostname or "127.0.0.1", parts.port or 80)
        self.headers = dict(headers or {})
        self.cookies: dict[str, str] = {}
        self._link: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """One exchange: (status, whole body). A connection that the server closed meanwhile is opened again, once."""
        named = self.headers | {k.replace("_", "-"): v for k, v in headers.items()}
        if self.cookies:
            named["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        for last in (False, True):
            link = self._link or self._open()
            try:
                link.request(method, path, body, named)
                reply = link.getresponse()
                content = reply.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if last:
                    raise
        for value in reply.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name.strip()] = rest.split(";", 1)[0]
        if reply.will_close:
            self.close()
        return reply.status, content

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One exchange in JSON; ready-made bytes are sent as they are. Raises Refused."""
        if body is None:
            status, content = self.send(method, path)
        else:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            status, content = self.send(method, path, raw, Content_Type="application/json")
        if status >= 400:
            raise Refused(status, content)
        return json.loads(content) if content else None

    def drain(self, path: str) -> tuple[int, bytes]:
        """Read a large reply in pieces: (bytes, the last piece), so that the client's own memory stays out of the picture."""
        link = self._link or self._open()
        link.request("GET", path, None, self.headers)
        reply = link.getresponse()
        if reply.status >= 400:
            raise Refused(reply.status, reply.read())
        size, last = 0, b""
        while piece := reply.read(1 << 20):
            size, last = size + len(piece), piece
        return size, last

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            self._link.close()
        self._link = None

    def _open(self) -> http.client.HTTPConnection:
        link = http.client.HTTPConnection(*self._where, timeout=900)
        link.connect()
        link.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._link = link
        return link

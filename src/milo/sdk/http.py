"""The SDK's only door to the network: one place for addresses, authentication, retries and errors."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx2
import msgspec

from milo.domain import errors
from milo.domain.errors import MiloError, TooMany

T = TypeVar("T")
Query = dict[str, Any]
_TRIES = 5
_FIRST_WAIT = 0.2
_LONGEST_WAIT = 30.0
_BUSY = (429, 502, 503, 504)


class Unreachable(MiloError):
    """The server does not answer."""


class Http:
    """Requests to one server. Safe ones, and those that say that they may be repeated, are retried."""

    def __init__(self, url: str, timeout: float = 60.0, transport: httpx2.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx2.Client(base_url=self.url, timeout=timeout, transport=transport)

    def sign(self, name: str, value: str) -> None:
        """Send this header with every request from now on."""
        self._client.headers[name] = value

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, kind: type[T], query: Query | None = None) -> T:
        """GET and decode."""
        return msgspec.json.decode(self.send("GET", path, query=query).content, type=kind)

    def call(
        self, method: str, path: str, kind: type[T], body: Any = None, *, query: Query | None = None, repeatable: bool = False
    ) -> T:
        """Send a JSON body and decode the answer."""
        content = None if body is None else msgspec.json.encode(body)
        response = self.send(method, path, query=query, content=content, repeatable=repeatable)
        return msgspec.json.decode(response.content or b"null", type=kind)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        content: bytes | Iterator[bytes] | None = None,
        repeatable: bool = False,
    ) -> httpx2.Response:
        """Send bytes; the answer, read to the end. Raises the error of `milo.domain.errors` that the server names."""
        tries = _TRIES if repeatable or method in ("GET", "PUT", "DELETE") else 1
        headers = {"Content-Type": "application/json"} if isinstance(content, bytes) else {}
        wait = _FIRST_WAIT
        for left in reversed(range(tries)):
            try:
                response = self._client.request(method, "/api" + path, params=clean(query), content=content, headers=headers)
            except httpx2.TransportError as error:
                if not left:
                    raise Unreachable(f"{self.url} does not answer ({error}). Is the server running?") from error
            else:
                if response.status_code not in _BUSY or not left:
                    return _checked(response)
                wait = min(float(response.headers.get("retry-after") or wait), _LONGEST_WAIT)
            time.sleep(wait)
            wait *= 2
        raise Unreachable(f"{self.url} does not answer.")

    @contextmanager
    def stream(self, path: str, query: Query | None = None) -> Generator[httpx2.Response]:
        """GET something long; read the response inside the block."""
        try:
            with self._client.stream("GET", "/api" + path, params=clean(query), timeout=None) as response:
                if response.status_code >= 400:
                    response.read()
                yield _checked(response)
        except httpx2.TransportError as error:
            raise Unreachable(f"{self.url} stopped answering ({error}).") from error


def clean(query: Query | None) -> dict[str, str]:
    """Query values as text; what is None is left out."""
    out: dict[str, str] = {}
    for name, value in (query or {}).items():
        if value is True or value is False:
            out[name] = "true" if value else "false"
        elif isinstance(value, list | tuple):
            out[name] = ",".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
        elif value is not None:
            out[name] = str(value)
    return out


def _checked(response: httpx2.Response) -> httpx2.Response:
    if response.status_code < 400:
        return response
    raise _error(response)


def _error(response: httpx2.Response) -> MiloError:
    try:
        body = msgspec.json.decode(response.content)["error"]
        kind, message, place = str(body["code"]), str(body["message"]), body.get("place")
    except (msgspec.MsgspecError, KeyError, TypeError):
        return MiloError(f"The server answered {response.status_code} {response.reason_phrase}, which is no answer of Milo.")
    found = getattr(errors, kind, MiloError)
    if found is TooMany:
        return TooMany(message, place=place, retry_after=float(response.headers.get("retry-after") or 60))
    if found is errors.MissingExtra or not (isinstance(found, type) and issubclass(found, MiloError)):
        return MiloError(message, place=place)
    return found(message, place=place)

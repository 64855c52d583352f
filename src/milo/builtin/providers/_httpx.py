"""An HTTP client for the official SDKs that keeps Milo's promises: no redirect is followed, no answer read without bound."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from milo.domain.errors import BadAnswer, MiloError, Unreachable
from milo.kinds.provider import without_key


class _Counting(httpx2.AsyncByteStream):
    """A body that ends with an error when it grows too long."""

    def __init__(self, stream: Any, most: int) -> None:
        self._stream, self._most = stream, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > self._most:
                raise BadAnswer(f"The server's answer is longer than {self._most:,} bytes and was not read to its end.")
            yield part

    async def aclose(self) -> None:
        """Let the connection go."""
        await self._stream.aclose()


class _Bounded(httpx2.AsyncHTTPTransport):
    """A transport whose answers have a bounded length."""

    def __init__(self, most: int) -> None:
        super().__init__(limits=httpx2.Limits(max_connections=None))
        self._most = most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request."""
        request.headers["Accept-Encoding"] = "identity"
        response = await super().handle_async_request(request)
        response.stream = _Counting(response.stream, self._most)
        return response


def careful_client(most: int) -> httpx2.AsyncClient:
    """A client that follows no redirect, reads no proxy from the environment, and ends endless answers."""
    return httpx2.AsyncClient(
        follow_redirects=False, trust_env=False, transport=_Bounded(most), timeout=httpx2.Timeout(None, connect=10)
    )


def from_transport(error: BaseException, address: str, key: str | None) -> MiloError | None:
    """The error behind a broken connection, as the SDKs pass it on; None if it is another kind of error."""
    seen: BaseException | None = error
    for _ in range(6):
        if seen is None:
            return None
        if isinstance(seen, MiloError):
            return seen
        if isinstance(seen, httpx2.ConnectError | httpx2.ConnectTimeout):
            return Unreachable(f"Nothing answers at {address}: {without_key(str(seen), key)[:200]}.", sent=False)
        if isinstance(seen, httpx2.TransportError):
            said = without_key(str(seen) or type(seen).__name__, key)[:200]
            return Unreachable(f"The connection to {address} broke: {said}.")
        seen = seen.__cause__ or seen.__context__
    return None


def strict_json(value: Any) -> str:
    """A value that came as JSON, as JSON again. Raises BadAnswer for infinite numbers."""
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False)
    except (ValueError, TypeError):
        raise BadAnswer("The model called a tool with numbers that are not finite.") from None

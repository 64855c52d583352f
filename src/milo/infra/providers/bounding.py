"""Bounds on one attempt: seconds in all, seconds of silence within a stream, and the length of the answer.

Stands alone because a server that never ends its answer must not hold a worker, or the memory, for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import msgspec

from milo.domain.errors import BadAnswer, Unreachable
from milo.kinds.provider import Client, Piece, Reply, Request


class Bounds(msgspec.Struct, frozen=True):
    """seconds: for the whole answer. silence: between two pieces of a stream, the first included. characters: of the answer."""

    seconds: float = 120.0
    silence: float = 60.0
    characters: int = 1_000_000


class Bounded:
    """A client whose attempts end."""

    def __init__(self, client: Client, bounds: Bounds) -> None:
        self._client, self._bounds = client, bounds

    async def complete(self, request: Request) -> Reply:
        """The whole answer, in time."""
        try:
            async with asyncio.timeout(self._bounds.seconds):
                reply = await self._client.complete(request)
        except TimeoutError:
            raise Unreachable(f"The server did not answer within {self._bounds.seconds:g} s.") from None
        if len(reply.text) > self._bounds.characters:
            raise self._too_long(reply.text)
        return reply

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece, each in time."""
        end = time.monotonic() + self._bounds.seconds
        stream, length = self._client.stream(request), 0
        try:
            while True:
                try:
                    left = end - time.monotonic()
                    async with asyncio.timeout(min(self._bounds.silence, left)):
                        piece = await anext(stream)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    raise self._late(end) from None
                length += len(piece.text)
                if length > self._bounds.characters:
                    raise self._too_long(piece.text)
                yield piece
        finally:
            with contextlib.suppress(AttributeError):
                await stream.aclose()  # type: ignore[attr-defined]  # pyright: ignore

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    def _late(self, end: float) -> Unreachable:
        if time.monotonic() >= end:
            return Unreachable(f"The answer was not whole after {self._bounds.seconds:g} s.")
        return Unreachable(f"The server fell silent in mid-answer for {self._bounds.silence:g} s.")

    def _too_long(self, text: str) -> BadAnswer:
        return BadAnswer(f"The answer is longer than {self._bounds.characters:,} characters and was cut off.", raw=text[:2_000])

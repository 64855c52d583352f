"""A circuit breaker: a server that failed again and again is left alone for a while, then tried with one call.

Without it a thousand waiting calls would each find out for themselves, at the price of a timeout.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

from milo.domain.errors import ModelTrouble, RateLimited, Unreachable
from milo.kinds.provider import Client, Piece, Reply, Request


class Breaking:
    """A client that stops asking after `failures` failures in a row, for `seconds`, doubled each time up to `longest`.

    Being told to slow down, and answers that cannot be used, are no failures: the server is there.
    """

    def __init__(
        self,
        client: Client,
        *,
        failures: int = 8,
        seconds: float = 5.0,
        longest: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._most, self._clock = client, failures, clock
        self._first, self._longest = seconds, longest
        self._failed, self._rest = 0, seconds
        self._until: float | None = None
        self._trying = False

    async def complete(self, request: Request) -> Reply:
        """The whole answer."""
        trial = self._until is not None and self._admit()
        try:
            reply = await self._client.complete(request)
        except ModelTrouble as error:
            self._heard(error)
            raise
        finally:
            if trial:
                self._trying = False
        if self._failed:
            self._well()
        return reply

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece."""
        trial = self._until is not None and self._admit()
        try:
            async for piece in self._client.stream(request):
                if piece.reply is not None:
                    self._well()
                yield piece
        except ModelTrouble as error:
            self._heard(error)
            raise
        finally:
            if trial:
                self._trying = False

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    def _admit(self) -> bool:
        """Whether this call is the one that tries; raises Unreachable while the server is left alone."""
        left = (self._until or 0.0) - self._clock()
        if left > 0 or self._trying:
            raise Unreachable(
                f"The server failed {self._failed} times in a row and is left alone for {max(left, 0.5):.0f} s more.",
                sent=False,
                retry_after=max(left, 0.5),
            )
        self._trying = True
        return True

    def _heard(self, error: ModelTrouble) -> None:
        if not isinstance(error, Unreachable):
            if not isinstance(error, RateLimited) and self._failed:
                self._well()
            return
        self._failed += 1
        if self._until is not None and self._clock() >= self._until:
            self._rest = min(self._longest, self._rest * 2)
            self._until = self._clock() + self._rest
        elif self._until is None and self._failed >= self._most:
            self._until = self._clock() + self._rest

    def _well(self) -> None:
        self._failed, self._rest, self._until = 0, self._first, None

"""Tries again when a server is busy or away: longer and longer, by chance within bounds, never sooner than the server asked.

Stands alone because what is worth repeating, and how long anybody waits for it, is one decision for all providers.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from milo.domain.errors import ModelTrouble, RateLimited, Unreachable
from milo.kinds.provider import Client, Piece, Reply, Request


class Patience(msgspec.Struct, frozen=True):
    """tries: attempts in all at a server that does not answer; being told to slow down is no failure and is only bounded by
    `seconds`, the longest time from the first attempt to the last. first, longest: bounds of the waits between."""

    tries: int = 4
    seconds: float = 120.0
    first: float = 0.5
    longest: float = 30.0


class Retrying:
    """A client that tries again. An answer that has begun to stream is not begun anew."""

    def __init__(
        self,
        client: Client,
        patience: Patience,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client, self._patience = client, patience
        self._sleep, self._clock, self._chance = sleep, clock, chance

    async def complete(self, request: Request) -> Reply:
        """The answer of the first attempt that succeeds."""
        try:
            return await self._client.complete(request)
        except (Unreachable, RateLimited) as error:
            waits = _Waits(self._patience, self._clock, self._chance)
            await self._sleep(waits.after(error))
        while True:
            try:
                return await self._client.complete(request)
            except (Unreachable, RateLimited) as error:
                await self._sleep(waits.after(error))

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece."""
        waits = _Waits(self._patience, self._clock, self._chance)
        while True:
            begun = False
            try:
                async for piece in self._client.stream(request):
                    begun = True
                    yield piece
                return
            except (Unreachable, RateLimited) as error:
                if begun:
                    raise
                wait = waits.after(error)
            await self._sleep(wait)

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()


class _Waits:
    """The waits of one call."""

    def __init__(self, patience: Patience, clock: Callable[[], float], chance: Callable[[], float]) -> None:
        self._patience, self._clock, self._chance = patience, clock, chance
        self._end = clock() + patience.seconds
        self._failures = self._pauses = 0

    def after(self, error: ModelTrouble) -> float:
        """How long to wait after this error; raises it if enough was tried."""
        patience = self._patience
        asked: float | None = getattr(error, "retry_after", None)
        if isinstance(error, RateLimited):
            self._pauses += 1
        else:
            self._failures += 1
            if self._failures >= patience.tries:
                raise error
        power = min(self._failures + self._pauses - 1, 16)
        wait = min(patience.longest, patience.first * 2**power) * (0.5 + 0.5 * self._chance())
        if asked is not None:
            wait = max(wait, asked * (1 + 0.1 * self._chance()))
        if self._clock() + wait > self._end:
            raise error
        return wait

"""Keeps within what a server takes: so many calls at once, so many requests and tokens a minute, less when it says "slow down".

Calls in flight are bounded by a window that grows by one for each round of successes and halves when the server refuses (as
TCP does with a network whose capacity nobody knows). Rates are kept by two buckets in which each call takes its place in line.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

import msgspec

from milo.domain.errors import RateLimited
from milo.kinds.provider import Allowance, Client, Piece, Reply, Request


class Pace(msgspec.Struct, frozen=True):
    """concurrency: most calls at once. requests_per_minute, tokens_per_minute: None for no known limit."""

    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


class Bucket:
    """A rate with a small store. Taking never fails: it says how long to wait until what was taken is there.

    >>> bucket = Bucket(60.0, now=0.0)
    >>> [bucket.take(n, 0.0) for n in (1, 1)], bucket.take(3, 10.0)
    ([0.0, 0.0], 0.0)
    """

    def __init__(self, per_minute: float, now: float) -> None:
        self._most = per_minute / 60.0
        self._rate = self._most
        self._room = max(1.0, self._most * 5)
        self._left, self._at = self._room, now

    def take(self, n: float, now: float) -> float:
        """Take n; seconds until they are there."""
        self._left = min(self._room, self._left + (now - self._at) * self._rate)
        self._at = now
        self._left -= n
        return 0.0 if self._left >= 0 else -self._left / self._rate

    def give_back(self, n: float) -> None:
        """n less were used than taken (or more, if negative)."""
        self._left = min(self._room, self._left + n)

    def slower(self) -> None:
        """The server refused: three quarters of the rate."""
        self._rate = max(self._most / 64, self._rate * 0.75)
        self._left = min(self._left, 0.0)

    def faster(self) -> None:
        """A call went through: a hundredth of the agreed rate more."""
        self._rate = min(self._most, self._rate + self._most / 100)


class Paced:
    """A client that waits its turn. `weigh` counts the tokens that a request will take, roughly."""

    def __init__(
        self, client: Client, pace: Pace, weigh: Callable[[Request], int], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._pace, self._weigh, self._clock = client, pace, weigh, clock
        now = clock()
        self._requests = Bucket(pace.requests_per_minute, now) if pace.requests_per_minute else None
        self._tokens = Bucket(pace.tokens_per_minute, now) if pace.tokens_per_minute else None
        self._window = float(pace.concurrency)
        self._inflight = 0
        self._line: deque[asyncio.Future[None]] = deque()
        self._hold = self._refused = float("-inf")

    @property
    def window(self) -> int:
        """How many calls may be in flight just now."""
        return int(self._window)

    async def complete(self, request: Request) -> Reply:
        """The whole answer, when its turn has come."""
        if self._inflight < int(self._window) and not self._line:
            self._inflight += 1
        else:
            await self._queue()
        weight = 0
        try:
            if self._tokens is not None or self._requests is not None or self._hold > 0:
                weight = await self._turn(request)
            began = self._clock()
            try:
                reply = await self._client.complete(request)
            except RateLimited as error:
                self._slow(began, error)
                raise
            self._went_well(weight, reply)
            return reply
        finally:
            self._leave()

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece, when its turn has come."""
        await self._queue()
        try:
            weight = await self._turn(request)
            began = self._clock()
            try:
                async for piece in self._client.stream(request):
                    if piece.reply is not None:
                        self._went_well(weight, piece.reply)
                    yield piece
            except RateLimited as error:
                self._slow(began, error)
                raise
        finally:
            self._leave()

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    async def _queue(self) -> None:
        while self._inflight >= int(self._window):
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._line.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()
                elif turn in self._line:
                    self._line.remove(turn)
                raise
        self._inflight += 1

    def _leave(self) -> None:
        self._inflight -= 1
        self._wake()

    def _wake(self) -> None:
        free = int(self._window) - self._inflight
        while self._line and free > 0:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1

    async def _turn(self, request: Request) -> int:
        """Wait for the rates; the tokens that were taken."""
        now = self._clock()
        weight, wait = 0, self._hold - now
        if self._requests is not None:
            wait = max(wait, self._requests.take(1, now))
        if self._tokens is not None:
            weight = self._weigh(request)
            wait = max(wait, self._tokens.take(weight, now))
        if wait > 0:
            await asyncio.sleep(wait)
        return weight

    def _slow(self, began: float, error: RateLimited) -> None:
        """Calls that were sent before the last refusal tell nothing new."""
        now = self._clock()
        if error.retry_after is not None:
            self._hold = max(self._hold, now + error.retry_after)
        if began <= self._refused:
            return
        self._refused = now
        self._window = max(1.0, self._window / 2)
        for bucket in (self._requests, self._tokens):
            if bucket is not None:
                bucket.slower()

    def _went_well(self, weight: int, reply: Reply) -> None:
        if self._window < self._pace.concurrency:
            self._window = min(float(self._pace.concurrency), self._window + 1 / self._window)
        if self._requests is not None:
            self._requests.faster()
        if self._tokens is not None:
            self._tokens.faster()
            self._tokens.give_back(weight - reply.usage.input - reply.usage.output)
        allowance: Allowance | None = getattr(self._client, "allowance", None)
        if allowance is not None:
            self._heed(allowance)

    def _heed(self, told: Allowance) -> None:
        """Nothing is left until a moment that the server names: wait for it, at most a minute at a time."""
        for left, reset in ((told.requests_left, told.requests_reset), (told.tokens_left, told.tokens_reset)):
            if left is not None and left <= 0 and reset is not None and reset > 0:
                self._hold = max(self._hold, self._clock() + min(reset, 60.0))

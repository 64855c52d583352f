"""Budgets that hold: the worst case of a call is set aside before it is sent, and what it did take is put in its place after.

Near its end a budget lets calls wait for those in flight, whose worst cases are nearly always too high, before it says no.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from milo.domain.errors import BadAnswer, BudgetSpent, InvalidConfig, MiloError, ModelTrouble, RateLimited, Unreachable
from milo.infra.providers.counting import Prices, Worst, cost_of, worst_case
from milo.kinds.provider import Client, Piece, Reply, Request, Usage


class Purse(Protocol):
    """What a call spends of: one budget, or several at once."""

    async def reserve(self, worst: Worst) -> None:
        """Set the worst case aside, or refuse."""
        ...

    def settle(self, worst: Worst, tokens: int, money: float | None) -> None:
        """Put what a call took in the place of what was set aside for it."""
        ...


Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Budget:
    """Money and tokens that may be spent; None for no bound. Safe to use from several threads and event loops.

    `spent_money`, `spent_tokens`: to begin with, for work that goes on. `what`: how it is called when it says no.
    """

    def __init__(
        self,
        money: float | None = None,
        tokens: int | None = None,
        *,
        spent_money: float = 0.0,
        spent_tokens: int = 0,
        what: str = "The budget",
        currency: str = "",
    ) -> None:
        self.money, self.tokens, self.what = money, tokens, what
        self._currency = f" {currency}" if currency else ""
        self.spent_money, self.spent_tokens = spent_money, spent_tokens
        self.reserved_money, self.reserved_tokens = 0.0, 0
        self._lock = threading.Lock()
        self._waiters: list[Waiter] = []

    async def reserve(self, worst: Worst) -> None:
        """Set the worst case aside. Raises BudgetSpent if it does not fit even with nothing in flight, InvalidConfig if
        money is bounded and the price is not known."""
        while True:
            with self._lock:
                if self._take(worst):
                    return
                loop = asyncio.get_running_loop()
                waiter = (loop, loop.create_future())
                self._waiters.append(waiter)
            try:
                await waiter[1]
            finally:
                with self._lock:
                    if waiter in self._waiters:
                        self._waiters.remove(waiter)

    def settle(self, worst: Worst, tokens: int, money: float | None) -> None:
        """Put what a call took in the place of what was set aside for it."""
        with self._lock:
            self.reserved_tokens -= worst.tokens
            self.reserved_money = max(0.0, self.reserved_money - (worst.money or 0.0))
            self.spent_tokens += tokens
            self.spent_money += money or 0.0
            waiting, self._waiters = self._waiters, []
        for loop, future in waiting:
            loop.call_soon_threadsafe(_wake, future)

    def claim(self, worst: Worst) -> None:
        """Set the worst case aside without waiting for what is set aside already. Raises like `reserve`."""
        with self._lock:
            if self._take(worst):
                return
        raise BudgetSpent(
            f"{self.what} would not hold the worst case of what is on its way and of this (up to {worst.tokens:,} tokens). "
            "It was not sent.",
            place="tokens" if self.tokens is not None else "money",
        )

    def hold(self, worst: Worst) -> None:
        """Set aside what an earlier process sent; it is on its way, whether it fits or not."""
        with self._lock:
            self.reserved_tokens += worst.tokens
            self.reserved_money += worst.money or 0.0

    def bound(self, money: float | None, tokens: int | None) -> None:
        """Change what may be spent; who waits looks again."""
        with self._lock:
            changed = (self.money, self.tokens) != (money, tokens)
            self.money, self.tokens = money, tokens
        if changed:
            self.settle(Worst(0, 0.0), 0, 0.0)

    def _take(self, worst: Worst) -> bool:
        if self.tokens is not None:
            if self.spent_tokens + worst.tokens > self.tokens:
                raise BudgetSpent(
                    f"{self.what} of {self.tokens:,} tokens is spent: {self.spent_tokens:,} were used, and the next call may "
                    f"take up to {worst.tokens:,}. It was not sent.",
                    place="tokens",
                )
            if self.spent_tokens + self.reserved_tokens + worst.tokens > self.tokens:
                return False
        if self.money is not None and not self._money_fits(worst):
            return False
        self.reserved_tokens += worst.tokens
        self.reserved_money += worst.money or 0.0
        return True

    def _money_fits(self, worst: Worst) -> bool:
        limit = self.money or 0.0
        if worst.money is None:
            raise InvalidConfig(
                "The budget bounds money, but the connection has no prices. Enter them, or bound the tokens.", place="prices"
            )
        if self.spent_money + worst.money > limit + 1e-12:
            raise BudgetSpent(
                f"{self.what} of {limit:.4g}{self._currency} is spent: {self.spent_money:.4g} was used, and the next call may "
                f"take up to {worst.money:.2g}. It was not sent.",
                place="money",
            )
        return self.spent_money + self.reserved_money + worst.money <= limit + 1e-12


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Joint:
    """Several budgets of which one call spends at once; it is sent only if each of them holds its worst case."""

    def __init__(self, parts: Sequence[Purse]) -> None:
        self.parts = tuple(parts)

    async def reserve(self, worst: Worst) -> None:
        """Set the worst case aside in each of them, or in none. Raises what the first that refuses raises."""
        held: list[Purse] = []
        try:
            for part in self.parts:
                await part.reserve(worst)
                held.append(part)
        except BaseException:
            for part in held:
                part.settle(worst, 0, 0.0)
            raise

    def settle(self, worst: Worst, tokens: int, money: float | None) -> None:
        """The same for each of them."""
        for part in self.parts:
            part.settle(worst, tokens, money)


class Budgeted:
    """A client that spends of a budget. What a failed or abandoned call cost is not told by any server: what went in, and
    what had come out, is counted where the server may have begun."""

    def __init__(self, client: Client, budget: Purse, prices: Prices) -> None:
        self._client, self._budget, self._prices = client, budget, prices

    async def complete(self, request: Request) -> Reply:
        """The whole answer, if there is budget for it."""
        worst = worst_case(request, self._prices)
        await self._budget.reserve(worst)
        tokens, money = self._guess(worst, 0)
        try:
            reply = await self._client.complete(request)
            tokens, money = _taken(reply)
            return reply
        except MiloError as error:
            if not may_cost(error):
                tokens, money = 0, 0.0
            raise
        finally:
            self._budget.settle(worst, tokens, money)

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece, if there is budget for it."""
        worst = worst_case(request, self._prices)
        await self._budget.reserve(worst)
        letters, taken = 0, None
        try:
            async for piece in self._client.stream(request):
                letters += len(piece.text)
                if piece.reply is not None:
                    taken = _taken(piece.reply)
                yield piece
        except MiloError as error:
            if not letters and not may_cost(error):
                taken = (0, 0.0)
            raise
        finally:
            self._budget.settle(worst, *(taken or self._guess(worst, letters)))

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    def _guess(self, worst: Worst, letters: int) -> tuple[int, float]:
        usage = Usage(worst.likely_input, letters // 4)
        return usage.input + usage.output, cost_of(usage, self._prices) or 0.0


def _taken(reply: Reply) -> tuple[int, float]:
    return reply.usage.input + reply.usage.output, reply.cost or 0.0


def may_cost(error: MiloError) -> bool:
    """A server that refused or was never reached charges nothing."""
    if isinstance(error, RateLimited) or not isinstance(error, ModelTrouble):
        return False
    return error.sent if isinstance(error, Unreachable) else isinstance(error, BadAnswer)

"""Runs by a provider's batch service: requests are gathered, left with the provider, and answered hours later.

To what asks, it is a call like any other that takes long. So prompts, checks, asking again and signals are the same as in a
live run; an answer that does not fit is sent back in the next batch. What was left is on record (`open_batch`): a run that
goes on after a crash builds the same requests, finds them in the open batch by their key, and waits for that.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from milo.domain.errors import BudgetSpent, MiloError, ModelRefused, ModelTrouble, Unreachable
from milo.infra.calls import CallFor
from milo.infra.providers.budget import Budget
from milo.infra.providers.counting import Worst
from milo.infra.sql.batches import BatchesSql, BatchRow
from milo.infra.sql.database import BACKGROUND
from milo.kinds.provider import BatchLine, Reply, Request, fingerprint

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

MOST = 2_000
"""Items in one batch."""
_QUIET = 0.5
"""Seconds without a new request until a batch is closed and left."""
_POLL, _LONGEST_POLL = 1.0, 60.0


class Batching:
    """Stands for the gateway's `complete` in a run by batches. Everything runs on the gateway's loop."""

    def __init__(self, workspace: Workspace, call: CallFor, budget: Budget, poll: float = _POLL) -> None:
        self.ws, self._call, self._budget, self._poll = workspace, call, budget, poll
        self._waiting: dict[str, tuple[str, Request, asyncio.Future[Reply]]] = {}
        self._known: dict[str, BatchRow] = {}
        self._fresh = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._fault: BaseException | None = None

    async def open(self) -> None:
        """Find the batches that an earlier process left."""
        run = self._call.run_id or 0
        rows = await asyncio.wrap_future(self.ws.db.read_later(lambda c: BatchesSql(c).open(run)))
        self._known = {key: row for row in rows for key in row.keys}
        for row in rows:
            self._budget.hold(_worst(row))
        self._task = asyncio.ensure_future(self._carry())

    async def close(self, *, cancel: bool, complete: bool) -> None:
        """Stop waiting. What is with the provider stays there, unless it is cancelled, or the run is complete without it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for row in {row.id: row for row in self._known.values()}.values() if cancel or complete else ():
            if complete:
                await self._settle(row, "done")
                continue
            try:
                await self.ws.gateway.batch_cancel(row.connection, row.batch_id)
            except MiloError:
                continue
            finally:
                worst = _worst(row)
                self.ws.gateway.batch_lost(row.connection, worst, self._call)
                self._budget.settle(Worst(0, 0.0), worst.tokens, worst.money)
                await self._settle(row, "cancelled")

    async def complete(self, connection: str, request: Request, item_id: int) -> Reply:
        """The answer, when its batch is there. Raises ModelTrouble, BudgetSpent, RuleForbids."""
        if self._fault is not None:
            raise self._fault
        key = f"{item_id}-{fingerprint(request).hex()[:24]}"
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[key] = (connection, request, future)
        self._fresh.set()
        try:
            return await future
        finally:
            self._waiting.pop(key, None)

    async def _carry(self) -> None:
        """Gather, leave, wait, hand out; until closed. One batch is open at a time, so that the budget holds."""
        try:
            while True:
                await self._quiet()
                here = [row for key, row in self._known.items() if key in self._waiting]
                row = here[0] if here else await self._leave()
                if row is not None:
                    await self._fetch(row)
        except Exception as error:  # noqa: BLE001 - told to everybody who waits
            self._fault = error if isinstance(error, MiloError) else Unreachable(f"{type(error).__name__}: {error}")
            self._tell_all(self._fault)

    async def _quiet(self) -> None:
        """Until something waits and nothing was added for a moment. Lets others run even where nothing is to be waited for:
        who was told of an error leaves then."""
        while True:
            while not self._waiting:
                self._fresh.clear()
                await self._fresh.wait()
            self._fresh.clear()
            await asyncio.sleep(_QUIET)
            if self._waiting and not self._fresh.is_set():
                return

    async def _leave(self) -> BatchRow | None:
        """Leave what waits for one connection with its provider, as much as the budget holds."""
        connection = next(iter(self._waiting.values()))[0]
        mine = [(key, request) for key, (name, request, _) in self._waiting.items() if name == connection]
        while True:
            worst = self.ws.gateway.batch_worst(connection, mine, self._call)
            try:
                self._budget.claim(worst)
                break
            except BudgetSpent as error:
                if len(mine) == 1 and self._known:
                    return next(iter(self._known.values()))  # what it took is less than what is set aside for it
                if len(mine) == 1:
                    self._tell_all(error)
                    return None
                mine = mine[: len(mine) // 2]
        try:
            batch_id = await self.ws.gateway.batch_submit(connection, mine, self._call)
        except BaseException:
            self._budget.settle(worst, 0, 0.0)
            raise
        opened, now = self.ws.gateway.connection(connection), self.ws.clock()
        row = BatchRow(0, connection, batch_id, tuple(key for key, _ in mine), worst.tokens, worst.output, worst.money)
        ident = await self.ws.db.write_through(
            lambda c: BatchesSql(c).add(self._call.run_id or 0, opened.id, row, now), BACKGROUND
        )
        row = msgspec.structs.replace(row, id=ident)
        self._known |= dict.fromkeys(row.keys, row)
        return row

    async def _fetch(self, row: BatchRow) -> None:
        """Wait for a batch and hand its answers out."""
        pause = self._poll
        while (state := await self.ws.gateway.batch_state(row.connection, row.batch_id)).state in ("waiting", "running"):
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL)
        found = 0
        try:
            async for line in self.ws.gateway.batch_results(row.connection, row.batch_id, self._call, self._request):
                found += self._hand_out(line)
        except ModelRefused:
            if state.state == "done":
                raise
        for key in row.keys:
            waiting = self._waiting.get(key)
            if waiting is not None and not waiting[2].done():
                waiting[2].set_exception(Unreachable(f"The batch was {state.state}: {state.message or 'no answer'}."))
        await self._settle(row, state.state)

    def _request(self, key: str) -> Request | None:
        waiting = self._waiting.get(key)
        return None if waiting is None else waiting[1]

    def _hand_out(self, line: BatchLine) -> int:
        waiting = self._waiting.get(line.key)
        if waiting is None or waiting[2].done():
            return 0
        if line.reply is not None:
            waiting[2].set_result(line.reply)
        else:
            waiting[2].set_exception(ModelTrouble(line.error or "The batch has no answer to this."))
        return 1

    async def _settle(self, row: BatchRow, state: str) -> None:
        """A batch is over: what it took is counted by now, and what was set aside for it is free again."""
        self._budget.settle(_worst(row), 0, 0.0)
        self._known = {key: one for key, one in self._known.items() if one.id != row.id}
        await self.ws.db.write_through(lambda c: BatchesSql(c).settle(row.id, state), BACKGROUND)

    def _tell_all(self, error: BaseException) -> None:
        for _, _, future in self._waiting.values():
            if not future.done():
                future.set_exception(error)


def _worst(row: BatchRow) -> Worst:
    return Worst(row.tokens, row.money, 0, row.output)

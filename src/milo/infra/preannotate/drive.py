"""One run of a connected model, on the gateway's event loop: items in, answers out, a bounded number in flight.

Safe to kill: an item is sent only when a transaction on disk says that it may have been, and its answer is stored with the
run's progress in one. A run that goes on asks anew only what was in flight, and sets its worst case aside as spent.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import (
    BudgetSpent,
    Conflict,
    InvalidConfig,
    MiloError,
    ModelTrouble,
    NotFound,
    RuleForbids,
    StorageTrouble,
)
from milo.flow.annotating import Pace, Progress
from milo.infra.calls import CallFor
from milo.infra.preannotate.selecting import Page
from milo.infra.preannotate.setup import OpenPage, Setup, Waiting
from milo.infra.preannotate.storing import Result
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.runs import RunsSql
from milo.kinds.asking import Ask, Shown
from milo.kinds.predictor import Example
from milo.kinds.provider import Reply, Request

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_AT_ONCE = 100
_TICK = 0.25
_GOODBYE = 5.0
_LAST = 4_000


class Drive:
    """Carries a run until it is complete or told to stop. `go` runs on the gateway's loop; `stop` from anywhere."""

    def __init__(self, workspace: Workspace, setup: Setup, progress: Progress, news: Callable[[Drive], None]) -> None:
        self.ws, self.s, self.progress, self._news = workspace, setup, progress, news
        self.state: str = "running"
        self.pace = Pace()
        self._queue: asyncio.Queue[Waiting | None] = asyncio.Queue(max(self._size, setup.concurrency))
        self._pages: deque[OpenPage] = deque()
        self._results: list[Result] = []
        self._streak: list[tuple[Waiting, Result]] = []
        self._lost: set[int] = set()
        self._known_upto = progress.upto
        self._stored = (progress.place, progress.retry_place)
        self._began = time.monotonic()
        self._before = progress.seconds
        self._lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._producer: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def _size(self) -> int:
        return 16 if self.s.media else max(16, min(256, 2 * self.s.concurrency))

    @property
    def retrying(self) -> bool:
        """Whether failed items are asked again."""
        return self.progress.phase == "retry"

    async def go(self) -> str:
        """Run until the end; the state that the run has then."""
        self._loop = asyncio.get_running_loop()
        if self.state == "running":
            await self._recover()
            if self.s.batching is not None:
                await self.s.batching.open()
            self._producer = asyncio.create_task(self._produce())
            self._tasks = [asyncio.create_task(self._work()) for _ in range(self.s.concurrency)]
            ticker = asyncio.create_task(self._tick())
            try:
                await self._until_done()
            finally:
                ticker.cancel()
                await asyncio.gather(ticker, return_exceptions=True)
                if self.s.batching is not None:
                    await self.s.batching.close(cancel=self._over("cancelled"), complete=self._over("running"))
        await self._finish()
        return self.state

    def _over(self, state: str) -> bool:
        return self.state == state

    def stop(self, state: str, message: str = "") -> None:
        """Stop: "paused" and "stopped" let calls in flight end; "cancelled" and "closing" do not wait long."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop, state, message)
        else:
            self.state, self.progress.message = state, message

    def _stop(self, state: str, message: str) -> None:
        if self.state not in ("running", "paused", "stopped") or (
            self.state != "running" and state not in ("cancelled", "closing")
        ):
            return
        self.state, self.progress.message = state, message
        if self._producer is not None:
            self._producer.cancel()
        while not self._queue.empty():
            self._queue.get_nowait()
        for _ in self._tasks:
            self._queue.put_nowait(None)
        if state == "cancelled" or (self.s.batching is not None and state in ("paused", "closing")):
            self._give_up()
        elif state == "closing" and self._loop is not None:
            self._loop.call_later(_GOODBYE, self._give_up)

    def _give_up(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _until_done(self) -> None:
        """Wait for all; the first thing that goes wrong ends the run."""
        everyone = [*self._tasks, *([self._producer] if self._producer is not None else [])]
        waiting = set(everyone)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = None if task.cancelled() else task.exception()
                if error is None:
                    continue
                message = error.message if isinstance(error, MiloError) else f"{type(error).__name__}: {error}"
                self._stop("failed", message)
                self._give_up()

    async def _recover(self) -> None:
        """After a crash: find what may have been in flight, and count its worst case as spent."""
        p, budget, run = self.progress, self.s.budget, self.s.run_id
        if not p.clean:
            money, tokens = await self._read(lambda c: RunsSql(c).charged(run))
            budget.spent_money, budget.spent_tokens = max(budget.spent_money, money), max(budget.spent_tokens, tokens)
            lost: list[int] = [] if self.retrying or self.s.batching is not None else await self._read(self._unstored)
            self._lost = set(lost)
            known: set[int] = await self._read(lambda c: RunsSql(c).called(run, lost)) if lost else set()
            await self._set_aside([i for i in lost if i not in known])
        p.clean = False

    def _unstored(self, c: Connection) -> list[int]:
        """Items that may have been sent, without a result."""
        p, lost, place = self.progress, list[int](), self.progress.place
        while place < p.upto and (page := self.s.selected.page(place, self._size)):
            ids = [item for at, item in page if at <= p.upto]
            marked = RunsSql(c).answered([self.s.run_id], ids) | RunsSql(c).failed(self.s.run_id, ids)
            lost += [item for item in ids if item not in marked]
            place = page[-1][0]
        return lost

    async def _set_aside(self, items: list[int]) -> None:
        built = await asyncio.to_thread(lambda: list(self.s.showing.pages(items)))
        for _, shown in built:
            if isinstance(shown, MiloError):
                continue
            call = CallFor("preannotate", self.s.project, shown.item.id, self.s.run_id, self.s.user_id, self.s.showing.names)
            for connection, request in self.s.plugin.requests(self.s.task, self.s.config, shown, self._examples(shown)):
                worst = self.ws.gateway.lost(connection, request, call)
                self.s.budget.spent_money += worst.money or 0.0
                self.s.budget.spent_tokens += worst.tokens

    async def _read(self, look: Callable[[Connection], Any]) -> Any:
        return await asyncio.wrap_future(self.ws.db.read_later(look))

    async def _produce(self) -> None:
        """Pages of items into the queue, each only when it is on disk that they may be sent."""
        p = self.progress
        place = p.retry_place if self.retrying else p.place
        while page := await self._next_page(place):
            place = page[-1][0]
            waiting = await asyncio.to_thread(self._prepare, page)
            opened = OpenPage(place, len(waiting))
            self._pages.append(opened)
            if place > p.upto and not self.retrying:
                p.upto = place
                if waiting:
                    await asyncio.shield(self._flush())
            for item_id, shown in waiting:
                await self._queue.put(Waiting(opened, item_id, shown))
        for _ in self._tasks:
            await self._queue.put(None)

    async def _next_page(self, place: int) -> Page:
        if self.retrying:
            rows = await self._read(lambda c: RunsSql(c).errors(self.s.run_id, place, self._size))
            return [(row.item_id, row.item_id) for row in rows]
        return await self._read(lambda c: self.s.selected.page(place, self._size))

    def _prepare(self, page: Page) -> list[tuple[int, Shown | MiloError]]:
        """Leave out what is answered already, and build what is shown of the rest. In a thread: pictures take time."""
        ids = [item for _, item in page]
        if not self.retrying and (len(self.s.runs) > 1 or page[0][0] <= self._known_upto):
            runs = self.ws.db.read(lambda c: RunsSql(c).answered(self.s.runs, ids))
            own = self.ws.db.read(lambda c: RunsSql(c).failed(self.s.run_id, ids))
            self.progress.skipped += sum(1 for place, item in page if item in runs and place > self._known_upto)
            ids = [i for i in ids if i not in runs and i not in own]
        return list(self.s.showing.pages(ids))

    async def _work(self) -> None:
        """One of those that ask, until nothing is left or the run is stopped."""
        while (one := await self._queue.get()) is not None:
            if self.state != "running":
                return
            result = await self._ask_about(one)
            if result is None:
                return
            self._take(one, result)

    async def _ask_about(self, one: Waiting) -> Result | None:
        """The result; None if the run stops over it, and the item stays as if it was not asked."""
        shown = one.shown
        if isinstance(shown, MiloError):
            return Result(one.item_id, False, None, {}, shown.message)
        meter = _Meter(self, one.item_id)
        try:
            examples = await self._explained(shown, meter)
            answer = await self.s.plugin.answer(self.s.task, self.s.config, shown, examples, meter)
        except BudgetSpent as error:
            self._stop("stopped", error.message)
            return None
        except (RuleForbids, NotFound, Conflict, InvalidConfig) as error:
            self._stop("failed", error.message)
            return None
        except ModelTrouble as error:
            self._streak.append((one, Result(one.item_id, shown.item.blind, None, {}, error.message, "", 1)))
            if len(self._streak) >= max(10, 2 * self.s.concurrency):
                self._streak.clear()
                self._stop("paused", f"Stopped after many failures in a row: {error.message}")
            return _HELD
        except Exception as error:  # noqa: BLE001 - a plug-in's call
            return Result(one.item_id, shown.item.blind, None, {}, f"{type(error).__name__}: {error}"[:1000])
        if meter.paid and one.item_id in self._lost:
            self.progress.repeated += 1
        return Result(
            one.item_id, shown.item.blind, answer.prediction, answer.signals, (answer.error or "")[:1000], answer.raw[:_LAST],
            answer.attempts,
        )  # fmt: skip

    def _take(self, one: Waiting, result: Result) -> None:
        if result is _HELD:
            return
        for held, failure in self._streak:
            self._results.append(failure)
            held.page.left -= 1
        self._streak.clear()
        self._results.append(result)
        one.page.left -= 1

    def _examples(self, shown: Shown) -> list[Example]:
        return self.s.examples.like(shown) if self.s.examples is not None else []

    async def _explained(self, shown: Shown, meter: Ask) -> list[Example]:
        found = self._examples(shown)
        if not found or not self.s.explain or self.s.examples is None:
            return found
        return await self.s.examples.explained(found, lambda e: self.s.plugin.explain(self.s.task, self.s.config, e, meter))

    async def _tick(self) -> None:
        """Store what came, and tell how far it is, a few times a second."""
        while True:
            await asyncio.sleep(_TICK)
            try:
                if self._results or (self._pages and self._pages[0].left <= 0):
                    await asyncio.shield(self._flush())
            except StorageTrouble as error:
                self._stop("paused", error.message)
            self.pace.mark(time.monotonic(), self.progress.done + self.progress.failed)
            self._news(self)

    async def _flush(self, state: str = "running") -> None:
        """Store what came, in short transactions; the last one moves the place up to which all is finished."""
        async with self._lock:
            results, self._results = self._results, []
            p = self.progress
            while self._pages and self._pages[0].left <= 0:
                last = self._pages.popleft().last
                p.place, p.retry_place = (p.place, last) if self.retrying else (last, p.retry_place)
            self._count()
            if results:
                self.ws.gateway.write_ledger()  # a stored answer has its line, whenever the process dies
            while True:
                part, rest = results[:_AT_ONCE], results[_AT_ONCE:]
                try:
                    await self._write(part, whole=not rest, state=state)
                except StorageTrouble:
                    self._results = results + self._results
                    raise
                if not rest:
                    break
                results = rest
            self._stored = (p.place, p.retry_place)

    async def _write(self, part: list[Result], *, whole: bool, state: str) -> None:
        """One transaction: results, and progress as it is with them."""
        good = sum(1 for one in part if one.prediction is not None)
        p, retrying = self.progress, self.retrying
        place = (p.place, p.retry_place) if whole else self._stored
        failed = p.failed - good if retrying else p.failed + len(part) - good
        kept = msgspec.structs.replace(p, done=p.done + good, failed=failed, place=place[0], retry_place=place[1])

        def write(c: Connection) -> None:
            self.s.store.put(c, part, kept, state, retrying=retrying)

        await self.ws.db.write_through(write, BACKGROUND)
        p.done, p.failed = kept.done, kept.failed

    def _count(self) -> None:
        p, budget = self.progress, self.s.budget
        p.cost, p.tokens = budget.spent_money, budget.spent_tokens
        p.seconds = self._before + time.monotonic() - self._began

    async def _finish(self) -> None:
        """Store the rest. A run that nothing stopped is complete, and what failed in the end stays failed."""
        if self.state == "running":
            for held, failure in self._streak:
                self._results.append(failure)
                held.page.left -= 1
            self._streak.clear()
            await self._flush()
            if self.retrying:
                self.progress.phase = "main"
            else:
                self.progress.complete = True
            self.state = "done" if self.progress.complete else "paused"
        self.progress.clean = True
        await self._flush("running" if self.state == "closing" else self.state)
        self._news(self)


_HELD = Result(0, False, None, {})


class _Meter:
    """The `ask` for one item: adds up what it took."""

    __slots__ = ("_call", "_drive", "_item_id", "paid")

    def __init__(self, drive: Drive, item_id: int) -> None:
        s = drive.s
        self._drive, self._item_id, self.paid = drive, item_id, False
        self._call = CallFor(
            "preannotate", s.project, item_id, s.run_id, s.user_id, s.showing.names, not drive.retrying, s.budget
        )

    async def __call__(self, connection: str, request: Request) -> Reply:
        batching = self._drive.s.batching
        if batching is not None:
            reply = await batching.complete(connection, request, self._item_id)
        else:
            reply = await self._drive.ws.gateway.complete(connection, request, self._call)
        p = self._drive.progress
        if not reply.from_cache:
            self.paid = True
            p.input_tokens += reply.usage.input
            p.output_tokens += reply.usage.output
        return reply

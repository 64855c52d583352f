"""The one door to connected models. Every call of a language model passes here, whoever makes it.

Stands alone because rules on data, budgets and the ledger hold only if nothing goes around them. It runs on its own event loop
in its own thread, so that a thousand waiting calls cost no request of the server anything.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from milo.domain.errors import Conflict, NotFound
from milo.flow.masking import kinds_for, mask_request
from milo.flow.reach import check_reach
from milo.infra.batches import batches_of, results, submit, worst_of
from milo.infra.calls import CallFor, Note
from milo.infra.ledger import Ledger
from milo.infra.providers.caching import Cached, asks_for_variety, cache_key
from milo.infra.providers.checking import flaw
from milo.infra.providers.choosing import first_there
from milo.infra.providers.counting import Worst, worst_case
from milo.infra.providers.opening import Opened
from milo.infra.providers.restoring import Restore
from milo.infra.role_budgets import RoleBudgets
from milo.infra.secrets import Secrets
from milo.infra.sql.connections import ConnectionRow, ConnectionsSql, KeptReply
from milo.infra.sql.database import BACKGROUND
from milo.kinds.provider import BatchLine, BatchState, Client, Piece, Reply, Request, fingerprint

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

__all__ = ["CallFor", "Gateway", "Prepare"]

T = TypeVar("T")
Prepare = Callable[[Request, ConnectionRow, CallFor], tuple[Request, Restore]]
"""Makes a request ready to leave: masked, with what puts the originals back into the answer."""
_DAY = 86_400.0
_DIED = "The server ended while this call was on its way; what it may have taken at most is counted."
_CANCELLED = "The batch was cancelled; what it may have taken at most is counted."
_AS_IT_IS = Restore()


def masked(request: Request, row: ConnectionRow, call: CallFor) -> tuple[Request, Restore]:
    """The request without the personal data that the project's rules name, and what puts it back."""
    kinds = kinds_for(call.project.spec.policy.data, row.local) if call.project is not None else ()
    if not kinds:
        return request, _AS_IT_IS
    sent, masks = mask_request(request, kinds)
    return sent, Restore(masks.values)


class Gateway:
    """Calls connected models by name."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self.prepare: Prepare = masked
        self.secrets = Secrets(workspace.path, workspace.settings.secret_key)
        self._opened: dict[str, Opened] = {}
        self._leaving: list[Opened] = []
        self._loop = asyncio.new_event_loop()
        self._ledger = Ledger(workspace.db, self._loop)
        self.budgets = RoleBudgets(workspace)
        self._thread = threading.Thread(target=self._loop.run_forever, name="milo-models", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the gateway's own loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def connection(self, name: str) -> ConnectionRow:
        """The connection of that name. Raises NotFound, or Conflict if it is switched off."""
        opened = self._opened.get(name)
        row = opened.row if opened is not None else self.ws.db.read(lambda c: ConnectionsSql(c).by_name(name))
        if row is None:
            raise NotFound(f'There is no connected model "{name}".', place="connection")
        if not row.enabled:
            raise Conflict(f'The connected model "{name}" is switched off.', place="connection")
        return row

    def price(self, connection: str, request: Request) -> Worst:
        """The most that a call can take, and the likely input. Runs on the gateway's loop."""
        return worst_case(request, self._open(connection).prices)

    def bare(self, connection: str) -> Any:
        """The plug-in's own client, for what only its kind can do. Runs on the gateway's loop."""
        return self._open(connection).bare

    def bare_now(self, connection: str) -> Any:
        """The same from any thread."""

        async def find() -> Any:
            return self.bare(connection)

        return self.run(find()).result(timeout=10)

    async def complete(self, connection: str, request: Request, call: CallFor) -> Reply:
        """The whole answer. Runs on the gateway's loop.

        Raises ModelTrouble, RuleForbids, BudgetSpent, NotFound, Conflict.
        """
        opened = self.admit(connection, call)
        sent, restore = self.prepare(request, opened.row, call)
        note = self.note(opened, call, sent, restore.masked)
        try:
            if _stands_first(call):
                await note.begin()
            reply = await self._client(opened, call, note).complete(sent)
            if sent.json_schema is not None and (bad := flaw(sent, reply)) is not None:
                note.write(reply, bad)
                raise bad
        except BaseException as error:  # noqa: BLE001 - a plug-in's call
            raise note.failed(error) from None
        finally:
            self.release(opened)
        note.write(reply, None)
        return restore.reply(reply, sent.json_schema is not None) if restore.mapping else reply

    async def stream(self, connection: str, request: Request, call: CallFor) -> AsyncIterator[Piece]:
        """The answer piece by piece; the last piece carries the reply. Runs on the gateway's loop."""
        opened = self.admit(connection, call)
        sent, restore = self.prepare(request, opened.row, call)
        note = self.note(opened, call, sent, restore.masked)
        in_json = sent.json_schema is not None
        try:
            if _stands_first(call):
                await note.begin()
            async for piece in self._client(opened, call, note).stream(sent):
                note.heard(piece.text)
                if piece.reply is None:
                    if text := restore.piece(piece.text, in_json):
                        yield Piece(text)
                    continue
                if (bad := flaw(sent, piece.reply)) is not None:
                    note.write(piece.reply, bad)
                    raise bad
                note.write(piece.reply, None)
                yield Piece(restore.piece(piece.text, in_json) + restore.rest(), restore.reply(piece.reply, in_json))
        except GeneratorExit:
            note.stopped()
            raise
        except BaseException as error:  # noqa: BLE001 - a plug-in's call
            raise note.failed(error) from None
        finally:
            self.release(opened)

    async def stream_elsewhere(self, connection: str, request: Request, call: CallFor) -> AsyncIterator[Piece]:
        """The same from another event loop, such as the server's. Closing it ends the call."""
        here = asyncio.get_running_loop()
        pieces: asyncio.Queue[Piece | BaseException | None] = asyncio.Queue()

        async def pump() -> None:
            stream = self.stream(connection, request, call)
            try:
                async for piece in stream:
                    here.call_soon_threadsafe(pieces.put_nowait, piece)
                here.call_soon_threadsafe(pieces.put_nowait, None)
            except BaseException as error:
                here.call_soon_threadsafe(pieces.put_nowait, error)
                raise
            finally:
                if isinstance(stream, AsyncGenerator):
                    await stream.aclose()

        running = self.run(pump())
        try:
            while (piece := await pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            running.cancel()

    async def fallback(self, connections: Sequence[str], request: Request, call: CallFor) -> tuple[str, Reply]:
        """The answer of the first connection that gives one, and its name. Runs on the gateway's loop."""
        return await first_there(connections, request, lambda name, r: self.complete(name, r, call))

    async def batch_submit(self, connection: str, requests: Sequence[tuple[str, Request]], call: CallFor) -> str:
        """Leave keyed requests with a provider's batch; the batch's id. Nothing is kept of what was masked: `batch_results`
        masks the same requests again. Raises ModelRefused where the provider has no batches."""
        return await submit(self, connection, requests, call)

    async def batch_state(self, connection: str, batch_id: str) -> BatchState:
        """How far a batch is."""
        return await batches_of(self._open(connection)).batch_state(batch_id)

    async def batch_results(
        self, connection: str, batch_id: str, call: CallFor, requests: Callable[[str], Request | None]
    ) -> AsyncIterator[BatchLine]:
        """The answers of a finished batch, checked, counted at the batch's price and written to the ledger. `requests` gives
        the request of a key again, as it was submitted."""
        async for line in results(self, connection, batch_id, call, requests):
            yield line

    async def batch_cancel(self, connection: str, batch_id: str) -> None:
        """Give up on what has not been answered."""
        await batches_of(self._open(connection)).batch_cancel(batch_id)

    def changed(self, name: str) -> None:
        """Say that a connection was changed or removed: its next call opens it anew, and calls in flight end in peace."""

        async def drop() -> None:
            opened = self._opened.pop(name, None)
            if opened is not None:
                opened.dropped = True
                self._leaving.append(opened)
                await self._close_unused()

        self.run(drop()).result(timeout=10)

    def lost(self, connection: str, request: Request, call: CallFor) -> Worst:
        """Put a call on record that a process may have sent before it died; its worst case. Runs on the gateway's loop."""
        opened = self._open(connection)
        sent, restore = self.prepare(request, opened.row, call)
        worst = worst_case(sent, opened.prices)
        self.note(opened, call, sent, restore.masked).lost(worst, _DIED)
        return worst

    def batch_worst(self, connection: str, requests: Sequence[tuple[str, Request]], call: CallFor) -> Worst:
        """The most that a batch of these requests can take."""
        opened = self._open(connection)
        return worst_of(opened, [self.prepare(request, opened.row, call)[0] for _, request in requests])

    def batch_lost(self, connection: str, worst: Worst, call: CallFor) -> None:
        """Put a batch on record of which nobody will know what it took."""
        self.note(self._open(connection), call, Request(()), 0).lost(worst, _CANCELLED)

    def write_ledger(self, priority: int = BACKGROUND) -> None:
        """Have the lines so far written before whatever is written next at this priority. Runs on the gateway's loop; does not
        wait."""
        self._ledger.flush(priority)

    def flush(self) -> None:
        """Wait until every line of the ledger is on disk."""

        async def start() -> Future[None]:
            return self._ledger.flush()

        self.run(start()).result(timeout=10).result(timeout=30)

    def close(self) -> None:
        """End every call and let go of the connections."""

        async def end() -> Future[None]:
            mine = asyncio.current_task()
            others = [task for task in asyncio.all_tasks() if task is not mine]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            for opened in [*self._opened.values(), *self._leaving]:
                await opened.bare.close()
            await self._loop.shutdown_asyncgens()
            return self._ledger.flush()

        self.run(end()).result(timeout=20).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def note(self, opened: Opened, call: CallFor, sent: Request, masked: int) -> Note:
        """The line that a call will leave in the ledger."""
        return Note(self._ledger, opened, call, sent, fingerprint(sent), masked, self.ws.clock())

    def admit(self, connection: str, call: CallFor) -> Opened:
        """The connection, open, if the rules allow the call; `release` it after."""
        if call.project is not None:
            row = self.connection(connection)
            check_reach(call.project.spec.policy.data, row.name, row.local, call.fields)
        opened = self._open(connection)
        opened.users += 1
        return opened

    def _open(self, name: str) -> Opened:
        opened = self._opened.get(name)
        if opened is None:
            row = self.connection(name)
            key = self.secrets.open(row.secret) if row.secret else None
            opened = Opened(row, self.ws.registry.providers.get(row.plugin), key, self.ws.path)
            self._opened[name] = opened
        return opened

    def release(self, opened: Opened) -> None:
        """A call is over."""
        opened.users -= 1
        if opened.dropped and not opened.users:
            self._loop.create_task(self._close_unused())

    async def _close_unused(self) -> None:
        unused = [o for o in self._leaving if not o.users]
        self._leaving = [o for o in self._leaving if o.users]
        for opened in unused:
            await opened.bare.close()

    def _client(self, opened: Opened, call: CallFor, note: Note) -> Client:
        client = opened.client(call.purpose, call.budget)
        days = opened.limits.cache_days
        if not call.cache or not days or not opened.cached or asks_for_variety(note.sent):
            return client
        row, project_id = opened.row, call.project.id if call.project else None
        key = cache_key(note.request_hash, row.id, row.plugin, row.model, project_id)
        return Cached(client, _Kept(self._ledger, row.id, project_id, self.ws.clock(), days * _DAY), key)


def _stands_first(call: CallFor) -> bool:
    """Whether a call stands in the ledger before it is sent. Runs over items keep their own record of what may have been."""
    return call.run_id is None or call.purpose == "judge"


class _Kept:
    """The cache as one call sees it."""

    def __init__(self, ledger: Ledger, connection_id: int, project_id: int | None, now: float, seconds: float) -> None:
        self._ledger, self._connection_id, self._project_id = ledger, connection_id, project_id
        self._now, self._seconds = now, seconds

    def get(self, key: bytes) -> bytes | None:
        """A kept answer that is not too old."""
        return self._ledger.kept(key, self._now - self._seconds)

    def put(self, key: bytes, value: bytes) -> None:
        """Keep an answer."""
        self._ledger.keep(KeptReply(key, self._connection_id, self._project_id, value, self._now))

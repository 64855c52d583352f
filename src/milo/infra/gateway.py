"""The one door to connected models. Every call of a language model passes here, whoever makes it.

Stands alone because rules on data, budgets and the ledger hold only if nothing goes around them. It runs on its own event loop
in its own thread, so that a thousand waiting calls cost no request of the server anything.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from milo.domain.errors import Conflict, MiloError, NotFound
from milo.domain.project import Project
from milo.flow.reach import check_reach
from milo.infra.sql.connections import CallRow, ConnectionRow, ConnectionsSql
from milo.infra.sql.database import BACKGROUND
from milo.kinds.provider import Client, Piece, Reply, Request

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

T = TypeVar("T")
Purpose = Literal["preannotate", "assist", "judge", "compare", "probe"]


class CallFor(msgspec.Struct, frozen=True):
    """On whose behalf a call is made, and about what. `fields` are the item's fields whose content is in the request."""

    purpose: Purpose
    project: Project | None = None
    item_id: int | None = None
    run_id: int | None = None
    user_id: int | None = None
    fields: tuple[str, ...] = ()
    cache: bool = True


class Gateway:
    """Calls connected models by name."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self._clients: dict[int, Client] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="milo-models", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the gateway's own loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def connection(self, name: str) -> ConnectionRow:
        """The connection of that name. Raises NotFound, or Conflict if it is switched off."""
        row = self.ws.db.read(lambda c: ConnectionsSql(c).by_name(name))
        if row is None:
            raise NotFound(f'There is no connected model "{name}".', place="connection")
        if not row.enabled:
            raise Conflict(f'The connected model "{name}" is switched off.', place="connection")
        return row

    async def complete(self, connection: str, request: Request, call: CallFor) -> Reply:
        """The whole answer. Runs on the gateway's loop."""
        row = self._admit(connection, call)
        began = time.monotonic()
        try:
            reply = await self._client(row).complete(request)
        except MiloError as error:
            self._note(row, call, None, time.monotonic() - began, error)
            raise
        self._note(row, call, reply, time.monotonic() - began, None)
        return reply

    async def stream(self, connection: str, request: Request, call: CallFor) -> AsyncIterator[Piece]:
        """The answer piece by piece. Runs on the gateway's loop."""
        row = self._admit(connection, call)
        began = time.monotonic()
        try:
            async for piece in self._client(row).stream(request):
                if piece.reply is not None:
                    self._note(row, call, piece.reply, time.monotonic() - began, None)
                yield piece
        except MiloError as error:
            self._note(row, call, None, time.monotonic() - began, error)
            raise

    async def stream_elsewhere(self, connection: str, request: Request, call: CallFor) -> AsyncIterator[Piece]:
        """The same from another event loop, such as the server's. Closing it ends the call."""
        here = asyncio.get_running_loop()
        pieces: asyncio.Queue[Piece | BaseException | None] = asyncio.Queue()

        async def pump() -> None:
            try:
                async for piece in self.stream(connection, request, call):
                    here.call_soon_threadsafe(pieces.put_nowait, piece)
                here.call_soon_threadsafe(pieces.put_nowait, None)
            except BaseException as error:
                here.call_soon_threadsafe(pieces.put_nowait, error)
                raise

        running = self.run(pump())
        try:
            while (piece := await pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            running.cancel()

    def close(self) -> None:
        """End every call and let go of the connections."""

        async def end() -> None:
            mine = asyncio.current_task()
            for task in asyncio.all_tasks():
                if task is not mine:
                    task.cancel()
            for client in self._clients.values():
                await client.close()

        self.run(end()).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _admit(self, connection: str, call: CallFor) -> ConnectionRow:
        row = self.connection(connection)
        if call.project is not None:
            check_reach(call.project.spec.policy.data, row.name, row.local, call.fields)
        return row

    def _client(self, row: ConnectionRow) -> Client:
        if row.id not in self._clients:
            provider = self.ws.registry.providers.get(row.plugin)
            self._clients[row.id] = provider.connect(row.config, None, self.ws.path / "cache" / "models" / str(row.id))
        return self._clients[row.id]

    def _note(self, row: ConnectionRow, call: CallFor, reply: Reply | None, seconds: float, error: MiloError | None) -> None:
        line = CallRow(
            self.ws.clock(), row.id, reply.model if reply else row.model, call.purpose, "failed" if error else "done",
            call.project.id if call.project else None, call.item_id, call.run_id, call.user_id, call.fields,
            error=error.message if error else None,
            input_tokens=reply.usage.input if reply else 0, output_tokens=reply.usage.output if reply else 0,
            cost=reply.cost if reply else None, cached=bool(reply and reply.from_cache), seconds=seconds,
        )  # fmt: skip
        self.ws.db.write_later(lambda c: ConnectionsSql(c).note_calls([line]), BACKGROUND)

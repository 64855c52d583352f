"""The ledger as it is written: lines and kept answers are gathered and stored together a few times a second.

A transaction for each call would cost more than the call. Where nothing else keeps a record of what may have been sent, the
line of a call is on disk before it goes out, with its worst case; what a dead process left open is closed as lost when the next
one begins. Ids are given out here, since one process holds the workspace, so that a call can be referred to before its line is
on disk. All methods run on the gateway's loop.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from concurrent.futures import Future

from milo.infra.sql.connections import CallRow, ConnectionsSql, KeptReply
from milo.infra.sql.database import BACKGROUND, NORMAL, Connection, Database

_SECONDS = 0.2
_MANY = 256
log = logging.getLogger("milo")


class Ledger:
    """Gathers lines of calls, and answers to keep."""

    def __init__(self, db: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._db, self._loop = db, loop
        self._ids = itertools.count(db.read(lambda c: ConnectionsSql(c).last_call()) + 1)
        self._calls: list[CallRow] = []
        self._fresh: dict[bytes, KeptReply] = {}
        self._writing: dict[bytes, KeptReply] = {}
        self._due = False
        self._opening: asyncio.Future[None] | None = None
        self._busy = False
        db.write(lambda c: ConnectionsSql(c).close_open())

    def new_id(self) -> int:
        """The id of the next line."""
        return next(self._ids)

    def note(self, call: CallRow) -> None:
        """Add a line."""
        self._calls.append(call)
        self._soon()

    async def begin(self, call: CallRow) -> None:
        """Add a line and wait until it is on disk. All that come while one transaction runs share the next."""
        self._calls.append(call)
        if self._opening is None:
            self._opening = self._loop.create_future()
            if not self._busy:
                self._loop.call_soon(self._open_up)
        await asyncio.shield(self._opening)

    def _open_up(self) -> None:
        told, self._opening = self._opening, None
        if told is None:
            return
        self._busy = True

        def over(done: Future[None]) -> None:
            self._loop.call_soon_threadsafe(self._opened_up, told, None if done.cancelled() else done.exception())

        self.flush(NORMAL).add_done_callback(over)

    def _opened_up(self, told: asyncio.Future[None], error: BaseException | None) -> None:
        self._busy = False
        if error is None:
            told.set_result(None)
        else:
            told.set_exception(error)
            told.exception()  # who waited may be gone
        self._open_up()

    def keep(self, kept: KeptReply) -> None:
        """Add an answer to the cache."""
        self._fresh[kept.key] = kept
        self._soon()

    def kept(self, key: bytes, since: float) -> bytes | None:
        """A kept answer, written or about to be."""
        waiting = self._fresh.get(key) or self._writing.get(key)
        if waiting is not None:
            return waiting.reply
        return self._db.read(lambda c: ConnectionsSql(c).kept_reply(key, since))

    def flush(self, priority: int = BACKGROUND) -> Future[None]:
        """Write what is there; resolves once it is on disk."""
        self._due = False
        calls, self._calls = self._calls, []
        fresh, self._fresh = self._fresh, {}
        self._writing |= fresh
        kept = list(fresh.values())

        def write(c: Connection) -> None:
            port = ConnectionsSql(c)
            port.note_calls(calls)
            port.keep_replies(kept)

        done = self._db.write_later(write, priority)
        done.add_done_callback(lambda future: self._written(future, kept))
        return done

    def _written(self, done: Future[None], kept: list[KeptReply]) -> None:
        for one in kept:
            self._writing.pop(one.key, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("Lines of the ledger of model calls were lost: %s", error)

    def _soon(self) -> None:
        if len(self._calls) >= _MANY:
            self.flush()
        elif not self._due:
            self._due = True
            self._loop.call_later(_SECONDS, self._flush_if_due)

    def _flush_if_due(self) -> None:
        if self._due:
            self.flush()

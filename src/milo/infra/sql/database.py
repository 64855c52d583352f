"""One SQLite file, one writer thread, many readers.

SQLite has one writer at a time. Instead of letting threads fight over its lock, all writes pass one queue in front of it,
submitted answers first. What waits in the queue together is committed together, so that one `fsync` serves many
people; nobody is told "saved" before that commit. Each write runs in its own savepoint: one that fails takes nobody
else's along.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from milo.domain.errors import Invalid, StorageTrouble
from milo.infra.memory import give_back

T = TypeVar("T")
Connection = sqlite3.Connection

Entry = tuple[int, int, Callable[[Connection], Any] | None, Future[Any]]
"""Priority, order of arrival, the change (None: stop), its outcome."""

ANSWERS, NORMAL, BACKGROUND = 0, 1, 2
_GROUP_SECONDS = 0.05
_GROUP_SIZE = 256
_IDLE_SECONDS = 3.0
_READER_MB, _WRITER_MB = 4, 64
_WHOLE_GROUP = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB,
    }
)  # fmt: skip
"""Errors after which the transaction as a whole cannot go on; the others concern one change."""


def connect(path: Path, *, read_only: bool = False, cache_mb: int = _READER_MB) -> Connection:
    """A connection with Milo's settings: WAL, durable commits, foreign keys, rows as tuples."""
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute(f"PRAGMA cache_size = -{cache_mb * 1024}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA foreign_keys = ON")
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
    return connection


def trouble(error: sqlite3.Error) -> StorageTrouble:
    """The error in words that say what to do."""
    text = str(error)
    if "full" in text:
        return StorageTrouble("The disk is full; nothing was saved. Free some space, then try again.")
    if "locked" in text or "busy" in text:
        return StorageTrouble("Another program holds the database; nothing was saved. Close it, then try again.")
    if "disk I/O" in text:
        return StorageTrouble("The disk cannot be read or written; nothing was saved. See whether it is full or damaged.")
    if "readonly" in text or "unable to open" in text:
        return StorageTrouble("The workspace cannot be written; nothing was saved. Check the rights of its folder.")
    return StorageTrouble(f"The database refused the change ({text}); nothing was saved.")


def unstorable(error: OverflowError | UnicodeEncodeError) -> Invalid:
    """What SQLite has no room for: whole numbers beyond 64 bits, and halves of surrogate pairs in a text."""
    if isinstance(error, OverflowError):
        return Invalid("A whole number does not fit into 64 bits; use one between -2^63 and 2^63 - 1.")
    return Invalid("A text holds half of a surrogate pair, which is no character. Send it as valid Unicode.")


class Database:
    """The workspace's database: `write` and `read` run a function on a connection and give its result."""

    def __init__(self, path: Path, *, readers: int = 6) -> None:
        self.path = path
        self._queue: queue.PriorityQueue[Entry] = queue.PriorityQueue()
        self._order = itertools.count()
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._writer = connect(path, cache_mb=_WRITER_MB)
        self.pool = ThreadPoolExecutor(readers, thread_name_prefix="milo-read")
        self._thread = threading.Thread(target=self._run, name="milo-writer", daemon=True)
        self._thread.start()

    def write_later(self, change: Callable[[Connection], T], priority: int = NORMAL) -> Future[T]:
        """Queue a change; the future resolves once it is committed to disk."""
        if self._closed:
            raise StorageTrouble("The workspace is closed.")
        done: Future[T] = Future()
        self._queue.put((priority, next(self._order), change, done))
        return done

    def write(self, change: Callable[[Connection], T], priority: int = NORMAL) -> T:
        """Run a change in a transaction and wait until it is on disk."""
        return self.write_later(change, priority).result()

    async def write_through(self, change: Callable[[Connection], T], priority: int = NORMAL) -> T:
        """Run a change from an event loop and wait until it is on disk; whoever is cut off while waiting cancels nothing."""
        return await asyncio.shield(asyncio.wrap_future(self.write_later(change, priority)))

    def read(self, look: Callable[[Connection], T]) -> T:
        """Run a read on this thread's own connection."""
        try:
            return look(self._reader())
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError as error:
            raise trouble(error) from error
        except (OverflowError, UnicodeEncodeError) as error:
            raise unstorable(error) from error

    def read_later(self, look: Callable[[Connection], T]) -> Future[T]:
        """Run a read in the bounded thread pool."""
        return self.pool.submit(self.read, look)

    def close(self) -> None:
        """Finish what is queued, then close every connection."""
        if self._closed:
            return
        self._closed = True
        self._queue.put((99, next(self._order), None, Future()))
        self._thread.join()
        self.pool.shutdown(wait=True)
        for connection in self._readers:
            connection.close()
        self._writer.close()

    def _reader(self) -> Connection:
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = connect(self.path, read_only=False)
            found.execute("PRAGMA query_only = ON")
            self._local.connection = found
            with self._lock:
                self._readers.append(found)
        return found

    def _run(self) -> None:
        while True:
            first = self._next()
            if first[2] is None:
                return
            self._commit(self._gather(first))

    def _next(self) -> Entry:
        """Wait for the next change; after a while without any, give the memory of cached pages back."""
        try:
            return self._queue.get(timeout=_IDLE_SECONDS)
        except queue.Empty:
            self._writer.execute("PRAGMA shrink_memory").fetchall()
            give_back()
            return self._queue.get()

    def _gather(self, first: Entry) -> list[Entry]:
        """Nothing more than a look at what waits already; whatever comes later makes the next group."""
        group = [first]
        while len(group) < _GROUP_SIZE:
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                break
            if entry[2] is None:
                self._queue.put(entry)
                break
            group.append(entry)
            if entry[0] >= BACKGROUND:
                break
        return group

    def _commit(self, group: list[Entry]) -> None:
        """Carry out a group and tell everybody; what there was no time for is queued again."""
        connection, taken = self._writer, group
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            end = time.perf_counter() + _GROUP_SECONDS
            taken = [group[0]]
            outcomes.append(self._attempt(connection, group[0]))
            while len(taken) < len(group) and time.perf_counter() < end:
                taken.append(group[len(taken)])
                outcomes.append(self._attempt(connection, taken[-1]))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            outcomes = [(None, trouble(error))] * len(taken)
        for entry in group[len(taken) :]:
            self._queue.put(entry)
        for entry, outcome in zip(taken, outcomes, strict=True):
            _tell(entry[3], *outcome)

    def _attempt(self, connection: Connection, entry: Entry) -> tuple[Any, BaseException | None]:
        _, _, change, done = entry
        if change is None or not (done.running() or done.set_running_or_notify_cancel()):
            return None, None
        connection.execute("SAVEPOINT one")
        try:
            result = change(connection)
        except BaseException as error:
            if isinstance(error, sqlite3.Error) and _concerns_all(error):
                raise
            connection.execute("ROLLBACK TO one")
            connection.execute("RELEASE one")
            return None, _in_words(error)
        connection.execute("RELEASE one")
        return result, None


def _concerns_all(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _WHOLE_GROUP


def _in_words(error: BaseException) -> BaseException:
    if isinstance(error, sqlite3.Error):
        return trouble(error)
    return unstorable(error) if isinstance(error, OverflowError | UnicodeEncodeError) else error


def _tell(done: Future[Any], result: Any, failure: BaseException | None) -> None:
    if done.cancelled() or not (done.running() or done.set_running_or_notify_cancel()):
        return
    if failure is not None:
        done.set_exception(failure)
    else:
        done.set_result(result)

"""One SQLite file, one writer thread, many readers.

SQLite has one writer at a time. Instead of letting threads fight over its lock, all writes pass one queue in front of it,
submitted answers first. What waits in the queue together is committed together, so that one `fsync` serves many
people; nobody is told "saved" before that commit. Each write runs in its own savepoint: one that fails takes nobody
else's along.
"""

from __future__ import annotations

import itertools
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from milo.domain.errors import StorageTrouble

T = TypeVar("T")
Connection = sqlite3.Connection

Entry = tuple[int, int, Callable[[Connection], Any] | None, Future[Any]]
"""Priority, order of arrival, the change (None: stop), its outcome."""

ANSWERS, NORMAL, BACKGROUND = 0, 1, 2
_GROUP_SECONDS = 0.05
_GROUP_SIZE = 256


def connect(path: Path, *, read_only: bool = False, cache_mb: int = 16) -> Connection:
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
    if "readonly" in text or "unable to open" in text:
        return StorageTrouble("The workspace cannot be written; nothing was saved. Check the rights of its folder.")
    return StorageTrouble(f"The database refused the change ({text}); nothing was saved.")


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
        self._writer = connect(path, cache_mb=64)
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

    def read(self, look: Callable[[Connection], T]) -> T:
        """Run a read on this thread's own connection."""
        try:
            return look(self._reader())
        except sqlite3.OperationalError as error:
            raise trouble(error) from error

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
            first = self._queue.get()
            if first[2] is None:
                return
            group = [first]
            stop = self._gather(group)
            self._commit(group)
            if stop:
                return

    def _gather(self, group: list[Entry]) -> bool:
        """Nothing more than a look at what waits already; whatever comes later makes the next group."""
        while len(group) < _GROUP_SIZE:
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return False
            if entry[2] is None:
                return True
            group.append(entry)
            if entry[0] >= BACKGROUND:
                return False
        return False

    def _commit(self, group: list[Entry]) -> None:
        connection = self._writer
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        taken: list[Future[Any]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            start = time.perf_counter()
            for entry in group:
                if taken and time.perf_counter() - start > _GROUP_SECONDS:
                    self._queue.put(entry)
                    continue
                taken.append(entry[3])
                outcomes.append((entry[3], *self._attempt(connection, entry[2])))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            failure = trouble(error)
            outcomes = [(done, None, failure) for done in taken or [entry[3] for entry in group]]
        for done, result, failure in outcomes:
            if failure is not None:
                done.set_exception(failure)
            else:
                done.set_result(result)

    def _attempt(self, connection: Connection, change: Callable[[Connection], Any] | None) -> tuple[Any, BaseException | None]:
        connection.execute("SAVEPOINT one")
        try:
            result = change(connection) if change else None
        except sqlite3.OperationalError:
            raise
        except BaseException as error:  # noqa: BLE001 - handed to the caller through the future
            connection.execute("ROLLBACK TO one")
            connection.execute("RELEASE one")
            return None, trouble(error) if isinstance(error, sqlite3.Error) else error
        connection.execute("RELEASE one")
        return result, None

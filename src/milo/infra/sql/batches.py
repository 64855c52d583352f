"""The SQL of batches that are with a provider."""

from __future__ import annotations

import sqlite3

import msgspec


class BatchRow(msgspec.Struct, frozen=True):
    """A batch that a run has left with a provider, the keys of its requests, and the most that it can take: tokens, what of
    them may come out, money."""

    id: int
    connection: str
    batch_id: str
    keys: tuple[str, ...]
    tokens: int = 0
    output: int = 0
    money: float | None = None


class _Info(msgspec.Struct):
    connection: str
    keys: tuple[str, ...]
    tokens: int = 0
    output: int = 0
    money: float | None = None


class BatchesSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def add(self, run: int, connection_id: int, batch: BatchRow, now: float) -> int:
        """Put a batch on record (its own id is not known yet); its row's id."""
        info = _Info(batch.connection, batch.keys, batch.tokens, batch.output, batch.money)
        done = self._c.execute(
            "INSERT INTO open_batch (run_id, connection_id, batch_id, state, items, info, at) VALUES (?, ?, ?, 'open', ?, ?, ?)",
            (run, connection_id, batch.batch_id, len(batch.keys), msgspec.json.encode(info).decode(), now),
        )
        return done.lastrowid or 0

    def open(self, run: int) -> list[BatchRow]:
        """The batches of a run that were not fetched yet."""
        rows = self._c.execute(
            "SELECT id, batch_id, info FROM open_batch WHERE run_id = ? AND state = 'open' ORDER BY id", (run,)
        )
        found = [(ident, batch, msgspec.json.decode(info, type=_Info)) for ident, batch, info in rows]
        return [
            BatchRow(i, info.connection, batch, info.keys, info.tokens, info.output, info.money) for i, batch, info in found
        ]

    def settle(self, ident: int, state: str) -> None:
        """Say what became of a batch; its keys are not needed any more."""
        self._c.execute("UPDATE open_batch SET state = ?, info = '{}' WHERE id = ?", (state, ident))

"""The SQL of models that run in their owner's process: the run of a version, what it has not spoken of yet, what it said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from milo.infra.sql.ids import id_range
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.runs import RunsSql

KIND = "import"
_LAST = 2**62


class ElsewhereSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def run_of(self, predictor: int, version: int) -> int | None:
        """The run of this version that can go on: the latest that was not undone."""
        row = self._c.execute(
            "SELECT id FROM run WHERE predictor_id = ? AND version = ? AND kind = ? AND active = 1 "
            "AND json_extract(args, '$.by') = 'function' ORDER BY id DESC LIMIT 1",
            (predictor, version, KIND),
        ).fetchone()
        return None if row is None else row[0]

    def open_run(self, project: int, predictor: int, version: int, args: dict[str, Any], user: int | None, now: float) -> int:
        """The run of this version, begun or gone on with."""
        found = self.run_of(predictor, version)
        if found is None:
            return ModelsSql(self._c).add_run(project, KIND, predictor, version, {"by": "function", **args}, user, now)
        self._c.execute("UPDATE run SET state = 'running', finished_at = NULL WHERE id = ?", (found,))
        return found

    def forget_errors(self, run: int) -> int:
        """Forget the failures of a run, so that their items are asked about again; how many."""
        return self._c.execute("DELETE FROM run_error WHERE run_id = ?", (run,)).rowcount

    def unheard(self, project: int, run: int, after: int, size: int, *, everything: bool) -> list[int]:
        """Items behind `after` that are not blind and that the run has said nothing of, by id; done ones if `everything`, none set aside."""
        _, high = id_range(project)
        closed = "4" if everything else "2, 4"
        rows = self._c.execute(
            f"SELECT i.id FROM item i WHERE i.id > ? AND i.id < ? AND i.blind = 0 AND i.status NOT IN ({closed}) "
            "AND NOT EXISTS (SELECT 1 FROM signal s WHERE s.run_id = ? AND s.item_id = i.id) "
            "AND NOT EXISTS (SELECT 1 FROM run_error e WHERE e.run_id = ? AND e.item_id = i.id) ORDER BY i.id LIMIT ?",
            (after, high, run, run, size),
        )
        return [row[0] for row in rows]

    def heard(self, run: int, items: Sequence[int]) -> set[int]:
        """Those of the items that the run has spoken of, or failed at."""
        runs = RunsSql(self._c)
        return runs.answered([run], items) | runs.failed(run, items)

    def left(self, project: int, run: int) -> int:
        """How many items that are not done wait for the run."""
        low, high = id_range(project)
        row = self._c.execute(
            "SELECT count(*) FROM item i WHERE i.id >= ? AND i.id < ? AND i.blind = 0 AND i.status NOT IN (2, 4) "
            "AND NOT EXISTS (SELECT 1 FROM signal s WHERE s.run_id = ? AND s.item_id = i.id) "
            "AND NOT EXISTS (SELECT 1 FROM run_error e WHERE e.run_id = ? AND e.item_id = i.id)",
            (low, high, run, run),
        ).fetchone()
        return row[0]

    def given(self, items: Iterable[int]) -> list[tuple[int, str | None, str, str]]:
        """Id, key, data and metadata (JSON) of items."""
        found: list[tuple[int, str | None, str, str]] = []
        for item in items:
            row = self._c.execute(
                "SELECT i.id, i.key, c.data, c.meta FROM item i JOIN content c ON c.item_id = i.id WHERE i.id = ? AND i.blind = 0",
                (item,),
            ).fetchone()
            if row is not None:
                found.append((row[0], row[1], row[2], row[3] or "{}"))
        return found

    def note(self, run: int, state: str, by: dict[str, int], now: float | None) -> dict[str, int]:
        """Add to the counts of a run and set its state; the counts then."""
        row = self._c.execute("SELECT info FROM run WHERE id = ?", (run,)).fetchone()
        info: dict[str, Any] = msgspec.json.decode(row[0])
        counts = {name: int(info.get(name, 0)) + by.get(name, 0) for name in ("suggested", "passed", "failed")}
        self._c.execute(
            "UPDATE run SET state = ?, items = ?, info = ?, finished_at = ? WHERE id = ?",
            (state, min(sum(counts.values()), _LAST), msgspec.json.encode({**info, **counts}).decode(), now, run),
        )
        return counts

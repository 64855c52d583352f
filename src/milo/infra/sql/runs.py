"""The SQL of runs of connected models: which items, which are answered already, results, signals, failures, progress."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from milo.flow.annotating import Progress
from milo.infra.sql.ids import id_range
from milo.infra.sql.models import ModelsSql, RunRow

GOLD = (
    "(role IN ('gold', 'resolution') AND basis <> 'shown' AND run_id IS NULL) "
    "OR (role = 'answer' AND basis = 'blind' AND author_kind = 'person')"
)
_encode = msgspec.json.encode
_decode = msgspec.json.decode


class ErrorRow(msgspec.Struct, frozen=True):
    """An item that failed in a run."""

    item_id: int
    reason: str
    raw: str
    attempts: int
    at: float


class RunsSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    # which items

    def every(self, project_id: int, open_only: bool, after: int, size: int) -> list[int]:
        """Items by id that are not set aside, blind ones included; `open_only`: those that are not done."""
        _, high = id_range(project_id)
        closed = "2, 4" if open_only else "4"
        rows = self._c.execute(
            f"SELECT id FROM item WHERE id > ? AND id < ? AND status NOT IN ({closed}) ORDER BY id LIMIT ?", (after, high, size)
        )
        return [row[0] for row in rows]

    def gold(self, project_id: int, question: str, after: int, size: int) -> list[int]:
        """Items with an answer to measure by, by id."""
        _, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT DISTINCT item_id FROM annotation INDEXED BY ix_annotation_answer WHERE role <> 'suggestion' AND live = 1 "
            f"AND question = ? AND ({GOLD}) AND item_id > ? AND item_id < ? ORDER BY item_id LIMIT ?",
            (question, after, high, size),
        )
        return [row[0] for row in rows]

    def count_gold(self, project_id: int, question: str) -> int:
        """How many items there are to measure by."""
        low, high = id_range(project_id)
        row = self._c.execute(
            "SELECT count(DISTINCT item_id) FROM annotation INDEXED BY ix_annotation_answer WHERE role <> 'suggestion' "
            f"AND live = 1 AND question = ? AND ({GOLD}) AND item_id >= ? AND item_id < ?",
            (question, low, high),
        ).fetchone()
        return row[0]

    def next(self, project_id: int, order: str, size: int) -> list[int]:
        """The next items of the queue, blind ones included."""
        low, high = id_range(project_id)
        if order == "imported":
            rows = self._c.execute(
                "SELECT id FROM item INDEXED BY ix_item_free WHERE free > 0 AND id >= ? AND id < ? ORDER BY id LIMIT ?",
                (low, high, size),
            )
        else:
            rows = self._c.execute("SELECT item_id FROM pick WHERE project_id = ? ORDER BY id LIMIT ?", (project_id, size))
        return [row[0] for row in rows]

    def unmeasured(self, project_id: int, question: str, runs: Sequence[int], size: int) -> list[int]:
        """Items answered blind of which none of these runs has said anything."""
        low, high = id_range(project_id)
        marks = ",".join("?" * len(runs))
        rows = self._c.execute(
            "SELECT DISTINCT a.item_id FROM annotation a INDEXED BY ix_annotation_answer WHERE a.role <> 'suggestion' "
            "AND a.live = 1 AND a.question = ? AND a.basis = 'blind' AND a.author_kind = 'person' AND a.item_id >= ? "
            f"AND a.item_id < ? AND NOT EXISTS (SELECT 1 FROM signal s WHERE s.run_id IN ({marks}) AND s.item_id = a.item_id) "
            "ORDER BY a.item_id LIMIT ?",
            (question, low, high, *runs, size),
        )
        return [row[0] for row in rows]

    def existing(self, project_id: int, items: Iterable[int]) -> list[int]:
        """Those that exist, in their order."""
        low, high = id_range(project_id)
        found: list[int] = []
        for item in items:
            if low <= item < high and self._c.execute("SELECT 1 FROM item WHERE id = ?", (item,)).fetchone():
                found.append(item)
        return found

    def last(self, project_id: int) -> int:
        """The highest id of an item; 0 where there is none."""
        return self._c.execute("SELECT max(id) FROM item WHERE id >= ? AND id < ?", id_range(project_id)).fetchone()[0] or 0

    def counts(self, project_id: int) -> tuple[int, int]:
        """(items, items that are not done), without those set aside."""
        row = self._c.execute(
            "SELECT items - aside, items - aside - done FROM project_count WHERE project_id = ?", (project_id,)
        ).fetchone()
        return (row[0], row[1]) if row else (0, 0)

    # what is there already

    def answered(self, runs: Sequence[int], items: Sequence[int]) -> set[int]:
        """Those of the items of which one of the runs has a stored result."""
        return self._marked("signal", runs, items)

    def failed(self, run: int, items: Sequence[int]) -> set[int]:
        """Those of the items that failed in a run."""
        return self._marked("run_error", [run], items)

    def _marked(self, table: str, runs: Sequence[int], items: Sequence[int]) -> set[int]:
        found: set[int] = set()
        marks = ",".join("?" * len(items))
        for run in runs:
            rows = self._c.execute(f"SELECT item_id FROM {table} WHERE run_id = ? AND item_id IN ({marks})", (run, *items))
            found.update(row[0] for row in rows)
        return found

    def charged(self, run: int) -> tuple[float, int]:
        """What the ledger says that a run has cost: money, tokens."""
        row = self._c.execute(
            "SELECT coalesce(sum(cost), 0), coalesce(sum(input_tokens + output_tokens), 0) FROM model_call "
            "WHERE run_id = ? AND cached = 0",
            (run,),
        ).fetchone()
        return row[0], row[1]

    def called(self, run: int, items: Sequence[int]) -> set[int]:
        """Those of the items that the ledger knows a paid call of the run about."""
        marks = ",".join("?" * len(items))
        rows = self._c.execute(
            f"SELECT DISTINCT item_id FROM model_call WHERE item_id IN ({marks}) AND run_id = ? AND cached = 0 AND state NOT IN ('failed', 'lost')",
            (*items, run),
        )
        return {row[0] for row in rows}

    def usual(self, connection: int) -> tuple[float | None, float | None]:
        """Output tokens and seconds of a call, on average over the latest thousand that were answered for a run."""
        row = self._c.execute(
            "SELECT avg(output_tokens), avg(seconds) FROM (SELECT output_tokens, seconds FROM model_call WHERE connection_id = ? "
            "AND id > (SELECT coalesce(max(id), 0) - 5000 FROM model_call) AND purpose = 'preannotate' AND state = 'done' "
            "AND cached = 0 ORDER BY id DESC LIMIT 1000)",
            (connection,),
        ).fetchone()
        return row[0], row[1]

    # results

    def put_signals(self, run: int, predictor: int, question: str, rows: Iterable[tuple[int, dict[str, float]]]) -> None:
        """Store raw signals; each row also says that the item is answered."""
        self._c.executemany(
            "INSERT OR REPLACE INTO signal (run_id, item_id, question, predictor_id, signals) VALUES (?, ?, ?, ?, ?)",
            [(run, item, question, predictor, _encode(signals).decode()) for item, signals in rows],
        )

    def put_errors(self, run: int, rows: Iterable[ErrorRow]) -> None:
        """Store failures, in place of earlier ones."""
        self._c.executemany(
            "INSERT OR REPLACE INTO run_error (run_id, item_id, reason, raw, attempts, at) VALUES (?, ?, ?, ?, ?, ?)",
            [(run, row.item_id, row.reason, row.raw, row.attempts, row.at) for row in rows],
        )

    def drop_errors(self, run: int, items: Iterable[int]) -> int:
        """Forget failures that were made good; how many."""
        return sum(
            self._c.execute("DELETE FROM run_error WHERE run_id = ? AND item_id = ?", (run, item)).rowcount for item in items
        )

    def errors(self, run: int, after: int, size: int) -> list[ErrorRow]:
        """Failures by item id."""
        rows = self._c.execute(
            "SELECT item_id, reason, raw, attempts, at FROM run_error WHERE run_id = ? AND item_id > ? ORDER BY item_id LIMIT ?",
            (run, after, size),
        )
        return [ErrorRow(*row) for row in rows]

    def open_items(self, items: Sequence[int]) -> set[int]:
        """Those of the items that are not blind."""
        marks = ",".join("?" * len(items))
        return {r[0] for r in self._c.execute(f"SELECT id FROM item WHERE blind = 0 AND id IN ({marks})", tuple(items))}

    # the run itself

    def set_up(self, run: int, args: dict[str, Any]) -> None:
        """Change what a run was asked to do."""
        self._c.execute("UPDATE run SET args = ? WHERE id = ?", (_encode(args).decode(), run))

    def put_progress(self, run: int, state: str, progress: Progress, now: float | None) -> None:
        """Store how far a run is; `now` when it ended."""
        self._c.execute(
            "UPDATE run SET state = ?, items = ?, info = ?, finished_at = ? WHERE id = ?",
            (state, progress.done, _encode(progress).decode(), now, run),
        )

    def of_version(self, predictor: int, version: int) -> list[RunRow]:
        """The runs of a version that were not taken back, oldest first."""
        runs = ModelsSql(self._c).runs_of_version(predictor, version)
        return sorted((r for r in runs if r.active and r.kind == "annotate"), key=lambda r: r.id)

    def latest(self, predictor: int) -> RunRow | None:
        """The last run of a model."""
        row = self._c.execute(
            "SELECT id FROM run WHERE predictor_id = ? AND kind = 'annotate' ORDER BY id DESC LIMIT 1", (predictor,)
        ).fetchone()
        return None if row is None else ModelsSql(self._c).run(row[0])

    def busy(self, predictor: int) -> int | None:
        """The run of a model that is on its way, if there is one."""
        row = self._c.execute(
            "SELECT id FROM run WHERE predictor_id = ? AND kind = 'annotate' AND state = 'running'", (predictor,)
        ).fetchone()
        return None if row is None else row[0]

"""The SQL of models in the loop: predictors, runs, suggestions, and the checks on blind answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from milo.domain.annotation import Prediction
from milo.infra.sql.ids import id_range
from milo.infra.sql.rewritten import RewrittenSql

_decode = msgspec.json.decode
_PREDICTOR = "id, project_id, name, plugin, question, config, enabled, version, state, message, n_labels, created_at"
_RUN = "id, project_id, kind, predictor_id, version, args, state, active, items, info, user_id, created_at, finished_at"
LEARNABLE = (
    "role <> 'suggestion' AND live = 1 AND basis NOT IN ('blind', 'audit', 'planted') AND author_kind = 'person' "
    "AND NOT (basis = 'bulk' AND bulk_id IN (SELECT id FROM bulk WHERE kind = 'accept'))"
)
"""Answers a model may learn from: people's own, neither given blind nor in an audit, and not its own suggestions accepted in bulk."""


class PredictorRow(msgspec.Struct, frozen=True):
    """A predictor set up in a project."""

    id: int
    project_id: int
    name: str
    plugin: str
    question: str
    config: dict[str, Any]
    enabled: bool
    version: int
    state: str
    message: str
    n_labels: int
    created_at: float


class RunRow(msgspec.Struct, frozen=True):
    """One execution of a model component. Switched off, its suggestions are not shown any more."""

    id: int
    project_id: int
    kind: str
    predictor_id: int | None
    version: int
    args: dict[str, Any]
    state: str
    active: bool
    items: int
    info: dict[str, Any]
    user_id: int | None
    created_at: float
    finished_at: float | None


class ModelsSql:
    """Reads and writes of predictors, runs and suggestions on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def predictors(self, project_id: int) -> list[PredictorRow]:
        rows = self._c.execute(f"SELECT {_PREDICTOR} FROM predictor WHERE project_id = ? ORDER BY id", (project_id,))
        return [_predictor(row) for row in rows]

    def predictor(self, predictor_id: int) -> PredictorRow | None:
        row = self._c.execute(f"SELECT {_PREDICTOR} FROM predictor WHERE id = ?", (predictor_id,)).fetchone()
        return None if row is None else _predictor(row)

    def add_predictor(self, project_id: int, name: str, plugin: str, question: str, config: dict[str, Any], now: float) -> int:
        done = self._c.execute(
            "INSERT INTO predictor (project_id, name, plugin, question, config, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (project_id, name, plugin, question, msgspec.json.encode(config).decode(), now),
        )
        return done.lastrowid or 0

    def in_use(self) -> list[PredictorRow]:
        """The predictors of all projects that have a version."""
        return [_predictor(row) for row in self._c.execute(f"SELECT {_PREDICTOR} FROM predictor WHERE version > 0 ORDER BY id")]

    def set_up(self, predictor_id: int, config: dict[str, Any]) -> None:
        """Another config, of the same version until it is trained or asked anew."""
        self.change_predictor(predictor_id, config=config)

    def set_up_anew(self, predictor_id: int, config: dict[str, Any]) -> None:
        """Another config, which makes another version of a predictor that needs no training."""
        self.change_predictor(predictor_id, config=config)
        self._c.execute("UPDATE predictor SET version = version + 1 WHERE id = ?", (predictor_id,))

    def change_predictor(self, predictor_id: int, **changes: Any) -> None:
        """Set columns: name, config, enabled, version, state, message, n_labels."""
        if "config" in changes:
            changes["config"] = msgspec.json.encode(changes["config"]).decode()
        columns = ", ".join(f"{name} = ?" for name in changes)
        self._c.execute(f"UPDATE predictor SET {columns} WHERE id = ?", (*changes.values(), predictor_id))

    def remove_predictor(self, predictor_id: int) -> None:
        """Forget a predictor; its suggestions go with it, in the caller's batches."""
        self._c.execute("DELETE FROM predictor WHERE id = ?", (predictor_id,))

    def add_run(
        self, project_id: int, kind: str, predictor_id: int | None, version: int, args: dict[str, Any],
        user_id: int | None, now: float,
    ) -> int:  # fmt: skip
        done = self._c.execute(
            "INSERT INTO run (project_id, kind, predictor_id, version, args, state, user_id, created_at) "
            "VALUES (?, ?, ?, ?, ?, 'running', ?, ?)",
            (project_id, kind, predictor_id, version, msgspec.json.encode(args).decode(), user_id, now),
        )
        return done.lastrowid or 0

    def finish_run(self, run_id: int, state: str, items: int, info: dict[str, Any], now: float) -> None:
        self._c.execute(
            "UPDATE run SET state = ?, items = ?, info = ?, finished_at = ? WHERE id = ?",
            (state, items, msgspec.json.encode(info).decode(), now, run_id),
        )

    def runs(self, project_id: int, limit: int = 200) -> list[RunRow]:
        rows = self._c.execute(
            f"SELECT {_RUN} FROM run WHERE project_id = ? AND kind <> 'resolve' ORDER BY id DESC LIMIT ?", (project_id, limit)
        )
        return [_run(row) for row in rows]

    def run(self, run_id: int) -> RunRow | None:
        row = self._c.execute(f"SELECT {_RUN} FROM run WHERE id = ?", (run_id,)).fetchone()
        return None if row is None else _run(row)

    def measured_runs(self, predictor_id: int, learns: bool) -> list[RunRow]:
        """The finished runs that were compared with blind answers: trainings, or runs of a predictor without any."""
        rows = self._c.execute(
            f"SELECT {_RUN} FROM run WHERE predictor_id = ? AND kind = ? AND state = 'done' ORDER BY id",
            (predictor_id, "train" if learns else "suggest"),
        )
        return [_run(row) for row in rows]

    def runs_of_version(self, predictor_id: int, version: int) -> list[RunRow]:
        """The runs of one version of a predictor, oldest first."""
        rows = self._c.execute(
            f"SELECT {_RUN} FROM run WHERE predictor_id = ? AND version = ? ORDER BY id", (predictor_id, version)
        )
        return [_run(row) for row in rows]

    def switch_run(self, run_id: int, active: bool) -> None:
        self._c.execute("UPDATE run SET active = ? WHERE id = ?", (int(active), run_id))

    def count_learnable(self, project_id: int, question: str) -> int:
        low, high = id_range(project_id)
        return self._c.execute(
            f"SELECT count(DISTINCT item_id) FROM annotation WHERE {LEARNABLE} AND question = ? "
            "AND item_id >= ? AND item_id < ?",
            (question, low, high),
        ).fetchone()[0]

    def learnable(self, project_id: int, question: str, limit: int) -> Iterator[tuple[int, str, Any]]:
        """The latest answers to learn from: item id, item data (JSON), value."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            f"SELECT a.item_id, c.data, a.value FROM annotation a JOIN content c ON c.item_id = a.item_id "
            f"WHERE a.id IN (SELECT id FROM annotation WHERE {LEARNABLE} AND question = ? AND item_id >= ? AND item_id < ? "
            "ORDER BY id DESC LIMIT ?) ORDER BY a.id",
            (question, low, high, limit),
        )
        for item, data, value in rows:
            yield item, data, _decode(value)

    def blind_answers(self, project_id: int, question: str, limit: int) -> list[tuple[int, Any]]:
        """People's answers given blind: item id, value; the latest ones."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT item_id, value FROM annotation WHERE role <> 'suggestion' AND live = 1 AND basis = 'blind' "
            "AND author_kind = 'person' AND question = ? AND item_id >= ? AND item_id < ? ORDER BY id DESC LIMIT ?",
            (question, low, high, limit),
        )
        return [(item, _decode(value)) for item, value in rows]

    def said_blind(self, predictor: int, version: int, question: str, limit: int) -> list[tuple[Any, Any]]:
        """(the model's value, the person's) of blind items that both have answered, the latest ones; of several runs the last."""
        rows = self._c.execute(
            "SELECT b.value, a.value, max(b.run_id) FROM blind_check b JOIN run r ON r.id = b.run_id AND r.version = ? "
            "JOIN annotation a ON a.item_id = b.item_id AND a.question = b.question AND a.role <> 'suggestion' AND a.live = 1 "
            "AND a.basis = 'blind' AND a.author_kind = 'person' WHERE r.predictor_id = ? AND b.question = ? "
            "GROUP BY a.id ORDER BY a.id DESC LIMIT ?",
            (version, predictor, question, limit),
        )
        return [(_decode(said), _decode(given)) for said, given, _ in rows]

    def window(self, project_id: int, order: str, size: int) -> list[int]:
        """The next items of the queue that may carry suggestions."""
        low, high = id_range(project_id)
        if order == "imported":
            rows = self._c.execute(
                "SELECT id FROM item INDEXED BY ix_item_free WHERE free > 0 AND id >= ? AND id < ? AND blind = 0 "
                "ORDER BY id LIMIT ?",
                (low, high, size),
            )
        else:
            rows = self._c.execute(
                "SELECT p.item_id FROM pick p JOIN item i ON i.id = p.item_id AND i.blind = 0 "
                "WHERE p.project_id = ? ORDER BY p.id LIMIT ?",
                (project_id, size),
            )
        return [row[0] for row in rows]

    def page(self, project_id: int, after: int, size: int) -> list[int]:
        """Items that may carry suggestions and are neither done nor set aside, by id."""
        _, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT id FROM item WHERE id > ? AND id < ? AND blind = 0 AND status NOT IN (2, 4) ORDER BY id LIMIT ?",
            (after, high, size),
        )
        return [row[0] for row in rows]

    def unfinished(self, project_id: int) -> int:
        """How many items are neither done nor set aside."""
        row = self._c.execute("SELECT items - done - aside FROM project_count WHERE project_id = ?", (project_id,)).fetchone()
        return row[0] if row else 0

    def not_blind(self, items: Iterable[int]) -> list[int]:
        """Those of the items that may carry suggestions."""
        out: list[int] = []
        for item in items:
            row = self._c.execute("SELECT blind FROM item WHERE id = ?", (item,)).fetchone()
            if row is not None and not row[0]:
                out.append(item)
        return out

    def contents(self, items: Iterable[int]) -> Iterator[tuple[int, str, str]]:
        """Item id, data (JSON), meta (JSON)."""
        for item in items:
            row = self._c.execute("SELECT item_id, data, meta FROM content WHERE item_id = ?", (item,)).fetchone()
            if row is not None:
                yield row[0], row[1], row[2] or "{}"

    def media_paths(self, project_id: int) -> dict[int, tuple[str, str]]:
        """Media id -> (storage, path)."""
        rows = self._c.execute("SELECT id, storage, path FROM media WHERE project_id = ?", (project_id,))
        return {row[0]: (row[1], row[2]) for row in rows}

    def put_suggestions(
        self,
        run_id: int,
        predictor_id: int,
        schema_version: int,
        predictions: list[tuple[Prediction, str | None]],
        now: float,
    ) -> int:
        """Store suggestions (with their label text), replacing this predictor's earlier ones; how many. Items of the blind slice
        are passed over."""
        RewrittenSql(self._c).note(run_id, predictor_id, [one for one, _ in predictions], now)
        done = self._c.executemany(
            "INSERT INTO annotation (item_id, question, role, author_kind, predictor_id, run_id, value, label, score, "
            "reason, basis, schema_version, created_at) "
            "SELECT id, ?, 'suggestion', 'model', ?, ?, ?, ?, ?, ?, 'unassisted', ?, ? FROM item WHERE id = ? AND blind = 0 "
            "ON CONFLICT (item_id, question, predictor_id) WHERE role = 'suggestion' DO UPDATE SET run_id = excluded.run_id, "
            "value = excluded.value, label = excluded.label, score = excluded.score, reason = excluded.reason, live = 1, "
            "schema_version = excluded.schema_version, created_at = excluded.created_at",
            [
                (
                    one.question, predictor_id, run_id, msgspec.json.encode(one.value).decode(), label, one.score,
                    one.reason, schema_version, now, one.item_id,
                )
                for one, label in predictions
            ],
        )  # fmt: skip
        return max(0, done.rowcount)

    def put_checks(self, run_id: int, predictor_id: int, predictions: list[Prediction], now: float) -> None:
        """Store what a model says of blind items: kept apart, never shown."""
        RewrittenSql(self._c).note(run_id, predictor_id, predictions, now, checks=True)
        self._c.executemany(
            "INSERT OR REPLACE INTO blind_check (run_id, item_id, question, predictor_id, value, score) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (run_id, p.item_id, p.question, predictor_id, msgspec.json.encode(p.value).decode(), p.score)
                for p in predictions
            ],
        )

    def project_confidence(self, project_id: int, items: Iterable[int]) -> None:
        """Work out anew the top visible score of these items, and the count of items with suggestions."""
        rows = self._c.execute(
            "SELECT i.id, i.conf, (SELECT max(coalesce(a.score, 0)) FROM annotation a JOIN run r ON r.id = a.run_id AND r.active = 1 "
            "JOIN predictor p ON p.id = a.predictor_id AND p.enabled = 1 "
            "WHERE a.item_id = i.id AND a.role = 'suggestion' AND a.live = 1) "
            "FROM json_each(?) e CROSS JOIN item i ON i.id = e.value WHERE i.blind = 0",
            (msgspec.json.encode(list(dict.fromkeys(items))),),
        )
        changed = [(new, item, old) for item, old, new in rows if old != new]
        self._c.executemany("UPDATE item SET conf = ? WHERE id = ?", [(new, item) for new, item, _ in changed])
        by = sum((new is not None) - (old is not None) for new, _, old in changed)
        if by:
            self._c.execute("UPDATE project_count SET suggested = suggested + ? WHERE project_id = ?", (by, project_id))

    def suggested_by(self, predictor_id: int, run_id: int | None, after: int, size: int) -> list[int]:
        """Items with a suggestion of this predictor (and run), by id, after `after`."""
        rows = self._c.execute(
            "SELECT DISTINCT item_id FROM annotation INDEXED BY ix_annotation_ranked WHERE role = 'suggestion' "
            "AND predictor_id = ? AND (? IS NULL OR run_id = ?) AND item_id > ? ORDER BY item_id LIMIT ?",
            (predictor_id, run_id, run_id, after, size),
        )
        return [row[0] for row in rows]

    def remove_suggestions(self, predictor_id: int, items: list[int]) -> None:
        self._c.executemany(
            "DELETE FROM annotation WHERE role = 'suggestion' AND predictor_id = ? AND item_id = ?",
            [(predictor_id, item) for item in items],
        )


def _predictor(row: tuple[Any, ...]) -> PredictorRow:
    ident, project, name, plugin, question, config, enabled, version, state, message, n_labels, at = row
    return PredictorRow(
        ident, project, name, plugin, question, _decode(config), bool(enabled), version, state, message, n_labels, at
    )


def _run(row: tuple[Any, ...]) -> RunRow:
    ident, project, kind, predictor, version, args, state, active, items, info, user, created, finished = row
    return RunRow(
        ident, project, kind, predictor, version, _decode(args), state, bool(active), items, _decode(info), user,
        created, finished,
    )  # fmt: skip

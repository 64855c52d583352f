"""The SQL of projects: their settings, schema versions, counts, and their removal in small steps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Question
from milo.flow.ports.people import PredictorEntry
from milo.infra.sql.fts import FtsSql
from milo.infra.sql.ids import id_range, project_of
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.reviews import ReviewSql

_PROJECT = "id, spec, schema_version, created_at, archived"
_ANSWERS_PAGE = 2_000
_DROP_ITEMS = 100
REMOVED = 2
"""In column `archived`: the project is gone for everyone; a job removes what it left."""


class Counts(msgspec.Struct):
    """How far a project is, in items; `answers` counts submissions, `mine` those of the caller; `review`: cases that wait;
    `aside`: set aside for everybody, in none of new, open, done and skipped."""

    items: int = 0
    new: int = 0
    open: int = 0
    done: int = 0
    skipped: int = 0
    flagged: int = 0
    answers: int = 0
    suggested: int = 0
    aside: int = 0
    mine: int = 0
    review: int = 0


class ProjectsSql:
    """Implements `ProjectsPort`, and the reads of the project pages."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def get(self, project_id: int) -> Project | None:
        row = self._c.execute(f"SELECT {_PROJECT} FROM project WHERE id = ? AND archived < ?", (project_id, REMOVED)).fetchone()
        return None if row is None else _project(row)

    def all(self) -> list[Project]:
        rows = self._c.execute(f"SELECT {_PROJECT} FROM project WHERE archived < ? ORDER BY id", (REMOVED,))
        return [_project(row) for row in rows]

    def secret(self, project_id: int) -> bytes:
        """The key that decides which items are blind; never leaves the server."""
        return self._c.execute("SELECT secret FROM project WHERE id = ?", (project_id,)).fetchone()[0]

    def add(self, spec: ProjectSpec, secret: bytes, user_id: int | None, now: float) -> int:
        done = self._c.execute(
            "INSERT INTO project (spec, schema_version, secret, created_at) VALUES (?, 1, ?, ?)",
            (_text(spec), secret, now),
        )
        project_id = done.lastrowid or 0
        self._c.execute("INSERT INTO project_count (project_id) VALUES (?)", (project_id,))
        self.add_schema(project_id, 1, spec, user_id, now)
        return project_id

    def change(self, project_id: int, spec: ProjectSpec, schema_version: int, archived: bool) -> None:
        self._c.execute(
            "UPDATE project SET spec = ?, schema_version = ?, archived = ?, generation = generation + 1 WHERE id = ?",
            (_text(spec), schema_version, int(archived), project_id),
        )

    def add_schema(self, project_id: int, version: int, spec: ProjectSpec, user_id: int | None, now: float) -> None:
        self._c.execute(
            "INSERT INTO schema_version (project_id, version, questions, at, user_id) VALUES (?, ?, ?, ?, ?)",
            (project_id, version, _text(spec.questions), now, user_id),
        )

    def add_predictor(self, project_id: int, entry: PredictorEntry, now: float) -> None:
        models = ModelsSql(self._c)
        known = {p.name: p for p in models.predictors(project_id)}
        if entry.name in known:
            held = known[entry.name]
            change = models.set_up_anew if entry.at_once and held.config != entry.config else models.set_up
            change(held.id, entry.config)
        else:
            models.add_predictor(project_id, entry.name, entry.plugin, entry.question, entry.config, now)

    def predictors(self, project_id: int) -> tuple[dict[str, Any], ...]:
        """The predictors in the form of a project file."""
        return tuple(
            {"name": p.name, "plugin": p.plugin, "question": p.question, "config": p.config}
            for p in ModelsSql(self._c).predictors(project_id)
        )

    def counts(self, project_id: int, user_id: int) -> Counts:
        row = self._c.execute(
            "SELECT items, new, open, done, skipped, flagged, answers, suggested, aside FROM project_count WHERE project_id = ?",
            (project_id,),
        ).fetchone()
        low, high = id_range(project_id)
        mine = self._c.execute(
            "SELECT count(*) FROM assignment WHERE user_id = ? AND state = 1 AND item_id >= ? AND item_id < ?",
            (user_id, low, high),
        ).fetchone()[0]
        review = ReviewSql(self._c).open_count(project_id)
        return Counts() if row is None else Counts(*row, mine=mine, review=review)

    def answers(self, project_id: int, question: Question) -> Iterator[Any]:
        low, high = id_range(project_id)
        while True:
            rows = self._c.execute(
                "SELECT item_id, value FROM annotation WHERE item_id >= ? AND item_id < ? AND question = ? "
                "AND role <> 'suggestion' AND live = 1 ORDER BY item_id LIMIT ?",
                (low, high, question.name, _ANSWERS_PAGE),
            ).fetchall()
            if len(rows) == _ANSWERS_PAGE and rows[0][0] != rows[-1][0]:
                last = rows[-1][0]
                rows = [row for row in rows if row[0] != last]
            if not rows:
                return
            for _, value in rows:
                yield msgspec.json.decode(value)
            low = rows[-1][0] + 1

    def items_after(self, project_id: int, item_id: int, limit: int) -> list[int]:
        """The ids of the next items in import order."""
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT id FROM item WHERE id > ? AND id < ? ORDER BY id LIMIT ?", (max(low - 1, item_id), high, limit)
        )
        return [row[0] for row in rows]

    def remove(self, project_id: int) -> None:
        """Take the project out of sight at once; `drop_some` removes the rest."""
        self._c.execute("UPDATE project SET archived = ? WHERE id = ?", (REMOVED, project_id))
        self._c.execute("DELETE FROM member WHERE project_id = ?", (project_id,))

    def drop_some(self, project_id: int) -> int:
        """Remove a few items with everything about them; how many. 0: nothing is left."""
        low, high = id_range(project_id)
        ids = [
            row[0]
            for row in self._c.execute(
                "SELECT id FROM item WHERE id >= ? AND id < ? ORDER BY id LIMIT ?", (low, high, _DROP_ITEMS)
            )
        ]
        if ids:
            FtsSql(self._c).remove(project_id, ids[0], ids[-1])
            self._drop_items(ids[0], ids[-1])
        return len(ids)

    def _drop_items(self, first: int, last: int) -> None:
        between = "BETWEEN ? AND ?"
        self._c.execute(
            f"DELETE FROM review_skip WHERE case_id IN (SELECT id FROM review_case WHERE item_id {between})", (first, last)
        )
        self._c.execute(f"DELETE FROM annotation WHERE item_id {between} AND role <> 'suggestion'", (first, last))
        self._c.execute(f"DELETE FROM annotation WHERE item_id {between} AND role = 'suggestion'", (first, last))
        for table in (
            "assignment", "draft", "comment", "event", "telemetry", "pick", "vector", "blind_check", "content", "assist_turn",
            "first_answer", "verdict", "likely_error", "blind_draw", "made_candidate",
            "study_item", "study_task", "review_case", "more_answers", "plant", "near_item", "set_aside",
        ):  # fmt: skip
            self._c.execute(f"DELETE FROM {table} WHERE item_id {between}", (first, last))
        for table in ("signal", "run_error"):
            runs = "run_id IN (SELECT id FROM run WHERE project_id = ?)"
            self._c.execute(f"DELETE FROM {table} WHERE {runs} AND item_id {between}", (project_of(first), first, last))
        self._c.execute(f"DELETE FROM item WHERE id {between}", (first, last))

    def drop_rest(self, project_id: int) -> None:
        """Remove what a project without items still has."""
        self._c.execute(
            "DELETE FROM knowledge_text WHERE rowid IN (SELECT e.id FROM knowledge_entry e JOIN knowledge k ON k.id = e.knowledge_id "
            "WHERE k.project_id = ?)",
            (project_id,),
        )
        for table, owner in (
            ("prompt_version", "predictor"), ("comparison_answer", "comparison"), ("comparison_item", "comparison"),
            ("study_person", "study"), ("study_block", "study"), ("knowledge_entry", "knowledge"),
        ):  # fmt: skip
            self._c.execute(
                f"DELETE FROM {table} WHERE {owner}_id IN (SELECT id FROM {owner} WHERE project_id = ?)", (project_id,)
            )
        for table in (
            "knowledge",
            "pick",
            "predictor",
            "run",
            "bulk",
            "permission",
            "guarantee_look",
            "guarantee_plan",
            "media",
            "event",
            "audit_pick",
            "judge",
            "rubric",
            "schema_version",
            "project_count",
            "member",
            "comparison",
            "guideline_note",
            "reply_cache",
            "error_sweep",
            "near_search",
            "near_group",
            "study",
            "review_case",
            "resolve_state",
            "qualification",
        ):
            self._c.execute(f"DELETE FROM {table} WHERE project_id = ?", (project_id,))
        self._c.execute(
            "UPDATE model_call SET content = NULL, project_id = NULL, item_id = NULL, run_id = NULL WHERE project_id = ?",
            (project_id,),
        )
        self._c.execute("DELETE FROM setting WHERE key LIKE 'vectors:%:' || ?", (project_id,))
        self._c.execute("DELETE FROM project WHERE id = ?", (project_id,))


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _project(row: tuple[Any, ...]) -> Project:
    return Project(row[0], msgspec.json.decode(row[1], type=ProjectSpec), row[2], row[3], bool(row[4]))

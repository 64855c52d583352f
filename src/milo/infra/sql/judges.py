"""The SQL of judges as they are set up in projects, and of the picks that people audit."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any, Literal, cast

import msgspec

from milo.infra.sql.ids import id_range

Live = Literal["off", "asked", "paused"]
LIVE: tuple[Live, ...] = ("off", "asked", "paused")
_COLUMNS = "id, project_id, name, plugin, question, rubric, rubric_version, config, live, after, enabled, created_at"
PEOPLES = "a.live = 1 AND a.role <> 'suggestion' AND a.author_kind = 'person'"
"""The answers that are judged: people's, as they stand now."""


class JudgeRow(msgspec.Struct, frozen=True):
    """A judge of a project. `live`: off, when asked, or whenever the annotator pauses; `after`: people's answers from this
    annotation id on are judged once they are given, and flagged if they fail (0: none)."""

    id: int
    project_id: int
    name: str
    plugin: str
    question: str
    rubric: str
    rubric_version: int
    config: dict[str, Any]
    live: Live
    after: int
    enabled: bool
    created_at: float

    @property
    def setup(self) -> str:
        """A mark of all that decides its verdicts; what was found about another setup says nothing about this one."""
        parts = [self.plugin, self.question, self.rubric, self.rubric_version, self.config]
        return hashlib.blake2b(msgspec.json.encode(parts, order="sorted"), digest_size=6).hexdigest()


class PickRow(msgspec.Struct, frozen=True):
    """An answer that was drawn for the audit, with its odds."""

    id: int
    judge_id: int
    item_id: int
    annotation_id: int
    odds: float
    value: Any


class JudgesSql:
    """Reads and writes of judges on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def of(self, project_id: int) -> list[JudgeRow]:
        rows = self._c.execute(f"SELECT {_COLUMNS} FROM judge WHERE project_id = ? ORDER BY id", (project_id,))
        return [_row(row) for row in rows]

    def get(self, ident: int) -> JudgeRow | None:
        row = self._c.execute(f"SELECT {_COLUMNS} FROM judge WHERE id = ?", (ident,)).fetchone()
        return None if row is None else _row(row)

    def add(
        self, project_id: int, name: str, plugin: str, question: str, rubric: str, rubric_version: int, config: dict[str, Any],
        live: Live, after: int, now: float,
    ) -> int:  # fmt: skip
        done = self._c.execute(
            "INSERT INTO judge (project_id, name, plugin, question, rubric, rubric_version, config, live, after, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                project_id, name, plugin, question, rubric, rubric_version, msgspec.json.encode(config).decode(),
                LIVE.index(live), after, now,
            ),
        )  # fmt: skip
        return done.lastrowid or 0

    def change(self, ident: int, **changes: Any) -> None:
        """Set columns: name, rubric, rubric_version, config, live, after, enabled."""
        if "config" in changes:
            changes["config"] = msgspec.json.encode(changes["config"]).decode()
        if "live" in changes:
            changes["live"] = LIVE.index(changes["live"])
        columns = ", ".join(f"{name} = ?" for name in changes)
        self._c.execute(f"UPDATE judge SET {columns} WHERE id = ?", (*changes.values(), ident))

    def spent(self, run_id: int) -> tuple[float, int]:
        """Money and tokens that the calls of a run took, by the ledger."""
        row = self._c.execute(
            "SELECT coalesce(sum(cost), 0.0), coalesce(sum(input_tokens + output_tokens), 0) FROM model_call "
            "WHERE run_id = ? AND cached = 0",
            (run_id,),
        ).fetchone()
        return row[0], row[1]

    def last_sweep(self, judge: JudgeRow) -> int | None:
        """The latest job that sent the judge over finished work."""
        row = self._c.execute(
            "SELECT id FROM job WHERE project_id = ? AND kind = 'judge' AND json_extract(args, '$.judge') = ? "
            "AND json_extract(args, '$.mode') = 'batch' ORDER BY id DESC LIMIT 1",
            (judge.project_id, judge.id),
        ).fetchone()
        return None if row is None else row[0]

    def held_up(self, judge: JudgeRow) -> str:
        """Why the judge's latest look at answers as they come in ended before it was through; "" if nothing was in its way."""
        row = self._c.execute(
            "SELECT coalesce(error, json_extract(result, '$.why'), '') FROM job WHERE project_id = ? AND kind = 'judge' "
            "AND json_extract(args, '$.judge') = ? AND json_extract(args, '$.mode') = 'after' AND finished_at IS NOT NULL "
            "ORDER BY id DESC LIMIT 1",
            (judge.project_id, judge.id),
        ).fetchone()
        return "" if row is None or not judge.after else row[0]

    def next_annotation(self) -> int:
        """The id that the next annotation gets at least."""
        return (self._c.execute("SELECT max(id) FROM annotation").fetchone()[0] or 0) + 1

    def remove_some(self, ident: int, most: int = 1_000) -> int:
        """Remove some of its verdicts, and the judge with its picks once none is left; how many were removed."""
        done = self._c.execute(
            "DELETE FROM verdict WHERE id IN (SELECT id FROM verdict WHERE judge_id = ? LIMIT ?)", (ident, most)
        )
        if done.rowcount == 0:
            self._c.execute("DELETE FROM verdict WHERE id IN (SELECT verdict_id FROM audit_pick WHERE judge_id = ?)", (ident,))
            self._c.execute("DELETE FROM audit_pick WHERE judge_id = ?", (ident,))
            self._c.execute("DELETE FROM judge WHERE id = ?", (ident,))
        return done.rowcount


class AuditSql:
    """Reads and writes of audit picks on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def waiting(self, judge: JudgeRow, user_id: int) -> PickRow | None:
        """A pick that is not rated yet and is not this person's own answer; several auditors mostly get different ones."""
        row = self._c.execute(
            "SELECT p.id, p.judge_id, p.item_id, p.annotation_id, p.odds, a.value FROM audit_pick p "
            f"JOIN annotation a ON a.id = p.annotation_id AND {PEOPLES} "
            "WHERE p.judge_id = ? AND p.verdict_id IS NULL AND a.user_id IS NOT ? "
            "ORDER BY (p.id * 31 + ? * 17) % 101, p.id LIMIT 1",
            (judge.id, user_id, user_id),
        ).fetchone()
        return None if row is None else _pick(row)

    def pick(self, ident: int) -> tuple[PickRow, int | None, int | None] | None:
        """A pick, its verdict if it was rated, and whose answer it is."""
        row = self._c.execute(
            "SELECT p.id, p.judge_id, p.item_id, p.annotation_id, p.odds, a.value, p.verdict_id, a.user_id FROM audit_pick p "
            "JOIN annotation a ON a.id = p.annotation_id WHERE p.id = ?",
            (ident,),
        ).fetchone()
        return None if row is None else (_pick(row), row[6], row[7])

    def pool(self, judge: JudgeRow) -> list[tuple[int, int]]:
        """(annotation, item) of people's answers that were never drawn for this judge, on items that are not blind."""
        low, high = id_range(judge.project_id)
        rows = self._c.execute(
            f"SELECT a.id, a.item_id FROM annotation a JOIN item i ON i.id = a.item_id AND i.blind = 0 "
            f"WHERE a.item_id >= ? AND a.item_id < ? AND a.question = ? AND {PEOPLES} "
            "AND NOT EXISTS (SELECT 1 FROM audit_pick p WHERE p.judge_id = ? AND p.annotation_id = a.id) ORDER BY a.id",
            (low, high, judge.question, judge.id),
        )
        return [(row[0], row[1]) for row in rows]

    def draw(self, judge: JudgeRow, picks: list[tuple[int, int]], odds: float, now: float) -> None:
        """Store picks, given as (annotation, item)."""
        self._c.executemany(
            "INSERT OR IGNORE INTO audit_pick (project_id, judge_id, item_id, annotation_id, odds, at) VALUES (?, ?, ?, ?, ?, ?)",
            [(judge.project_id, judge.id, item, annotation, odds, now) for annotation, item in picks],
        )

    def rate(self, pick: int, user_id: int, verdict_id: int) -> None:
        self._c.execute("UPDATE audit_pick SET user_id = ?, verdict_id = ? WHERE id = ?", (user_id, verdict_id, pick))

    def counts(self, judge_id: int, rubric_id: int) -> tuple[int, int]:
        """How many picks were rated by this version of the rubric, and how many wait."""
        row = self._c.execute(
            "SELECT coalesce(sum(v.rubric_id = ?), 0), coalesce(sum(p.verdict_id IS NULL), 0) FROM audit_pick p "
            "LEFT JOIN verdict v ON v.id = p.verdict_id WHERE p.judge_id = ?",
            (rubric_id, judge_id),
        ).fetchone()
        return row[0], row[1]


def _pick(row: tuple[Any, ...]) -> PickRow:
    ident, judge, item, annotation, odds, value = row[:6]
    return PickRow(ident, judge, item, annotation, odds, msgspec.json.decode(value))


def _row(row: tuple[Any, ...]) -> JudgeRow:
    values = list(row)
    values[7] = msgspec.json.decode(values[7])
    values[8] = cast("Live", LIVE[values[8]])
    values[10] = bool(values[10])
    return JudgeRow(*values)

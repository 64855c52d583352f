"""The SQL of verdicts: what judges and auditors said, what annotators did with it, and what is compared in a report."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from milo.domain.verdict import Response, Verdict
from milo.infra.sql.ids import id_range
from milo.infra.sql.judges import PEOPLES, JudgeRow

Mode = Literal["live", "after", "batch", "pairwise", "audit"]
_COLUMNS = (
    "v.id, v.project_id, v.item_id, v.question, v.annotation_id, v.value_hash, v.judge_id, v.user_id, v.run_id, v.rubric_id, "
    "v.mode, v.body, v.odds, v.for_user, v.response, v.response_at, v.response_info, v.created_at"
)
_encode, _decode = msgspec.json.encode, msgspec.json.decode


def value_hash(value: Any) -> bytes:
    """A mark of a value: equal values have equal marks, whatever the order of their keys."""
    return hashlib.blake2b(_encode(value, order="sorted"), digest_size=16).digest()


class NewVerdict(msgspec.Struct, frozen=True):
    """A verdict to be stored. `setup` marks the judge's setup; `before` is the value that live advice was about."""

    project_id: int
    item_id: int
    question: str
    value: Any
    rubric_id: int
    mode: Mode
    verdict: Verdict
    annotation_id: int | None = None
    judge_id: int | None = None
    user_id: int | None = None
    run_id: int | None = None
    odds: float | None = None
    for_user: int | None = None


class VerdictRow(msgspec.Struct, frozen=True):
    """A stored verdict."""

    id: int
    project_id: int
    item_id: int
    question: str
    annotation_id: int | None
    value_hash: bytes
    judge_id: int | None
    user_id: int | None
    run_id: int | None
    rubric_id: int
    mode: str
    verdict: Verdict
    odds: float | None
    for_user: int | None
    response: Response
    response_at: float | None
    response_info: dict[str, Any]
    created_at: float


class Waiting(msgspec.Struct, frozen=True):
    """An answer that a judge has not judged yet. `shown`: the suggestions that were on the screen."""

    annotation_id: int
    item_id: int
    value: Any
    shown: list[dict[str, Any]]


class Pair(msgspec.Struct, frozen=True):
    """A judge's verdict and an auditor's on the same answer."""

    judge: Verdict
    auditor: Verdict
    odds: float
    value: Any


class VerdictsSql:
    """Reads and writes of verdicts on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def add(self, new: NewVerdict, now: float) -> int:
        found = new.verdict
        info = {"before": new.value} if new.mode == "live" else {}
        done = self._c.execute(
            "INSERT INTO verdict (project_id, item_id, question, annotation_id, value_hash, judge_id, user_id, run_id, rubric_id, "
            "mode, total, passed, own_model, body, odds, for_user, response_info, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new.project_id, new.item_id, new.question, new.annotation_id, value_hash(new.value), new.judge_id, new.user_id,
                new.run_id, new.rubric_id, new.mode, found.total, int(found.passed), int(found.own_model),
                _encode(found).decode(), new.odds, new.for_user, _encode(info).decode(), now,
            ),
        )  # fmt: skip
        return done.lastrowid or 0

    def get(self, ident: int) -> VerdictRow | None:
        row = self._c.execute(f"SELECT {_COLUMNS} FROM verdict v WHERE v.id = ?", (ident,)).fetchone()
        return None if row is None else _row(row)

    def respond(self, ident: int, response: Response, info: dict[str, Any], now: float) -> None:
        self._c.execute(
            "UPDATE verdict SET response = ?, response_info = ?, response_at = ? WHERE id = ?",
            (response, _encode(info).decode(), now, ident),
        )

    def live(self, item_id: int, user_id: int) -> list[VerdictRow]:
        """The live verdicts that this person got on an item and that belong to no stored answer yet, newest first."""
        rows = self._c.execute(
            f"SELECT {_COLUMNS} FROM verdict v WHERE v.item_id = ? AND v.mode = 'live' AND v.for_user = ? "
            "AND v.annotation_id IS NULL ORDER BY v.id DESC",
            (item_id, user_id),
        )
        return [_row(row) for row in rows]

    def belongs_to(self, ident: int, annotation_id: int) -> None:
        """The value that was judged live became this answer."""
        self._c.execute("UPDATE verdict SET annotation_id = ? WHERE id = ?", (annotation_id, ident))

    def mine(self, item_id: int, user_id: int) -> list[tuple[int, str, Any]]:
        """(annotation, question, value) of a person's present answers to an item."""
        rows = self._c.execute(
            f"SELECT a.id, a.question, a.value FROM annotation a WHERE a.item_id = ? AND a.user_id = ? AND {PEOPLES}",
            (item_id, user_id),
        )
        return [(ident, question, _decode(value)) for ident, question, value in rows]

    def page(
        self, project_id: int, *, judge_id: int | None, item_id: int | None, passed: bool | None, response: str | None,
        before: int | None, limit: int,
    ) -> list[VerdictRow]:  # fmt: skip
        """Judges' verdicts, newest first; none of answers that wait for their audit, so that auditors rate unprejudiced."""
        where = ["v.project_id = ?", "v.judge_id IS NOT NULL"]
        given: list[int | str] = [project_id]
        for column, value in (("judge_id", judge_id), ("item_id", item_id), ("passed", passed), ("response", response)):
            if value is not None:
                where.append(f"v.{column} = ?")
                given.append(value)
        if before is not None:
            where.append("v.id < ?")
            given.append(before)
        rows = self._c.execute(
            f"SELECT {_COLUMNS} FROM verdict v JOIN item i ON i.id = v.item_id AND i.blind = 0 WHERE {' AND '.join(where)} "
            "AND NOT EXISTS (SELECT 1 FROM audit_pick p WHERE p.item_id = v.item_id AND p.project_id = v.project_id "
            "AND p.verdict_id IS NULL) ORDER BY v.id DESC LIMIT ?",
            (*given, limit),
        )
        return [_row(row) for row in rows]

    def unjudged(self, judge: JudgeRow, after: int, limit: int, only: list[int] | None = None) -> list[Waiting]:
        """People's answers after that annotation that this judge, as it is set up, has not judged; never on blind items. `only`:
        of these items."""
        query, given = _unjudged(judge, after, only)
        rows = self._c.execute(f"SELECT a.id, a.item_id, a.value, a.shown {query} ORDER BY a.id LIMIT ?", (*given, limit))
        return [Waiting(ident, item, _decode(value), _decode(shown) if shown else []) for ident, item, value, shown in rows]

    def count_unjudged(self, judge: JudgeRow, after: int = 0, only: list[int] | None = None) -> int:
        """How many `unjudged` would give."""
        query, given = _unjudged(judge, after, only)
        return self._c.execute(f"SELECT count(*) {query}", given).fetchone()[0]

    def of_run(self, run_id: int) -> tuple[int, int]:
        """How many verdicts a run has stored, and how many of them passed."""
        row = self._c.execute("SELECT count(*), coalesce(sum(passed), 0) FROM verdict WHERE run_id = ?", (run_id,)).fetchone()
        return row[0], row[1]

    def tally(self, judge: JudgeRow) -> tuple[int, int]:
        """How many present answers the judge, as it is set up, has judged, and how many of them it passed."""
        row = self._c.execute(
            "SELECT count(*), coalesce(sum(v.passed), 0) FROM verdict v JOIN annotation a ON a.id = v.annotation_id "
            f"JOIN item i ON i.id = v.item_id AND i.blind = 0 WHERE v.judge_id = ? AND {PEOPLES} "
            "AND json_extract(v.body, '$.info.setup') = ? AND v.mode <> 'pairwise'",
            (judge.id, judge.setup),
        ).fetchone()
        return row[0], row[1]

    def pairs(self, judge: JudgeRow) -> list[Pair]:
        """The judge's verdicts beside the auditors' on the same answers and by the same rubric."""
        rows = self._c.execute(
            "SELECT v.body, h.body, p.odds, a.value FROM audit_pick p JOIN verdict h ON h.id = p.verdict_id "
            "JOIN annotation a ON a.id = p.annotation_id JOIN verdict v ON v.item_id = p.item_id AND v.question = h.question "
            "AND v.annotation_id = p.annotation_id AND v.judge_id = p.judge_id AND v.rubric_id = h.rubric_id "
            "WHERE p.judge_id = ? AND json_extract(v.body, '$.info.setup') = ? GROUP BY p.id ORDER BY p.id",
            (judge.id, judge.setup),
        )
        return [Pair(_decode(a, type=Verdict), _decode(b, type=Verdict), odds, _decode(value)) for a, b, odds, value in rows]

    def matched(self, judge: JudgeRow) -> int:
        """How many audited answers the judge, as it is set up, has judged by the auditors' rubric."""
        return self._c.execute(
            "SELECT count(DISTINCT p.id) FROM audit_pick p JOIN verdict h ON h.id = p.verdict_id JOIN verdict v "
            "ON v.item_id = p.item_id AND v.annotation_id = p.annotation_id AND v.judge_id = p.judge_id "
            "AND v.rubric_id = h.rubric_id WHERE p.judge_id = ? AND json_extract(v.body, '$.info.setup') = ?",
            (judge.id, judge.setup),
        ).fetchone()[0]

    def pairwise(self, judge: JudgeRow, limit: int = 20_000) -> list[tuple[int, int]]:
        """(preference as asked, preference with the order swapped) of the latest comparisons."""
        rows = self._c.execute(
            "SELECT json_extract(body, '$.info.forward'), json_extract(body, '$.info.swapped') FROM verdict "
            "WHERE judge_id = ? AND mode = 'pairwise' ORDER BY id DESC LIMIT ?",
            (judge.id, limit),
        )
        return [(row[0], row[1]) for row in rows if row[0] is not None and row[1] is not None]

    def advice(self, judge: JudgeRow) -> Iterator[VerdictRow]:
        """The live verdicts of a judge, as it is set up."""
        rows = self._c.execute(
            f"SELECT {_COLUMNS} FROM verdict v WHERE v.judge_id = ? AND v.mode = 'live' "
            "AND json_extract(v.body, '$.info.setup') = ? ORDER BY v.id",
            (judge.id, judge.setup),
        )
        return (_row(row) for row in rows)

    def gold(self, question: str, items: list[int]) -> dict[int, Any]:
        """By item the gold answer to a question, or the resolution where there is no gold."""
        out: dict[int, Any] = {}
        for start in range(0, len(items), 500):
            part = items[start : start + 500]
            rows = self._c.execute(
                f"SELECT item_id, value FROM annotation WHERE item_id IN ({','.join('?' * len(part))}) AND question = ? "
                "AND live = 1 AND role IN ('gold', 'resolution') AND basis <> 'shown' AND run_id IS NULL ORDER BY role = 'gold', id",
                (*part, question),
            )
            out.update((item, _decode(value)) for item, value in rows)
        return out


def _unjudged(judge: JudgeRow, after: int, only: list[int] | None) -> tuple[str, list[Any]]:
    low, high = id_range(judge.project_id)
    some = "" if only is None else f"AND a.item_id IN ({','.join('?' * len(only))}) "
    query = (
        "FROM annotation a JOIN item i ON i.id = a.item_id AND i.blind = 0 "
        f"WHERE a.id > ? AND a.item_id >= ? AND a.item_id < ? AND a.question = ? AND {PEOPLES} {some}"
        "AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.item_id = a.item_id AND v.question = a.question "
        "AND v.annotation_id = a.id AND v.judge_id = ? AND json_extract(v.body, '$.info.setup') = ?)"
    )
    return query, [after, low, high, judge.question, *(only or ()), judge.id, judge.setup]


def _row(row: tuple[Any, ...]) -> VerdictRow:
    values = list(row)
    values[11] = _decode(values[11], type=Verdict)
    values[16] = _decode(values[16]) if values[16] else {}
    return VerdictRow(*values)

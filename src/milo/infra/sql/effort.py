"""The SQL of handling time: the latest submissions with their raw events, by question and by what was shown."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.infra.sql.ids import id_range

_decode = msgspec.json.decode
Row = tuple[str, str, list[dict[str, Any]], int | None]
"""Question, basis, events, keystrokes."""


def latest(connection: sqlite3.Connection, project_id: int, user_id: int | None, limit: int) -> list[Row]:
    """The latest answers of a project (of one person): one row per question answered."""
    low, high = id_range(project_id)
    rows = connection.execute(
        "SELECT a.question, a.basis, t.events, (SELECT json_extract(e.data, '$.keystrokes') FROM event e "
        "WHERE e.item_id = a.item_id AND e.kind = 'answer' AND json_extract(e.data, '$.op') = a.op_id LIMIT 1) "
        "FROM annotation a LEFT JOIN telemetry t ON t.item_id = a.item_id AND t.op_id = a.op_id "
        "WHERE a.role = 'answer' AND a.live = 1 AND a.op_id IS NOT NULL AND a.item_id >= ? AND a.item_id < ? "
        "AND (? IS NULL OR a.user_id = ?) ORDER BY a.id DESC LIMIT ?",
        (low, high, user_id, user_id, limit),
    )
    return [(q, basis, _decode(events) if events else [], keys) for q, basis, events, keys in rows]

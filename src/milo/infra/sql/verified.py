"""The SQL of examples for prompts: answers that people verified themselves. Never blind ones, never a model's, never bulk ones.

Stands alone because this is the one place that decides what may stand in a prompt as true.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.infra.sql.ids import id_range

VERIFIED = (
    "role <> 'suggestion' AND live = 1 AND author_kind = 'person' AND basis IN ('unassisted', 'shown', 'imported') "
    "AND item_id IN (SELECT id FROM item WHERE blind = 0)"
)
"""`item_id` keeps blind items out even where their labels came in with the data: answers on them measure the model."""


def verified(c: sqlite3.Connection, project_id: int, question: str, limit: int) -> list[tuple[int, dict[str, Any], Any]]:
    """The latest verified answers: (item id, the item's data, value), one for an item; gold and resolutions before others."""
    low, high = id_range(project_id)
    rows = c.execute(
        f"SELECT item_id, value FROM annotation WHERE {VERIFIED} AND question = ? AND item_id >= ? AND item_id < ? "
        "ORDER BY role IN ('gold', 'resolution') DESC, id DESC LIMIT ?",
        (question, low, high, limit * 2),
    )
    values: dict[int, str] = {}
    for item, value in rows:
        values.setdefault(item, value)
    out: list[tuple[int, dict[str, Any], Any]] = []
    for item, value in list(values.items())[:limit]:
        data = c.execute("SELECT data FROM content WHERE item_id = ?", (item,)).fetchone()
        if data is not None:
            out.append((item, msgspec.json.decode(data[0]), msgspec.json.decode(value)))
    return out

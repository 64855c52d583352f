"""The SQL of reading items for models: contents, a page at a time."""

from __future__ import annotations

import sqlite3

_AT_ONCE = 500


def contents(c: sqlite3.Connection, items: list[int]) -> list[tuple[int, str | None, int, int, str]]:
    """(item id, key, blind, status, data as JSON) of these items, in their order."""
    found: dict[int, tuple[int, str | None, int, int, str]] = {}
    for start in range(0, len(items), _AT_ONCE):
        part = items[start : start + _AT_ONCE]
        marks = ",".join("?" * len(part))
        rows = c.execute(
            "SELECT i.id, i.key, i.blind, i.status, c.data FROM item i JOIN content c ON c.item_id = i.id "
            f"WHERE i.id IN ({marks})",
            part,
        )
        found.update((row[0], row) for row in rows)
    return [found[item] for item in items if item in found]

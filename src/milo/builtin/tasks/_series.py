"""Time series in a table field: whether a table is one, and how long it lasts.

Stands alone because the page must find the same (`web/src/media/series/series.ts`). A table is a list of objects, a list of
lists with the names first, {"columns", "rows"}, or an object of lists, one per column. Its time is the column "time", else the
first one: at least two finite numbers of seconds that never fall, the last above the first. Marks on it are in seconds since
its first time.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, cast

_TIME = "time"


def length_of(value: Any) -> float | None:
    """Seconds from the first time to the last; None if the value is no time series."""
    times = _times(value)
    if times is None or len(times) < 2:
        return None
    found: list[float] = []
    for one in times:
        if isinstance(one, bool) or not isinstance(one, int | float) or not isfinite(one) or (found and one < found[-1]):
            return None
        found.append(float(one))
    return found[-1] - found[0] if found[-1] > found[0] else None


def _times(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        return _of_object(cast("dict[str, Any]", value))
    rows = cast("list[Any]", value) if isinstance(value, list) else []
    if not rows:
        return None
    if all(isinstance(row, list) for row in rows):
        return _of_lists(rows[0], rows[1:])
    if all(isinstance(row, dict) for row in rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        return [row.get(_TIME if _TIME in names else names[0]) for row in rows] if names else None
    return None


def _of_object(value: dict[str, Any]) -> list[Any] | None:
    if isinstance(value.get("columns"), list) and isinstance(value.get("rows"), list):
        return _of_lists(value["columns"], value["rows"])
    if not value or not all(isinstance(column, list) for column in value.values()):
        return None
    columns = cast("dict[str, list[Any]]", value)
    return columns.get(_TIME, next(iter(columns.values())))


def _of_lists(head: Any, rows: list[Any]) -> list[Any] | None:
    if not head or not all(isinstance(row, list) for row in rows):
        return None
    at = head.index(_TIME) if _TIME in head else 0
    return [row[at] if at < len(row) else None for row in cast("list[list[Any]]", rows)]

"""A table field as columns and rows: the same three forms that the page shows (`web/src/media/table.ts`).

Stands alone because marks on cells are held against it. A table is a list of objects (columns: their keys, in the order in
which they first come up), a list of lists with the names first, or {"columns": [...], "rows": [...]}. Rows count from 0,
without the names; a column is known by its name, and of equal names the later ones get a number.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast


class Table(NamedTuple):
    """Names of the columns, and the cells row by row; a short row has fewer cells."""

    columns: list[str]
    rows: list[list[Any]]


def table_of(value: Any) -> Table | None:
    """The value as a table; None if it is none."""
    if isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        if isinstance(given.get("columns"), list) and isinstance(given.get("rows"), list):
            return _of_lists(given["columns"], given["rows"])
        return None
    rows = cast("list[Any]", value) if isinstance(value, list) else []
    if rows and all(isinstance(row, list) for row in rows):
        return _of_lists(rows[0], rows[1:])
    if rows and all(isinstance(row, dict) for row in rows):
        names = list(dict.fromkeys(str(name) for row in rows for name in row))
        return Table(names, [[row.get(name) for name in names] for row in rows])
    return None


def _of_lists(head: list[Any], rows: list[Any]) -> Table | None:
    if not all(isinstance(row, list) for row in rows):
        return None
    return Table(_named_apart([_name(one) for one in head]), cast("list[list[Any]]", rows))


def _name(one: Any) -> str:
    """As the page writes it."""
    if isinstance(one, bool) or one is None:
        return {True: "true", False: "false", None: ""}[one]
    return str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def _named_apart(names: list[str]) -> list[str]:
    """Equal names get numbers: price, price (2)."""
    seen: dict[str, int] = {}
    out: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out

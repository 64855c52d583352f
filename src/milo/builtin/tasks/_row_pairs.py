"""Which rows of two tables, or of several, are one: counted by their cells with the same value, whatever their order.

Stands alone because it sees rows only as typed cells. Tables have hundreds of rows, so cells are compared a column at a time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milo.builtin.tasks import _form
from milo.builtin.tasks._entries import Entry, elected, plain
from milo.builtin.tasks._likeness import SAME, Pair, groups
from milo.builtin.tasks._matching import largest_matching

Row = dict[str, Entry]
Parts = dict[str, dict[str, Any]]
Counts = NDArray[np.int64]
_NEAR = 0.01
"""How much standing at the same height of the table counts where rows are equally alike."""


def said(rows: Sequence[Row]) -> Counts:
    """How many cells of each row have a value."""
    return np.array([sum(entry["value"] is not None for entry in row.values()) for row in rows], np.int64)


def same_cells(parts: Parts, a: Sequence[Row], b: Sequence[Row]) -> Counts:
    """For each row of `a` and each of `b`, how many cells say the same in both."""
    total = np.zeros((len(a), len(b)), np.int64)
    for name, part in parts.items():
        ours, theirs = _column(a, name), _column(b, name)
        total += _numbers(part, ours, theirs) if part["type"] in ("number", "amount") else _texts(part, ours, theirs)
    return total


def _column(rows: Sequence[Row], name: str) -> list[Any]:
    return [row[name]["value"] if name in row else None for row in rows]


def _numbers(part: Entry, a: list[Any], b: list[Any]) -> NDArray[np.bool_]:
    x, y = np.array(a, np.float64)[:, None], np.array(b, np.float64)[None, :]
    return np.abs(x - y) <= _form.tolerance(part) + 1e-12 * np.maximum(np.abs(x), np.abs(y))


def _texts(part: Entry, a: list[Any], b: list[Any]) -> NDArray[np.bool_]:
    codes: dict[str, int] = {}
    x = [-1 if value is None else codes.setdefault(plain(part, value), len(codes)) for value in a]
    y = [-2 if value is None else codes.setdefault(plain(part, value), len(codes)) for value in b]
    return np.array(x, np.int64)[:, None] == np.array(y, np.int64)[None, :]


def most_same(parts: Parts, a: Sequence[Row], b: Sequence[Row]) -> int:
    """The largest number of same cells that a one-to-one pairing of the rows gives."""
    from scipy.optimize import linear_sum_assignment

    same = same_cells(parts, a, b)
    rows, columns = linear_sum_assignment(same, maximize=True)
    return int(same[rows, columns].sum())


def equal_rows(parts: Parts, a: Sequence[Row], b: Sequence[Row]) -> list[int]:
    """The rows of `a` that have an equal one in `b`, each of `b` standing for one."""
    same, ours, theirs = same_cells(parts, a, b), said(a), said(b)
    equal = (same == ours[:, None]) & (same == theirs[None, :])
    return sorted(i for i, _ in largest_matching([np.flatnonzero(line).tolist() for line in equal]))


def consensus(parts: Parts, tables: Sequence[Sequence[Row]], most: int) -> list[Row]:
    """The rows that at least half of the tables have, cell by cell what most of those say; the `most` most frequent ones.

    Rows are one where at least half of their cells say the same, the most alike joined first; a table has each at most once.
    They come in the order that most tables give them. The order of the tables does not matter.
    """
    rows = [row for table in tables for row in table]
    source = [n for n, table in enumerate(tables) for _ in table]
    index = [i for table in tables for i in range(len(table))]
    keys = _keys(tables)
    found = groups(keys, source, str, _alike(parts, tables))
    kept = [sorted(group, key=lambda n: keys[n]) for group in found if 2 * len(group) >= len(tables)]
    kept = sorted(kept, key=lambda group: (-len(group), [keys[n] for n in group]))[:most]
    places = np.full((len(kept), len(tables)), np.nan)
    for at, group in enumerate(kept):
        for n in group:
            places[at, source[n]] = index[n]
    merged = [_merged(parts, [rows[n] for n in kept[at]]) for at in _ordered(places)]
    return [row for row in merged if any(entry["value"] is not None for entry in row.values())]


def _keys(tables: Sequence[Sequence[Row]]) -> list[str]:
    """Each row as text; equal rows of one table are told apart by their number."""
    keys: list[str] = []
    for table in tables:
        seen: Counter[str] = Counter()
        for row in table:
            text = json.dumps(row, sort_keys=True)
            seen[text] += 1
            keys.append(f"{text}{seen[text]:04}")
    return keys


def _alike(parts: Parts, tables: Sequence[Sequence[Row]]) -> list[Pair]:
    """Rows of two tables that may be one, by their numbers over all tables, with how alike they are."""
    pairs: list[Pair] = []
    starts = np.cumsum([0, *(len(table) for table in tables)])
    for first, a in enumerate(tables):
        for second in range(first + 1, len(tables)):
            b = tables[second]
            if not a or not b:
                continue
            alike = 2 * same_cells(parts, a, b) / (said(a)[:, None] + said(b)[None, :])
            apart = np.abs(np.arange(len(a))[:, None] / len(a) - np.arange(len(b))[None, :] / len(b))
            weights = np.round(alike + _NEAR * (1 - apart), 9)
            for i, j in np.argwhere(alike >= SAME).tolist():
                pairs.append((int(starts[first]) + i, int(starts[second]) + j, float(weights[i, j])))
    return pairs


def _ordered(places: NDArray[np.float64]) -> list[int]:
    """Rows by how many others come before them in more of the tables than after them, then by their mean place. `places` are
    the rows' places in each table, nan where a table lacks them."""
    if not len(places):
        return []
    before = np.zeros((len(places), len(places)), np.int64)
    for column in places.T:
        before += np.nan_to_num(np.sign(column[None, :] - column[:, None])).astype(np.int64)
    ahead = (before > 0).sum(axis=0)
    mean = np.round(np.nanmean(places, axis=1), 9)
    return np.lexsort((np.arange(len(places)), mean, ahead)).tolist()


def _merged(parts: Parts, rows: list[Row]) -> Row:
    merged = {name: elected(part, [row.get(name) for row in rows]) for name, part in parts.items()}
    return {name: entry for name, entry in merged.items() if entry is not None}

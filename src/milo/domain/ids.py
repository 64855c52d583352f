"""Item ids: one integer names the project and the place in import order."""

from __future__ import annotations

ITEMS_PER_PROJECT = 1_000_000_000


def item_id(project_id: int, ord: int) -> int:
    """The id of the item at position `ord` (from 1) of a project."""
    return project_id * ITEMS_PER_PROJECT + ord


def project_of(item: int) -> int:
    """The project that an item id belongs to."""
    return item // ITEMS_PER_PROJECT


def ord_of(item: int) -> int:
    """The item's place in import order."""
    return item % ITEMS_PER_PROJECT


def id_range(project_id: int) -> tuple[int, int]:
    """The ids of a project: from the first (inclusive) to the last (exclusive)."""
    return project_id * ITEMS_PER_PROJECT, (project_id + 1) * ITEMS_PER_PROJECT

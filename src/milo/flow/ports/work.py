"""What lending and answering need from the world."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

LENT, ANSWERED, SKIPPED, EXPIRED, RELEASED = range(5)
"""States of an assignment."""

NEW, OPEN, DONE, SKIPPED_ITEM, ASIDE = range(5)
"""States of an item; aside: set aside for everybody."""

STATUS_NAMES = ("new", "open", "done", "skipped", "aside")
"""The same states in words, by number."""


class Lease(msgspec.Struct, frozen=True):
    """An item lent to a person until a time. `odds` is the probability with which it was picked, if by chance."""

    id: int
    item_id: int
    until: float
    purpose: str
    odds: float | None


class Held(msgspec.Struct, frozen=True):
    """A person's standing on an item: their assignment (None: never lent to them) and the item's state. `audited`: it was
    accepted in bulk, and people are asked to answer it blind."""

    assignment_id: int | None
    state: int | None
    free: int
    n_answers: int
    status: int
    blind: bool
    audited: bool = False


class NewAnswer(msgspec.Struct, frozen=True):
    """One annotation to be stored."""

    question: str
    value: bytes
    label: str | None
    basis: str
    shown: bytes | None
    replaces: int | None


class Operation(msgspec.Struct, frozen=True):
    """An operation that was done: by whom, on which item (0: none), what, and its outcome (JSON)."""

    user_id: int
    item_id: int
    kind: str
    result: bytes


class Pick(msgspec.Struct, frozen=True):
    """An item chosen for the queue."""

    item_id: int
    purpose: str
    odds: float | None


class WorkPort(Protocol):
    """One transaction's view of the queue, the leases and the answers."""

    def expire(self, now: float, overlap: int, project_id: int) -> None:
        """Take back what was lent beyond its time."""
        ...

    def renew(self, user_id: int, items: list[int], until: float) -> list[int]:
        """Prolong my leases of these items; the ids of those still mine."""
        ...

    def held(self, project_id: int, user_id: int, without: list[int], limit: int) -> list[Lease]:
        """Other items lent to me, oldest first."""
        ...

    def next_imported(self, project_id: int, user_id: int, limit: int, blind_share: float) -> list[Pick]:
        """Free items that were never mine, in import order. Chance plays a part in one thing only: whether an item is blind."""
        ...

    def next_drawn(self, project_id: int, user_id: int, purpose: str, limit: int) -> list[Pick]:
        """Items drawn to be answered blind ("estimate" or "audit") that were never mine and nobody holds."""
        ...

    def lend_drawn(self, project_id: int, user_id: int, pick: Pick, overlap: int, until: float, now: float) -> Lease:
        """Lend a drawn item, whether or not it needs a further answer."""
        ...

    def close_draws(self, project_id: int, item_id: int, answers: dict[str, int], now: float) -> int:
        """Note that draws are answered (annotation by question); how many counted answers gave way to them."""
        ...

    def next_picked(self, project_id: int, user_id: int, limit: int) -> list[Pick]:
        """Free items that were never mine, in the order they were picked."""
        ...

    def lend(self, project_id: int, user_id: int, pick: Pick, until: float, now: float) -> Lease | None:
        """Lend one item, if a place is free and it is not mine already."""
        ...

    def standing(self, item_id: int, user_id: int) -> Held | None:
        """My standing on the item; None if there is no such item."""
        ...

    def known(self, op_id: str) -> Operation | None:
        """The operation on record under this id."""
        ...

    def remember(self, op_id: str, user_id: int, item_id: int, kind: str, result: bytes, now: float) -> None:
        """Store the outcome of an operation."""
        ...

    def my_answers(self, item_id: int, user_id: int) -> dict[str, tuple[int, Any]]:
        """My live answers: question -> (annotation id, value)."""
        ...

    def withdraw(self, item_id: int, user_id: int) -> None:
        """Take my live answers back (they stay on record)."""
        ...

    def add_answers(
        self, item_id: int, user_id: int, answers: list[NewAnswer], op_id: str, schema_version: int, now: float
    ) -> list[int]:
        """Store annotations; their ids."""
        ...

    def set_assignment(self, item_id: int, user_id: int, state: int, until: float, now: float, purpose: str = "late") -> int:
        """Bring my assignment of the item to a state, creating it if there is none; its id."""
        ...

    def settle(self, project_id: int, item_id: int, overlap: int, answers: int, now: float | None) -> int:
        """Add `answers` (-1, 0, 1) to the item's count, work out its free places and status anew; the status."""
        ...

    def log(self, project_id: int, item_id: int | None, user_id: int, kind: str, data: bytes | None, now: float) -> None:
        """Write to the ledger."""
        ...

    def log_time(self, item_id: int | None, user_id: int, op_id: str | None, events: bytes, now: float) -> None:
        """Write raw time events."""
        ...

    def save_draft(self, item_id: int, user_id: int, values: bytes, now: float) -> None:
        """Keep an unfinished answer."""
        ...

    def drop_draft(self, item_id: int, user_id: int) -> None:
        """Forget an unfinished answer."""
        ...

    def revised(self, item_id: int, user_id: int) -> None:
        """What was sent back to me is done: it goes to review again. Nothing if nothing was."""
        ...

    def sent_back(self, project_id: int, user_id: int, until: float) -> None:
        """Lend me again what was sent back to me and has run out."""
        ...

    def content(self, item_id: int) -> dict[str, Any]:
        """The item's fields."""
        ...


class QueuePort(Protocol):
    """What filling the queue needs."""

    def free_count(self, project_id: int) -> int:
        """How many items have a free place."""
        ...

    def waiting(self, project_id: int) -> int:
        """How many picks are waiting."""
        ...

    def random_free(self, project_id: int, k: int, seed: int) -> list[int]:
        """Up to `k` items with a free place that are not picked yet, uniformly at random."""
        ...

    def still_free(self, items: set[int]) -> list[int]:
        """Those of the items that have a free place."""
        ...

    def known_of(self, items: list[int]) -> list[tuple[float | None, bool]]:
        """For each item the top visible suggestion's score, and whether it belongs to the blind slice."""
        ...

    def add_picks(self, project_id: int, picks: list[Pick]) -> None:
        """Append to the queue."""
        ...

    def clear_picks(self, project_id: int) -> None:
        """Empty the queue; what is lent stays lent."""
        ...

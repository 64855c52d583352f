"""What gold in hiding, planted suggestions and qualification need from the world."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

GOLD, PLANTED, QUALIFY = "gold", "planted", "qualify"
CHECKS = (GOLD, PLANTED, QUALIFY)
"""Purposes of what is lent to check a person; they never leave the server while the person works."""
Standing = Literal["open", "passed", "failed"]


class Truth(msgspec.Struct, frozen=True):
    """What is known to be right of an item: the value by question."""

    item_id: int
    values: dict[str, Any]


class Offered(msgspec.Struct, frozen=True):
    """A suggestion as it was or could have been shown; `value` is decoded."""

    id: int
    value: Any
    score: float | None
    reason: str | None
    source: str
    version: int
    run_id: int


class Plant(msgspec.Struct, frozen=True):
    """A planted suggestion: what was shown in place of all others, and the truth. `outcome`: caught, missed, unseen or None."""

    id: int
    item_id: int
    question: str
    shown: Offered
    truth: Any
    outcome: str | None
    answered_at: float | None
    told_at: float | None


class Round(msgspec.Struct, frozen=True):
    """The latest round of qualification of a person."""

    round: int
    state: Standing
    n: int
    score: float | None


class Compared(msgspec.Struct, frozen=True):
    """An answer beside gold."""

    item_id: int
    question: str
    given: Any
    gold: Any


class ChecksPort(Protocol):
    """One transaction's view of gold and of what a person was checked with."""

    def gold_for(self, project_id: int, user_id: int, *, unassisted: bool, limit: int, seed: int) -> list[int]:
        """Random items with gold that were never lent to the person, and whose gold is not theirs."""
        ...

    def truth(self, item_id: int) -> Truth:
        """Gold, or else resolutions, of an item."""
        ...

    def plantable(self, project_id: int, user_id: int, question: str, limit: int, seed: int) -> list[int]:
        """Random items with a known truth that were never lent to the person; none of the blind slice."""
        ...

    def offered(self, item_id: int, question: str) -> list[Offered]:
        """The suggestions that an item would show for a question."""
        ...

    def typical(self, project_id: int, question: str, seed: int) -> list[Offered]:
        """Some suggestions of the project, to be like."""
        ...

    def lend(self, project_id: int, user_id: int, item_id: int, purpose: str, overlap: int, until: float, now: float) -> int:
        """Lend an item whether it has a free place or not; the id of the assignment."""
        ...

    def add_plant(self, item_id: int, user_id: int, question: str, shown: Offered, truth: Any, now: float) -> None:
        """Store what will be shown."""
        ...

    def plant(self, item_id: int, user_id: int) -> Plant | None:
        """What was planted for the person on this item."""
        ...

    def settle_plant(self, plant: Plant, user_id: int, outcome: str | None, now: float) -> None:
        """Set its answer apart from all others, and store the outcome (None: as it was)."""
        ...

    def rounds(self, project_id: int, user_id: int) -> Round | None:
        """The latest round of the person."""
        ...

    def begin_round(self, project_id: int, user_id: int, round: int, now: float) -> None:
        """Start a round."""
        ...

    def decide_round(self, project_id: int, user_id: int, found: Round, now: float) -> None:
        """Store how a round went."""
        ...

    def in_round(self, project_id: int, user_id: int) -> tuple[int, int]:
        """Items lent to the person for qualification, over all rounds: (in hand, answered or skipped)."""
        ...

    def compared(self, project_id: int, user_id: int, skip: int) -> list[Compared]:
        """The person's answers to qualification items beside gold, oldest first, without those of the first `skip` items."""
        ...

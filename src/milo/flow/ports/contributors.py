"""What measuring people needs from the world."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from milo.flow.ports.quality import Author


class Beside(msgspec.Struct, frozen=True):
    """A person's answer to an item with gold, and the gold. Never gold that was made by the person or from this answer."""

    author: Author
    item_id: int
    at: float
    given: Any
    gold: Any


class Activity(msgspec.Struct, frozen=True):
    """What a person did on a question: `n` answers, `assisted` of them with a suggestion on the screen, from when to when, and
    the active seconds of the latest ones."""

    author: Author
    n: int
    assisted: int
    first_at: float
    last_at: float
    seconds: list[float]


class Caught(msgspec.Struct, frozen=True):
    """A planted wrong suggestion that was answered."""

    user_id: int
    at: float
    caught: bool


class ContributorsPort(Protocol):
    """Reads of one project."""

    def beside_gold(self, question: str) -> list[Beside]:
        """Answers to items with gold, oldest first."""
        ...

    def activity(self, question: str, idle_seconds: float) -> list[Activity]:
        """What everybody did."""
        ...

    def caught(self, question: str) -> list[Caught]:
        """Planted suggestions that were on the screen and answered, oldest first."""
        ...

    def standing(self) -> dict[int, str]:
        """The state of the latest round of qualification, by person."""
        ...

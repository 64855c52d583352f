"""What measuring agreement and people needs from the world: answers as integer-coded columns, never as a million objects."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints, Floats = NDArray[np.int64], NDArray[np.float64]
Help = Literal["any", "none"]
BASES = ("unassisted", "shown", "blind", "audit", "bulk", "imported", "planted")


class Author(msgspec.Struct, frozen=True):
    """Who answered: a person with an account (`user_id`), or a name that came in with the data. An empty name: nobody knows."""

    name: str
    user_id: int | None = None
    login: str = ""


class AnswerColumns(msgspec.Struct, frozen=True):
    """People's answers to one question: `items` (ids), `authors` (places in `people`), `codes` (places in `values`), `basis`
    (places in BASES), int64, shape (n,), and `at`, float64, seconds. `values` holds each distinct answer once.

    `of_items`: with two answers or more there are so many items; `items` may be a random part of them.
    """

    items: Ints
    authors: Ints
    codes: Ints
    basis: Ints
    at: Floats
    people: list[Author]
    values: list[Any]
    of_items: int


class Tally(msgspec.Struct, frozen=True):
    """How much there is: answers, answered items, and items with two answers or more."""

    answers: int
    items: int
    repeated: int


class QualityPort(Protocol):
    """Reads of one project's answers."""

    def version(self, question: str) -> tuple[int, int]:
        """Changes with every answer that is given or taken back: (how many, a sum over their ids)."""
        ...

    def tally(self, question: str) -> Tally:
        """How much there is to measure."""
        ...

    def repeated(self, question: str, most_items: int | None, seed: int) -> AnswerColumns:
        """People's own answers to items that have two or more: all, or those of `most_items` random items."""
        ...

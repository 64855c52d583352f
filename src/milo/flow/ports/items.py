"""What bringing items in, looking at them, deciding in bulk and taking labels out need from the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


class Label(msgspec.Struct, frozen=True):
    """An annotation that came in with its item, checked and ready to store; `value` is JSON.

    `author` is a login. `model` and `version` say which model made a suggestion. `origin` keeps what the source said of it
    and Milo does not take on trust, such as how the answer came about.
    """

    question: str
    role: str
    author_kind: str
    value: str
    label: str | None
    author: str | None = None
    model: str | None = None
    version: int = 0
    score: float | None = None
    reason: str | None = None
    shown: str | None = None
    created_at: float | None = None
    duration: float | None = None
    live: bool = True
    origin: dict[str, Any] | None = None


class NewItem(msgspec.Struct, frozen=True, gc=False):
    """An item about to be stored. `data` and `meta` are JSON; `ident` is its identity at occurrence 0."""

    line: int
    source: str
    key: str | None
    data: str
    meta: str | None
    ident: bytes
    labels: list[Label] | None = None


class Slot(msgspec.Struct, frozen=True, gc=False):
    """An identity that is taken: by which item, and which import saw it last."""

    item_id: int
    batch: int


class ItemsPort(Protocol):
    """One transaction's view of a project's items."""

    def secret(self, project_id: int) -> bytes:
        """The project's secret key."""
        ...

    def next_batch(self, project_id: int) -> int:
        """A number for an import that is no job: negative, never used before."""
        ...

    def add_all(
        self, project_id: int, batch: int, free: int, rows: list[tuple[bytes, str | None, bool, str, str | None]]
    ) -> int | None:
        """Store rows (identity, key, blind, data, meta) in order; the first id. None, and nothing stored, if one is taken."""
        ...

    def slots(self, idents: Sequence[bytes]) -> dict[bytes, Slot]:
        """Those of the identities that are taken."""
        ...

    def seen(self, items: list[int], batch: int) -> None:
        """Note that this import has seen these items."""
        ...

    def data_of(self, item_id: int) -> str:
        """An item's stored content (JSON)."""
        ...

    def labelled(self, item_id: int) -> set[tuple[str, str, str]]:
        """(question, role, author or model) of the annotations an item has."""
        ...

    def add_labels(
        self, project_id: int, item_id: int, labels: list[Label], batch: int, schema_version: int, now: float
    ) -> list[Label]:
        """Store annotations that came with an item; those that count as answers. What a model says of a blind item is kept
        apart, never to be shown: suggestions, its answers, and what was on the screen when somebody answered."""
        ...

    def add_answers(self, project_id: int, item_id: int, n_answers: int, overlap: int, now: float) -> None:
        """Add to an item's count of answers, and work out what follows from it."""
        ...

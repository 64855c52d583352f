"""One answer, by one author, to one question, about one item. The author may be a person or a model."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Role = Literal["suggestion", "answer", "gold", "resolution"]
AuthorKind = Literal["person", "model"]
Basis = Literal["unassisted", "shown", "blind", "audit", "bulk", "imported", "planted"]
"""How the answer came about: no model output existed or was shown; a suggestion was on screen; the item is in the blind
slice; it was accepted in bulk and answered again by somebody who saw nothing of that; one decision covered many items; it
came in with the data; a wrong suggestion was planted to see whether it is caught."""


class Annotation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer. Append-only: a changed answer is a new record that `replaces` the old one.

    `score` is the author's confidence in 0..1 (None: not stated). `run_id` is the run of a model component that made it.
    `shown` is what model output was on the screen when a person answered.
    """

    id: int
    item_id: int
    question: str
    role: Role
    author_kind: AuthorKind
    author: str
    value: Any
    score: float | None = None
    reason: str | None = None
    run_id: int | None = None
    replaces: int | None = None
    basis: Basis = "unassisted"
    shown: list[Any] | None = None
    created_at: float = 0.0


class Prediction(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a predictor says about one question of one item, before it is stored as a suggestion."""

    item_id: int
    question: str
    value: Any
    score: float | None = None
    reason: str | None = None

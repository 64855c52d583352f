"""What the models that stand beside people took of their budgets, read from a program."""

from __future__ import annotations

import msgspec


class PersonUse(msgspec.Struct, frozen=True):
    """What one person's calls took today (UTC)."""

    user: str
    money: float
    tokens: int


class RoleUse(msgspec.Struct, frozen=True):
    """A role (assist, candidates, judge): what it took, and its bounds, None where there is none."""

    role: str
    money: float
    tokens: int
    currency: str
    max_money: float | None = None
    max_tokens: int | None = None
    day_money: float | None = None
    day_tokens: int | None = None
    today: list[PersonUse] = []

"""What people are called where figures about them are shown: by name, as they know each other."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import NamedTuple

from milo.flow.ports.quality import Author


class Called(NamedTuple):
    """What a person is called, and the login that goes with it."""

    name: str
    login: str


def called(c: sqlite3.Connection) -> dict[int, Called]:
    """Everybody by user: the name, with the login where two share one; the login where there is no name."""
    rows = [(user, login, name.strip()) for user, login, name in c.execute("SELECT id, login, name FROM user")]
    n = Counter(name.casefold() for _, _, name in rows)
    return {
        user: Called((name if n[name.casefold()] == 1 else f"{name} ({login})") if name else login, login)
        for user, login, name in rows
    }


def author(users: dict[int, Called], user: int) -> Author:
    """A person as the author of answers."""
    name, login = users.get(user, Called(f"#{user}", ""))
    return Author(name, user, login)

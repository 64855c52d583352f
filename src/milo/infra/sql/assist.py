"""Turns of the assistant, in SQL: what was asked and answered, how long it took, and whether the proposal was taken."""

from __future__ import annotations

import sqlite3

import msgspec


class Turn(msgspec.Struct, frozen=True):
    """One exchange with the assistant. Times in seconds from the request: to the first piece, and to the end."""

    project_id: int
    item_id: int
    user_id: int
    question: str
    kind: str
    asked: str
    answered: str
    proposal: str | None
    first_token: float | None
    seconds: float
    stopped: bool
    at: float


class AssistSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def add(self, turn: Turn) -> int:
        """Store a turn; its id."""
        done = self._c.execute(
            "INSERT INTO assist_turn (project_id, item_id, user_id, question, kind, asked, answered, proposal, first_token, "
            "seconds, stopped, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                turn.project_id, turn.item_id, turn.user_id, turn.question, turn.kind, turn.asked, turn.answered, turn.proposal,
                turn.first_token, turn.seconds, int(turn.stopped), turn.at,
            ),
        )  # fmt: skip
        return done.lastrowid or 0

    def taken(self, project_id: int, user_id: int, turn: int) -> bool:
        """Note that a person's own turn was taken; whether there is such a turn."""
        done = self._c.execute(
            "UPDATE assist_turn SET taken = 1 WHERE id = ? AND project_id = ? AND user_id = ?", (turn, project_id, user_id)
        )
        return done.rowcount > 0

"""The SQL of suggestions that were written anew: what a version says after a promise was planned on it, where it said otherwise.

Stands alone because whoever stores suggestions asks it, and whoever makes promises reads it. The same version must say the same: where
it does not - predictions brought in again, a function of rules that was edited, a model asked again - it is another model.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from milo.domain.annotation import Prediction

_NEAR = 1e-6


class RewrittenSql:
    """Queries on a connection of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def note(self, run: int, predictor: int, predictions: Iterable[Prediction], now: float, *, checks: bool = False) -> None:
        """Put on record how many of these differ from what the run's version has said before, if promises rest on that. To be
        called before they are stored."""
        row = self._c.execute(
            "SELECT r.version FROM run r JOIN guarantee_plan g ON g.predictor_id = r.predictor_id AND g.version = r.version "
            "WHERE r.id = ? LIMIT 1",
            (run,),
        ).fetchone()
        if row is None:
            return
        differs = self._check_differs if checks else self._differs
        n = sum(differs(predictor, row[0], one) for one in predictions)
        if n:
            self._c.execute(
                "INSERT INTO rewritten (predictor_id, version, run_id, n, at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (run_id) DO UPDATE SET n = n + excluded.n",
                (predictor, row[0], run, n, now),
            )

    def _differs(self, predictor: int, version: int, one: Prediction) -> bool:
        found = self._c.execute(
            "SELECT a.value, a.score FROM annotation a JOIN run r ON r.id = a.run_id AND r.version = ? "
            "WHERE a.item_id = ? AND a.question = ? AND a.predictor_id = ? AND a.role = 'suggestion'",
            (version, one.item_id, one.question, predictor),
        ).fetchone()
        if found is None:
            return False
        value, score = found
        return value != _text(one) or abs((score or 0.0) - (one.score or 0.0)) > _NEAR

    def _check_differs(self, predictor: int, version: int, one: Prediction) -> bool:
        """Of blind items: only the answer, since scores of what is kept apart are not written anew by a new map."""
        found = self._c.execute(
            "SELECT b.value FROM blind_check b JOIN run r ON r.id = b.run_id AND r.version = ? "
            "WHERE b.item_id = ? AND b.question = ? AND b.predictor_id = ? ORDER BY b.run_id DESC LIMIT 1",
            (version, one.item_id, one.question, predictor),
        ).fetchone()
        return found is not None and found[0] != _text(one)

    def since(self, predictor: int, version: int, at: float) -> tuple[float, int] | None:
        """(when first, how many in all) of what a version said anew after a time; None: nothing."""
        row = self._c.execute(
            "SELECT min(at), sum(n) FROM rewritten WHERE predictor_id = ? AND version = ? AND at > ?", (predictor, version, at)
        ).fetchone()
        return None if row[0] is None else (row[0], row[1])


def _text(one: Prediction) -> str:
    return msgspec.json.encode(one.value).decode()

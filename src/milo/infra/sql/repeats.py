"""The SQL of repeating a label on identical text: which items may get a suggestion, and which have one to be worked out anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator


class RepeatsSql:
    """Reads for repeats on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def open_contents(self, items: Iterable[int]) -> Iterator[tuple[int, str]]:
        """(item id, data as JSON) of those that are not done and may carry suggestions."""
        for item in items:
            row = self._c.execute(
                "SELECT i.id, c.data FROM item i JOIN content c ON c.item_id = i.id WHERE i.id = ? AND i.blind = 0 "
                "AND i.status NOT IN (2, 4)",
                (item,),
            ).fetchone()
            if row is not None:
                yield row

    def suggested_contents(self, predictor_id: int, question: str, items: Iterable[int]) -> Iterator[tuple[int, str]]:
        """(item id, data as JSON) of those that have a suggestion of this predictor."""
        for item in items:
            row = self._c.execute(
                "SELECT a.item_id, c.data FROM annotation a JOIN content c ON c.item_id = a.item_id "
                "WHERE a.item_id = ? AND a.question = ? AND a.predictor_id = ? AND a.role = 'suggestion'",
                (item, question, predictor_id),
            ).fetchone()
            if row is not None:
                yield row

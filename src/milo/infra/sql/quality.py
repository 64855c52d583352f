"""The SQL of measuring agreement: people's answers to a question as integer-coded columns.

Stands alone because it must stay quick with a million answers: where only a part of the items has a second answer, only those
are read.
"""

from __future__ import annotations

import sqlite3

import msgspec
import numpy as np

from milo.flow.ports.quality import AnswerColumns, Author, Ints, Tally
from milo.infra.sql.called import author, called
from milo.infra.sql.ids import id_range
from milo.infra.sql.packed import packed

_PEOPLES = "a.role = 'answer' AND a.live = 1 AND a.author_kind = 'person' AND a.basis IN ('unassisted', 'shown', 'blind', 'audit', 'imported')"
"""Answers that a person gave to one item: no bulk decision, and no check with a wrong suggestion."""


class QualitySql:
    """Implements `QualityPort` for one project on a connection."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c, self._project = connection, project_id
        self._low, self._high = id_range(project_id)

    def version(self, question: str) -> tuple[int, int]:
        row = self._c.execute(
            "SELECT count(*), coalesce(sum(id), 0) FROM annotation INDEXED BY ix_annotation_label "
            "WHERE role <> 'suggestion' AND live = 1 AND question = ? AND item_id >= ? AND item_id < ?",
            (question, self._low, self._high),
        ).fetchone()
        return row[0], row[1]

    def tally(self, question: str) -> Tally:
        items = self._answered(question)
        _, n = np.unique(items, return_counts=True)
        return Tally(len(items), len(n), int((n >= 2).sum()))

    def repeated(self, question: str, most_items: int | None, seed: int) -> AnswerColumns:
        items = self._answered(question)
        ids, n = np.unique(items, return_counts=True)
        twice = ids[n >= 2]
        chosen = twice
        if most_items is not None and len(twice) > most_items:
            chosen = np.sort(np.random.default_rng(seed).choice(twice, most_items, replace=False))
        everything = len(chosen) > len(ids) // 5 and len(chosen) == len(twice)
        return self._columns(question, None if everything else chosen, len(twice))

    def of_items(self, question: str, items: Ints) -> AnswerColumns:
        """People's own answers to these items."""
        return self._columns(question, items, 0)

    def _answered(self, question: str) -> Ints:
        """Items with an answer, once for each; bulk decisions too, which are told apart later."""
        found = self._c.execute(
            "SELECT json_group_array(item_id) FROM annotation INDEXED BY ix_annotation_label WHERE role <> 'suggestion' "
            "AND live = 1 AND question = ? AND item_id >= ? AND item_id < ?",
            (question, self._low, self._high),
        ).fetchone()
        return np.array(msgspec.json.decode(found[0], type=list[int]), np.int64)

    def _columns(self, question: str, only: Ints | None, of_items: int) -> AnswerColumns:
        chosen = None if only is None else only.tolist()
        found = packed(self._c, self._project, question, _PEOPLES, chosen, timed=True)
        users = called(self._c)
        people = [author(users, n) if isinstance(n, int) else Author(n) for n in found.names]
        values = [msgspec.json.decode(text) for text in found.texts]
        return AnswerColumns(found.items, found.authors, found.codes, found.basis, found.at, people, values, of_items)

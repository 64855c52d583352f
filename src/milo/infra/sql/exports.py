"""The SQL of exports: pages of items by key, and the annotations of a page."""

from __future__ import annotations

import sqlite3

from milo.flow.export import Answer, Stored
from milo.infra.sql.ids import id_range
from milo.infra.sql.items import MediaSql

_AT_ONCE = 500
_ANSWER = (
    "a.item_id, a.question, a.role, a.author_kind, "
    "coalesce(u.login, p.name, json_extract(a.origin, '$.author'), json_extract(a.origin, '$.model')), "
    "coalesce(p.name, json_extract(a.origin, '$.model')), coalesce(r.version, json_extract(a.origin, '$.version')), "
    "a.value, a.score, a.reason, a.basis, a.shown, a.created_at, a.duration, a.live, a.origin"
)


class ExportsSql:
    """Implements `ExportPort` for one project on a connection."""

    def __init__(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._c = connection
        self._low, self._high = id_range(project_id)

    def page(self, after: int, limit: int) -> list[Stored]:
        rows = self._c.execute(
            "SELECT i.id, i.key, i.status, c.data, c.meta FROM item i JOIN content c ON c.item_id = i.id "
            "WHERE i.id > ? AND i.id < ? ORDER BY i.id LIMIT ?",
            (max(after, self._low), self._high, limit),
        )
        return [Stored(*row) for row in rows]

    def these(self, items: list[int]) -> list[Stored]:
        out: list[Stored] = []
        for start in range(0, len(items), _AT_ONCE):
            part = items[start : start + _AT_ONCE]
            rows = self._c.execute(
                "SELECT i.id, i.key, i.status, c.data, c.meta FROM item i JOIN content c ON c.item_id = i.id "
                f"WHERE i.id IN ({','.join('?' * len(part))}) ORDER BY i.id",
                part,
            )
            out += [Stored(*row) for row in rows]
        return out

    def answers(self, items: list[int], *, everything: bool) -> list[Answer]:
        """By range where the items lie close together, else by their ids."""
        if items[-1] - items[0] < 4 * len(items):
            return self._answers("BETWEEN ? AND ?", [items[0], items[-1]], everything)
        out: list[Answer] = []
        for start in range(0, len(items), _AT_ONCE):
            part = items[start : start + _AT_ONCE]
            out += self._answers(f"IN ({','.join('?' * len(part))})", part, everything)
        return out

    def _answers(self, where: str, args: list[int], everything: bool) -> list[Answer]:
        live = "" if everything else "AND a.live = 1 "
        rows = self._c.execute(
            f"SELECT {_ANSWER} FROM annotation a INDEXED BY ix_annotation_answer LEFT JOIN user u ON u.id = a.user_id "
            "LEFT JOIN predictor p ON p.id = a.predictor_id LEFT JOIN run r ON r.id = a.run_id "
            f"WHERE a.role <> 'suggestion' {live}AND a.item_id {where} ORDER BY a.item_id, a.id",
            args,
        )
        found = [Answer(*row) for row in rows]
        return found + self._suggestions(where, args) if everything else found

    def _suggestions(self, where: str, args: list[int]) -> list[Answer]:
        """Of active runs, and never of a blind item."""
        rows = self._c.execute(
            f"SELECT {_ANSWER} FROM annotation a INDEXED BY ix_annotation_suggestion "
            "JOIN item i ON i.id = a.item_id AND i.blind = 0 JOIN run r ON r.id = a.run_id AND r.active = 1 "
            "JOIN predictor p ON p.id = a.predictor_id LEFT JOIN user u ON u.id = a.user_id "
            f"WHERE a.role = 'suggestion' AND a.live = 1 AND a.item_id {where} ORDER BY a.item_id, a.id",
            args,
        )
        return [Answer(*row) for row in rows]

    def media_hashes(self, media: list[int]) -> dict[int, str]:
        out: dict[int, str] = {}
        for start in range(0, len(media), _AT_ONCE):
            out |= MediaSql(self._c).hashes(media[start : start + _AT_ONCE])
        return out

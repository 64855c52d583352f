"""Prompt versions in SQL: every change of the config of a model that asks is kept, with its author, its time and a note.

The predictor's own row names the version in use; using an old one again changes that number and writes nothing new.
"""

from __future__ import annotations

from typing import Any

import msgspec

from milo.infra.sql.database import Connection
from milo.infra.sql.models import ModelsSql, PredictorRow

_COLUMNS = "v.predictor_id, v.version, v.config, v.note, v.user_id, u.login, v.at"
_FROM = "FROM prompt_version v LEFT JOIN user u ON u.id = v.user_id"


class PromptRow(msgspec.Struct, frozen=True):
    """One version of a model's config. `author` is the login of who wrote it, None for the project file or the demo."""

    predictor_id: int
    version: int
    config: dict[str, Any]
    note: str
    user_id: int | None
    author: str | None
    at: float


class PromptsSql:
    """Queries on a connection of the database."""

    def __init__(self, c: Connection) -> None:
        self._c = c

    def versions(self, predictor_id: int) -> list[PromptRow]:
        """Every version, newest first."""
        rows = self._c.execute(f"SELECT {_COLUMNS} {_FROM} WHERE v.predictor_id = ? ORDER BY v.version DESC", (predictor_id,))
        return [_row(r) for r in rows]

    def get(self, predictor_id: int, version: int) -> PromptRow | None:
        """One version."""
        row = self._c.execute(
            f"SELECT {_COLUMNS} {_FROM} WHERE v.predictor_id = ? AND v.version = ?", (predictor_id, version)
        ).fetchone()
        return None if row is None else _row(row)

    def sync(self, predictor: PredictorRow, note: str, user_id: int | None, now: float) -> int:
        """The number of the version that the predictor's present config is; a new one if it is not the version in use."""
        held = self.get(predictor.id, predictor.version)
        if held is not None and held.config == predictor.config:
            return held.version
        return self.add(predictor.id, predictor.config, note, user_id, now)

    def add(self, predictor_id: int, config: dict[str, Any], note: str, user_id: int | None, now: float) -> int:
        """Store a new version and use it; its number."""
        latest = self._c.execute("SELECT max(version) FROM prompt_version WHERE predictor_id = ?", (predictor_id,)).fetchone()
        version = (latest[0] or 0) + 1
        self._c.execute(
            "INSERT INTO prompt_version (predictor_id, version, config, note, user_id, at) VALUES (?, ?, ?, ?, ?, ?)",
            (predictor_id, version, msgspec.json.encode(config).decode(), note, user_id, now),
        )
        ModelsSql(self._c).change_predictor(predictor_id, config=config, version=version)
        return version

    def use(self, row: PromptRow) -> None:
        """Make an old version the one in use again."""
        ModelsSql(self._c).change_predictor(row.predictor_id, config=row.config, version=row.version)

    def remove(self, predictor_id: int) -> None:
        """Forget all versions of a predictor."""
        self._c.execute("DELETE FROM prompt_version WHERE predictor_id = ?", (predictor_id,))


def _row(row: tuple[Any, ...]) -> PromptRow:
    predictor, version, config, note, user, author, at = row
    return PromptRow(predictor, version, msgspec.json.decode(config), note, user, author, at)

"""The SQL of what a person at work sees: the item, the suggestions that may be shown, drafts, comments, earlier answers."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from milo.domain.project import Project
from milo.domain.reading import READ_KINDS, Reading, reading_of, reads_by_field
from milo.flow.ports.work import STATUS_NAMES
from milo.flow.veil import Veil
from milo.infra.sql.checks import ChecksSql
from milo.infra.sql.ids import ord_of, project_of

_raw = msgspec.Raw
_decode = msgspec.json.decode


class ItemView(msgspec.Struct):
    """An item as the browser gets it; `data` and `meta` pass through as stored JSON. `readings`: the visible text of the fields
    in which marks count there, by name."""

    id: int
    project_id: int
    ord: int
    key: str | None
    data: msgspec.Raw
    meta: msgspec.Raw
    status: str
    flagged: bool
    readings: dict[str, Reading] = {}


def readable(view: ItemView, project: Project) -> ItemView:
    """The item with its readings."""
    wanted = {name: kind for name, kind in reads_by_field(project.spec.questions).items() if kind in READ_KINDS}
    if not wanted:
        return view
    data = _decode(view.data)
    found = {name: reading_of(data[name], kind) for name, kind in wanted.items() if isinstance(data.get(name), str)}
    return msgspec.structs.replace(view, readings=found)


def veiled(view: ItemView, project: Project) -> ItemView:
    """The item as those who answer get it."""
    veil = Veil(project.spec)
    seen = msgspec.structs.replace(view, data=_raw(veil.data(bytes(view.data))), meta=_raw(veil.meta(bytes(view.meta))))
    return readable(seen, project)


class SuggestionView(msgspec.Struct):
    """A model's suggestion: `source` is the predictor's name, `version` the version of its model."""

    id: int
    item_id: int
    question: str
    value: msgspec.Raw
    score: float | None
    reason: str | None
    source: str
    version: int
    run_id: int


class CommentView(msgspec.Struct):
    """A remark on an item."""

    id: int
    item_id: int
    user: str
    text: str
    created_at: float


class ReturnedView(msgspec.Struct):
    """A reviewer sent the person's answer back: to which question, why, and when."""

    question: str
    reason: str
    at: float


def like_any(view: ItemView) -> ItemView:
    """The item without what would tell that it was worked on before."""
    return msgspec.structs.replace(view, status="new", flagged=False)


def with_plant(
    c: sqlite3.Connection, offered: list[SuggestionView], item_id: int, user_id: int, allowed: set[str]
) -> list[SuggestionView]:
    """The suggestions with what was planted for this person in place of those on the same question; told once, it is gone."""
    plant = ChecksSql(c).plant(item_id, user_id)
    if plant is None or plant.told_at is not None or plant.question not in allowed:
        return offered
    s = plant.shown
    value = _raw(msgspec.json.encode(s.value))
    planted = SuggestionView(s.id, item_id, plant.question, value, s.score, s.reason, s.source, s.version, s.run_id)
    return [one for one in offered if one.question != plant.question] + [planted]


class Look:
    """Reads for the workbench, on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def item(self, item_id: int) -> tuple[ItemView, bool] | None:
        """The item and whether it is blind (never to be sent), or None."""
        row = self._c.execute(
            "SELECT i.id, i.key, c.data, c.meta, i.status, i.flagged, i.blind FROM item i "
            "JOIN content c ON c.item_id = i.id WHERE i.id = ?",
            (item_id,),
        ).fetchone()
        if row is None:
            return None
        view = ItemView(
            row[0], project_of(row[0]), ord_of(row[0]), row[1], _raw(row[2].encode()),
            _raw((row[3] or "{}").encode()), STATUS_NAMES[row[4]], bool(row[5]),
        )  # fmt: skip
        return view, bool(row[6])

    def suggestions(self, item_id: int) -> list[SuggestionView]:
        """The live suggestions of active runs and enabled predictors, surest first; none for a blind item."""
        rows = self._c.execute(
            "SELECT a.id, a.item_id, a.question, a.value, a.score, a.reason, p.name, r.version, a.run_id FROM annotation a "
            "JOIN run r ON r.id = a.run_id AND r.active = 1 JOIN predictor p ON p.id = a.predictor_id AND p.enabled = 1 "
            "JOIN item i ON i.id = a.item_id AND i.blind = 0 "
            "WHERE a.item_id = ? AND a.role = 'suggestion' AND a.live = 1 ORDER BY a.score DESC",
            (item_id,),
        )
        return [
            SuggestionView(ident, item, question, _raw(value.encode()), score, reason, source, version, run)
            for ident, item, question, value, score, reason, source, version, run in rows
        ]

    def draft(self, item_id: int, user_id: int) -> dict[str, Any] | None:
        """My unfinished answer."""
        row = self._c.execute("SELECT answers FROM draft WHERE item_id = ? AND user_id = ?", (item_id, user_id)).fetchone()
        return None if row is None else _decode(row[0])

    def comments(self, item_id: int) -> list[CommentView]:
        """All comments, oldest first."""
        rows = self._c.execute(
            "SELECT c.id, c.item_id, u.login, c.text, c.created_at FROM comment c JOIN user u ON u.id = c.user_id "
            "WHERE c.item_id = ? ORDER BY c.id",
            (item_id,),
        )
        return [CommentView(*row) for row in rows]

    def assignment(self, item_id: int, user_id: int) -> tuple[int, float, str, float | None] | None:
        """My lease of the item: id, until, purpose, odds."""
        return self._c.execute(
            "SELECT id, until, purpose, odds FROM assignment WHERE item_id = ? AND user_id = ?", (item_id, user_id)
        ).fetchone()


class NotesSql:
    """Flags and comments, inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def flag(self, project_id: int, item_id: int, flagged: bool) -> None:
        changed = self._c.execute(
            "UPDATE item SET flagged = ? WHERE id = ? AND flagged <> ?", (int(flagged), item_id, int(flagged))
        )
        if changed.rowcount:
            by = 1 if flagged else -1
            self._c.execute("UPDATE project_count SET flagged = flagged + ? WHERE project_id = ?", (by, project_id))

    def comment(self, item_id: int, user_id: int, text: str, now: float) -> int:
        done = self._c.execute(
            "INSERT INTO comment (item_id, user_id, text, created_at) VALUES (?, ?, ?, ?)", (item_id, user_id, text, now)
        )
        return done.lastrowid or 0

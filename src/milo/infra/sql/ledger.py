"""Reading the ledger of model calls: pages, and totals by what is asked for."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from milo.infra.sql.database import Connection

By = Literal["connection", "model", "purpose", "day", "project", "user", "state"]
_GROUPS: dict[str, str] = {
    "connection": "coalesce(k.name, 'removed')", "model": "m.model", "purpose": "m.purpose",
    "day": "date(m.at, 'unixepoch')", "project": "m.project_id", "user": "coalesce(u.login, '')", "state": "m.state",
}  # fmt: skip
_FROM = "FROM model_call m LEFT JOIN connection k ON k.id = m.connection_id LEFT JOIN user u ON u.id = m.user_id"

_CURRENCY = "CASE WHEN k.id IS NULL THEN '' ELSE coalesce(json_extract(k.prices, '$.currency'), 'USD') END"
_ERROR = (
    "CASE WHEN m.error IS NOT NULL AND m.item_id IN (SELECT id FROM item WHERE id = m.item_id AND blind = 1) "
    "THEN 'Withheld: the item is in the blind slice.' ELSE m.error END"
)
"""An error may quote the model, and nothing that it says of a blind item leaves the server."""


class Wanted(msgspec.Struct, frozen=True):
    """Which lines: None for any. `since`, `until` in Unix seconds; `before`: ids below this one."""

    project: int | None = None
    connection: int | None = None
    purpose: str | None = None
    state: str | None = None
    run: int | None = None
    item: int | None = None
    since: float | None = None
    until: float | None = None
    before: int | None = None


class LedgerLine(msgspec.Struct):
    """One call: when, by which model, for whom and what, which fields it held, what it took. `state`: done, failed, stopped, open
    (on its way) or lost (the server died meanwhile); of the last two the worst case is counted.
    `cached`: answered from kept answers. `masked`: pieces of personal data that were replaced. `has_content`: the project
    had what was sent and received kept."""

    id: int
    at: float
    connection_id: int
    connection: str | None
    model: str
    purpose: str
    state: str
    project_id: int | None
    item_id: int | None
    run_id: int | None
    user_id: int | None
    user: str | None
    fields: list[str]
    error: str | None
    input_tokens: int
    output_tokens: int
    cost: float | None
    cached: bool
    masked: int
    seconds: float
    has_content: bool
    currency: str


class LedgerTotal(msgspec.Struct):
    """Calls of one group that are paid in one currency ("" where the connection is gone), added up. `cost` leaves out calls whose price is not known; `unpriced` counts those."""

    key: str
    calls: int
    failed: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float
    unpriced: int
    seconds: float
    currency: str


def page(c: Connection, wanted: Wanted, limit: int) -> list[LedgerLine]:
    """The newest lines first."""
    where, values = _where(wanted)
    rows = c.execute(
        "SELECT m.id, m.at, m.connection_id, k.name, m.model, m.purpose, m.state, m.project_id, m.item_id, m.run_id, m.user_id, "
        f"u.login, m.fields, {_ERROR}, m.input_tokens, m.output_tokens, m.cost, m.cached, m.masked, m.seconds, "
        f"m.content IS NOT NULL, {_CURRENCY} {_FROM} {where} ORDER BY m.id DESC LIMIT ?",
        (*values, limit),
    )
    return [
        LedgerLine(*r[:12], msgspec.json.decode(r[12]), *r[13:17], bool(r[17]), *r[18:20], bool(r[20]), r[21])  # type: ignore[arg-type]
        for r in rows
    ]


def totals(c: Connection, wanted: Wanted, by: By) -> list[LedgerTotal]:
    """Sums by group: days in order, others by money and calls."""
    where, values = _where(wanted)
    order = "1" if by == "day" else "7 DESC, 2 DESC"
    rows = c.execute(
        f"SELECT {_GROUPS[by]}, count(*), sum(m.state = 'failed'), sum(m.cached), sum(m.input_tokens), sum(m.output_tokens), "
        f"total(m.cost), sum(m.cost IS NULL AND m.state = 'done'), total(m.seconds), {_CURRENCY} "
        f"{_FROM} {where} GROUP BY 1, 10 ORDER BY {order}",
        values,
    )
    return [LedgerTotal("" if r[0] is None else str(r[0]), *r[1:]) for r in rows]


def content(c: Connection, call_id: int) -> tuple[int | None, int | None, str | None] | None:
    """Project, item and kept content of a line."""
    return c.execute("SELECT project_id, item_id, content FROM model_call WHERE id = ?", (call_id,)).fetchone()


def is_blind(c: Connection, item_id: int) -> bool:
    """Whether model output on an item is withheld from everybody."""
    row = c.execute("SELECT blind FROM item WHERE id = ?", (item_id,)).fetchone()
    return row is None or bool(row[0])


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    tests = {
        "m.project_id = ?": wanted.project, "m.connection_id = ?": wanted.connection, "m.purpose = ?": wanted.purpose,
        "m.state = ?": wanted.state, "m.run_id = ?": wanted.run, "m.item_id = ?": wanted.item, "m.at >= ?": wanted.since,
        "m.at < ?": wanted.until, "m.id < ?": wanted.before,
    }  # fmt: skip
    used = {test: value for test, value in tests.items() if value is not None}
    return (f"WHERE {' AND '.join(used)}" if used else ""), list(used.values())

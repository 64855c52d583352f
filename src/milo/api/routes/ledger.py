"""The ledger of model calls: who asked which model about which item, with which fields, for how much."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import NotFound
from milo.infra.sql import ledger
from milo.infra.sql.ledger import By, LedgerLine, LedgerTotal, Wanted

_MOST = 500


class LedgerQuery(msgspec.Struct):
    """Which lines. `since`, `until` in Unix seconds; `before`: continue below this id."""

    project: int | None = None
    connection: int | None = None
    purpose: str | None = None
    state: str | None = None
    run: int | None = None
    item: int | None = None
    since: float | None = None
    until: float | None = None
    before: int | None = None
    limit: int = 100


class TotalsQuery(msgspec.Struct):
    """Which lines, added up by connection, model, purpose, day, project, user or state."""

    by: By = "connection"
    project: int | None = None
    connection: int | None = None
    purpose: str | None = None
    state: str | None = None
    run: int | None = None
    since: float | None = None
    until: float | None = None


class LedgerPage(msgspec.Struct):
    """Lines, newest first; `next`: ask with `before` set to this for more, null at the end."""

    lines: list[LedgerLine]
    next: int | None


class CallContent(msgspec.Struct):
    """What was sent and received, where the project has it kept: `request` with its media as hashes, `reply` as text. Both
    null where nothing is kept, or where nobody may see a model's output."""

    request: Any = None
    reply: str | None = None


@endpoint("GET", "/ledger", "workspace.manage", query=LedgerQuery, reply=LedgerPage)
def list_calls(call: Call) -> LedgerPage:
    """The calls of the whole workspace, newest first."""
    return _page(call, _wanted(call.query))


@endpoint("GET", "/ledger/totals", "workspace.manage", query=TotalsQuery, reply=list[LedgerTotal])
def sum_calls(call: Call) -> list[LedgerTotal]:
    """The calls of the whole workspace, added up."""
    return _totals(call, _wanted(call.query))


@endpoint("GET", "/projects/{p}/ledger", "model.run", query=LedgerQuery, reply=LedgerPage)
def list_project_calls(call: Call) -> LedgerPage:
    """The calls of a project, newest first."""
    return _page(call, msgspec.structs.replace(_wanted(call.query), project=call.project_id))


@endpoint("GET", "/projects/{p}/ledger/totals", "model.run", query=TotalsQuery, reply=list[LedgerTotal])
def sum_project_calls(call: Call) -> list[LedgerTotal]:
    """The calls of a project, added up."""
    return _totals(call, msgspec.structs.replace(_wanted(call.query), project=call.project_id))


@endpoint("GET", "/projects/{p}/ledger/{c}", "model.run", reply=CallContent)
def get_call_content(call: Call) -> CallContent:
    """What was sent and received in one call, where the project has it kept. On a blind item nothing is told."""
    call.workspace.gateway.flush()
    found = call.workspace.db.read(lambda c: ledger.content(c, call.params["c"]))
    if found is None or found[0] != call.project_id:
        raise NotFound(f"There is no call {call.params['c']} in this project.", place="c")
    _, item_id, kept = found
    if kept is None or (item_id is not None and call.workspace.db.read(lambda c: ledger.is_blind(c, item_id))):
        return CallContent()
    return msgspec.json.decode(kept, type=CallContent)


def _wanted(query: Any) -> Wanted:
    names = [n for n in Wanted.__struct_fields__ if hasattr(query, n)]
    return Wanted(**{name: getattr(query, name) for name in names})


def _page(call: Call, wanted: Wanted) -> LedgerPage:
    call.workspace.gateway.flush()
    limit = min(max(1, call.query.limit), _MOST)
    lines = call.workspace.db.read(lambda c: ledger.page(c, wanted, limit + 1))
    more = len(lines) > limit
    return LedgerPage(lines[:limit], lines[limit - 1].id if more else None)


def _totals(call: Call, wanted: Wanted) -> list[LedgerTotal]:
    call.workspace.gateway.flush()
    return call.workspace.db.read(lambda c: ledger.totals(c, wanted, call.query.by))

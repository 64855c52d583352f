"""Setting items aside for everybody, and taking them back."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from milo.api.endpoint import Call, endpoint
from milo.api.routes.bulk import fitting
from milo.domain.errors import Invalid
from milo.flow.ports.items import Ids
from milo.infra.setting_aside import SetAside
from milo.infra.sql.aside import AsideSql


class ToSetAside(msgspec.Struct):
    """Set these items aside: those in `item_ids`, those that fit `filter` (the parameters of a list), or, with `duplicates_of`
    naming a field, all but one of each group of near-duplicates that the last search over it found: the first that somebody has
    answered stays, else the earliest. `reason` stands in the history; `dry_run`: only tell what would happen."""

    op_id: str
    item_ids: list[int] | None = None
    filter: dict[str, Any] | None = None
    duplicates_of: str | None = None
    reason: str = ""
    dry_run: bool = False


class ToTakeBack(msgspec.Struct):
    """Take these items back: those in `item_ids`, or those that fit `filter`."""

    item_ids: list[int] | None = None
    filter: dict[str, Any] | None = None


class TakenBack(msgspec.Struct):
    """How many items were set aside and are asked about again."""

    back: int


@endpoint("POST", "/projects/{p}/aside", "item.bulk", body=ToSetAside, reply=SetAside)
def set_aside(call: Call) -> SetAside:
    """Set items aside for everybody: all or none. They keep their answers, nobody is handed them, exports of labels leave
    them out. Safe to repeat with the same `op_id`; undone like other bulk decisions."""
    body: ToSetAside = call.body
    project = call.workspace.projects.get(call.project_id)
    if sum(given is not None for given in (body.item_ids, body.filter, body.duplicates_of)) != 1:
        raise Invalid("Give one of item_ids, filter ({} for all items) and duplicates_of.", place="item_ids")
    if body.dry_run:
        return call.workspace.data.aside.foresee(project, _items(call, body))
    return call.workspace.data.aside.set(project, body.op_id, lambda: _items(call, body), call.actor.user_id, body.reason)


@endpoint("POST", "/projects/{p}/aside/back", "item.bulk", body=ToTakeBack, reply=TakenBack)
def take_back(call: Call) -> TakenBack:
    """Take items back that were set aside; others stay as they are."""
    body: ToTakeBack = call.body
    project = call.workspace.projects.get(call.project_id)
    if (body.item_ids is None) == (body.filter is None):
        raise Invalid("Give either item_ids or filter ({} for all items).", place="item_ids")
    return TakenBack(call.workspace.data.aside.back(project, _items(call, body), call.actor.user_id))


def _items(call: Call, body: ToSetAside | ToTakeBack) -> Ids:
    if isinstance(body, ToSetAside) and body.duplicates_of is not None:
        field = body.duplicates_of
        return call.workspace.db.read(lambda c: AsideSql(c, call.project_id).others(field))
    if body.item_ids is None:
        return fitting(call, body.filter or {})
    if not all(0 <= item < 2**63 for item in body.item_ids):
        raise Invalid("An item's id is a whole number from 0 to 2^63 - 1.", place="item_ids")
    return np.array(body.item_ids, np.int64)

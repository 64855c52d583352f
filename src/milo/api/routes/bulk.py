"""Bulk decisions: label many items, accept suggestions that are sure enough, undo and redo as one."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Invalid
from milo.flow import browse
from milo.flow.bulk import MAX_IDS, Accept, BulkResult
from milo.flow.guarantee import Promised, Wish
from milo.flow.ports.items import Ids
from milo.infra.deciding import own_items
from milo.infra.sql.bulk import BulkSql


class BulkLabel(msgspec.Struct):
    """One answer for many items: those in `item_ids`, or those that fit `filter` (the parameters of a list, such as
    {"q": "refund", "status": "new"}; {} for all)."""

    op_id: str
    question: str
    value: Any
    item_ids: list[int] | None = None
    filter: dict[str, Any] | None = None


class BulkAccept(msgspec.Struct):
    """Accept suggestions at or above `min_score`, or for some labels above another score. `source`: a model's name; without
    it the surest suggestion of each item. `item_ids` or `filter` (as in a bulk label): only on these items; without either on
    all. `promise`: accept only if this can be promised; without it nothing is. `dry_run`: only tell what would happen."""

    op_id: str
    question: str
    min_score: float
    source: str | None = None
    per_label: dict[str, float] = {}
    item_ids: list[int] | None = None
    filter: dict[str, Any] | None = None
    promise: Wish | None = None
    dry_run: bool = False


class Reverted(msgspec.Struct):
    """How many answers were taken back, or hold again."""

    reverted: int


class BulkLine(msgspec.Struct):
    """A bulk decision on record. `basis`: what it rests on - a promise, none, or a person's decision for many items."""

    id: int
    kind: str
    question: str
    n: int
    at: float
    by: str
    undone: bool
    args: dict[str, Any]
    basis: Literal["guaranteed", "no guarantee", "decided"] = "decided"
    promise: Promised | None = None


class Bin(msgspec.Struct):
    """How many suggestions have a score from `low` to below `high`."""

    low: float
    high: float
    n: int


class LabelBins(msgspec.Struct):
    """The same for one label."""

    n: int
    bins: list[int]


class Histogram(msgspec.Struct):
    """How sure the suggestions are that could be accepted."""

    bins: list[Bin]
    labels: dict[str, LabelBins]


class HistogramQuery(msgspec.Struct):
    """Which question, and whose suggestions."""

    question: str
    source: str | None = None


@endpoint("POST", "/projects/{p}/bulk/label", "item.bulk", body=BulkLabel, reply=BulkResult)
def bulk_label(call: Call) -> BulkResult:
    """Give many items the same answer; blind, lent and answered ones are passed over. Safe to repeat with the same `op_id`."""
    body: BulkLabel = call.body
    project = call.workspace.projects.get(call.project_id)
    if body.item_ids is None and body.filter is None:
        raise Invalid("Give either item_ids or filter ({} for all items).", place="item_ids")
    return call.workspace.data.deciding.label(
        project, body.op_id, body.question, body.value, call.actor.user_id, lambda: _items(call, body)
    )


def _items(call: Call, body: BulkLabel | BulkAccept) -> Ids:
    """The items that a decision is about; an empty filter is all of them."""
    project = call.workspace.projects.get(call.project_id)
    if body.item_ids is not None and body.filter is not None:
        raise Invalid("Give either item_ids or filter, not both.", place="item_ids")
    if body.item_ids is not None:
        if len(body.item_ids) > MAX_IDS:
            raise Invalid(f"At most {MAX_IDS:,} ids; use a filter for more.", place="item_ids")
        return own_items(project, body.item_ids)
    return fitting(call, body.filter or {})


def fitting(call: Call, given: dict[str, Any]) -> Ids:
    """The items that fit a filter given as an object, as they are now."""
    project = call.workspace.projects.get(call.project_id)
    call.workspace.data.found.forget(project.id)
    return call.workspace.data.matching(project, browse.parse(_pairs(given)))


def _pairs(given: dict[str, Any]) -> list[tuple[str, str]]:
    """A filter given as an object, as the pairs of an address."""
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool):
                pairs.append((name, "1" if one else "0"))
            elif isinstance(one, str | int | float):
                pairs.append((name, str(one)))
            elif one is not None:
                raise Invalid(f"The filter's {name[:100]} must be a text or a number.", place="filter")
    return [(n, v) for n, v in pairs if n not in ("offset", "limit", "sort")]


@endpoint("POST", "/projects/{p}/bulk/accept", "item.bulk", body=BulkAccept, reply=BulkResult)
def bulk_accept(call: Call) -> BulkResult:
    """Accept all suggestions that are sure enough, or tell what that would do."""
    body: BulkAccept = call.body
    for score in (body.min_score, *body.per_label.values()):
        if not 0 <= score <= 1:
            raise Invalid(f"A score of {score} was asked for; scores go from 0 to 1.", place="min_score")
    project = call.workspace.projects.get(call.project_id)
    order = Accept(body.question, body.min_score, body.per_label, body.source)
    deciding = call.workspace.data.deciding
    within = None if body.item_ids is None and body.filter is None else lambda: _items(call, body)
    if body.dry_run:
        return deciding.foresee(project, order, within, body.promise)
    return deciding.accept(project, body.op_id, order, call.actor.user_id, within, body.promise)


@endpoint("POST", "/projects/{p}/bulk/{bulk}/undo", "item.bulk", reply=Reverted)
def bulk_undo(call: Call) -> Reverted:
    """Take a bulk decision back as one."""
    project = call.workspace.projects.get(call.project_id)
    return Reverted(call.workspace.data.deciding.turn(project, call.params["bulk"], call.actor.user_id, undo=True))


@endpoint("POST", "/projects/{p}/bulk/{bulk}/redo", "item.bulk", reply=Reverted)
def bulk_redo(call: Call) -> Reverted:
    """Let a bulk decision hold again, except on items that were answered or lent meanwhile."""
    project = call.workspace.projects.get(call.project_id)
    return Reverted(call.workspace.data.deciding.turn(project, call.params["bulk"], call.actor.user_id, undo=False))


@endpoint("GET", "/projects/{p}/bulk", "item.list", reply=list[BulkLine])
def list_bulk(call: Call) -> list[BulkLine]:
    """The latest 200 bulk decisions, newest first."""
    found = call.workspace.db.read(lambda c: BulkSql(c).listing(call.project_id, 200))
    shown = ("value", "min_score", "per_label", "source", "reason")
    return [
        BulkLine(
            b.id, b.kind, b.question, b.n, b.at, by, b.undone, {k: b.args[k] for k in shown if k in b.args},
            "decided" if b.kind != "accept" else "guaranteed" if b.args.get("promise") else "no guarantee",
            msgspec.convert(b.args.get("promise"), Promised | None),
        )
        for b, by in found
    ]  # fmt: skip


@endpoint("GET", "/projects/{p}/suggestions/histogram", "item.list", query=HistogramQuery, reply=Histogram)
def suggestion_histogram(call: Call) -> Histogram:
    """How many suggestions could be accepted at which score: overall and by label, in 20 equal bins."""
    project = call.workspace.projects.get(call.project_id)
    bins, labels = call.workspace.data.deciding.histogram(project, call.query.question, call.query.source)
    n = len(bins)
    return Histogram(
        [Bin(i / n, (i + 1) / n, count) for i, count in enumerate(bins)],
        {label: LabelBins(sum(counts), counts) for label, counts in labels.items()},
    )

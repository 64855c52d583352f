"""Near-duplicates: search a field for items that are nearly the same, and show them group by group."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.domain.errors import NotFound
from milo.domain.ids import ord_of
from milo.flow.near import NearGroup, NearItem, NearSearch, field_of, fields_of, least_of, media_of, text_of
from milo.flow.ports.work import STATUS_NAMES
from milo.infra.near import KIND
from milo.infra.sql.database import Connection
from milo.infra.sql.jobs import JobsSql
from milo.infra.sql.near import NearSql

_MOST = 200
_LONGEST = 20_000
_MEMBERS = 50


class FindNear(msgspec.Struct):
    """What to search: `field`, without it the first of text, else of images; `least`: how alike at least, 0.3 to 1 (without it
    0.7 for texts, 0.92 for pictures)."""

    field: str | None = None
    least: float | None = None


class NearQuery(msgspec.Struct):
    """Groups of the last search over `field` (as above): a page of `limit` from `offset` on."""

    field: str | None = None
    limit: int = 20
    offset: int = 0


class MembersQuery(msgspec.Struct):
    """A page of `limit` from `offset` on."""

    limit: int = 100
    offset: int = 0


class NearField(msgspec.Struct):
    """A field that can be searched; `usual`: the likeness that is asked for unless another is named."""

    name: str
    kind: str
    usual: float


class NearItemView(msgspec.Struct):
    """An item of a group; `likeness` to the first one, `text` as a reader sees it (at most 20,000 characters), `media`: the
    number of its picture's file, `name` that file's name, `answers`: how many people have answered."""

    id: int
    ord: int
    key: str | None
    status: str
    flagged: bool
    answers: int
    likeness: float
    text: str | None
    media: int | None
    name: str | None


class NearGroupView(msgspec.Struct):
    """Items that are nearly the same, the earliest first, at most 50 of `n`; `likeness`: that of the one least like
    the first."""

    id: int
    n: int
    likeness: float
    items: list[NearItemView]


class NearReply(msgspec.Struct):
    """`search`: the last one over the field (null: none yet), `newer` items have come since; `job`: the latest that searched
    it; `groups`: a page of them. `fields`: what can be searched."""

    field: str
    fields: list[NearField]
    search: NearSearch | None
    newer: int
    job: JobView | None
    groups: list[NearGroupView]


@endpoint("POST", "/projects/{p}/duplicates", "item.bulk", body=FindNear, reply=JobView, status=202)
def search_duplicates(call: Call) -> JobView:
    """Search a field for items that are nearly the same; a job. Items that are set aside are not looked at."""
    job = call.workspace.near.search(call.project_id, call.body.field, call.body.least, call.actor.user_id)
    row = call.workspace.db.read(lambda c: JobsSql(c).get(job))
    assert row is not None
    return view(row, call.workspace.clock())


@endpoint("GET", "/projects/{p}/duplicates", "item.bulk", query=NearQuery, reply=NearReply)
def list_duplicates(call: Call) -> NearReply:
    """Groups of items that are nearly the same, as the last search found them, the largest first."""
    query: NearQuery = call.query
    spec = call.workspace.projects.get(call.project_id).spec
    field, kinds = field_of(spec, query.field), fields_of(spec)
    limit, offset = max(0, min(query.limit, _MOST)), max(0, min(query.offset, 2**53))
    fields = [NearField(name, kind, least_of(spec, name, None)) for name, kind in kinds.items()]

    def look(c: Connection) -> NearReply:
        near = NearSql(c, call.project_id)
        search, job = near.search(field), JobsSql(c).latest(call.project_id, KIND, field)
        groups = [_group(near, group, kinds[field]) for group in near.groups(field, offset, limit)]
        newer = max(0, near.place() - search.place) if search is not None else 0
        return NearReply(field, fields, search, newer, view(job, call.workspace.clock()) if job else None, groups)

    return call.workspace.db.read(look)


@endpoint("GET", "/projects/{p}/duplicates/{group}", "item.bulk", query=MembersQuery, reply=list[NearItemView])
def list_duplicate_items(call: Call) -> list[NearItemView]:
    """A page of the items of a group, the earliest first."""
    query: MembersQuery = call.query
    limit, offset = max(0, min(query.limit, _MOST)), max(0, min(query.offset, 2**53))
    kinds = fields_of(call.workspace.projects.get(call.project_id).spec)

    def look(c: Connection) -> list[NearItemView]:
        near = NearSql(c, call.project_id)
        group = near.group(call.params["group"])
        if group is None or group.field not in kinds:
            raise NotFound("There is no such group; a newer search has taken its place.", place="group")
        return [_item(one, group.field, kinds[group.field]) for one in near.members(group.id, offset, limit)]

    return call.workspace.db.read(look)


def _group(near: NearSql, group: NearGroup, kind: str) -> NearGroupView:
    items = [_item(one, group.field, kind) for one in near.members(group.id, 0, _MEMBERS)]
    return NearGroupView(group.id, group.n, group.likeness, items)


def _item(one: NearItem, field: str, kind: str) -> NearItemView:
    data = msgspec.json.decode(one.data)
    text = text_of(data, field, kind) if kind != "image" else None
    value = data.get(field)
    name = str(value.get("name") or "") if kind == "image" and isinstance(value, dict) else None
    return NearItemView(
        one.id, ord_of(one.id), one.key, STATUS_NAMES[one.status], bool(one.flagged), one.answers, one.likeness,
        None if text is None else text[:_LONGEST], media_of(data, field) if kind == "image" else None, name,
    )  # fmt: skip

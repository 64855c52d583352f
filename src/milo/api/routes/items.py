"""Looking at data: pages of a filtered list, one item in full, counts for the filter bar."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Invalid, NotFound
from milo.domain.ids import project_of
from milo.domain.project import Project
from milo.flow import browse
from milo.flow.browse import SORTS, Filter, Sort
from milo.infra.sql.checks import ChecksSql
from milo.infra.sql.database import Connection
from milo.infra.sql.grid import GridSql
from milo.infra.sql.look import CommentView, ItemView, Look, readable, veiled
from milo.infra.sql.rows import AnnotationView, EventView, Facets, FacetsSql, GridRow, RowsSql

MAX_PAGE = 500
MAX_IDS = 100_000
_NOT_FILTER = {"offset", "limit", "sort", "format", "what", "excel_safe", "option"}


class FilterQuery(msgspec.Struct, kw_only=True):
    """A filter; all that is given must hold. `q`: words and "phrases"; `status`: new, open, done, skipped, by comma; `label`
    and `suggested`: question:label, may be repeated; `author`: a login or a model's name; `has`: answer, suggestion, comment;
    `meta.<name>`: a metadata value."""

    q: str = ""
    status: str = ""
    flagged: str = ""
    label: str = ""
    suggested: str = ""
    author: str = ""
    min_score: str = ""
    max_score: str = ""
    has: str = ""


class ItemsQuery(FilterQuery, kw_only=True):
    """A page of a filtered list: `limit` rows (500 at most) from `offset`, in the order `sort`."""

    offset: int = 0
    limit: int = 50
    sort: str = "ord"


class ItemsPage(msgspec.Struct):
    """Some rows of how many there are in all."""

    rows: list[GridRow]
    total: int


class ItemIds(msgspec.Struct):
    """The first 100,000 ids that fit, and how many fit in all."""

    ids: list[int]
    total: int


class ItemDetail(msgspec.Struct):
    """An item with what is on record about it, as far as the caller may see it."""

    item: ItemView
    annotations: list[AnnotationView]
    comments: list[CommentView]
    history: list[EventView]


def filter_of(call: Call) -> Filter:
    """The filter in the address."""
    return browse.parse((n, v) for n, v in call.request.query_params.multi_items() if n not in _NOT_FILTER)


def sort_of(text: str) -> Sort:
    """The order asked for. Raises Invalid."""
    for sort in SORTS:
        if sort == text:
            return sort  # type: ignore[return-value]
    raise Invalid(f'sort is "{text[:100]}"; it must be one of {", ".join(SORTS)}.', place="sort")


@endpoint("GET", "/projects/{p}/items", "item.list", query=ItemsQuery, reply=ItemsPage)
def list_items(call: Call) -> ItemsPage:
    """A page of the items that fit a filter. Model output of blind items is in none of it: rows, filters, order or counts."""
    query: ItemsQuery = call.query
    if query.offset < 0 or not 0 <= query.limit <= MAX_PAGE:
        raise Invalid(f"offset must not be negative, and limit must be between 0 and {MAX_PAGE}.", place="limit")
    wanted, sort = filter_of(call), sort_of(query.sort)
    workspace, project = call.workspace, call.workspace.projects.get(call.project_id)
    if wanted.is_empty and sort in ("ord", "-ord"):

        def look(c: Connection) -> ItemsPage:
            grid = GridSql(c, project.id)
            ids = grid.page_by_place(query.offset, query.limit, backwards=sort == "-ord")
            return ItemsPage(RowsSql(c, project, workspace.task_types).rows(ids), grid.total())

        return workspace.db.read(look)
    found = workspace.data.matching(project, wanted, sort, scrolling=query.offset > 0)
    page: list[int] = found[query.offset : query.offset + query.limit].tolist()
    rows = workspace.db.read(lambda c: RowsSql(c, project, workspace.task_types).rows(page))
    return ItemsPage(rows, int(found.size))


@endpoint("GET", "/projects/{p}/items/ids", "item.list", query=ItemsQuery, reply=ItemIds)
def list_item_ids(call: Call) -> ItemIds:
    """The ids of the items that fit a filter."""
    project = call.workspace.projects.get(call.project_id)
    found = call.workspace.data.matching(project, filter_of(call), sort_of(call.query.sort))
    return ItemIds(found[:MAX_IDS].tolist(), int(found.size))


@endpoint("GET", "/projects/{p}/facets", "item.list", reply=Facets)
def facets(call: Call) -> Facets:
    """Counts by status, label, author and metadata."""
    workspace, project_id = call.workspace, call.project_id
    return workspace.data.found.get(project_id, "facets", lambda: workspace.db.read(lambda c: FacetsSql(c, project_id).all()))


@endpoint("GET", "/projects/{p}/items/{i}", "item.view", reply=ItemDetail)
def get_item(call: Call) -> ItemDetail:
    """One item in full. Annotators see their own answers only; nobody sees a model's output on a blind item."""
    workspace, project, item_id = call.workspace, call.workspace.projects.get(call.project_id), call.params["i"]

    def look(c: Connection) -> ItemDetail:
        rows = RowsSql(c, project, workspace.task_types)
        found = Look(c).item(item_id) if project_of(item_id) == project.id else None
        standing = rows.standing(item_id, call.actor.user_id)
        if found is None or standing is None:
            raise NotFound(f"There is no item {item_id} in this project.", place="i")
        role = "owner" if call.actor.role == "owner" else call.membership or "annotator"
        if call.workspace.studies.gate(c, project.id, call.actor.user_id, item_id) is not None:
            return _in_study(call, found[0], rows.annotations(item_id), project)
        view = browse.view(role, project.spec.policy, project.spec.questions, *standing)
        return ItemDetail(
            readable(found[0], project) if view.answers_of_others else veiled(found[0], project),
            [_shown(a, view) for a in _planted(c, call, rows.annotations(item_id), view) if _may_see(call, view, a)],
            Look(c).comments(item_id),
            [_bare(e) for e in rows.history(item_id) if view.answers_of_others or e.user_id == call.actor.user_id],
        )

    return workspace.db.read(look)


def _in_study(call: Call, item: ItemView, annotations: list[AnnotationView], project: Project) -> ItemDetail:
    """An item of a study as somebody who takes part may look it up: with their own answers, and nothing else."""
    mine = [_shown(a, browse.View(frozenset(), False, False)) for a in annotations if a.user_id == call.actor.user_id]
    return ItemDetail(veiled(item, project), [a for a in mine if a.role != "suggestion"], [], [])


def _planted(c: Connection, call: Call, all_: list[AnnotationView], view: browse.View) -> list[AnnotationView]:
    """With what was planted for the caller in place of the suggestions on the same question, until they are told."""
    plant = ChecksSql(c).plant(call.params["i"], call.actor.user_id)
    if plant is None or plant.told_at is not None or plant.question not in view.suggestions:
        return all_
    s = plant.shown
    others = [a for a in all_ if a.role == "suggestion" and a.question == plant.question]
    made = (s.id, plant.item_id, plant.question, "suggestion", "model", s.source, s.value, s.score, s.reason, s.run_id)
    at = call.workspace.clock()
    face = others[0] if others else AnnotationView(*made, "unassisted", None, at, 1, None, True, s.version)
    planted = msgspec.structs.replace(face, id=s.id, value=s.value, score=s.score, reason=s.reason)
    return [a for a in all_ if a.role != "suggestion" or a.question != plant.question] + [planted]


def _may_see(call: Call, view: browse.View, one: AnnotationView) -> bool:
    if one.role == "suggestion":
        return one.question in view.suggestions
    return view.answers_of_others or (one.user_id is not None and one.user_id == call.actor.user_id)


def _shown(one: AnnotationView, view: browse.View) -> AnnotationView:
    """Without what would tell an annotator that an item is blind."""
    basis = "unassisted" if one.basis in ("blind", "audit") and not view.basis else one.basis
    return msgspec.structs.replace(one, basis=basis, user_id=None)


def _bare(event: EventView) -> EventView:
    return msgspec.structs.replace(event, user_id=None)

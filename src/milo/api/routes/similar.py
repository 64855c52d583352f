"""Finding items like an item or a phrase."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.items import ItemsPage
from milo.domain.errors import Invalid, NotFound
from milo.domain.ids import project_of
from milo.domain.project import Project
from milo.flow import similar
from milo.infra.sql.database import Connection
from milo.infra.sql.fts import FtsSql, searchable
from milo.infra.sql.look import Look
from milo.infra.sql.rows import RowsSql

_TEXTS = frozenset({"text", "markdown", "html", "chat"})


class SimilarQuery(msgspec.Struct):
    """Like which item, or like which phrase; `limit` at most 500."""

    item: int | None = None
    text: str | None = None
    limit: int = 50


@endpoint("GET", "/projects/{p}/similar", "item.list", query=SimilarQuery, reply=ItemsPage)
def list_similar(call: Call) -> ItemsPage:
    """The items most like an item (by its texts, else its image) or a phrase, with their similarity from 0 to 1."""
    query: SimilarQuery = call.query
    if (query.item is None) == (query.text is None):
        raise Invalid("Give either item or text.", place="item")
    limit = max(1, min(query.limit, similar.MAX_HITS))
    project = call.workspace.projects.get(call.project_id)
    hits = (
        _like_text(call, project, query.text, None, limit) if query.text else _like_item(call, project, query.item or 0, limit)
    )
    scores = dict(hits)

    def rows(c: Connection) -> ItemsPage:
        found = RowsSql(c, project, call.workspace.task_types).rows([item for item, _ in hits])
        for row in found:
            row.similarity = round(scores[row.id], 6)
        return ItemsPage(found, len(found))

    return call.workspace.db.read(rows)


def _like_item(call: Call, project: Project, item_id: int, limit: int) -> similar.Hits:
    found = call.workspace.db.read(lambda c: Look(c).item(item_id)) if project_of(item_id) == project.id else None
    if found is None:
        raise NotFound(f"There is no item {item_id} in this project.", place="item")
    texts = [f.name for f in project.spec.fields if f.kind in _TEXTS]
    data = msgspec.json.decode(found[0].data)
    text = searchable({name: data[name] for name in texts if name in data}, None)
    if text.strip():
        return _like_text(call, project, text, item_id, limit)
    call.workspace.data.vectors.missing(project)
    return call.workspace.data.vectors.like(project, item_id, limit)


def _like_text(call: Call, project: Project, text: str, item_id: int | None, limit: int) -> similar.Hits:
    return call.workspace.db.read(lambda c: similar.by_text(FtsSql(c), project.id, text, item_id, limit))

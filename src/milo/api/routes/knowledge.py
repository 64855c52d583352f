"""Knowledge bases of a project: bring one, list them, search names and aliases, look entries up by their ids."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.flow.knowledge import Entry, Hit, Refused
from milo.infra.sql.knowledge import KnowledgeSql


class KnowledgeText(msgspec.Struct):
    """A knowledge base: its name, and its entries as CSV, TSV, JSON or JSON Lines with id, name, aliases (a list, or a text
    with | between them) and description. `format`: told by the beginning of the text where it is not given."""

    name: str
    text: str
    format: str | None = None


class Brought(msgspec.Struct):
    """How many entries a base has now, and the first rows that are none."""

    name: str
    n: int
    bad: list[Refused]


class KnowledgeLine(msgspec.Struct):
    """A knowledge base in use."""

    name: str
    n: int
    created_at: float


class NameQuery(msgspec.Struct):
    """Which knowledge base."""

    name: str


class SearchQuery(msgspec.Struct):
    """Which knowledge base, and what is looked for."""

    name: str
    q: str
    limit: int = 10


class EntriesQuery(msgspec.Struct):
    """Which entries: their ids with commas between them."""

    name: str
    ids: str = ""


@endpoint("POST", "/projects/{p}/knowledge", "project.edit", body=KnowledgeText, reply=Brought)
def bring_knowledge(call: Call) -> Brought:
    """Bring a knowledge base; it takes the place of one of the same name once all of it is read."""
    body: KnowledgeText = call.body
    n, bad = call.workspace.knowledge.bring(call.project_id, body.name, body.text, body.format, call.actor.user_id)
    return Brought(body.name, n, bad)


@endpoint("GET", "/projects/{p}/knowledge", "project.view", reply=list[KnowledgeLine])
def list_knowledge(call: Call) -> list[KnowledgeLine]:
    """The knowledge bases of the project."""
    found = call.workspace.db.read(lambda c: KnowledgeSql(c).listing(call.project_id))
    return [KnowledgeLine(name, n, at) for _, name, n, at in found]


@endpoint("DELETE", "/projects/{p}/knowledge", "project.edit", query=NameQuery, status=204)
def remove_knowledge(call: Call) -> Response:
    """Remove a knowledge base. Ids that are stored with answers stay as they are."""
    call.workspace.knowledge.remove(call.project_id, call.query.name)
    return Response(status_code=204)


@endpoint("GET", "/projects/{p}/knowledge/search", "project.view", query=SearchQuery, reply=list[Hit])
def search_knowledge(call: Call) -> list[Hit]:
    """What some words may mean: entries by name and alias, best first."""
    query: SearchQuery = call.query
    return call.workspace.knowledge.search(call.project_id, query.name, query.q, query.limit)


@endpoint("GET", "/projects/{p}/knowledge/entries", "project.view", query=EntriesQuery, reply=list[Entry])
def list_entries(call: Call) -> list[Entry]:
    """Entries by their ids; those that are not there are left out."""
    query: EntriesQuery = call.query
    return call.workspace.knowledge.entries(call.project_id, query.name, [k for k in query.ids.split(",") if k])

"""Connected models: which there are, what they can do, adding and testing one. A key goes in and never comes out."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden
from milo.infra.connections import Connections, Entered
from milo.infra.probing import Check
from milo.infra.sql.connections import ConnectionRow
from milo.kinds.provider import Abilities

_MANAGES = ("owner", "manager")


class AbilitiesView(msgspec.Struct):
    """What a connection can do: null where nobody knows yet."""

    structured: bool | None = None
    images: bool | None = None
    audio: bool | None = None
    documents: bool | None = None
    logprobs: bool | None = None
    streaming: bool | None = None
    tools: bool | None = None
    batch: bool | None = None


class PresetView(msgspec.Struct):
    """A ready-made start for the form."""

    name: str
    title: str
    config: dict[str, Any]
    needs_key: bool
    local: bool
    models: list[str]
    hint: str


class ProviderView(msgspec.Struct):
    """A kind of server that can be connected. `extra`: what has to be installed for it, with `missing` the command where it is
    not; `fields`: its settings by name, with a line each; `takes_model`: it wants the name of a model."""

    name: str
    title: str
    local: bool
    needs_key: bool
    takes_model: bool
    extra: str
    missing: str | None
    fields: dict[str, str]
    defaults: dict[str, Any]
    abilities: AbilitiesView
    presets: list[PresetView]


class ProbeView(msgspec.Struct):
    """What the last test found. `ok`: the server answers."""

    at: float
    ok: bool
    seconds: float
    checks: list[Check]
    abilities: dict[str, bool | None]
    model: str = ""
    cost: float | None = None
    models: list[str] = []


class ConnectionView(msgspec.Struct):
    """A connected model. `config`, `limits` and `probe` are told to owners only; its key to nobody: `has_key` says whether
    there is one. `prices` are for a million tokens."""

    id: int
    name: str
    plugin: str
    title: str
    model: str
    local: bool
    enabled: bool
    abilities: AbilitiesView
    prices: dict[str, Any]
    tested: bool
    ok: bool | None
    has_key: bool
    created_at: float
    config: dict[str, Any] | None = None
    limits: dict[str, Any] | None = None
    probe: ProbeView | None = None


class NewConnection(msgspec.Struct):
    """A model to connect. `plugin`: one of /providers. `key` is stored encrypted and never shown. `local`: its model runs on
    this machine or one of yours, so that projects which allow "local" models may use it; null: as the address suggests."""

    name: str
    plugin: str
    model: str = ""
    config: dict[str, Any] = {}
    key: str | None = None
    limits: dict[str, Any] = {}
    prices: dict[str, Any] = {}
    local: bool | None = None


class ChangeConnection(msgspec.Struct):
    """What to change. `key` null forgets the key; a new address wants the key again."""

    name: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    config: dict[str, Any] | UnsetType = UNSET
    key: str | UnsetType | None = UNSET
    limits: dict[str, Any] | UnsetType = UNSET
    prices: dict[str, Any] | UnsetType = UNSET
    local: bool | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class Emptied(msgspec.Struct):
    """How many kept answers were forgotten."""

    forgotten: int


@endpoint("GET", "/connections", "self", reply=list[ConnectionView])
def list_connections(call: Call) -> list[ConnectionView]:
    """The connected models, for owners and for managers of a project."""
    owner = call.actor.role == "owner"
    roles = {call.actor.role, *call.workspace.auth.memberships(call.actor.user_id).values()}
    if not owner and not roles & set(_MANAGES):
        raise Forbidden("Connected models are shown to managers of projects.")
    known = Connections(call.workspace)
    return [_view(known, row, owner) for row in known.all()]


@endpoint("GET", "/providers", "workspace.manage", reply=list[ProviderView])
def list_providers(call: Call) -> list[ProviderView]:
    """The kinds of servers that can be connected, with the settings of each."""
    return [_provider(p) for p in call.workspace.registry.providers.all()]


@endpoint("POST", "/connections", "workspace.manage", body=NewConnection, reply=ConnectionView, status=201)
def add_connection(call: Call) -> ConnectionView:
    """Connect a model. Nothing is sent to it before it is tested or used."""
    given = msgspec.convert(call.body, Entered, from_attributes=True)
    known = Connections(call.workspace)
    return _view(known, known.add(given, call.actor.user_id), True)


@endpoint("GET", "/connections/{k}", "workspace.manage", reply=ConnectionView)
def get_connection(call: Call) -> ConnectionView:
    """One of them."""
    known = Connections(call.workspace)
    return _view(known, known.get(call.params["k"]), True)


@endpoint("PATCH", "/connections/{k}", "workspace.manage", body=ChangeConnection, reply=ConnectionView)
def change_connection(call: Call) -> ConnectionView:
    """Change a connection; calls in flight end as they began."""
    names = ChangeConnection.__struct_fields__
    changes = {name: getattr(call.body, name) for name in names if getattr(call.body, name) is not UNSET}
    known = Connections(call.workspace)
    return _view(known, known.change(call.params["k"], changes), True)


@endpoint("DELETE", "/connections/{k}", "workspace.manage", status=204)
def delete_connection(call: Call) -> Response:
    """Remove a connection with its key and its kept answers. Its lines in the ledger stay."""
    Connections(call.workspace).remove(call.params["k"])
    return Response(status_code=204)


@endpoint("POST", "/connections/{k}/test", "workspace.manage", reply=ProbeView)
async def test_connection(call: Call) -> ProbeView:
    """Try out with a few tiny calls what the server can and cannot do, and keep the report."""
    known = Connections(call.workspace)
    work = known.test(call.params["k"], call.actor.user_id)
    report = await asyncio.wrap_future(call.workspace.gateway.run(work))
    return msgspec.convert(report, ProbeView, from_attributes=True)


@endpoint("POST", "/connections/{k}/forget-answers", "workspace.manage", reply=Emptied)
def forget_answers(call: Call) -> Emptied:
    """Forget the kept answers of a connection, so that every question is asked anew."""
    return Emptied(Connections(call.workspace).empty_cache(call.params["k"]))


def _view(known: Connections, row: ConnectionRow, owner: bool) -> ConnectionView:
    registry = known.ws.registry.providers
    title = registry.get(row.plugin).title if row.plugin in registry else row.plugin
    probe = None if row.probe is None else msgspec.convert(row.probe, ProbeView)
    view = ConnectionView(
        row.id, row.name, row.plugin, title, row.model, row.local, row.enabled, _abilities(known.abilities(row)), row.prices,
        probe is not None, probe.ok if probe else None, row.secret is not None, row.created_at,
    )  # fmt: skip
    if owner:
        view.config, view.limits, view.probe = row.config, row.limits, probe
    return view


def _abilities(found: Abilities) -> AbilitiesView:
    return msgspec.convert(found, AbilitiesView, from_attributes=True)


def _provider(plugin: Any) -> ProviderView:
    presets = [
        PresetView(p.name, p.title, p.config, p.needs_key, p.local, list(p.models), p.hint)
        for p in getattr(plugin, "presets", ())
    ]
    lacks = [m for m in getattr(plugin, "requires", ()) if find_spec(m.split(".", 1)[0]) is None]
    missing = f'pip install "milo[{plugin.extra}]"' if lacks else None
    return ProviderView(
        plugin.name, plugin.title, plugin.local, plugin.needs_key, "model" in plugin.fields, plugin.extra, missing,
        {k: v for k, v in plugin.fields.items() if k != "model"}, dict(getattr(plugin, "defaults", {})),
        _abilities(plugin.abilities), presets,
    )  # fmt: skip

"""Connecting models: what may be entered, how a key is kept, what a connection is known to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Conflict, Invalid, InvalidConfig, NotFound
from milo.infra.probing import Report, probe
from milo.infra.providers.counting import read_prices
from milo.infra.providers.limits import read_limits
from milo.infra.sql.connections import ConnectionRow, ConnectionsSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.prompts import PromptsSql
from milo.kinds.asking import asks
from milo.kinds.provider import Abilities, Provider

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_KEPT_APART = ("local",)
_LONGEST_KEY = 10_000


class Entered(msgspec.Struct, frozen=True):
    """A connection as it is entered. `local` None: as its kind and address suggest."""

    name: str
    plugin: str
    model: str = ""
    config: dict[str, Any] = {}
    key: str | None = None
    limits: dict[str, Any] = {}
    prices: dict[str, Any] = {}
    local: bool | None = None


class Connections:
    """The connected models of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace

    def all(self) -> list[ConnectionRow]:
        """Every connection, by name."""
        return self.ws.db.read(lambda c: ConnectionsSql(c).all())

    def get(self, ident: int) -> ConnectionRow:
        """One of them. Raises NotFound."""
        row = self.ws.db.read(lambda c: ConnectionsSql(c).get(ident))
        if row is None:
            raise NotFound(f"There is no connected model {ident}.", place="k")
        return row

    def add(self, given: Entered, user_id: int | None) -> ConnectionRow:
        """Store a connection. Raises InvalidConfig, Conflict if the name is taken."""
        provider = self.ws.registry.providers.get(given.plugin)
        name = _checked_name(given.name)
        model, config = self._settle(provider, given.model, given.config)
        local = self._is_local(provider, config) if given.local is None else given.local
        read_limits(given.limits)
        read_prices(given.prices, local)
        secret = self.ws.gateway.secrets.seal(key) if (key := checked_key(given.key)) else None
        now = self.ws.clock()

        def store(c: Any) -> ConnectionRow:
            port = ConnectionsSql(c)
            self._check_free(port, name, None)
            ident = port.add(name, given.plugin, model, config, secret, given.limits, given.prices, local, user_id, now)
            found = port.get(ident)
            assert found is not None
            return found

        return self.ws.db.write(store)

    def change(self, ident: int, changes: dict[str, Any]) -> ConnectionRow:
        """Change some of `name`, `model`, `config`, `key` (None: forget it), `limits`, `prices`, `local`, `enabled`.

        A new address wants the key again, so that a key cannot be sent where it was not meant for.
        """
        row = self.get(ident)
        out = {k: v for k, v in changes.items() if k in ("limits", "prices", "local", "enabled")}
        if "name" in changes:
            out["name"] = _checked_name(changes["name"])
        if "model" in changes or "config" in changes:
            provider = self.ws.registry.providers.get(row.plugin)
            given = changes.get("config", row.config)
            out["model"], out["config"] = self._settle(provider, changes.get("model", row.model), given)
            if row.secret and "key" not in changes and _address(out["config"]) != _address(row.config):
                raise Invalid("The address changed: enter the key again, so that it goes nowhere by mistake.", place="key")
        if "key" in changes:
            key = checked_key(changes["key"])
            out["secret"] = self.ws.gateway.secrets.seal(key) if key else None
        read_limits(out.get("limits", row.limits))
        read_prices(out.get("prices", row.prices), out.get("local", row.local))
        if {"model", "config", "secret"} & set(out):
            out["probe"] = None

        def store(c: Any) -> ConnectionRow:
            port = ConnectionsSql(c)
            self._check_free(port, out.get("name", row.name), ident)
            port.change(ident, out)
            found = port.get(ident)
            if found is None:
                raise NotFound(f"There is no connected model {ident}.", place="k")
            if (found.model, found.config) != (row.model, row.config):
                self._other_voice(c, row.name, found.model)
            return found

        changed = self.ws.db.write(store)
        self.ws.gateway.changed(row.name)
        return changed

    def _other_voice(self, c: Any, name: str, model: str) -> None:
        """Models that ask this connection are others from now on: what was promised of them is about the former."""
        known = self.ws.registry.predictors
        for row in ModelsSql(c).in_use():
            plugin = known.get(row.plugin) if row.plugin in known else None
            if asks(plugin) and name in plugin.connections(row.config):
                note = f'The connection "{name}" was changed; it speaks for {model} now.'
                PromptsSql(c).add(row.id, row.config, note, None, self.ws.clock())

    def remove(self, ident: int) -> None:
        """Remove a connection, its key and its kept answers; the ledger stays."""
        row = self.get(ident)
        self.ws.db.write(lambda c: ConnectionsSql(c).delete(ident))
        self.ws.gateway.changed(row.name)

    def empty_cache(self, ident: int) -> int:
        """Forget the kept answers; how many there were."""
        row = self.get(ident)
        self.ws.gateway.flush()
        return self.ws.db.write(lambda c: ConnectionsSql(c).empty_cache(row.id))

    async def test(self, ident: int, user_id: int | None) -> Report:
        """Try out what the server can do and keep the report. Runs on the gateway's loop."""
        row = self.get(ident)
        provider = self.ws.registry.providers.get(row.plugin)
        report = await probe(self.ws.gateway, row, provider, user_id)
        kept = {"probe": msgspec.to_builtins(report)}
        await self.ws.db.write_through(lambda c: ConnectionsSql(c).change(ident, kept))
        return report

    def abilities(self, row: ConnectionRow) -> Abilities:
        """What the connection can do: as it was tried, else as its kind is known."""
        if row.plugin not in self.ws.registry.providers:
            return Abilities()
        known = self.ws.registry.providers.get(row.plugin).abilities
        tried = (row.probe or {}).get("abilities", {})
        return msgspec.structs.replace(known, **{k: v for k, v in tried.items() if v is not None})

    def _settle(self, provider: Provider, model: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The name of the model and the completed config."""
        named = "model" in provider.fields
        given = {k: v for k, v in config.items() if k != "model"}
        if named and not model.strip():
            raise InvalidConfig("Enter the name of the model, as the server knows it.", place="model")
        done = provider.check_config({**given, "model": model.strip()} if named else given)
        return model.strip(), {k: v for k, v in done.items() if k != "model"}

    def _is_local(self, provider: Provider, config: dict[str, Any]) -> bool:
        told = getattr(provider, "is_local", None)
        return provider.local or (told is not None and bool(told(config)))

    def _check_free(self, port: ConnectionsSql, name: str, but: int | None) -> None:
        found = port.by_name(name)
        if found is not None and found.id != but:
            raise Conflict(f'There is a connected model "{name}" already. Choose another name.', place="name")


def money_of(workspace: Workspace, names: Iterable[str]) -> tuple[bool, str]:
    """Whether what these connections take can be told as one sum of money, and its currency: all prices are known, and in the
    same currency ("" where they differ)."""
    known, currencies = True, list[str]()
    for name in names:
        try:
            row = workspace.gateway.connection(name)
        except (NotFound, Conflict):
            known = False
            continue
        prices = read_prices(row.prices, row.local)
        known = known and prices.known()
        currencies.append(prices.currency)
    if len(set(currencies)) > 1:
        return False, ""
    return known, currencies[0] if currencies else "USD"


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in _KEPT_APART:
        raise Invalid(
            f'"{name[:80]}" is no name for a connected model: up to 64 letters, digits, "-", "_" and ".", beginning with a '
            'letter or digit, and not "local", which stands for all models on this machine.',
            place="name",
        )
    return name


def checked_key(key: str | None) -> str | None:
    """The key without blanks around it; None for none. Raises Invalid, which never quotes it."""
    text = (key or "").strip()
    if not text:
        return None
    if len(text) > _LONGEST_KEY or not text.isascii() or not text.isprintable():
        raise Invalid("The key holds characters that no key has. Copy it again.", place="key")
    return text


def _address(config: dict[str, Any]) -> Any:
    return config.get("base_url"), config.get("key_header")

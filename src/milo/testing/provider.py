"""What every provider must keep, as plain assertions for any test runner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from milo.domain.errors import InvalidConfig, MiloError
from milo.kinds.provider import Abilities, Client, Provider, Reply, Request


async def check_provider(plugin: Provider, config: dict[str, Any], key: str | None, request: Request, folder: Path) -> Reply:
    """Hold a provider to its promises on a config and a request that it can answer; returns the whole answer."""
    for name in ("name", "title"):
        assert isinstance(getattr(plugin, name, None), str) and getattr(plugin, name), f"{plugin!r} needs a text {name}"  # noqa: PT018
    assert isinstance(plugin.local, bool), "local must say whether data stay on this machine"
    assert isinstance(plugin.abilities, Abilities), "abilities must be told, None where nobody knows"
    assert all(isinstance(v, str) and v for v in plugin.fields.values()), "each setting needs a line for the form"
    settled = plugin.check_config(config)
    assert plugin.check_config(settled) == settled, "check_config must leave a completed config as it is"
    assert msgspec.json.decode(msgspec.json.encode(settled)) == settled, "a config must survive JSON"
    assert set(settled) <= set(plugin.fields), f"settings without a line for the form: {set(settled) - set(plugin.fields)}"
    _refuses_unknown(plugin, settled)
    client = plugin.connect(settled, key, folder)
    try:
        return await _check_answers(client, request, key)
    finally:
        await client.close()


def _refuses_unknown(plugin: Provider, settled: dict[str, Any]) -> None:
    try:
        plugin.check_config({**settled, "no_such_setting": 1})
    except InvalidConfig:
        return
    raise AssertionError("check_config must refuse a setting that it does not know, with InvalidConfig")


async def _check_answers(client: Client, request: Request, key: str | None) -> Reply:
    try:
        reply = await client.complete(request)
        pieces = [piece async for piece in client.stream(request)]
    except MiloError:
        raise
    except Exception as error:  # what a plug-in may not do is what is looked for
        raise AssertionError(
            f"a client may raise errors of milo.domain.errors only, not {type(error).__name__}: {error}"
        ) from error
    assert isinstance(reply, Reply), "complete must give a Reply"
    assert reply.usage.input >= 0, "tokens are counts"
    assert reply.usage.output >= 0, "tokens are counts"
    assert pieces, "a stream must have a last piece"
    last = pieces[-1].reply
    assert last is not None, "the last piece of a stream must carry the whole reply"
    assert all(piece.reply is None for piece in pieces[:-1]), "only the last piece may carry the reply"
    told = "".join(piece.text for piece in pieces)
    assert told.strip() == last.text.strip(), f"the pieces must make up the answer: {told!r} is not {last.text!r}"
    assert not key or key not in reply.text, "an answer must not hold the key"
    return reply

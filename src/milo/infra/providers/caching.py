"""Keeps answers by content: the same request to the same model is sent once.

A request that asks for variety (a temperature without a seed) is always sent, since a kept answer would be the same each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Protocol

import msgspec

from milo.infra.providers.checking import flaw
from milo.kinds.provider import Client, Piece, Reply, Request


class Shelf(Protocol):
    """Where answers are kept."""

    def get(self, key: bytes) -> bytes | None:
        """What is kept under the key."""
        ...

    def put(self, key: bytes, value: bytes) -> None:
        """Keep it, soon."""
        ...


def asks_for_variety(request: Request) -> bool:
    """Whether the request wants another answer each time."""
    return bool(request.temperature) and request.seed is None


def cache_key(request_hash: bytes, *context: str | int | None) -> bytes:
    """The key of a request in its context: provider, model, address, whatever makes the answer another one."""
    return hashlib.blake2b(msgspec.msgpack.encode((request_hash, *context)), digest_size=20).digest()


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Reply).decode


class Cached:
    """A client for one request, whose key is known already."""

    def __init__(self, client: Client, shelf: Shelf, key: bytes) -> None:
        self._client, self._shelf, self._key = client, shelf, key

    async def complete(self, request: Request) -> Reply:
        """The kept answer, or a new one, which is kept."""
        kept = self._shelf.get(self._key)
        if kept is not None:
            return _told(kept)
        reply = await self._client.complete(request)
        self._keep(request, reply)
        return reply

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The kept answer in one piece, or a new one."""
        kept = self._shelf.get(self._key)
        if kept is not None:
            reply = _told(kept)
            yield Piece(reply.text, reply)
            return
        async for piece in self._client.stream(request):
            if piece.reply is not None:
                self._keep(request, piece.reply)
            yield piece

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    def _keep(self, request: Request, reply: Reply) -> None:
        if reply.finish in ("stop", "tool") and flaw(request, reply) is None:
            self._shelf.put(self._key, _encode(reply))


def _told(kept: bytes) -> Reply:
    """A kept answer costs nothing."""
    reply = _decode(kept)
    return msgspec.structs.replace(reply, from_cache=True, cost=0.0, seconds=0.0)

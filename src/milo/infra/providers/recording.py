"""Records calls as JSON lines: the request's fingerprint, the request with its media as hashes, and the reply.

The provider `replay` answers from such a file, so that a rehearsal or a test needs neither the server nor its price.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from milo.kinds.provider import Client, MediaPart, Message, Piece, Reply, Request, fingerprint

_encode = msgspec.json.Encoder().encode


class Recording:
    """A client that writes each finished call as a line."""

    def __init__(self, client: Client, write: Callable[[bytes], None], clock: Callable[[], float] = time.time) -> None:
        self._client, self._write, self._clock = client, write, clock

    async def complete(self, request: Request) -> Reply:
        """The whole answer, recorded."""
        reply = await self._client.complete(request)
        self._note(request, reply)
        return reply

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece; recorded once it is whole."""
        async for piece in self._client.stream(request):
            if piece.reply is not None:
                self._note(request, piece.reply)
            yield piece

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    def _note(self, request: Request, reply: Reply) -> None:
        line = {
            "hash": fingerprint(request).hex(),
            "at": round(self._clock(), 3),
            "request": without_media(request),
            "reply": reply,
        }
        self._write(_encode(line) + b"\n")


def without_media(request: Request) -> dict[str, Any]:
    """The request as plain data, each picture or sound as its type, length and hash."""
    turns = [msgspec.structs.replace(m, parts=()) for m in request.messages]
    out = msgspec.to_builtins(msgspec.structs.replace(request, messages=tuple(turns)))
    for turn, message in zip(out["messages"], request.messages, strict=True):
        turn["parts"] = _parts(message)
    return out


def _parts(message: Message) -> list[dict[str, Any]]:
    return [
        {"kind": "media", "mime": p.mime, "bytes": len(p.data), "sha256": hashlib.sha256(p.data).hexdigest()}
        if isinstance(p, MediaPart)
        else {"kind": "text", "text": p.text}
        for p in message.parts
    ]

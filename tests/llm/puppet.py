"""A provider that a test pulls the strings of: it says these pieces, waits as told, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from milo.domain.errors import Unreachable
from milo.infra.sql.connections import ConnectionsSql
from milo.kinds.provider import Abilities, Client, Piece, Reply, Request, Usage, text_of

CUT = object()
"""Among the pieces: the line is cut here."""
HANG = object()
"""Among the pieces: nothing more comes, ever."""


class Puppet:
    """The provider and its client in one. `says` is a list of answers, each a list of pieces; the last one is repeated."""

    name = "puppet"
    title = "Puppet"
    local = True
    needs_key = False
    extra = ""
    fields: dict[str, str] = {}
    abilities = Abilities(structured=True, images=True, streaming=True)

    def __init__(self, *says: Iterable[Any]) -> None:
        self.reset(*says)

    def reset(self, *says: Iterable[Any]) -> None:
        """As new."""
        self.says: list[Any] = list(says)
        self.asked: list[Request] = []
        self.ended: list[str] = []
        self.pause = 0.0
        self.streams = True

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        return config

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        return self

    async def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        return Reply("".join(self._next()), Usage(10, 10), model="puppet")

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        self.asked.append(request)
        said: list[str] = []
        how = "left"
        try:
            for piece in self._next():
                await asyncio.sleep(self.pause)
                if piece is HANG:
                    await asyncio.Event().wait()
                if piece is CUT:
                    raise Unreachable("The line was cut.")
                said.append(piece)
                if self.streams:
                    yield Piece(piece)
            yield Piece(reply=Reply("".join(said), Usage(10, 10), model="puppet"))
            how = "whole"
        finally:
            self.ended.append(how)

    async def close(self) -> None:
        return None

    def _next(self) -> Iterable[Any]:
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]

    @property
    def read(self) -> str:
        """All that the model was sent last."""
        return "\n".join(text_of(m) for m in self.asked[-1].messages)


def connect(ws: Any, puppet: Puppet, name: str = "model", *, local: bool = True, probe: dict[str, Any] | None = None) -> None:
    """Put the puppet on the shelf and connect it under a name."""
    if "puppet" not in ws.registry.providers:
        ws.registry.providers.add(puppet)
    ws.db.write(lambda c: ConnectionsSql(c).add(name, "puppet", "", {}, None, {}, {}, local, None, 0.0))
    if probe is not None:
        import msgspec

        text = msgspec.json.encode(probe).decode()
        ws.db.write(lambda c: c.execute("UPDATE connection SET probe = ? WHERE name = ?", (text, name)))

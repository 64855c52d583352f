"""A provider with a batch service, as a plug-in: what is left with it stays there whatever becomes of us."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.errors import ModelRefused
from milo.kinds.provider import Abilities, BatchLine, BatchState, Piece, Reply, Request, Usage, text_of


class Mailbox:
    """The far side: batches by id. `ready`: whether they are answered yet; `say` gives the text of an answer."""

    def __init__(self) -> None:
        self.batches: dict[str, list[tuple[str, Request]]] = {}
        self.cancelled: set[str] = set()
        self.ready = True
        self.usage = Usage(100, 10)
        self.say: Any = lambda text: {"mood": "praise", "confidence": 0.8}

    @property
    def sizes(self) -> list[int]:
        """How many requests each batch had."""
        return [len(batch) for batch in self.batches.values()]


class Box:
    """Our side of it."""

    def __init__(self, far: Mailbox) -> None:
        self.far = far

    async def complete(self, request: Request) -> Reply:
        raise ModelRefused("Only batches here.")

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        raise ModelRefused("Only batches here.")
        yield Piece()

    async def close(self) -> None:
        """Nothing is open."""

    async def batch_submit(self, requests: Sequence[tuple[str, Request]]) -> str:
        ident = f"batch-{len(self.far.batches) + 1}"
        self.far.batches[ident] = list(requests)
        return ident

    async def batch_state(self, batch_id: str) -> BatchState:
        if batch_id in self.far.cancelled:
            return BatchState(batch_id, "cancelled")
        return BatchState(batch_id, "done" if self.far.ready else "running")

    async def batch_results(self, batch_id: str) -> AsyncIterator[BatchLine]:
        for key, request in reversed(self.far.batches[batch_id]):
            said = self.far.say(text_of(request.messages[-1]))
            if isinstance(said, str):
                yield BatchLine(key, error=said)
            else:
                yield BatchLine(key, Reply(msgspec.json.encode(said).decode(), self.far.usage))

    async def batch_cancel(self, batch_id: str) -> None:
        self.far.cancelled.add(batch_id)


class MailboxProvider:
    """Batches in memory."""

    name = "mailbox"
    title = "Mailbox"
    local = True
    needs_key = False
    extra = ""
    fields: dict[str, str] = {}
    abilities = Abilities(structured=True, batch=True)

    def __init__(self, far: Mailbox) -> None:
        self.far = far

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """Nothing to set."""
        return config

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Box:
        """Our side."""
        return Box(self.far)

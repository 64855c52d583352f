"""Counting: how many tokens a request takes before it is sent, and what an answer cost once it is there.

Three counts serve three ends: a likely one for estimates and rate limits, an upper bound for budgets, and the server's own for
the bill; where a server is silent, the likely one is used and marked as estimated.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from milo.domain.errors import InvalidConfig
from milo.kinds.provider import Client, MediaPart, PerSchema, Piece, Reply, Request, TextPart, Usage

_PER_TURN = 8
_CHARACTERS_PER_TOKEN = 4
_PAGE_TOKENS, _SOUND_BYTES_PER_TOKEN = 2_000, 250


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Money for a million tokens, None where it is not known. `cached`: of the input that the server remembered (None: as
    other input). `batch`: what part of the price a batch costs. `image_tokens`: the most that one image counts for."""

    input: float | None = None
    output: float | None = None
    cached: float | None = None
    batch: float = 0.5
    image_tokens: int = 2_000
    currency: str = "USD"

    def known(self) -> bool:
        """Whether money can be told."""
        return self.input is not None and self.output is not None


class Worst(msgspec.Struct, frozen=True):
    """The most that a call can take. `money` None: no prices are known. `output`: what of the tokens may come out."""

    tokens: int
    money: float | None
    likely_input: int = 0
    output: int = 0


def read_prices(given: dict[str, Any], local: bool) -> Prices:
    """Prices as stored; a model on this machine costs nothing unless they say otherwise. Raises InvalidConfig."""
    try:
        found = msgspec.convert(given, Prices)
    except msgspec.ValidationError as error:
        raise InvalidConfig(f"The prices do not fit: {error}.", place="prices") from error
    numbers = (found.input, found.output, found.cached, found.batch, float(found.image_tokens))
    if any(n is not None and not (0 <= n < math.inf) for n in numbers):
        raise InvalidConfig("Prices are numbers of 0 or more, for a million tokens.", place="prices")
    if local and found.input is None and found.output is None:
        return msgspec.structs.replace(found, input=0.0, output=0.0)
    return found


def likely_tokens(request: Request, image_tokens: int = 1_000) -> int:
    """A likely number of input tokens: a quarter of the characters, and so much for each picture."""
    letters, media = 0, 0
    for message in request.messages:
        for part in message.parts:
            if isinstance(part, TextPart):
                letters += len(part.text)
            else:
                media += _media_tokens(part, image_tokens)
    letters += _schema_length(request)
    return letters // _CHARACTERS_PER_TOKEN + media + _PER_TURN * len(request.messages) + 1


def most_tokens(request: Request, image_tokens: int) -> int:
    """An upper bound of the input tokens. No tokenizer in use makes more tokens than the text has bytes."""
    size, media = 0, 0
    for message in request.messages:
        size += sum(len(call.name) + len(call.arguments.encode()) for call in message.tool_calls)
        for part in message.parts:
            if isinstance(part, TextPart):
                size += len(part.text) if part.text.isascii() else len(part.text.encode("utf-8", "surrogatepass"))
            else:
                media += _media_tokens(part, image_tokens)
    return size + _schema_length(request) + media + 2 * _PER_TURN * len(request.messages) + 64


def worst_case(request: Request, prices: Prices) -> Worst:
    """The most that a call can take: the upper bound of what goes in, and all of what may come out."""
    given = most_tokens(request, prices.image_tokens)
    money = None
    if prices.input is not None and prices.output is not None:
        money = (given * prices.input + request.max_tokens * prices.output) / 1e6
    return Worst(given + request.max_tokens, money, likely_tokens(request, prices.image_tokens), request.max_tokens)


def cost_of(usage: Usage, prices: Prices) -> float | None:
    """What this many tokens cost; None where no prices are known."""
    if prices.input is None or prices.output is None:
        return None
    cached = prices.input if prices.cached is None else prices.cached
    fresh = max(0, usage.input - usage.cached)
    return (fresh * prices.input + usage.cached * cached + usage.output * prices.output) / 1e6


class Counted:
    """A client whose replies carry tokens, money and seconds."""

    def __init__(self, client: Client, prices: Prices, model: str) -> None:
        self._client, self._prices, self._model = client, prices, model

    async def complete(self, request: Request) -> Reply:
        """The whole answer, counted."""
        began = time.monotonic()
        return self.counted(request, await self._client.complete(request), time.monotonic() - began)

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece; the last one is counted."""
        began = time.monotonic()
        async for piece in self._client.stream(request):
            if piece.reply is None:
                yield piece
            else:
                yield Piece(piece.text, self.counted(request, piece.reply, time.monotonic() - began))

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    def counted(self, request: Request, reply: Reply, seconds: float) -> Reply:
        """The reply with what the server left out."""
        usage = reply.usage
        if not usage.input and not usage.output:
            given = likely_tokens(request, self._prices.image_tokens)
            letters = len(reply.text) + sum(len(c.arguments) for c in reply.tool_calls)
            usage = Usage(given, letters // _CHARACTERS_PER_TOKEN + 1, estimated=True)
        return Reply(
            reply.text, usage, reply.finish, reply.model or self._model, reply.logprobs, reply.tool_calls, seconds,
            reply.from_cache, cost_of(usage, self._prices),
        )  # fmt: skip


def _media_tokens(part: MediaPart, image_tokens: int) -> int:
    if part.mime.startswith("image/"):
        return image_tokens
    if part.mime.startswith(("audio/", "video/")):
        return len(part.data) // _SOUND_BYTES_PER_TOKEN + 1
    return _PAGE_TOKENS * (1 + part.data.count(b"/Type /Page") + part.data.count(b"/Type/Page"))


def _schema_length(request: Request) -> int:
    size = 0 if request.json_schema is None else _length(request.json_schema)
    return size + sum(len(t.name) + len(t.description) + len(msgspec.json.encode(t.parameters)) for t in request.tools)


def _encoded(schema: dict[str, Any]) -> int:
    return len(msgspec.json.encode(schema))


_length = PerSchema(_encoded)

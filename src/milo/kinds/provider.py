"""The kind `Provider`: a way to reach a language model. Caching, retrying, metering and masking are wrappers around any.

A provider turns a `Request` into its server's own words and the answer back into a `Reply`, and does nothing else. It never
fetches addresses found in data: media come as bytes. All of it is asynchronous, so that one thread keeps many calls in flight.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar
from urllib.parse import quote

import msgspec

T = TypeVar("T")
Speaker = Literal["system", "user", "assistant", "tool"]
Finish = Literal["stop", "length", "refused", "tool"]


class TextPart(msgspec.Struct, frozen=True, tag="text", tag_field="kind"):
    """A piece of text."""

    text: str


class MediaPart(msgspec.Struct, frozen=True, tag="media", tag_field="kind"):
    """A picture, a sound, a film or a document as bytes; `mime` such as image/png, audio/wav, application/pdf."""

    mime: str
    data: bytes
    name: str = ""


Part = TextPart | MediaPart


class ToolCall(msgspec.Struct, frozen=True):
    """A call of a tool that the model asks for; `arguments` is JSON text, as the model wrote it."""

    id: str
    name: str
    arguments: str


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One turn. `tool_calls` belong to an assistant's turn, `tool_call_id` to the tool's turn that answers one."""

    role: Speaker
    parts: tuple[Part, ...]
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class Tool(msgspec.Struct, frozen=True):
    """A tool that the model may ask for; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is asked of a model.

    `json_schema`: the answer must be JSON of this schema, enforced by the server where it can be, and checked by us
    always. `top_logprobs`: how many alternatives of each token to return (0: none). `max_tokens` bounds the answer.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 1024
    temperature: float | None = None
    seed: int | None = None
    json_schema: dict[str, Any] | None = None
    schema_name: str = "answer"
    top_logprobs: int = 0
    tools: tuple[Tool, ...] = ()
    stop: tuple[str, ...] = ()


class TokenLogprob(msgspec.Struct, frozen=True):
    """A token of the answer with its natural log probability, and the alternatives as (token, log probability)."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens of one call. `cached` is the part of `input` that the server charged less for; `estimated`: the server did not
    say, and this is our own count."""

    input: int = 0
    output: int = 0
    cached: int = 0
    estimated: bool = False


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finished answer. `seconds` from sending to the last byte; `from_cache`: nothing was sent; `cost` in the connection's
    currency, None where no prices are known."""

    text: str
    usage: Usage
    finish: Finish = "stop"
    model: str = ""
    logprobs: tuple[TokenLogprob, ...] | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    seconds: float = 0.0
    from_cache: bool = False
    cost: float | None = None


class Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a streamed answer; the last one carries the whole `reply`."""

    text: str = ""
    reply: Reply | None = None


class Abilities(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a server was seen to do (or its kind is known to): None where nobody knows yet."""

    structured: bool | None = None
    images: bool | None = None
    audio: bool | None = None
    documents: bool | None = None
    logprobs: bool | None = None
    streaming: bool | None = None
    tools: bool | None = None
    batch: bool | None = None


class BatchState(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a provider's batch is: `state` is waiting, running, done, failed, cancelled or expired."""

    id: str
    state: Literal["waiting", "running", "done", "failed", "cancelled", "expired"]
    done: int = 0
    failed: int = 0
    total: int = 0
    message: str = ""


class BatchLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer of a batch, under the key it was sent with: a reply, or what went wrong."""

    key: str
    reply: Reply | None = None
    error: str | None = None


class Allowance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a server said, with its last answer, of what is left: requests and tokens, and the seconds until there is more."""

    requests_left: float | None = None
    requests_reset: float | None = None
    tokens_left: float | None = None
    tokens_reset: float | None = None


class Client(Protocol):
    """An open connection to one model. Raises the ModelTrouble branch of `milo.domain.errors`, and MissingExtra.

    A client whose server tells what is left may have an attribute `allowance` (`Allowance | None`), set by each answer.
    """

    async def complete(self, request: Request) -> Reply:
        """The whole answer."""
        ...

    def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece; the last piece carries the reply. Closing the iterator ends the call."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


class BatchClient(Protocol):
    """A client that can also leave many requests with the provider, cheaper and slower."""

    async def batch_submit(self, requests: Sequence[tuple[str, Request]]) -> str:
        """Leave the keyed requests; the batch's id."""
        ...

    async def batch_state(self, batch_id: str) -> BatchState:
        """How far it is."""
        ...

    def batch_results(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """The answers of a finished batch, in any order."""
        ...

    async def batch_cancel(self, batch_id: str) -> None:
        """Give up on what has not been answered."""
        ...


class Preset(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ready-made start for a form: where this server usually is, whether it wants a key, and a word of advice."""

    name: str
    title: str
    config: dict[str, Any] = {}
    needs_key: bool = False
    local: bool = False
    models: tuple[str, ...] = ()
    hint: str = ""


class Provider(Protocol):
    """One kind of server. `local`: the data stays on this machine whatever the config says; `needs_key`: whether a key is
    usual; `extra`: the extra of Milo that installs what it needs ("" for none); `fields`: the settings of its config, by name
    with a line each, for forms (one named "model" is asked for apart); `abilities`: what is known of the kind before a server
    was tried. It may have `presets`, a tuple of `Preset`, `requires`,
    the modules that its extra brings, `is_local(config)`, which says whether an address is this machine,
    and `cached` False where an answer that was kept would be no rehearsal of the real thing."""

    name: str
    title: str
    local: bool
    needs_key: bool
    extra: str
    fields: dict[str, str]
    abilities: Abilities

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config completed by defaults. Raises InvalidConfig."""
        ...

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """A client; `folder` is a place for files that belong to it. Raises MissingExtra, InvalidConfig."""
        ...


SAYS = ' It says: "'
"""Stands between Milo's words and the server's own in the message of an error."""


def user(text: str) -> Message:
    """A user's turn of one text."""
    return Message("user", (TextPart(text),))


def system(text: str) -> Message:
    """A system turn of one text."""
    return Message("system", (TextPart(text),))


def assistant(text: str) -> Message:
    """An assistant's turn of one text."""
    return Message("assistant", (TextPart(text),))


def text_of(message: Message) -> str:
    """The text parts of a turn, joined."""
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


class PerSchema(Generic[T]):
    """What a function says of a JSON schema, worked out once for each schema object. Thousands of requests share one, and none
    changes it."""

    def __init__(self, look: Callable[[dict[str, Any]], T]) -> None:
        self._look = look
        self._known: dict[int, tuple[dict[str, Any], T]] = {}

    def __call__(self, schema: dict[str, Any]) -> T:
        """The same as the function itself."""
        found = self._known.get(id(schema))
        if found is None or found[0] is not schema:
            if len(self._known) >= 256:
                self._known.clear()
            found = self._known[id(schema)] = (schema, self._look(schema))
        return found[1]


_pack = msgspec.msgpack.Encoder().encode


def fingerprint(request: Request) -> bytes:
    """Sixteen bytes that stand for a request, the same on every machine and in every run. The order of keys in a schema
    counts, since a model reads it."""
    return hashlib.blake2b(_pack(request), digest_size=16).digest()


def without_key(text: str, key: str | None) -> str:
    """The text with the key taken out, however it was quoted: servers like to repeat what they were sent."""
    if not key or len(key) < 4:
        return text
    for form in {key, quote(key, safe=""), b64encode(key.encode()).decode(), json.dumps(key)[1:-1], key[:-4]}:
        if len(form) >= 8 or form == key:
            text = text.replace(form, "[key]")
    return text

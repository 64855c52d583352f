"""`anthropic`: Claude, over Anthropic's own SDK, with structured outputs, pictures, documents, tools and message batches.

Tested against servers that answer in the documented format, never with a live key. It tells no log probabilities.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from milo.builtin.providers._asking import FIELDS, JsonModes, Settings, in_words, plain_schema, settled
from milo.builtin.providers._http import trouble
from milo.builtin.providers._openai_wire import bare
from milo.domain.addresses import is_this_machine
from milo.domain.errors import BadAnswer, InvalidConfig, MiloError, MissingExtra, ModelRefused
from milo.kinds.provider import (
    Abilities,
    BatchLine,
    BatchState,
    Client,
    Finish,
    MediaPart,
    Message,
    Piece,
    Preset,
    Reply,
    Request,
    TextPart,
    ToolCall,
    Usage,
    text_of,
)

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_ADDRESS = "https://api.anthropic.com"
_FINISH: dict[str, Finish] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
    "tool_use": "tool",
}
_ABOUT_JSON = ("output_config", "output_format", "schema", "structured")
_STATES = {"in_progress": "running", "canceling": "running", "ended": "done"}


class AnthropicClient(JsonModes):
    """One of Anthropic's models."""

    def __init__(self, settings: Settings, key: str) -> None:
        super().__init__(settings.structured)
        try:
            import anthropic
        except ImportError:
            raise MissingExtra("Connecting to Anthropic", "anthropic") from None
        from milo.builtin.providers._httpx import careful_client

        self._sdk, self._settings, self._key = anthropic, settings, key
        self._http = careful_client(settings.answer_bytes)
        self._client: AsyncAnthropic = anthropic.AsyncAnthropic(
            api_key=key, base_url=settings.base_url, max_retries=0, timeout=None, http_client=self._http
        )
        self._dropped: set[str] = set()

    async def complete(self, request: Request) -> Reply:
        """The whole answer."""
        while True:
            try:
                message = await self._client.messages.create(**self._arguments(request))
            except Exception as error:  # noqa: BLE001 - the SDK's call
                if self._adapts(request, told := self._trouble(error)):
                    continue
                raise told from None
            return _reply(message, request)

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece."""
        while True:
            begun = False
            try:
                async with self._client.messages.stream(**self._arguments(request)) as stream:
                    async for text in stream.text_stream:
                        begun = True
                        yield Piece(text)
                    message = await stream.get_final_message()
            except Exception as error:  # noqa: BLE001 - the SDK's call
                told = self._trouble(error)
                if not begun and self._adapts(request, told):
                    continue
                raise told from None
            yield Piece(reply=_reply(message, request))
            return

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.close()

    async def models(self) -> list[str]:
        """The models that the key may use."""
        try:
            return [model.id async for model in self._client.models.list()]
        except Exception as error:  # noqa: BLE001 - the SDK's call
            raise self._trouble(error) from None

    async def batch_submit(self, requests: Sequence[tuple[str, Request]]) -> str:
        """Leave the keyed requests; the batch's id."""
        lines: list[Any] = []
        for key, request in requests:
            arguments = self._arguments(request)
            extra = arguments.pop("extra_body", {})
            lines.append({"custom_id": key, "params": {**arguments, **extra}})
        return (await self._try(self._client.messages.batches.create(requests=lines))).id

    async def batch_state(self, batch_id: str) -> BatchState:
        """How far it is."""
        found: Any = await self._try(self._client.messages.batches.retrieve(batch_id))
        n = found.request_counts
        failed = n.errored + n.expired + n.canceled
        state: Any = _STATES.get(found.processing_status, "running")
        if state == "done" and n.canceled and not n.succeeded:
            state = "cancelled"
        return BatchState(found.id, state, n.succeeded, failed, n.processing + n.succeeded + failed)

    async def batch_results(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """The answers of a finished batch, in any order."""
        lines: Any = await self._try(self._client.messages.batches.results(batch_id))
        async for line in lines:
            result = line.result
            if result.type == "succeeded":
                reply = _reply(result.message, Request(()))
                yield BatchLine(line.custom_id, msgspec.structs.replace(reply, text=bare(reply.text)))
            else:
                error = getattr(result, "error", None)
                said = getattr(getattr(error, "error", None), "message", None) or result.type
                yield BatchLine(line.custom_id, error=f"It was not answered: {said}"[:400])

    async def batch_cancel(self, batch_id: str) -> None:
        """Give up on what has not been answered."""
        await self._try(self._client.messages.batches.cancel(batch_id))

    async def _try(self, work: Any) -> Any:
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - the SDK's call
            raise self._trouble(error) from None

    def _arguments(self, request: Request) -> dict[str, Any]:
        turns, system = _turns(request), "\n\n".join(text_of(m) for m in request.messages if m.role == "system")
        out: dict[str, Any] = {"model": self._settings.model, "max_tokens": request.max_tokens, "messages": turns}
        if request.json_schema is not None:
            if self.json_mode(request) == "json_schema":
                out["output_config"] = {"format": {"type": "json_schema", "schema": plain_schema(request.json_schema)}}
            else:
                system = f"{system}\n\n{in_words(request)}".strip()
        if system:
            out["system"] = system
        if request.stop:
            out["stop_sequences"] = list(request.stop)
        if request.tools:
            out["tools"] = [{"name": t.name, "description": t.description, "input_schema": t.parameters} for t in request.tools]
        if request.temperature is not None and "temperature" not in self._dropped:
            out["extra_body"] = {"temperature": request.temperature}
        return out

    def _adapts(self, request: Request, error: MiloError) -> bool:
        if not isinstance(error, ModelRefused):
            return False
        said = error.message.lower()
        if "temperature" in said and request.temperature is not None and "temperature" not in self._dropped:
            self._dropped.add("temperature")
            return True
        return self.refused(request, said, _ABOUT_JSON)

    def _trouble(self, error: Any) -> MiloError:
        from milo.builtin.providers._httpx import from_transport

        if isinstance(error, self._sdk.APIStatusError):
            body = error.response.content if error.response.is_closed else b""
            status = error.response.status_code
            if status == 200:  # an error inside a stream
                return trouble(_status_in(error.body), {}, msgspec.json.encode(error.body), self._key, self._settings.base_url)
            return trouble(status, error.response.headers, body, self._key, self._settings.base_url)
        found = from_transport(error, self._settings.base_url, self._key)
        if found is not None:
            return found
        return BadAnswer(f"The answer of {self._settings.base_url} cannot be read ({type(error).__name__}).")


def _status_in(body: Any) -> int:
    kind = body.get("error", {}).get("type") if isinstance(body, dict) and isinstance(body.get("error"), dict) else None
    return {"overloaded_error": 529, "rate_limit_error": 429, "invalid_request_error": 400}.get(str(kind), 500)


def _turns(request: Request) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for message in request.messages:
        if message.role == "system":
            continue
        if message.role == "tool":
            blocks: list[Any] = [
                {"type": "tool_result", "tool_use_id": message.tool_call_id or "", "content": text_of(message)}
            ]
            out.append({"role": "user", "content": blocks})
        else:
            out.append({"role": message.role, "content": _blocks(message)})
    return out


def _blocks(message: Message) -> Any:
    if len(message.parts) == 1 and isinstance(message.parts[0], TextPart) and not message.tool_calls:
        return message.parts[0].text
    blocks = [_block(p) for p in message.parts]
    for call in message.tool_calls:
        blocks.append(
            {"type": "tool_use", "id": call.id, "name": call.name, "input": msgspec.json.decode(call.arguments or "{}")}
        )
    return blocks


def _block(part: TextPart | MediaPart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if part.mime.startswith("image/") or part.mime == "application/pdf":
        source = {"type": "base64", "media_type": part.mime, "data": b64encode(part.data).decode()}
        return {"type": "image" if part.mime.startswith("image/") else "document", "source": source}
    raise ModelRefused(f"Anthropic's models take pictures and PDF files, not {part.mime}.", sent=False)


def _reply(message: Any, request: Request) -> Reply:
    from milo.builtin.providers._httpx import strict_json

    try:
        text = "".join(block.text for block in message.content if block.type == "text")
        calls = tuple(ToolCall(b.id, b.name, strict_json(b.input)) for b in message.content if b.type == "tool_use")
        used = message.usage
        cached = used.cache_read_input_tokens or 0
        given = used.input_tokens + cached + (used.cache_creation_input_tokens or 0)
        finish = _FINISH.get(message.stop_reason or "", "stop")
        usage = Usage(int(given), int(used.output_tokens), int(cached))
    except (AttributeError, TypeError, ValueError):
        raise BadAnswer("The answer is not in Anthropic's format. Is the address right?", raw=str(message)[:500]) from None
    if request.json_schema is not None:
        text = bare(text)
    return Reply(text, usage, finish, str(message.model or ""), None, calls)


class Anthropic:
    """Claude."""

    name = "anthropic"
    title = "Anthropic"
    local = False
    needs_key = True
    extra = "anthropic"
    requires = ("anthropic",)
    fields = FIELDS
    abilities = Abilities(
        structured=True, images=True, documents=True, audio=False, logprobs=False, streaming=True, tools=True, batch=True
    )
    presets = (Preset("anthropic", "Anthropic", {}, needs_key=True, hint="Make a key at console.anthropic.com."),)

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config with its defaults. Raises InvalidConfig."""
        return msgspec.to_builtins(settled(config, _ADDRESS))

    def is_local(self, config: dict[str, Any]) -> bool:
        """Whether the address is this machine."""
        return is_this_machine(str(config.get("base_url", "")))

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """A client. Raises MissingExtra, InvalidConfig."""
        if not key:
            raise InvalidConfig("Anthropic wants a key. Enter it in the connection's settings.", place="key")
        return AnthropicClient(settled(config, _ADDRESS), key)


PLUGIN = Anthropic()

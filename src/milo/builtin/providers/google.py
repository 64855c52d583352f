"""`google`: Gemini, over Google's own SDK, with JSON schemas, pictures, sound, film, documents, tools and batches.

Tested against servers that answer in the documented format, never with a live key.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from milo.builtin.providers._asking import FIELDS, JsonModes, Settings, in_words, settled
from milo.builtin.providers._http import span, trouble
from milo.builtin.providers._openai_wire import bare
from milo.domain.addresses import is_this_machine
from milo.domain.errors import BadAnswer, InvalidConfig, MiloError, MissingExtra, ModelRefused, RateLimited
from milo.kinds.provider import (
    Abilities,
    BatchLine,
    BatchState,
    Client,
    Finish,
    Message,
    Piece,
    Preset,
    Reply,
    Request,
    TextPart,
    TokenLogprob,
    ToolCall,
    Usage,
    text_of,
)

_ADDRESS = "https://generativelanguage.googleapis.com"
_FINISH: dict[str, Finish] = {"MAX_TOKENS": "length", "STOP": "stop", "FINISH_REASON_UNSPECIFIED": "stop", "": "stop"}
_STATES = {
    "JOB_STATE_QUEUED": "waiting", "JOB_STATE_PENDING": "waiting", "JOB_STATE_RUNNING": "running",
    "JOB_STATE_SUCCEEDED": "done", "JOB_STATE_PARTIALLY_SUCCEEDED": "done", "JOB_STATE_FAILED": "failed",
    "JOB_STATE_CANCELLED": "cancelled", "JOB_STATE_EXPIRED": "expired",
}  # fmt: skip
_DELAY = re.compile(r'"retryDelay":\s*"([^"]+)"')


class GoogleClient(JsonModes):
    """One of Google's models."""

    def __init__(self, settings: Settings, key: str) -> None:
        super().__init__(settings.structured)
        try:
            from google import genai
            from google.genai import errors, types
        except ImportError:
            raise MissingExtra("Connecting to Google", "google") from None
        from milo.builtin.providers._httpx import careful_client

        self._types, self._errors = types, errors
        self._settings, self._key = settings, key
        self._http = careful_client(settings.answer_bytes)
        options = types.HttpOptions(
            base_url=settings.base_url, httpx_async_client=self._http, retry_options=types.HttpRetryOptions(attempts=1)
        )
        self._client = genai.Client(api_key=key, enterprise=False, http_options=options)

    async def complete(self, request: Request) -> Reply:
        """The whole answer."""
        while True:
            try:
                found = await self._client.aio.models.generate_content(**self._arguments(request))
            except Exception as error:  # noqa: BLE001 - the SDK's call
                if self._adapts(request, told := self._trouble(error)):
                    continue
                raise told from None
            return _gather([found], request)

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece."""
        while True:
            seen: list[Any] = []
            try:
                async for found in await self._client.aio.models.generate_content_stream(**self._arguments(request)):
                    seen.append(found)
                    if text := _text(found):
                        yield Piece(text)
            except Exception as error:  # noqa: BLE001 - the SDK's call
                told = self._trouble(error)
                if not seen and self._adapts(request, told):
                    continue
                raise told from None
            yield Piece(reply=_gather(seen, request))
            return

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def models(self) -> list[str]:
        """The models that the key may use."""
        try:
            return [str(m.name).removeprefix("models/") async for m in await self._client.aio.models.list()]
        except Exception as error:  # noqa: BLE001 - the SDK's call
            raise self._trouble(error) from None

    async def batch_submit(self, requests: Sequence[tuple[str, Request]]) -> str:
        """Leave the keyed requests; the batch's id."""
        lines: list[Any] = []
        for key, request in requests:
            arguments = self._arguments(request)
            lines.append({"contents": arguments["contents"], "config": arguments["config"], "metadata": {"key": key}})
        job = await self._try(self._client.aio.batches.create(model=self._settings.model, src=lines))
        return str(job.name)

    async def batch_state(self, batch_id: str) -> BatchState:
        """How far it is."""
        job = await self._try(self._client.aio.batches.get(name=batch_id))
        state: Any = _STATES.get(getattr(job.state, "value", str(job.state)), "running")
        done, failed, left = _counts(job)
        return BatchState(batch_id, state, done, failed, done + failed + left, str(getattr(job.error, "message", "") or ""))

    async def batch_results(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """The answers of a finished batch."""
        job = await self._try(self._client.aio.batches.get(name=batch_id))
        lines: list[Any] = (job.dest.inlined_responses if job.dest else None) or []
        for line in lines:
            key = str((line.metadata or {}).get("key", ""))
            if line.response is None:
                yield BatchLine(key, error=f"It was not answered: {getattr(line.error, 'message', 'no reason given')}"[:400])
                continue
            try:
                reply = _gather([line.response], Request(()))
            except BadAnswer as error:
                yield BatchLine(key, error=error.message)
            else:
                yield BatchLine(key, msgspec.structs.replace(reply, text=bare(reply.text)))

    async def batch_cancel(self, batch_id: str) -> None:
        """Give up on what has not been answered."""
        await self._try(self._client.aio.batches.cancel(name=batch_id))

    async def _try(self, work: Any) -> Any:
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - the SDK's call
            raise self._trouble(error) from None

    def _arguments(self, request: Request) -> dict[str, Any]:
        types = self._types
        system = "\n\n".join(text_of(m) for m in request.messages if m.role == "system")
        more: dict[str, Any] = {}
        if request.json_schema is not None:
            if self.json_mode(request) == "json_schema":
                more = {"response_mime_type": "application/json", "response_json_schema": request.json_schema}
            else:
                system = f"{system}\n\n{in_words(request)}".strip()
        if request.top_logprobs:
            more |= {"response_logprobs": True, "logprobs": min(20, request.top_logprobs)}
        if request.tools:
            told = [
                {"name": t.name, "description": t.description, "parameters_json_schema": t.parameters} for t in request.tools
            ]
            more["tools"] = [types.Tool(function_declarations=[types.FunctionDeclaration(**one) for one in told])]
        config = types.GenerateContentConfig(
            system_instruction=system or None, temperature=request.temperature, seed=request.seed,
            max_output_tokens=request.max_tokens, stop_sequences=list(request.stop) or None,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True) if request.tools else None, **more,
        )  # fmt: skip
        contents = [self._turn(m, request) for m in request.messages if m.role != "system"]
        return {"model": self._settings.model, "contents": contents, "config": config}

    def _turn(self, message: Message, request: Request) -> Any:
        types = self._types
        if message.role == "tool":
            name = _name_of_call(request, message.tool_call_id)
            answer = types.FunctionResponse(id=message.tool_call_id, name=name, response={"result": text_of(message)})
            return types.Content(role="user", parts=[types.Part(function_response=answer)])
        parts: list[Any] = [
            types.Part(text=p.text) if isinstance(p, TextPart) else types.Part.from_bytes(data=p.data, mime_type=p.mime)
            for p in message.parts
        ]
        for call in message.tool_calls:
            arguments = json.loads(call.arguments or "{}")
            parts.append(types.Part(function_call=types.FunctionCall(id=call.id, name=call.name, args=arguments)))
        return types.Content(role="model" if message.role == "assistant" else "user", parts=parts)

    def _adapts(self, request: Request, error: MiloError) -> bool:
        return isinstance(error, ModelRefused) and self.refused(
            request, error.message, ("schema", "response_mime", "json mode")
        )

    def _trouble(self, error: Any) -> MiloError:
        from milo.builtin.providers._httpx import from_transport

        address = self._settings.base_url
        if isinstance(error, self._errors.APIError):
            headers: Any = getattr(error.response, "headers", None) or {}
            body = json.dumps(error.details, default=str).encode()
            told = trouble(int(error.code or 500), headers, body, self._key, address)
            if isinstance(told, RateLimited) and told.retry_after is None and (found := _DELAY.search(body.decode())):
                told.retry_after = span(found[1])
            return told
        found = from_transport(error, address, self._key)
        return found or BadAnswer(f"The answer of {address} cannot be read ({type(error).__name__}).")


def _counts(job: Any) -> tuple[int, int, int]:
    """Requests done, failed and left, as the job counts them or as its answers show."""
    stats = job.completion_stats
    if stats:
        return int(stats.successful_count or 0), int(stats.failed_count or 0), int(stats.incomplete_count or 0)
    lines: list[Any] = (job.dest.inlined_responses if job.dest else None) or []
    done = sum(line.response is not None for line in lines)
    return done, len(lines) - done, 0


def _name_of_call(request: Request, ident: str | None) -> str:
    return next((c.name for m in request.messages for c in m.tool_calls if c.id == ident), "tool")


def _parts(found: Any) -> list[Any]:
    candidates = found.candidates or []
    content = candidates[0].content if candidates else None
    return [p for p in (content.parts if content is not None else None) or [] if not p.thought]


def _text(found: Any) -> str:
    return "".join(p.text or "" for p in _parts(found))


def _gather(seen: list[Any], request: Request) -> Reply:
    """The whole answer of one or many pieces."""
    from milo.builtin.providers._httpx import strict_json

    parts = [p for found in seen for p in _parts(found)]
    candidates = [found.candidates[0] for found in seen if found.candidates]
    text = "".join(p.text or "" for p in parts)
    calls = tuple(
        ToolCall(p.function_call.id or f"call_{i}", p.function_call.name or "", strict_json(p.function_call.args or {}))
        for i, p in enumerate(parts)
        if p.function_call
    )
    if not candidates:
        blocked = next((f.prompt_feedback for f in seen if f.prompt_feedback), None)
        if blocked is None:
            raise BadAnswer("The answer holds no candidate. Is the address right?")
        return Reply("", _usage(seen), "refused", _model(seen))
    reasons = [c.finish_reason.value for c in candidates if c.finish_reason]
    finish = "tool" if calls else _FINISH.get(reasons[-1] if reasons else "", "refused")
    if request.json_schema is not None:
        text = bare(text)
    return Reply(text, _usage(seen), finish, _model(seen), _tokens(candidates), calls)


def _model(seen: list[Any]) -> str:
    return next((str(f.model_version) for f in reversed(seen) if f.model_version), "")


def _usage(seen: list[Any]) -> Usage:
    used = next((f.usage_metadata for f in reversed(seen) if f.usage_metadata), None)
    if used is None:
        return Usage()
    out = (used.candidates_token_count or 0) + (used.thoughts_token_count or 0)
    return Usage(used.prompt_token_count or 0, out, used.cached_content_token_count or 0)


def _tokens(candidates: list[Any]) -> tuple[TokenLogprob, ...] | None:
    out: list[TokenLogprob] = []
    for result in (c.logprobs_result for c in candidates if c.logprobs_result):
        tops = result.top_candidates or []
        for i, chosen in enumerate(result.chosen_candidates or []):
            top = tops[i].candidates or [] if i < len(tops) else []
            others = tuple((t.token or "", float(t.log_probability)) for t in top if t.log_probability is not None)
            if chosen.log_probability is not None:
                out.append(TokenLogprob(chosen.token or "", float(chosen.log_probability), others))
    return tuple(out) or None


class Google:
    """Gemini."""

    name = "google"
    title = "Google"
    local = False
    needs_key = True
    extra = "google"
    requires = ("google.genai",)
    fields = FIELDS
    abilities = Abilities(structured=True, images=True, documents=True, audio=True, streaming=True, tools=True, batch=True)
    presets = (Preset("google", "Google", {}, needs_key=True, hint="Make a key at aistudio.google.com."),)

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config with its defaults. Raises InvalidConfig."""
        return msgspec.to_builtins(settled(config, _ADDRESS))

    def is_local(self, config: dict[str, Any]) -> bool:
        """Whether the address is this machine."""
        return is_this_machine(str(config.get("base_url", "")))

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """A client. Raises MissingExtra, InvalidConfig."""
        if not key:
            raise InvalidConfig("Google wants a key. Enter it in the connection's settings.", place="key")
        return GoogleClient(settled(config, _ADDRESS), key)


PLUGIN = Google()

"""The words of OpenAI's chat completions: a request as its body, an answer as a reply."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import msgspec

from milo.domain.errors import BadAnswer
from milo.kinds.provider import (
    Finish,
    MediaPart,
    Message,
    PerSchema,
    Reply,
    Request,
    TextPart,
    TokenLogprob,
    Tool,
    ToolCall,
    Usage,
)

MODES = ("json_schema", "json_object", "prompted")
"""How JSON is asked for, from what binds a server most to what every server understands."""

_SOUND = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}
FINISH: dict[str | None, Finish] = {
    "length": "length",
    "content_filter": "refused",
    "tool_calls": "tool",
    "function_call": "tool",
}
_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>\s*", re.DOTALL)


class Wish(msgspec.Struct, frozen=True):
    """How a body is written for one server: `mode` of asking for JSON, the name of the bound on tokens, parameters that the
    server does not take, and what its owner adds to each body."""

    model: str
    mode: str = "json_schema"
    max_tokens: str = "max_tokens"
    dropped: frozenset[str] = frozenset()
    extra: dict[str, Any] = {}


def body_of(request: Request, wish: Wish) -> dict[str, Any]:
    """The body for a request."""
    out: dict[str, Any] = {"model": wish.model, "messages": [_turn(m) for m in request.messages]}
    out[wish.max_tokens] = request.max_tokens
    if request.temperature is not None:
        out["temperature"] = request.temperature
    if request.seed is not None:
        out["seed"] = request.seed
    if request.stop:
        out["stop"] = list(request.stop)
    if request.tools:
        out["tools"] = [_tool(t) for t in request.tools]
    if request.top_logprobs:
        out["logprobs"] = True
        out["top_logprobs"] = min(20, request.top_logprobs)
    if request.json_schema is not None:
        _ask_for_json(out, request, wish.mode)
    for name in wish.dropped:
        out.pop(name, None)
    if wish.extra:
        out.update(wish.extra)
    return out


def _ask_for_json(out: dict[str, Any], request: Request, mode: str) -> None:
    schema = request.json_schema or {}
    if mode == "json_schema":
        named = {"name": request.schema_name, "schema": schema, "strict": _binds(schema)}
        out["response_format"] = {"type": "json_schema", "json_schema": named}
        return
    if mode == "json_object":
        out["response_format"] = {"type": "json_object"}
    told = (
        "Answer with JSON only: no other words, no Markdown. It must fit this JSON schema:\n"
        + msgspec.json.encode(schema).decode()
    )  # fmt: skip
    turns: list[dict[str, Any]] = out["messages"]
    if turns and turns[0]["role"] == "system" and isinstance(turns[0]["content"], str):
        turns[0] = {**turns[0], "content": f"{turns[0]['content']}\n\n{told}"}
    else:
        turns.insert(0, {"role": "system", "content": told})


def binds(schema: Any) -> bool:
    """Whether a schema keeps the rules of OpenAI's strict mode: every object closed, every property required."""
    if isinstance(schema, list):
        return all(binds(s) for s in schema)
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties")
    if schema.get("type") == "object" or properties is not None:
        if schema.get("additionalProperties") is not False:
            return False
        if set(schema.get("required") or ()) != set(properties or ()):
            return False
    return all(binds(v) for k, v in schema.items() if k not in ("enum", "const", "required", "default", "examples"))


_binds = PerSchema(binds)


def _turn(message: Message) -> dict[str, Any]:
    parts = message.parts
    content: Any
    if len(parts) == 1 and isinstance(parts[0], TextPart):
        content = parts[0].text
    elif all(isinstance(p, TextPart) for p in parts):
        content = "".join(p.text for p in parts if isinstance(p, TextPart))
    else:
        content = [_part(p) for p in parts]
    out: dict[str, Any] = {"role": message.role, "content": content}
    if message.tool_calls:
        out["content"] = content or None
        out["tool_calls"] = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}} for c in message.tool_calls
        ]
    if message.tool_call_id is not None:
        out["tool_call_id"] = message.tool_call_id
    return out


def _part(part: TextPart | MediaPart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    data = b64encode(part.data).decode()
    url = f"data:{part.mime};base64,{data}"
    if part.mime.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": url}}
    if part.mime.startswith("audio/"):
        return {"type": "input_audio", "input_audio": {"data": data, "format": _SOUND.get(part.mime, part.mime[6:])}}
    if part.mime.startswith("video/"):
        return {"type": "video_url", "video_url": {"url": url}}
    return {"type": "file", "file": {"filename": part.name or "document.pdf", "file_data": url}}


def _tool(tool: Tool) -> dict[str, Any]:
    told = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": told}


class Function(msgspec.Struct):
    """The function of a tool call, whole or in pieces."""

    name: str | None = None
    arguments: Any = None


class Called(msgspec.Struct):
    """A tool call, whole or in pieces."""

    index: int = 0
    id: str | None = None
    function: Function = msgspec.field(default_factory=Function)


class Said(msgspec.Struct):
    """A message, whole or a piece of one."""

    content: Any = None
    tool_calls: list[Called] | None = None
    refusal: str | None = None


class Alternative(msgspec.Struct):
    """A token that was possible."""

    token: str
    logprob: float | None = None


class Token(msgspec.Struct):
    """A token that was chosen."""

    token: str
    logprob: float | None = None
    top_logprobs: list[Alternative] | None = None


class Logprobs(msgspec.Struct):
    """The tokens of an answer."""

    content: list[Token] | None = None


class Choice(msgspec.Struct):
    """One answer, whole (`message`) or a piece (`delta`)."""

    message: Said | None = None
    delta: Said | None = None
    finish_reason: str | None = None
    logprobs: Logprobs | None = None


class Details(msgspec.Struct):
    """Of the input tokens, those that were remembered."""

    cached_tokens: int | None = None


class Used(msgspec.Struct):
    """Tokens."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: Details | None = None


class Completion(msgspec.Struct):
    """An answer of the server, or a piece of a stream."""

    choices: list[Choice] = []
    model: str | None = None
    usage: Used | None = None
    error: Any = None


_decode = msgspec.json.Decoder(Completion, strict=False).decode
_NO_USAGE = Usage()


def read(body: bytes, content_type: str = "") -> Completion:
    """An answer as it came. Raises BadAnswer for what is none."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raw = body[:2_000].decode("utf-8", "replace")
        if "json" not in content_type and body.lstrip()[:1] not in (b"{", b"["):
            raise BadAnswer(
                f'The server answered "{content_type or "something"}", not the JSON of an OpenAI-compatible server. Is the '
                "address right? It often ends with /v1.",
                raw=raw,
            ) from None
        raise BadAnswer(f"The server's answer cannot be read: {error}.", raw=raw) from None


def reply_of(found: Completion, request: Request) -> Reply:
    """An answer as a reply. Raises BadAnswer if there is nothing in it."""
    if not found.choices or found.choices[0].message is None:
        raise BadAnswer("The server's answer holds no choice.")
    choice = found.choices[0]
    said = choice.message or Said()
    text = text_in(said.content)
    calls = tuple(
        ToolCall(c.id or f"call_{i}", c.function.name or "", _arguments(c)) for i, c in enumerate(said.tool_calls or ())
    )
    finish: Finish = FINISH.get(choice.finish_reason, "tool" if calls else "stop")
    if said.refusal and not text:
        text, finish = said.refusal, "refused"
    if request.json_schema is not None:
        text = bare(text)
    return Reply(text, usage_of(found.usage), finish, found.model or "", tokens_of(choice.logprobs), calls)


def text_in(content: Any) -> str:
    """The text of a content, which some servers send as a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(p.get("text") or "" for p in content if isinstance(p, dict) and p.get("type", "text") == "text")
    return ""


def bare(text: str) -> str:
    """JSON without the fence and the thoughts that some models put around it."""
    if text[:1] == "{":
        return text
    text = _THOUGHT.sub("", text)
    fenced = _FENCE.match(text)
    return fenced[1] if fenced else text.strip()


def usage_of(used: Used | None) -> Usage:
    """Tokens as the server counted them; zeros if it did not."""
    if used is None:
        return _NO_USAGE
    details = used.prompt_tokens_details
    cached = (details.cached_tokens or 0) if details is not None else 0
    return Usage(used.prompt_tokens or 0, used.completion_tokens or 0, cached)


def tokens_of(found: Logprobs | None) -> tuple[TokenLogprob, ...] | None:
    """The tokens of an answer with their alternatives."""
    if found is None or not found.content:
        return None
    return tuple(
        TokenLogprob(
            t.token, t.logprob, tuple((a.token, a.logprob) for a in t.top_logprobs or () if a.logprob is not None)
        )
        for t in found.content
        if t.logprob is not None
    )  # fmt: skip


def _arguments(called: Called) -> str:
    given = called.function.arguments
    if given is None:
        return "{}"
    return given if isinstance(given, str) else msgspec.json.encode(given).decode()


def fits_roughly(schema: dict[str, Any], text: str) -> bool:
    """Whether a text is JSON that has the outline of the schema, as any server that heeds it would give."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False
    if schema.get("type") == "object":
        return isinstance(value, dict) and set(schema.get("required") or ()) <= set(value)
    return schema.get("type") != "array" or isinstance(value, list)

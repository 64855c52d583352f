"""A thin path to servers that speak OpenAI's chat completions: one session of connections, one body, one answer.

Thin because bulk work sends thousands of small calls: the official client takes several times the processor time of the
HTTP below it. What a server does not know (a way of asking for JSON, a parameter) is found out from its refusals, once.
"""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from milo.builtin.providers import _openai_wire as wire
from milo.builtin.providers._http import allowance, trouble
from milo.builtin.providers._openai_stream import Gathered, lines_of
from milo.domain.errors import BadAnswer, MissingExtra, ModelRefused, ModelTrouble, Unreachable
from milo.kinds.provider import Allowance, Piece, Reply, Request, without_key

if TYPE_CHECKING:
    import aiohttp
    from yarl import URL

_encode = msgspec.json.Encoder().encode
_MAY_BE_DROPPED = ("temperature", "seed", "logprobs", "top_logprobs", "stop", "stream_options", "tools")
_ABOUT_JSON = ("response_format", "json_schema", "json_object", "schema", "grammar", "structured")
_CHUNK = 64 * 1024


class Settings(msgspec.Struct, frozen=True):
    """A connection's settings, checked."""

    base_url: str
    model: str
    structured: str = "auto"
    max_tokens_name: str = "auto"
    headers: dict[str, str] = {}
    key_header: str = "Authorization"
    extra: dict[str, Any] = {}
    answer_bytes: int = 8_000_000
    path: str = "/chat/completions"


Ready = Callable[[], Awaitable[str]]
"""Gives the address, once the server behind it is there."""


class OpenAIClient:
    """One model behind one address. `ready` is asked for the address before each call, where a server has to be started."""

    def __init__(self, settings: Settings, key: str | None, ready: Ready | None = None) -> None:
        try:
            import aiohttp
        except ImportError:
            raise MissingExtra("Connecting to an OpenAI-compatible server", "llm") from None
        self._aiohttp = aiohttp
        self._settings, self._key, self._ready = settings, key, ready
        self._session: aiohttp.ClientSession | None = None
        self._url: URL | None = None
        self._address = ""
        self._headers = _headers(settings, key)
        self._dropped: set[str] = set()
        self._max_tokens = _bound_name(settings)
        self._modes: dict[bytes, str] = {}
        self.allowance: Allowance | None = None

    @property
    def settings(self) -> Settings:
        """What it was opened with."""
        return self._settings

    async def complete(self, request: Request) -> Reply:
        """The whole answer."""
        while True:
            wish = self._wish(request)
            status, headers, body = await self.send("POST", None, _encode(wire.body_of(request, wish)))
            if status != 200:
                error = trouble(status, headers, body, self._key, self._address)
                if self._adapt(request, wish, status, error):
                    continue
                raise error
            found = wire.read(body, headers.get("Content-Type", ""))
            if found.error and not found.choices:
                raise trouble(_code(found.error), headers, body, self._key, self._address)
            reply = wire.reply_of(found, request)
            self._look_at(request, wish, reply)
            return reply

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The answer piece by piece."""
        while True:
            wish = self._wish(request)
            body = wire.body_of(request, wish) | {"stream": True}
            if "stream_options" not in self._dropped:
                body["stream_options"] = {"include_usage": True}
            response = await self._open("POST", None, _encode(body))
            try:
                if response.status == 200:
                    gathered = Gathered(request)
                    async for piece in self._pieces(response, gathered):
                        yield piece
                    reply = gathered.reply()
                    self._look_at(request, wish, reply)
                    yield Piece(reply=reply)
                    return
                said = await self._body(response)
            finally:
                response.close()
            error = trouble(response.status, response.headers, said, self._key, self._address)
            if not self._adapt(request, wish, response.status, error):
                raise error

    def json_mode(self, request: Request) -> str:
        """How JSON will be asked for."""
        return self._wish(request).mode

    async def models(self) -> list[str]:
        """The models that the server names."""
        status, headers, body = await self.send("GET", "/models")
        if status != 200:
            raise trouble(status, headers, body, self._key, self._address)
        try:
            found = msgspec.json.decode(body)
            return [str(m["id"]) for m in found["data"]]
        except (msgspec.DecodeError, KeyError, TypeError):
            return []

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(
        self, method: str, path: str | None, data: Any = None, headers: dict[str, str] | None = None, most: int | None = None
    ) -> tuple[int, Any, bytes]:
        """One request to the end: status, headers, body."""
        response = await self._open(method, path, data, headers)
        try:
            body = await self._body(response, most)
        except BaseException:
            response.close()
            raise
        return response.status, response.headers, body

    async def _open(
        self, method: str, path: str | None, data: Any, headers: dict[str, str] | None = None
    ) -> aiohttp.ClientResponse:
        """Send a request; the response, whose body is not read yet. No redirect is followed."""
        session = self._session or await self._start()
        if self._ready is not None:
            self._turn_to(await self._ready())
        url: Any = self._url if path is None else self._address + path
        sent_headers = self._headers if headers is None else headers
        try:
            try:
                response = await session.request(method, url, data=data, headers=sent_headers, allow_redirects=False)
            except (self._aiohttp.ClientOSError, self._aiohttp.ServerDisconnectedError) as error:
                if isinstance(error, self._aiohttp.ClientConnectorError):
                    raise
                # a connection that was kept open had been closed at the other end
                response = await session.request(method, url, data=data, headers=sent_headers, allow_redirects=False)
        except self._aiohttp.ClientConnectorError as error:
            cause = self._plain(_cause(error.os_error))
            raise Unreachable(f"Nothing answers at {self._address}: {cause}.", sent=False) from None
        except (self._aiohttp.ClientError, OSError, ValueError) as error:
            raise self._lost(error) from None
        if path is None and response.status == 200:
            told = allowance(response.headers)
            if told is not None or self.allowance is not None:
                self.allowance = told
        return response

    async def _start(self) -> aiohttp.ClientSession:
        aiohttp = self._aiohttp
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        if self._ready is None:
            self._turn_to(self._settings.base_url)
        return self._session

    def _turn_to(self, address: str) -> None:
        if address != self._address:
            from yarl import URL

            self._address, self._url = address, URL(address + self._settings.path)

    async def _body(self, response: aiohttp.ClientResponse, most: int | None = None) -> bytes:
        """The body, of a bounded length, whatever the server sends."""
        most = most or self._settings.answer_bytes
        packed = response.headers.get("Content-Encoding", "identity").lower()
        try:
            if (response.content_length or most + 1) <= most:
                body = await response.read()
            else:
                body = await self._bounded(response, most)
        except (self._aiohttp.ClientError, OSError) as error:
            raise self._lost(error) from None
        return body if packed in ("identity", "") else _unpacked(body, packed, most)

    async def _bounded(self, response: aiohttp.ClientResponse, most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_chunked(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > most:
                response.close()
                raise _too_long(most)
        return b"".join(parts)

    async def _pieces(self, response: aiohttp.ClientResponse, gathered: Gathered) -> AsyncIterator[Piece]:
        kind = response.headers.get("Content-Type", "")
        if "event-stream" not in kind:
            gathered.whole(wire.read(await self._body(response), kind))
            yield Piece(gathered.text)
            return
        try:
            async for data in lines_of(response.content, self._settings.answer_bytes):
                text = gathered.add(data)
                if gathered.error is not None:
                    raise trouble(_code(gathered.error), {}, _encode({"error": gathered.error}), self._key, self._address)
                if text:
                    yield Piece(text)
                if gathered.done:
                    break
        except (self._aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            raise self._lost(error) from None
        if not gathered.complete:
            raise Unreachable(f"{self._address} ended its answer in the middle.")

    def _wish(self, request: Request) -> wire.Wish:
        mode = self._settings.structured
        if mode == "auto":
            mode = "json_schema"
            if self._modes and request.json_schema is not None:
                mode = self._modes.get(_key_of(request), mode)
        return wire.Wish(self._settings.model, mode, self._max_tokens, frozenset(self._dropped), self._settings.extra)

    def _adapt(self, request: Request, wish: wire.Wish, status: int, error: ModelTrouble) -> bool:
        """Whether the same request can be put in other words after this refusal."""
        said = error.message.lower()
        if not isinstance(error, ModelRefused) or status not in (400, 404, 415, 422, 501):
            return False
        if self._wish(request) != wish:
            return True  # another call has found out already
        if "max_completion_tokens" in said and self._max_tokens == "max_tokens" and self._settings.max_tokens_name == "auto":
            self._max_tokens = "max_completion_tokens"
            return True
        if request.json_schema is not None and any(word in said for word in _ABOUT_JSON):
            return self._step_down(request, wish.mode)
        for name in _MAY_BE_DROPPED:
            if name in said and name not in self._dropped and name != "tools" and _uses(request, name):
                self._dropped |= {"logprobs", "top_logprobs"} if "logprobs" in name else {name}
                return True
        return False

    def _look_at(self, request: Request, wish: wire.Wish, reply: Reply) -> None:
        """A server that took the schema and did not heed it is asked in other words from now on."""
        if request.json_schema is None or reply.finish != "stop" or self._settings.structured != "auto":
            return
        if wish.mode != "prompted" and not wire.fits_roughly(request.json_schema, reply.text):
            self._step_down(request, wish.mode)

    def _step_down(self, request: Request, mode: str) -> bool:
        if self._settings.structured != "auto" or mode == wire.MODES[-1]:
            return False
        if len(self._modes) > 1_000:
            self._modes.clear()
        self._modes[_key_of(request)] = wire.MODES[wire.MODES.index(mode) + 1]
        return True

    def _lost(self, error: Exception) -> ModelTrouble:
        return Unreachable(f"The connection to {self._address} broke: {self._plain(error)}.")

    def _plain(self, error: Exception | str) -> str:
        return without_key(str(error) or type(error).__name__, self._key)[:300].rstrip(".")


def _headers(settings: Settings, key: str | None) -> dict[str, str]:
    out = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "milo", **settings.headers}
    if key:
        out[settings.key_header] = f"Bearer {key}" if settings.key_header == "Authorization" else key
    return out


def _bound_name(settings: Settings) -> str:
    if settings.max_tokens_name != "auto":
        return settings.max_tokens_name
    return "max_completion_tokens" if "//api.openai.com" in settings.base_url else "max_tokens"


def _uses(request: Request, name: str) -> bool:
    if name == "stream_options":
        return True
    return bool(request.top_logprobs) if "logprobs" in name else getattr(request, name, None) not in (None, ())


def _key_of(request: Request) -> bytes:
    return _encode(request.json_schema)


def _code(error: Any) -> int:
    """The status that an error inside an answer stands for."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 502


def _cause(error: OSError) -> str:
    """Why no connection came about, in words."""
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, socket.gaierror):
        return "no machine is known by this name"
    return error.strerror or str(error)


def _too_long(most: int) -> BadAnswer:
    return BadAnswer(f"The server's answer is longer than {most:,} bytes and was not read to its end.")


def _unpacked(body: bytes, how: str, most: int) -> bytes:
    """What was packed though nobody asked for it, unpacked to a bounded length."""
    if how not in ("gzip", "x-gzip", "deflate"):
        raise BadAnswer(f'The server packed its answer as "{how[:20]}", which was not asked for.')
    try:
        reader = zlib.decompressobj(47)
        out = reader.decompress(body, most + 1)
    except zlib.error as error:
        raise BadAnswer(f"The server's packed answer is damaged: {error}.") from None
    if len(out) > most:
        raise _too_long(most)
    return out

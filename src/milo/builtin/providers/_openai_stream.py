"""Server-sent events of chat completions: lines out of chunks, pieces gathered into the whole answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol

from milo.builtin.providers import _openai_wire as wire
from milo.domain.errors import BadAnswer
from milo.kinds.provider import Finish, Reply, Request, TokenLogprob, ToolCall

_DONE = b"[DONE]"


class Chunks(Protocol):
    """A body that comes in chunks."""

    def iter_any(self) -> AsyncIterator[bytes]:
        """What has come, as it comes."""
        ...


async def lines_of(chunks: Chunks, most: int) -> AsyncIterator[bytes]:
    """The data of each event. Raises BadAnswer if the stream grows longer than `most` bytes."""
    rest, size = b"", 0
    async for chunk in chunks.iter_any():
        size += len(chunk)
        if size > most:
            raise BadAnswer(f"The server's answer is longer than {most:,} bytes and was not read to its end.")
        *lines, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()
    if rest.startswith(b"data:"):
        yield rest[5:].strip()


class Gathered:
    """An answer while it comes in."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._texts: list[str] = []
        self._refusals: list[str] = []
        self._tokens: list[TokenLogprob] = []
        self._calls: dict[int, list[Any]] = {}
        self._finish: str | None = None
        self._model = ""
        self._usage: wire.Used | None = None
        self._whole: Reply | None = None
        self.error: Any = None
        self.done = False

    @property
    def complete(self) -> bool:
        """Whether the server said that this is all."""
        return self.done or self._finish is not None or self._whole is not None

    @property
    def text(self) -> str:
        """What there is so far."""
        return self._whole.text if self._whole is not None else "".join(self._texts)

    def whole(self, found: wire.Completion) -> None:
        """The server answered in one piece although asked to stream."""
        self._whole = wire.reply_of(found, self._request)

    def add(self, data: bytes) -> str:
        """Take in an event; the text that came with it."""
        if data == _DONE:
            self.done = True
            return ""
        if not data:
            return ""
        found = wire.read(data, "application/json")
        self.error = found.error
        self._model = found.model or self._model
        self._usage = found.usage or self._usage
        if not found.choices:
            return ""
        choice = found.choices[0]
        self._finish = choice.finish_reason or self._finish
        self._tokens += wire.tokens_of(choice.logprobs) or ()
        said = choice.delta or choice.message
        return self._take(said) if said is not None else ""

    def _take(self, said: wire.Said) -> str:
        text = wire.text_in(said.content)
        if text:
            self._texts.append(text)
        if said.refusal:
            self._refusals.append(said.refusal)
        for call in said.tool_calls or ():
            kept = self._calls.setdefault(call.index, ["", "", []])
            kept[0] = call.id or kept[0]
            kept[1] = call.function.name or kept[1]
            if call.function.arguments:
                kept[2].append(str(call.function.arguments))
        return text

    def reply(self) -> Reply:
        """The whole answer."""
        if self._whole is not None:
            return self._whole
        calls = tuple(
            ToolCall(ident or f"call_{i}", name, "".join(parts) or "{}")
            for i, (ident, name, parts) in sorted(self._calls.items())
        )
        finish: Finish = wire.FINISH.get(self._finish, "tool" if calls else "stop")
        text = "".join(self._texts)
        if self._refusals and not text:
            text, finish = "".join(self._refusals), "refused"
        if self._request.json_schema is not None:
            text = wire.bare(text)
        return Reply(text, wire.usage_of(self._usage), finish, self._model, tuple(self._tokens) or None, calls)

"""Tries a connection out with a few tiny calls, and says in plain words what the server can and cannot do.

Stands alone because servers promise what they do not keep: some take a JSON schema and ignore it without a word. What is told
here was seen, on this server with this model.
"""

from __future__ import annotations

import io
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from milo.domain.errors import BadAnswer, MiloError, ModelRefused, RateLimited
from milo.infra.calls import CallFor
from milo.kinds.provider import MediaPart, Message, Provider, Reply, Request, TextPart, Tool, system, user

if TYPE_CHECKING:
    from milo.infra.gateway import Gateway
    from milo.infra.sql.connections import ConnectionRow

State = Literal["yes", "partly", "no", "unknown"]
_COLOURS = ("teal", "ochre")
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "colour": {"type": "string", "enum": list(_COLOURS)},
        "number": {"type": "integer", "minimum": 1, "maximum": 3},
    },
    "required": ["colour", "number"],
    "additionalProperties": False,
}
_TOOL = Tool(
    "note_colour",
    "Write down a colour.",
    {
        "type": "object",
        "properties": {"colour": {"type": "string"}},
        "required": ["colour"],
        "additionalProperties": False,
    },
)


class Check(msgspec.Struct, frozen=True):
    """One thing that was tried. `message` says what was seen, and what follows from it."""

    name: str
    state: State
    message: str
    seconds: float = 0.0


class Report(msgspec.Struct, frozen=True):
    """What was found. `ok`: the server is there and answers. `abilities` by name: True, False or None for not known."""

    at: float
    ok: bool
    seconds: float
    checks: list[Check]
    abilities: dict[str, bool | None]
    model: str = ""
    cost: float | None = None
    models: list[str] = []


Outcome = tuple[State, str]


class _Trial:
    """The calls of one test."""

    def __init__(self, gateway: Gateway, row: ConnectionRow, user_id: int | None) -> None:
        self.gateway, self.row = gateway, row
        self.call = CallFor("probe", user_id=user_id, cache=False)
        self.cost: float | None = None
        self.model = ""

    async def ask(self, request: Request) -> Reply:
        """One call; its cost is added up."""
        reply = await self.gateway.complete(self.row.name, request, self.call)
        self.model = reply.model or self.model
        if reply.cost is not None:
            self.cost = (self.cost or 0.0) + reply.cost
        return reply

    async def reachable(self) -> Outcome:
        """A plain question."""
        began = time.monotonic()
        reply = await self.ask(Request((user("Reply with the one word: ready"),), max_tokens=64))
        seconds = time.monotonic() - began
        counted = "The server does not count tokens; Milo estimates them." if reply.usage.estimated else (
            f"{reply.usage.input} tokens in, {reply.usage.output} out."
        )  # fmt: skip
        named = f" by {reply.model}" if reply.model else ""
        return "yes", f"Answered{named} in {seconds:.1f} s. {counted}"

    async def structured(self) -> Outcome:
        """A question whose natural answer is no JSON, under a schema: only a server that enforces it will fit."""
        request = Request((user("Tell me in one short sentence how you are."),), max_tokens=128, json_schema=_SCHEMA)
        try:
            reply = await self.ask(request)
        except BadAnswer as error:
            reply = None
            if "cut off" in error.message:
                return "partly", f"{error.message} Milo checks each answer, and asks again where it does not fit."
        mode = self._json_mode(request)
        if reply is not None and mode == "json_schema" and _fits(reply.text):
            return "yes", "The server enforces a JSON schema. Milo checks each answer all the same."
        asked = Request(
            (system('Answer with JSON like {"colour": "teal", "number": 2}.'), user("Pick a colour: teal or ochre.")),
            max_tokens=128,
            json_schema=_SCHEMA,
        )
        reply = await self.ask(asked)
        if _fits(reply.text):
            return (
                "partly",
                "The server does not enforce a schema. Asked in words, it gave fitting JSON; Milo checks each answer.",
            )
        return "no", "The answer did not fit the schema, asked by schema or in words. Use this model for free text only."

    async def streaming(self) -> Outcome:
        """Does text come in pieces?"""
        began, first, pieces = time.monotonic(), 0.0, 0
        request = Request((user("Count from one to ten in words."),), max_tokens=64)
        async for piece in self.gateway.stream(self.row.name, request, self.call):
            if piece.text:
                first = first or time.monotonic() - began
                pieces += 1
        if pieces > 1:
            return "yes", f"The first word came after {first:.2f} s, the rest in {pieces} pieces."
        return "no", "The answer came in one piece, so that the assistant shows nothing until it is whole."

    async def logprobs(self) -> Outcome:
        """Are the chances of other words told?"""
        request = Request((user("Answer with A or B."),), max_tokens=4, temperature=0.0, top_logprobs=5)
        reply = await self.ask(request)
        if not reply.logprobs:
            return (
                "no",
                "No log probabilities. Confidence comes from repeated answers, several models or stated numbers instead.",
            )
        most = max(len(t.top) for t in reply.logprobs)
        if most > 1:
            return "yes", f"Log probabilities with {most} alternatives for each token."
        return "partly", "Log probabilities of the chosen tokens only, without alternatives."

    async def images(self) -> Outcome:
        """Is a picture taken, and seen?"""
        turn = Message(
            "user", (TextPart("Which colour is this picture? Answer with one word."), MediaPart("image/png", _red()))
        )
        reply = await self.ask(Request((turn,), max_tokens=64, temperature=0.0))
        if "red" in reply.text.lower():
            return "yes", "Took a red picture and called it red."
        return "partly", f'Took a red picture, and answered "{" ".join(reply.text.split())[:60]}". Try it on your own images.'

    async def tools(self) -> Outcome:
        """Is a tool called?"""
        turns = (system("Use the tool note_colour for every colour that is named."), user("My favourite colour is teal."))
        reply = await self.ask(Request(turns, max_tokens=128, temperature=0.0, tools=(_TOOL,)))
        if not reply.tool_calls:
            return "no", "Did not call the tool that it was given."
        call = reply.tool_calls[0]
        try:
            given = msgspec.json.decode(call.arguments)
        except msgspec.DecodeError:
            return "partly", "Called the tool with arguments that are no JSON."
        fits = call.name == _TOOL.name and isinstance(given, dict) and isinstance(given.get("colour"), str)
        return (
            ("yes", "Called the tool with fitting arguments.")
            if fits
            else ("partly", "Called the tool in a way that does not fit.")
        )

    def _json_mode(self, request: Request) -> str:
        told = getattr(self.gateway.bare(self.row.name), "json_mode", None)
        return told(request) if told is not None else "json_schema"


_TITLES = ("structured", "streaming", "logprobs", "images", "tools")


async def probe(gateway: Gateway, row: ConnectionRow, provider: Provider, user_id: int | None) -> Report:
    """Try everything, one small call after another; runs on the gateway's loop. A server that does not answer at all gets one
    call only."""
    trial, began = _Trial(gateway, row, user_id), time.monotonic()
    checks = [await _check("reachable", trial.reachable, None)]
    ok = checks[0].state == "yes"
    if ok:
        for name in _TITLES:
            checks.append(await _check(name, getattr(trial, name), getattr(provider.abilities, name)))
        checks.append(_batches(gateway, row, provider))
    abilities: dict[str, bool | None] = {c.name: {"yes": True, "no": False}.get(c.state) for c in checks[1:]}
    for check in checks[1:]:
        if check.state == "partly" and check.name in ("images", "logprobs", "tools"):
            abilities[check.name] = True
        elif check.state == "partly":
            abilities[check.name] = False
    models = [] if ok and checks[0].state == "yes" else await _models(gateway, row)
    return Report(gateway.ws.clock(), ok, time.monotonic() - began, checks, abilities, trial.model, trial.cost, models)


async def _check(name: str, work: Callable[[], Awaitable[Outcome]], known: bool | None) -> Check:
    if known is False:
        return Check(name, "no", "Servers of this kind do not offer it.")
    began = time.monotonic()
    try:
        state, message = await work()
    except ModelRefused as error:
        state, message = "no", error.message
    except RateLimited as error:
        state, message = "unknown", f"{error.message} Test again later."
    except MiloError as error:
        state, message = ("no" if name == "reachable" or isinstance(error, BadAnswer) else "unknown"), error.message
    return Check(name, state, message, round(time.monotonic() - began, 3))


def _batches(gateway: Gateway, row: ConnectionRow, provider: Provider) -> Check:
    offers = hasattr(gateway.bare(row.name), "batch_submit") and provider.abilities.batch is not False
    if not offers:
        return Check("batch", "no", "No batches: each call is answered at once.")
    return Check(
        "batch",
        "unknown",
        "Servers of this kind may take batches. Those take hours and cost money, so that they were not tried.",
    )


async def _models(gateway: Gateway, row: ConnectionRow) -> list[str]:
    """The names of models that the server offers, where it tells them; to choose another one."""
    listing = getattr(gateway.bare(row.name), "models", None)
    if listing is None:
        return []
    try:
        return sorted(await listing())[:200]
    except MiloError:
        return []


def _fits(text: str) -> bool:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return (
        isinstance(found, dict)
        and set(found) == {"colour", "number"}
        and found["colour"] in _COLOURS
        and found["number"] in (1, 2, 3)
    )


def _red() -> bytes:
    """A small red picture."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 64), (220, 20, 20)).save(out, "PNG")
    return out.getvalue()

"""A server that is slow, busy, broken, dishonest: each time an error that says what happened, and nothing worse."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
from aiohttp import web

from llm.connecting import ask, connect, ledger
from llm.servers import FixtureServer, Handler, completion, send_events
from milo.bootstrap import Workspace
from milo.domain.errors import BadAnswer, ModelRefused, ModelTrouble, RateLimited, Unreachable
from milo.infra.gateway import CallFor
from milo.kinds.provider import MediaPart, Message, Piece, Request, TextPart, Tool, user

Serve = Callable[[Handler], FixtureServer]
SCHEMA = {"type": "object", "properties": {"label": {"enum": ["a", "b"]}}, "required": ["label"], "additionalProperties": False}
HELLO = Request((user("Hello"),))
AS_JSON = Request((user("Hello"),), json_schema=SCHEMA)
KEY = "sk-canary-1234567890abcdef"


def answers(*replies: dict[str, Any] | Handler) -> Handler:
    """A handler that gives these one after another, the last for ever."""
    left = list(replies)

    async def handle(request: web.Request) -> web.StreamResponse:
        reply = left.pop(0) if len(left) > 1 else left[0]
        return await reply(request) if callable(reply) else web.json_response(reply)

    return handle


def status(code: int, body: Any = None, **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        told = {k.replace("_", "-"): v for k, v in headers.items()}
        return web.json_response(body or {"error": {"message": "no"}}, status=code, headers=told)

    return handle


def raw(body: bytes, content_type: str = "application/json", **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Type": content_type, **headers})

    return handle


@pytest.mark.parametrize("asked", [{"Retry_After": "0.2"}, {"Retry_After": formatdate(time.time() + 1, usegmt=True)}, {}])
def test_a_busy_server_is_given_time(workspace: Workspace, serve: Serve, asked: dict[str, str]) -> None:
    server = serve(answers(status(429, **asked), status(429, **asked), completion("here")))
    connect(workspace, server.url)
    began = time.monotonic()
    assert ask(workspace, HELLO).text == "here"
    assert len(server.seen) == 3
    assert time.monotonic() - began >= (0.4 if asked.get("Retry_After") == "0.2" else 0.25)
    assert ledger(workspace, "state", "output_tokens") == [("done", 3)]


def test_a_server_that_wants_too_long_a_wait_is_believed(workspace: Workspace, serve: Serve) -> None:
    server = serve(answers(status(429, Retry_After="3600")))
    connect(workspace, server.url)
    with pytest.raises(RateLimited) as caught:
        ask(workspace, HELLO)
    assert caught.value.retry_after == 3600
    assert len(server.seen) == 1


def test_no_credit_is_no_reason_to_wait(workspace: Workspace, serve: Serve) -> None:
    server = serve(answers(status(429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})))
    connect(workspace, server.url)
    with pytest.raises(ModelRefused, match="no credit"):
        ask(workspace, HELLO)
    assert len(server.seen) == 1


@pytest.mark.parametrize("code", [500, 502, 503, 529])
def test_a_failing_server_is_tried_again_a_few_times(workspace: Workspace, serve: Serve, code: int) -> None:
    server = serve(answers(status(code)))
    connect(workspace, server.url)
    with pytest.raises(Unreachable, match=f"status {code}"):
        ask(workspace, HELLO)
    assert len(server.seen) == 3


@pytest.mark.parametrize(("code", "words"), [(401, "key"), (404, "no such model"), (400, "It says"), (413, "too large")])
def test_a_refusal_is_not_repeated(workspace: Workspace, serve: Serve, code: int, words: str) -> None:
    server = serve(answers(status(code)))
    connect(workspace, server.url)
    with pytest.raises(ModelRefused, match=words):
        ask(workspace, HELLO)
    assert len(server.seen) == 1


def test_a_server_that_is_not_there(workspace: Workspace) -> None:
    connect(workspace, "http://127.0.0.1:9", limits={"tries": 1})
    with pytest.raises(Unreachable, match=r"Nothing answers at .*: nothing listens there") as caught:
        ask(workspace, HELLO)
    assert not caught.value.sent


def test_a_server_that_never_ends(workspace: Workspace, serve: Serve) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.json_response(completion())

    connect(workspace, serve(slow).url, limits={"seconds": 0.3, "tries": 1})
    with pytest.raises(Unreachable, match=r"within 0\.3 s"):
        ask(workspace, HELLO)


def test_a_redirect_is_not_followed(workspace: Workspace, serve: Serve) -> None:
    other = serve(answers(completion("stolen")))
    server = serve(answers(status(307, Location=f"{other.url}/v1/chat/completions?k={KEY}")))
    connect(workspace, server.url, key=KEY)
    with pytest.raises(ModelRefused, match="does not follow") as caught:
        ask(workspace, HELLO)
    assert KEY not in caught.value.message
    assert other.seen == []


@pytest.mark.parametrize(
    "body",
    [
        b"<html>welcome</html>", b"", b"[]", b'"text"', b"{}", b'{"choices": []}', b'{"choices": [{}]}', b"\xff\xfe", b"[" * 5000,
        b'{"choices": [{"message": {"content": "x"}, "logprobs": {"content": [{"token": "x", "logprob": -Infinity}]}}]}',
        b'{"choices": [{"message": {"content": "x"}, "logprobs": {"content": [{"token": "x", "logprob": 8E404}]}}]}',
        b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": NaN}}',
    ],
)  # fmt: skip
def test_what_is_no_answer(workspace: Workspace, serve: Serve, body: bytes) -> None:
    connect(workspace, serve(raw(body, "text/html" if body[:1] == b"<" else "application/json")).url)
    with pytest.raises(BadAnswer):
        ask(workspace, HELLO)


@pytest.mark.parametrize(
    "text", ['{"label": NaN}', '{"label": Infinity}', '{"label": 8E404}', '{"label": -1e999}', "a", "", '{"label": "a"', "[" * 3000],
)  # fmt: skip
def test_json_that_is_none_or_not_finite_is_refused(workspace: Workspace, serve: Serve, text: str) -> None:
    connect(workspace, serve(answers(completion(text))).url, structured="json_schema")
    with pytest.raises(BadAnswer) as caught:
        ask(workspace, AS_JSON)
    assert caught.value.raw == text[:4000]
    ((state, error, tokens),) = ledger(workspace, "state", "error", "output_tokens")
    assert (state, tokens) == ("failed", 3), "a bad answer was paid for all the same"
    assert error


def test_an_answer_that_was_cut_short_is_told(workspace: Workspace, serve: Serve) -> None:
    connect(workspace, serve(answers(completion('{"label": "a', finish_reason="length"))).url)
    with pytest.raises(BadAnswer, match="cut off at 1024 tokens"):
        ask(workspace, AS_JSON)


def test_gigantic_answers_are_not_read_to_the_end(workspace: Workspace, serve: Serve) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        try:
            for _ in range(2_000):
                await response.write(b"x" * 100_000)
        except ConnectionError:
            pass
        return response

    connect(workspace, serve(endless).url, answer_bytes=1_000_000)
    with pytest.raises(BadAnswer, match="longer than 1,000,000 bytes"):
        ask(workspace, HELLO)
    bomb = gzip.compress(b"0" * 50_000_000)
    connect(workspace, serve(raw(bomb, **{"Content-Encoding": "gzip"})).url, "bomb", answer_bytes=1_000_000)
    with pytest.raises(BadAnswer, match="longer than 1,000,000 bytes"):
        ask(workspace, HELLO, name="bomb")


def test_a_packed_answer_of_honest_size_is_read(workspace: Workspace, serve: Serve) -> None:
    packed = gzip.compress(json.dumps(completion("small")).encode())
    connect(workspace, serve(raw(packed, **{"Content-Encoding": "gzip"})).url)
    assert ask(workspace, HELLO).text == "small"


def test_a_server_that_ignores_the_schema_is_asked_in_words_from_then_on(workspace: Workspace, serve: Serve) -> None:
    async def chatty(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        asked_in_words = "JSON schema" in str(body["messages"][0]["content"])
        text = '```json\n{"label": "a"}\n```' if asked_in_words else "I would say a."
        return web.json_response(completion(text))

    server = serve(chatty)
    connect(workspace, server.url)
    with pytest.raises(BadAnswer):
        ask(workspace, AS_JSON)
    assert ask(workspace, AS_JSON).text == '{"label": "a"}'
    assert [b.get("response_format", {}).get("type") for b in server.bodies] == ["json_schema", "json_object"]


def test_a_server_that_refuses_the_schema_is_asked_otherwise_at_once(workspace: Workspace, serve: Serve) -> None:
    async def strict(request: web.Request) -> web.StreamResponse:
        if "response_format" in await request.json():
            return web.json_response({"error": {"message": "response_format is not supported"}}, status=400)
        return web.json_response(completion('<think>well, "a"</think>\n{"label": "a"}'))

    server = serve(strict)
    connect(workspace, server.url)
    assert ask(workspace, AS_JSON).text == '{"label": "a"}'
    kinds = [b.get("response_format", {}).get("type") for b in server.bodies]
    assert kinds == ["json_schema", "json_object", None]
    assert ask(workspace, AS_JSON, CallFor("judge", cache=False)).text == '{"label": "a"}'
    assert len(server.seen) == 4, "what it refuses is found out once"


def test_parameters_that_a_server_does_not_know_are_left_out(workspace: Workspace, serve: Serve) -> None:
    async def picky(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if "max_tokens" in body:
            message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return web.json_response({"error": {"message": message, "param": "max_tokens"}}, status=400)
        for name in ("temperature", "logprobs"):
            if name in body:
                return web.json_response({"error": {"message": f"Unsupported value: '{name}'"}}, status=400)
        return web.json_response(completion("fine"))

    server = serve(picky)
    connect(workspace, server.url)
    request = Request((user("?"),), temperature=0.0, top_logprobs=3)
    assert ask(workspace, request).text == "fine"
    assert set(server.bodies[-1]) == {"model", "messages", "max_completion_tokens"}


@pytest.mark.parametrize("error", [status(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}),
                                   status(500, {"error": f"debug: Bearer {KEY}"}), status(429, {"detail": KEY}),
                                   raw(f"<p>{KEY}</p>".encode(), "text/html")])  # fmt: skip
def test_a_key_that_the_server_repeats_goes_no_further(workspace: Workspace, serve: Serve, error: Handler, caplog: Any) -> None:
    server = serve(answers(error))
    connect(workspace, server.url, key=KEY, limits={"tries": 1, "patience": 0.1})
    with pytest.raises(ModelTrouble) as caught:
        ask(workspace, HELLO)
    assert server.seen[0]["headers"]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in f"{caught.value.message}{caught.value.args}{getattr(caught.value, 'raw', '')}{caplog.text}"
    assert KEY not in str(ledger(workspace, "error", "content"))
    assert caught.value.__cause__ is None


def collect(ws: Workspace, request: Request, name: str = "tiny") -> list[Piece]:
    async def take() -> list[Piece]:
        return [piece async for piece in ws.gateway.stream(name, request, CallFor("assist", cache=False))]

    return ws.gateway.run(take()).result(20)


def chunk(text: str = "", **more: Any) -> dict[str, Any]:
    return {
        "model": "tiny",
        "choices": [{"index": 0, "delta": {"content": text, **more.pop("delta", {})}, "finish_reason": None, **more}],
    }


USAGE = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}


def test_a_stream_with_all_that_belongs_to_it(workspace: Workspace, serve: Serve) -> None:
    calls = [{"index": 0, "id": "c1", "function": {"name": "note", "arguments": '{"a"'}}]
    more = [{"index": 0, "function": {"arguments": ": 1}"}}]
    tokens = {"content": [{"token": "one", "logprob": -0.1, "top_logprobs": [{"token": "two", "logprob": -2.0}]}]}
    events = [
        chunk("one ", logprobs=tokens), chunk("two"), chunk(delta={"tool_calls": calls}), chunk(delta={"tool_calls": more}),
        chunk(finish_reason="tool_calls"), USAGE, "[DONE]",
    ]  # fmt: skip
    server = serve(answers(lambda r: send_events(r, events)))
    connect(workspace, server.url)
    pieces = collect(workspace, HELLO)
    assert [p.text for p in pieces] == ["one ", "two", ""]
    reply = pieces[-1].reply
    assert reply is not None
    assert (reply.text, reply.finish, reply.usage.input, reply.usage.output) == ("one two", "tool", 5, 2)
    assert (reply.tool_calls[0].name, reply.tool_calls[0].arguments) == ("note", '{"a": 1}')
    assert reply.logprobs is not None
    assert reply.logprobs[0].top == (("two", -2.0),)
    assert server.bodies[0]["stream_options"] == {"include_usage": True}


def test_a_stream_that_is_cut(workspace: Workspace, serve: Serve) -> None:
    server = serve(answers(lambda r: send_events(r, [chunk("half an ")], cut=True)))
    connect(workspace, server.url, limits={"tries": 3})
    with pytest.raises(Unreachable):
        collect(workspace, HELLO)
    assert len(server.seen) == 1, "an answer that has begun is not begun anew"
    ((state, given, got),) = ledger(workspace, "state", "input_tokens", "output_tokens")
    assert state == "failed"
    assert given > 0, "what was begun may have to be paid"
    assert got > 0


def test_a_stream_that_ends_without_saying_so(workspace: Workspace, serve: Serve) -> None:
    connect(workspace, serve(answers(lambda r: send_events(r, [chunk("half")]))).url)
    with pytest.raises(Unreachable, match="in the middle"):
        collect(workspace, HELLO)


def test_a_stream_that_falls_silent(workspace: Workspace, serve: Serve) -> None:
    server = serve(answers(lambda r: send_events(r, [chunk("one"), chunk("two")], pause=5)))
    connect(workspace, server.url, limits={"silence": 0.3})
    with pytest.raises(Unreachable, match="silent"):
        collect(workspace, HELLO)


def test_a_stream_that_reports_an_error(workspace: Workspace, serve: Serve) -> None:
    events = [chunk("one"), {"error": {"message": f"out of memory {KEY}", "code": 500}}]
    connect(workspace, serve(answers(lambda r: send_events(r, events))).url, key=KEY)
    with pytest.raises(Unreachable, match=r"out of memory \[key\]"):
        collect(workspace, HELLO)


def test_a_stream_of_rubbish_and_an_endless_one(workspace: Workspace, serve: Serve) -> None:
    connect(workspace, serve(answers(lambda r: send_events(r, ['{"choices": [NaN]}']))).url, "rubbish")
    with pytest.raises(BadAnswer):
        collect(workspace, HELLO, "rubbish")
    connect(workspace, serve(answers(lambda r: send_events(r, [chunk("x" * 10_000)] * 400))).url, answer_bytes=500_000)
    with pytest.raises(BadAnswer, match="longer than 500,000 bytes"):
        collect(workspace, HELLO)


def test_a_server_that_does_not_stream_though_asked(workspace: Workspace, serve: Serve) -> None:
    connect(workspace, serve(answers(completion("whole"))).url)
    assert [p.text for p in collect(workspace, HELLO)] == ["whole", ""]


def test_a_stream_that_somebody_leaves_is_closed_and_noted(workspace: Workspace, serve: Serve) -> None:
    server = serve(answers(lambda r: send_events(r, [chunk("x ")] * 200, pause=0.02)))
    connect(workspace, server.url)

    async def leave() -> int:
        stream = workspace.gateway.stream_elsewhere("tiny", HELLO, CallFor("assist"))
        n = 0
        async for _ in stream:
            n += 1
            if n == 3:
                break
        await stream.aclose()  # type: ignore[attr-defined]
        return n

    assert asyncio.run(leave()) == 3
    end = time.monotonic() + 60
    while not ledger(workspace, "state") and time.monotonic() < end:
        time.sleep(0.02)
    assert ledger(workspace, "state") == [("stopped",)]


def test_everything_that_can_be_asked_is_sent_in_the_servers_words(workspace: Workspace, serve: Serve) -> None:
    server = serve(answers(completion(None, tool_calls=[{"id": "c", "function": {"name": "look", "arguments": {"at": 1}}}])))
    connect(workspace, server.url, key="secret-key-1", extra={"reasoning_effort": "low"})
    turn = Message("user", (
        TextPart("See:"), MediaPart("image/png", b"png"), MediaPart("audio/mpeg", b"mp3"), MediaPart("application/pdf", b"pdf", "a.pdf"),
        MediaPart("video/mp4", b"mp4"),
    ))  # fmt: skip
    tool = Tool("look", "Look.", {"type": "object"})
    request = Request((turn,), 7, 0.5, 3, SCHEMA, "label", 4, (tool,), ("END",))
    reply = ask(workspace, request)
    assert (reply.tool_calls[0].name, reply.tool_calls[0].arguments) == ("look", '{"at":1}')
    (body,) = server.bodies
    assert (body["max_tokens"], body["temperature"], body["seed"], body["stop"]) == (7, 0.5, 3, ["END"])
    assert (body["logprobs"], body["top_logprobs"], body["reasoning_effort"]) == (True, 4, "low")
    assert body["response_format"]["json_schema"] == {"name": "label", "schema": SCHEMA, "strict": True}
    parts = body["messages"][0]["content"]
    assert [p["type"] for p in parts] == ["text", "image_url", "input_audio", "file", "video_url"]
    assert parts[1]["image_url"]["url"] == "data:image/png;base64,cG5n"
    assert parts[2]["input_audio"] == {"data": "bXAz", "format": "mp3"}

"""Anthropic and Google through their own SDKs, and OpenAI's batches, against servers that answer in the documented formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llm.connecting import ask, connect, ledger
from llm.servers import FixtureServer, Handler, completion
from milo.bootstrap import Workspace
from milo.builtin.providers.anthropic import PLUGIN as ANTHROPIC
from milo.builtin.providers.google import PLUGIN as GOOGLE
from milo.domain.errors import BadAnswer, InvalidConfig, ModelRefused, RateLimited, Unreachable
from milo.infra.connections import Connections, Entered
from milo.infra.gateway import CallFor
from milo.infra.providers.budget import Budget
from milo.kinds.provider import MediaPart, Message, Piece, Request, TextPart, Tool, ToolCall, assistant, system, user

Serve = Callable[[Handler], FixtureServer]
KEY = "sk-official-canary-123456"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"label": {"type": "string", "maxLength": 9}, "n": {"type": "integer", "minimum": 1}},
    "required": ["label", "n"],
    "additionalProperties": False,
}
TURN = Message("user", (TextPart("See:"), MediaPart("image/png", b"png"), MediaPart("application/pdf", b"pdf")))
WHOLE = Request(
    (
        system("Be brief."), TURN, Message("assistant", (), (ToolCall("t1", "note", '{"a": 1}'),)),
        Message("tool", (TextPart("noted"),), tool_call_id="t1"), assistant("So"), user("Go on"),
    ),
    50, 0.2, 7, SCHEMA, tools=(Tool("note", "Note.", {"type": "object", "properties": {"a": {"type": "integer"}}}),), stop=("END",),
)  # fmt: skip


def enter(ws: Workspace, plugin: str, server: FixtureServer, **limits: Any) -> None:
    quick = {"tries": 1, "patience": 2.0, "seconds": 5.0, **limits}
    prices = {"input": 3.0, "output": 15.0, "cached": 0.3}
    entered = Entered("tiny", plugin, "the-model", {"base_url": server.url}, KEY, quick, prices)
    Connections(ws).add(entered, None)


def collect(ws: Workspace, request: Request) -> list[Piece]:
    async def take() -> list[Piece]:
        return [p async for p in ws.gateway.stream("tiny", request, CallFor("assist", cache=False))]

    return ws.gateway.run(take()).result(20)


def message(*content: dict[str, Any], stop: str = "end_turn") -> dict[str, Any]:
    used = {"input_tokens": 20, "output_tokens": 5, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 0}
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "the-model-1", "content": list(content),
        "stop_reason": stop, "stop_sequence": None, "usage": used,
    }  # fmt: skip


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def gives(body: Any, status: int = 200, **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return handle


class TestAnthropic:
    def test_a_request_in_its_words_and_the_answer_back(self, workspace: Workspace, serve: Serve) -> None:
        server = serve(gives(message(text('{"label": "x", "n": 2}'))))
        enter(workspace, "anthropic", server)
        reply = ask(workspace, WHOLE)
        assert (reply.text, reply.finish, reply.model) == ('{"label": "x", "n": 2}', "stop", "the-model-1")
        assert (reply.usage.input, reply.usage.cached, reply.usage.output) == (120, 100, 5)
        assert reply.cost == pytest.approx((20 * 3.0 + 100 * 0.3 + 5 * 15.0) / 1e6)
        (seen,) = server.seen
        assert seen["path"].startswith("/v1/messages")
        assert KEY in str(seen["headers"])
        body = seen["body"]
        assert (body["model"], body["max_tokens"], body["system"], body["temperature"]) == ("the-model", 50, "Be brief.", 0.2)
        assert body["stop_sequences"] == ["END"]
        schema = body["output_config"]["format"]["schema"]
        assert schema["properties"] == {"label": {"type": "string"}, "n": {"type": "integer"}}, (
            "bounds it does not take are left out"
        )
        first, called, noted, *_ = body["messages"]
        assert [b["type"] for b in first["content"]] == ["text", "image", "document"]
        assert first["content"][1]["source"] == {"type": "base64", "media_type": "image/png", "data": "cG5n"}
        assert called["content"] == [{"type": "tool_use", "id": "t1", "name": "note", "input": {"a": 1}}]
        assert noted["content"][0]["tool_use_id"] == "t1"

    def test_tools_and_refusals(self, workspace: Workspace, serve: Serve) -> None:
        answers = [
            message({"type": "tool_use", "id": "c", "name": "note", "input": {"a": 3}}, stop="tool_use"),
            message(stop="refusal"), message(text("half"), stop="max_tokens"),
        ]  # fmt: skip

        async def handle(request: web.Request) -> web.StreamResponse:
            return web.json_response(answers.pop(0))

        enter(workspace, "anthropic", serve(handle))
        first = ask(workspace, Request((user("1"),)))
        assert (first.finish, first.tool_calls[0].name, json.loads(first.tool_calls[0].arguments)) == ("tool", "note", {"a": 3})
        assert ask(workspace, Request((user("2"),))).finish == "refused"
        assert ask(workspace, Request((user("3"),))).finish == "length"

    def test_a_stream(self, workspace: Workspace, serve: Serve) -> None:
        begin = message()
        events: list[dict[str, Any]] = [
            {"type": "message_start", "message": {**begin, "stop_reason": None}},
            {"type": "content_block_start", "index": 0, "content_block": text("")},
            {"type": "ping"},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "one "}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "two"}},
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 9},
            },
            {"type": "message_stop"},
        ]

        async def handle(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            for event in events:
                await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            return response

        enter(workspace, "anthropic", serve(handle))
        pieces = collect(workspace, Request((user("?"),)))
        assert [p.text for p in pieces] == ["one ", "two", ""]
        assert pieces[-1].reply is not None
        assert (pieces[-1].reply.text, pieces[-1].reply.usage.output) == ("one two", 9)

    @pytest.mark.parametrize(
        ("status", "kind", "error"),
        [(401, "authentication_error", ModelRefused), (429, "rate_limit_error", RateLimited), (529, "overloaded_error", Unreachable),
         (500, "api_error", Unreachable), (307, "x", ModelRefused)],
    )  # fmt: skip
    def test_errors(self, workspace: Workspace, serve: Serve, status: int, kind: str, error: type[Exception]) -> None:
        body = {"type": "error", "error": {"type": kind, "message": f"no, {KEY}"}}
        server = serve(gives(body, status, Retry_After="77", Location="http://elsewhere.example/"))
        enter(workspace, "anthropic", server)
        with pytest.raises(error) as caught:
            ask(workspace, Request((user("?"),)))
        assert KEY not in str(caught.value)
        assert len(server.seen) == 1
        if error is RateLimited:
            assert getattr(caught.value, "retry_after", None) == 77

    def test_what_a_model_no_longer_takes_is_left_out(self, workspace: Workspace, serve: Serve) -> None:
        async def picky(request: web.Request) -> web.StreamResponse:
            body = await request.json()
            for name in ("temperature", "output_config"):
                if name in body:
                    told = {"type": "error", "error": {"type": "invalid_request_error", "message": f"{name}: not supported"}}
                    return web.json_response(told, status=400)
            return web.json_response(message(text('```json\n{"label": "x", "n": 1}\n```')))

        server = serve(picky)
        enter(workspace, "anthropic", server)
        assert ask(workspace, Request((user("?"),), 50, 0.0, json_schema=SCHEMA)).text == '{"label": "x", "n": 1}'
        assert "JSON schema" in server.bodies[-1]["system"]

    def test_rubbish_and_endless_answers(self, workspace: Workspace, serve: Serve) -> None:
        enter(workspace, "anthropic", serve(gives({"hello": "there"})))
        with pytest.raises(BadAnswer):
            ask(workspace, Request((user("?"),)))
        big = serve(gives(message(text("x" * 50_000))))
        config = {"base_url": big.url, "answer_bytes": 10_000}
        Connections(workspace).add(Entered("big", "anthropic", "m", config, KEY, {"tries": 1}), None)
        with pytest.raises(BadAnswer, match="longer than 10,000 bytes"):
            ask(workspace, Request((user("?"),)), name="big")

    def test_a_batch(self, workspace: Workspace, serve: Serve) -> None:
        counts = {"processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 0}
        batch = {
            "id": "msgbatch_1", "type": "message_batch", "processing_status": "ended", "request_counts": counts,
            "created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z", "ended_at": None, "archived_at": None,
            "cancel_initiated_at": None, "results_url": None,
        }  # fmt: skip
        lines = [
            {
                "custom_id": "b",
                "result": {"type": "errored", "error": {"type": "error", "error": {"type": "x", "message": "too long"}}},
            },
            {"custom_id": "a", "result": {"type": "succeeded", "message": message(text('{"label": "x", "n": 1}'))}},
        ]

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.path.endswith("/results"):
                return web.Response(text="\n".join(map(json.dumps, lines)), content_type="application/x-jsonl")
            return web.json_response({**batch, "results_url": f"http://{request.host}/v1/messages/batches/msgbatch_1/results"})

        server = serve(handle)
        enter(workspace, "anthropic", server)
        check_batch(workspace, (20 * 3.0 + 100 * 0.3 + 5 * 15.0) / 2e6)
        sent = server.bodies[0]["requests"]
        assert [line["custom_id"] for line in sent] == ["a", "b"]
        assert sent[0]["params"]["output_config"]["format"]["type"] == "json_schema"

    def test_no_key_no_client(self, tmp_path: Path) -> None:
        for plugin in (ANTHROPIC, GOOGLE):
            with pytest.raises(InvalidConfig, match="wants a key"):
                plugin.connect({"model": "m"}, None, tmp_path)


def check_batch(ws: Workspace, cost: float) -> None:
    """Submit two requests, ask how far they are, fetch the answers: one good, one failed."""
    asked = {"a": Request((user("a"),), json_schema=SCHEMA), "b": Request((user("b"),), json_schema=SCHEMA)}
    budget = Budget(money=1.0)
    call = CallFor("preannotate", run_id=3, budget=budget)
    gateway = ws.gateway

    async def work() -> tuple[Any, Any, list[Any]]:
        ident = await gateway.batch_submit("tiny", list(asked.items()), call)
        state = await gateway.batch_state("tiny", ident)
        found = [line async for line in gateway.batch_results("tiny", ident, call, asked.get)]
        await gateway.batch_cancel("tiny", ident)
        return ident, state, found

    ident, state, found = gateway.run(work()).result(20)
    assert ident
    assert (state.state, state.done, state.failed, state.total) == ("done", 1, 1, 2)
    by_key = {line.key: line for line in found}
    assert by_key["a"].reply is not None
    assert by_key["a"].reply.text == '{"label": "x", "n": 1}'
    assert by_key["a"].reply.cost == pytest.approx(cost), "at the batch's price"
    assert by_key["b"].reply is None
    assert by_key["b"].error
    assert sorted(ledger(ws, "state", "run_id")) == [("done", 3), ("failed", 3)]
    assert budget.spent_money == pytest.approx(cost)


def gemini(*parts: dict[str, Any], reason: str = "STOP", **more: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "finishReason": reason, "index": 0, **more}
    used = {"promptTokenCount": 30, "candidatesTokenCount": 4, "thoughtsTokenCount": 6, "cachedContentTokenCount": 10}
    return {"candidates": [candidate], "usageMetadata": used, "modelVersion": "gem-1"}


class TestGoogle:
    def test_a_request_in_its_words_and_the_answer_back(self, workspace: Workspace, serve: Serve) -> None:
        chosen = {"token": "x", "tokenId": 1, "logProbability": -0.25}
        logprobs = {
            "chosenCandidates": [chosen],
            "topCandidates": [{"candidates": [chosen, {"token": "y", "logProbability": -1.5}]}],
        }
        parts = ({"text": "let me think", "thought": True}, {"text": '{"label": "x", "n": 2}'})
        server = serve(gives(gemini(*parts, logprobsResult=logprobs)))
        enter(workspace, "google", server)
        request = Request(WHOLE.messages, 50, 0.2, 7, SCHEMA, top_logprobs=3, stop=("END",), tools=WHOLE.tools)
        reply = ask(workspace, request)
        assert (reply.text, reply.finish, reply.model) == ('{"label": "x", "n": 2}', "stop", "gem-1")
        assert (reply.usage.input, reply.usage.cached, reply.usage.output) == (30, 10, 10), "thoughts are paid for"
        assert reply.logprobs is not None
        assert reply.logprobs[0].top == (("x", -0.25), ("y", -1.5))
        (seen,) = server.seen
        assert "/models/the-model:generateContent" in seen["path"]
        assert {k.lower(): v for k, v in seen["headers"].items()}["x-goog-api-key"] == KEY
        assert KEY not in seen["path"]
        config = seen["body"]["generationConfig"]
        assert (config["temperature"], config["maxOutputTokens"], config["seed"], config["logprobs"]) == (0.2, 50, 7, 3)
        assert config["responseJsonSchema"] == SCHEMA
        assert seen["body"]["systemInstruction"]["parts"][0]["text"] == "Be brief."
        roles = [c["role"] for c in seen["body"]["contents"]]
        assert roles == ["user", "model", "user", "model", "user"]
        assert "image/png" in seen["body"]["contents"][0]["parts"][1]["inlineData"].values()
        assert seen["body"]["contents"][2]["parts"][0]["functionResponse"]["name"] == "note"

    def test_tools_and_refusals(self, workspace: Workspace, serve: Serve) -> None:
        answers: list[Any] = [
            gemini({"functionCall": {"name": "note", "args": {"a": 3}}}), gemini(reason="SAFETY"),
            {"promptFeedback": {"blockReason": "SAFETY"}}, gemini({"text": "half"}, reason="MAX_TOKENS"), {"surprise": 1},
        ]  # fmt: skip

        async def handle(request: web.Request) -> web.StreamResponse:
            return web.json_response(answers.pop(0))

        enter(workspace, "google", serve(handle))
        first = ask(workspace, Request((user("1"),)))
        assert (first.finish, first.tool_calls[0].name, json.loads(first.tool_calls[0].arguments)) == ("tool", "note", {"a": 3})
        assert [ask(workspace, Request((user(str(n)),))).finish for n in (2, 3, 4)] == ["refused", "refused", "length"]
        with pytest.raises(BadAnswer):
            ask(workspace, Request((user("5"),)))

    def test_a_stream(self, workspace: Workspace, serve: Serve) -> None:
        async def handle(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            for piece in (gemini({"text": "one "}, reason=""), gemini({"text": "two"})):
                if not piece["candidates"][0]["finishReason"]:
                    del piece["candidates"][0]["finishReason"]
                await response.write(f"data: {json.dumps(piece)}\r\n\r\n".encode())
            return response

        enter(workspace, "google", serve(handle))
        pieces = collect(workspace, Request((user("?"),)))
        assert [p.text for p in pieces] == ["one ", "two", ""]
        assert pieces[-1].reply is not None
        assert (pieces[-1].reply.text, pieces[-1].reply.finish) == ("one two", "stop")

    @pytest.mark.parametrize(
        ("status", "error"),
        [(400, ModelRefused), (403, ModelRefused), (429, RateLimited), (503, Unreachable), (307, ModelRefused)],
    )
    def test_errors(self, workspace: Workspace, serve: Serve, status: int, error: type[Exception]) -> None:
        details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "38s"}]
        body = {"error": {"code": status, "message": f"no {KEY}", "status": "X", "details": details}}
        server = serve(gives(body, status, Location="http://elsewhere.example/"))
        enter(workspace, "google", server)
        with pytest.raises(error) as caught:
            ask(workspace, Request((user("?"),)))
        assert KEY not in str(caught.value)
        assert len(server.seen) == 1
        if error is RateLimited:
            assert getattr(caught.value, "retry_after", None) == 38

    def test_a_batch(self, workspace: Workspace, serve: Serve) -> None:
        good = {"response": gemini({"text": '{"label": "x", "n": 1}'}), "metadata": {"key": "a"}}
        bad = {"error": {"code": 3, "message": "too long"}, "metadata": {"key": "b"}}
        output = {"inlinedResponses": {"inlinedResponses": [good, bad]}}
        told = {"state": "BATCH_STATE_SUCCEEDED", "name": "batches/123", "model": "models/m", "output": output}
        done = {"name": "batches/123", "metadata": told, "done": True, "response": output}
        server = serve(gives(done))
        enter(workspace, "google", server)
        check_batch(workspace, (20 * 3.0 + 10 * 0.3 + 10 * 15.0) / 2e6)
        sent = server.bodies[0]["batch"]["inputConfig"]["requests"]["requests"]
        assert [line["metadata"]["key"] for line in sent] == ["a", "b"]


def test_a_batch_of_openai(workspace: Workspace, serve: Serve) -> None:
    line = {
        "id": "1",
        "custom_id": "a",
        "response": {"status_code": 200, "body": completion('{"label": "x", "n": 1}')},
        "error": None,
    }
    failed = {
        "id": "2",
        "custom_id": "b",
        "response": {"status_code": 400, "body": {"error": {"message": "too long"}}},
        "error": None,
    }
    batch = {"id": "batch_1", "status": "completed", "request_counts": {"total": 2, "completed": 1, "failed": 1},
             "output_file_id": "file-out", "error_file_id": "file-err"}  # fmt: skip

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/files":
            return web.json_response({"id": "file-in"})
        if request.path.endswith("/content"):
            return web.Response(text=json.dumps(line if "out" in request.path else failed) + "\n")
        return web.json_response(batch)

    server = serve(handle)
    connect(workspace, server.url, key=KEY, prices={"input": 2.0, "output": 8.0})
    check_batch(workspace, (12 * 2.0 + 3 * 8.0) / 2e6)
    upload = server.seen[0]
    assert upload["path"] == "/v1/files"
    assert b'"custom_id":"a"' in upload["raw"]
    assert b'name="purpose"' in upload["raw"]
    assert server.bodies[1] == {"input_file_id": "file-in", "endpoint": "/v1/chat/completions", "completion_window": "24h"}


def test_a_provider_without_batches_says_so(workspace: Workspace) -> None:
    Connections(workspace).add(Entered("tiny", "scripted"), None)
    with pytest.raises(ModelRefused, match="no batches"):
        workspace.gateway.run(workspace.gateway.batch_submit("tiny", [], CallFor("preannotate"))).result(10)

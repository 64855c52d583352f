"""llama.cpp's own server on models made on the spot: as a process of the provider `gguf`, and as an OpenAI-compatible server."""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from llm.connecting import ask, connect, ledger
from llm.tiny_gguf import write_model, write_projector
from milo.bootstrap import Workspace
from milo.domain.errors import InvalidConfig, ModelTrouble, Unreachable
from milo.infra.connections import Connections, Entered
from milo.infra.gateway import CallFor
from milo.kinds.provider import MediaPart, Message, Piece, Request, TextPart, Tool, system, user

pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
pytest.importorskip("gguf", reason="the package gguf, which writes model files, is not installed")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "label": {"type": "string", "enum": ["positive", "negative", "unsure"]},
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "spans": {
            "type": "array",
            "maxItems": 2,
            "items": {
                "type": "object",
                "properties": {"quote": {"type": "string", "maxLength": 12}, "kind": {"enum": ["who", "where"]}},
                "required": ["quote", "kind"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["label", "stars", "spans"],
    "additionalProperties": False,
}
TURNS = (system("You label reviews."), user("The soup was cold, the waiter warm."))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_model(folder / "tiny.gguf")
    write_model(folder / "calling.gguf", calls_tools=True)
    write_projector(folder / "eyes.gguf")
    return folder


@pytest.fixture(scope="module")
def running(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], str]]:
    """Starts servers that several tests share; their addresses."""
    from milo.builtin.providers.gguf import Runner, Settings

    runners: dict[str, Runner] = {}

    def start(name: str, eyes: str = "") -> str:
        if name not in runners:
            settings = Settings(str(models / f"{name}.gguf"), str(models / f"{eyes}.gguf") if eyes else "", 4096, 2, 1)
            runners[name] = Runner(settings, "fixed-key-of-tests", tmp_path_factory.mktemp("run"))
        return asyncio.run(runners[name].address()).removesuffix("/v1")

    yield start
    for runner in runners.values():
        runner.close()


def connected(ws: Workspace, url: str) -> None:
    connect(ws, url, key="fixed-key-of-tests", limits={"seconds": 60.0, "silence": 30.0, "concurrency": 2})


def collect(ws: Workspace, request: Request) -> list[Piece]:
    async def take() -> list[Piece]:
        return [p async for p in ws.gateway.stream("tiny", request, CallFor("assist", cache=False))]

    return ws.gateway.run(take()).result(60)


def fits(text: str) -> bool:
    found = msgspec.json.decode(text)
    spans_fit = all(set(s) == {"quote", "kind"} and len(s["quote"]) <= 12 for s in found["spans"])
    return found["label"] in SCHEMA["properties"]["label"]["enum"] and 1 <= found["stars"] <= 5 and spans_fit


def test_a_schema_is_kept_whole_and_streamed(workspace: Workspace, running: Any) -> None:
    connected(workspace, running("tiny"))
    for seed in range(4):
        reply = ask(workspace, Request(TURNS, 400, 1.0, seed, SCHEMA))
        assert fits(reply.text), reply.text
        assert reply.usage.input > 10
        assert not reply.usage.estimated
    pieces = collect(workspace, Request(TURNS, 400, 1.0, 9, SCHEMA))
    assert len(pieces) > 3
    assert pieces[-1].reply is not None
    assert fits(pieces[-1].reply.text)
    assert pieces[-1].reply.usage.output > 5


def test_logprobs_are_those_of_the_tokens(workspace: Workspace, running: Any) -> None:
    connected(workspace, running("tiny"))
    reply = ask(workspace, Request(TURNS, 5, 0.0, top_logprobs=6))
    assert reply.finish == "length"
    assert reply.logprobs is not None
    assert "".join(t.token for t in reply.logprobs) == reply.text
    assert all(len(t.top) == 6 and t.logprob <= 0 for t in reply.logprobs)
    assert all(t.top[0][1] >= t.logprob - 1e-6 for t in reply.logprobs), "the likeliest alternative is at least as likely"


def test_a_tool_is_called_by_the_schema_of_its_parameters(workspace: Workspace, running: Any) -> None:
    connected(workspace, running("calling"))
    parameters = {"type": "object", "properties": {"colour": {"enum": ["red", "teal"]}}, "required": ["colour"]}
    request = Request(TURNS, 200, 0.5, 3, tools=(Tool("note", "Note a colour.", parameters),))
    reply = ask(workspace, request)
    assert [c.name for c in reply.tool_calls] == ["note"]
    assert msgspec.json.decode(reply.tool_calls[0].arguments)["colour"] in ("red", "teal")
    last = collect(workspace, request)[-1].reply
    assert last is not None
    assert last.tool_calls[0].name == "note"


def picture() -> MediaPart:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(out, "PNG")
    return MediaPart("image/png", out.getvalue())


def test_pictures_go_along_with_a_schema(workspace: Workspace, models: Path) -> None:
    config = {"file": str(models / "tiny.gguf"), "mmproj": str(models / "eyes.gguf"), "threads": 1, "context": 4096}
    Connections(workspace).add(Entered("tiny", "gguf", config=config, limits={"seconds": 90.0}), None)
    turn = Message("user", (TextPart("What is this?"), picture()))
    with_picture = ask(workspace, Request((turn,), 300, 1.0, 1, SCHEMA))
    assert fits(with_picture.text)
    without = ask(workspace, Request((user("What is this?"),), 300, 1.0, 1, SCHEMA))
    assert with_picture.usage.input > without.usage.input + 10, "a picture takes tokens"


def test_a_model_that_takes_no_pictures_says_so(workspace: Workspace, running: Any) -> None:
    connected(workspace, running("tiny"))
    with pytest.raises(ModelTrouble):
        ask(workspace, Request((Message("user", (TextPart("?"), picture())),), 10))


def test_the_test_tells_what_this_server_can_do(workspace: Workspace, running: Any) -> None:
    connected(workspace, running("tiny"))
    known = Connections(workspace)
    report = workspace.gateway.run(known.test(1, None)).result(120)
    states = {c.name: c.state for c in report.checks}
    assert report.ok
    assert states["structured"] == "yes", report.checks
    assert states["streaming"] == "yes"
    assert states["logprobs"] == "yes", [c.message for c in report.checks]
    assert states["images"] == "no"
    assert known.abilities(known.get(1)).structured
    assert {line[0] for line in ledger(workspace, "purpose")} == {"probe"}


def test_a_file_runs_in_a_process_of_its_own_that_ends_with_the_workspace(blank: Path, tmp_path: Path, models: Path) -> None:
    import shutil

    from milo.bootstrap import open_workspace

    shutil.copytree(blank, tmp_path / "own")
    ws = open_workspace(tmp_path / "own")
    config = {"file": str(models / "tiny.gguf"), "threads": 1, "context": 2048, "parallel": 1}
    Connections(ws).add(Entered("tiny", "gguf", config=config, limits={"seconds": 90.0}), None)
    assert fits(ask(ws, Request(TURNS, 300, 1.0, 5, SCHEMA)).text)
    runner = ws.gateway.bare_now("tiny").runner
    first = runner.pid
    assert first
    assert first != os.getpid()
    opened = [os.readlink(f"/proc/{first}/fd/{fd}") for fd in os.listdir(f"/proc/{first}/fd")] if os.path.isdir("/proc") else []
    assert not any("milo.db" in name for name in opened)
    os.kill(first, 9)
    end = time.monotonic() + 60
    while runner.pid == first and time.monotonic() < end:
        time.sleep(0.02)
    assert fits(ask(ws, Request(TURNS, 300, 1.0, 6, SCHEMA)).text), "a dead process is replaced"
    second = runner.pid
    ws.close()
    assert runner.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_file_that_is_no_model(workspace: Workspace, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    Connections(workspace).add(Entered("tiny", "gguf", config={"file": str(broken)}, limits={"tries": 1}), None)
    with pytest.raises(Unreachable, match=r"broken\.gguf could not be started"):
        ask(workspace, Request(TURNS))
    Connections(workspace).add(Entered("gone", "gguf", config={"file": str(tmp_path / "gone.gguf")}), None)
    with pytest.raises(InvalidConfig, match="no file"):
        ask(workspace, Request(TURNS), name="gone")


def test_many_at_once_are_all_answered(workspace: Workspace, running: Any) -> None:
    connected(workspace, running("tiny"))
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: ask(workspace, Request(TURNS, 200, 1.0, n, SCHEMA)), range(8)))
    assert all(fits(r.text) for r in replies)

"""The Python client and the command line: estimate, run, stop at a budget, ask again, undo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from llm_bench import LlmBench
from milo.sdk import Client

RULES = [{"when": "odd|cannot be used", "answer": "?"}, {"answer": {"mood": "praise", "confidence": 0.7}}]


def ready(bench: Callable[..., LlmBench]) -> LlmBench:
    made = bench()
    made.script(rules=RULES)
    made.price({"input": 1.0, "output": 1.0}, {})
    made.add([{"text": f"letter {k}"} for k in range(20)] + [{"text": "odd"}])
    config = {"connection": "script"}
    made.model = made.call(
        "POST", f"/projects/{made.id}/models", {"plugin": "llm", "name": "gpt", "question": "mood", "config": config}
    )
    return made


def test_the_client(bench: Callable[..., LlmBench]) -> None:
    made = ready(bench)
    with Client(made.server.url, token=made.server.token) as client:
        project = client.project("Letters")
        model = project.model("gpt")
        assert model.info.asks
        estimate = model.estimate("sample", n=5)
        assert estimate.items == 5
        assert estimate.cost is not None
        told: list[str] = []
        run = model.annotate("all", tokens=100_000, on_progress=lambda info: told.append(info.state))
        assert (run.info.state, run.info.done, run.info.failed) == ("done", 20, 1)
        assert told
        (error,) = run.errors()
        assert error.attempts == 3
        made.rescript(rules=RULES[1:])
        run.retry()
        assert run.wait().failed == 0
        assert project.run(run.id).info.done == 21
        assert not model.confidence()["ready"]
        run.undo()
        made.quiet()
        assert project.count(has="suggestion") == 0
        small = model.annotate("all", tokens=700, again=True)
        assert small.info.state == "stopped"
        small.resume(tokens=1_000_000)
        assert small.wait().state == "done"


def milo(made: LlmBench, *arguments: str, status: int | tuple[int, ...] = 0) -> Any:
    environment = {**os.environ, "MILO_WORKSPACE": str(made.ws.path), "COLUMNS": "200", "NO_COLOR": "1"}
    command = [sys.executable, "-W", "error", "-m", "milo.cli.main", "annotate", "Letters", "gpt", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode in (status if isinstance(status, tuple) else (status,)), done.stderr
    return json.loads(done.stdout) if "--json" in arguments else done.stdout + done.stderr


def test_the_command(bench: Callable[..., LlmBench]) -> None:
    made = ready(bench)
    assert "tokens in" in milo(made, "--estimate")
    assert milo(made, "--sample", "4", "--estimate", "--json")["items"] == 4
    assert "budget" in milo(made, "--sample", "4", status=1)
    assert milo(made, "--sample", "4", "--tokens", "100000", "--json", status=(0, 3))["total"] == 4, (
        "the odd letter may be in the sample"
    )
    assert "stopped" in milo(made, "--all", "--money", "0.000001", status=3)
    assert "answered" in milo(made, "--all", "--again", "--tokens", "1000000", status=3)
    assert "Choose one" in milo(made, "--all", "--gold", status=1)

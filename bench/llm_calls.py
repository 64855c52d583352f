"""How much the gateway costs on top of the bare connection, against a server that takes 50 ms for each answer.

    python bench/llm_calls.py                 1,200 calls, 64 at once, four rounds of each
    python bench/llm_calls.py --latency 0.2   a slower server

A bare aiohttp loop, the client of `openai_compatible` alone, and the whole gateway (rules, fingerprint, tries, pace, counting,
ledger on disk) take turns against the same server. CPU milliseconds of this process for a call are the figures to compare
(the least of the rounds), and how many calls a second each got as a share of the bare loop's in the same round (the median).
On a machine with other work to do only the ratios mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from milo.bootstrap import Workspace, open_workspace
from milo.builtin.providers.openai_compatible import PLUGIN
from milo.domain.policy import DataRules, Policy
from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Field, Question
from milo.infra.gateway import CallFor
from milo.infra.sql.connections import ConnectionsSql
from milo.kinds.provider import Request, system, user

SCHEMA = {
    "type": "object",
    "properties": {"label": {"type": "string", "enum": ["positive", "negative"]}, "confidence": {"type": "number"}},
    "required": ["label", "confidence"],
    "additionalProperties": False,
}
TEXT = "The parcel came two days late and the box was open, but the people at the desk could not have been kinder. " * 3
Call = Callable[[int], Awaitable[Any]]


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_200)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--latency", type=float, default=0.05)
    given = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("slow_llm.py")), str(given.latency)], stdout=subprocess.PIPE, text=True
    )
    port = int((server.stdout.readline() if server.stdout else "0").split()[-1])
    try:
        with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
            workspace = open_workspace(Path(folder) / "ws")
            try:
                print(json.dumps(_compare(workspace, port, given), indent=1))
            finally:
                workspace.close()
    finally:
        server.terminate()
        server.wait()


def _compare(workspace: Workspace, port: int, given: argparse.Namespace) -> dict[str, Any]:
    gateway = workspace.gateway
    address = f"http://127.0.0.1:{port}/v1"
    config = PLUGIN.check_config({"base_url": address, "model": "bench"})
    limits = {"concurrency": given.at_once}
    workspace.db.write(
        lambda c: ConnectionsSql(c).add(
            "bench", "openai_compatible", "bench", {k: v for k, v in config.items() if k != "model"}, None, limits,
            {"input": 0.15, "output": 0.6}, True, None, 0.0,
        )
    )  # fmt: skip
    rows: dict[str, list[tuple[float, float]]] = {}
    shares: dict[str, list[float]] = {}
    for _ in range(given.rounds):
        bare = 0.0
        for name, make in (("bare aiohttp", _bare), ("client", _client), ("gateway", _gateway)):
            cpu, rate = gateway.run(_measure(make, workspace, address, given)).result()
            bare = rate if name == "bare aiohttp" else bare
            rows.setdefault(name, []).append((cpu, rate))
            shares.setdefault(name, []).append(rate / bare)
    gateway.flush()
    lines = workspace.db.read(lambda c: c.execute("SELECT count(*), sum(input_tokens) FROM model_call").fetchone())
    assert lines[0] == given.rounds * given.calls, lines
    return {
        "calls": given.calls, "at_once": given.at_once, "latency": given.latency, "load": os.getloadavg(),
        "cpu_ms_per_call": {n: round(min(c for c, _ in r), 3) for n, r in rows.items()},
        "calls_per_second": {n: round(max(s for _, s in r)) for n, r in rows.items()},
        "share_of_bare": {n: round(statistics.median(r), 3) for n, r in shares.items()},
        "ledger_lines": lines[0],
    }  # fmt: skip


async def _measure(
    make: Callable[[Workspace, str], tuple[Call, Callable[[], Awaitable[None]]]],
    workspace: Workspace,
    address: str,
    given: argparse.Namespace,
) -> tuple[float, float]:
    """CPU milliseconds of the process for a call, and calls a second."""
    call, close = make(workspace, address)
    await asyncio.gather(*(call(-1 - n) for n in range(given.at_once if make is not _gateway else 0)))
    left = iter(range(given.calls))

    async def work() -> None:
        for n in left:
            await call(n)

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(given.at_once)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    await close()
    return cpu * 1000 / given.calls, given.calls / wall


def _request(n: int) -> Request:
    turns = (system("You label messages of customers."), user(f"Message {n}: {TEXT}"))
    return Request(turns, max_tokens=200, temperature=0.0, json_schema=SCHEMA)


def _bare(workspace: Workspace, address: str) -> tuple[Call, Callable[[], Awaitable[None]]]:
    """What any client has to do at the least: encode, send, read, decode."""
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def call(n: int) -> None:
        body = {
            "model": "bench", "max_tokens": 200, "temperature": 0.0,
            "messages": [
                {"role": "system", "content": "You label messages of customers."},
                {"role": "user", "content": f"Message {n}: {TEXT}"},
            ],
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}},
        }  # fmt: skip
        async with session.post(address + "/chat/completions", json=body) as response:
            found = await response.json()
            json.loads(found["choices"][0]["message"]["content"])

    return call, session.close


def _client(workspace: Workspace, address: str) -> tuple[Call, Callable[[], Awaitable[None]]]:
    client = PLUGIN.connect({"base_url": address, "model": "bench"}, None, workspace.path)
    return lambda n: client.complete(_request(n)), client.close


def _gateway(workspace: Workspace, address: str) -> tuple[Call, Callable[[], Awaitable[None]]]:
    rules = DataRules(models=("bench",))
    project = Project(1, ProjectSpec("P", (Field("text"),), (Question("q", "text"),), policy=Policy(data=rules)), 1, 0.0)

    def call(n: int) -> Awaitable[Any]:
        note = CallFor("preannotate", project, item_id=n, run_id=1, fields=("text",), cache=False)
        return workspace.gateway.complete("bench", _request(n), note)

    async def nothing() -> None:
        return None

    return call, nothing


if __name__ == "__main__":
    main()

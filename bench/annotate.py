"""What a whole pre-annotation costs an item: prompt, call, validation, suggestion, signals, ledger and progress on disk.

    python bench/annotate.py                            1,500 items a round, 64 at once, against slow_llm.py (50 ms)
    python bench/annotate.py --server path/to/server.py another server: started with --port and --latency
    python bench/annotate.py --profile                  where the time goes (slower)

A bare aiohttp loop, which encodes, sends, reads and decodes and nothing else, takes turns with real runs of the `llm` predictor
over a real workspace. The figures: CPU milliseconds of this process for an item (least of the rounds), and items a second as
a share of the bare loop's calls a second in the same round (median). A run is measured from the request that begins it to
the last result on disk. The aim: 0.9 ms and 85 %.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from milo.bootstrap import Workspace, open_workspace
from milo.domain.policy import DataRules, Policy
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.flow import ingest
from milo.flow import projects as verbs
from milo.flow.annotating import Bounds, Selection
from milo.infra.preannotate.runner import progress_of
from milo.infra.sql.connections import ConnectionsSql
from milo.infra.sql.items import ItemsSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.projects import ProjectsSql

TEXT = "The parcel came two days late and the box was open, but the people at the desk could not have been kinder. " * 3
LABELS = ["positive", "negative"]


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_500)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--server", type=Path, default=None)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    server, port = _serve(given.server, given.latency)
    try:
        with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
            workspace = open_workspace(Path(folder) / "ws")
            try:
                print(json.dumps(_compare(workspace, f"http://127.0.0.1:{port}/v1", given), indent=1))
            finally:
                workspace.close()
    finally:
        server.terminate()
        server.wait()


def _serve(path: Path | None, latency: float) -> tuple[subprocess.Popen[str], int]:
    if path is None:
        command = [sys.executable, str(Path(__file__).with_name("slow_llm.py")), str(latency)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        return server, int((server.stdout.readline() if server.stdout else "0").split()[-1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, str(path), "--port", str(port), "--latency", str(latency)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if server.stdout is not None:
        server.stdout.readline()
    return server, port


def _compare(workspace: Workspace, address: str, given: argparse.Namespace) -> dict[str, Any]:
    project, model = _set_up(workspace, address, given)
    bare: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    for number in range(given.rounds):
        bare.append(workspace.gateway.run(_bare(workspace, model, address, given)).result())
        ours.append(_annotate(workspace, project, model, number, given))
    stored = workspace.db.read(lambda c: c.execute("SELECT count(*) FROM signal").fetchone())[0]
    assert stored == given.rounds * given.items, stored
    if given.profile:
        _profile(workspace, project, model, given)
    return {
        "items": given.items, "at_once": given.at_once, "latency": given.latency, "load": os.getloadavg(),
        "cpu_ms_per_item": {"bare": round(min(c for c, _ in bare), 3), "milo": round(min(c for c, _ in ours), 3)},
        "items_per_second": {"bare": round(max(r for _, r in bare)), "milo": round(max(r for _, r in ours))},
        "share_of_bare": round(statistics.median(o / b for (_, o), (_, b) in zip(ours, bare, strict=True)), 3),
        "shares": [round(o / b, 3) for (_, o), (_, b) in zip(ours, bare, strict=True)],
    }  # fmt: skip


def _set_up(workspace: Workspace, address: str, given: argparse.Namespace) -> tuple[int, int]:
    limits = {"concurrency": given.at_once, "cache_days": 0}
    config = {"base_url": address}
    workspace.db.write(
        lambda c: ConnectionsSql(c).add(
            "bench", "openai_compatible", "bench", config, None, limits, {"input": 0.15, "output": 0.6}, True, None, 0.0
        )
    )
    asked = Question("label", "choice", config={"labels": LABELS})
    rules = Policy(data=DataRules(models=("local",)), order="imported")
    spec = verbs.complete(ProjectSpec("Bench", (Field("text"),), (asked,), policy=rules), workspace.registry)
    project = workspace.db.write(lambda c: verbs.create(ProjectsSql(c), spec, [], b"x" * 32, None, 0.0))
    total, known = given.items * (given.rounds + 1), workspace.projects.get(project)
    make = ingest.Checker(known).item
    for start in range(0, total, 500):
        items = [make({"text": f"Message {n}: {TEXT}"}, None, {}, n, "", {}) for n in range(start, min(total, start + 500))]
        workspace.db.write(lambda c, items=items: ingest.store(ItemsSql(c), known, b"x" * 32, 1, items, 0.0))
    plugin = workspace.registry.predictors.get("llm")
    settled = plugin.check_config({"connection": "bench", "temperature": 0.0, "max_tokens": 200}, asked)
    model = workspace.db.write(lambda c: ModelsSql(c).add_predictor(project, "llm", "llm", "label", settled, 0.0))
    return project, model


def _annotate(workspace: Workspace, project: int, model: int, number: int, given: argparse.Namespace) -> tuple[float, float]:
    """One run; CPU milliseconds of the process for an item, and items a second."""
    row = workspace.db.read(lambda c: ModelsSql(c).predictor(model))
    assert row is not None
    plan = workspace.annotating.plan(row, None, None)
    first = project * 1_000_000_000 + number * given.items + 1
    ids = tuple(range(first, first + given.items))
    selection = Selection("items", item_ids=ids[:10_000])
    cpu, wall = time.process_time(), time.perf_counter()
    run = workspace.annotating.start(plan, selection, Bounds(1_000.0, None), None)
    while (found := workspace.db.read(lambda c: ModelsSql(c).run(run))) is not None and found.state == "running":
        time.sleep(0.02)
        while workspace.annotating.live(run) is not None:  # looking costs nothing that would count as the run's
            time.sleep(0.02)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert found is not None
    assert found.state == "done", progress_of(found)
    assert progress_of(found).done == given.items, progress_of(found)
    return cpu * 1000 / given.items, given.items / wall


async def _bare(workspace: Workspace, model: int, address: str, given: argparse.Namespace) -> tuple[float, float]:
    """The least that any client has to do, with the same bytes to send."""
    row = workspace.db.read(lambda c: ModelsSql(c).predictor(model))
    assert row is not None
    plan = await asyncio.to_thread(workspace.annotating.plan, row, None, None)
    task = plan.showing.task("label")
    item = plan.project.id * 1_000_000_000 + 1
    ((_, request),) = plan.plugin.requests(task, plan.config, await asyncio.to_thread(plan.showing.shown, item), [])
    system, user = ("".join(getattr(part, "text", "") for part in m.parts) for m in request.messages)
    schema = {"name": "answer", "schema": request.json_schema, "strict": True}
    left = iter(range(given.items))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def work() -> None:
            for n in left:
                body = {
                    "model": "bench", "max_tokens": 200, "temperature": 0.0,
                    "messages": [{"role": "system", "content": system}, {"role": "user", "content": f"{n} {user}"}],
                    "response_format": {"type": "json_schema", "json_schema": schema},
                }  # fmt: skip
                async with session.post(address + "/chat/completions", json=body) as response:
                    found = await response.json()
                    json.loads(found["choices"][0]["message"]["content"])

        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.gather(*(work() for _ in range(given.at_once)))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu * 1000 / given.items, given.items / wall


def _profile(workspace: Workspace, project: int, model: int, given: argparse.Namespace) -> None:
    """Where the event loop spends its time during a run."""
    profile = cProfile.Profile()

    async def switch(on: bool) -> None:
        profile.enable() if on else profile.disable()

    workspace.gateway.run(switch(True)).result()
    _annotate(workspace, project, model, given.rounds, given)
    workspace.gateway.run(switch(False)).result()
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()

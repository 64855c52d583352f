"""What measuring quality costs with a million answers, and what annotators notice of it.

    python bench/quality_jobs.py                       1,000,000 answers on 200,000 items, four labels, 400 people
    python bench/quality_jobs.py --answers 100000

A server of its own measures agreement, then people, then resolves everything: each alone (CPU seconds of the server), then with
somebody who takes items and answers them meanwhile. The time of those requests stands beside that without a job, in one run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from peer.milo import Milo  # noqa: E402
from peer.server import Server  # noqa: E402
from peer.usage import cpu, memory  # noqa: E402
from peer.wire import Wire  # noqa: E402
from resolve import filled  # noqa: E402

CYCLES = 150


def main() -> None:
    """Fill, serve, measure, print."""
    reader = argparse.ArgumentParser(description="The cost of measuring quality.")
    reader.add_argument("--answers", type=int, default=1_000_000)
    given = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
        data = Path(folder) / "ws"
        project, token = prepared(data, given.answers)
        server = Server(Milo(), data, fresh=False)
        try:
            measure(server, f"/api/projects/{project}", token)
        finally:
            server.stop()


def prepared(data: Path, answers: int) -> tuple[int, str]:
    """A workspace with that many answers, and somebody's token."""
    ws, project, _ = filled(data, answers // 5, "dawid_skene")
    user = "INSERT INTO user (id, login, role, password_hash, created_at) VALUES (1, 'owner', 'owner', '', 0)"
    ws.db.write(lambda c: c.execute(user))
    token = ws.auth.add_token(1, "bench")[1]
    ws.close()
    return project, token


def measure(server: Server, at: str, token: str) -> None:
    """Print a table."""
    wire = Wire(server.base, {"Authorization": f"Bearer {token}"})
    items = [{"data": {"text": f"open item {n}"}} for n in range(20_000)]
    for start in range(0, len(items), 1000):
        wire.ask("POST", f"{at}/items", json.dumps(items[start : start + 1000]).encode())
    settle(wire, at)
    jobs: dict[str, Callable[[], int]] = {
        "agreement": lambda: wire.ask("GET", f"{at}/quality/agreement?question=topic")["job"],
        "people": lambda: wire.ask("GET", f"{at}/quality/people?question=topic")["job"],
        "resolve": lambda: wire.ask("POST", f"{at}/resolve", {})["id"],
    }
    for _ in range(CYCLES):
        cycle(wire, at)
    print(
        "| | CPU s | memory MB | next and save, ms: median | 95 % | longest | requests |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    print(f"| no job | | {memory(server.pid):.0f} | {row([cycle(wire, at) for _ in range(CYCLES)])} |", flush=True)
    for name, start in jobs.items():
        settle(wire, at)
        before, job = cpu(server.pid), start()
        while not over(wire, job):
            time.sleep(0.2)
        spent, most = cpu(server.pid) - before, memory(server.pid)
        cycle(wire, at)
        settle(wire, at)
        job, beside = start(), list[float]()
        while not over(wire, job):
            beside += [cycle(wire, at) for _ in range(5)]
        print(f"| {name} | {spent:.1f} | {most:.0f} | {row(beside)} |", flush=True)
    settle(wire, at)
    print(f"| no job | | {memory(server.pid):.0f} | {row([cycle(wire, at) for _ in range(CYCLES)])} |", flush=True)


def settle(wire: Wire, at: str) -> None:
    """Wait until the server has had nothing to do for a while."""
    quiet = 0
    while quiet < 10:
        jobs = wire.ask("GET", f"/api/jobs?project={at.rsplit('/', 1)[1]}")
        quiet = 0 if any(job["state"] in ("queued", "running") for job in jobs) else quiet + 1
        time.sleep(0.2)


def over(wire: Wire, job: int) -> bool:
    """Whether a job has come to its end. Raises RuntimeError where that is not a good one."""
    row = wire.ask("GET", f"/api/jobs/{job}")
    if row["state"] not in ("queued", "running", "done"):
        raise RuntimeError(f"the job ended as {row['state']}: {row['error']}")
    return row["state"] == "done"


def cycle(wire: Wire, at: str) -> float:
    """Take the next item and answer it; milliseconds."""
    began = time.perf_counter()
    lent = wire.ask("GET", f"{at}/queue?n=1")[0]
    body: dict[str, Any] = {
        "op_id": str(uuid.uuid4()), "item_id": lent["item"]["id"], "assignment_id": lent["assignment"]["id"],
        "values": {"topic": "a"}, "shown": {}, "accepted": {}, "keystrokes": 1, "client_at": 0, "schema_version": 1,
        "events": [],
    }  # fmt: skip
    wire.ask("POST", f"{at}/answers", body)
    return 1000 * (time.perf_counter() - began)


def row(times: list[float]) -> str:
    """Median, 95th percentile, maximum and number of times."""
    return " | ".join(f"{v:.1f}" for v in np.quantile(times, (0.5, 0.95, 1))) + f" | {len(times)}"


if __name__ == "__main__":
    main()

"""Milo by itself at growing sizes: what stays flat from 10,000 to 1,000,000 items, and what does not.

    python bench/alone.py                      10,000, 100,000 and 1,000,000 items
    python bench/alone.py --sizes 10000,50000

The same workload as against the peer, and an import of the same rows from a JSONL file as a job.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from peer.milo import Milo  # noqa: E402
from peer.server import Server  # noqa: E402
from peer.table import ROWS  # noqa: E402
from peer.usage import Phase  # noqa: E402
from peer.workload import Plan, rows  # noqa: E402
from run import machine, measure  # noqa: E402


def main() -> None:
    """Measure each size, print one table."""
    reader = argparse.ArgumentParser(description="Milo at growing sizes.")
    reader.add_argument("--sizes", default="10000,100000,1000000", help="numbers of items, by comma")
    reader.add_argument("--seconds", type=float, default=10, help="how long eight annotators work together")
    reader.add_argument("--data", help="folder for the data of the run")
    given = reader.parse_args()
    results: dict[str, Any] = {"machine": machine(), "sizes": {}}
    out = HERE / "results" / f"alone-{time.strftime('%Y%m%d-%H%M%S')}.json"
    out.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="milo-bench-", dir=given.data) as folder:
        for size in [int(s) for s in given.sizes.split(",")]:
            plan = Plan(size=size, seconds=given.seconds)
            found = measure(Milo(), plan, Path(folder) / f"api-{size}")
            found["file"] = from_file(size, Path(folder) / f"file-{size}")
            results["sizes"][str(size)] = found
            out.write_text(json.dumps(results, indent=1))
    print(f"\n{flatness(results)}\n\nFigures: {out}")


def from_file(size: int, data: Path) -> dict[str, Any]:
    """Import a JSONL file of the server's disk as a job."""
    server = Server(Milo(), data)
    try:
        source = data / "rows.jsonl"
        with source.open("w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows(size))
        seat = Milo().open(server.base)
        seat.create_project("from a file")
        with Phase(server.pid) as phase:
            seat.import_file(source)
        found = phase.row(size)
        with Phase(server.pid) as phase:
            seat.settle()
        found["index_cpu_s"] = round(phase.server, 2)
        print(f"  {'from_file':24}{json.dumps(found)}", flush=True)
        return found
    finally:
        server.stop()


def flatness(results: dict[str, Any]) -> str:
    """A column for each size, and the last as a multiple of the first."""
    sizes = list(results["sizes"])
    found = [results["sizes"][size] for size in sizes]
    lines = [
        "| | " + " | ".join(f"{int(s):,}" for s in sizes) + " | last / first |",
        "|---" + "|---:" * (len(sizes) + 1) + "|",
    ]
    shown = [
        *((title, read) for title, read, _, _ in ROWS),
        ("Import of a file, items per CPU-second", lambda r: r["file"]["per_cpu_s"]),
        ("Import of a file, peak memory, MB", lambda r: r["file"]["peak_mb"]),
        ("Workspace on disk, MB", lambda r: r["disk"]["mb"]),
    ]
    for title, read in shown:
        values = [read(one) for one in found]
        ratio = f"{values[-1] / values[0]:.2g}" if values[0] else ""
        lines.append("| " + " | ".join([title, *(f"{v:,.3g}" if v < 1000 else f"{v:,.0f}" for v in values), ratio]) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

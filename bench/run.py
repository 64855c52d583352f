"""`make bench`: the workload on Milo and on its peer, side by side, with ratios.

    python bench/run.py                       Milo and Label Studio at 10,000 and 100,000 items
    python bench/run.py --quick               2,000 items, a few seconds each
    python bench/run.py --products milo       Milo alone
    python bench/run.py --peer-venv PATH      use a Label Studio that is installed already
    python bench/run.py --merge A.json B.json the best of several runs, which others disturbed least

The peer is installed into bench/.peer at first use. Figures go to bench/results/, the table to the screen. Compare CPU
figures: wall time counts whatever else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from peer.label_studio import LabelStudio  # noqa: E402
from peer.milo import Milo  # noqa: E402
from peer.product import Product  # noqa: E402
from peer.server import Server  # noqa: E402
from peer.table import best, table  # noqa: E402
from peer.workload import Plan, run  # noqa: E402

PEER = "label-studio==1.23.2"
PRODUCTS = ("label-studio", "milo", "milo-learning")


def main() -> None:
    """Read the arguments, run, print."""
    given = _arguments()
    if given.merge:
        print(table(best([json.loads(Path(one).read_text()) for one in given.merge])))
        return
    plan = Plan(cycles=40, cycle_seconds=2, pages=5, seconds=5) if given.quick else Plan()
    if given.seconds:
        plan = replace(plan, seconds=given.seconds)
    sizes = [2_000] if given.quick else [int(s) for s in given.sizes.split(",")]
    venv = _peer(given.peer_venv) if "label-studio" in given.products else None
    results: dict[str, Any] = {"machine": machine(), "sizes": {}}
    out = HERE / "results" / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    out.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="milo-bench-", dir=given.data) as folder:
        for size in sizes:
            for name in given.products.split(","):
                found = measure(_product(name, venv), replace(plan, size=size), Path(folder) / f"{name}-{size}")
                results["sizes"].setdefault(str(size), {})[name] = found
                out.write_text(json.dumps(results, indent=1))
    results["install"] = {name: _install(name, venv) for name in given.products.split(",") if name != "milo-learning"}
    out.write_text(json.dumps(results, indent=1))
    print(f"\n{table(results)}\n\nFigures: {out}")


def measure(product: Product, plan: Plan, data: Path) -> dict[str, Any]:
    """One product at one size, on a fresh server."""
    print(f"\n{product.name}, {plan.size:,} items", flush=True)
    server = Server(product, data)
    found: dict[str, Any] = {"first_start": server.first}

    def say(phase: str, row: dict[str, Any]) -> None:
        found[phase] = row
        print(f"  {phase:24}{json.dumps(row)}", flush=True)

    try:
        say("first_start", server.first)
        run(server, plan, say)
        say("disk", {"mb": round(sum(p.stat().st_size for p in data.rglob("*") if p.is_file()) / 1e6, 1)})
    finally:
        server.stop()
    return found


def machine() -> dict[str, Any]:
    """Where this was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg(),
    }


def _product(name: str, venv: Path | None) -> Product:
    if name == "label-studio" and venv is not None:
        return LabelStudio(venv)
    if name in ("milo", "milo-learning"):
        return Milo(learning=name == "milo-learning")
    raise SystemExit(f"There is no product {name!r}; there are {', '.join(PRODUCTS)}.")


def _peer(given: str | None) -> Path:
    """Where the peer is installed; it is installed first if need be."""
    venv = Path(given).resolve() if given else HERE / ".peer"
    if not (venv / "bin" / "label-studio").exists():
        if given:
            raise SystemExit(f"There is no Label Studio in {venv}.")
        print(f"Installing {PEER} into {venv} (about 1 GB) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "--quiet", PEER], check=True)
    return venv


def _install(name: str, venv: Path | None) -> dict[str, Any]:
    python = str(venv / "bin" / "python") if name == "label-studio" and venv is not None else sys.executable
    done = subprocess.run([python, str(HERE / "peer" / "footprint.py"), name], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description="Milo and its peer on the same work.")
    reader.add_argument("--sizes", default="10000,100000", help="numbers of items, by comma")
    reader.add_argument("--products", default="label-studio,milo", help=f"of {', '.join(PRODUCTS)}, by comma")
    reader.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    reader.add_argument("--seconds", type=float, help="how long the annotators work together")
    reader.add_argument("--peer-venv", help="a virtual environment with Label Studio in it")
    reader.add_argument("--merge", nargs="+", metavar="FILE", help="no run: one table of earlier results, the best of each")
    reader.add_argument("--data", help="folder for the data of the run; default: the system's folder for temporary files")
    return reader.parse_args()


if __name__ == "__main__":
    main()

"""Aggregation: Milo and Crowd-Kit on the same answers, side by side, and both against the gold of recorded crowds.

    python bench/aggregation.py                       1,000 to 1,000,000 simulated answers: CPU seconds, accuracy, ratio
    python bench/aggregation.py --quick               up to 10,000 answers
    python bench/aggregation.py --replay DATA         recorded crowds in the folder DATA: accuracy and calibration
    python bench/aggregation.py --peer-venv PATH      use a Crowd-Kit that is installed already; "none" leaves it out

The peer is installed into bench/.crowdkit at first use (about 600 MB). CPU seconds of fitting alone are compared, the least of
two runs each, on one core. The peer is left out where it would take minutes (MACE and GLAD on many answers).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "src"))

import numpy as np  # noqa: E402

from milo.stats.answers import Answers, Resolved, answers  # noqa: E402
from milo.stats.dawid_skene import dawid_skene, one_coin  # noqa: E402
from milo.stats.glad import glad  # noqa: E402
from milo.stats.independence import independence  # noqa: E402
from milo.stats.label_model import label_model, triplets  # noqa: E402
from milo.stats.mace import mace  # noqa: E402
from milo.stats.text_voting import vote_text, word_errors  # noqa: E402
from milo.stats.voting import majority, vote_shares, weighted  # noqa: E402

PEER = "crowd-kit==1.4.2"
MILO: dict[str, Callable[..., Resolved]] = {
    "majority": majority,
    "vote_shares": vote_shares,
    "weighted": weighted,
    "dawid_skene": dawid_skene,
    "one_coin": one_coin,
    "mace": mace,
    "glad": lambda a, w=None: glad(a, w).resolved,
}
PEER_UP_TO = {"vote_shares": 10**7, "dawid_skene": 10**7, "one_coin": 10**7, "mace": 100_000, "glad": 10_000}
CROWDS = (("crowds", "rte"), ("crowds", "temp"), ("human_llm", "natural"))


def simulated(n: int, labels: int = 5, each: int = 5) -> tuple[Any, Answers]:
    """n answers by workers of differing accuracy (Beta(6, 3)), `each` for a task."""
    rng = np.random.default_rng(7)
    tasks = n // each
    workers = max(20, tasks // 200)
    truth, right = rng.integers(0, labels, tasks), rng.beta(6, 3, workers)
    task, worker = np.repeat(np.arange(tasks), each), rng.integers(0, workers, n)
    wrong = (truth[task] + rng.integers(1, labels, n)) % labels
    return truth, answers(task, worker, np.where(rng.random(n) < right[worker], truth[task], wrong), tasks, workers, labels)


def recorded(folder: Path, part: str, name: str) -> tuple[Any, Answers]:
    """Gold (-1 where there is none) and answers of a recorded crowd."""
    gold = {}
    for line in (folder / part / f"{name}.items.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        gold[str(record["item"])] = str(record.get("gold"))
    with (folder / part / f"{name}.labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["label"]]
    kinds = sorted({r["label"] for r in rows})
    codes = [{v: i for i, v in enumerate(sorted({r[f] for r in rows}))} for f in ("item", "rater", "label")]
    columns = [[code[r[f]] for r in rows] for code, f in zip(codes, ("item", "rater", "label"), strict=True)]
    truth = np.array([codes[2].get(gold.get(item, ""), -1) for item in codes[0]])
    return truth, answers(*columns, len(codes[0]), len(codes[1]), len(kinds))


class CrowdKit:
    """The peer in its own virtual environment."""

    def __init__(self, venv: str | None) -> None:
        self.python = None if venv == "none" else _installed(Path(venv) if venv else HERE / ".crowdkit")

    def run(self, method: str, given: Answers) -> tuple[Any, float] | None:
        """Soft labels and CPU seconds, or None where it has no such method or would take too long."""
        if self.python is None or len(given.task) > PEER_UP_TO.get(method, 0):
            return None
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
            sizes = {"n_tasks": given.n_tasks, "n_labels": given.n_labels}
            np.savez(source, task=given.task, worker=given.worker, label=given.label, **sizes)
            subprocess.run([self.python, str(HERE / "peer" / "crowd_kit.py"), method, source, target], check=True)
            out = np.load(target)
            return out["soft"], float(out["cpu"])


def _installed(venv: Path) -> str:
    python = venv / "bin" / "python"
    if not python.exists():
        print(f"Installing {PEER} into {venv} (about 600 MB) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "--quiet", PEER], check=True)
    return str(python)


def timed(method: str, given: Answers) -> tuple[Resolved, float]:
    """A result and the least CPU seconds of two runs."""
    best, found = float("inf"), None
    for _ in range(2):
        before = time.process_time()
        found = MILO[method](given)
        best = min(best, time.process_time() - before)
    assert found is not None
    return found, best


def speed(peer: CrowdKit, sizes: list[int]) -> list[dict[str, Any]]:
    """One row for each size and method."""
    dawid_skene(simulated(1000)[1])
    rows = []
    for size in sizes:
        truth, given = simulated(size)
        for method in MILO:
            found, cpu = timed(method, given)
            row = {"answers": size, "method": method, "milo cpu s": cpu, "milo right": _right(found.soft, truth)}
            other = peer.run(method, given)
            if other is not None:
                row |= {"peer cpu s": other[1], "peer right": _right(other[0], truth), "ratio": other[1] / max(cpu, 1e-9)}
            rows.append(row)
            print(_line(row), flush=True)
    return rows


def replay(peer: CrowdKit, folder: Path) -> list[dict[str, Any]]:
    """One row for each recorded crowd and method: plain, with weights against dependence, and the peer."""
    rows = []
    for part, name in CROWDS:
        truth, given = recorded(folder, part, name)
        weight = independence(given).weight
        for method, run in MILO.items():
            plain, careful = run(given), run(given, weight)
            row = {
                "crowd": name,
                "method": method,
                **_scores("", plain.soft, truth),
                **_scores("weighed ", careful.soft, truth),
            }
            other = peer.run(method, given)
            if other is not None:
                row["peer right"] = _right(other[0], truth)
                row["same label"] = float((other[0].argmax(axis=1) == plain.soft.argmax(axis=1)).mean())
            rows.append(row)
            print(_line(row), flush=True)
    return rows


def transcriptions(folder: Path) -> dict[str, float]:
    """Word error rates on recorded transcriptions: of the vote, of one person on average, of the best person of each."""
    with (folder / "crowds" / "crowdspeech300-gt.txt").open(encoding="utf-8") as file:
        truth = dict(line.rstrip("\n").split("\t") for line in file)
    versions: dict[str, list[list[str]]] = defaultdict(list)
    with (folder / "crowds" / "crowdspeech300-crowd.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            versions[row["INPUT:audio"]].append(_words(row["OUTPUT:transcription"]))
    words = sum(len(_words(text)) for text in truth.values())
    voted, single, best = 0, 0.0, 0
    for audio, text in truth.items():
        errors = [word_errors(v, _words(text)) for v in versions[audio]]
        voted += word_errors(vote_text(versions[audio]).words, _words(text))
        single, best = single + sum(errors) / len(errors), best + min(errors)
    return {"vote": voted / words, "one person": single / words, "best person of each": best / words}


def rules(folder: Path) -> dict[str, float]:
    """Shares right on the recorded labelling functions (all parts together)."""
    table = []
    for part in ("train", "val", "test"):
        with (folder / "weak" / "TubeSpam" / f"TubeSpam_lf_matrix_{part}.csv").open(encoding="utf-8", newline="") as file:
            table += [[int(float(row[c])) for c in (*map(str, range(10)), "Label")] for row in csv.DictReader(file)]
    found = np.array(table)
    votes, truth = np.where(found[:, :10] == 0, -1, (found[:, :10] + 1) // 2), (found[:, 10] + 1) // 2
    counts = np.stack([(votes == k).sum(axis=1) for k in (0, 1)], axis=1)
    counted = np.where(counts[:, 0] == counts[:, 1], 0.5, counts.argmax(axis=1) == truth).mean()
    models = {m.__name__: float((m(votes, 2).soft.argmax(axis=1) == truth).mean()) for m in (label_model, triplets)}
    return {"votes, ties by a coin": float(counted), **models}


def _words(text: str) -> list[str]:
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def _right(soft: Any, truth: Any) -> float:
    return float((soft.argmax(axis=1) == truth)[truth >= 0].mean())


def _scores(prefix: str, soft: Any, truth: Any) -> dict[str, float]:
    known = truth >= 0
    chance = np.clip(soft[known, truth[known]], 1e-6, 1)
    return {
        f"{prefix}right": _right(soft, truth),
        f"{prefix}claimed": float(soft[known].max(axis=1).mean()),
        f"{prefix}log loss": float(-np.log(chance).mean()),
    }


def _line(row: dict[str, Any]) -> str:
    return "  ".join(f"{k} {v:.4g}" if isinstance(v, float) else str(v) for k, v in row.items())


def markdown(rows: list[dict[str, Any]]) -> str:
    """The rows as a table."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [row.get(name, "") for name in names]
        lines.append(
            "| "
            + " | ".join(f"{c:.3g}" if isinstance(c, float) else f"{c:,}" if isinstance(c, int) else c for c in cells)
            + " |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run what is asked for; print it, and keep it in bench/results."""
    reader = argparse.ArgumentParser(description="Aggregation: Milo and Crowd-Kit.")
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--replay", type=Path, help="a folder with recorded crowds")
    reader.add_argument("--peer-venv", help='a virtual environment with Crowd-Kit in it, or "none"')
    given = reader.parse_args()
    peer = CrowdKit(given.peer_venv)
    results: dict[str, Any] = {}
    if given.replay:
        rows = replay(peer, given.replay)
        results |= {"transcriptions": transcriptions(given.replay), "rules": rules(given.replay)}
        print(results)
    else:
        rows = speed(peer, [1_000, 10_000] if given.quick else [1_000, 10_000, 100_000, 1_000_000])
    print(markdown(rows))
    target = HERE / "results" / f"aggregation-{'replay' if given.replay else 'speed'}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"rows": rows, **results}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

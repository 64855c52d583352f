"""What the statistics of agreement and aggregation promise, by simulation, and how fast they are.

    python bench/aggregation_promises.py              all of it, a few minutes
    python bench/aggregation_promises.py copies       one part: border, power, copies, astray, intervals, speed

border: how often the alternative annotator test says yes where it should in at most 5 % of cases, exact and published.
power: how often a model as good as the people passes. copies: how far copies of one annotator raise what is claimed.
astray: crowds in which confusion matrices go wrong, and what the guard makes of them.
intervals: how often intervals of agreement hold the truth. speed: CPU seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import numpy as np

from milo.stats.agreement import NAMES, krippendorff_alpha
from milo.stats.alternative_annotator import exact_p_value, power, published_p_value
from milo.stats.answers import Answers, Resolved, answers
from milo.stats.dawid_skene import dawid_skene, guarded, one_coin
from milo.stats.glad import glad
from milo.stats.independence import independence
from milo.stats.kappa import cohen_kappa, fleiss_kappa, gwet_ac
from milo.stats.label_errors import label_errors
from milo.stats.mace import mace

METHODS: dict[str, Callable[..., Resolved]] = {
    "dawid_skene": dawid_skene,
    "one_coin": one_coin,
    "mace": lambda a, w: mace(a, w, restarts=1),
    "glad": lambda a, w: glad(a, w).resolved,
}


def border(runs: int = 1000) -> None:
    """Yes at the border, per cent: mean advantage of the person just epsilon."""
    rng = np.random.default_rng(0)
    print("items  epsilon  better  worse   exact  published   (per cent; 5 is promised)")
    for n in (10, 20, 29, 30, 50, 100):
        for epsilon, up, down in ((0.2, 0.2, 0.0), (0.2, 0.3, 0.1), (0.2, 0.45, 0.25), (0.1, 0.1, 0.0), (0.1, 0.3, 0.2)):
            draws = rng.choice([1.0, 0.0, -1.0], (runs, n), p=[up, 1 - up - down, down])
            yes = [100 * np.mean([p(d, epsilon) <= 0.05 for d in draws]) for p in (exact_p_value, published_p_value)]
            print(f"{n:5} {epsilon:8} {up:7} {down:6} {yes[0]:7.1f} {yes[1]:10.1f}", flush=True)


def passing(runs: int = 200) -> None:
    """A model that is right as often as the people (80 %), and one that is not (60 %)."""
    for n in (30, 50, 100, 200):
        for accuracy in (0.8, 0.6):
            found = [power(n, model_accuracy=accuracy, runs=runs, test=t).passes for t in ("exact", "published")]
            print(f"{n} items, model right in {accuracy:.0%}: exact {found[0]:.0%}, published {found[1]:.0%}", flush=True)


def _crowd(rng: np.random.Generator) -> tuple[Any, Answers, Answers]:
    labels, who, times = int(rng.integers(2, 5)), int(rng.integers(5)), int(rng.integers(1, 26))
    truth, right = rng.integers(0, labels, 300), rng.uniform(0.6, 0.85, 5)
    wrong = (truth[:, None] + rng.integers(1, labels, (300, 5))) % labels
    table = np.where(rng.random((300, 5)) < right, truth[:, None], wrong)
    made = []
    for given in (table, np.column_stack([table, *[table[:, who]] * times])):
        n = given.shape[1]
        made.append(answers(np.repeat(np.arange(300), n), np.tile(np.arange(n), 300), given.ravel(), 300, n, labels))
    return truth, made[0], made[1]


def copies(runs: int = 200) -> None:
    """One of five people is copied 1 to 25 times: change of the claimed log odds and of accuracy."""
    rng = np.random.default_rng(1)
    seen: dict[str, list[tuple[float, float, float]]] = {name: [] for name in METHODS}
    for _ in range(runs):
        truth, base, copied = _crowd(rng)
        weights = [independence(a).weight for a in (base, copied)]
        for name, method in METHODS.items():
            soft = [method(a, w).soft for a, w in zip((base, copied), weights, strict=True)]
            odds = [np.log(p / (1 - p)) for p in (np.clip(s.max(axis=1), 1e-12, 1 - 1e-12) for s in soft)]
            right = [(s.argmax(axis=1) == truth).mean() for s in soft]
            seen[name].append((odds[1].max() - odds[0].max(), odds[1].mean() - odds[0].mean(), right[1] - right[0]))
    for name, rows in seen.items():
        top, mean, right = np.array(rows).T
        print(f"{name}: largest log odds {top.max():+.2f} at most, their mean {mean.max():+.2f}; right {right.min():+.3f}")


def intervals(runs: int = 1000) -> None:
    """Intervals of 95 % on 100 items by three people: how often they hold the value in a crowd without end."""
    rng = np.random.default_rng(2)

    def table(items: int) -> Any:
        truth = rng.choice(3, items, p=[0.6, 0.3, 0.1])
        guess = rng.choice(3, (items, 3), p=[0.6, 0.3, 0.1])
        return np.where(rng.random((items, 3)) < 0.7, truth[:, None], guess)

    measures = {
        "alpha": lambda t: krippendorff_alpha(t, replicates=500),
        "Fleiss' kappa": fleiss_kappa,
        "AC1": gwet_ac,
        "Cohen's kappa": lambda t: cohen_kappa(t[:, 0], t[:, 1]),
    }
    large = table(1_000_000)
    truth = {name: float(m(large).value or 0) for name, m in measures.items()}
    held = dict.fromkeys(measures, 0)
    for _ in range(runs):
        small = table(100)
        for name, measure in measures.items():
            found = measure(small)
            held[name] += found.low is not None and found.high is not None and found.low <= truth[name] <= found.high
    print({name: f"{count / runs:.1%}" for name, count in held.items()})


def _kind_of_crowd(kind: str, rng: np.random.Generator) -> tuple[Any, Answers]:
    k, n, w = int(rng.integers(2, 6)), int(rng.integers(60, 600)), int(rng.integers(5, 30))
    each = min(int(rng.integers(2, 6)), w)
    truth = rng.choice(k, n, p=rng.dirichlet(np.full(k, 0.6 if kind == "a rare label" else 3.0)))
    skill = rng.beta(3 if kind == "unskilled" else 6, 3, size=w)
    task = np.repeat(np.arange(n), each)
    worker = np.concatenate([rng.choice(w, each, replace=False) for _ in range(n)])
    right = rng.random(len(task)) < skill[worker]
    said = np.where(right, truth[task], (truth[task] + rng.integers(1, k, len(task))) % k)
    if kind == "careless":
        said = np.where((rng.random(w) < 0.3)[worker], worker % k, said)
    if kind == "confused" and k > 2:
        said = np.where((truth[task] == 1) & (rng.random(len(task)) < 0.45), 0, said)
    return truth, answers(task, worker, said, n, w, k)


def strayed(runs: int = 200) -> None:
    """Mean accuracy with whole confusion matrices, one number each, and the guard; the share of crowds where it steps in."""
    for kind in ("plain", "a rare label", "unskilled", "careless", "confused"):
        rows = []
        for seed in range(runs):
            truth, given = _kind_of_crowd(kind, np.random.default_rng(seed))
            weight = independence(given).weight
            found = [f(given, weight) for f in (dawid_skene, one_coin, guarded)]
            rows.append([*((one.soft.argmax(1) == truth).mean() for one in found), bool(found[2].note)])
        full, plain, held, noted = np.mean(rows, axis=0)
        print(f"| {kind} | {full:.1%} | {plain:.1%} | {held:.1%} | {noted:.0%} |", flush=True)


def speed() -> None:
    """CPU seconds of alpha and of label errors."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 5, 100_000)
    table = np.where(rng.random((100_000, 5)) < 0.8, truth[:, None], rng.integers(0, 5, (100_000, 5)))
    for distance in NAMES:
        for replicates in (0, 1000):
            before = time.process_time()
            krippendorff_alpha(table, distance, values=[1, 2, 3, 4, 5], replicates=replicates)
            print(f"alpha, {distance}, {replicates} replicates: {time.process_time() - before:.3f} s")
    truth = rng.integers(0, 10, 1_000_000)
    p = rng.random((1_000_000, 10)) * 0.3
    p[np.arange(len(p)), truth] += 1
    p /= p.sum(axis=1, keepdims=True)
    label = np.where(rng.random(len(p)) < 0.08, rng.integers(0, 10, len(p)), truth)
    before = time.process_time()
    found = label_errors(label, p)
    print(f"label errors of a million items: {time.process_time() - before:.2f} s, {found.suspect.sum():,} suspects")


PARTS = {"border": border, "power": passing, "copies": copies, "astray": strayed, "intervals": intervals, "speed": speed}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()

"""Do totals cover the truth, and how much narrower are they than labels alone?

PYTHONPATH=src python bench/trust/estimates.py --runs 1000
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from milo.stats.estimates import mean, metrics
from milo.stats.judging import corrected_rate, corrected_rate_by_verdict

CASES = [
    ("good model", 2000, 50, 0.3, 0.9, False), ("useless model", 2000, 50, 0.3, 0.5, False),
    ("good model, more labels", 2000, 200, 0.5, 0.95, False), ("rare class, useless model", 2000, 200, 0.05, 0.5, False),
    ("rare class, good model", 5000, 100, 0.05, 0.97, False), ("few labels", 2000, 30, 0.5, 0.99, False),
    ("half of all labelled", 500, 250, 0.5, 0.8, False), ("unsure items more often", 5000, 200, 0.3, 0.9, True),
]  # fmt: skip


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--runs", type=int, default=1000)
    runs = reader.parse_args().runs
    print(f"{runs} runs, level 95 %\n\n| totals | items | labels | covered | labels alone | mean width | widest |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, *case in CASES:
        rows = np.array([total(seed, *case) for seed in range(runs)])
        covered, alone, width, plain = rows.mean(axis=0)
        widest = (rows[:, 2] / rows[:, 3]).max()
        print(
            f"| {name} | {case[0]} | {case[1]} | {covered:.1%} | {alone:.1%} | {width / plain:.2f} | {widest:.2f} |", flush=True
        )
    print("\n| metric, 3,000 items, 200 labels | covered | width |\n|---|---:|---:|")
    rows = np.array([of_model(seed) for seed in range(runs)])
    for i, name in enumerate(("accuracy", "precision", "recall", "F1")):
        print(f"| {name} | {rows[:, i, 0].mean():.1%} | {rows[:, i, 1].mean():.2f} |")
    print("\n| judge: good answers, sensitivity, specificity, audited | corrected rate covered | by verdict |\n|---|---:|---:|")
    for case in (
        (0.3, 0.9, 0.8, 50),
        (0.95, 0.85, 0.9, 40),
        (0.02, 0.8, 0.95, 100),
        (0.9, 0.98, 0.6, 30),
        (0.5, 0.7, 0.6, 200),
    ):
        rows = np.array([judge(seed, *case) for seed in range(runs)])
        print(f"| {', '.join(map(str, case))} | {rows[:, 0].mean():.1%} | {rows[:, 1].mean():.1%} |")


def total(seed: int, items: int, labels: int, share: float, skill: float, active: bool) -> tuple[float, ...]:
    """One project: covered, labels alone covered, width, width of labels alone."""
    rng = np.random.default_rng(seed)
    y = (rng.random(items) < share).astype(float)
    f = np.clip(np.where(rng.random(items) < skill, y, 1 - y) * 0.8 + 0.1 + 0.05 * rng.normal(size=items), 0, 1)
    odds = np.full(items, labels / items)
    if active:
        unsure = 1.1 - np.abs(2 * f - 1)
        odds = np.minimum(1, labels * unsure / unsure.sum())
    drawn = rng.random(items) < odds
    e, truth = mean(y[drawn], f[drawn], f[~drawn], odds[drawn] if active else None), y.mean()
    alone = e.human
    return e.low <= truth <= e.high, alone.low <= truth <= alone.high, e.high - e.low, alone.high - alone.low


def of_model(seed: int) -> list[tuple[float, float]]:
    """Accuracy, precision, recall, F1: covered, width relative to labels alone."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(1 - 2 * rng.normal(size=3000)))
    y, said, drawn = (rng.random(3000) < p).astype(float), p > 0.5, rng.random(3000) < 200 / 3000
    hits = float((y * said).sum())
    truths = ((y == said).mean(), hits / said.sum(), hits / y.sum(), 2 * hits / (said.sum() + y.sum()))
    found = metrics(y[drawn], said[drawn], p[drawn], said[~drawn], p[~drawn])
    return [(e.low <= t <= e.high, (e.high - e.low) / (e.human.high - e.human.low)) for e, t in zip(found, truths, strict=True)]


def judge(seed: int, share: float, catches: float, clears: float, audited: int) -> tuple[Any, Any]:
    """Whether the corrected pass rate of 1,000 judged answers covers the truth."""
    rng, rate = np.random.default_rng(seed), share * catches + (1 - share) * (1 - clears)
    passed, good = int(rng.binomial(1000, rate)), int(rng.binomial(audited, share))
    bad = audited - good
    one = corrected_rate(passed, 1000, int(rng.binomial(good, catches)), good, int(rng.binomial(bad, clears)), bad)
    a, b = min(passed, audited // 2), min(1000 - passed, audited // 2)
    worth, loss = share * catches / rate, share * (1 - catches) / (1 - rate)
    two = corrected_rate_by_verdict(passed, 1000, int(rng.binomial(a, worth)), a, int(rng.binomial(b, loss)), b)
    return one.low <= share <= one.high, two.low <= share <= two.high


if __name__ == "__main__":
    main()

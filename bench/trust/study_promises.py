"""Does the analysis of studies claim effects that are not there, and find those that are?

    PYTHONPATH=src python bench/trust/study_promises.py --runs 1000 --fits 200

People, items and people's gain from help differ at random in every run.
"""

from __future__ import annotations

import argparse
import math
from typing import Any

import numpy as np
from scipy.stats import ttest_ind

from milo.stats.study import quality_difference, time_ratio
from milo.stats.study_mixed import fit
from milo.stats.study_plan import Spread, crossover, power


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--runs", type=int, default=1000)
    reader.add_argument("--fits", type=int, default=200, help="runs of the mixed model, which is slower")
    given = reader.parse_args()
    print(f"{given.runs} runs ({given.fits} of the mixed model), level 5 %, no effect\n")
    print(
        "| people x items per arm | by person | mixed model | answers as if independent | quality |\n|---|---:|---:|---:|---:|"
    )
    for people, per_arm in ((4, 20), (8, 20), (8, 40), (16, 40)):
        rows = [claims(s, people, per_arm, 0.0) for s in range(given.runs)]
        mixed = np.mean([mixed_p(s, people, per_arm) <= 0.05 for s in range(given.fits)])
        by, naive, quality = np.mean(rows, axis=0)[:3]
        print(f"| {people} x {per_arm} | {by:.1%} | {mixed:.1%} | {naive:.1%} | {quality:.1%} |", flush=True)
    print("\n| saving of 20 %, people x items per arm | found | by the formula | covered |\n|---|---:|---:|---:|")
    for people, per_arm in ((8, 40), (16, 40), (16, 80)):
        rows = np.mean([claims(s, people, per_arm, math.log(0.8), quality=False) for s in range(given.runs)], axis=0)
        print(f"| {people} x {per_arm} | {rows[0]:.1%} | {power(0.2, per_arm, people):.1%} | {rows[3]:.1%} |")


def made(seed: int, people: int, per_arm: int, effect: float) -> tuple[Any, ...]:
    """Log times and qualities of one crossover."""
    s, rng, items = Spread(), np.random.default_rng(seed), 2 * per_arm
    plan = crossover(people, 2, per_arm, np.zeros(items), seed=seed)
    who, item, arm = plan.annotator, plan.item, plan.arm
    pace, gain, hard = (sd * rng.normal(size=n) for sd, n in ((s.annotator, people), (s.help, people), (s.item, items)))
    logs = 3 + pace[who] + hard[item] + arm * (effect + gain[who]) + s.residual * rng.normal(size=len(who))
    skill, lift, ease = 0.6 * rng.normal(size=people), 0.4 * rng.normal(size=people), rng.normal(size=items)
    right = rng.random(len(who)) < 1 / (1 + np.exp(-(1.5 + skill[who] + lift[who] * arm + ease[item])))
    return logs, right.astype(float), who, item, arm


def claims(seed: int, people: int, per_arm: int, effect: float, quality: bool = True) -> tuple[float, ...]:
    """Claimed by person, claimed as if independent, claimed of quality, covered."""
    logs, right, who, item, arm = made(seed, people, per_arm, effect)
    ratio = time_ratio(np.exp(logs), who, arm)
    naive = ttest_ind(logs[arm == 1], logs[arm == 0]).pvalue <= 0.05
    q = quality_difference(right, who, item, arm) if quality else None
    return ratio.p <= 0.05, naive, q is not None and not q.low <= 0 <= q.high, ratio.low <= math.exp(effect) <= ratio.high


def mixed_p(seed: int, people: int, per_arm: int) -> float:
    """p of the arm in the mixed model."""
    logs, _, who, item, arm = made(seed, people, per_arm, 0.0)
    return fit(logs, who, item, arm).arms[0].p


if __name__ == "__main__":
    main()

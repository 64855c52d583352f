"""Does the analysis of studies claim effects that are not there, and find those that are?

    PYTHONPATH=src python bench/trust/study_promises.py --runs 1000 --fits 2000
    PYTHONPATH=src python bench/trust/study_promises.py --fits 2000 --keep fits.jsonl mixed      (goes on where it was stopped)

People, items and people's gain from help differ at random in every run. The mixed model is fitted as a study does it, with
block and practice as covariates, on seeds of its own. Its effect of an arm moves with the times of the arm while its interval
keeps its width, so that an interval covers a true effect of any size exactly as often as none is claimed where there is none.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from kept import Kept, in_turn
from scipy.stats import ttest_ind

from milo.stats.study import quality_difference, time_ratio
from milo.stats.study_mixed import fit
from milo.stats.study_plan import Spread, crossover, power

SIZES = ((4, 20), (8, 20), (8, 40), (16, 40))
WORLDS = {"": Spread(), ", help differs more": Spread(help=0.3), ", help alike": Spread(help=0.0)}
FIRST = 10_000
"""Seeds of the mixed model start here: it was chosen by what it did on smaller ones."""


class Fitted(NamedTuple):
    """One fit without a true effect: its p, its interval, and whether it saw people differ in what help does for them."""

    p: float
    low: float
    high: float
    differ: bool


MIXED = {f"{people} x {per_arm}{words}": (people, per_arm, s) for words, s in WORLDS.items() for people, per_arm in SIZES}


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("parts", nargs="*", help="claims, mixed, savings; all if none is named")
    reader.add_argument("--runs", type=int, default=1000)
    reader.add_argument("--fits", type=int, default=200, help="runs of the mixed model, which is slower")
    reader.add_argument("--keep", type=Path, help="a file for finished fits: the next call goes on from there")
    given = reader.parse_args()
    parts = given.parts or ["claims", "mixed", "savings"]
    if "claims" in parts:
        claimed(given.runs)
    if "mixed" in parts:
        kept = Kept(given.keep)
        for words in WORLDS:
            names = [n for n in MIXED if n.partition(",")[2] == words.partition(",")[2]]
            in_turn(kept, names, given.fits, fits)
            mixed(kept, names)
    if "savings" in parts:
        savings(given.runs)


def claimed(runs: int) -> None:
    """The table of claims where there is no effect."""
    print(f"{runs} runs, level 5 %, no effect\n")
    print("| people x items per arm | by person | answers as if independent | quality |\n|---|---:|---:|---:|")
    for people, per_arm in SIZES:
        by, naive, quality, _ = np.mean([claims(s, people, per_arm, 0.0) for s in range(runs)], axis=0)
        print(f"| {people} x {per_arm} | {by:.1%} | {naive:.1%} | {quality:.1%} |", flush=True)
    print()


def mixed(kept: Kept, names: list[str]) -> None:
    """The table of the mixed model; two standard errors of 5 % beside what it claims."""
    print("| mixed model | fits | claimed | may be | covered | of those that see no spread of help: share, claimed |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in names:
        rows = kept.rows(name, Fitted)
        p, low, high, differ = (np.array(column) for column in zip(*rows, strict=True))
        limit = 0.05 + 2 * math.sqrt(0.05 * 0.95 / len(rows))
        blind = f"{1 - differ.mean():.0%}, {(p[~differ] <= 0.05).mean():.1%}" if not differ.all() else "0%, -"
        covered = ((low <= 0) & (high >= 0)).mean()
        print(f"| {name} | {len(rows)} | {(p <= 0.05).mean():.1%} | {limit:.1%} | {covered:.1%} | {blind} |", flush=True)
    print()


def savings(runs: int) -> None:
    """The table of a true saving."""
    print("| saving of 20 %, people x items per arm | found | by the formula | covered |\n|---|---:|---:|---:|")
    for people, per_arm in ((8, 40), (16, 40), (16, 80)):
        rows = np.mean([claims(s, people, per_arm, math.log(0.8), quality=False) for s in range(runs)], axis=0)
        print(f"| {people} x {per_arm} | {rows[0]:.1%} | {power(0.2, per_arm, people):.1%} | {rows[3]:.1%} |", flush=True)


def made(seed: int, people: int, per_arm: int, effect: float, s: Spread = WORLDS[""]) -> tuple[Any, ...]:
    """Log times and qualities of one crossover, and who did what."""
    rng, items = np.random.default_rng(seed), 2 * per_arm
    plan = crossover(people, 2, per_arm, np.zeros(items), seed=seed)
    who, item, arm = plan.annotator, plan.item, plan.arm
    pace, gain, hard = (sd * rng.normal(size=n) for sd, n in ((s.annotator, people), (s.help, people), (s.item, items)))
    logs = 3 + pace[who] + hard[item] + arm * (effect + gain[who]) + s.residual * rng.normal(size=len(who))
    skill, lift, ease = 0.6 * rng.normal(size=people), 0.4 * rng.normal(size=people), rng.normal(size=items)
    right = rng.random(len(who)) < 1 / (1 + np.exp(-(1.5 + skill[who] + lift[who] * arm + ease[item])))
    return logs, right.astype(float), plan


def claims(seed: int, people: int, per_arm: int, effect: float, quality: bool = True) -> tuple[float, ...]:
    """Claimed by person, claimed as if independent, claimed of quality, covered."""
    logs, right, plan = made(seed, people, per_arm, effect)
    who, item, arm = plan.annotator, plan.item, plan.arm
    ratio = time_ratio(np.exp(logs), who, arm)
    naive = ttest_ind(logs[arm == 1], logs[arm == 0]).pvalue <= 0.05
    q = quality_difference(right, who, item, arm) if quality else None
    return ratio.p <= 0.05, naive, q is not None and not q.low <= 0 <= q.high, ratio.low <= math.exp(effect) <= ratio.high


def fits(name: str, start: int, end: int) -> list[Fitted]:
    """Fits with these seeds."""
    people, per_arm, spread = MIXED[name]
    return [fitted(FIRST + seed, people, per_arm, spread) for seed in range(start, end)]


def fitted(seed: int, people: int, per_arm: int, spread: Spread) -> Fitted:
    """One fit of the mixed model, as the report of a study makes it."""
    logs, _, plan = made(seed, people, per_arm, 0.0, spread)
    trial = 1 + plan.place + plan.period * per_arm
    found = fit(logs, plan.annotator, plan.item, plan.arm, np.column_stack([plan.period, np.log2(trial)]))
    arm = found.arms[0]
    return Fitted(arm.p, arm.low, arm.high, found.spread.help > 0)


if __name__ == "__main__":
    main()

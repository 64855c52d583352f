"""Does the bound hold where the confidence is itself learned from blind answers? Held still, or learned anew at each look.

    PYTHONPATH=src python bench/trust/learned.py --runs 400

Each run: 1,500 items, four signals of which one tells something, and blind answers; a look after each of six numbers of
them, at every threshold. A bound is broken in a run if at any look, at any threshold, more of the accepted are wrong
than it says. "Learned anew": at each look the map is fitted to all answers so far, and tested by the same answers,
cross-fitted. "Held still": some of the answers at the first look teach the map, the others and all later ones test it.
"""

from __future__ import annotations

import argparse
import math
from typing import Any

import numpy as np

from milo.flow.freeze import table, teachers
from milo.stats.confidence import NotEnough, fit_confidence
from milo.stats.guarantees import grid, promises

ITEMS, LOOKS, NAMES = 1500, (90, 140, 200, 300, 450, 700), ["a", "b", "c", "d"]


def made(rng: np.random.Generator, strength: float, rate: float) -> tuple[Any, Any]:
    """Signals and losses of all items."""
    signals = rng.normal(size=(ITEMS, len(NAMES)))
    chance = 1 / (1 + np.exp(-(math.log(rate / (1 - rate)) - strength * signals[:, 0])))
    return signals, (rng.random(ITEMS) < chance).astype(float)


def broken(scores: Any, tests: Any, tested: Any, losses: Any, answered: Any, alpha: float) -> tuple[bool, float]:
    """Whether a threshold accepts more wrong ones than it says, and the share that 5 % in total would accept."""
    unseen = np.setdiff1d(np.arange(ITEMS), answered)
    rows = promises(grid(scores), tests, losses[tested], scores, unseen=scores[unseen], alpha=alpha)
    bad = any(losses[unseen][scores[unseen] >= row.threshold].sum() > row.errors + 1e-9 for row in rows)
    return bad, max((row.accepted / ITEMS for row in rows if row.total <= 0.05), default=0.0)


def one_run(seed: int, strength: float, rate: float, alpha: float) -> tuple[float, ...]:
    """(broken held still, broken learned anew, accepted held still, accepted learned anew)."""
    rng = np.random.default_rng(seed)
    signals, losses = made(rng, strength, rate)
    rows = table([dict(zip(NAMES, s, strict=True)) for s in signals.tolist()], NAMES)
    order = rng.permutation(ITEMS)
    taught = np.array(teachers(order[: LOOKS[0]].tolist(), seed))
    still = fit_confidence(rows[taught], 1 - losses[taught])
    if isinstance(still, NotEnough):
        raise RuntimeError(str(still))
    fixed, bad, taken = still.confidence.predict(rows), [False, False], [0.0, 0.0]
    for look in LOOKS:
        answered = order[:look]
        tested = answered[~np.isin(answered, taught)]
        found = broken(fixed, fixed[tested], tested, losses, answered, alpha)
        anew = fit_confidence(rows[answered], 1 - losses[answered])
        if isinstance(anew, NotEnough):
            raise RuntimeError(str(anew))
        other = broken(anew.confidence.predict(rows), anew.out_of_fold, answered, losses, answered, alpha)
        for k, (b, share) in enumerate((found, other)):
            bad[k] |= b
            taken[k] = max(taken[k], share)
    return (*map(float, bad), *taken)


def main() -> None:
    """Print the table."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--runs", type=int, default=400)
    runs = reader.parse_args().runs
    alpha = 0.2
    limit = alpha + 2 * math.sqrt(alpha * (1 - alpha) / runs)
    print(f"{runs} runs of each, {ITEMS} items, {len(LOOKS)} looks; level {alpha:.0%}, limit {limit:.1%}\n")
    print("| signals | errors | broken, held still | broken, learned anew | accepted, held still | learned anew |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, strength, rate in (("telling", 1.5, 0.15), ("weak", 0.4, 0.15), ("useless", 0.0, 0.15), ("telling", 1.5, 0.05)):
        found = np.mean([one_run(s, strength, rate, alpha) for s in range(runs)], axis=0)
        print(f"| {name} | {rate:.0%} | " + " | ".join(f"{v:.1%}" for v in found.tolist()) + " |", flush=True)


if __name__ == "__main__":
    main()

"""Are promises on accepted suggestions kept? Every look, every threshold; correlated models; drift.

    PYTHONPATH=src python bench/trust/guarantees.py              1,000 runs of each
    PYTHONPATH=src python bench/trust/guarantees.py --runs 100

A promise is broken in a run if it is broken once, at any threshold, after any of the audits.
"""

from __future__ import annotations

import argparse
import math
from typing import Any

import numpy as np
from worlds import WORLDS

from milo.flow.permission import NEW_PATIENCE, Features, lapse_by_data
from milo.stats.drift import _detector, _error_factors, audits_to_lapse
from milo.stats.guarantees import _BETS, ALPHA, grid, permit, promises
from milo.stats.selection import learn_then_test, pac, select

ITEMS, AUDITS = 4000, 600
TARGET = 0.05


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--runs", type=int, default=1000)
    reader.add_argument("--drift", action="store_true", help="only what happens when something changes")
    given = reader.parse_args()
    if not given.drift:
        acceptances(given.runs)
    drift(given.runs)
    new_items(given.runs)


def acceptances(runs: int) -> None:
    """The tables of accepted suggestions."""
    limit = ALPHA + 2 * math.sqrt(ALPHA * (1 - ALPHA) / runs)
    print(f"{runs} runs, {ITEMS} items, {AUDITS} audits, stated level {ALPHA:.0%}, limit {limit:.1%}\n")
    print(
        "| project | all thresholds, every look | permission, every look | one look PAC | learn then test | naive threshold |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    kept: list[str] = []
    for name, world in WORLDS.items():
        rows = [one_run(world, seed) for seed in range(runs)]
        broken = [f"{np.mean([r[k] for r in rows]):.1%}" for k in ("any", "permission", "pac", "ltt", "naive")]
        print(f"| {name} | {' | '.join(broken)} |", flush=True)
        means = [
            f"{np.nanmean([r[k] for r in rows]):.1%}"
            for k in ("accepted", "pac_accepted", "ltt_accepted", "fdr_accepted", "fdr")
        ]
        kept.append(f"| {name} | {' | '.join(means)} |")
    print("\n| project | accepted: permission | one-look PAC | learn then test | conformal selection | wrong among those |")
    print("|---|---:|---:|---:|---:|---:|\n" + "\n".join(kept))


def one_run(world: Any, seed: int) -> dict[str, float]:
    """One project: were the promises broken, and how much was accepted."""
    rng = np.random.default_rng(seed)
    score, loss = world(ITEMS, rng)
    order = rng.permutation(ITEMS)
    s, x, rungs = score[order[:AUDITS]], loss[order[:AUDITS]], grid(score)
    out = {"any": float(ever_broken(s, x, rungs, score, loss)), **peeking(order, score, loss, rungs)}
    accepted = pac(s[:300], x[:300], score, TARGET)
    out |= {"pac": float(loss[accepted].sum() / ITEMS > TARGET), "pac_accepted": accepted.mean()}
    accepted = learn_then_test(s, x, score, 2 * TARGET)
    out |= {"ltt": float(accepted.any() and loss[accepted].mean() > 2 * TARGET), "ltt_accepted": accepted.mean()}
    accepted = naive(s[:300], x[:300], score)
    out["naive"] = float(accepted.any() and loss[accepted].mean() > TARGET)
    rest = np.ones(ITEMS, dtype=bool)
    rest[order[:300]] = False
    picked = select(s[:300], x[:300], score[rest], TARGET, tolerance=0.2)
    wrong = loss[rest][picked] > 0.2
    return out | {"fdr": wrong.mean() if picked.any() else 0.0, "fdr_accepted": picked.mean()}


def ever_broken(s: Any, x: Any, rungs: Any, score: Any, loss: Any) -> bool:
    """Whether at any threshold, after any audit, the bound lay below the truth: the bets then had refuted the truth."""
    need = math.log(len(rungs) / ALPHA)
    for t in rungs.tolist():
        truth = float(loss[score >= t].mean())
        if truth <= 0:
            continue
        won = np.log1p(-np.outer((x - truth) / (1 - truth), _BETS)) * (s >= t)[:, None]
        paths = won.cumsum(axis=0)
        top = paths.max(axis=1)
        if (top + np.log(np.exp(paths - top[:, None]).mean(axis=1)) >= need).any():
            return True
    return False


def peeking(order: Any, score: Any, loss: Any, rungs: Any) -> dict[str, float]:
    """Accept as soon and as much as the slider allows, looking again and again; is any of it ever beyond the target?"""
    broken, share, fine = False, 0.0, np.quantile(score, np.linspace(0, 1, 41))
    for n in (30, 60, 100, 150, 200, 300, 450, 600):
        audited = order[:n]
        unseen = np.ones(ITEMS, dtype=bool)
        unseen[audited] = False
        rows = promises(rungs, score[audited], loss[audited], score, unseen=score[unseen], at=fine)
        found = permit(rows, TARGET).promise
        if found is None:
            continue
        taken = unseen & (score >= found.threshold)
        broken |= bool(loss[taken].sum() / ITEMS > TARGET or loss[taken].sum() > found.errors + 1e-9)
        share = taken.mean()
    return {"permission": float(broken), "accepted": share}


def naive(s: Any, x: Any, score: Any) -> Any:
    """What other tools do: the lowest threshold at which the audited accepted ones have at most 5 % errors."""
    rank = np.argsort(-s)
    rate = x[rank].cumsum() / np.arange(1, len(s) + 1)
    good = np.flatnonzero(rate <= TARGET)
    return score >= s[rank][good[-1]] if len(good) else np.zeros(len(score), dtype=bool)


def drift(runs: int) -> None:
    """After a model worsens: how many audits until the permission lapses, against the stated number."""
    print("\n| promised | before | after | stated: 95 % within | lapsed within it | false lapse before |")
    print("|---:|---:|---:|---:|---:|---:|")
    for promised, after in (
        (0.02, 0.05),
        (0.02, 0.1),
        (0.05, 0.1),
        (0.05, 0.15),
        (0.05, 0.3),
        (0.1, 0.2),
        (0.1, 0.3),
        (0.1, 0.5),
    ):
        within, rng, before = audits_to_lapse(promised, after) or 0, np.random.default_rng(7), 0.7 * promised
        calm = (rng.random((runs, 300)) < before).astype(float)
        worse = (rng.random((runs, within)) < after).astype(float)
        over = _detector(_error_factors(np.concatenate([calm, worse], axis=1), promised)) >= math.log(1000)
        caught, early = over.any(axis=1).mean(), over[:, :300].any(axis=1).mean()
        print(f"| {promised:.0%} | {before:.1%} | {after:.0%} | {within} | {caught:.1%} | {early:.1%} |")


KNOWN, MOST = 900, 3000
CHANGES: dict[str, Any] = {
    "nothing": lambda rng, s, a, n: (s, a, n),
    "confidence falls by two fifths": lambda rng, s, a, n: (0.6 * s, a, n),
    "confidence falls by a sixth (to its power of 1.5)": lambda rng, s, a, n: (s**1.5, a, n),
    "a label's share rises from 50 to 70 %": lambda rng, s, a, n: (s, (rng.random(len(a)) < 0.7).astype(float), n),
    "texts are longer by half": lambda rng, s, a, n: (s, a, 1.5 * n),
}


def new_items(runs: int) -> None:
    """New items that look like the old ones, or not: after how many a permission lapses, and how often without a cause."""
    print(f"\n{KNOWN} items known; without a change one lapse in {NEW_PATIENCE:,.0f} new items is stated\n")
    print("| what changes | runs | lapsed within 300 | 1,000 | 3,000 new items | half of them within | 95 % within |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, change in CHANGES.items():
        at = np.array([lapse_after(change, seed) for seed in range(runs)])
        shares = " | ".join(f"{(at <= n).mean():.1%}" for n in (300, 1000, MOST))
        within = " | ".join(f"{v:,.0f}" if v <= MOST else "-" for v in np.quantile(at, (0.5, 0.95), method="higher"))
        print(f"| {name} | {runs} | {shares} | {within} |", flush=True)


def lapse_after(change: Any, seed: int) -> float:
    """How many new items it takes; infinite where they do not suffice."""
    rng = np.random.default_rng(seed)
    known, new = ((rng.random(n), (rng.random(n) < 0.5).astype(float), rng.lognormal(4, 0.6, n).round()) for n in (KNOWN, MOST))
    columns = np.column_stack(change(rng, *new))
    found = lapse_by_data(Features(np.column_stack(known), np.zeros(KNOWN)), Features(columns, np.arange(1.0, MOST + 1)))
    return math.inf if found is None else found.at


if __name__ == "__main__":
    main()

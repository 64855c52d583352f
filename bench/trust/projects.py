"""Are promises kept through the whole of Milo? Simulated projects on SQLite, with looks, acceptances, audits and drift.

    PYTHONPATH=src python bench/trust/projects.py --runs 200
    PYTHONPATH=src python bench/trust/projects.py --runs 200 drift
    PYTHONPATH=src python bench/trust/projects.py --runs 200 --keep runs.jsonl      (goes on where it was stopped)

A promise is broken in a run if at any time more of what stands as accepted is wrong than was promised; an expected share
if it is exceeded in the mean over all runs. A drift is noticed in time if the promise lapses within the audits that are
stated beforehand.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from house import House
from kept import Kept, in_turn
from worlds import WORLDS

from milo.flow.guarantee import Kind, Wish
from milo.stats.drift import audits_to_lapse

ITEMS, LOOKS = 900, (60, 110, 170, 250)
TARGETS: dict[Kind, float] = {"total": 0.06, "among": 0.25, "expected": 0.15}
GOOD = 0.01
"""How often a good model errs."""
KINDS: tuple[Kind, ...] = ("total", "among", "expected")


class Run(NamedTuple):
    """How a project went: was the promise broken at any time, the share of wrong among the accepted, the share accepted."""

    broken: bool
    wrong: float
    accepted: float


def texts(start: int, n: int) -> list[str]:
    """Texts of many lengths."""
    return [f"text {k:06}" + "." * (k * 2_654_435_761 % 97) for k in range(start, start + n)]


def truth_of(item: int) -> str:
    """The right answer to an item: it has nothing to do with whether the model errs."""
    return "good" if (item * 2_654_435_761) % 2**32 < 2**31 else "bad"


def said(wrong: dict[int, bool], score: Any) -> list[tuple[int, str, float]]:
    """What the model says of items."""
    rows = zip(wrong.items(), score.tolist(), strict=True)
    return [(item, truth_of(item) if not bad else {"good": "bad", "bad": "good"}[truth_of(item)], s) for (item, bad), s in rows]


def answers(items: Any) -> dict[int, str]:
    """People are right."""
    return {item: truth_of(item) for item in items}


def one_project(house: House, world: Any, kind: Kind, seed: int, items: int = ITEMS) -> Run:
    """Two versions of a model, a look after each number of blind answers, and whatever is allowed is accepted at once."""
    rng = np.random.default_rng(seed)
    project = house.project(seed, blind_share=0.3)
    ids = house.items(project, texts(0, items))
    waiting = rng.permutation(house.blind(project)).tolist()
    wish, truth, broken = Wish(kind, TARGETS[kind]), dict[int, bool](), False
    for version, looks in ((1, LOOKS), (2, (LOOKS[-1] + 15,))):
        score, loss = world(items, rng)
        wrong = dict(zip(ids, (loss > 0.5).tolist(), strict=True))
        house.suggest(project, said(wrong, score), version)
        before, answered = set(truth), 0 if version == 1 else LOOKS[-1]
        for upto in looks:
            given = [waiting.pop() for _ in range(min(len(waiting), upto - answered))]
            answered = upto
            house.answer(project, answers(given))
            offer = house.look(project, wish)
            if offer.best is None:
                continue
            house.accept(project, offer.best.threshold, wish)
            taken = house.taken(project)
            for item in taken:
                truth.setdefault(item, wrong[item])
            mine = [truth[i] for i in taken if kind == "total" or i not in before]
            broken |= sum(mine) > TARGETS[kind] * (items if kind == "total" else max(1, len(mine)))
    return Run(broken, float(np.mean(list(truth.values()))) if truth else 0.0, len(truth) / items)


class Drift(NamedTuple):
    """A project in which something changed: within how many audits (or new items) it was to be noticed, was it, and had it been
    said to have changed before."""

    stated: int | None
    noticed: bool
    falsely: bool


def worse(house: House, seed: int, actual: float) -> Drift:
    """After an acceptance the same version errs in a share `actual` of new items that look like the old ones. They are accepted
    too, since the old blind answers speak for them; audits are to end that."""
    rng = np.random.default_rng(seed)
    project, wish = _accepted(house, seed, rng)
    new = house.items(project, texts(ITEMS, ITEMS))
    house.suggest(project, said(dict(zip(new, (rng.random(ITEMS) < actual).tolist(), strict=True)), rng.random(ITEMS)))
    falsely = house.permissions(project)[0].state != "in force"
    offer = house.look(project, wish)
    if offer.best is None:  # the permission has lapsed already, and nothing more is accepted
        return Drift(None, True, falsely)
    house.accept(project, offer.best.threshold, wish)
    stated = audits_to_lapse(round(house.permissions(project)[0].promise.among, 4), actual)
    audits = [item for item in house.audits(project) if item in set(new)]
    house.answer(project, answers(audits[:stated]))
    newest = house.permissions(project)[0]
    return Drift(stated if stated is not None and stated <= len(audits) else None, newest.reason == "errors", falsely)


def other(house: House, seed: int, items: int = 300) -> Drift:
    """New items are of another kind: the model is less sure of them. No audit is needed to see that."""
    rng = np.random.default_rng(seed)
    project, _ = _accepted(house, seed, rng)
    falsely = house.permissions(project)[0].state != "in force"
    new = house.items(project, texts(ITEMS, items))
    house.suggest(project, said(dict.fromkeys(new, False), 0.6 * rng.random(items)))
    found = house.permissions(project)[0]
    return Drift(items, found.reason == "data", falsely)


def same(house: House, seed: int, items: int = 300) -> Drift:
    """Nothing changes: new items like the old ones come in, and all audits are answered as they should be."""
    rng = np.random.default_rng(seed)
    project, _ = _accepted(house, seed, rng)
    new = house.items(project, texts(ITEMS, items))
    house.suggest(project, said(dict(zip(new, (rng.random(items) < GOOD).tolist(), strict=True)), rng.random(items)))
    house.answer(project, answers(house.audits(project)))
    return Drift(None, True, house.permissions(project)[0].state != "in force")


def _accepted(house: House, seed: int, rng: np.random.Generator) -> tuple[Any, Wish]:
    """A project with a good model, in which as much as possible was accepted under a promise for all items."""
    project, wish = house.project(seed, blind_share=0.4), Wish("total", 0.05)
    ids = house.items(project, texts(0, ITEMS))
    house.suggest(project, said(dict(zip(ids, (rng.random(ITEMS) < GOOD).tolist(), strict=True)), rng.random(ITEMS)))
    house.answer(project, answers(house.blind(project)))
    offer = house.look(project, wish)
    if offer.best is None:
        raise RuntimeError(f"nothing could be accepted in run {seed}: {offer.why}")
    house.accept(project, offer.best.threshold, wish)
    return project, wish


PROMISED = {
    f"{world}, {kind}": (lambda house, seed, w=WORLDS[world], k=kind: one_project(house, w, k, seed), kind)
    for world in ("independent errors", "models that err together")
    for kind in KINDS
}
DRIFTS: dict[str, Any] = {
    "errors rise to 30 % of new items": lambda house, seed: worse(house, seed, 0.3),
    "errors rise to 50 % of new items": lambda house, seed: worse(house, seed, 0.5),
    "the model is less sure of new items": other,
    "nothing": same,
}


def promises(kept: Kept) -> None:
    """The table of promises."""
    print(f"projects of {ITEMS} items, two versions, {len(LOOKS) + 1} looks\n")
    print("| project, promise | target | runs | broken | may be | wrong among the accepted, mean | accepted |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, (_, kind) in PROMISED.items():
        found = kept.rows(name, Run)
        if not found:
            continue
        rows = [r for r in found if r.accepted]
        limit = 0.05 + 2 * math.sqrt(0.05 * 0.95 / len(found))
        broken = "- | -" if kind == "expected" else f"{sum(r.broken for r in found)} | {limit:.1%}"
        wrong, share = np.mean([r.wrong for r in found]), np.mean([r.accepted for r in found])
        print(
            f"| {name} | {TARGETS[kind]:.0%} | {len(found)} | {broken} | {wrong:.1%} (accepted in {len(rows)}) | {share:.1%} |"
        )


def drifts(kept: Kept) -> None:
    """The table of drifts."""
    print("| what happens | runs | stated within | noticed within it | lapsed before anything changed |")
    print("|---|---:|---:|---:|---:|")
    for name in DRIFTS:
        found = kept.rows(name, Drift)
        if not found:
            continue
        stated = [f.stated for f in found if f.stated is not None]
        words = f"{int(np.median(stated))}" if stated else "-"
        told = [f.noticed for f in found if f.stated is not None]
        noticed = f"{sum(told)} of {len(told)}" if told else "-"
        print(f"| {name} | {len(found)} | {words} | {noticed} | {sum(f.falsely for f in found)} |")


def some(name: str, start: int, end: int) -> list[Any]:
    """Runs with these seeds, in one workspace."""
    make = PROMISED[name][0] if name in PROMISED else DRIFTS[name]
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "ws")
        found = [make(house, seed) for seed in range(start, end)]
        house.close()
    return found


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("parts", nargs="*", help="promises, drift; all if none is named")
    reader.add_argument("--runs", type=int, default=200)
    reader.add_argument("--keep", type=Path, help="a file for finished runs: the next call goes on from there")
    given = reader.parse_args()
    kept, parts = Kept(given.keep), given.parts or ["promises", "drift"]
    names = [*(PROMISED if "promises" in parts else ()), *(DRIFTS if "drift" in parts else ())]
    in_turn(kept, names, given.runs, some)
    if "promises" in parts:
        promises(kept)
        print()
    if "drift" in parts:
        drifts(kept)


if __name__ == "__main__":
    main()

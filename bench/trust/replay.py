"""Recorded models and people, replayed as projects: what was claimed of acceptance and totals, and what was true.

    PYTHONPATH=src python bench/trust/replay.py DATA [--runs 20] [--keep runs.jsonl]

DATA holds `human_llm/`, `hil/` and `ppi/` as recorded. Each run draws another blind slice, has its items answered with what the
people said, looks, and accepts as much as is allowed. Milo sees nothing of the other items' answers.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from house import QUESTION, House
from kept import Kept, in_turn

from milo.flow.guarantee import Wish

TARGETS = (0.05, 0.1, 0.2)
Row = tuple[str, str, float | None]
"""What the people say, what the model says, its score."""


class Case(NamedTuple):
    """One recorded task."""

    name: str
    rows: list[Row]


class Found(NamedTuple):
    """One run: accepted (share), the bound claimed, wrong among all items; how many of the totals' intervals hold the truth,
    of how many, and their mean width against that of the labels alone."""

    accepted: float
    bound: float
    wrong: float
    covered: int
    intervals: int
    width: float


def textcat(path: Path) -> Case:
    """Prodigy's score of a label, and whether the person accepted it."""
    rows: list[Row] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        score = one["meta"].get("score")
        if one["answer"] in ("accept", "reject") and score is not None:
            rows.append(("yes" if one["answer"] == "accept" else "no", "yes" if score >= 0.5 else "no", max(score, 1 - score)))
    return Case(path.stem.split("_", 1)[1].replace("-textcat", ""), rows)


def ballots(folder: Path) -> Case:
    """The ballots that people have read, and what the model read; it gave no score."""
    found = np.load(folder / "ballot-data.npz")
    pairs = zip(found["Y_labeled"].tolist(), found["Yhat_labeled"].tolist(), strict=True)
    return Case("ballots", [("yes" if y else "no", "yes" if z else "no", None) for y, z in pairs])


def preferences(folder: Path) -> Case:
    """Three people's majority, and the first of two models; its score is whether the second agrees."""
    said: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: {"human": {}, "llm": {}})
    with (folder / "pandalm_even.labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said[row["item"]][row["kind"]][row["rater"]] = row["label"]
    rows: list[Row] = []
    for one in said.values():
        votes, models = Counter(one["human"].values()).most_common(), [v for _, v in sorted(one["llm"].items())]
        if len(models) == 2 and models[0] and (len(votes) == 1 or votes[0][1] > votes[1][1]):
            rows.append((votes[0][0], models[0], 0.9 if models[0] == models[1] else 0.1))
    return Case("pandalm", rows)


def rubric(folder: Path) -> Case:
    """The first person's rating of 1 to 4, the model's, and its probability."""
    people: dict[str, str] = {}
    models: dict[str, tuple[str, float]] = {}
    with (folder / "synth.labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "human":
                people.setdefault(row["item"], row["label"])
            elif row["label"]:
                models.setdefault(row["item"], (row["label"], float(row["confidence"] or 0)))
    return Case("rubric", [(people[i], *models[i]) for i in sorted(people.keys() & models.keys())])


def run(house: House, case: Case, seed: int, target: float, share: float = 0.4) -> Found:
    """One project."""
    labels = sorted({v for row in case.rows for v in row[:2]})
    project = house.project(seed, labels, blind_share=share)
    ids = house.items(project, (f"item {k:06}" for k in range(len(case.rows))))
    truth = {i: row[0] for i, row in zip(ids, case.rows, strict=True)}
    said = {i: row[1] for i, row in zip(ids, case.rows, strict=True)}
    house.suggest(project, [(i, row[1], row[2]) for i, row in zip(ids, case.rows, strict=True)])
    house.answer(project, {i: truth[i] for i in house.blind(project)})
    covered, intervals, width = totals(house, project, truth)
    offer = house.look(project, Wish("total", target))
    if offer.best is None:
        return Found(0.0, 0.0, 0.0, covered, intervals, width)
    house.accept(project, offer.best.threshold, Wish("total", target))
    wrong = sum(truth[i] != said[i] for i in house.taken(project))
    return Found(offer.best.accepted / len(ids), offer.best.bound, wrong / len(ids), covered, intervals, width)


def totals(house: House, project: Any, truth: dict[int, str]) -> tuple[int, int, float]:
    """How many shares' intervals hold the truth, of how many, and their mean width against that of the labels alone."""
    found = house.ws.totalling.make(project, QUESTION, None, None, 0.95)
    shares = Counter(truth.values())
    rows = [f for f in found.figures if f.kind == "share" and not f.slice and f.name in shares and f.value is not None]
    inside = sum(f.low <= shares[f.name] / len(truth) <= f.high for f in rows)
    widths = [(f.high - f.low) / (f.human_high - f.human_low) for f in rows if f.human_high > f.human_low]
    return inside, len(rows), float(np.mean(widths)) if widths else 1.0


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("data", type=Path)
    reader.add_argument("--runs", type=int, default=20)
    reader.add_argument("--keep", type=Path, help="a file for finished runs: the next call goes on from there")
    given = reader.parse_args()
    makers: list[Callable[[], Case]] = [
        *(lambda p=p: textcat(p) for p in sorted((given.data / "hil").glob("*textcat.jsonl"))),
        lambda: ballots(given.data / "ppi"),
        lambda: preferences(given.data / "human_llm"),
        lambda: rubric(given.data / "human_llm"),
    ]
    cases = {case.name: case for case in (make() for make in makers)}
    names = {f"{name} {target}": (case, target) for name, case in cases.items() for target in TARGETS}
    kept = Kept(given.keep)

    def some(name: str, start: int, end: int) -> list[Found]:
        case, target = names[name]
        with tempfile.TemporaryDirectory() as folder:
            house = House(Path(folder) / "ws")
            found = [run(house, case, seed, target) for seed in range(start, end)]
            house.close()
        return found

    in_turn(kept, list(names), given.runs, some, at_once=5)
    print("two items in five are answered blind\n")
    print("| task | items | model right | at most | accepted in | accepted | bound claimed | truly wrong | most | beyond |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, (case, target) in names.items():
        if found := kept.rows(name, Found):
            print(accepted_line(case, target, found))
    print("\n| task | shares whose interval holds the truth | width against labels alone |\n|---|---:|---:|")
    for name in cases:
        if found := kept.rows(f"{name} {TARGETS[-1]}", Found):
            inside, of, width = (
                sum(f.covered for f in found),
                sum(f.intervals for f in found),
                np.mean([f.width for f in found]),
            )
            print(f"| {name} | {inside} of {of} | {width:.2f} |")


def accepted_line(case: Case, target: float, found: list[Found]) -> str:
    """A line of the table of what was accepted."""
    right = np.mean([y == z for y, z, _ in case.rows])
    some = [f for f in found if f.accepted]
    told = f"| {case.name} | {len(case.rows):,} | {right:.1%} | {target:.0%} | {len(some)} of {len(found)} "
    if not some:
        return told + "| 0 | | | | 0 |"
    mean, most, beyond = np.mean(some, axis=0), max(f.wrong for f in some), sum(f.wrong > target for f in some)
    return told + f"| {mean[0]:.1%} | {mean[1]:.1%} | {mean[2]:.1%} | {most:.1%} | {beyond} |"


if __name__ == "__main__":
    main()

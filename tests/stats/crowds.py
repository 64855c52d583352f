"""Simulated crowds, and the recorded ones where they are at hand."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from milo.stats.answers import answers

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data"


def crowd(seed, tasks=400, workers=8, labels=3, each=4, accuracy=(0.55, 0.95)):
    """Workers who are right with their own probability and else answer at random. Gives truth, answers, accuracies."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, labels, tasks)
    right = rng.uniform(accuracy[0], accuracy[1], workers)
    task = np.repeat(np.arange(tasks), each)
    worker = np.concatenate([rng.choice(workers, each, replace=False) for _ in range(tasks)])
    wrong = (truth[task] + rng.integers(1, labels, len(task))) % labels
    label = np.where(rng.random(len(task)) < right[worker], truth[task], wrong)
    return truth, answers(task, worker, label, tasks, workers, labels), right


def with_copies(given, who, times, noise=0.0, seed=0):
    """The same answers, and those of worker `who` again by `times` new workers, who change a share `noise` of them."""
    rng = np.random.default_rng(seed)
    rows = given.worker == who
    task, label = [given.task], [given.label]
    worker = [given.worker]
    for i in range(times):
        copied = given.label[rows].copy()
        other = rng.random(len(copied)) < noise
        copied[other] = rng.integers(0, given.n_labels, int(other.sum()))
        task.append(given.task[rows])
        label.append(copied)
        worker.append(np.full(len(copied), given.n_workers + i))
    tasks, workers, labels = (np.concatenate(c) for c in (task, worker, label))
    return answers(tasks, workers, labels, given.n_tasks, given.n_workers + times, given.n_labels)


def recorded(folder, name, kinds=("human", "llm")):
    """A recorded crowd: gold (-1 where there is none) and answers. Skips the test where the data are not at hand."""
    items, labels = (RECORDED / folder / f"{name}.{kind}" for kind in ("items.jsonl", "labels.csv"))
    if not labels.exists():
        pytest.skip(f"the recorded crowd {name} is not at hand (looked for {labels})")
    with labels.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] in kinds and r["label"]]
    gold = {}
    for line in items.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        gold[str(record["item"])] = record.get("gold")
    names = sorted({r["item"] for r in rows})
    kinds_of = sorted({r["label"] for r in rows} | {str(g) for g in gold.values() if g not in (None, "")})
    coded = [{v: i for i, v in enumerate(vs)} for vs in (names, sorted({r["rater"] for r in rows}), kinds_of)]
    task, worker, label = ([code[r[name]] for r in rows] for code, name in zip(coded, ("item", "rater", "label"), strict=True))
    truth = np.array([coded[2].get(str(gold.get(n)), -1) for n in names])
    return truth, answers(task, worker, label, len(coded[0]), len(coded[1]), len(coded[2]))

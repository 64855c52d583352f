"""A study rehearsed with simulated people: how often it would find what is put in, what it would cost, and what its report
looks like. The plan is drawn and the figures are worked out by the same code as for a real one.

Stands alone so that a design can be tried before anybody is asked, and so that tests can hold the analysis to what was put in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from milo.domain.errors import InvalidConfig
from milo.domain.study import Design
from milo.flow.study import data as files
from milo.flow.study.analysis import verdicts
from milo.flow.study.figures import Report
from milo.flow.study.plan import FORMAT, Candidate, Drawn, Plan, PlannedItem, codes, draw, sealed
from milo.flow.study.report import report
from milo.flow.study.table import Table
from milo.stats import study_plan
from milo.stats.intervals import share
from milo.stats.rehearsal import Person, Rehearsed, Task, rehearse

MAX_RUNS = 1000
_SIGN = 15.0
"""Seconds between two signs of life of a simulated person."""
_CROWD = {
    "accuracy": (0.05, 0.999), "accuracy_spread": (0, 3), "speed_spread": (0, 3), "reliance": (0, 1), "catches": (0, 1),
    "doubts": (0, 1), "fatigue": (0, 5), "learning": (0.5, 1.5),
}  # fmt: skip
_WORK = {
    "seconds": (0.5, 36_000), "model_right": (0.02, 0.995), "saving": (0, 0.99), "fixing": (0, 10), "labels": (2, 1000),
    "item_spread": (0, 3), "answer_spread": (0, 3), "help_spread": (0, 3), "model_cost": (0, 1e6),
}  # fmt: skip


class Crowd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Simulated people. accuracy: chance of being right alone on an item of middle ease; accuracy_spread: how it varies, in log
    odds; speed_spread: how pace varies (log); reliance: chance of taking a suggestion unseen; catches: chance to notice a
    wrong one when looking; doubts: chance to change a right one; fatigue: how much slower after 100 answers; learning: time
    per doubling of experience."""

    accuracy: float = 0.9
    accuracy_spread: float = 0.4
    speed_spread: float = 0.35
    reliance: float = 0.2
    catches: float = 0.8
    doubts: float = 0.02
    fatigue: float = 0.1
    learning: float = 0.97


class Work(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The task and its model. seconds: geometric mean by hand; model_right: how often suggestions are right; saving: the
    share of time saved by accepting one; fixing: the share lost by mending one; labels: how many there are; item_spread,
    answer_spread, help_spread: of log times between items, answers, and people's gains; model_cost: of one suggestion."""

    seconds: float = 30.0
    model_right: float = 0.85
    saving: float = 0.5
    fixing: float = 0.15
    labels: int = 4
    item_spread: float = 0.4
    answer_spread: float = 0.6
    help_spread: float = 0.15
    model_cost: float = 0.0


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is rehearsed: the design with so many simulated people, how they and their work are, how often, and from which
    seed."""

    design: Design
    people: int = 8
    crowd: Crowd = Crowd()
    work: Work = Work()
    runs: int = 200
    seed: int = 1


class Outlook(msgspec.Struct, frozen=True):
    """What to expect of one arm against the first: how often each verdict came, how often time was found to differ (with its
    exact interval), the ratio of times and the difference of quality as put in by the simulation, and how often the interval
    of time held it."""

    arm: str
    verdicts: dict[str, int]
    found: float
    found_low: float
    found_high: float
    ratio: float
    difference: float
    covered: float


class Forecast(msgspec.Struct, frozen=True):
    """What a rehearsal says: `hours` of work in all and per person, what they and models cost, and the report of the first
    run."""

    runs: int
    arms: tuple[Outlook, ...]
    hours: float
    hours_per_person: float
    cost: float | None
    example: Report


def check_scene(scene: Scene) -> None:
    """Raise InvalidConfig for people, work or runs that cannot be."""
    check_crowd(scene.crowd, scene.work)
    _in_range("people", scene.people, 1, 200)
    _in_range("runs", scene.runs, 1, MAX_RUNS)
    _in_range("seed", scene.seed, 0, 2**31)
    if scene.people * scene.design.items * scene.runs > 5_000_000:
        raise InvalidConfig("More than five million simulated answers: take fewer runs, people or items.", place="runs")


def check_crowd(crowd: Crowd, work: Work) -> None:
    """Raise InvalidConfig for people or work that cannot be."""
    for name, (low, high) in _CROWD.items():
        _in_range(f"crowd.{name}", getattr(crowd, name), low, high)
    for name, (low, high) in _WORK.items():
        _in_range(f"work.{name}", getattr(work, name), low, high)


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InvalidConfig(f"{name} is {value}; it must be between {low:g} and {high:g}.", place=name)


def rehearse_study(scene: Scene, recorded: Sequence[bool] = ()) -> Forecast:
    """Run it. `recorded`: whether a real model was right on items that have a gold label. Pure: the same seed, the same answer.

    Raises InvalidConfig, or Conflict for a design that people or items do not suffice for.
    """
    check_scene(scene)
    design = msgspec.structs.replace(scene.design, people=tuple(range(1, scene.people + 1)))
    help_ = [arm.suggests or arm.assistant or arm.judge for arm in design.arms]
    found: list[list[Any]] = []
    hours: list[float] = []
    example: Report | None = None
    for run in range(scene.runs):
        seeded = msgspec.structs.replace(design, seed=scene.seed + run)
        drawn = _drawn(seeded, scene.work, scene.seed + run)
        done = _work(scene, drawn, help_, scene.seed + run, recorded)
        hours.append(float(done.seconds.sum()) / 3600)
        found.append(verdicts(seeded, _table(seeded, drawn, done)))
        if example is None:
            example = report(*_files(scene, seeded, drawn, done))
    assert example is not None
    arms = tuple(_outlook(design, k, [run[k - 1] for run in found], scene) for k in range(1, len(design.arms)))
    mean = float(np.mean(hours))
    models = scene.work.model_cost * scene.people * design.per_arm * sum(help_)
    cost = None if design.hourly is None and not models else mean * (design.hourly or 0) + models
    return Forecast(scene.runs, arms, mean, mean / scene.people, cost, example)


def _drawn(design: Design, work: Work, seed: int) -> Drawn:
    rng = np.random.default_rng([seed, 11])
    need = design.items + design.warm_up
    lengths = np.exp(6 + work.item_spread * rng.normal(size=need)).astype(int).tolist()
    return draw(design, [Candidate(k + 1, f"#{k + 1}", size, None) for k, size in enumerate(lengths)])


def _work(scene: Scene, drawn: Drawn, help_: list[bool], seed: int, recorded: Sequence[bool]) -> Rehearsed:
    c, w, rng = scene.crowd, scene.work, np.random.default_rng([seed, 12])
    odds = math.log(c.accuracy / (1 - c.accuracy)) + c.accuracy_spread * rng.normal(size=scene.people)
    speeds = np.exp(c.speed_spread * rng.normal(size=scene.people))
    people = [
        Person(1 / (1 + math.exp(-o)), s, c.reliance, c.catches, c.doubts, c.fatigue, c.learning)
        for o, s in zip(odds.tolist(), speeds.tolist(), strict=True)
    ]
    task = Task(w.seconds, w.model_right, w.saving, w.fixing, w.labels, w.item_spread, w.answer_spread, w.help_spread)
    t = drawn.tasks
    columns = [
        np.array([getattr(one, name) for one in t], dtype=np.int64) for name in ("person", "period", "place", "arm", "item")
    ]
    plan = study_plan.Plan(*columns, sequence=np.zeros((0, 0), dtype=np.int64))
    withheld = [one.withheld for one in t]
    return rehearse(plan, people, task, arms=help_, withheld=withheld, recorded=recorded or None, seed=seed)


def _table(design: Design, drawn: Drawn, done: Rehearsed) -> Table:
    t = drawn.tasks
    who, item, arm, period = (
        np.array([getattr(one, n) for one in t], dtype=np.int64) for n in ("person", "item", "arm", "period")
    )
    nan = np.full(len(t), np.nan)
    helped = np.array([design.arms[one.arm].suggests if one.arm >= 0 else False for one in t])
    strata = np.array(drawn.strata, dtype=np.int64)[item]
    caps = np.repeat(done.seconds[:, None], len(design.times), axis=1)
    trial = np.concatenate([np.arange(1, n + 1) for n in np.bincount(who).tolist()])
    withheld = np.array([one.withheld for one in t], dtype=bool)
    table = Table(
        who, item, arm, period, trial, strata, ~withheld, caps, np.zeros(len(t)), done.right.astype(float),
        np.where(helped, (done.answer == done.suggestion).astype(float), nan),
        np.where(helped, done.suggestion_right.astype(float), nan), np.zeros(len(t)),
    )  # fmt: skip
    return table.where((arm >= 0) & (done.seconds >= design.shortest))


def _files(scene: Scene, design: Design, drawn: Drawn, done: Rehearsed) -> tuple[Plan, files.Data]:
    """The run as plan and data, as a real study would have them."""
    bare = msgspec.structs.replace(design, people=())
    items = tuple(PlannedItem(f"#{k + 1}", s) for k, s in enumerate(drawn.strata))
    plan = sealed(Plan(FORMAT, "Rehearsal", bare, codes(scene.people), items, drawn.tasks, "", 0.0))
    answers: list[files.Answer] = []
    for k, task in enumerate(drawn.tasks):
        helped = task.arm >= 0 and design.arms[task.arm].suggests
        agrees, suggested = float(done.answer[k] == done.suggestion[k]), float(done.suggestion_right[k])
        cost = scene.work.model_cost if helped and not task.withheld else 0.0
        answers.append(files.Answer(
            k, "answered", (visit(float(done.seconds[k])),), float(done.right[k]), agrees if helped else None,
            suggested if helped else None, cost,
        ))  # fmt: skip
    takers = tuple(files.Taker(k, began=True, finished=True) for k in range(scene.people))
    return plan, files.Data(files.Head(files.FORMAT, plan.hash, 0.0, closed=True, rehearsed=True), tuple(answers), (), takers)


def visit(seconds: float) -> tuple[tuple[int, str], ...]:
    """Raw events of somebody who works on an item for so long without a pause."""
    end = max(1, round(seconds * 1000))
    signs = [(int(at), "input") for at in np.arange(_SIGN * 1000, end, _SIGN * 1000)]
    return ((0, "opened"), *signs, (end, "submitted"))


def _outlook(design: Design, k: int, runs: list[Any], scene: Scene) -> Outlook:
    """What came of one arm over all runs."""
    level = 1 - design.level
    hits = sum(p <= level for _, p, _, _ in runs)
    found = share(hits, len(runs))
    logs = [math.log(ratio.value) for ratio, *_ in runs if math.isfinite(ratio.value)]
    centre = float(np.mean(logs)) if logs else math.nan
    differences = [d.value for _, _, d, _ in runs if math.isfinite(d.value)]
    covered = sum(ratio.low <= math.exp(centre) <= ratio.high for ratio, *_ in runs) / len(runs) if logs else 0.0
    return Outlook(
        design.arms[k].name, dict(Counter(v.grid for *_, v in runs)), found.value, found.low, found.high, math.exp(centre),
        float(np.mean(differences)) if differences else 0.0, covered,
    )  # fmt: skip

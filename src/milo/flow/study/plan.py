"""The plan of a study: who works on which item, in which block and arm, drawn from a seed, frozen and hashed.

Stands alone because the plan is a file that others can check: the same design, items and seed give the same plan, and its hash
tells whether what is reported was planned before the first answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from milo.domain.errors import Conflict
from milo.domain.study import Design, Task
from milo.stats import study_plan

FORMAT = "milo-study-plan-1"
LEVELS = 3


class Candidate(msgspec.Struct, frozen=True):
    """An item that may be drawn: its id, its key for people, how long its content is, and how sure the model is of it."""

    id: int
    key: str
    length: int
    confidence: float | None = None


class PlannedItem(msgspec.Struct, frozen=True):
    """An item of the plan: its key, and how hard it probably is (0: easiest)."""

    key: str
    stratum: int


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """The frozen plan as a file. `people` are codes; `offered` is the hash of the suggestions that will be shown, which are
    kept as they were when the plan was frozen. `hash` is that of all the rest."""

    format: str
    project: str
    design: Design
    people: tuple[str, ...]
    items: tuple[PlannedItem, ...]
    tasks: tuple[Task, ...]
    offered: str
    frozen_at: float
    hash: str = ""


class Drawn(msgspec.Struct, frozen=True):
    """What was drawn: the items (places in the list of candidates), how hard each is, and the tasks."""

    items: tuple[int, ...]
    strata: tuple[int, ...]
    tasks: tuple[Task, ...]


def draw(design: Design, candidates: Sequence[Candidate]) -> Drawn:
    """Give items, blocks and arms to people by the design's seed. Raises Conflict if there are too few people or items."""
    people, arms = len(design.people), len(design.arms)
    if people < 1:
        raise Conflict("Nobody takes part yet: choose people first.", place="people")
    if design.layout == "between" and people < 2 * arms:
        raise Conflict(f"One arm per person needs two people in each arm: {2 * arms} at least.", place="people")
    need = design.items + design.warm_up
    if len(candidates) < need:
        raise Conflict(
            f"The study needs {need} items ({design.items} and {design.warm_up} to warm up); {len(candidates)} fit. Bring in "
            "more, take fewer per arm, or widen the pool.",
            place="per_arm",
        )
    strata = strata_of(design, candidates)
    plan = _between(design, strata) if design.layout == "between" else _crossed(design, strata)
    used = np.unique(plan.item)
    place = {int(item): k for k, item in enumerate(used.tolist())}
    hidden = _withheld(design, plan)
    columns = (plan.annotator, plan.period, plan.place, plan.arm, plan.item)
    rows = zip(*(c.tolist() for c in columns), hidden, strict=True)
    tasks = tuple(Task(who, period, at, arm, place[item], off) for who, period, at, arm, item, off in rows)
    return Drawn(tuple(place), tuple(int(strata[i]) for i in place), tasks)


def strata_of(design: Design, candidates: Sequence[Candidate]) -> list[int]:
    """How hard each item probably is, 0 (easiest) to 2: by thirds of its length, or of the model's doubt."""
    if design.strata == "none" or not candidates:
        return [0] * len(candidates)
    if design.strata == "length":
        measure = np.array([float(c.length) for c in candidates])
    else:
        measure = np.array([1.0 - (0.5 if c.confidence is None else c.confidence) for c in candidates])
    ranks = np.argsort(np.argsort(measure, kind="stable"), kind="stable")
    return (ranks * LEVELS // len(candidates)).tolist()


def _crossed(design: Design, strata: list[int]) -> study_plan.Plan:
    people, arms = len(design.people), len(design.arms)
    plan = study_plan.crossover(people, arms, design.per_arm, strata, warm_up=design.warm_up, seed=design.seed)
    return _mixed(plan, arms, design.seed) if design.layout == "interleaved" else plan


def _mixed(plan: study_plan.Plan, arms: int, seed: int) -> study_plan.Plan:
    """The same items in the same arms, in one block: each arm once, in an order drawn anew, and so on."""
    rng = np.random.default_rng([seed, 1])
    order: list[int] = []
    for who in range(int(plan.annotator.max()) + 1):
        mine = np.flatnonzero(plan.annotator == who)
        warm, rest = mine[plan.period[mine] < 0], mine[plan.period[mine] >= 0]
        rounds = np.stack([rest[plan.arm[rest] == arm] for arm in range(arms)], axis=1)
        order += [*warm.tolist(), *rng.permuted(rounds, axis=1).ravel().tolist()]
    at = np.array(order)
    period = np.minimum(plan.period[at], 0)
    place = np.empty_like(period)
    for who in range(int(plan.annotator.max()) + 1):
        for block in (-1, 0):
            mine = (plan.annotator[at] == who) & (period == block)
            place[mine] = np.arange(int(mine.sum()))
    return study_plan.Plan(plan.annotator[at], period, place, plan.arm[at], plan.item[at], plan.sequence)


def _between(design: Design, strata: list[int]) -> study_plan.Plan:
    """All work on the same items, each in an order of their own; the items to warm up are the same for all, too."""
    rng = np.random.default_rng([design.seed, 2])
    level = np.asarray(strata)
    order = np.lexsort((rng.random(len(level)), level))
    take = np.floor((np.arange(design.per_arm) + rng.random()) * len(level) / design.per_arm).astype(np.int64)
    picked = order[take]
    warm = rng.permutation(np.setdiff1d(order, picked))[: design.warm_up].tolist()
    plan = study_plan.between(len(design.people), len(design.arms), design.per_arm, seed=design.seed)
    rows: list[tuple[int, ...]] = []
    for who in range(len(design.people)):
        rows += [(who, -1, place, -1, item) for place, item in enumerate(warm)]
        mine = np.flatnonzero(plan.annotator == who)
        rows += [(who, 0, int(plan.place[k]), int(plan.arm[k]), int(picked[plan.item[k]])) for k in mine.tolist()]
    table = np.array(rows, dtype=np.int64)
    return study_plan.Plan(table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4], plan.sequence)


def _withheld(design: Design, plan: study_plan.Plan) -> list[bool]:
    """In each block with suggestions, the same share of items, drawn by chance."""
    rng = np.random.default_rng([design.seed, 3])
    out = np.zeros(len(plan.item), dtype=bool)
    shows = [arm.suggests for arm in design.arms]
    for who in range(int(plan.annotator.max()) + 1):
        for arm, suggests in enumerate(shows):
            mine = np.flatnonzero((plan.annotator == who) & (plan.arm == arm))
            if suggests and len(mine):
                some = int(len(mine) * design.withhold + rng.random())
                out[rng.permutation(mine)[:some]] = True
    return out.tolist()


def sealed(plan: Plan) -> Plan:
    """The plan with its hash filled in."""
    return msgspec.structs.replace(plan, hash=digest(plan))


def digest(plan: Plan) -> str:
    """SHA-256 of the plan without its hash, as JSON with sorted keys."""
    bare = msgspec.structs.replace(plan, hash="")
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def hash_of(value: Any) -> str:
    """SHA-256 of a value as JSON with sorted keys."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def read_plan(raw: bytes) -> Plan:
    """A plan from its file. Raises Conflict if it is none, or was changed after it was frozen."""
    try:
        plan = msgspec.json.decode(raw, type=Plan)
    except msgspec.DecodeError as error:
        raise Conflict(f"This is no plan of a study: {error}.", place="plan") from error
    if plan.format != FORMAT or plan.hash != digest(plan):
        raise Conflict("The plan does not fit its own hash: it was changed after it was frozen.", place="plan")
    return plan


def codes(people: int) -> tuple[str, ...]:
    """Names that stand for people in files: P01, P02 and so on."""
    width = max(2, len(str(people)))
    return tuple(f"P{n + 1:0{width}d}" for n in range(people))

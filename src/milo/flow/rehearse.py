"""REHEARSE: what would labelling a whole project cost, and how good would it be? With simulated people and a simulated or
recorded model, in seconds, before anybody is asked.

Stands alone because it answers for several ways of working side by side: by hand or with suggestions, with one answer an item
or more. It simulates a sample of the items and scales hours up."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from milo.domain.errors import InvalidConfig
from milo.flow.study.rehearsal import Crowd, Work
from milo.stats import study_plan
from milo.stats.rehearsal import Person, Task, rehearse

SAMPLE = 2_000
HOURS_A_DAY = 6.0
OVERLAPS = (1, 2, 3, 5)
_ROUNDS = 8


class WholeProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be labelled: so many items, by so many people, at so much an hour; `overlaps`: how many answers an item."""

    items: int = 1000
    people: int = 4
    hourly: float = 0.0
    overlaps: tuple[int, ...] = OVERLAPS
    crowd: Crowd = Crowd()
    work: Work = Work()
    seed: int = 1


class Way(msgspec.Struct, frozen=True):
    """One way of working: hours and money for the whole project, days for the people, and the share of items whose final answer
    (the majority) is right, with the standard deviation between rounds of the simulation."""

    name: str
    help: bool
    overlap: int
    hours: float
    days: float
    cost: float
    right: float
    right_sd: float


def rehearse_project(wish: WholeProject, recorded: Sequence[bool] = ()) -> list[Way]:
    """Every way, cheapest first. Raises InvalidConfig for numbers that cannot be. Pure: the same seed, the same answer."""
    for name, value, low, high in (
        ("items", wish.items, 1, 1_000_000_000), ("people", wish.people, 1, 1000), ("hourly", wish.hourly, 0, 1e6),
        ("seed", wish.seed, 0, 2**31),
    ):  # fmt: skip
        if not low <= value <= high:
            raise InvalidConfig(f"{name} is {value}; it must be between {low:g} and {high:g}.", place=name)
    fitting = [k for k in wish.overlaps if 1 <= k <= min(wish.people, 9)]
    if not fitting:
        raise InvalidConfig("overlaps: from 1 to the number of people, 9 at most.", place="overlaps")
    ways = [_way(wish, help_, k, recorded) for help_ in (False, True) for k in fitting]
    return sorted(ways, key=lambda w: w.cost or w.hours)


def _way(wish: WholeProject, help_: bool, overlap: int, recorded: Sequence[bool]) -> Way:
    n = min(wish.items, SAMPLE // _ROUNDS + 1)
    rounds = [_round(wish, help_, overlap, n, wish.seed + r, recorded) for r in range(_ROUNDS)]
    hours = float(np.mean([h for h, _ in rounds])) * wish.items / n
    right = [r for _, r in rounds]
    models = wish.work.model_cost * wish.items if help_ else 0.0
    name = f"{'with suggestions' if help_ else 'by hand'}, {overlap} answer{'s' if overlap > 1 else ''} an item"
    return Way(
        name, help_, overlap, hours, hours / wish.people / HOURS_A_DAY, hours * wish.hourly + models, float(np.mean(right)),
        float(np.std(right, ddof=1)),
    )  # fmt: skip


def _round(
    wish: WholeProject, help_: bool, overlap: int, n: int, seed: int, recorded: Sequence[bool]
) -> tuple[float, float]:  # fmt: skip
    """Hours, and the share of items that the majority gets right, of one round."""
    c, w, rng = wish.crowd, wish.work, np.random.default_rng([seed, 21])
    who = np.concatenate([(np.arange(n) + k * max(1, wish.people // overlap)) % wish.people for k in range(overlap)])
    item, arm = np.tile(np.arange(n), overlap), np.full(n * overlap, int(help_))
    order = np.lexsort((rng.random(len(who)), who))
    who, item, arm = who[order], item[order], arm[order]
    odds = np.log(c.accuracy / (1 - c.accuracy)) + c.accuracy_spread * rng.normal(size=wish.people)
    speeds = np.exp(c.speed_spread * rng.normal(size=wish.people))
    people = [
        Person(float(1 / (1 + np.exp(-o))), s, c.reliance, c.catches, c.doubts, c.fatigue, c.learning)
        for o, s in zip(odds.tolist(), speeds.tolist(), strict=True)
    ]
    task = Task(w.seconds, w.model_right, w.saving, w.fixing, w.labels, w.item_spread, w.answer_spread, w.help_spread)
    nothing = np.zeros(len(who), dtype=np.int64)
    plan = study_plan.Plan(who, nothing, nothing, arm, item, np.zeros((0, 0), dtype=np.int64))
    done = rehearse(plan, people, task, recorded=recorded or None, seed=seed)
    votes = np.zeros((n, w.labels))
    np.add.at(votes, (item, done.answer), 1 + 1e-6 * rng.random(len(item)))
    return float(done.seconds.sum()) / 3600, float((votes.argmax(axis=1) == done.truth_of[:n]).mean())

"""The answers of a study as columns, with the time of each at every idle cap, and what was left out and why.

Stands alone because real data and rehearsed ones meet here: the analysis knows only these columns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.domain.errors import Conflict
from milo.domain.study import Design
from milo.flow.effort import clocks
from milo.flow.study.data import Answer, Data
from milo.flow.study.plan import Plan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Table(NamedTuple):
    """One entry per answer that counts. `seconds`: active time at each cap, primary first, shape (n, caps); `waiting` for
    models; `trial`: the how-manieth of the person, from 1; `shown`: the arm's suggestion was not withheld; floats are NaN
    where nothing is known."""

    person: Ints
    item: Ints
    arm: Ints
    period: Ints
    trial: Ints
    stratum: Ints
    shown: NDArray[np.bool_]
    seconds: Floats
    waiting: Floats
    quality: Floats
    agrees: Floats
    suggested: Floats
    cost: Floats

    def where(self, mask: Any) -> Table:
        """These rows only."""
        columns: list[Any] = [column[mask] for column in self]
        return Table(*columns)


class Counted(NamedTuple):
    """The table, and how many tasks are not in it, by reason."""

    table: Table
    left_out: dict[str, int]


def table_of(plan: Plan, data: Data) -> Counted:
    """Bring plan and data together. Raises Conflict if they do not belong together."""
    if data.head.plan != plan.hash:
        raise Conflict("The data belong to another plan: the hashes differ.", place="data")
    design = plan.design
    left_out = {"warm-up": 0, "not reached": 0, "skipped": 0, "no measured time": 0, "too short": 0}
    trials = _trials(plan)
    rows: list[tuple[Any, ...]] = []
    times: list[list[float]] = []
    for answer in data.answers:
        if not 0 <= answer.task < len(plan.tasks):
            raise Conflict(f"The data speak of task {answer.task}; the plan has {len(plan.tasks)}.", place="data")
        task = plan.tasks[answer.task]
        seconds, waiting = times_of(answer, design)
        why = _reason(answer, task.arm, seconds[0], design)
        if why:
            left_out[why] += 1
            continue
        at = (task.person, task.item, task.arm, task.period, trials[answer.task], plan.items[task.item].stratum)
        rows.append((*at, not task.withheld, waiting, answer.quality, answer.agrees, answer.suggested, answer.cost))
        times.append(seconds)
    return Counted(_columns(rows, times, len(design.times)), left_out)


def times_of(answer: Answer, design: Design) -> tuple[list[float], float]:
    """Active seconds at each cap, over all visits, and seconds of waiting for models."""
    visits = [[{"at": at, "kind": kind} for at, kind in visit] for visit in answer.visits]
    each = [[clocks(visit, cap) for visit in visits] for cap in design.times]
    return [sum(c.active for c in at_cap) for at_cap in each], sum(c.waiting for c in each[0])


def _reason(answer: Answer, arm: int, seconds: float, design: Design) -> str | None:
    if arm < 0:
        return "warm-up"
    if answer.state != "answered":
        return "skipped" if answer.state == "skipped" else "not reached"
    if seconds <= 0:
        return "no measured time"
    return "too short" if seconds < design.shortest else None


def _trials(plan: Plan) -> list[int]:
    """The how-manieth task of the person each is, warm-up included."""
    order = sorted(range(len(plan.tasks)), key=lambda k: (plan.tasks[k].person, plan.tasks[k].period, plan.tasks[k].place))
    out, who, n = [0] * len(order), -1, 0
    for k in order:
        n = n + 1 if plan.tasks[k].person == who else 1
        who = plan.tasks[k].person
        out[k] = n
    return out


def _columns(rows: list[tuple[Any, ...]], times: list[list[float]], caps: int) -> Table:
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * 12
    ints = [np.array(c, dtype=np.int64) for c in columns[:6]]
    floats = [np.array([np.nan if v is None else v for v in c], dtype=np.float64) for c in columns[7:]]
    person, item, arm, period, trial, stratum = ints
    waiting, quality, agrees, suggested, cost = floats
    shown, seconds = np.array(columns[6], dtype=bool), np.array(times, dtype=np.float64).reshape(-1, caps)
    return Table(person, item, arm, period, trial, stratum, shown, seconds, waiting, quality, agrees, suggested, cost)

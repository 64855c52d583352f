"""The items of a run, page by page. A million items are never held: either the database is paged by id, or ids are one array.

What is drawn by lot is drawn from a stored seed, so that a run that goes on after a crash goes on with the same items.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import numpy as np

from milo.domain.errors import Invalid
from milo.domain.project import Project
from milo.flow.annotating import Selection
from milo.flow.ask import refill
from milo.flow.browse import parse
from milo.flow.ports.items import Ids
from milo.infra.sql.database import BACKGROUND
from milo.infra.sql.ids import ITEMS_PER_PROJECT, id_range
from milo.infra.sql.runs import RunsSql
from milo.infra.sql.work import QueueSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

Page = list[tuple[int, int]]
"""(place, item id): a place is what a run that goes on begins after."""


class Selected:
    """`total`: how many items there are, about (people go on working); `page(place, n)`: the next n behind a place."""

    def __init__(self, total: int, page: Callable[[int, int], Page]) -> None:
        self.total, self.page = total, page


def fixed_list(workspace: Workspace, project: Project, question: str, selection: Selection, runs: list[int]) -> list[int]:
    """The ids of a selection that is settled when the run begins: the next ones of the queue (with blind items that wait to
    be measured, a tenth at most), or those named. Raises Invalid for named items that do not exist."""
    db = workspace.db
    if selection.what == "items":
        wanted = list(dict.fromkeys(selection.item_ids))
        found = db.read(lambda c: RunsSql(c).existing(project.id, wanted))
        if len(found) < len(wanted):
            missing = next(i for i in wanted if i not in set(found))
            raise Invalid(f"There is no item {missing} in this project.", place="selection.item_ids")
        return found
    n = selection.n or project.spec.policy.window
    order = project.spec.policy.order
    seed = int(workspace.clock() * 1000)
    if order == "random":
        sampler, policy = workspace.samplers[order], project.spec.policy
        db.write(lambda c: refill(QueueSql(c), sampler, project.id, policy, seed), BACKGROUND)
    ids = db.read(lambda c: RunsSql(c).next(project.id, order, n))
    if len(ids) < n and order != "imported":
        more = db.write(lambda c: QueueSql(c).random_free(project.id, n - len(ids), seed), BACKGROUND)
        ids += [i for i in more if i not in set(ids)]
    waiting = db.read(lambda c: RunsSql(c).unmeasured(project.id, question, runs or [0], max(1, n // 10)))
    return list(dict.fromkeys([*ids[:n], *waiting]))


def select(
    workspace: Workspace, project: Project, question: str, selection: Selection, seed: int, listed: list[int] | None
) -> Selected:
    """The items of a run; `listed` is what `fixed_list` gave when it began."""
    if listed is not None:
        return _of_list(listed)
    db = workspace.db
    if selection.what == "gold":
        total = db.read(lambda c: RunsSql(c).count_gold(project.id, question))
        return Selected(total, lambda place, n: _same(db.read(lambda c: RunsSql(c).gold(project.id, question, place, n))))
    if selection.what in ("open", "all") and not selection.filter:
        open_only = selection.what == "open"
        total = db.read(lambda c: RunsSql(c).counts(project.id))[int(open_only)]
        low = id_range(project.id)[0] - 1

        def page(place: int, n: int) -> Page:
            return _same(db.read(lambda c: RunsSql(c).every(project.id, open_only, max(place, low), n)))

        return Selected(total, page)
    return _of_ids(_drawn(workspace, project, selection, seed))


def _drawn(workspace: Workspace, project: Project, selection: Selection, seed: int) -> Ids:
    """Ids that fit the filter, or all, and of these a sample; ascending."""
    wanted = parse(parse_qsl(selection.filter, keep_blank_values=True))
    if selection.what == "open" and not wanted.status:
        wanted = parse([*parse_qsl(selection.filter), ("status", "new,open,skipped")])
    if wanted.is_empty:
        last = workspace.db.read(lambda c: RunsSql(c).counts(project.id))[0]
        base = project.id * ITEMS_PER_PROJECT
        n = min(selection.n or last, last)
        places = random.Random(seed).sample(range(1, last + 1), n)
        return np.sort(np.array(places, np.int64)) + base
    ids = np.sort(workspace.data.matching(project, wanted))
    if selection.what == "sample" and selection.n is not None and selection.n < ids.size:
        chosen = random.Random(seed).sample(range(ids.size), selection.n)
        ids = ids[np.sort(np.array(chosen, np.int64))]
    return ids


def _of_ids(ids: Ids) -> Selected:
    def page(place: int, n: int) -> Page:
        start = int(np.searchsorted(ids, place, side="right"))
        return _same([int(i) for i in ids[start : start + n]])

    return Selected(int(ids.size), page)


def _of_list(ids: list[int]) -> Selected:
    return Selected(len(ids), lambda place, n: list(enumerate(ids[place : place + n], place + 1)))


def _same(ids: list[int]) -> Page:
    return [(i, i) for i in ids]

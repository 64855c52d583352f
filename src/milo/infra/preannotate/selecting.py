"""The items of a run, page by page. A million items are never held: either the database is paged by id, or ids are one array.

What is drawn by lot is drawn from a stored seed, so that a run that goes on after a crash goes on with the same items.
"""

from __future__ import annotations

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
    """`total`: how many items there are, about (people go on working); `page(place, n)`: the next n behind a place;
    `jump(share)`: the place behind which that share of the whole is over, about."""

    def __init__(self, total: int, page: Callable[[int, int], Page], jump: Callable[[float], int]) -> None:
        self.total, self.page, self.jump = total, page, jump

    def spread(self, n: int) -> list[int]:
        """At most n items from all over: what an import has put first is often shorter, or older, than the rest."""
        found: list[int] = []
        reached = self.jump(0.0)
        for i in range(n):
            if found and self.jump(i / n) < reached:
                continue
            if not (page := self.page(self.jump(i / n), 1)):
                break
            ((reached, item),) = page
            found.append(item)
        return found


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

        def gold(place: int, n: int) -> Page:
            return _same(db.read(lambda c: RunsSql(c).gold(project.id, question, place, n)))

        return Selected(total, gold, _by_id(workspace, project))
    if selection.what in ("open", "all") and not selection.filter:
        open_only = selection.what == "open"
        total = db.read(lambda c: RunsSql(c).counts(project.id))[int(open_only)]
        low = id_range(project.id)[0] - 1

        def page(place: int, n: int) -> Page:
            return _same(db.read(lambda c: RunsSql(c).every(project.id, open_only, max(place, low), n)))

        return Selected(total, page, _by_id(workspace, project))
    return _of_ids(_drawn(workspace, project, selection, seed))


def _drawn(workspace: Workspace, project: Project, selection: Selection, seed: int) -> Ids:
    """Ids that fit the filter, or all, and of these a sample; ascending."""
    wanted = parse(parse_qsl(selection.filter, keep_blank_values=True))
    if selection.what == "open" and not wanted.status:
        wanted = parse([*parse_qsl(selection.filter), ("status", "new,open,skipped")])
    if wanted.is_empty:
        last = workspace.db.read(lambda c: RunsSql(c).counts(project.id))[0]
        base = project.id * ITEMS_PER_PROJECT
        return _sample(last, min(selection.n or last, last), seed) + base + 1
    ids = np.sort(workspace.data.matching(project, wanted))
    if selection.what == "sample" and selection.n is not None and selection.n < ids.size:
        ids = ids[_sample(ids.size, selection.n, seed)]
    return ids


def _sample(size: int, n: int, seed: int) -> Ids:
    """n of the places 0 to size - 1, ascending."""
    return np.sort(np.random.default_rng(seed).choice(size, n, replace=False)).astype(np.int64)


def _of_ids(ids: Ids) -> Selected:
    def page(place: int, n: int) -> Page:
        start = int(np.searchsorted(ids, place, side="right"))
        return _same([int(i) for i in ids[start : start + n]])

    return Selected(int(ids.size), page, lambda share: int(ids[int(share * ids.size)]) - 1 if ids.size else 0)


def _of_list(ids: list[int]) -> Selected:
    return Selected(
        len(ids), lambda place, n: list(enumerate(ids[place : place + n], place + 1)), lambda share: int(share * len(ids))
    )


def _by_id(workspace: Workspace, project: Project) -> Callable[[float], int]:
    """Jumps over the ids of a project."""
    low = id_range(project.id)[0] - 1
    span = max(0, workspace.db.read(lambda c: RunsSql(c).last(project.id)) - low)
    return lambda share: low + int(share * span)


def _same(ids: list[int]) -> Page:
    return [(i, i) for i in ids]

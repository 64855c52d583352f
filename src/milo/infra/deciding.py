"""Runs bulk decisions: in short transactions one after the other, so that answers of people at work pass in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from milo.domain.errors import Conflict
from milo.domain.ids import project_of
from milo.domain.project import Project
from milo.flow import bulk as decide
from milo.flow.bulk import Accept, BulkOrder, BulkResult, Selected
from milo.flow.guarantee import Promised, Wish, check_scope
from milo.flow.ports.items import Ids
from milo.infra.setting_aside import KIND as ASIDE
from milo.infra.sql.bulk import BulkSql
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.draws import DrawsSql
from milo.infra.sql.work import WorkSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


class Deciding:
    """Bulk decisions of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def label(
        self, project: Project, op_id: str, question: str, value: Any, user_id: int, find: Callable[[], Ids]
    ) -> BulkResult:
        """Give one answer to many items. Safe to repeat with the same `op_id`."""
        asked = project.schema.get(question)
        fixed = decide.check_value(self._ws.task_types[asked.type], asked, value)

        def choose(c: Connection, bulk_id: int | None) -> Selected:
            return decide.select_items(find(), self._closed(c, project, question, bulk_id))

        args = {"value": msgspec.Raw(fixed[0].encode())}
        return self._carry_out(project, op_id, "label", question, args, user_id, choose, fixed)

    def accept(
        self, project: Project, op_id: str, order: Accept, user_id: int, within: Callable[[], Ids] | None = None,
        wish: Wish | None = None,
    ) -> BulkResult:  # fmt: skip
        """Accept every suggestion that is sure enough, on all items or those `within`; `wish`: only if this can be promised.
        Safe to repeat with the same `op_id`."""
        project.schema.get(order.question)
        order, promised = self._promised(project, op_id, order, wish, within is not None)

        def choose(c: Connection, bulk_id: int | None) -> Selected:
            return self._sure(c, project, order, bulk_id, within)

        args = {"min_score": order.min_score, "per_label": order.per_label, "source": order.source}
        if promised is not None:
            args["promise"] = msgspec.to_builtins(promised)
        return self._carry_out(project, op_id, "accept", order.question, args, user_id, choose, None)

    def _promised(
        self, project: Project, op_id: str, order: Accept, wish: Wish | None, some: bool
    ) -> tuple[Accept, Promised | None]:
        """The promise for a decision: that which it was begun with, or one that holds now; the order keeps to its model."""
        if wish is None:
            return order, None
        known = self._ws.db.read(lambda c: BulkSql(c).known(op_id))
        if known is not None:
            return _kept_to(order, msgspec.convert(known.args.get("promise"), Promised | None))
        check_scope(wish, some)
        return _kept_to(order, self._ws.guaranteeing.promised(project, order, wish))

    def foresee(
        self, project: Project, order: Accept, within: Callable[[], Ids] | None = None, wish: Wish | None = None
    ) -> BulkResult:
        """What accepting would do now."""
        project.schema.get(order.question)
        promised = None
        if wish is not None:
            check_scope(wish, within is not None)
            order, promised = _kept_to(order, self._ws.guaranteeing.foreseen(project, order, wish))
        found = decide.foresee(self._ws.db.read(lambda c: self._sure(c, project, order, None, within)))
        return msgspec.structs.replace(found, promise=promised)

    def _sure(
        self, c: Connection, project: Project, order: Accept, bulk_id: int | None, within: Callable[[], Ids] | None
    ) -> Selected:
        found = BulkSql(c).candidates(project.id, order.question, order.source, order.version)
        if within is not None:
            found = decide.candidates_within(found, within())
        return decide.select_sure(found, self._closed(c, project, order.question, bulk_id), order)

    def _closed(self, c: Connection, project: Project, question: str, bulk_id: int | None) -> decide.Closed:
        return BulkSql(c).closed(project.id, question, self._ws.clock(), bulk_id)

    def histogram(self, project: Project, question: str, source: str | None) -> tuple[list[int], dict[str, list[int]]]:
        """How sure the suggestions are that could be accepted."""
        project.schema.get(question)

        def look(c: Connection) -> tuple[list[int], dict[str, list[int]]]:
            found = BulkSql(c).candidates(project.id, question, source)
            return decide.histogram(found, self._closed(c, project, question, None))

        return self._ws.db.read(look)

    def _carry_out(
        self,
        project: Project,
        op_id: str,
        kind: str,
        question: str,
        args: dict[str, Any],
        user_id: int,
        choose: Callable[[Connection, int | None], Selected],
        fixed: tuple[str, str | None] | None,
    ) -> BulkResult:
        decide.check_op(op_id)
        self._enter(op_id)
        try:
            bulk = self._begin(project, op_id, kind, question, args, user_id)
            if "result" in bulk.args:
                return msgspec.convert(bulk.args["result"], BulkResult)
            chosen = self._ws.db.read(lambda c: choose(c, bulk.id))
            self._decide(project, bulk, chosen, fixed)
            return self._finish(project, bulk, chosen)
        finally:
            self._running.discard(op_id)

    def _enter(self, op_id: str) -> None:
        with self._lock:
            if op_id in self._running:
                raise Conflict("This decision is being carried out; its result will be there in a moment.", place="op_id")
            self._running.add(op_id)

    def _begin(self, project: Project, op_id: str, kind: str, question: str, args: dict[str, Any], user_id: int) -> BulkOrder:
        args = {**args, "counts": decide.counts_as_answer(project, question)}

        def begin(c: Connection) -> BulkOrder:
            bulk = BulkSql(c)
            known = bulk.known(op_id)
            if known is None:
                bulk.begin(project.id, op_id, kind, question, args, user_id, self._ws.clock())
                known = bulk.known(op_id)
            if known is None or (known.project_id, known.user_id, known.kind) != (project.id, user_id, kind):
                raise Conflict("This op_id belongs to another decision. Use a fresh one.", place="op_id")
            return known

        return self._ws.db.write(begin)

    def _decide(self, project: Project, bulk: BulkOrder, chosen: Selected, fixed: tuple[str, str | None] | None) -> None:
        work: list[int] = (chosen.items if chosen.suggestions is None else chosen.suggestions).tolist()
        at, size = 0, decide.FIRST_STEP
        while at < len(work):
            part = work[at : at + size]
            done, _ = self._ws.db.write(
                lambda c, p=part: decide.step(
                    BulkSql(c), self._ws.task_types, project, bulk, p, fixed, self._ws.clock()
                ),
                BACKGROUND,
            )  # fmt: skip
            at += done
            size = min(2_000, max(50, done * 2 if done == len(part) else done))

    def _finish(self, project: Project, bulk: BulkOrder, chosen: Selected) -> BulkResult:
        def finish(c: Connection) -> BulkResult:
            n = BulkSql(c).decided(bulk.id)
            promised = msgspec.convert(bulk.args.get("promise"), Promised | None)
            result = msgspec.structs.replace(decide.foresee(chosen), bulk=bulk.id, changed=n, promise=promised)
            if promised is not None:
                self._ws.guaranteeing.accepted(c, project, bulk, promised)
            BulkSql(c).finish(bulk.id, n, {**bulk.args, "result": msgspec.to_builtins(result)})
            facts = msgspec.json.encode({"bulk": bulk.id, "kind": bulk.kind, "question": bulk.question, "n": n})
            WorkSql(c).log(project.id, None, bulk.user_id, "bulk", facts, self._ws.clock())
            return result

        result = self._ws.db.write(finish)
        self._told(project, result.changed)
        return result

    def turn(self, project: Project, bulk_id: int, user_id: int, *, undo: bool) -> int:
        """Undo or redo a decision as one; how many answers, or items set aside, it concerned."""
        way = "undo" if undo else "redo"
        bulk = decide.check_turn(self._ws.db.read(lambda c: BulkSql(c).get(bulk_id)), project.id, way)
        if bulk.kind == ASIDE:
            return self._ws.data.aside.turn(project, bulk, user_id, undo=undo)
        total, after = 0, 0
        while True:
            changed, rest = self._ws.db.write(
                lambda c, a=after: decide.turn(BulkSql(c), project, bulk, a, self._ws.clock(), undo=undo), BACKGROUND
            )
            total += changed
            if rest is None:
                break
            after = rest
        if undo:
            self._ws.db.write(lambda c: DrawsSql(c).withdraw(project.id, bulk_id))
        facts = msgspec.json.encode({"bulk": bulk_id, "n": total})
        self._ws.db.write(lambda c: WorkSql(c).log(project.id, None, user_id, f"bulk {way}", facts, self._ws.clock()))
        self._told(project, total)
        return total

    def _told(self, project: Project, changed: int) -> None:
        self._ws.data.decided(project.id)
        if changed:
            self._ws.loop_models.answered(project.id, changed)


def _kept_to(order: Accept, promised: Promised | None) -> tuple[Accept, Promised | None]:
    """The order for the model and version that the promise is about."""
    if promised is None:
        return order, None
    return msgspec.structs.replace(order, source=promised.model, version=promised.version), promised


def own_items(project: Project, items: list[int]) -> Ids:
    """Those ids that can be items of the project."""
    return np.array([i for i in items if project_of(i) == project.id], dtype=np.int64)

"""Sets items aside for everybody, and takes them back: all that are named or none, each time in one transaction.

Recorded as a decision over many items (kind "aside"), so that it is listed, undone and redone with the others. An answer that
comes in later, from somebody who had the item on the screen, is kept; the item stays set aside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from milo.domain.errors import Conflict, Invalid
from milo.domain.project import Project
from milo.flow.bulk import BulkOrder, check_op
from milo.flow.ports.items import Ids
from milo.infra.sql.aside import AsideSql
from milo.infra.sql.bulk import BulkSql
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.work import WorkSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

KIND = "aside"
MOST = 200_000
"""Items at once: so many take a second or two, in which answers wait."""
_REASON = 500


class SetAside(msgspec.Struct):
    """How setting aside went, or (`bulk` null) would go: `changed` items, `already` set aside before. Of those changed,
    `answered` have answers, which they keep, and `lent` were in somebody's hands."""

    bulk: int | None
    changed: int
    already: int
    answered: int
    lent: int


class SettingAside:
    """Items that are handed to nobody, of an open workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def foresee(self, project: Project, items: Ids) -> SetAside:
        """What setting items aside would do. Raises as it would."""
        return self._ws.db.read(lambda c: _foreseen(AsideSql(c, project.id), np.unique(items)))

    def set(self, project: Project, op_id: str, find: Callable[[], Ids], user_id: int, reason: str = "") -> SetAside:
        """Set items aside. Safe to repeat with the same `op_id`. Raises Invalid for items that are not there, Conflict for
        those that a running study needs; then none is set aside."""
        check_op(op_id)
        items, now = np.unique(find()), self._ws.clock()

        def write(c: Connection) -> SetAside:
            bulk = BulkSql(c)
            known = bulk.known(op_id)
            if known is not None:
                return _known(known, project, user_id)
            aside = AsideSql(c, project.id)
            found, args = _foreseen(aside, items), {"reason": reason[:_REASON]}
            ident = bulk.begin(project.id, op_id, KIND, "", args, user_id, now)
            aside.put(ident, items)
            aside.close(ident, now)
            found.bulk = ident
            bulk.finish(ident, found.changed, {**args, "result": msgspec.to_builtins(found)})
            self._log(c, project, aside.of(ident), user_id, KIND, {"bulk": ident, "n": found.changed, **args}, now)
            return found

        result = self._ws.db.write(write, BACKGROUND)
        self._ws.data.decided(project.id)
        return result

    def back(self, project: Project, items: Ids, user_id: int) -> int:
        """Take items back that are set aside; how many were. Raises Invalid for items that are not there."""
        wanted, now = np.unique(items), self._ws.clock()

        def write(c: Connection) -> int:
            aside = AsideSql(c, project.id)
            _check(aside, wanted)
            found = aside.among(wanted)
            aside.drop(found)
            self._settle(c, project, found, now)
            if found:
                self._log(c, project, found, user_id, "aside back", {"n": len(found)}, now)
            return len(found)

        result = self._ws.db.write(write, BACKGROUND)
        self._ws.data.decided(project.id)
        return result

    def turn(self, project: Project, bulk: BulkOrder, user_id: int, *, undo: bool) -> int:
        """Undo or redo a decision to set items aside; how many items it concerned."""
        now, kind = self._ws.clock(), "aside undo" if undo else "aside redo"

        def write(c: Connection) -> int:
            aside = AsideSql(c, project.id)
            if undo:
                items = aside.of(bulk.id)
                aside.lift(bulk.id)
                self._settle(c, project, items, now)
            else:
                aside.again(bulk.id)
                items = aside.of(bulk.id)
                _refuse_studied(aside, np.array(items, np.int64))
                aside.close(bulk.id, now)
            BulkSql(c).mark(bulk.id, undo)
            self._log(c, project, items, user_id, kind, {"bulk": bulk.id, "n": len(items)}, now)
            return len(items)

        result = self._ws.db.write(write, BACKGROUND)
        self._ws.data.decided(project.id)
        return result

    def _settle(self, c: Connection, project: Project, items: list[int], now: float) -> None:
        work = WorkSql(c)
        for item in items:
            work.settle(project.id, item, project.spec.policy.overlap, 0, now)

    def _log(
        self, c: Connection, project: Project, items: list[int], user_id: int, kind: str, facts: dict[str, object], now: float
    ) -> None:
        """In the history of the project, and of each item."""
        told = msgspec.json.encode(facts)
        WorkSql(c).log(project.id, None, user_id, kind, told, now)
        AsideSql(c, project.id).note(items, user_id, kind, told, now)


def _foreseen(aside: AsideSql, items: Ids) -> SetAside:
    _check(aside, items)
    _refuse_studied(aside, items)
    already, answered, lent = aside.standing(items)
    return SetAside(None, int(items.size) - already, already, answered, lent)


def _check(aside: AsideSql, items: Ids) -> None:
    if items.size > MOST:
        raise Invalid(f"{items.size:,} items are more than the {MOST:,} that can be set aside or taken back at once.")
    missing = int(items.size) - aside.existing(items)
    if missing:
        raise Invalid(f"{missing:,} of the items are not there, or not in this project; nothing was changed.", place="item_ids")


def _refuse_studied(aside: AsideSql, items: Ids) -> None:
    needed = aside.studied(items)
    if needed:
        raise Conflict(
            f"A running study needs {needed:,} of these items; leave them out, or end the study. Nothing was changed."
        )


def _known(bulk: BulkOrder, project: Project, user_id: int) -> SetAside:
    if (bulk.project_id, bulk.user_id, bulk.kind) != (project.id, user_id, KIND):
        raise Conflict("This op_id belongs to another decision. Use a fresh one.", place="op_id")
    return msgspec.convert(bulk.args["result"], SetAside)

"""Lends a person their next items: a first round of gold where the policy wants one, then the queue with checks woven in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milo.domain.project import Project
from milo.flow import ask
from milo.flow.checks import Weaving
from milo.flow.ports.work import Lease
from milo.infra.sql.checks import ChecksSql
from milo.infra.sql.database import Connection
from milo.infra.sql.work import QueueSql, WorkSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


class Lending:
    """One person's next items, inside a transaction."""

    def __init__(self, connection: Connection, workspace: Workspace, project: Project, user_id: int) -> None:
        self._c, self._ws, self._project, self._user = connection, workspace, project, user_id

    def next(self, n: int, have: list[int], *, checked: bool) -> list[Lease]:
        """Up to `n` items in all, of which the browser holds `have`. `checked`: this person goes through the qualification."""
        now = self._ws.clock()
        woven = Weaving(ChecksSql(self._c), self._ws.task_types, self._project, self._user, now)
        standing, first = woven.qualify() if checked else ("none", [])
        if standing in ("open", "failed"):
            held = WorkSql(self._c).held(self._project.id, self._user, have, n) if standing == "open" else []
            return held or first
        leases = ask.lease(
            WorkSql(self._c, self._ws.hints), QueueSql(self._c), self._ws.samplers, self._project.id,
            self._project.spec.policy, self._user, n, have, now, woven.lend,
        )  # fmt: skip
        return woven.mixed(leases)

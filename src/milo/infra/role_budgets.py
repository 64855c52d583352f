"""Budgets of the roles in which models stand beside people: the assistant, answers made to be compared, and judges.

Stands alone because such calls belong to no run: what they took so far is read from the ledger, in which each of them stands
before it is sent, so that a budget outlives every restart. A project has one budget for each role, each person one a day.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from milo.domain.errors import InvalidConfig
from milo.domain.policy import Allowance, BudgetRole
from milo.domain.project import Project
from milo.infra.providers.budget import Budget, Joint, Purse
from milo.infra.providers.counting import read_prices
from milo.infra.sql.role_spend import spent, spent_by_person

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

ROLES: dict[BudgetRole, str] = {"assist": "the assistant", "candidates": "answers to compare", "judge": "judges"}
_DAY = 86_400.0
Key = tuple[int, BudgetRole, int | None, int]
"""Project, role, person (None: the project as a whole), day (0: ever)."""


class PersonUse(msgspec.Struct, frozen=True):
    """What one person's calls took today."""

    user: str
    money: float
    tokens: int


class RoleUse(msgspec.Struct, frozen=True):
    """What a role took so far, by the ledger (of calls on their way the worst case), and what it may take (null: no bound):
    `max_money`, `max_tokens` in all, `day_money`, `day_tokens` for each person and day. `today`: people's calls today (UTC)."""

    role: BudgetRole
    money: float
    tokens: int
    currency: str
    max_money: float | None
    max_tokens: int | None
    day_money: float | None
    day_tokens: int | None
    today: list[PersonUse]


class RoleBudgets:
    """The budgets of a workspace's projects, by role. Safe to use from several threads; each method reads the database, so that
    an event loop calls it in a thread."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self._known: dict[Key, Budget] = {}
        self._lock = threading.Lock()

    def of(self, project: Project, role: BudgetRole, user_id: int | None, connections: Iterable[str] = ()) -> Purse | None:
        """What a call in this role spends of; None where nothing bounds it. Raises InvalidConfig where money is bounded in
        another currency than these connections are paid in."""
        allowance = project.spec.policy.budgets.get(role)
        if allowance is None:
            return None
        if allowance.money is not None or allowance.day_money is not None:
            for name in connections:
                self._check_currency(role, allowance, name)
        parts: list[Budget] = []
        if allowance.money is not None or allowance.tokens is not None:
            what = f"This project's budget for {ROLES[role]}"
            parts.append(self._budget((project.id, role, None, 0), allowance.money, allowance.tokens, what, allowance.currency))
        if user_id is not None and (allowance.day_money is not None or allowance.day_tokens is not None):
            day, what = int(self.ws.clock() // _DAY), f"Your own budget for {ROLES[role]} today"
            key: Key = (project.id, role, user_id, day)
            parts.append(self._budget(key, allowance.day_money, allowance.day_tokens, what, allowance.currency))
        return None if not parts else parts[0] if len(parts) == 1 else Joint(parts)

    def used(self, project: Project) -> list[RoleUse]:
        """What each role took so far, and each person's calls today."""
        since = self.ws.clock() // _DAY * _DAY
        out: list[RoleUse] = []
        for role in ROLES:
            allowance = project.spec.policy.budgets.get(role, Allowance())
            money, tokens = self.ws.db.read(lambda c, r=role: spent(c, project.id, r))
            people = self.ws.db.read(lambda c, r=role: spent_by_person(c, project.id, r, since))
            bounds = (allowance.money, allowance.tokens, allowance.day_money, allowance.day_tokens)
            out.append(RoleUse(role, money, tokens, allowance.currency, *bounds, [PersonUse(*person) for person in people]))
        return out

    def _budget(self, key: Key, money: float | None, tokens: int | None, what: str, currency: str) -> Budget:
        project, role, user, day = key
        with self._lock:
            found = self._known.get(key)
            if found is None:
                before = self.ws.db.read(lambda c: spent(c, project, role, user, day * _DAY))
                found = Budget(money, tokens, spent_money=before[0], spent_tokens=before[1], what=what, currency=currency)
                self._known = {k: one for k, one in self._known.items() if not k[3] or k[3] >= day} | {key: found}
        found.bound(money, tokens)
        return found

    def _check_currency(self, role: BudgetRole, allowance: Allowance, connection: str) -> None:
        row = self.ws.gateway.connection(connection)
        prices = read_prices(row.prices, row.local)
        if prices.currency != allowance.currency and (prices.input or prices.output):
            raise InvalidConfig(
                f'The budget for {ROLES[role]} is in {allowance.currency}, but "{connection}" is paid in {prices.currency}. '
                "Set the budget in that currency, or bound the tokens.",
                place=f"policy.budgets.{role}.currency",
            )

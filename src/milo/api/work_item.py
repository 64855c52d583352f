"""An item as the workbench gets it: content, suggestions, draft and rules, each through its gate."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call
from milo.domain.errors import NotFound
from milo.domain.policy import Order, Show
from milo.domain.project import Project
from milo.flow.ports.checks import QUALIFY
from milo.flow.ports.work import Lease
from milo.flow.suggestions import choose
from milo.flow.visible import Sight, show_for, suggestions_leave
from milo.infra.sql.checks import ChecksSql
from milo.infra.sql.database import Connection
from milo.infra.sql.look import CommentView, ItemView, Look, ReturnedView, SuggestionView, like_any, veiled, with_plant
from milo.infra.sql.reviews import ReviewSql
from milo.infra.sql.work import WorkSql
from milo.infra.studies import offered

_FIRST: dict[Order, str] = {"imported": "order", "random": "estimate", "uncertainty": "learn"}
"""What the first item of a project is asked for, by the order of its policy."""


class AssignmentView(msgspec.Struct):
    """The lease: until when, why this item was picked, and with what probability."""

    id: int
    until: float
    purpose: str
    odds: float | None


class Draft(msgspec.Struct):
    """An unfinished answer: values by question."""

    values: dict[str, Any]


class Allowed(msgspec.Struct):
    """What the arm of a study allows on an item: suggestions (of the arm, whether or not this item has one), the assistant,
    judges."""

    suggestions: bool
    assistant: bool
    judge: bool


class WorkItem(msgspec.Struct):
    """An item with everything the workbench needs to show it. `allowed`: on items of a study only."""

    item: ItemView
    assignment: AssignmentView
    suggestions: list[SuggestionView]
    show: dict[str, str]
    draft: Draft | None
    previous: dict[str, Any] | None
    comments: list[CommentView]
    allowed: Allowed | None = None
    returned: ReturnedView | None = None


def work_item(
    c: Connection, call: Call, project: Project, lease: Lease | None, source: str | None, item_id: int = 0
) -> WorkItem:
    """The item as it may leave the server for the caller, whose lease it is (None: `item_id`, opened by hand)."""
    look = Look(c)
    item_id = lease.item_id if lease else item_id
    found = look.item(item_id)
    if found is None:
        raise NotFound(f"There is no item {item_id}.")
    view, blind = found
    user_id = call.actor.user_id
    view = veiled(view, project)
    row = (lease.id, lease.until, lease.purpose, lease.odds) if lease else look.assignment(item_id, user_id)
    draft = look.draft(item_id, user_id)
    mine = {q: v for q, (_, v) in WorkSql(c).my_answers(item_id, user_id).items()} if lease is None else {}
    sight = call.workspace.studies.sight(c, project.id, user_id, item_id)
    show: dict[str, Show] = {q.name: show_for(project.spec.policy, q, sight) for q in project.spec.questions}
    allowed = {name for name, rule in show.items() if suggestions_leave(blind, rule)}
    shown = _offered(look, project, item_id, allowed, source, sight)
    check = ChecksSql(c).is_check(item_id, user_id) if sight is None else None
    if row is not None and check is not None:
        purpose, odds = ChecksSql(c).ordinary(project.id, row[0]) or (_FIRST[project.spec.policy.order], None)
        row, view = (row[0], row[1], purpose, odds), like_any(view)
        shown = [] if check == QUALIFY else with_plant(c, shown, item_id, user_id, allowed)
    return WorkItem(
        view,
        AssignmentView(*row) if row else AssignmentView(0, 0.0, "chosen", None),
        shown,
        {name: str(rule) for name, rule in show.items()},
        Draft(draft) if draft else None,
        mine or None,
        look.comments(item_id) if sight is None and check is None else [],
        None if sight is None else Allowed(sight.arm is not None and sight.arm.suggests, sight.assistant, sight.judge),
        ReturnedView(*sent_back) if (sent_back := ReviewSql(c).returned(item_id, user_id)) else None,
    )


def _offered(
    look: Look, project: Project, item_id: int, allowed: set[str], source: str | None, sight: Sight | None
) -> list[SuggestionView]:
    """The suggestions that leave the server: the live ones, or in a study those of the arm, as they were at its start."""
    if not allowed:
        return []
    if sight is not None:
        return [s for s in offered(project.spec.policy, sight.arm, sight.offered) if s.question in allowed]
    return choose([s for s in look.suggestions(item_id) if s.question in allowed], project.spec.policy, source)

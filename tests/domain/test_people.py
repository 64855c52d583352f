"""Rights: the one function, as a table."""

from __future__ import annotations

from typing import get_args

import pytest

from milo.domain.people import Action, Actor, Role, may

ANYONE = {"self", "project.list"}
ANNOTATOR = {"project.view", "item.view", "work.lease", "work.submit", "work.comment"}
REVIEWER = ANNOTATOR | {"item.list", "model.view", "quality.view", "quality.audit", "study.view", "job.view"}
MANAGER = REVIEWER | {
    "project.edit", "project.members", "item.import", "item.bulk", "item.export", "model.edit", "model.run", "study.edit",
    "job.control",
}  # fmt: skip
OWNER = MANAGER | {"project.delete"}
BY_MEMBERSHIP: dict[Role | None, set[str]] = {
    None: set(),
    "annotator": ANNOTATOR,
    "reviewer": REVIEWER,
    "manager": MANAGER,
    "owner": OWNER,
}
BY_WORKSPACE: dict[Role, set[str]] = {
    "annotator": ANYONE,
    "reviewer": ANYONE,
    "manager": ANYONE | {"project.create", "user.list"},
    "owner": set(get_args(Action)),
}


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize("membership", list(BY_MEMBERSHIP))
@pytest.mark.parametrize("role", list(BY_WORKSPACE))
def test_the_table_of_rights(role: Role, membership: Role | None, action: Action) -> None:
    allowed = action in BY_WORKSPACE[role] or action in BY_MEMBERSHIP[membership]
    assert may(Actor(1, "ada", role), action, membership) is allowed


def test_nobody_but_an_owner_manages_users_or_the_workspace() -> None:
    for action in ("user.manage", "workspace.manage"):
        assert [role for role in BY_WORKSPACE if may(Actor(1, "ada", role), action, "owner")] == ["owner"]

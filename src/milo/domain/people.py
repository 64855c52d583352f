"""People, their roles, and the one function that decides who may do what."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["owner", "manager", "reviewer", "annotator"]
Action = Literal[
    "project.list", "project.create", "project.view", "project.edit", "project.delete", "project.members",
    "item.import", "item.list", "item.view", "item.bulk", "item.export",
    "work.lease", "work.submit", "work.comment",
    "model.view", "model.edit", "model.run",
    "quality.view", "quality.audit", "study.view", "study.edit", "job.view", "job.control",
    "user.list", "user.manage", "workspace.manage", "self",
]  # fmt: skip

_ANNOTATOR: tuple[Action, ...] = ("project.view", "item.view", "work.lease", "work.submit", "work.comment")
_REVIEWER: tuple[Action, ...] = (
    *_ANNOTATOR, "item.list", "model.view", "quality.view", "quality.audit", "study.view",
    "job.view",
)  # fmt: skip
_MANAGER: tuple[Action, ...] = (
    *_REVIEWER, "project.edit", "project.members", "item.import", "item.bulk", "item.export",
    "model.edit", "model.run", "study.edit", "job.control",
)  # fmt: skip
_BY_ROLE: dict[Role, frozenset[Action]] = {
    "annotator": frozenset(_ANNOTATOR),
    "reviewer": frozenset(_REVIEWER),
    "manager": frozenset(_MANAGER),
    "owner": frozenset((*_MANAGER, "project.delete")),
}
_ANYONE: tuple[Action, ...] = ("self", "project.list")
_WORKSPACE_MANAGER: tuple[Action, ...] = ("project.create", "user.list")


class Actor(msgspec.Struct, frozen=True):
    """Who asks: a signed-in user. `role` is the workspace role: owner may do everything, manager may create projects,
    the others have only what a membership in a project gives them."""

    user_id: int
    login: str
    role: Role
    name: str = ""
    via_token: bool = False


def may(actor: Actor, action: Action, membership: Role | None = None) -> bool:
    """Whether `actor` may do `action`; `membership` is the actor's role in the project concerned, if any.

    The only place where rights are decided.
    """
    if actor.role == "owner" or action in _ANYONE:
        return True
    if actor.role == "manager" and action in _WORKSPACE_MANAGER:
        return True
    return membership is not None and action in _BY_ROLE[membership]

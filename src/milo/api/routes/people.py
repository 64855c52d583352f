"""Users of the workspace and members of a project."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.api.routes.session import Account, account
from milo.domain.errors import Forbidden
from milo.domain.people import Role
from milo.flow import people
from milo.infra.sql.people import PeopleSql


class NewUser(msgspec.Struct):
    """A user to create."""

    login: str
    password: str
    name: str = ""
    role: Role = "annotator"


class ChangeUser(msgspec.Struct):
    """What to change of a user. `active` false closes the account: sessions and tokens end at once."""

    name: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    password: str | UnsetType = UNSET


class Member(msgspec.Struct):
    """Somebody who belongs to a project, and the role in it."""

    user: Account
    role: Role


class MemberRole(msgspec.Struct):
    """The role to give."""

    role: Role


@endpoint("GET", "/users", "user.list", reply=list[Account])
def list_users(call: Call) -> list[Account]:
    """Everybody in the workspace."""
    return [account(p) for p in call.workspace.db.read(lambda c: PeopleSql(c).everybody())]


@endpoint("POST", "/users", "user.manage", body=NewUser, reply=Account, status=201)
async def add_user(call: Call) -> Account:
    """Create a user."""
    auth, given = call.workspace.auth, call.body
    people.check_login(given.login)
    people.check_password(given.password)
    hashed = await auth.passwords.slowly(lambda: auth.passwords.hash(given.password))
    now = call.workspace.clock()

    def add(c: Any) -> Account:
        port = PeopleSql(c)
        user_id = people.add_person(port, given.login, given.name, given.role, hashed, now)
        return account(people.change_person(port, user_id, {}))

    return await asyncio.wrap_future(call.workspace.db.write_later(add))


@endpoint("PATCH", "/users/{id}", "user.manage", body=ChangeUser, reply=Account)
async def change_user(call: Call) -> Account:
    """Change name, role, password, or whether the account is open. The last owner stays one."""
    auth, given = call.workspace.auth, call.body
    changes: dict[str, Any] = {
        name: getattr(given, name) for name in ("name", "role", "active") if getattr(given, name) is not UNSET
    }
    if not isinstance(given.password, UnsetType):
        people.check_password(given.password)
        changes["password_hash"] = await auth.passwords.slowly(lambda: auth.passwords.hash(given.password))
    user_id = call.params["id"]
    person = await asyncio.wrap_future(
        call.workspace.db.write_later(lambda c: people.change_person(PeopleSql(c), user_id, changes))
    )
    await asyncio.wrap_future(call.workspace.db.pool.submit(auth.forget))
    return account(person)


@endpoint("GET", "/projects/{p}/members", "project.members", reply=list[Member])
def list_members(call: Call) -> list[Member]:
    """Who belongs to the project. Owners of the workspace may do everything without being listed."""
    rows = call.workspace.db.read(lambda c: PeopleSql(c).members(call.project_id))
    return [Member(account(person), role) for person, role in rows]


@endpoint("PUT", "/projects/{p}/members/{user}", "project.members", body=MemberRole, reply=Member)
def set_member(call: Call) -> Member:
    """Make somebody a member, or change their role. Only an owner makes owners."""
    _check_owner_right(call, call.body.role)
    person = call.workspace.db.write(lambda c: people.join(PeopleSql(c), call.project_id, call.params["user"], call.body.role))
    call.workspace.auth.forget()
    return Member(account(person), call.body.role)


@endpoint("DELETE", "/projects/{p}/members/{user}", "project.members", status=204)
def drop_member(call: Call) -> Response:
    """End a membership; the person's answers stay."""
    _check_owner_right(call, None)
    call.workspace.db.write(lambda c: people.leave(PeopleSql(c), call.project_id, call.params["user"]))
    call.workspace.auth.forget()
    return Response(status_code=204)


def _check_owner_right(call: Call, role: Role | None) -> None:
    present = call.workspace.auth.memberships(call.params["user"]).get(call.project_id)
    if "owner" in (role, present) and not call.may("project.delete"):
        raise Forbidden("Only an owner of the project may make or remove owners.", place="role")

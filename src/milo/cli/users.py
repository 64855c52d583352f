"""`milo user ...`: people and their tokens."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Annotated

from cyclopts import App, Parameter

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text
from milo.domain.errors import Invalid, NotFound
from milo.domain.people import Role
from milo.sdk import Client
from milo.sdk.shapes import User

app = App(name="user", help="People: list, add, change, give a role in a project; tokens.")


@app.command(name="list")
def list_users(*, where: Where | None = None) -> None:
    """List everybody in the workspace."""
    where = where or Where()
    with connect(where) as client:
        found = client.users()
    if where.json:
        print_json(found)
        return
    rows = [(u.id, u.login, u.name, u.role, "" if u.active else "closed") for u in found]
    print_table(("id", "login", "name", "role", ""), rows)


@app.command
def add(
    login: str,
    *,
    name: str = "",
    role: Role = "annotator",
    password_stdin: Annotated[bool, Parameter(negative="")] = False,
    where: Where | None = None,
) -> None:
    """Add a user; the first one becomes the owner. Asks for the password.

    Args:
        login: What the person signs in with.
        name: The person's name.
        role: Role in the workspace: owner, manager, reviewer or annotator.
        password_stdin: Read the password from standard input instead of asking.
    """
    where = where or Where()
    password = _password(password_stdin)
    with connect(where, create=True, owner_needed=False) as client:
        first = client.status().needs_setup
        made = client.set_up(login, password, name) if first else client.add_user(login, password, name=name, role=role)
    if where.json:
        print_json(made)
    else:
        print_text(f'Added {made.role} "{made.login}".')


@app.command
def change(
    login: str,
    *,
    role: Role | None = None,
    name: str | None = None,
    active: bool | None = None,
    password: Annotated[bool, Parameter(negative="")] = False,
    password_stdin: Annotated[bool, Parameter(negative="")] = False,
    where: Where | None = None,
) -> None:
    """Change a user's role or name, set a new password, close or open the account.

    Args:
        login: Whose account.
        role: New role in the workspace.
        name: New name.
        active: --no-active closes the account, --active opens it again.
        password: Ask for a new password.
        password_stdin: Read a new password from standard input.
    """
    where = where or Where()
    changes: dict[str, object] = {"role": role, "name": name, "active": active}
    if password or password_stdin:
        changes["password"] = _password(password_stdin)
    with connect(where) as client:
        user = _user(client, login)
        made = client.change_user(user.id, **{k: v for k, v in changes.items() if v is not None})
    if where.json:
        print_json(made)
    else:
        print_text(f'Changed "{made.login}": {made.role}{"" if made.active else ", closed"}.')


@app.command
def member(project: str, login: str, role: Role | None = None, *, where: Where | None = None) -> None:
    """Give somebody a role in a project, or end it.

    Args:
        project: Name or id of the project.
        login: Whose membership.
        role: Role in the project; left out, the membership ends.
    """
    where = where or Where()
    with connect(where) as client:
        found, user = client.project(project), _user(client, login)
        if role is None:
            found.drop_member(user.id)
        else:
            found.add_member(user.id, role)
    print_text(f'"{login}" is {role or "no longer a member"} in "{found.name}".')


@app.command
def token(name: str, *, where: Where | None = None) -> None:
    """Make a token for a program; printed once. It acts for the workspace's owner, or with --url for whose token you use.

    Args:
        name: What the token is for.
    """
    where = where or Where()
    with connect(where) as client:
        made = client.add_token(name)
    if where.json:
        print_json(made)
    else:
        print_text(made.token)


def _user(client: Client, login: str) -> User:
    found = next((u for u in client.users() if u.login.lower() == login.lower()), None)
    if found is None:
        raise NotFound(f'There is no user "{login}".')
    return found


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise Invalid("There is no terminal to ask for the password. Use --password-stdin.")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise Invalid("The two passwords differ.")
    return password

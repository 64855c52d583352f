"""The verbs about people: first start, sign in, add and change users, membership.

Who may do what is decided in `milo.domain.people.may`; here stand the rules that hold whoever asks.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from milo.domain.errors import Conflict, Forbidden, InvalidConfig, NotFound, Unauthenticated
from milo.domain.people import Role
from milo.flow.ports.people import Passwords, PeoplePort, Person

MIN_PASSWORD = 8
MAX_PASSWORD = 1024
MAX_SETTINGS = 64 * 1024
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")


def check_login(login: str) -> str:
    """The login without surrounding space. Raises InvalidConfig."""
    login = login.strip()
    if not _LOGIN.fullmatch(login):
        raise InvalidConfig(
            f'"{login}" cannot be a login. Use letters, digits and . _ @ + -, starting with a letter or digit, 100 at most.',
            place="login",
        )
    return login


def check_password(password: str) -> str:
    """The password as it is. Raises InvalidConfig where it is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidConfig(
            f"The password has {len(password)} characters; it needs {MIN_PASSWORD} to {MAX_PASSWORD}.", place="password"
        )
    return password


def set_up(people: PeoplePort, login: str, name: str, password_hash: str, now: float) -> int:
    """Create the owner at first start. Raises Conflict once there is a user."""
    if people.count():
        raise Conflict("This workspace is set up already. Sign in instead.")
    return people.add(check_login(login), _name(name), "owner", password_hash, now)


def add_person(people: PeoplePort, login: str, name: str, role: Role, password_hash: str, now: float) -> int:
    """Create a user. Raises Conflict if the login is taken, upper or lower case alike."""
    login = check_login(login)
    if people.by_login(login) is not None:
        raise Conflict(f'The login "{login}" is taken. Choose another one.', place="login")
    return people.add(login, _name(name), role, password_hash, now)


def sign_in(person: Person | None, passwords: Passwords, password: str) -> Person:
    """The person, if the password is theirs. Raises Unauthenticated, without telling which of the two was wrong."""
    fits = passwords.fits(password[:MAX_PASSWORD], person.password_hash if person is not None else None)
    if person is None or not fits or not person.active:
        raise Unauthenticated("Login or password is wrong.")
    return person


def change_person(people: PeoplePort, user_id: int, changes: dict[str, Any]) -> Person:
    """Change name, role, active or password_hash. The last owner who may sign in stays one.

    A new password or a closed account ends every session; a closed account loses its tokens too.
    """
    before = _known(people, user_id)
    if "name" in changes:
        changes["name"] = _name(changes["name"])
    loses_owner = changes.get("role", before.role) != "owner" or changes.get("active", before.active) is False
    if before.role == "owner" and before.active and loses_owner and people.count(active_owners=True) < 2:
        raise Conflict("This is the only owner. Make somebody else owner first.", place="role")
    people.change(user_id, changes)
    if "password_hash" in changes or changes.get("active") is False:
        people.end_sessions(user_id)
    if changes.get("active") is False:
        people.drop_tokens(user_id)
    return _known(people, user_id)


def change_self(
    people: PeoplePort,
    user_id: int,
    name: str | None,
    password_hash: str | None,
    settings: dict[str, Any] | None,
    session: bytes | None,
) -> Person:
    """Change one's own name, password or settings. A new password signs out everywhere else."""
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = _name(name)
    if settings is not None:
        text = msgspec.json.encode(settings)
        if len(text) > MAX_SETTINGS:
            raise InvalidConfig(f"The settings take {len(text)} bytes; {MAX_SETTINGS} at most.", place="settings")
        changes["settings"] = text.decode()
    if password_hash is not None:
        changes["password_hash"] = password_hash
        people.end_sessions(user_id, keep=session)
    if changes:
        people.change(user_id, changes)
    return _known(people, user_id)


def check_own_password(person: Person | None, passwords: Passwords, old: str | None) -> None:
    """Raise Forbidden unless `old` is the person's present password."""
    if person is None or old is None or not passwords.fits(old[:MAX_PASSWORD], person.password_hash):
        raise Forbidden("The present password is wrong; nothing was changed.", place="old_password")


def join(people: PeoplePort, project_id: int, user_id: int, role: Role) -> Person:
    """Give a user a role in a project."""
    person = _known(people, user_id)
    people.set_member(project_id, user_id, role)
    return person


def leave(people: PeoplePort, project_id: int, user_id: int) -> None:
    """End a membership. Raises NotFound if there is none."""
    if not people.drop_member(project_id, user_id):
        raise NotFound(f"User {user_id} is no member of this project.", place="user_id")


def _known(people: PeoplePort, user_id: int) -> Person:
    person = people.person(user_id)
    if person is None:
        raise NotFound(f"There is no user {user_id}.", place="user_id")
    return person


def _name(name: str) -> str:
    if len(name) > 200:
        raise InvalidConfig(f"The name has {len(name)} characters; 200 at most.", place="name")
    return name.strip()

"""First start, sign in and out, one's own account and tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Conflict, InvalidConfig, NotFound
from milo.domain.people import Role
from milo.flow import people
from milo.flow.ports.people import Person
from milo.infra.auth import COOKIE
from milo.infra.sql.database import Connection
from milo.infra.sql.people import PeopleSql, TokenRow

T = TypeVar("T")
MAX_TOKENS = 100
COOKIE_SECONDS = 400 * 86_400
"""As long as browsers allow; the server decides when a session ends, and each use moves that."""


class Account(msgspec.Struct):
    """A user as others see them."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    created_at: float


class OwnAccount(msgspec.Struct):
    """A user as they see themselves; `settings` is their own: keys, theme, ..."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    created_at: float
    settings: dict[str, Any]


class Session(msgspec.Struct):
    """A sign-in; `csrf` goes into the X-CSRF-Token header of every changing request."""

    user: OwnAccount
    csrf: str


class Membership(msgspec.Struct):
    """A project one belongs to, and the role in it."""

    project_id: int
    role: Role


class Me(msgspec.Struct):
    """The caller; `csrf` is empty for programs, which need none."""

    user: OwnAccount
    csrf: str
    memberships: list[Membership]


class SetUp(msgspec.Struct):
    """The first user, who becomes the owner. The password needs 8 characters or more."""

    login: str
    password: str
    name: str = ""


class SignIn(msgspec.Struct):
    """Login and password."""

    login: str
    password: str


class ChangeMe(msgspec.Struct):
    """What to change of one's own account; a new password needs the old one."""

    name: str | None = None
    password: str | None = None
    old_password: str | None = None
    settings: dict[str, Any] | None = None


class NewToken(msgspec.Struct):
    """A name that tells later what the token is for."""

    name: str


class Token(msgspec.Struct):
    """A token of one's own, without its secret."""

    id: int
    name: str
    created_at: float
    last_used_at: float | None


class TokenSecret(msgspec.Struct):
    """A new token; the secret is shown this once."""

    id: int
    name: str
    token: str


def account(person: Person) -> Account:
    """The user without what concerns nobody else."""
    return Account(person.id, person.login, person.name, person.role, person.active, person.created_at)


def own_account(person: Person) -> OwnAccount:
    """The user with their settings."""
    return OwnAccount(person.id, person.login, person.name, person.role, person.active, person.created_at, person.settings)


@endpoint("POST", "/setup", None, body=SetUp, reply=Session)
async def set_up(call: Call) -> Response:
    """Public, while there is no user: create the owner and sign in."""
    auth, given = call.workspace.auth, call.body
    people.check_login(given.login)
    people.check_password(given.password)
    if not auth.needs_setup():
        raise Conflict("This workspace is set up already. Sign in instead.")
    hashed = await auth.passwords.slowly(lambda: auth.passwords.hash(given.password))
    now = call.workspace.clock()
    user_id = await _write(call, lambda c: people.set_up(PeopleSql(c), given.login, given.name, hashed, now))
    auth.forget()
    return await asyncio.wrap_future(call.workspace.db.pool.submit(_signed_in, call, user_id))


@endpoint("POST", "/login", None, body=SignIn, reply=Session)
async def sign_in(call: Call) -> Response:
    """Public: sign in with login and password. Too many failures have to wait (429, Retry-After)."""
    auth, given = call.workspace.auth, call.body
    address = call.request.client.host if call.request.client else ""
    auth.attempt(given.login, address)
    found = await asyncio.wrap_future(call.workspace.db.read_later(lambda c: PeopleSql(c).by_login(given.login)))
    person = await auth.passwords.slowly(lambda: people.sign_in(found, auth.passwords, given.password))
    auth.succeeded(given.login, address)
    return await asyncio.wrap_future(call.workspace.db.pool.submit(_signed_in, call, person.id))


@endpoint("POST", "/logout", "self", status=204)
def sign_out(call: Call) -> Response:
    """End this browser's session."""
    call.workspace.auth.close_session(call.request)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/")
    return response


@endpoint("GET", "/me", "self", reply=Me)
def get_me(call: Call) -> Me:
    """Who I am, and where I belong."""
    auth = call.workspace.auth
    session = auth.session(call.request)
    memberships = [Membership(p, r) for p, r in sorted(auth.memberships(call.actor.user_id).items())]
    return Me(own_account(_myself(call)), session[1].csrf if session and not call.actor.via_token else "", memberships)


@endpoint("PATCH", "/me", "self", body=ChangeMe, reply=OwnAccount)
async def change_me(call: Call) -> OwnAccount:
    """Change my name, password or settings. A new password signs me out everywhere else."""
    auth, given = call.workspace.auth, call.body
    hashed = None
    if given.password is not None:
        people.check_password(given.password)
        auth.by_account.attempt(f"password of {call.actor.user_id}")
        me = await asyncio.wrap_future(call.workspace.db.pool.submit(_myself, call))
        await auth.passwords.slowly(lambda: people.check_own_password(me, auth.passwords, given.old_password))
        auth.by_account.succeeded(f"password of {call.actor.user_id}")
        hashed = await auth.passwords.slowly(lambda: auth.passwords.hash(given.password))
    session = auth.session(call.request)
    keep = session[0] if session else None
    user_id = call.actor.user_id
    person = await _write(call, lambda c: people.change_self(PeopleSql(c), user_id, given.name, hashed, given.settings, keep))
    if given.name is not None or hashed is not None:
        await asyncio.wrap_future(call.workspace.db.pool.submit(auth.forget))
    return own_account(person)


@endpoint("GET", "/tokens", "self", reply=list[Token])
def list_tokens(call: Call) -> list[TokenRow]:
    """My tokens."""
    return call.workspace.db.read(lambda c: PeopleSql(c).tokens(call.actor.user_id))


@endpoint("POST", "/tokens", "self", body=NewToken, reply=TokenSecret)
def add_token(call: Call) -> TokenSecret:
    """Make a token for a program. It can do what I can do."""
    name = call.body.name.strip()
    if not 1 <= len(name) <= 200:
        raise InvalidConfig("A token needs a name of 1 to 200 characters.", place="name")
    if len(list_tokens(call)) >= MAX_TOKENS:
        raise InvalidConfig(f"There are {MAX_TOKENS} tokens already. Revoke one first.", place="name")
    token_id, secret = call.workspace.auth.add_token(call.actor.user_id, name)
    return TokenSecret(token_id, name, secret)


@endpoint("DELETE", "/tokens/{id}", "self", status=204)
def drop_token(call: Call) -> Response:
    """Revoke one of my tokens, at once."""
    gone = call.workspace.db.write(lambda c: PeopleSql(c).drop_token(call.actor.user_id, call.params["id"]))
    if not gone:
        raise NotFound(f"You have no token {call.params['id']}.", place="id")
    call.workspace.auth.forget()
    return Response(status_code=204)


def _signed_in(call: Call, user_id: int) -> Response:
    workspace = call.workspace
    secret, csrf = workspace.auth.open_session(user_id)
    person = workspace.db.read(lambda c: PeopleSql(c).person(user_id))
    if person is None:
        raise NotFound(f"There is no user {user_id}.")
    response = Response(msgspec.json.encode(Session(own_account(person), csrf)), media_type="application/json")
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_SECONDS,
        path="/",
        secure=workspace.settings.secure_cookies or call.request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def _myself(call: Call) -> Person:
    person = call.workspace.db.read(lambda c: PeopleSql(c).person(call.actor.user_id))
    if person is None:
        raise NotFound("Your account is gone.")
    return person


async def _write(call: Call, change: Callable[[Connection], T]) -> T:
    return await asyncio.wrap_future(call.workspace.db.write_later(change))

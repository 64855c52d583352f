"""Who is asking: sessions of browsers, tokens of programs, passwords, and the brake on guessing.

Only hashes of secrets are stored. Sessions, tokens, users and memberships are held in memory once looked up and forgotten
on every change, so that a request costs no query to admit.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import msgspec

from milo.domain.errors import Forbidden, TooMany, Unauthenticated
from milo.domain.people import Action, Actor, Role, may
from milo.flow.ports.people import Person
from milo.infra.clock import Clock
from milo.infra.sql.database import BACKGROUND, Database
from milo.infra.sql.people import PeopleSql

T = TypeVar("T")
COOKIE = "milo_session"
_SAFE = ("GET", "HEAD", "OPTIONS")
_TOUCH_SECONDS = 300.0
_SEEN = 10_000


class Asked(Protocol):
    """What is read of a request."""

    @property
    def method(self) -> str:
        """GET, POST, ..."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, whatever the case."""
        ...

    @property
    def cookies(self) -> Mapping[str, str]:
        """By name."""
        ...


class Known(msgspec.Struct):
    """A looked-up secret: whose it is, and for a session its csrf token and end (Unix seconds)."""

    user_id: int
    via_token: bool
    csrf: str = ""
    expires_at: float = 0.0
    touched_at: float = 0.0


class Argon2:
    """Passwords by argon2id. Each takes 64 MB of memory and a good part of a core, so `slowly` runs them one at a time, in
    a thread of their own: people who guess passwords hold up nobody's work."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "milo-passwords")
        self._hasher: Any = None
        self._decoy = ""

    async def slowly(self, work: Callable[[], T]) -> T:
        """Run `work` in the passwords' own thread."""
        return await asyncio.wrap_future(self._thread.submit(work))

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def hash(self, password: str) -> str:
        """A salted hash."""
        return self._ready().hash(password)

    def fits(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the one hashed; an unknown user costs the same work."""
        hasher = self._ready()
        if hashed is None and not self._decoy:
            self._decoy = hasher.hash(secrets.token_hex(16))
        return bool(hasher.verify(password, hashed or self._decoy)) and hashed is not None

    def _ready(self) -> Any:
        if self._hasher is None:
            from pwdlib import PasswordHash

            self._hasher = PasswordHash.recommended()
        return self._hasher


class Brake:
    """At most `limit` failures per key within `seconds`; then the key has to wait."""

    def __init__(self, clock: Clock, limit: int = 10, seconds: float = 300.0) -> None:
        self._clock, self._limit, self._seconds = clock, limit, seconds
        self._failures: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def attempt(self, key: str) -> None:
        """Count an attempt before it is made. Raises TooMany with the seconds to wait."""
        now = self._clock()
        with self._lock:
            recent = [t for t in self._failures.get(key, ()) if t > now - self._seconds]
            if len(recent) >= self._limit:
                wait = max(1.0, recent[0] + self._seconds - now)
                raise TooMany(f"Too many failed attempts. Try again in {wait:.0f} seconds.", retry_after=wait)
            self._failures[key] = [*recent, now]
            if len(self._failures) > 10_000:
                self._failures = {k: v for k, v in self._failures.items() if v and v[-1] > now - self._seconds}

    def succeeded(self, key: str) -> None:
        """The last attempt was no failure."""
        with self._lock:
            times = self._failures.get(key, [])
            self._failures[key] = times[:-1]
            if len(times) < 2:
                self._failures.pop(key, None)


def digest(secret: str) -> bytes:
    """What is stored of a random secret."""
    return hashlib.sha256(secret.encode()).digest()


class Auth:
    """Admits requests and keeps what it knows in memory."""

    def __init__(self, db: Database, clock: Clock, session_days: float = 30.0) -> None:
        self._db, self._clock = db, clock
        self._seconds = session_days * 86_400
        self.passwords = Argon2()
        self.by_account = Brake(clock)
        self.by_address = Brake(clock, limit=200)
        self.by_login = Brake(clock, limit=100)
        self._seen: dict[tuple[str, str], None] = {}
        self._known: dict[bytes, Known] = {}
        self._actors: dict[int, Actor | None] = {}
        self._members: dict[int, dict[int, Role]] = {}
        self._set_up = False
        self._local: bytes | None = None
        self._generation = 0
        self.forget()

    def attempt(self, login: str, address: str) -> None:
        """Count an attempt to sign in before it is made. Raises TooMany.

        Guesses at one account from many addresses are braked too, except where its owner has signed in from before: who
        guesses from elsewhere shall not keep them out.
        """
        login = _login(login)
        self.by_address.attempt(address)
        self.by_account.attempt(f"{login}|{address}")
        if (login, address) not in self._seen:
            self.by_login.attempt(login)

    def succeeded(self, login: str, address: str) -> None:
        """The last attempt was no failure."""
        login = _login(login)
        self.by_address.succeeded(address)
        self.by_account.succeeded(f"{login}|{address}")
        if (login, address) not in self._seen:
            self.by_login.succeeded(login)
            self._seen[(login, address)] = None
            if len(self._seen) > _SEEN:
                del self._seen[next(iter(self._seen))]

    async def actor(self, asked: Asked) -> Actor:
        """Who makes this request. Raises Unauthenticated, or Forbidden for a changing request without its csrf token."""
        found = self._recall(asked)
        if found is None:
            found = await asyncio.wrap_future(self._db.pool.submit(self._look_up, asked))
        known, actor = found
        if not known.via_token and asked.method not in _SAFE:
            _check_csrf(known, asked)
        return actor

    def session(self, asked: Asked) -> tuple[bytes, Known] | None:
        """The browser session of a request, if it has one."""
        secret = asked.cookies.get(COOKIE)
        if secret is None:
            return None
        found = self._known.get(digest(secret))
        return None if found is None else (digest(secret), found)

    def membership(self, actor: Actor, project_id: int) -> Role | None:
        """The actor's own role in a project, None if not a member."""
        return self._members.get(actor.user_id, {}).get(project_id)

    def memberships(self, user_id: int) -> dict[int, Role]:
        """The projects a user belongs to, with the role in each."""
        return dict(self._members.get(user_id, {}))

    def allowed(self, actor: Actor, action: Action, project_id: int | None) -> bool:
        """Whether the actor may do this (in this project)."""
        return may(actor, action, None if project_id is None else self.membership(actor, project_id))

    def needs_setup(self) -> bool:
        """Whether there is no user yet."""
        if not self._set_up:
            self._set_up = self._db.read(lambda c: PeopleSql(c).count()) > 0
        return not self._set_up

    def open_session(self, user_id: int) -> tuple[str, str]:
        """Sign a user in; the secret for the cookie and the csrf token."""
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        now = self._clock()
        self._db.write(lambda c: PeopleSql(c).add_session(digest(secret), user_id, csrf, now, now + self._seconds))
        return secret, csrf

    def close_session(self, asked: Asked) -> None:
        """Sign the browser out."""
        secret = asked.cookies.get(COOKIE)
        if secret is not None:
            self._db.write(lambda c: PeopleSql(c).end_session(digest(secret)))
            self._known.pop(digest(secret), None)

    def add_token(self, user_id: int, name: str) -> tuple[int, str]:
        """Make a token; its id and the secret, which is shown once."""
        secret = "milo_" + secrets.token_urlsafe(32)
        return self._db.write(lambda c: PeopleSql(c).add_token(digest(secret), user_id, name, self._clock())), secret

    def local_token(self) -> str:
        """A token of the first owner that lives as long as this process, for the command line on the same machine."""
        secret = "milo_local_" + secrets.token_urlsafe(32)
        self._local = digest(secret)
        return secret

    def forget(self) -> None:
        """Look everything up again: call after each change of users, tokens or memberships."""
        self._generation += 1
        self._known = {}
        self._actors = {}
        self._members = self._db.read(lambda c: PeopleSql(c).memberships())

    def _recall(self, asked: Asked) -> tuple[Known, Actor] | None:
        secret, _ = _secret(asked)
        known = self._known.get(digest(secret))
        if known is None:
            return None
        actor = self._actors.get(known.user_id)
        now = self._clock()
        if actor is None or (not known.via_token and known.expires_at <= now):
            return None
        if now - known.touched_at > _TOUCH_SECONDS:
            self._touch(digest(secret), known, now)
        return known, msgspec.structs.replace(actor, via_token=True) if known.via_token else actor

    def _look_up(self, asked: Asked) -> tuple[Known, Actor]:
        secret, via_token = _secret(asked)
        hashed = digest(secret)
        generation = self._generation
        known = self._db.read(lambda c: self._known_by(PeopleSql(c), hashed, via_token))
        person = None if known is None else self._db.read(lambda c: PeopleSql(c).person(known.user_id))
        if known is None or person is None or not person.active:
            raise Unauthenticated("The token is not valid." if via_token else "You are not signed in. Sign in again.")
        if generation == self._generation:
            self._actors[person.id] = _actor(person)
            self._known[hashed] = known
        self._touch(hashed, known, self._clock())
        return known, msgspec.structs.replace(_actor(person), via_token=via_token)

    def _known_by(self, people: PeopleSql, hashed: bytes, via_token: bool) -> Known | None:
        if via_token:
            local = self._local is not None and hmac.compare_digest(self._local, hashed)
            user_id = people.first_owner() if local else people.token_user(hashed)
            return None if user_id is None else Known(user_id, True)
        row = people.session(hashed)
        if row is None or row.expires_at <= self._clock():
            return None
        return Known(row.user_id, False, row.csrf, row.expires_at)

    def _touch(self, hashed: bytes, known: Known, now: float) -> None:
        known.touched_at = now
        if known.via_token:
            self._db.write_later(lambda c: PeopleSql(c).touch_token(hashed, now), BACKGROUND)
        elif known.expires_at - now < self._seconds * 0.95:
            known.expires_at = now + self._seconds
            self._db.write_later(lambda c: PeopleSql(c).extend_session(hashed, now + self._seconds), BACKGROUND)


def _login(login: str) -> str:
    return login.strip().lower()[:100]


def _secret(asked: Asked) -> tuple[str, bool]:
    header = asked.headers.get("authorization")
    if header is not None:
        kind, _, secret = header.partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise Unauthenticated('The Authorization header must read "Bearer <token>".')
        return secret.strip(), True
    cookie = asked.cookies.get(COOKIE)
    if not cookie:
        raise Unauthenticated("You are not signed in.")
    return cookie, False


def _check_csrf(known: Known, asked: Asked) -> None:
    given = asked.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), known.csrf.encode()):
        raise Forbidden("The X-CSRF-Token header is missing or wrong. Reload the page.", place="X-CSRF-Token")


def _actor(person: Person) -> Actor:
    return Actor(person.id, person.login, person.role, person.name)

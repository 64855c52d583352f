"""What the care of people, memberships and projects needs from the world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from milo.domain.people import Role
from milo.domain.project import ProjectSpec
from milo.domain.question import Question


class Person(msgspec.Struct, frozen=True):
    """A stored user. `password_hash` never leaves the server; `settings` is the person's own, free form."""

    id: int
    login: str
    name: str
    role: Role
    password_hash: str
    active: bool
    settings: dict[str, Any]
    created_at: float


class PeoplePort(Protocol):
    """Users and memberships in one transaction."""

    def person(self, user_id: int) -> Person | None:
        """The user of that id."""
        ...

    def by_login(self, login: str) -> Person | None:
        """The user of that login, whatever its case."""
        ...

    def count(self, *, active_owners: bool = False) -> int:
        """How many users there are, or how many owners that may sign in."""
        ...

    def add(self, login: str, name: str, role: Role, password_hash: str, now: float) -> int:
        """Store a new user; the id."""
        ...

    def change(self, user_id: int, changes: dict[str, Any]) -> None:
        """Set columns: name, role, active, password_hash, settings (as JSON text)."""
        ...

    def end_sessions(self, user_id: int, keep: bytes | None = None) -> None:
        """Sign the user out everywhere, but for the session of hash `keep`."""
        ...

    def drop_tokens(self, user_id: int) -> None:
        """Revoke all tokens of the user."""
        ...

    def set_member(self, project_id: int, user_id: int, role: Role) -> None:
        """Make the user a member, or change their role."""
        ...

    def drop_member(self, project_id: int, user_id: int) -> bool:
        """End a membership; whether there was one."""
        ...


class Passwords(Protocol):
    """Hashing of passwords; slow on purpose."""

    def hash(self, password: str) -> str:
        """A salted hash."""
        ...

    def fits(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the one hashed; takes as long for None (no such user) as for a wrong one."""
        ...


class PredictorEntry(msgspec.Struct, frozen=True):
    """A predictor as a project sets it up. `at_once`: a changed config speaks at once, without training, as another version."""

    name: str
    plugin: str
    question: str
    config: dict[str, Any]
    at_once: bool = False


class ProjectsPort(Protocol):
    """Projects in one transaction."""

    def add(self, spec: ProjectSpec, secret: bytes, user_id: int | None, now: float) -> int:
        """Store a new project with its first schema version; the id."""
        ...

    def change(self, project_id: int, spec: ProjectSpec, schema_version: int, archived: bool) -> None:
        """Store changed settings."""
        ...

    def add_schema(self, project_id: int, version: int, spec: ProjectSpec, user_id: int | None, now: float) -> None:
        """Store a new version of the questions."""
        ...

    def add_predictor(self, project_id: int, entry: PredictorEntry, now: float) -> None:
        """Add a predictor, or change the one of that name."""
        ...

    def answers(self, project_id: int, question: Question) -> Iterator[Any]:
        """The live answers to a question, one by one."""
        ...

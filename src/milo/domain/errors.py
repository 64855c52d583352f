"""Everything that can go wrong, as one tree.

MiloError
├── Invalid          what was given breaks a rule (HTTP 422)
│   ├── InvalidValue     an annotation value does not fit its question
│   └── InvalidConfig    a project, question or plug-in is set up wrongly
├── NotFound         no such thing, or none that the actor may see (404)
├── Conflict         it clashes with the present state (409)
├── Unauthenticated  nobody is signed in (401)
├── Forbidden        signed in, but not allowed (403)
├── TooMany          slow down (429)
├── MissingExtra     an optional dependency is not installed (501)
└── StorageTrouble   the disk is full, the database locked or damaged (507, 503)

A message says what happened, names the place and the value, and says what to do.
"""

from __future__ import annotations


class MiloError(Exception):
    """The root. `place` names the field, line or path at fault, if there is one."""

    def __init__(self, message: str, *, place: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


class Invalid(MiloError):
    """What was given breaks a rule."""


class InvalidValue(Invalid):
    """An annotation value does not fit its question."""


class InvalidConfig(Invalid):
    """A project, a question or a plug-in is set up wrongly."""


class NotFound(MiloError):
    """No such thing, or none that the actor may see."""


class Conflict(MiloError):
    """It clashes with the present state."""


class Unauthenticated(MiloError):
    """Nobody is signed in."""


class Forbidden(MiloError):
    """Signed in, but not allowed."""


class TooMany(MiloError):
    """Too many requests in a short time; `retry_after` is how many seconds to wait."""

    def __init__(self, message: str, *, place: str | None = None, retry_after: float = 60.0) -> None:
        super().__init__(message, place=place)
        self.retry_after = retry_after


class MissingExtra(MiloError):
    """An optional dependency is not installed; the message names the command that installs it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} needs the extra "{extra}". Install it with: pip install "milo[{extra}]"')
        self.extra = extra


class StorageTrouble(MiloError):
    """The disk is full, or the database is locked or damaged."""

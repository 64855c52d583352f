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
├── ModelTrouble     a connected model did not answer as asked (502)
│   ├── Unreachable      no answer: refused, timed out, cut, or switched off for a while after repeated failures
│   ├── ModelRefused     the server said no for good: key, model name, request (the message tells)
│   ├── RateLimited      the server says "slow down"; `retry_after` in seconds where it said so
│   └── BadAnswer        the answer cannot be used: no JSON, not of the schema, infinite numbers, cut short
├── RuleForbids      a rule on which data may reach which model says no (403)
├── BudgetSpent      the worst case of the call would exceed the budget (402)
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


class ModelTrouble(MiloError):
    """A connected model did not answer as asked. `sent`: the request may have been received, and paid for."""

    def __init__(self, message: str, *, place: str | None = None, sent: bool = True) -> None:
        super().__init__(message, place=place)
        self.sent = sent


class Unreachable(ModelTrouble):
    """No answer; trying again later may help. `retry_after`: not before so many seconds, where that is known."""

    def __init__(self, message: str, *, place: str | None = None, sent: bool = True, retry_after: float | None = None) -> None:
        super().__init__(message, place=place, sent=sent)
        self.retry_after = retry_after


class ModelRefused(ModelTrouble):
    """The server said no for good; trying again does not help."""


class RateLimited(ModelTrouble):
    """The server says "slow down"; `retry_after` is how many seconds it asked to wait, None where it did not say."""

    def __init__(self, message: str, *, place: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, place=place, sent=False)
        self.retry_after = retry_after


class BadAnswer(ModelTrouble):
    """The answer cannot be used; asking again, with the error, may help. `raw` is its beginning."""

    def __init__(self, message: str, *, place: str | None = None, raw: str = "") -> None:
        super().__init__(message, place=place)
        self.raw = raw


class RuleForbids(MiloError):
    """A rule on which data may reach which model says no; the message names the rule."""


class BudgetSpent(MiloError):
    """The worst case of the call would exceed the budget; nothing was sent."""


class MissingExtra(MiloError):
    """An optional dependency is not installed; the message names the command that installs it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} needs the extra "{extra}". Install it with: pip install "milo[{extra}]"')
        self.what, self.extra = what, extra


class StorageTrouble(MiloError):
    """The disk is full, or the database is locked or damaged."""

"""BROWSE: which items a person asks to see, in which order, and what of each they may see.

A filter is a set of criteria that all must hold. Each criterion has its own list of items from its own index; the lists are
intersected as integer arrays, so that every combination costs no more than its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from milo.domain.errors import Invalid
from milo.domain.people import Role
from milo.domain.policy import Policy
from milo.domain.question import Question
from milo.flow.ports.work import STATUS_NAMES
from milo.flow.visible import show_for, suggestions_leave

STATUSES = STATUS_NAMES
SORTS = ("ord", "-ord", "confidence", "-confidence", "random", "updated", "-updated")
_HAS = ("answer", "suggestion", "comment")
MAX_QUERY = 500
Sort = Literal["ord", "-ord", "confidence", "-confidence", "random", "updated", "-updated"]


class Filter(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which items. `q`: words and "phrases"; `status`: any of these; `labels`, `suggested`: (question, label) pairs that all
    hold; `author`: a login or a model's name; `min_score`, `max_score`: of the surest suggestion; `meta`: (name, value);
    `has`: answer, suggestion or comment."""

    q: str = ""
    status: tuple[str, ...] = ()
    flagged: bool | None = None
    labels: tuple[tuple[str, str], ...] = ()
    suggested: tuple[tuple[str, str], ...] = ()
    author: str | None = None
    min_score: float | None = None
    max_score: float | None = None
    meta: tuple[tuple[str, str], ...] = ()
    has: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether every item fits."""
        return self == Filter()


def parse(pairs: Iterable[tuple[str, str]]) -> Filter:
    """A filter from the parameters of an address; unknown names are ignored. Raises Invalid for a malformed value."""
    found: dict[str, list[str]] = {}
    meta: list[tuple[str, str]] = []
    for name, value in pairs:
        if name.startswith("meta.") and len(name) > 5:
            meta.append((name[5:], value))
        elif value != "":
            found.setdefault(name, []).append(value)
    if any("\0" in value for values in found.values() for value in values) or any("\0" in n + v for n, v in meta):
        raise Invalid("A filter may not contain a NUL character.", place="query")
    return Filter(
        q=" ".join(found.get("q", []))[:MAX_QUERY].strip(),
        status=_among("status", _split(found.get("status", [])), STATUSES),
        flagged=_flag(found.get("flagged", [])),
        labels=tuple(_pair("label", v) for v in found.get("label", [])),
        suggested=tuple(_pair("suggested", v) for v in found.get("suggested", [])),
        author=found["author"][-1] if "author" in found else None,
        min_score=_number("min_score", found),
        max_score=_number("max_score", found),
        meta=tuple(sorted(meta)),
        has=_among("has", _split(found.get("has", [])), _HAS),
    )


def _split(values: list[str]) -> list[str]:
    return [part for value in values for part in value.split(",") if part]


def _among(name: str, values: list[str], known: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value not in known:
            raise Invalid(f'{name} is "{value[:100]}"; it must be one of {", ".join(known)}.', place=name)
    return tuple(sorted(set(values)))


def _flag(values: list[str]) -> bool | None:
    if not values:
        return None
    if values[-1] not in ("0", "1", "true", "false"):
        raise Invalid(f'flagged is "{values[-1][:100]}"; it must be 1 or 0.', place="flagged")
    return values[-1] in ("1", "true")


def _pair(name: str, value: str) -> tuple[str, str]:
    question, colon, label = value.partition(":")
    if not colon or not question:
        raise Invalid(f'{name} is "{value[:100]}"; it must be <question>:<label>.', place=name)
    return question, label


def _number(name: str, found: dict[str, list[str]]) -> float | None:
    if name not in found:
        return None
    try:
        number = float(found[name][-1])
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise Invalid(f'{name} is "{found[name][-1][:100]}"; it must be a number from 0 to 1.', place=name)
    return number


class View(msgspec.Struct, frozen=True):
    """What one person may see of one item."""

    suggestions: frozenset[str]
    answers_of_others: bool
    basis: bool


def view(role: Role, policy: Policy, questions: Iterable[Question], blind: bool, answered: bool) -> View:
    """The gate for looking at an item. Annotators see their own answers only, and suggestions as the policy says; reviewers
    and up see all answers and suggestions; on a blind item nobody sees a model's output."""
    reviews = role != "annotator"
    seen: set[str] = set()
    for question in questions:
        show = show_for(policy, question)
        leaves = suggestions_leave(blind, "shown" if reviews else show)
        if leaves and (reviews or show != "after_first_answer" or answered):
            seen.add(question.name)
    return View(frozenset(seen), reviews, role in ("owner", "manager"))

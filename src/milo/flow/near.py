"""NEAR: what a search for items that are nearly the same looks at, and what it found."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.errors import Invalid
from milo.domain.project import ProjectSpec
from milo.domain.reading import visible_text
from milo.stats import near_duplicates, near_pictures

TEXTS = ("text", "markdown", "html")
LEAST = 0.3
"""Below this nothing is nearly the same."""


class NearSearch(msgspec.Struct, frozen=True):
    """One search over a field: pairs at least `least` alike; `items` looked at, of which `unread` are pictures that could not
    be read; `groups` found, with `spare` items more than one each. `place`: up to which place of the project it looked."""

    field: str
    least: float
    items: int
    unread: int
    groups: int
    spare: int
    place: int
    at: float = 0.0


class NearGroup(msgspec.Struct, frozen=True):
    """`n` items that are nearly the same; `likeness`: that of the one least like the first."""

    id: int
    field: str
    n: int
    likeness: float


class NearItem(msgspec.Struct, frozen=True):
    """An item of a group as it lies in the store; `likeness` to the first one, `data` is JSON."""

    id: int
    likeness: float
    key: str | None
    status: int
    answers: int
    flagged: int
    data: str


def fields_of(spec: ProjectSpec) -> dict[str, str]:
    """The fields that can be looked at and their kinds, texts first."""
    found = {f.name: f.kind for f in spec.fields if f.kind in (*TEXTS, "image")}
    return dict(sorted(found.items(), key=lambda one: one[1] == "image"))


def field_of(spec: ProjectSpec, name: str | None) -> str:
    """The field to look at: the one named, else the first of text, else of images. Raises Invalid where there is none."""
    known = fields_of(spec)
    name = name or next(iter(known), None)
    if name not in known:
        raise Invalid(
            f'There is no field of text or images "{name}". Fields of these: {", ".join(known) or "none"}.', place="field"
        )
    return name


def least_of(spec: ProjectSpec, field: str, least: float | None) -> float:
    """How alike at least: what is asked for, else what is usual for the field. Raises Invalid."""
    if least is None:
        return near_pictures.USUAL if fields_of(spec)[field] == "image" else near_duplicates.USUAL
    if not LEAST <= least <= 1:
        raise Invalid(f"The likeness asked for is {least}; it must be from {LEAST} to 1.", place="least")
    return least


def text_of(data: dict[str, Any], field: str, kind: str) -> str | None:
    """What a reader sees of a text; None where there is none."""
    value = data.get(field)
    return visible_text(value, kind) if isinstance(value, str) else None


def media_of(data: dict[str, Any], field: str) -> int | None:
    """The number of a picture's file; None where there is none."""
    value = data.get(field)
    media = value.get("media") if isinstance(value, dict) else None
    return media if isinstance(media, int) else None

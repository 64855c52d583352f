"""The figures of a study's report: what they are made of. Data only; `analysis` fills them in.

Every figure carries its interval, how many it rests on, and the method; what cannot be told is None with the reason in
`method`."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from milo.domain.study import Design


class StudyFigure(msgspec.Struct, frozen=True):
    """A number with its interval; None: cannot be told. `p`: two-sided; `p_holm`: adjusted for all arms."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str = ""
    p: float | None = None
    p_holm: float | None = None


class AtCap(msgspec.Struct, frozen=True):
    """The time ratio with pauses capped at so many seconds."""

    cap: float
    ratio: StudyFigure


class PersonLine(msgspec.Struct, frozen=True):
    """One person: geometric mean seconds in the arm and in the comparison, their ratio, how many answers, and how well."""

    person: str
    seconds: float
    seconds_compared: float
    ratio: float
    low: float | None
    high: float | None
    n: int
    n_compared: int
    quality: float | None
    quality_compared: float | None


class StratumLine(msgspec.Struct, frozen=True):
    """Items that are probably about as hard (0: easiest)."""

    stratum: int
    ratio: StudyFigure
    quality: StudyFigure


class Told(msgspec.Struct, frozen=True):
    """The verdict: the grid ("faster and not worse", "faster and worse", "no gain", "cannot tell"), its parts, and in words."""

    grid: str
    time: str
    quality: str
    why: str


class Contrast(msgspec.Struct, frozen=True):
    """One arm against the first one."""

    arm: str
    against: str
    verdict: Told
    time: StudyFigure
    scope: str
    caps: tuple[AtCap, ...]
    with_waiting: StudyFigure
    mixed: StudyFigure
    quality: StudyFigure
    throughput: StudyFigure
    pull: StudyFigure
    over_reliance: StudyFigure
    under_reliance: StudyFigure
    load: StudyFigure
    perceived: StudyFigure
    people: tuple[PersonLine, ...]
    strata: tuple[StratumLine, ...]


class Moment(msgspec.Struct, frozen=True):
    """A stretch of a person's trials: geometric mean seconds of an arm over them. The interval treats people as the
    units; None with fewer than two."""

    first: int
    last: int
    arm: str
    seconds: float
    n: int
    low: float | None = None
    high: float | None = None


class ArmLine(msgspec.Struct, frozen=True):
    """What went on in one arm. `hours` of active time; `correct_per_hour` and costs count gold-checked answers only where
    gold is missing for some; `load`: mean raw task load; `trust`: means of trust, usefulness and control."""

    arm: str
    answers: int
    withheld: int
    people: int
    seconds: float | None
    median_seconds: float | None
    waiting: float
    quality: StudyFigure
    checked: int
    hours: float
    correct_per_hour: float | None
    cost_of_models: float
    cost_per_correct: float | None
    load: float | None
    trust: tuple[float, ...]


class Conduct(msgspec.Struct, frozen=True):
    """How the study was carried out."""

    plan_hash: str
    frozen_at: float
    taken_at: float
    closed: bool
    rehearsed: bool
    peeks: int
    people: int
    began: int
    finished: int
    planned: int
    counted: int
    left_out: dict[str, int]
    gold: int


class Report(msgspec.Struct, frozen=True):
    """What a study found. `methods`: the methods section, in Markdown."""

    name: str
    project: str
    design: Design
    conduct: Conduct
    contrasts: tuple[Contrast, ...]
    arms: tuple[ArmLine, ...]
    learning: StudyFigure
    curve: tuple[Moment, ...]
    methods: str


def figure(found: Any, **more: Any) -> StudyFigure:
    """From an estimate or a ratio of `milo.stats`: NaN and what is without bounds become None."""
    return StudyFigure(finite(found.value), finite(found.low), finite(found.high), int(found.n), found.method, **more)


def nothing(why: str) -> StudyFigure:
    """A figure that cannot be told."""
    return StudyFigure(None, None, None, 0, why)


def finite(value: float) -> float | None:
    """The number, or None for NaN and infinities."""
    return float(value) if math.isfinite(value) else None

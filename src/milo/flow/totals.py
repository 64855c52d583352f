"""TOTALS: shares, means and the quality of a model over all items, from its word on all and people's on some.

Pure: arrays in, figures with intervals out. People's labels are those given blind or in an audit, each with the odds with
which the item was drawn, so that neither the model nor the choice of items can lean on the result. Where the model's word is
missing on too many items, the labels stand alone.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.stats import estimates
from milo.stats.estimates import Powered

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["share", "mean", "accuracy", "precision", "recall", "f1"]
COVERED = 0.99
"""With the model's word on fewer items than this, it is not used."""
FEW = 10


class People(msgspec.Struct, frozen=True):
    """The drawn items: what people said and what the model said of them, parsed by the task; `odds` shape (n,), None for all
    the same; `slices`: the value of the slice of each, "" without one."""

    said: list[Any]
    guessed: list[Any]
    confidence: Floats
    odds: Floats | None
    slices: NDArray[Any]


class Others(msgspec.Struct, frozen=True):
    """All other items: the model's word (None where it has none), its confidence, and the value of the slice."""

    guessed: list[Any]
    confidence: Floats
    slices: NDArray[Any]


class TotalFigure(msgspec.Struct, frozen=True):
    """A figure over all items (or those of a slice). `low`..`high`: the interval; `n` labels of `of` items; `human`: the same
    from the labels alone; `trust`: how far the model's word was used, 0..1; `more`: further labels that would halve the
    interval (null: not so many items are left, or it cannot be told). Null values: too few labels."""

    kind: Kind
    name: str
    slice: str
    value: float | None
    low: float
    high: float
    n: int
    of: int
    human: float | None
    human_low: float
    human_high: float
    trust: float
    more: int | None


class Difference(msgspec.Struct, frozen=True):
    """How far two slices are apart: the first minus the second."""

    kind: Kind
    name: str
    first: str
    second: str
    value: float | None
    low: float
    high: float
    n: int
    more: int | None


class Reading(msgspec.Struct, frozen=True):
    """One figure to make: how a person's value and the model's become numbers."""

    kind: Kind
    name: str
    bounds: tuple[float, float]
    labels: Floats
    predicted: Floats
    others: Floats


def covered(others: Others) -> float:
    """On which share of the other items the model has spoken."""
    return 1.0 if not others.guessed else sum(v is not None for v in others.guessed) / len(others.guessed)


def shares(people: People, others: Others, labels: list[str], parts: Any) -> list[Reading]:
    """A reading for each label: does the value hold it. `parts(value)` gives the labels in a value."""
    said, guessed, rest = (
        [frozenset(parts(v)) if v is not None else frozenset[str]() for v in values]
        for values in (people.said, people.guessed, others.guessed)
    )
    used = covered(others) >= COVERED

    def holds(values: list[frozenset[str]], label: str, use: bool) -> Floats:
        return np.array([use and label in v for v in values], np.float64)

    return [
        Reading("share", name, (0.0, 1.0), holds(said, name, True), holds(guessed, name, used), holds(rest, name, used))
        for name in labels
    ]


def rating(people: People, others: Others, bounds: tuple[float, float]) -> Reading:
    """The mean of a number."""
    used = covered(others) >= COVERED
    middle = sum(bounds) / 2
    guess, rest = (
        np.array([float(v) if used and v is not None else middle for v in values], np.float64)
        for values in (people.guessed, others.guessed)
    )
    return Reading("mean", "", bounds, np.array([float(v) for v in people.said], np.float64), guess, rest)


def accuracy(people: People, others: Others, right: Floats) -> Reading:
    """The share of items on which the model is right; its confidence stands for the items that nobody has looked at."""
    used = covered(others) >= COVERED
    return Reading("accuracy", "", (0.0, 1.0), right, people.confidence * used, others.confidence * used)


def figure(reading: Reading, people: People, others: Others, slice_: str | None, level: float) -> TotalFigure:
    """The figure over all items, or over those of one slice."""
    mine, rest = _of(people, others, slice_)
    found = estimates.mean(
        reading.labels[mine], reading.predicted[mine], reading.others[rest], _odds(people, mine), bounds=reading.bounds,
        level=level,
    )  # fmt: skip
    return _figure(reading.kind, reading.name, slice_ or "", found)


def difference(reading: Reading, people: People, others: Others, first: str, second: str, level: float) -> Difference:
    """The figure in one slice minus that in another."""
    mine = np.isin(people.slices, [first, second])
    rest = np.isin(others.slices, [first, second])
    found = estimates.difference(
        reading.labels[mine], reading.predicted[mine], reading.others[rest], people.slices[mine] == first,
        others.slices[rest] == first, _odds(people, mine), bounds=reading.bounds, level=level,
    )  # fmt: skip
    return Difference(
        reading.kind, reading.name, first, second, _known(found.value), float(found.low), float(found.high), found.n, found.more
    )


def yes_or_no(name: str, people: People, others: Others, parts: Any, level: float) -> list[TotalFigure]:
    """Precision, recall and F1 of the model for one label."""
    y = np.array([name in parts(v) for v in people.said], np.float64)
    said, rest = (
        np.array([v is not None and name in parts(v) for v in values], np.float64)
        for values in (people.guessed, others.guessed)
    )
    chance, other = (
        np.clip(np.where(yes == 1, sure, 1 - sure), 0.0, 1.0)
        for yes, sure in ((said, people.confidence), (rest, others.confidence))
    )
    if covered(others) < COVERED:
        chance, other = said * 0.5, rest * 0.5
    odds = people.odds
    found = estimates.metrics(y, said, chance, rest, other, odds, level=level)
    named: tuple[tuple[Kind, Powered], ...] = (("precision", found.precision), ("recall", found.recall), ("f1", found.f1))
    return [_figure(kind, name, "", one) for kind, one in named]


def _of(people: People, others: Others, slice_: str | None) -> tuple[Flags, Flags]:
    if slice_ is None:
        return np.ones(len(people.said), np.bool_), np.ones(len(others.guessed), np.bool_)
    return people.slices == slice_, others.slices == slice_


def _odds(people: People, mine: Flags) -> Floats | None:
    return None if people.odds is None else people.odds[mine]


def _figure(kind: Kind, name: str, slice_: str, found: Powered) -> TotalFigure:
    human = found.human
    return TotalFigure(
        kind, name, slice_, _known(found.value), float(found.low), float(found.high), found.n, found.of, _known(human.value),
        float(human.low), float(human.high), float(found.trust), found.more,
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)

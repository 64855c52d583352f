"""EFFORT: handling time and keystrokes, worked out from raw events whenever they are asked for.

Events are stored as they happened; the idle threshold is chosen at reading time, so that a study can be read with several.
Active time is the sum of the gaps between a person's signs of life, each gap capped at the threshold, with the time
in which the page was hidden left out (the method of reading interaction logs with an idle cap; see docs/how-to/measure-time).
Waiting for the assistant is a clock of its own: time in which a person did nothing but wait for its first word is not active.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import msgspec

SIGNS = {"opened", "drawn", "input", "visible", "focus", "submitted", "reopened", "skipped"}
_PREFIXES = ("suggestion_",)
GONE = {"hidden", "blur"}
WAIT, WAITED = "model_wait", "model_waited"
"""The assistant was asked; its first word came, or it was stopped."""


class Effort(msgspec.Struct, frozen=True):
    """Over `n` submissions: median active seconds and median keystrokes (None where nothing was recorded); `waits` of them
    waited for the assistant, and their median seconds of waiting."""

    n: int
    median_seconds: float | None
    median_keystrokes: float | None
    waits: int = 0
    median_waiting: float | None = None


class Clocks(msgspec.Struct, frozen=True):
    """Seconds of one submission: at work, and waiting for the assistant. Neither holds any of the other."""

    active: float
    waiting: float


def clocks(events: Sequence[dict[str, Any]], idle_seconds: float) -> Clocks:
    """The clocks of one submission. `at` of an event is in milliseconds; order does not matter.

    Of a gap between two signs of life, the part before the assistant's first word is waiting, unless both signs fell into the
    wait: who types while waiting is at work. Waiting is capped like any gap, and hidden pages wait for nothing.
    """
    signs = sorted((float(e["at"]), str(e["kind"])) for e in events if "at" in e and "kind" in e)
    waits = _waits(signs)
    active, waiting, last, away = 0.0, 0.0, None, False
    for at, kind in signs:
        sign = kind in SIGNS or kind.startswith(_PREFIXES)
        if not sign and kind not in GONE:
            continue
        if last is not None and not away:
            waited = min(_overlap(waits, last, at), idle_seconds)
            active += min((at - last) / 1000 - waited, idle_seconds)
            waiting += waited
        away, last = kind == "hidden", at
    return Clocks(active, waiting)


def active_seconds(events: Sequence[dict[str, Any]], idle_seconds: float) -> float:
    """Active handling time of one submission, in seconds."""
    return clocks(events, idle_seconds).active


def effort(rows: Iterable[tuple[list[dict[str, Any]], int | None]], idle_seconds: float) -> Effort:
    """Summarise submissions, each given as its raw events and its keystrokes."""
    found: list[Clocks] = []
    keys: list[int] = []
    n = 0
    for events, keystrokes in rows:
        n += 1
        if events:
            found.append(clocks(events, idle_seconds))
        if keystrokes is not None:
            keys.append(keystrokes)
    waits = [c.waiting for c in found if c.waiting > 0]
    return Effort(
        n, median(c.active for c in found) if found else None, float(median(keys)) if keys else None,
        len(waits), median(waits) if waits else None,
    )  # fmt: skip


def _waits(signs: Sequence[tuple[float, str]]) -> list[tuple[float, float]]:
    """Waits as (from, to) in milliseconds; one that never ended is none, and one inside of another is part of it."""
    out: list[tuple[float, float]] = []
    begun: float | None = None
    for at, kind in signs:
        if kind == WAIT and begun is None:
            begun = at
        elif kind == WAITED and begun is not None:
            out.append((begun, at))
            begun = None
    return out


def _overlap(waits: Sequence[tuple[float, float]], start: float, end: float) -> float:
    """Seconds of a gap that were spent waiting and nothing else."""
    return sum(max(0.0, min(end, to) - max(start, at)) for at, to in waits if not (at < start and end < to)) / 1000

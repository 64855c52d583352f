"""EFFORT: handling time and keystrokes, worked out from raw events whenever they are asked for.

Events are stored as they happened; the idle threshold is chosen at reading time, so that a study can be read with several.
Active time is the sum of the gaps between a person's signs of life, each gap capped at the threshold, with the time
in which the page was hidden left out (the method of reading interaction logs with an idle cap; see docs/how-to/measure-time).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import msgspec

SIGNS = {"opened", "drawn", "input", "visible", "focus", "submitted", "reopened", "skipped"}
_PREFIXES = ("suggestion_",)
GONE = {"hidden", "blur"}


class Effort(msgspec.Struct, frozen=True):
    """Over `n` submissions: median active seconds and median keystrokes (None where nothing was recorded)."""

    n: int
    median_seconds: float | None
    median_keystrokes: float | None


def active_seconds(events: Sequence[dict[str, Any]], idle_seconds: float) -> float:
    """Active handling time of one submission, in seconds. `at` of an event is in milliseconds; order does not matter."""
    signs = sorted((float(e["at"]), str(e["kind"])) for e in events if "at" in e and "kind" in e)
    total, last, away = 0.0, None, False
    for at, kind in signs:
        if last is not None and not away:
            total += min((at - last) / 1000, idle_seconds)
        if kind in GONE:
            away = kind == "hidden"
            last = at
        elif kind in SIGNS or kind.startswith(_PREFIXES):
            away = False
            last = at
    return total


def effort(rows: Iterable[tuple[list[dict[str, Any]], int | None]], idle_seconds: float) -> Effort:
    """Summarise submissions, each given as its raw events and its keystrokes."""
    seconds: list[float] = []
    keys: list[int] = []
    n = 0
    for events, keystrokes in rows:
        n += 1
        if events:
            seconds.append(active_seconds(events, idle_seconds))
        if keystrokes is not None:
            keys.append(keystrokes)
    return Effort(n, median(seconds) if seconds else None, float(median(keys)) if keys else None)

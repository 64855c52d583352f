"""Active handling time from raw events. Stands alone: arrays of times in, seconds out.

Clock time is useless as a measure of work: people leave for coffee, and a few long gaps make up most of the mean. Counted here
are the gaps between events, each capped at an idle threshold tau, and only while the page was to be seen. Since raw events
are kept, the threshold can be changed afterwards; results belong at several of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TAUS = (30.0, 60.0, 120.0, 300.0)


class Times(NamedTuple):
    """Seconds per unit: `active` (units, taus); `waiting` for a model and `wall` from first to last event, (units,)."""

    active: Floats
    waiting: Floats
    wall: Floats


def handling(
    at: Any, unit: Any, *, hidden: Any = None, playing: Any = None, waiting: Any = None, taus: Any = TAUS,
    units: int | None = None,
) -> Times:  # fmt: skip
    """Times of units of work (visits, or whole items with all their visits) from events.

    `at`: float seconds, shape (n,), in any order; `unit`: int, shape (n,), the visit of each event from 0 on. `hidden`,
    `playing`, `waiting`: bool, shape (n,), the state from this event to the next of its unit: the page could not be seen
    (counts nothing), media ran (counts in full), a model was waited for (counted apart).
    Raises ValueError for shapes that do not fit or a threshold of 0 or less.
    """
    t, u, caps = np.asarray(at, dtype=np.float64), np.asarray(unit, dtype=np.int64), np.asarray(taus, dtype=np.float64)
    if t.ndim != 1 or t.shape != u.shape or np.isnan(t).any():
        raise ValueError(f"Times and units of one length without NaN are needed; their shapes are {t.shape} and {u.shape}.")
    if not (caps > 0).all():
        raise ValueError("An idle threshold must be above 0 seconds.")
    count = units if units is not None else int(u.max(initial=-1)) + 1
    order = np.lexsort((t, u))
    t, u = t[order], u[order]
    gap = np.diff(t, append=t[-1:])
    gap[np.flatnonzero(np.diff(u, append=-1))] = 0.0
    off, full, wait = (_state(s, order) for s in (hidden, playing, waiting))
    seen = np.where(off | wait, 0.0, gap)
    active = [_sums(u, np.where(full, seen, np.minimum(seen, cap)), count) for cap in caps.tolist()]
    return Times(np.column_stack(active), _sums(u, np.where(wait & ~off, gap, 0.0), count), _sums(u, gap, count))


def _state(given: Any, order: Any) -> Any:
    return np.zeros(len(order), dtype=bool) if given is None else np.asarray(given, dtype=bool)[order]


def _sums(unit: Any, values: Any, count: int) -> Floats:
    out: Any = np.bincount(unit, weights=values, minlength=count)
    return out

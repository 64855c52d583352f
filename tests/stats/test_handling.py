"""Active time: capped gaps, hidden pages, playing media and waiting, against a slow loop."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.handling import handling

events = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=30
)


def slow(rows, tau: float):
    active, waiting, wall = [0.0] * 3, [0.0] * 3, [0.0] * 3
    for unit in range(3):
        mine = sorted((r for r in rows if r[1] == unit), key=lambda r: r[0])
        for now, then in pairwise(mine):
            gap = then[0] - now[0]
            wall[unit] += gap
            if now[2]:
                continue
            if now[4]:
                waiting[unit] += gap
            else:
                active[unit] += gap if now[3] else min(gap, tau)
    return active, waiting, wall


@given(events)
def test_against_a_slow_loop(rows) -> None:
    seen, unique = set(), []
    for r in rows:  # of events at one moment only the first, whose state is unambiguous
        if r[:2] not in seen:
            seen.add(r[:2])
            unique.append(r)
    at, unit, hidden, playing, waiting = (np.array(c) for c in zip(*unique, strict=True))
    found = handling(at, unit, hidden=hidden, playing=playing, waiting=waiting, taus=(30, 120), units=3)
    for column, tau in enumerate((30, 120)):
        active, wait, wall = slow(unique, tau)
        assert found.active[:, column].tolist() == pytest.approx(active)
        assert found.waiting.tolist() == pytest.approx(wait)
        assert found.wall.tolist() == pytest.approx(wall)
    assert (found.active[:, 0] <= found.active[:, 1] + 1e-9).all()


def test_a_coffee_break_counts_as_the_threshold() -> None:
    found = handling([0, 10, 3610, 3620], [0, 0, 0, 0])
    assert found.active[0].tolist() == [50, 80, 140, 320]
    assert found.wall.tolist() == [3620]
    assert handling([], [], units=2).active.shape == (2, 4)
    with pytest.raises(ValueError, match="threshold"):
        handling([0.0], [0], taus=(0,))
    with pytest.raises(ValueError, match="one length"):
        handling([0.0], [0, 1])

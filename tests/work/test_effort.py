"""Handling time from raw events: hand-computed cases, and what must hold for any events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milo.flow.effort import active_seconds, effort


def at(*pairs: tuple[str, float]) -> list[dict[str, object]]:
    return [{"kind": kind, "at": seconds * 1000} for kind, seconds in pairs]


def test_short_gaps_count_in_full() -> None:
    assert active_seconds(at(("opened", 0), ("input", 4), ("submitted", 9)), 30) == 9


def test_a_long_gap_counts_as_the_threshold() -> None:
    events = at(("opened", 0), ("input", 4), ("submitted", 604))
    assert active_seconds(events, 30) == 34
    assert active_seconds(events, 60) == 64


def test_hidden_time_does_not_count() -> None:
    assert active_seconds(at(("opened", 0), ("hidden", 3), ("visible", 20), ("submitted", 25)), 30) == 8


def test_medians() -> None:
    rows = [(at(("opened", 0), ("submitted", s)), k) for s, k in [(2, 1), (4, 3), (60, None)]]
    found = effort(rows, 30)
    assert (found.n, found.median_seconds, found.median_keystrokes) == (3, 4, 2)
    assert effort([], 30).median_seconds is None


KINDS = st.sampled_from(["opened", "input", "hidden", "visible", "blur", "focus", "suggestion_shown", "submitted"])


@given(st.lists(st.tuples(KINDS, st.floats(0, 1e5)), max_size=30), st.floats(1, 600))
def test_active_time_is_never_longer_than_the_wall_nor_negative(events: list[tuple[str, float]], idle: float) -> None:
    found = active_seconds(at(*events), idle)
    wall = max((s for _, s in events), default=0) - min((s for _, s in events), default=0)
    assert -1e-6 <= found <= wall + 1e-6
    assert found <= active_seconds(at(*events), idle * 2) + 1e-6

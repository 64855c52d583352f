"""Handling time from raw events: hand-computed cases, and what must hold for any events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milo.flow.effort import active_seconds, clocks, effort


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


def test_waiting_for_the_assistant_is_a_clock_of_its_own() -> None:
    asked = at(("opened", 0), ("input", 4), ("model_wait", 4), ("model_waited", 12), ("input", 15), ("submitted", 16))
    found = clocks(asked, 30)
    assert (found.active, found.waiting) == (8, 8)
    typed = at(("opened", 0), ("model_wait", 1), ("input", 3), ("input", 9), ("model_waited", 11), ("submitted", 12))
    found = clocks(typed, 30)
    assert (found.active, found.waiting) == (1 + 6 + 1, 2 + 2)
    hidden = at(("opened", 0), ("model_wait", 1), ("hidden", 2), ("visible", 50), ("model_waited", 51), ("submitted", 52))
    assert (clocks(hidden, 30).active, clocks(hidden, 30).waiting) == (1 + 1, 1 + 1)
    endless = at(("opened", 0), ("model_wait", 0), ("model_waited", 500), ("submitted", 501))
    assert (clocks(endless, 30).active, clocks(endless, 30).waiting) == (30, 30)
    assert clocks(at(("opened", 0), ("model_wait", 1), ("submitted", 3)), 30).waiting == 0
    summary = effort([(asked, 1), (typed, 1), (at(("opened", 0), ("submitted", 2)), 1)], 30)
    assert (summary.waits, summary.median_waiting, summary.median_seconds) == (2, 6, 8)


def test_medians() -> None:
    rows = [(at(("opened", 0), ("submitted", s)), k) for s, k in [(2, 1), (4, 3), (60, None)]]
    found = effort(rows, 30)
    assert (found.n, found.median_seconds, found.median_keystrokes) == (3, 4, 2)
    assert effort([], 30).median_seconds is None


KINDS = st.sampled_from(
    ["opened", "input", "hidden", "visible", "blur", "focus", "suggestion_shown", "submitted", "model_wait", "model_waited"]
)


@given(st.lists(st.tuples(KINDS, st.floats(0, 1e5)), max_size=30), st.floats(1, 600))
def test_active_time_is_never_longer_than_the_wall_nor_negative(events: list[tuple[str, float]], idle: float) -> None:
    found = active_seconds(at(*events), idle)
    wall = max((s for _, s in events), default=0) - min((s for _, s in events), default=0)
    both = clocks(at(*events), idle)
    assert -1e-6 <= found <= wall + 1e-6
    assert both.waiting >= -1e-6
    assert both.active + both.waiting <= wall + 1e-6
    assert found <= active_seconds(at(*events), idle * 2) + 1e-6

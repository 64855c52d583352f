"""A track goes through its key frames, is cut and joined without moving, and ends where it says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.domain.shapes import Keyframe, Track
from milo.domain.tracks import along, joined, partners, place_at, split, stretches

CASES = Path(__file__).parents[2] / "web" / "src" / "lib" / "track-cases.json"
_number = st.integers(0, 500).map(float)


@st.composite
def _track(draw: st.DrawFn, kind: str | None = None) -> Track:
    frames = sorted(draw(st.sets(st.integers(0, 60), min_size=1, max_size=6)))
    kind = kind or draw(st.sampled_from(["box", "polygon", "points"]))
    place: Any = {
        "box": st.lists(_number, min_size=4, max_size=4),
        "polygon": st.lists(st.tuples(_number, _number), min_size=3, max_size=3),
        "points": st.lists(st.tuples(_number, _number, st.sampled_from([1, 2])), min_size=2, max_size=2),
    }[kind]
    keys: list[Keyframe] = []
    for frame in frames:
        outside = bool(keys) and draw(st.integers(0, 4)) == 0
        where = {} if outside and draw(st.booleans()) else {kind: draw(place)}
        more: dict[str, Any] = draw(st.sampled_from([{}, {"pose": "sits"}, {"pose": "stands"}]))
        keys.append(Keyframe(frame=frame, outside=outside, occluded=draw(st.booleans()), attributes=more, **where))
    return Track(label="a", id="t", keyframes=keys)


def _same(a: Keyframe | None, b: Keyframe | None) -> bool:
    if a is None or b is None:
        return a is b
    flat = [_numbers(one) for one in (a, b)]
    return (
        (a.occluded, a.outside, a.attributes) == (b.occluded, b.outside, b.attributes)
        and len(flat[0]) == len(flat[1])
        and all(abs(p - q) < 1e-6 for p, q in zip(*flat, strict=True))
    )


def _numbers(key: Keyframe) -> list[float]:
    return [*(key.box or []), *(n for p in key.polygon or key.points or [] for n in p)]


@given(_track())
def test_it_goes_through_its_key_frames_exactly(track: Track) -> None:
    for key in track.keyframes:
        at = place_at(track, key.frame)
        if key.outside:
            assert at is None
        else:
            assert at is not None
            assert (at.box, at.polygon, at.points, at.occluded) == (key.box, key.polygon, key.points, key.occluded)
    assert place_at(track, track.keyframes[0].frame - 1) is None


@given(_track())
def test_stretches_say_when_it_is_there(track: Track) -> None:
    there = {frame for start, end in stretches(track, 70) for frame in range(start, end or 70)}
    assert there == {frame for frame, at in enumerate(along(track, range(70))) if at is not None}


@given(_track(), st.integers(1, 60))
def test_cut_and_joined_again_it_is_where_it_was(track: Track, frame: int) -> None:
    try:
        first, second = split(track, frame)
    except ValueError:
        seen = [at is not None for at in along(track, range(70))]
        assert not any(seen[:frame]) or not any(seen[frame:])
        return
    frames = range(70)
    assert all(_same(a, b) for a, b in zip(along(track, frames), along(joined([first, second]), frames), strict=True))
    assert all(_same(place_at(track, n), place_at(first, n)) for n in range(frame))
    assert all(_same(place_at(track, n), place_at(second, n)) for n in range(frame, 70))
    assert place_at(first, frame) is None


def test_numbers_go_evenly_and_angles_by_the_shorter_way() -> None:
    track = Track(
        label="a", keyframes=[Keyframe(frame=0, box=[0, 0, 10, 10, 350]), Keyframe(frame=10, box=[20, 10, 30, 10, 20])]
    )
    at = place_at(track, 5)
    assert at is not None
    assert at.box == pytest.approx([10, 5, 20, 10, 5])


def test_outlines_of_different_corners_stay_on_both() -> None:
    square = [(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)]
    pairs = partners(square, [*square[:1], (4.0, 0.0), *square[1:]])
    assert len(pairs) == 5
    assert all(p == pytest.approx(q) for p, q in pairs)


def test_places_agree_with_those_that_the_page_draws() -> None:
    """The same cases are held against the page's own interpolation."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    for case in cases:
        track = msgspec.convert(case["track"], Track)
        for frame, wanted in case["at"].items():
            found = place_at(track, int(frame))
            assert (found is None) == (wanted is None), (case["name"], frame)
            if found is not None:
                assert _same(found, msgspec.convert(wanted, Keyframe)), (case["name"], frame)

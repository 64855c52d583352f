"""Where the thing of a `Track` is at any frame, and tracks cut in two and joined.

Stands alone because whoever reads, writes, draws or compares tracks must place them alike. The rules:

- At a key frame the place is that of the key frame, to the last digit.
- Between two key frames with a place, numbers go evenly from one to the other: x, y, w and h of a box, its angle by the
  shorter way round, the corners of a polygon and the points of a figure one by one. Polygons with different numbers of corners
  are laid out along their outlines from the first corner on, and every corner of either has its partner at the same share of
  the way round. A point that is not there at one of both ends stays as it is at the earlier one.
- Whether it is occluded, outside, and what changed, holds from a key frame to the next.
- Where the later key frame has no place, the earlier place holds; the same after the last key frame.
- Before the first key frame, and from an `outside` one to the next, it is not there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import hypot
from typing import Any

from msgspec.structs import replace

from milo.domain.shapes import Keyframe, Track

Corner = tuple[float, float]


def has_place(key: Keyframe) -> bool:
    """Whether a key frame says where."""
    return key.box is not None or key.polygon is not None or key.points is not None


def place_at(track: Track, frame: int) -> Keyframe | None:
    """Where the thing is at a frame, with all that holds there (attributes that change included); None if it is not there."""
    return next(along(track, (frame,)))


def along(track: Track, frames: Iterable[int]) -> Iterator[Keyframe | None]:
    """The same for many frames, in any order."""
    keys = track.keyframes
    starts = [key.frame for key in keys]
    held = _carried(keys)
    for frame in frames:
        at = bisect_right(starts, frame) - 1
        yield None if at < 0 or keys[at].outside else _between(keys, at, frame, held[at])


def state_at(track: Track, frame: int) -> Keyframe | None:
    """As `place_at`, but where the thing is outside, that key frame; None only before the first."""
    keys = track.keyframes
    at = bisect_right([key.frame for key in keys], frame) - 1
    return None if at < 0 else _between(keys, at, frame, _carried(keys)[at])


def stretches(track: Track, frames: int | None = None) -> list[tuple[int, int | None]]:
    """The frames at which the thing is there, as [first, end); the end is `frames`, or None, where it stays to the end."""
    found: list[tuple[int, int | None]] = []
    start: int | None = None
    for key in track.keyframes:
        if key.outside and start is not None:
            found.append((start, key.frame))
            start = None
        elif not key.outside and start is None:
            start = key.frame
    return found if start is None else [*found, (start, frames)]


def split(track: Track, frame: int) -> tuple[Track, Track]:
    """The track before a frame, and from it on. Raises ValueError where one of them would never be there.

    Joined again, they place the thing as before. Both keep the id; whoever stores them gives the second its own.
    """
    keys, state = track.keyframes, state_at(track, frame)
    first = [key for key in keys if key.frame < frame]
    if state is not None and not state.outside:
        second = [state, *(key for key in keys if key.frame > frame)]
    else:
        second = _from_first_seen(keys, frame)
    if not any(not key.outside for key in first) or not second:
        raise ValueError(f"At frame {frame} nothing is to be cut: the track is not there on both sides of it.")
    if not first[-1].outside and state is not None:
        first = [*first, replace(state, outside=True, occluded=False, attributes={})]
    return replace(track, keyframes=first), replace(track, keyframes=second)


def joined(tracks: Iterable[Track]) -> Track:
    """One track of several that show one thing: all their key frames. At a frame that several have, the first that is there
    counts; where one ends and another is there, it goes on. Label, id and attributes are those of the first."""
    every = list(tracks)
    found: dict[int, Keyframe] = {}
    for n, track in enumerate(every):
        for key in track.keyframes:
            others = (other for m, other in enumerate(every) if m != n)
            if key.outside and any(place_at(other, key.frame) is not None for other in others):
                continue
            if key.frame not in found or (found[key.frame].outside and not key.outside):
                found[key.frame] = key
    return replace(every[0], keyframes=[found[frame] for frame in sorted(found)])


def _carried(keys: list[Keyframe]) -> list[dict[str, Any]]:
    """For each key frame, the attributes that hold there."""
    found: list[dict[str, Any]] = []
    now: dict[str, Any] = {}
    for key in keys:
        now = now | key.attributes if key.attributes else now
        found.append(now)
    return found


def _from_first_seen(keys: list[Keyframe], frame: int) -> list[Keyframe]:
    """The key frames from the first at which it is there at or after a frame; none if it never is."""
    held = _carried(keys)
    at = next((n for n, key in enumerate(keys) if key.frame >= frame and not key.outside), None)
    return [] if at is None else [replace(keys[at], attributes=held[at]), *keys[at + 1 :]]


def _between(keys: list[Keyframe], at: int, frame: int, held: dict[str, Any]) -> Keyframe:
    key = keys[at]
    if key.frame == frame:
        return replace(key, attributes=held)
    later = keys[at + 1] if at + 1 < len(keys) else None
    if later is None or key.outside or not has_place(later):
        return replace(key, frame=frame, attributes=held)
    share = (frame - key.frame) / (later.frame - key.frame)
    return replace(key, frame=frame, attributes=held, **_place(key, later, share))


def _place(a: Keyframe, b: Keyframe, share: float) -> dict[str, Any]:
    if a.box is not None and b.box is not None:
        return {"box": _box(a.box, b.box, share)}
    if a.polygon is not None and b.polygon is not None:
        return {"polygon": [(_mix(p[0], q[0], share), _mix(p[1], q[1], share)) for p, q in partners(a.polygon, b.polygon)]}
    if a.points is not None and b.points is not None and len(a.points) == len(b.points):
        both = zip(a.points, b.points, strict=True)
        return {
            "points": [(_mix(p[0], q[0], share), _mix(p[1], q[1], share), p[2]) if p[2] and q[2] else tuple(p) for p, q in both]
        }
    return {}


def _mix(a: float, b: float, share: float) -> float:
    return a + (b - a) * share


def _box(a: list[float], b: list[float], share: float) -> list[float]:
    found = [_mix(p, q, share) for p, q in zip(a[:4], b[:4], strict=True)]
    start, end = (box[4] if len(box) > 4 else 0.0 for box in (a, b))
    angle = (start + ((end - start + 180.0) % 360.0 - 180.0) * share) % 360.0
    return [*found, angle] if angle else found


def partners(a: list[Corner], b: list[Corner]) -> list[tuple[Corner, Corner]]:
    """The corners of two outlines, matched as the module says."""
    if len(a) == len(b):
        return list(zip(a, b, strict=True))
    first, second = _shares(a), _shares(b)
    return [(_on(a, first, share), _on(b, second, share)) for share in sorted({*first, *second})]


def _shares(points: list[Corner]) -> list[float]:
    """How far round the outline each corner lies, 0..1."""
    lengths = [0.0]
    for p, q in pairwise([*points, points[0]]):
        lengths.append(lengths[-1] + hypot(q[0] - p[0], q[1] - p[1]))
    return [length / (lengths[-1] or 1.0) for length in lengths[:-1]]


def _on(points: list[Corner], shares: list[float], share: float) -> Corner:
    at = bisect_right(shares, share) - 1
    start, end = shares[at], shares[at + 1] if at + 1 < len(shares) else 1.0
    p, q = points[at], points[(at + 1) % len(points)]
    rest = (share - start) / (end - start) if end > start else 0.0
    return _mix(p[0], q[0], rest), _mix(p[1], q[1], rest)

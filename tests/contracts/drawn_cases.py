"""Cases of the task types that mark things on an image."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from contracts.case import Case
from milo.testing.builders import make_item, make_question

ATTRIBUTES = [
    {"name": "colour", "config": {"labels": ["red", "blue"]}},
    {"name": "damage", "type": "choices", "config": {"labels": ["dent", "rust"]}},
    {"name": "sure", "type": "rating", "required": False},
    {"name": "plate", "type": "text", "only": ["car"]},
]
SMALL = make_item({"image": {"media": 1, "mime": "image/png", "width": 12, "height": 9}})
_pixel = st.tuples(st.floats(0, 640), st.floats(0, 480))
_near = st.tuples(st.integers(0, 8), st.integers(0, 8))


@st.composite
def _box(draw: st.DrawFn) -> dict[str, Any]:
    """Boxes on a coarse grid, so that many overlap and some are equal; a few overshoot by up to a pixel."""
    x, y = draw(st.integers(0, 30)) * 20.0, draw(st.integers(0, 22)) * 20.0
    w, h = draw(st.floats(2, 639)), draw(st.sampled_from([5, 20, 40, 60.5]))
    extra = draw(st.sampled_from([0.0, 0.5, 1.0]))
    label = draw(st.sampled_from(["car", "bus"]))
    return {"x": x, "y": y, "w": min(w, 640 - x + extra), "h": min(h, 480 - y + extra), "label": label}


@st.composite
def _marked(draw: st.DrawFn, geometry: Any, attributes: bool = False) -> dict[str, Any]:
    """A thing with whatever may come with it."""
    thing = draw(geometry) | {"label": draw(st.sampled_from(["car", "bus"]))}
    thing |= draw(st.sampled_from([{}, {"group": 3}, {"z": -2}, {"score": 0.5}, {"attributes": {}}, {"group": 1, "z": 4}]))
    if attributes:
        answers = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "colour": st.sampled_from(["red", "blue"]),
                    "damage": st.lists(st.sampled_from(["rust", "dent"]), max_size=2),
                    "sure": st.integers(1, 5),
                },
            )
        )
        thing["attributes"] = answers | ({"plate": "A 1"} if thing["label"] == "car" and answers else {})
    return thing


def _turned() -> Any:
    return st.builds(
        lambda box, angle: {k: box[k] for k in "xywh"} | {"angle": angle}, _box(), st.sampled_from([0, 30.5, 90, -45, 400])
    )


def _polygon() -> Any:
    points = st.lists(_pixel | _near, min_size=3, max_size=6).filter(_has_area)
    holes = st.lists(st.just([(1, 1), (3, 1), (2, 5)]), max_size=1)
    return st.builds(lambda outer, inner: {"points": outer, **({"holes": inner} if inner else {})}, points, holes)


def _has_area(points: list[Any]) -> bool:
    """Some side does not run through the first corner; an outline that goes there and back on one line has no area."""
    (x, y), *rest = points
    return any(abs((a - x) * (d - y) - (c - x) * (b - y)) > 1e-3 for (a, b), (c, d) in pairwise(rest))


def _line() -> Any:
    return st.builds(lambda points: {"points": points}, st.lists(_pixel | _near, min_size=2, max_size=5, unique=True))


def _figure() -> Any:
    point = st.builds(lambda at, v: [*at, v], _pixel | _near, st.sampled_from([0, 1, 2, 2]))
    figures = st.lists(point, min_size=3, max_size=3).filter(lambda points: any(p[2] for p in points))
    return st.builds(lambda points: {"points": points}, figures)


def _mask() -> Any:
    """Runs on an image of 12 x 9 pixels."""
    edges = st.lists(st.integers(0, 108), min_size=1, max_size=6, unique=True).map(sorted)
    runs = edges.map(lambda at: [b - a for a, b in zip([0, *at], [*at, 108], strict=True)])
    return runs.filter(lambda counts: sum(counts[1::2]) > 0).map(lambda counts: {"size": [9, 12], "counts": counts})


RELATIONS: list[dict[str, Any]] = [
    {"value": "follows", "head": ["car"]},
    {"value": "beside", "kind": "undirected"},
    {"value": "same", "kind": "chain"},
]


@st.composite
def _related(draw: st.DrawFn, thing: Any, most: int = 4) -> list[dict[str, Any]]:
    """A few things, some of them equal, and relations of all kinds between those that fit."""
    things = [one | {"id": f"k{i}"} for i, one in enumerate(draw(st.lists(thing, max_size=most)))]
    for _ in range(draw(st.integers(0, 5)) if len(things) > 1 else 0):
        head, tail = draw(st.permutations(range(len(things))))[:2]
        kinds = ["beside", "same", *(["follows"] if things[head]["label"] == "car" else [])]
        one = {"to": f"k{tail}", "label": draw(st.sampled_from(kinds)), **draw(st.sampled_from([{}, {"score": 0.5}]))}
        things[head].setdefault("relations", []).append(one)
    return things


CLIP = make_item({"video": {"media": 1, "mime": "video/mp4", "width": 640, "height": 480, "frames": 50}})


@st.composite
def _track(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A few key frames on a coarse grid; some leave and come back."""
    place: Any = {
        "box": st.tuples(st.integers(-2, 30), st.integers(0, 22), st.sampled_from([50, 60.5, 100])).map(
            lambda at: [at[0] * 20.0, at[1] * 20.0, at[2], 60]
        ),
        "turned": st.sampled_from([0, 30.5, 400]).map(lambda angle: [100, 100, 40, 20, angle]),
        "polygon": st.lists(_near, min_size=3, max_size=5, unique=True).filter(_has_area),
        "points": _figure().map(lambda figure: figure["points"]),
    }[kind]
    keys: list[dict[str, Any]] = []
    for frame in draw(st.lists(st.integers(0, 49), min_size=1, max_size=5, unique=True)):
        key = {"frame": frame, kind.replace("turned", "box"): draw(place), **draw(st.sampled_from([{}, {"occluded": True}]))}
        if keys and draw(st.integers(0, 3)) == 0:
            key = {"frame": frame, "outside": True}
        keys.append(key | draw(st.sampled_from([{}, {"attributes": {}}])))
    if all(key.get("outside") for key in keys):
        keys = keys[:1]
    return {"keyframes": keys}


DRAWN: dict[str, list[Case]] = {
    "boxes": [
        Case(make_question("boxes", {"labels": ["car", "bus"]}), st.lists(_box(), max_size=5)),
        Case(
            make_question("boxes", {"labels": ["car", "bus"], "rotated": True, "attributes": ATTRIBUTES}),
            st.lists(_marked(_turned(), attributes=True), max_size=5),
        ),
        Case(make_question("boxes", {"labels": ["car", "bus"], "relations": RELATIONS}), _related(_box(), 5)),
    ],
    "polygons": [
        Case(make_question("polygons", {"labels": ["car", "bus"]}), st.lists(_marked(_polygon()), max_size=4)),
        Case(
            make_question("polygons", {"labels": ["car", "bus"], "attributes": ATTRIBUTES}),
            st.lists(_marked(_polygon(), attributes=True), max_size=4),
        ),
        Case(make_question("polygons", {"labels": ["car", "bus"], "relations": RELATIONS}), _related(_marked(_polygon()))),
    ],
    "lines": [Case(make_question("lines", {"labels": ["car", "bus"]}), st.lists(_marked(_line()), max_size=4))],
    "keypoints": [
        Case(
            make_question(
                "keypoints",
                {"labels": ["car", "bus"], "points": ["a", {"name": "b", "sigma": 0.1}, "c"], "edges": [["a", "b"]]},
            ),
            st.lists(_marked(_figure()), max_size=4),
        )
    ],
    "masks": [
        Case(
            make_question("masks", {"labels": ["car", "bus"], "attributes": ATTRIBUTES}),
            st.lists(_marked(_mask(), attributes=True), max_size=4),
            SMALL,
        ),
        Case(make_question("masks", {"labels": ["car", "bus"], "relations": RELATIONS}), _related(_marked(_mask()), 3), SMALL),
    ],
    "tracks": [
        Case(make_question("tracks", {"labels": ["car", "bus"]}), st.lists(_marked(_track("box")), max_size=3), CLIP),
        Case(
            make_question(
                "tracks", {"labels": ["car", "bus"], "rotated": True, "places": ["polygon", "box"], "attributes": ATTRIBUTES}
            ),
            st.lists(_marked(_track("turned") | _track("polygon"), attributes=True), max_size=2),
            CLIP,
        ),
        Case(
            make_question("tracks", {"labels": ["car", "bus"], "places": ["points"], "points": ["a", "b", "c"]}),
            st.lists(_marked(_track("points")), max_size=2),
            CLIP,
        ),
    ],
}

"""For each task type that ships: a question, the item it is asked about, and a strategy of values a client may send."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.testing.builders import make_item, make_question

TEXT = "Ada 👩‍🚀 wrote to شارل in Zu\u0308rich — naïve café, 東京.\nשלום, Ole\u0301!"
AWKWARD = ["a|b", "line\nbreak", "[1]", '"quoted"', "ünï", "👩‍🚀", "plain", "=1+1", ",", " "[:0] + "x y"]
TREE = [
    {"value": "animal"},
    {"value": "dog", "parent": "animal"},
    {"value": "cat", "parent": "animal"},
    {"value": "house cat", "parent": "cat"},
    {"value": "plant"},
]
ITEM = make_item({"text": TEXT, "image": {"media": 1, "mime": "image/png", "width": 640, "height": 480}})
FIELDS = (Field("text"), Field("image", "image"))


class Case(msgspec.Struct, frozen=True):
    """One question to try a task type on."""

    question: Question
    values: Any
    item: Item | None = ITEM


@st.composite
def _span(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(0, len(TEXT) - 1))
    end = draw(st.integers(start + 1, len(TEXT)))
    span: dict[str, Any] = {"start": start, "end": end, "label": draw(st.sampled_from(AWKWARD))}
    return span | {"text": TEXT[start:end]} if draw(st.booleans()) else span


@st.composite
def _box(draw: st.DrawFn) -> dict[str, Any]:
    """Boxes on a coarse grid, so that many overlap and some are equal; a few overshoot by up to a pixel."""
    x, y = draw(st.integers(0, 30)) * 20.0, draw(st.integers(0, 22)) * 20.0
    w, h = draw(st.floats(2, 639)), draw(st.sampled_from([5, 20, 40, 60.5]))
    extra = draw(st.sampled_from([0.0, 0.5, 1.0]))
    label = draw(st.sampled_from(["car", "bus"]))
    return {"x": x, "y": y, "w": min(w, 640 - x + extra), "h": min(h, 480 - y + extra), "label": label}


_text = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(["", '"', '""', '"a"', "'", "[]", "null", "=cmd", "a\r\nb", "שלום", "e\u0301", "👩‍🚀 ok", " x "]),
)

CASES: dict[str, list[Case]] = {
    "choice": [
        Case(make_question("choice", {"labels": AWKWARD}), st.sampled_from(AWKWARD)),
        Case(make_question("choice", {"labels": TREE}), st.sampled_from([t["value"] for t in TREE])),
    ],
    "choices": [
        Case(make_question("choices", {"labels": AWKWARD}), st.lists(st.sampled_from(AWKWARD), max_size=8)),
        Case(
            make_question("choices", {"labels": TREE, "min": 1, "max": 2}),
            st.lists(st.sampled_from([t["value"] for t in TREE]), min_size=1, max_size=2),
        ),
        Case(
            make_question("choices", {"labels": TREE, "leaf_only": True}),
            st.lists(st.sampled_from(["dog", "house cat", "plant"]), max_size=4),
        ),
    ],
    "rating": [
        Case(make_question("rating", {}), st.integers(1, 5)),
        Case(make_question("rating", {"min": -2, "max": 2}), st.sampled_from([-2, -1, 0, 1, 2, 1.0, -2.0])),
    ],
    "text": [Case(make_question("text", {}), _text)],
    "spans": [
        Case(make_question("spans", {"labels": AWKWARD}), st.lists(_span(), max_size=6)),
        Case(
            make_question("spans", {"labels": AWKWARD, "overlap": False}),
            st.lists(_span(), max_size=1),
        ),
    ],
    "boxes": [Case(make_question("boxes", {"labels": ["car", "bus"]}), st.lists(_box(), max_size=5))],
}
